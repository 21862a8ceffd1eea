"""Foreign peers against the simulator and the client: the proof that both speak to others than each other.

    python tests/interop/run.py --hvsnap target/debug/hvsnap --labs fixtures/lab

Needs what requirements.txt lists, cargo, and for Kerberos Debian's krb5-kdc, krb5-admin-server and krb5-user. Starts and stops
all that it needs, on loopback and on ports that the system chooses. Prints a table of peer, scheme and outcome, then
the counts; exits 1 if anything was not as expected. What is missing is a failure, and never left out in silence.
"""

import argparse
import os
import signal
import sys
import tempfile
import time

# The package is made of what lies in this directory.
sys.dont_write_bytecode = True

# Each module of checks puts its own on the list; what changes the host comes last.
import reading
import refusing
import second
import windows
import destroying
import living
import cargo
import command
import sealing
import suite
import tickets
from labs import Bench
from realm import NoRealm, Realm
from simulator import Simulator

PARTS = ("basic", "ntlm", "kerberos")
# The modules of unit tests that ask a realm.
UNITS = ["auth::tests::foreign_kerberos::", "auth::gssapi::tests::", "http::tests::kerberos::"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hvsnap", required=True, help="the binary")
    parser.add_argument("--labs", required=True, help="the directory of the labs")
    parser.add_argument("--speed", type=float, default=8.0, help="how much faster than real time")
    parser.add_argument("--part", choices=PARTS, action="append", help="this part alone; may be repeated")
    arguments = parser.parse_args()
    for name in ("HVSNAP_PASSWORD", "HVSNAP_KRB5"):
        os.environ.pop(name, None)
    # Whoever ends this ends all that it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    table, began = suite.Table(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hvsnap-interop.") as directory:
        bench = Bench(os.path.abspath(arguments.hvsnap), arguments.labs, directory, arguments.speed)
        for part in arguments.part or PARTS:
            print(f"--- {part} (at {time.monotonic() - began:.0f} s)", flush=True)
            {"basic": basic, "ntlm": ntlm, "kerberos": kerberos}[part](table, bench)
    print(f"--- outcome (at {time.monotonic() - began:.0f} s)")
    table.show()
    print(f"{len(table.rows) - table.failed} passed, {table.failed} failed")
    return 1 if table.failed or not table.rows else 0


def basic(table, bench):
    """Every operation, asked by foreign clients of a host that lets them in easily."""
    with Simulator(bench.hvsnap, str(bench.labs / "two-branches.toml"), bench.speed) as simulator:
        suite.run(table, simulator)


def ntlm(table, bench):
    sealing.run(table, bench)
    command.by_ntlm(table, bench)
    cargo.foreign(table, bench.directory, ["ntlm"], "NTLM", {})
    cargo.units(table, ["auth::tests::foreign::"], "NTLM", {})


def kerberos(table, bench):
    try:
        with Realm() as realm:
            for aes in ("sha1", "sha2"):
                variables = realm.environment(aes)
                # pypsrp speaks Kerberos in this process.
                os.environ.update(variables)
                tickets.run(table, bench, realm, aes)
                command.by_kerberos(table, bench, realm, aes)
                cargo.foreign(table, bench.directory, ["kerberos"], f"Kerberos, AES-{aes.upper()}", variables)
                cargo.units(table, UNITS, f"Kerberos, AES-{aes.upper()}", variables)
            os.environ.update(realm.environment())
            command.refusals(table, bench, realm)
            realm.stop()
            command.without_kdc(table, bench, realm)
    except NoRealm as missing:
        table.row("MIT krb5", "Kerberos", "a realm of the suite's own", "started", str(missing))


if __name__ == "__main__":
    sys.exit(main())
