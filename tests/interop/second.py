"""Checks: a second foreign client, pywinrm, whose envelopes and fault parser are other code."""

import time
import uuid

import xmltodict
from winrm.exceptions import InvalidCredentialsError, WSManFaultError
from winrm.protocol import Protocol

import foreign
from suite import check

PATIENCE = 20.0
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


def sealing(simulator, password=foreign.ADMINISTRATOR[1], **more):
    """By NTLM; sealed over plain HTTP, and over TLS with the host's certificate verified."""
    return Protocol(
        endpoint=simulator.url,
        transport="ntlm",
        username=foreign.ADMINISTRATOR[0],
        password=password,
        message_encryption="always" if simulator.tls is None else "auto",
        ca_trust_path=simulator.tls.certificate if simulator.tls else "legacy_requests",
        proxy=None,
        **more,
    )


def send(client, action, resource_uri, body, **keys):
    """pywinrm has functions for shells alone; its headers and its sending serve for any message."""
    envelope = client.build_wsman_header(action=action, resource_uri=resource_uri)
    envelope["env:Body"] = body
    if keys:
        envelope["env:Header"]["w:SelectorSet"] = selector_set(keys)
    return foreign.ET.fromstring(client.send_message(xmltodict.unparse({"env:Envelope": envelope})))


def selector_set(keys):
    return {"w:Selector": [{"@Name": name, "#text": value} for name, value in keys.items()]}


def get(client, instance_id):
    return send(client, f"{TRANSFER}/Get", foreign.SETTINGS, {}, InstanceID=instance_id)


def asked(client):
    """One question; the answer to which, a fault, is the host's own."""
    error = fault(lambda: get(client, "Microsoft:none"))
    return "answered" if error.wsman_fault_code == 2150858752 else f"fault {error.wsman_fault_code}"


def settings(client):
    """All setting data, page by page."""
    query = {"@Dialect": foreign.WQL, "#text": "select * from Msvm_VirtualSystemSettingData"}
    answer = send(client, f"{foreign.ENUMERATION}/Enumerate", foreign.ALL, {"n:Enumerate": {"w:Filter": query}})
    found = []
    while not any(foreign.local(each) == "EndOfSequence" for each in answer.iter()):
        context = foreign.descendant(answer, "EnumerationContext").text
        pull = {"n:Pull": {"n:EnumerationContext": context, "n:MaxElements": "5"}}
        answer = send(client, f"{foreign.ENUMERATION}/Pull", foreign.ALL, pull)
        for items in (each for each in answer.iter() if foreign.local(each) == "Items"):
            found += [foreign.properties(item) for item in items]
    return found


def whole_job(client):
    """Reads, destroys, follows the job to its end, and reads again."""
    target = next(each["InstanceID"] for each in settings(client) if each["ElementName"] == "middle")
    affected = {
        "a:Address": foreign.ANONYMOUS,
        "a:ReferenceParameters": {
            "w:ResourceURI": foreign.SETTINGS,
            "w:SelectorSet": selector_set({"InstanceID": target}),
        },
    }
    method = {"@xmlns:m": foreign.SERVICE, "m:AffectedSnapshot": affected}
    answer = send(
        client,
        f"{foreign.SERVICE}/DestroySnapshot",
        foreign.SERVICE,
        {"m:DestroySnapshot_INPUT": method},
        CreationClassName="Msvm_VirtualSystemSnapshotService",
    )
    reference = foreign.descendant(answer, "Job")
    resource_uri = foreign.descendant(reference, "ResourceURI").text
    key = {each.get("Name"): each.text for each in foreign.descendant(reference, "SelectorSet")}
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        job = send(client, f"{TRANSFER}/Get", resource_uri, {}, **key)
        state = foreign.descendant(job, "JobState").text
        if state not in {"2", "3", "4"}:
            gone = all(each["InstanceID"] != target for each in settings(client))
            return f"{'destroyed' if gone else 'still there'}: job state {state}"
        time.sleep(0.02)
    raise AssertionError("the job did not end")


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
