"""Foreign clients against the simulator: the proof that it speaks to others than its own client.

    python tests/interop/run.py --hvsnap target/debug/hvsnap --lab fixtures/lab/two-branches.toml

Needs what requirements.txt lists. Prints each check with its outcome, then the counts; exits 1 if one failed.
"""

import argparse
import sys

# The package is made of what lies in this directory.
sys.dont_write_bytecode = True

# Each module of checks puts its own on the list; what changes the host comes last.
import reading
import refusing
import second
import destroying
import suite
from simulator import Simulator


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hvsnap", required=True, help="the binary")
    parser.add_argument("--lab", required=True, help="the lab file")
    parser.add_argument("--speed", type=float, default=8.0, help="how much faster than real time")
    arguments = parser.parse_args()
    with Simulator(arguments.hvsnap, arguments.lab, arguments.speed) as simulator:
        outcomes = suite.run(simulator)
    width = max(len(title) for title, _ in outcomes)
    for title, complaint in outcomes:
        print(f"{title:<{width}}  {'ok' if complaint is None else 'FAILED  ' + complaint}")
    failed = sum(1 for _, complaint in outcomes if complaint is not None)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
