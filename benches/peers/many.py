"""Much at once: a class of many instances, page by page, and many hosts in one process. What counts is memory."""

import queue
import subprocess
import threading

from processes import PATIENCE, Failed, environment, report
from relay import Relay
from simulator import Simulator
from warm import python_loop

CLASS = "Msvm_ComputerSystem"
# Merges and jobs of the simulated hosts take seconds of their time.
SPEED = "20"


class Inventory(Simulator):
    """A simulator with this many machines."""

    def __init__(self, hvsnap, lab, machines):
        super().__init__(hvsnap, lab, 1)
        self.command += ["--vms", str(machines)]


def enumerated(builds, lab, machines, variables, repetitions, progress):
    """Rust's loop and pypsrp's, in turn; both count what they were given."""
    commands = {"hvsnap": [builds.loops, "enumerate"], "pypsrp": python_loop("pypsrp-enumerate")}
    results = {key: {"runs": []} for key in commands}
    with Inventory(builds.hvsnap, lab, machines) as simulator:
        for repetition in range(repetitions):
            progress(f"{machines:,} instances, round {repetition + 1} of {repetitions}")
            for key, command in commands.items():
                results[key]["runs"].append(counted(command, simulator.url, variables, machines))
        for key, command in commands.items():
            progress(f"{machines:,} instances through the relay, {key}")
            with Relay(simulator.host, simulator.port) as relay:
                results[key]["instances"] = counted(command, relay.url, variables, machines)["instances"]
                results[key]["traffic"] = relay.counted()
                results[key]["bytes_each"] = results[key]["traffic"]["bytes_received"] // results[key]["instances"]
    return results


def counted(command, endpoint, variables, machines):
    options = ["--endpoint", endpoint, "--auth", "basic", "--class", CLASS, "--operations", "1", "--warm-up", "0"]
    line = report([*command, *options], variables)
    if line["instances"] < machines:
        raise Failed(f"{command}: {line['instances']} instances, not {machines}")
    return line


class Hosts:
    """`loops serve`, for the length of a `with` block: many simulated hosts in one process."""

    def __init__(self, loops, hosts):
        self.command = [loops, "serve", "--hosts", str(hosts), "--speed", SPEED]

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, env=environment({}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            self.endpoints = self._endpoints()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _endpoints(self):
        lines = queue.Queue()

        def read():
            for line in self.process.stdout:
                lines.put(line.strip())
            lines.put("")

        threading.Thread(target=read, daemon=True).start()
        found = []
        while (line := lines.get(timeout=PATIENCE)) != "ready":
            if not line:
                raise Failed("the simulated hosts ended at once")
            found.append(line)
        return found

    def __exit__(self, *_):
        """It ends when there is nothing more to read."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def at_once(loops, hosts, variables, repetitions, progress):
    """A snapshot of each host destroyed to its merge, all at once, by one process. New hosts each time."""
    runs = []
    for repetition in range(repetitions):
        progress(f"{hosts} hosts at once, round {repetition + 1} of {repetitions}")
        with Hosts(loops, hosts) as served:
            command = [loops, "hosts", "--hosts", str(hosts), "--auth", "ntlm"]
            runs.append(report(command, variables, "\n".join(served.endpoints) + "\n"))
        if runs[-1]["operations"] != hosts:
            raise Failed(f"{runs[-1]['operations']} hosts, not {hosts}")
    return {"hosts": hosts, "runs": runs}
