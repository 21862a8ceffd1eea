"""What answers behind the authentication: Identify by itself, all else by a host behind, if there is one.

The host behind is reached in plain text and by Basic authentication, on loopback: a simulator, which then says what
really happened to it.
"""

import base64
import http.client
import urllib.parse
import xml.etree.ElementTree as ET

import sealed

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
# MS-WSMV, section 3.1.4.1.21, asks with "identify", DSP0226 with "identity"; a host takes either.
IDENTIFY = tuple(
    f"{{http://schemas.dmtf.org/wbem/wsman/{word}/1/wsmanidentity.xsd}}Identify" for word in ("identify", "identity")
)
IDENTIFY_REQUEST = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>'
    '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
).encode()
IDENTITY = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>'
    '<i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    "<i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>"
    "<i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
    "<i:ProductVersion>OS: 10.0.17763 SP: 0.0 Stack: 3.0</i:ProductVersion>"
    "</i:IdentifyResponse></s:Body></s:Envelope>"
)


def action(message):
    """What a message asks for, in a word: the end of its action, or Identify."""
    envelope = ET.fromstring(message)
    found = envelope.find(f"{{{SOAP}}}Header/{{{ADDRESSING}}}Action")
    if found is not None:
        return found.text.strip().rpartition("/")[2]
    body = envelope.find(f"{{{SOAP}}}Body")
    return "Identify" if body is not None and any(each.tag in IDENTIFY for each in body) else "nothing"


def answer(message, behind):
    """Status and body of the answer to a message in plain text."""
    if action(message) == "Identify":
        return 200, IDENTITY.encode()
    if behind is None:
        return 500, b""
    place = urllib.parse.urlsplit(behind["url"])
    login = base64.b64encode(f"{behind['user']}:{behind['password']}".encode()).decode()
    host = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    try:
        host.request(
            "POST", place.path, message, {"Content-Type": sealed.SOAP, "Authorization": f"Basic {login}"}
        )
        told = host.getresponse()
        return told.status, told.read()
    finally:
        host.close()
