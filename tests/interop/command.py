"""The command against the simulator as Windows installs it: by NTLM and Kerberos, sealed, and with strict channel binding.

The command is a process of its own with nothing but a home, the realm and what it is told.
"""

import os
import subprocess

from simulator import Simulator

PEER = "hvsnap (command)"
DESTROY = ["snapshot", "destroy", "app-01", "middle", "--yes", "--wait", "merged"]
DONE = "exit 0: destroyed, disks merged"
PATIENCE = 120


def hvsnap(bench, simulator, words, variables=(), password=None):
    """Runs it against the simulator; returns the exit code and all that it printed."""
    environment = {
        "HOME": str(bench.directory),
        "PATH": os.environ["PATH"],
        "HVSNAP_ENDPOINT": simulator.url,
        "HVSNAP_CLOCK_SPEED": str(bench.speed),
        **dict(variables),
    }
    if password is not None:
        environment["HVSNAP_PASSWORD"] = password
    if simulator.tls is not None:
        words = [*words, "--ca-file", simulator.tls.certificate]
    ran = subprocess.run(
        [bench.hvsnap, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    return ran.returncode, ran.stdout


def destroyed(code, text):
    if code == 0 and "Destroyed oldest/middle" in text and "disks  merged" in text:
        return DONE
    return f"exit {code}: {text}"


def told(code, text, wanted):
    """The exit code and, if they are in what was printed, the words that were wanted."""
    return f"exit {code}: {wanted if wanted in text else text}"


def whole_job(table, bench, scheme, case, words, lab, variables=(), password=None):
    """The main job, once over plain HTTP, sealed, and once over TLS with strict channel binding."""
    for way, own, cbt in (("plain HTTP, sealed", None, None), ("TLS, host strict", bench.own, "strict")):

        def call():
            with Simulator(bench.hvsnap, lab(cbt), bench.speed, own) as simulator:
                return destroyed(*hvsnap(bench, simulator, [*DESTROY, *words], variables, password))

        table.attempt(PEER, scheme, f"destroy, job and merge, {case}{way}", DONE, call)


def by_ntlm(table, bench):
    for auth, scheme in (("ntlm", "Negotiate, raw NTLM"), ("negotiate", "Negotiate, SPNEGO(NTLM)")):
        words = ["--auth", auth, "--user", r"LAB\operator"]
        whole_job(table, bench, scheme, "", words, lambda cbt: bench.lab(cbt=cbt), password="correct-horse")


def by_kerberos(table, bench, realm, aes):
    variables, host = realm.environment(aes), f"{aes}.hvsnap.test"
    spn = ["--spn", f"HTTP/{host}"]
    keytab = realm.path("service.keytab")
    for auth in ("kerberos", "negotiate"):
        scheme = "Kerberos" if auth == "kerberos" else "Negotiate, SPNEGO(Kerberos)"
        scheme = f"{scheme}, AES-{aes.upper()}"
        # Kerberos alone: no other scheme could step in.
        only = "kerberos" if auth == "kerberos" else None
        lab = lambda cbt: bench.lab(keytab=keytab, cbt=cbt, auth=only)
        if auth == "kerberos":
            words = ["--auth", auth, "--keytab", realm.path("batch.keytab"), "--user", "batch@HVSNAP.TEST", *spn]
            whole_job(table, bench, scheme, "keytab, ", words, lab, variables)
            whole_job(table, bench, scheme, "ticket, ", ["--auth", auth, *spn], lab, variables)
        words = ["--auth", auth, "--user", "ops@HVSNAP.TEST", *spn]
        whole_job(table, bench, scheme, "password, ", words, lab, variables, "correct-horse")


def refusals(table, bench, realm):
    """What the command says where there is no ticket, or no host for it."""
    variables = realm.environment()
    cases = [
        ("expired ticket", [], {"KRB5CCNAME": f"FILE:{realm.path('expired.ccache')}"}, None, "sha1",
         "the Kerberos ticket has expired"),
        ("no ticket", [], {"KRB5CCNAME": f"FILE:{realm.path('none.ccache')}"}, None, "sha1",
         "there is no Kerberos ticket"),
        ("SPN that the KDC does not know", [], {}, None, "nowhere", "the KDC does not know the service"),
        ("KDC of the realm not there", ["--user", "ops@DOWN.TEST"], {}, "x", "sha1",
         "no KDC of the realm can be reached"),
        ("wrong password", ["--user", "ops@HVSNAP.TEST"], {}, "wrong", "sha1",
         "the KDC refuses the password or key of this user"),
    ]
    with Simulator(bench.hvsnap, bench.lab(keytab=realm.path("service.keytab")), bench.speed) as simulator:
        for case, words, more, password, host, wanted in cases:
            line = ["vm", "list", "--auth", "kerberos", "--spn", f"HTTP/{host}.hvsnap.test", *words]
            call = lambda: told(*hvsnap(bench, simulator, line, {**variables, **more}, password), wanted)
            table.attempt(PEER, "Kerberos", case, f"exit 4: {wanted}", call)


def without_kdc(table, bench, realm):
    """Once the KDC has ended."""
    variables, keytab = realm.environment(), realm.path("service.keytab")
    spn = ["--spn", "HTTP/sha1.hvsnap.test"]
    with Simulator(bench.hvsnap, bench.lab(keytab=keytab), bench.speed) as simulator:
        words = ["vm", "list", "--auth", "kerberos", "--user", "batch@HVSNAP.TEST", *spn]
        words += ["--keytab", realm.path("batch.keytab")]
        wanted = "no KDC of the realm can be reached"
        call = lambda: told(*hvsnap(bench, simulator, words, variables), wanted)
        table.attempt(PEER, "Kerberos", "KDC stopped, keytab", f"exit 4: {wanted}", call)
    with Simulator(bench.hvsnap, bench.lab(), bench.speed) as simulator:
        words = ["vm", "list", "-v", "--auth", "negotiate", "--user", "operator@LAB.EXAMPLE", *spn]
        wanted = "not the preferred mechanism"
        call = lambda: told(*hvsnap(bench, simulator, words, variables, "correct-horse"), wanted)
        scheme = "Negotiate, SPNEGO(NTLM)"
        table.attempt(PEER, scheme, "KDC stopped: NTLM, and -v says so", f"exit 0: {wanted}", call)
