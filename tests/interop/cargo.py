"""The tests of the crate that need a foreign peer: run by cargo, their rows taken into the table."""

import os
import pathlib
import re
import signal
import subprocess
import sys

RESULT = re.compile(r"^test result: (.*)$", re.M)
# Neither building nor testing takes half of it.
PATIENCE = 1200


def run(arguments, variables):
    """Runs cargo; what it prints is shown indented, so that nobody counts its tests twice."""
    environment = {**os.environ, **variables, "HVSNAP_PYSPNEGO": sys.executable}
    cargo = subprocess.Popen(
        ["cargo", "test", "--locked", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = cargo.communicate(timeout=PATIENCE)
    except BaseException:
        os.killpg(cargo.pid, signal.SIGKILL)
        cargo.wait()
        raise
    print("".join(f"    {line}\n" for line in printed.splitlines()), end="", flush=True)
    return cargo.returncode, printed


def foreign(table, directory, words, scheme, variables):
    """The tests of `tests/it/foreign` whose names hold one of the words."""
    rows = pathlib.Path(directory) / "rows"
    rows.unlink(missing_ok=True)
    arguments = ["--test", "it", "--", "--ignored", *words]
    code, printed = run(arguments, {**variables, "HVSNAP_INTEROP_ROWS": str(rows)})
    lines = sorted(rows.read_text().splitlines()) if rows.exists() else []
    for line in lines:
        peer, its_scheme, case, expected, seen, word = line.split("\t")
        table.add(peer, its_scheme, case, expected, seen, word == "ok")
    verdict(table, f"tests/it/foreign, {len(lines)} rows", scheme, code if lines else 1, printed)


def units(table, words, scheme, variables):
    """The unit tests that need a peer, by their modules; without one they have passed without a word."""
    code, printed = run(["--lib", "--", *words], variables)
    verdict(table, "unit tests of auth and http", scheme, code, printed)


def verdict(table, case, scheme, code, printed):
    result = RESULT.findall(printed)
    seen = result[-1] if result else "nothing was run"
    table.add("hvsnap with pyspnego", scheme, case, "all pass", f"exit {code}: {seen}", code == 0)
