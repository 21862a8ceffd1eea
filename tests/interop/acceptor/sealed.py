"""The frame of sealed messages: multipart/encrypted as MS-WSMV, section 2.2.9.1, has it, to the letter.

What a request does not have as specified is an error here: this is the strict side. It seals nothing itself.
"""

import re
import struct

SOAP = "application/soap+xml;charset=UTF-8"
BOUNDARY = b"--Encrypted Boundary"
FRAME = re.compile(
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: ([^\r\n]+)\r\n"
    rb"\tOriginalContent: type=([^\r\n]+);Length=([0-9]+)\r\n"
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: application/octet-stream\r\n"
)
END = b"--Encrypted Boundary--\r\n"


class BadFrame(Exception):
    """The frame is not as specified."""


def content_type(protocol):
    return f'multipart/encrypted;protocol="{protocol}";boundary="Encrypted Boundary"'


def read(protocol, announced, body):
    """Signature, data and the length of the plain text."""
    if announced != content_type(protocol):
        raise BadFrame(f"Content-Type: {announced}")
    head = FRAME.match(body)
    if head is None or not body.endswith(END):
        raise BadFrame("not the lines that are specified")
    if head[1] != protocol.encode() or head[2] != SOAP.encode():
        raise BadFrame(f"{head[1]} of {head[2]}")
    binary = body[head.end() : -len(END)]
    (size,) = struct.unpack("<I", binary[:4])
    if not 0 < size <= len(binary) - 4:
        raise BadFrame(f"a signature of {size} bytes")
    return binary[4 : 4 + size], binary[4 + size :], int(head[3])


def write(protocol, signature, data, length, size=None):
    """The frame around what was sealed; `size` is a lie about the signature's, where one is wanted."""
    lines = [
        "--Encrypted Boundary",
        f"\tContent-Type: {protocol}",
        f"\tOriginalContent: type={SOAP};Length={length}",
        "--Encrypted Boundary",
        "\tContent-Type: application/octet-stream",
        "",
    ]
    size = struct.pack("<I", len(signature) if size is None else size)
    return "\r\n".join(lines).encode() + size + signature + data + END
