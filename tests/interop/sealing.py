"""Foreign clients with a host as Windows installs it: NTLM, as it is and in SPNEGO, sealed; and bound to TLS."""

import contextlib
import socket

from pypsrp.exceptions import WinRMTransportError, WSManFaultError
from pypsrp.wsman import WSMan

import destroying
import foreign
import second
from acceptor import relay
from simulator import Simulator

SCHEMES = {"ntlm": "Negotiate, raw NTLM", "negotiate": "Negotiate, SPNEGO(NTLM)"}
DONE = "destroyed: job state 7"


def pypsrp(simulator, auth, port=None, user=foreign.ADMINISTRATOR, **more):
    """A client that verifies the host's certificate, where there is one."""
    more.setdefault("encryption", "always" if simulator.tls is None else "auto")
    more.setdefault("cert_validation", simulator.tls.certificate if simulator.tls else True)
    return WSMan(
        simulator.host,
        port=port or simulator.port,
        username=user[0],
        password=user[1],
        ssl=simulator.tls is not None,
        auth=auth,
        no_proxy=True,
        **more,
    )


def asked(client):
    """One question; the answer to which, a fault, is the host's own."""
    try:
        client.get(foreign.SETTINGS, selector_set=foreign.selectors(InstanceID="Microsoft:none"))
    except WSManFaultError as error:
        return "answered" if error.code == 2150858752 else f"fault {error.code}"
    return "an instance that is not there"


def whole_job(client):
    """Reads, destroys, follows the job to its end, and reads again."""
    settings = foreign.query(client, "select * from Msvm_VirtualSystemSettingData")
    assert len(settings) > 10, f"{len(settings)} settings"
    instance_id = foreign.snapshot(client, "app-01", "middle")
    states, _ = destroying.follow(client, foreign.destroy(client, instance_id))
    text = f"select * from Msvm_VirtualSystemSettingData where InstanceID = '{instance_id}'"
    return f"{'still there' if foreign.query(client, text) else 'destroyed'}: job state {states[-1]}"


def run(table, bench):
    plain(table, bench)
    bound(table, bench)
    other(table, bench)


def plain(table, bench):
    """Over plain HTTP, where nothing else than sealed messages is taken."""
    for auth, scheme in SCHEMES.items():
        with Simulator(bench.hvsnap, bench.lab(), bench.speed) as simulator:
            row = lambda case, expected, call: table.attempt("pypsrp", scheme, case, expected, call)
            row("whole destroy and job, sealed", DONE, lambda: whole_job(pypsrp(simulator, auth)))
            for user in ("operator@lab.example", "operator", "lab.example\\OPERATOR"):
                known = (user, foreign.ADMINISTRATOR[1])
                row(f"user {user}", "answered", lambda: asked(pypsrp(simulator, auth, user=known)))
            wrong = (foreign.ADMINISTRATOR[0], "wrong")
            row("wrong password", "AuthenticationError", lambda: asked(pypsrp(simulator, auth, user=wrong)))
            row("message that is not sealed", "status 500", lambda: status(pypsrp(simulator, auth, encryption="never")))
    with Simulator(bench.hvsnap, bench.lab(), bench.speed) as simulator:
        basic = lambda: asked(pypsrp(simulator, "basic", encryption="never"))
        table.attempt("pypsrp", "Basic", "a scheme that is not offered", "AuthenticationError", basic)


def status(client):
    try:
        return asked(client)
    except WinRMTransportError as error:
        return f"status {error.code}"


def bound(table, bench):
    """Over TLS: the binding sent or not, and the host's three degrees of strictness."""
    for level in ("none", "relaxed", "strict"):
        with Simulator(bench.hvsnap, bench.lab(cbt=level), bench.speed, bench.own) as simulator:
            for auth, scheme in SCHEMES.items():
                for sends in (True, False):
                    accepted = sends or level != "strict"
                    table.attempt(
                        "pypsrp",
                        scheme,
                        f"TLS, host {level}, binding {'sent' if sends else 'not sent'}",
                        "answered" if accepted else "AuthenticationError",
                        lambda: asked(pypsrp(simulator, auth, negotiate_send_cbt=sends)),
                    )
                with relayed(bench, simulator) as port:
                    table.attempt(
                        "pypsrp",
                        scheme,
                        f"TLS, host {level}, a man in the middle",
                        "answered" if level == "none" else "AuthenticationError",
                        lambda: asked(pypsrp(simulator, auth, port, cert_validation=bench.both)),
                    )
                table.attempt(
                    "pypsrp",
                    scheme,
                    f"TLS, host {level}, sealed as well",
                    "answered",
                    lambda: asked(pypsrp(simulator, auth, encryption="always")),
                )
    for auth, scheme in SCHEMES.items():
        with Simulator(bench.hvsnap, bench.lab(cbt="strict"), bench.speed, bench.own) as simulator:
            call = lambda: whole_job(pypsrp(simulator, auth))
            table.attempt("pypsrp", scheme, "TLS, host strict, whole destroy and job", DONE, call)


@contextlib.contextmanager
def relayed(bench, simulator):
    """The port of somebody who passes everything on, with a certificate of his own that the client trusts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = {"cert": bench.between.certificate, "key": bench.between.key}
        relay.serve(listener, own, (simulator.host, simulator.port))
        yield listener.getsockname()[1]


def other(table, bench):
    """pywinrm, whose NTLM (requests_ntlm) and framing are other code."""
    scheme = SCHEMES["ntlm"]
    with Simulator(bench.hvsnap, bench.lab(), bench.speed) as simulator:
        row = lambda case, expected, call: table.attempt("pywinrm", scheme, case, expected, call)
        row("whole destroy and job, sealed", DONE, lambda: second.whole_job(second.sealing(simulator)))
        row("fault, sealed", "answered", lambda: second.asked(second.sealing(simulator)))
        wrong = lambda: second.asked(second.sealing(simulator, password="wrong"))
        row("wrong password", "InvalidCredentialsError", wrong)
    for level in ("relaxed", "strict"):
        with Simulator(bench.hvsnap, bench.lab(cbt=level), bench.speed, bench.own) as simulator:
            for sends in (True, False):
                accepted = sends or level != "strict"
                table.attempt(
                    "pywinrm",
                    scheme,
                    f"TLS, host {level}, binding {'sent' if sends else 'not sent'}",
                    "answered" if accepted else "InvalidCredentialsError",
                    lambda: second.asked(second.sealing(simulator, send_cbt=sends)),
                )
