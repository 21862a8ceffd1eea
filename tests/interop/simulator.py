"""The simulator as a child process: started, found by the line that it prints, always ended.

It knows nothing of WS-Management.
"""

import queue
import re
import signal
import subprocess
import threading

LISTENING = re.compile(r"listening on https?://([0-9.]+):([0-9]+)/wsman\s*")
PATIENCE = 30.0


class Simulator:
    """`hvsnap sim serve`, for the length of a `with` block."""

    def __init__(self, hvsnap, lab, speed, tls=None):
        self.command = [hvsnap, "sim", "serve", "--lab", lab, "--listen", "127.0.0.1:0"]
        self.command += ["--seed", "7", "--speed", str(speed)]
        self.tls = tls
        if tls is not None:
            self.command += ["--tls-cert", tls.certificate, "--tls-key", tls.key]

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        try:
            self.host, self.port = self._address()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _address(self):
        lines = queue.Queue()
        threading.Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise RuntimeError(f"the simulator printed nothing for {PATIENCE:.0f} s") from None
        found = LISTENING.fullmatch(line)
        if found is None:
            raise RuntimeError(f"the simulator does not say where it listens, but {line!r}")
        return found[1], int(found[2])

    def __exit__(self, *_):
        """Interrupts it, as a person would; kills it only if it does not end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        finally:
            self.process.stdout.close()

    @property
    def url(self):
        return f"{'http' if self.tls is None else 'https'}://{self.host}:{self.port}/wsman"
