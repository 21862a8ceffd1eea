"""Measures hvsnap beside a bare HTTP client, pypsrp and pywinrm, on a host that is simulated on this machine.

    benches/peers/run [--quick] [--output FOLDER] [--readme README.md]

Starts and ends all that it needs. Writes results.json with every single figure, results.md and results.svg. It judges no time:
it fails only if a contestant does not do what it is asked.
"""

import argparse
import datetime
import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
INTEROP = ROOT / "tests" / "interop"
sys.path.append(str(INTEROP))

import building
import counts
import machine
import many
import one_shot
import plot
import readme
import report
import targets
import warm
import foreign
from processes import Failed
from simulator import Simulator

LAB = "fixtures/lab/two-branches.toml"
RAW = pathlib.Path("target/peers/results.json")
HERE = pathlib.Path("benches/peers")


class Builds(typing.NamedTuple):
    hvsnap: str
    loops: str


class Size(typing.NamedTuple):
    """How much is done: rounds of each part, machines in the inventory, numbers of hosts."""

    warm: int
    one_shot: int
    many: int
    machines: int
    hosts: tuple


FULL = Size(warm=31, one_shot=21, many=3, machines=100_000, hosts=(20, 200))
QUICK = Size(warm=2, one_shot=2, many=1, machines=1_000, hosts=(2, 5))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], prog="benches/peers/run")
    parser.add_argument("--quick", action="store_true", help="a short run, to see that everything works")
    parser.add_argument("--output", type=pathlib.Path, metavar="FOLDER", help="where the results go, all three files")
    parser.add_argument("--readme", type=pathlib.Path, metavar="FILE", help="put the short table between its markers")
    parser.add_argument("--hvsnap", metavar="FILE", help="the command, if it is not to be built")
    parser.add_argument("--loops", metavar="FILE", help="the loops, if they are not to be built")
    arguments = parser.parse_args()
    for option, given in (("--hvsnap", arguments.hvsnap), ("--loops", arguments.loops)):
        if given and not (os.path.isfile(given) and os.access(given, os.X_OK)):
            parser.error(f"{option}: {given} is not there, or cannot be run")
    paths = outputs(arguments)
    os.chdir(ROOT)
    # Whoever ends this ends all that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    loops = arguments.loops or building.built(building.LOOPS, "loops")
    hvsnap = arguments.hvsnap or building.shipped(ROOT / RAW.parent)
    builds = Builds(os.path.abspath(hvsnap), os.path.abspath(loops))
    results = everything(builds, QUICK if arguments.quick else FULL, arguments.quick)
    write(results, paths)
    if arguments.readme:
        readme.rewrite(paths["readme"], report.short(results, readme.link(paths["readme"], paths["plot"])))
    for what, measured, verdict in targets.judged(results):
        print(f"{verdict:8}  {what}: {measured}")


def outputs(arguments):
    """Absolute, since the person's folder is left. A quick run does not replace what a full one has measured."""
    folder = arguments.output or (ROOT / RAW.parent / "quick" if arguments.quick else None)
    raw, tables = (folder, folder) if folder else (ROOT / RAW.parent, ROOT / HERE)
    return {
        "raw": (raw / "results.json").absolute(),
        "tables": (tables / "results.md").absolute(),
        "plot": (tables / "results.svg").absolute(),
        "readme": arguments.readme and arguments.readme.absolute(),
    }


def everything(builds, size, quick):
    began = time.monotonic()

    def progress(text):
        print(f"--- {text} (at {time.monotonic() - began:.0f} s)", flush=True)

    results = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "quick": quick,
        "machine": machine.described(builds.hvsnap),
        "binary_bytes": os.path.getsize(builds.hvsnap),
    }
    before = machine.load()
    with tempfile.TemporaryDirectory(prefix="hvsnap-peers.") as directory:
        variables = shared(directory)
        with Simulator(builds.hvsnap, LAB, 1) as simulator:
            request = warm.record(builds.loops, simulator.url, variables, pathlib.Path(directory) / "request.xml")
            results["warm"] = warm.part(builds.loops, request, simulator, variables, size.warm, quick, progress)
            results["one_shot"] = one_shot.part(builds.hvsnap, simulator, variables, size.one_shot, progress)
        results["enumerate"] = many.enumerated(builds, LAB, size.machines, variables, size.many, progress)
        results["hosts"] = [many.at_once(builds.loops, each, variables, size.many, progress) for each in size.hosts]
    results["load"] = [before, machine.load()]
    progress("instruction counts")
    results["counts"] = counts.table(quick)
    progress("done")
    return results


def shared(directory):
    """The environment of all contestants."""
    user, password = foreign.ADMINISTRATOR
    return {
        "HOME": directory,
        "HVSNAP_USER": user,
        "HVSNAP_PASSWORD": password,
        "PYTHONPATH": str(INTEROP),
        # Bytecode is kept as it would be of anything installed, but not in the folders of the package.
        "PYTHONPYCACHEPREFIX": str(ROOT / "target" / "peers" / "bytecode"),
    }


def write(results, paths):
    for path in paths.values():
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
    drawn = plot.drawn(report.bars(results), report.subtitle(results), report.description(results))
    paths["raw"].write_text(json.dumps(results, indent=1) + "\n")
    paths["tables"].write_text(report.whole(results))
    paths["plot"].write_text(drawn)
    print("\n".join(str(paths[key]) for key in ("raw", "tables", "plot")))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except Failed as error:
        sys.exit(f"failed: {error}")
