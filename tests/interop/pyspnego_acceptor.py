"""A foreign acceptor for the token tests: pyspnego, asked over standard input and output, one JSON object a line.

It never opens a socket. Users come from the file that NTLM_USER_FILE names, keys from KRB5_KTNAME (for Kerberos it needs
the packages gssapi and krb5). The host, where it is left out, is hv01. Byte strings travel in hexadecimal.

  {"op": "new", "protocol": "ntlm" | "negotiate" | "kerberos", "binding": HEX | null, "host": HOST}
  {"op": "step", "token": HEX}                      -> {"token": HEX | null, "complete": bool, "protocol": str}
  {"op": "wrap", "data": HEX}                       -> {"signature": HEX, "data": HEX}
  {"op": "unwrap", "signature": HEX, "data": HEX}   -> {"data": HEX}

What pyspnego refuses is answered with {"error": CLASS, "text": TEXT}, and the next line is read.
"""

import json
import sys

import spnego
from spnego.channel_bindings import GssChannelBindings

try:
    import gssapi
except ImportError:
    pass
else:
    # An error is to be raised at once. Put off to the next step, it leaves pyspnego with a context that never began.
    gssapi.SecurityContext.__DEFER_STEP_ERRORS__ = False


def new(request):
    binding = request["binding"]
    if binding is not None:
        binding = GssChannelBindings(application_data=bytes.fromhex(binding))
    options = {
        "ntlm": spnego.NegotiateOptions.use_ntlm,
        "negotiate": spnego.NegotiateOptions.use_negotiate,
        "kerberos": spnego.NegotiateOptions.use_gssapi | spnego.NegotiateOptions.wrapping_winrm,
    }
    return spnego.server(
        hostname=request.get("host", "hv01"),
        service="HTTP",
        protocol=request["protocol"],
        channel_bindings=binding,
        options=options[request["protocol"]],
    )


def step(context, request):
    token = context.step(bytes.fromhex(request["token"]))
    return {
        "token": None if token is None else token.hex(),
        "complete": context.complete,
        "protocol": context.negotiated_protocol,
    }


def wrap(context, request):
    wrapped = context.wrap_winrm(bytes.fromhex(request["data"]))
    return {"signature": wrapped.header.hex(), "data": wrapped.data.hex()}


def unwrap(context, request):
    data = context.unwrap_winrm(bytes.fromhex(request["signature"]), bytes.fromhex(request["data"]))
    return {"data": data.hex()}


def main():
    context = None
    operations = {"step": step, "wrap": wrap, "unwrap": unwrap}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["op"] == "new":
                context = new(request)
                answer = {}
            else:
                answer = operations[request["op"]](context, request)
        except spnego.exceptions.SpnegoError as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
