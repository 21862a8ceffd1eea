"""A host that is not ours: a small HTTP/1.1 server whose authentication and sealing is pyspnego's.

    python tests/interop/acceptor/serve.py OPTIONS

OPTIONS is one object of JSON:

    protocol   "ntlm", "negotiate" or "kerberos": what pyspnego accepts, and with it the scheme
    host       the host's name, for the service principal HTTP/host; keys come from KRB5_KTNAME
    keytab     another file of keys
    users      lines DOMAIN:user:password, for NTLM
    tls        {"cert": FILE, "key": FILE}: serve TLS; without it, plain HTTP with sealed messages only
    binding    "strict": pyspnego is given the channel binding and demands it; "absent": it is given none
    relay      {"cert": FILE, "key": FILE}: a man in the middle with this certificate listens too
    behind     {"url": URL, "user": USER, "password": PASSWORD}: who answers what is not Identify
    mischief   see mischief.py

It prints one line with its port (and the relay's, or 0). To each empty line on standard input it answers with a line of JSON:
what it has seen so far. It ends when standard input does.
"""

import json
import os
import socket
import ssl
import sys
import tempfile
import threading

sys.dont_write_bytecode = True

import relay
from host import Host


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=64)


def accept(listener, context, host):
    while True:
        stream, _ = listener.accept()
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve, args=(stream, context, host), daemon=True).start()


def serve(stream, context, host):
    if context is not None:
        try:
            stream = context.wrap_socket(stream, server_side=True)
        except OSError as error:
            host.refuses("TLS", error)
            return
    host.serve(stream)


def certificate(path):
    with open(path, encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


def main():
    options = json.loads(sys.argv[1])
    context, der = None, None
    if "tls" in options:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["tls"]["cert"], options["tls"]["key"])
        der = certificate(options["tls"]["cert"])
    with tempfile.NamedTemporaryFile("w", suffix=".users", encoding="utf-8") as users:
        users.writelines(f"{line}\n" for line in options.get("users", []))
        users.flush()
        os.environ["NTLM_USER_FILE"] = users.name
        os.environ.update({"KRB5_KTNAME": options["keytab"]} if "keytab" in options else {})
        host = Host(options, der)
        listener = listen()
        threading.Thread(target=accept, args=(listener, context, host), daemon=True).start()
        ports = [listener.getsockname()[1], 0]
        if "relay" in options:
            between = listen()
            relay.serve(between, options["relay"], listener.getsockname())
            ports[1] = between.getsockname()[1]
        print(*ports, flush=True)
        for _ in sys.stdin:
            host.told["mischief"] = host.mischief.count
            print(json.dumps(host.told), flush=True)


if __name__ == "__main__":
    main()
