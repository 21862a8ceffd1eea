"""What was measured, with what and where: versions, and the class of the machine. Never its name, nor who uses it."""

import importlib.metadata
import os
import pathlib
import platform
import subprocess

PEERS = ("pypsrp", "pywinrm", "pyspnego", "requests", "requests_ntlm", "cryptography")


def described(hvsnap):
    memory = field("/proc/meminfo", "MemTotal")
    return {
        "processor": field("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": int(memory.split()[0]) * 1024,
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "rustc": printed("rustc", "--version"),
        "python": platform.python_version(),
        "hvsnap": printed(hvsnap, "--version"),
        "commit": commit(),
        "peers": {name: importlib.metadata.version(name) for name in PEERS},
    }


def field(path, name):
    for line in pathlib.Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def printed(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def commit():
    """Of the repository, with a plus if there is more than that; empty where this is no clone."""
    try:
        known = printed("git", "rev-parse", "--short", "HEAD")
        return f"{known}+" if printed("git", "status", "--porcelain", "--untracked-files=no") else known
    except (OSError, subprocess.CalledProcessError):
        return ""


def load():
    """How many processes wanted to run in the last minute."""
    return os.getloadavg()[0]
