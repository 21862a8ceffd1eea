"""Contestants as processes of their own: what one of them cost, and its end whatever happens.

Costs are those of the process alone, as the kernel counted them.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import threading
import time

PATIENCE = 300.0
PR_SET_CHILD_SUBREAPER = 36


class Failed(Exception):
    """A contestant did not do what it was asked."""


def run(command, variables, given=""):
    """Runs it to its end; returns what it printed."""
    process = subprocess.Popen(
        command,
        env=environment(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        printed, said = process.communicate(given, timeout=PATIENCE)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {process.returncode}: {said.strip() or printed.strip()}")
    return printed


def report(command, variables, given=""):
    """The one line of JSON that a loop prints."""
    return json.loads(run(command, variables, given))


def environment(variables):
    """Nothing of the person's own but the way to programs, so that everybody measures the same."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **variables}


def timed(command, variables):
    """Runs a whole process; returns what it printed, CPU time by the kernel's count of the child, and wall time."""
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with ended(process.pid), process.stdout:
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {process.returncode}")
    cost = {"user_seconds": usage.ru_utime, "system_seconds": usage.ru_stime, "wall_seconds": wall}
    return printed, cost


def peak_memory(command, variables):
    """The largest resident size of a whole process, in bytes.

    Linux counts for a process also what it was before `exec`, which for a child of this one is all of Python. So a shell, which
    is small, starts it and ends, and this process takes the orphan over.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    script = '"$@" >/dev/null & echo $!'
    shell = subprocess.run(
        ["sh", "-c", script, "sh", *command],
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    child = int(shell.stdout)
    with ended(child):
        _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise Failed(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss * 1024


@contextlib.contextmanager
def ended(child):
    """Kills the child if the block, which waits for its end, takes too long or does not come to its own."""
    watch = threading.Timer(PATIENCE, os.kill, (child, signal.SIGKILL))
    watch.start()
    try:
        yield
    except BaseException:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        raise
    finally:
        watch.cancel()
