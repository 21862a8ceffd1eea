"""One connection of the foreign acceptor: who is calling is pyspnego's judgement, and so is each sealed message.

As a host of Windows: the identity is bound to the connection, the legs of an authentication have no body, and over plain
HTTP nothing but sealed messages is taken ([MS-WSMV], section 2.2.9.1). What pyspnego refuses is noted in its own words.
"""

import base64

import gssapi
import spnego
from spnego.channel_bindings import GssChannelBindings

import mischief
import sealed
import service
from http1 import Broken, Wire
from mischief import b64, flip

# An error is to be raised at once. Put off to the next step, it leaves pyspnego with a context that never began.
gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False

WAYS = {
    "ntlm": spnego.NegotiateOptions.use_ntlm,
    "negotiate": spnego.NegotiateOptions.use_negotiate,
    "kerberos": spnego.NegotiateOptions.use_gssapi | spnego.NegotiateOptions.wrapping_winrm,
}
SEALINGS = {True: "application/HTTP-Kerberos-session-encrypted", False: "application/HTTP-SPNEGO-session-encrypted"}


class Host:
    """What all connections share: options, counts, and the mischief."""

    def __init__(self, options, certificate):
        self.protocol = options["protocol"]
        self.name = options.get("host", "hv01")
        self.behind = options.get("behind")
        self.is_tls = certificate is not None
        self.binding = None
        if options.get("binding") == "strict":
            self.binding = GssChannelBindings(application_data=mischief.fingerprint(certificate))
        self.scheme = "Kerberos" if self.protocol == "kerberos" else "Negotiate"
        self.sealing = SEALINGS[self.protocol == "kerberos"]
        self.mischief = mischief.Mischief(options.get("mischief"))
        # An answer of another connection, which is sealed well, but for somebody else.
        self.of_another = None
        self.told = {
            "connections": 0, "legs": 0, "handshakes": 0, "sealed": 0, "plain": 0, "binding_sent": [],
            "mechanisms": [], "callers": [], "actions": [], "refused": [], "mischief": 0,
        }

    def context(self):
        return spnego.server(
            hostname=self.name,
            service="HTTP",
            protocol=self.protocol,
            channel_bindings=self.binding,
            options=WAYS[self.protocol],
        )

    def refuses(self, what, error):
        # What pyspnego has no class of its own for comes wrapped.
        told = error.base_error if type(error) is spnego.exceptions.SpnegoError else error
        self.told["refused"].append(f"{what}: {type(told).__name__}: {error}")

    def serve(self, stream):
        self.told["connections"] += 1
        try:
            Connection(self, Wire(stream)).serve()
        except Broken as error:
            self.refuses("HTTP", error)
        except OSError:
            pass
        finally:
            stream.close()


class Connection:
    """One connection, and whoever is known on it."""

    def __init__(self, host, wire):
        self.host = host
        self.wire = wire
        self.context = None
        self.last_answer = None

    @property
    def is_known(self):
        return self.context is not None and self.context.complete

    def serve(self):
        while (request := self.wire.request()) is not None:
            authorization = request.headers.get("authorization")
            if authorization is not None:
                goes_on = self.leg(authorization, request)
            elif not self.is_known:
                self.wire.answer(401, [("WWW-Authenticate", self.host.scheme)])
                goes_on = True
            elif request.headers.get("content-type", "").startswith("multipart/encrypted"):
                goes_on = self.sealed(request)
            elif self.host.is_tls:
                self.host.told["plain"] += 1
                self.wire.answer(*self.plain(request.body))
                goes_on = True
            else:
                # AllowUnencrypted is false.
                self.wire.answer(500)
                goes_on = True
            if not goes_on:
                return

    def plain(self, message):
        self.host.told["actions"].append(service.action(message))
        status, body = service.answer(message, self.host.behind)
        return status, [("Content-Type", sealed.SOAP)], body

    # The legs of an authentication.

    def leg(self, authorization, request):
        host, cheats = self.host, self.host.mischief.strikes
        number = host.told["legs"]
        host.told["legs"] += 1
        scheme, _, token = authorization.partition(" ")
        if scheme != host.scheme or request.body:
            host.refuses("leg", ValueError(f"scheme {scheme}, {len(request.body)} bytes of body"))
            return self.unauthorized()
        token = base64.b64decode(token, validate=True)
        token = self.changed(token, number, "spoil-token", mischief.spoil_token)
        token = self.changed(token, number, "spoil-integrity-code", mischief.spoil_integrity_code)
        token = self.changed(token, number, "spoil-list-signature", mischief.spoil_list_signature)
        if self.context is None or self.context.complete:
            try:
                self.context = host.context()
            except spnego.exceptions.SpnegoError as error:
                host.refuses("context", error)
                return self.unauthorized()
        try:
            answer = self.context.step(token)
            if cheats("repeat-token", number):
                # Somebody has listened, and says the same to another connection.
                answer = host.context().step(token)
        except spnego.exceptions.SpnegoError as error:
            host.refuses("leg", error)
            self.context = None
            return self.unauthorized()
        if self.context.complete:
            host.told["handshakes"] += 1
            host.told["mechanisms"].append(self.context.negotiated_protocol)
            host.told["callers"].append(self.context.client_principal)
            if answer and cheats("spoil-proof", number):
                # The last bytes of a signature under the list are its number, those of an AP-REP its checksum.
                answer = flip(answer, len(answer) - 6)
            if cheats("no-proof", number):
                answer = None
            self.wire.answer(200, [("WWW-Authenticate", f"{host.scheme} {b64(answer)}")] if answer else [])
            return True
        answer = answer or b""
        answer = self.changed(answer, number, "spoil-challenge-version", mischief.spoil_challenge_version)
        answer = self.changed(answer, number, "challenge-without-end", mischief.challenge_without_end)
        if cheats("challenge-in-pieces", number):
            answer = answer[: len(answer) // 2]
        headers = [("WWW-Authenticate", f"{host.scheme} {b64(answer)}")]
        if cheats("two-tokens", number):
            headers *= 2
        if cheats("close-with-challenge", number):
            self.wire.answer(401, headers + [("Connection", "close")])
            return False
        self.wire.answer(401, headers)
        return not cheats("drop-after-challenge", number)

    def changed(self, token, number, name, change):
        """The token, changed if it holds what is to be changed and this is the time."""
        if self.host.mischief.name != name or (after := change(token)) is None:
            return token
        return after if self.host.mischief.strikes(name, number) else token

    def unauthorized(self):
        self.wire.answer(401, [("WWW-Authenticate", self.host.scheme)])
        return True

    # Sealed messages.

    def sealed(self, request):
        host, cheats = self.host, self.host.mischief.strikes
        number = host.told["sealed"]
        host.told["sealed"] += 1
        try:
            signature, data, length = sealed.read(host.sealing, request.headers["content-type"], request.body)
            if cheats("spoil-request", number):
                data = flip(data, 3)
            if cheats("spoil-request-signature", number):
                signature = flip(signature, len(signature) - 9)
            if cheats("lose-request", number):
                # It never comes as far as pyspnego, and is answered all the same: the next one is out of turn.
                message = service.IDENTIFY_REQUEST
                length = len(message)
            else:
                message = self.context.unwrap_winrm(signature, data)
            if cheats("repeat-request", number):
                self.context.unwrap_winrm(signature, data)
            if len(message) != length:
                raise sealed.BadFrame(f"{len(message)} bytes, not {length}")
        except (spnego.exceptions.SpnegoError, sealed.BadFrame) as error:
            host.refuses("request", error)
            # Nothing of this context is to be trusted any more.
            self.context = None
            self.wire.answer(400)
            return True
        word = service.action(message)
        strikes = lambda name: cheats(name, number, word)
        status, headers, body = self.plain(message)
        if strikes("drop-request"):
            return False
        if strikes("identity-lost"):
            self.context = None
            return self.unauthorized()
        if strikes("answer-plain"):
            self.wire.answer(status, headers, body)
            return True
        if strikes("lose-answer"):
            self.context.wrap_winrm(body)
        wrapped = self.context.wrap_winrm(body)
        signature, data = wrapped.header, wrapped.data
        length, size, protocol = len(body) + wrapped.padding_length, None, host.sealing
        if strikes("spoil-answer"):
            data = flip(data, 3)
        if strikes("spoil-answer-signature"):
            signature = flip(signature, len(signature) - 9)
        if strikes("answer-length"):
            length += 1
        if strikes("answer-frame"):
            size = 0x7FFF_FFFF
        if strikes("answer-protocol"):
            protocol = SEALINGS[host.sealing != SEALINGS[True]]
        framed = sealed.write(protocol, signature, data, length, size)
        if strikes("repeat-answer"):
            framed = self.last_answer
        if host.mischief.name == "answer-of-another":
            if host.of_another is None:
                host.of_another = (self, framed)
            elif host.of_another[0] is not self and strikes("answer-of-another"):
                framed = host.of_another[1]
        self.last_answer = framed
        self.wire.answer(status, [("Content-Type", sealed.content_type(protocol))], framed)
        return not strikes("close-idle")
