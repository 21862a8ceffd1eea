"""A man in the middle of TLS: shows a certificate of his own, which the client trusts, and passes on every byte.

What he cannot pass on is the channel binding. It understands nothing of what it carries.
"""

import select
import socket
import ssl
import threading


def serve(listener, own, address):
    """Takes each connection of the listener, and opens one to the address."""
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(own["cert"], own["key"])
    # He does not care whom he talks to.
    theirs = ssl.create_default_context()
    theirs.check_hostname = False
    theirs.verify_mode = ssl.CERT_NONE

    def join(accepted):
        try:
            near = ours.wrap_socket(accepted, server_side=True)
            far = theirs.wrap_socket(socket.create_connection(address), server_hostname="localhost")
        except OSError:
            accepted.close()
            return
        with near, far:
            carry(near, far)

    def accept():
        while True:
            accepted, _ = listener.accept()
            threading.Thread(target=join, args=(accepted,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def carry(near, far):
    """Both ways in one thread: a TLS connection is not to be read and written by two at a time."""
    try:
        while True:
            for source in select.select([near, far], [], [])[0]:
                target = far if source is near else near
                if (chunk := received(source)) is None:
                    return
                target.sendall(chunk)
    except OSError:
        return


def received(source):
    """What there is to read, which may be nothing: a record can hold no data of ours. `None` at the end."""
    source.setblocking(False)
    chunks = b""
    try:
        while chunk := source.recv(65536):
            chunks += chunk
        return chunks or None
    except ssl.SSLWantReadError:
        return chunks
    finally:
        source.setblocking(True)
