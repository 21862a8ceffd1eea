"""Labs and certificates of a run, in a directory of its own."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Two users who come by tickets: with these passwords NTLM cannot step in for the ones that the realm knows.
TICKETS = """
[[user]]
name = 'ops@HVSNAP.TEST'
password = "no-way-by-ntlm"
rights = "administrator"

[[user]]
name = 'batch@HVSNAP.TEST'
password = "no-way-by-ntlm"
rights = "administrator"
"""


class Own:
    """A certificate for 127.0.0.1, signed by itself and with SHA-256, and its key; both PEM."""

    def __init__(self, directory, name):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"hvsnap interop {name}")])
        today = datetime.datetime.now(datetime.timezone.utc)
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=2))
            .add_extension(address, critical=False)
            .sign(key, hashes.SHA256())
        )
        self.certificate = str(directory / f"{name}.pem")
        self.key = str(directory / f"{name}.key")
        pathlib.Path(self.certificate).write_bytes(made.public_bytes(serialization.Encoding.PEM))
        pathlib.Path(self.key).write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


class Bench:
    """The command, the labs, and a directory for what is made of them."""

    def __init__(self, hvsnap, labs, directory, speed):
        self.hvsnap = hvsnap
        self.labs = pathlib.Path(labs)
        self.directory = pathlib.Path(directory)
        self.speed = speed
        self.own = Own(self.directory, "host")
        self.between = Own(self.directory, "between")
        self.both = str(self.directory / "both.pem")
        pems = [pathlib.Path(each.certificate).read_text() for each in (self.own, self.between)]
        pathlib.Path(self.both).write_text("".join(pems))
        self.made = 0

    def lab(self, name="default-host.toml", cbt=None, keytab=None, auth=None):
        """A lab file, after the one of this name; `keytab` makes it a host of the realm."""
        text = (self.labs / name).read_text()
        if cbt is not None:
            text = replaced(text, 'cbt = "relaxed"', f'cbt = "{cbt}"')
        if keytab is not None:
            lines = f'keytab = "{keytab}"'
            if auth is not None:
                lines = f'auth = ["{auth}"]\n{lines}'
            text = replaced(text, 'auth = ["negotiate"]', lines) + TICKETS
        self.made += 1
        path = self.directory / f"{self.made}-{name}"
        path.write_text(text)
        return str(path)


def replaced(text, old, new):
    assert text.count(old) == 1, f"{text.count(old)} times {old}"
    return text.replace(old, new)
