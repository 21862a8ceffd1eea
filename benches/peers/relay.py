"""A relay that counts: passes on every byte between a port of its own and another, and says how many went each way.

It stands between a contestant and the simulator in runs of their own, never where time is taken. It understands of HTTP/1.1
where a message ends, and nothing of what it holds.
"""

import collections
import re
import socket
import threading

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)(?:\r\n|$)", re.I)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.I)
END = b"\r\n\r\n"


class Messages:
    """One direction of one connection."""

    def __init__(self):
        self.bytes = 0
        self.firsts = []
        self.last = b""
        self._buffer = bytearray()

    def take(self, chunk):
        self.bytes += len(chunk)
        self._buffer += chunk
        while (end := self._buffer.find(END)) >= 0:
            head = bytes(self._buffer[:end])
            if CHUNKED.search(head):
                raise ValueError("a message in chunks, whose end the relay does not know")
            length = LENGTH.search(head)
            whole = end + len(END) + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            self.firsts.append(head.partition(b"\r\n")[0].decode("latin-1"))
            self.last = bytes(self._buffer[end + len(END) : whole])
            del self._buffer[:whole]

    @property
    def whole(self):
        return not self._buffer


class Relay:
    """For the length of a `with` block; what it has counted is complete once the contestant has closed its connections."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.host = "127.0.0.1"
        self.trouble = []
        self._pairs = []
        self._threads = []

    def __enter__(self):
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        # Wakes the thread that waits for connections; closing alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(10)

    @property
    def url(self):
        return f"http://{self.host}:{self.port}/wsman"

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            requests, answers = Messages(), Messages()
            self._pairs.append((requests, answers))
            self._start(self._carry, near, far, requests)
            self._start(self._carry, far, near, answers)

    def _carry(self, source, target, messages):
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while chunk := source.recv(1 << 18):
                messages.take(chunk)
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # Whoever is still there learns of it by his own end.
            target.close()
        except ValueError as error:
            self.trouble.append(str(error))
            target.close()

    def counted(self):
        """Connections, requests, bytes each way, and how many answers had which status."""
        for thread in self._threads[1:]:
            thread.join(10)
        requests = [each for each, _ in self._pairs]
        answers = [each for _, each in self._pairs]
        if not all(each.whole for each in requests + answers):
            self.trouble.append("a message that did not end")
        if self.trouble:
            raise RuntimeError(f"the relay could not count: {self.trouble[0]}")
        statuses = collections.Counter(first.split(" ")[1] for each in answers for first in each.firsts)
        return {
            "connections": len(self._pairs),
            "requests": sum(len(each.firsts) for each in requests),
            "bytes_sent": sum(each.bytes for each in requests),
            "bytes_received": sum(each.bytes for each in answers),
            "statuses": dict(sorted(statuses.items())),
        }

    def last_answer(self):
        """The body of the last answer of the last connection, as it was on the wire."""
        return self._pairs[-1][1].last
