"""Checks: a second foreign client, pywinrm, whose envelopes and fault parser are other code."""

import uuid

import xmltodict
from winrm.exceptions import InvalidCredentialsError, WSManFaultError
from winrm.protocol import Protocol

import foreign
from suite import check

TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"


def connect(simulator, password=foreign.ADMINISTRATOR[1]):
    return Protocol(
        endpoint=simulator.url,
        transport="basic",
        username=foreign.ADMINISTRATOR[0],
        password=password,
        message_encryption="never",
        proxy=None,
    )


def send(client, action, resource_uri, body, instance_id=None):
    """pywinrm has functions for shells alone; its headers and its sending serve for any message."""
    envelope = client.build_wsman_header(action=action, resource_uri=resource_uri)
    envelope["env:Body"] = body
    if instance_id is not None:
        key = {"@Name": "InstanceID", "#text": instance_id}
        envelope["env:Header"]["w:SelectorSet"] = {"w:Selector": key}
    return foreign.ET.fromstring(client.send_message(xmltodict.unparse({"env:Envelope": envelope})))


def get(client, instance_id):
    return send(client, f"{TRANSFER}/Get", foreign.SETTINGS, {}, instance_id)


def fault(call):
    try:
        call()
    except WSManFaultError as error:
        assert error.code == 500 and error.fault_code == "s:Sender" and error.reason, error
        return error
    raise AssertionError("no fault")


@check("pywinrm: Get reads a snapshot's setting data")
def _(simulator):
    instance_id = foreign.snapshot(foreign.connect(simulator), "web-01", "base")
    answer = get(connect(simulator), instance_id)
    assert foreign.descendant(answer, "ElementName").text == "base"


@check("pywinrm: its own parser reads number and subcode of a WSManFault")
def _(simulator):
    error = fault(lambda: get(connect(simulator), f"Microsoft:{str(uuid.uuid4()).upper()}"))
    assert error.wsman_fault_code == 2150858752, error
    assert error.fault_subcode == "a:DestinationUnreachable", error.fault_subcode


@check("pywinrm: its own parser reads number and subcode of an MSFT_WmiError")
def _(simulator):
    query = {"@Dialect": foreign.WQL, "#text": "select * from where"}
    body = {"n:Enumerate": {"w:Filter": query}}
    error = fault(lambda: send(connect(simulator), f"{foreign.ENUMERATION}/Enumerate", foreign.ALL, body))
    assert error.wmierror_code == 2150858778, error
    assert error.fault_subcode == "n:CannotProcessFilter", error.fault_subcode


@check("pywinrm: a wrong password is refused")
def _(simulator):
    try:
        get(connect(simulator, "wrong"), "Microsoft:0")
    except InvalidCredentialsError:
        return
    raise AssertionError("let in")
