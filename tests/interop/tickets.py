"""Kerberos with the simulator: pypsrp by tickets and by passwords, sealed, and bound to TLS."""

import foreign
import sealing
from simulator import Simulator

SCHEMES = {"kerberos": "Kerberos", "negotiate": "Negotiate, SPNEGO(Kerberos)"}
# By the ticket in the cache: without a password there is nothing that NTLM could be tried with.
TICKET = ("ops@HVSNAP.TEST", None)
PASSWORD = ("ops@HVSNAP.TEST", "correct-horse")


def pypsrp(simulator, auth, host, user=TICKET, **more):
    return sealing.pypsrp(
        simulator, auth, user=user, negotiate_service="HTTP", negotiate_hostname_override=host, **more
    )


def run(table, bench, realm, aes):
    """In the environment of the realm."""
    keytab, host = realm.path("service.keytab"), f"{aes}.hvsnap.test"
    for auth, scheme in SCHEMES.items():
        scheme = f"{scheme}, AES-{aes.upper()}"
        row = lambda case, expected, call: table.attempt("pypsrp", scheme, case, expected, call)
        with Simulator(bench.hvsnap, bench.lab(keytab=keytab), bench.speed) as simulator:
            row("whole destroy and job, sealed", sealing.DONE, lambda: sealing.whole_job(pypsrp(simulator, auth, host)))
            row("ticket by a password", "answered", lambda: sealing.asked(pypsrp(simulator, auth, host, PASSWORD)))
            unsealed = lambda: sealing.status(pypsrp(simulator, auth, host, encryption="never"))
            row("message that is not sealed", "status 500", unsealed)
        for level in ("relaxed", "strict"):
            lab = bench.lab(keytab=keytab, cbt=level)
            with Simulator(bench.hvsnap, lab, bench.speed, bench.own) as simulator:
                for sends in (True, False):
                    accepted = sends or level != "strict"
                    row(
                        f"TLS, host {level}, binding {'sent' if sends else 'not sent'}",
                        "answered" if accepted else "AuthenticationError",
                        lambda: sealing.asked(pypsrp(simulator, auth, host, negotiate_send_cbt=sends)),
                    )
                with sealing.relayed(bench, simulator) as port:
                    row(
                        f"TLS, host {level}, a man in the middle",
                        "AuthenticationError",
                        lambda: sealing.asked(pypsrp(simulator, auth, host, port=port, cert_validation=bench.both)),
                    )
                row(
                    f"TLS, host {level}, whole destroy and job",
                    sealing.DONE,
                    lambda: sealing.whole_job(pypsrp(simulator, auth, host)),
                )
        # Keys of another host's are no keys.
        lab = bench.lab(keytab=realm.path("localhost.keytab"))
        with Simulator(bench.hvsnap, lab, bench.speed) as simulator:
            other = lambda: sealing.asked(pypsrp(simulator, auth, host))
            row("ticket for another host", "AuthenticationError", other)
    falling_back(table, bench, keytab, host)


def falling_back(table, bench, keytab, host):
    """SPNEGO where only one side can do Kerberos."""
    scheme = "Negotiate, SPNEGO(NTLM)"
    with Simulator(bench.hvsnap, bench.lab(keytab=keytab), bench.speed) as simulator:
        call = lambda: sealing.asked(pypsrp(simulator, "negotiate", host, foreign.ADMINISTRATOR))
        table.attempt("pypsrp", scheme, "user of no realm, host with keys: NTLM", "answered", call)
    with Simulator(bench.hvsnap, bench.lab(), bench.speed) as simulator:
        known = ("operator@lab.example", foreign.ADMINISTRATOR[1])
        call = lambda: sealing.asked(pypsrp(simulator, "negotiate", host, known))
        table.attempt("pypsrp", scheme, "user of another realm, host without keys: NTLM", "answered", call)
