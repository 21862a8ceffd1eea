"""Instruction counts of the codec: the table that the bench of counts prints, if that bench and valgrind are here."""

import pathlib
import shutil
import subprocess

BENCH = pathlib.Path("benches/counts/run")


def table(quick):
    if quick:
        return "Not counted in a quick run.\n"
    if not BENCH.exists():
        return "The bench of counts is not here.\n"
    if shutil.which("valgrind") is None:
        return "Not counted: valgrind is not installed.\n"
    counted = subprocess.run([BENCH], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    # Whether a count is above its budget is for that bench to say where it is run for itself.
    return counted.stdout
