"""The short table between the two markers of a README."""

import os
import pathlib

BEGIN, END = "<!-- measured -->", "<!-- end -->"


def rewrite(path, text):
    """Replaces what stands from the marker to the next end marker."""
    path = pathlib.Path(path)
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no {BEGIN} with an {END} after it")
    path.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")


def link(path, target):
    """From the README to a file of the repository."""
    return os.path.relpath(target, pathlib.Path(path).resolve().parent)
