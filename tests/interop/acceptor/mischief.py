"""What this host does to messages on purpose, so that the other side may find it out; or this side, before pyspnego.

One offence a run: `{"do": NAME, "nth": N, "at": WORD}`. It strikes once: at the Nth sealed request (or leg, where it is
about tokens), counted from 0 over all connections, or at the first one whose action is WORD. `"always": true` strikes
again and again. Nothing else of this host knows that it cheats.
"""

import base64
import hashlib
import struct

from spnego._spnego import unpack_token

# Between client and pyspnego, on the client's side of the wire: pyspnego has to refuse.
TO_HOST = {
    "spoil-token",
    "repeat-token",
    "spoil-integrity-code",
    "spoil-list-signature",
    "spoil-challenge-version",
    "spoil-request",
    "spoil-request-signature",
    "repeat-request",
    "lose-request",
}
# By a host that lies: the client has to refuse.
TO_CLIENT = {
    "spoil-proof",
    "no-proof",
    "challenge-without-end",
    "challenge-in-pieces",
    "two-tokens",
    "close-with-challenge",
    "drop-after-challenge",
    "spoil-answer",
    "spoil-answer-signature",
    "repeat-answer",
    "lose-answer",
    "answer-plain",
    "answer-length",
    "answer-frame",
    "answer-protocol",
    "answer-of-another",
    "identity-lost",
    "drop-request",
    "close-idle",
}


class Mischief:
    """Decides whether it strikes, and does it."""

    def __init__(self, wanted):
        wanted = wanted or {}
        self.name = wanted.get("do")
        if self.name is not None and self.name not in TO_HOST | TO_CLIENT:
            raise SystemExit(f"no such mischief: {self.name}")
        self.nth = wanted.get("nth")
        self.word = wanted.get("at")
        self.always = wanted.get("always", False)
        self.count = 0

    def strikes(self, name, number=None, word=None):
        if name != self.name or (self.count and not self.always):
            return False
        if self.nth is not None and (number is None or number < self.nth):
            return False
        if self.word is not None and word != self.word:
            return False
        self.count += 1
        return True


def flip(data, at):
    """One bit of one byte."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def ntlm(token, kind):
    """Where the NTLM message of this kind begins in a token; `None` where it holds none."""
    at = token.find(b"NTLMSSP\0" + struct.pack("<I", kind))
    return None if at < 0 else at


def spoil_token(token):
    # Within the encryption, wherever the lengths of what is around it put the middle.
    return flip(token, len(token) // 2)


def spoil_integrity_code(token):
    at = ntlm(token, 3)
    # MS-NLMP, section 2.2.1.3: the MIC stands behind the version, at 72.
    return None if at is None else flip(token, at + 75)


def spoil_list_signature(token):
    # Last in NegTokenResp: 16 bytes, of which four are version and four are number; those between are the code.
    return None if ntlm(token, 3) is None else flip(token, len(token) - 6)


def spoil_challenge_version(token):
    at = ntlm(token, 2)
    # Nothing is derived from the version, so only the integrity code over all messages tells.
    return None if at is None else flip(token, at + 54)


def challenge_without_end(token):
    """An NTLM challenge with 10,000 pairs of target information."""
    at = ntlm(token, 2)
    if at is None:
        return None
    head = bytearray(token[at : at + 48])
    pairs = b"".join(struct.pack("<HH", 3, 2) + b"a\0" for _ in range(10_000)) + bytes(4)
    head[12:20] = struct.pack("<HHI", 0, 0, 56)
    head[40:48] = struct.pack("<HHI", len(pairs), len(pairs), 56)
    challenge = bytes(head) + bytes(8) + pairs
    if at == 0:
        return challenge
    around = unpack_token(token)
    around.response_token = challenge
    return around.pack()


def fingerprint(certificate):
    """The application data of tls-server-end-point (RFC 5929) for a certificate signed with SHA-256."""
    return b"tls-server-end-point:" + hashlib.sha256(certificate).digest()


def b64(token):
    return base64.b64encode(token).decode()
