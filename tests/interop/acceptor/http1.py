"""HTTP/1.1 on one connection, as much as a WinRM listener speaks: requests with a length, answers with a length.

RFC 9112. It knows neither authentication nor WS-Management.
"""

LONGEST_HEAD = 64 * 1024


class Broken(Exception):
    """The peer does not speak HTTP, or went away within a message."""


class Request:
    """One request; the names of the headers in lower case."""

    def __init__(self, line, headers, body):
        self.line = line
        self.headers = headers
        self.body = body


class Wire:
    """The messages of one connection, over a socket or TLS."""

    def __init__(self, stream):
        self.stream = stream
        self.read = b""

    def request(self):
        """The next request; `None` where the peer closed between two."""
        while b"\r\n\r\n" not in self.read:
            if len(self.read) > LONGEST_HEAD:
                raise Broken("a head without end")
            if not self._more():
                if self.read:
                    raise Broken("closed within a head")
                return None
        head, self.read = self.read.split(b"\r\n\r\n", 1)
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for each in lines:
            name, _, value = each.partition(":")
            name = name.lower()
            if name in headers:
                raise Broken(f"{name} twice")
            headers[name] = value.strip()
        if not line.startswith("POST /wsman HTTP/1.1"):
            raise Broken(line)
        length = headers.get("content-length")
        if length is None:
            raise Broken("no length")
        while len(self.read) < int(length):
            if not self._more():
                raise Broken("closed within a body")
        body, self.read = self.read[: int(length)], self.read[int(length) :]
        return Request(line, headers, body)

    def _more(self):
        chunk = self.stream.recv(65536)
        self.read += chunk
        return bool(chunk)

    def answer(self, status, headers=(), body=b""):
        """Sends an answer. A host of Windows leaves the reason out; `headers` are pairs."""
        lines = [f"HTTP/1.1 {status} "]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += ["Server: Microsoft-HTTPAPI/2.0", f"Content-Length: {len(body)}", "", ""]
        self.stream.sendall("\r\n".join(lines).encode("latin-1") + body)
