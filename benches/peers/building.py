"""The binaries that are measured, built by cargo; where they are, cargo says."""

import json
import shutil
import subprocess

SHIPPED = ["cargo", "build", "--release", "--locked", "--bin", "hvsnap"]
LOOPS = ["cargo", "bench", "--locked", "--features", "bench", "--bench", "loops", "--no-run"]


def built(command, name):
    """The executable of this name that the command makes."""
    made = subprocess.run(
        [*command, "--message-format", "json-render-diagnostics"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = ""
    for line in made.stdout.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == name:
            found = message["executable"] or found
    if not found:
        raise RuntimeError(f"cargo made no executable {name}")
    return found


def shipped(folder):
    """The command as it is shipped, in a folder where no other build of it comes.

    It is to be built after the loops: building a bench puts the command, as a bench would have it, in the same place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.copy2(built(SHIPPED, "hvsnap"), folder / "hvsnap")
