"""Checks: what a host refuses, read by pypsrp's own fault parser."""

import uuid

from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError

import foreign
from suite import check


def fault(code, call):
    """The fault that `call` must end in.

    pypsrp takes the number from a WSManFault. Hosts since 2012 tell some errors as MSFT_WmiError instead, which it does
    not read, and then its code is the subcode; the prefixes are those that every recorded host has used.
    """
    try:
        call()
    except WSManFaultError as error:
        assert error.code == code, f"fault {error.code}, not {code}: {error.reason}"
        assert error.reason, "the fault has no text"
        return error
    raise AssertionError(f"no fault, but {code} was expected")


@check("Get of an instance that does not exist: 2150858752, with the provider's fault inside")
def _(simulator):
    client = foreign.connect(simulator)
    keys = foreign.selectors(InstanceID=f"Microsoft:{str(uuid.uuid4()).upper()}")
    error = fault(2150858752, lambda: client.get(foreign.SETTINGS, selector_set=keys))
    assert error.machine is not None, "the fault names no machine"


@check("Get of a class that does not exist: DestinationUnreachable")
def _(simulator):
    client = foreign.connect(simulator)
    keys = foreign.selectors(InstanceID="1")
    fault("a:DestinationUnreachable", lambda: client.get(f"{foreign.V2}/Msvm_NoSuchClass", selector_set=keys))


@check("Get without selectors: InvalidSelectors")
def _(simulator):
    client = foreign.connect(simulator)
    fault("w:InvalidSelectors", lambda: client.get(foreign.SETTINGS))


@check("a wrapped endpoint reference: SchemaValidationError, 2150858817, and nothing is destroyed")
def _(simulator):
    client = foreign.connect(simulator)
    instance_id = foreign.snapshot(client, "web-01", "rollback")
    fault(2150858817, lambda: foreign.destroy(client, instance_id, wrapped=True))
    assert foreign.snapshot(client, "web-01", "rollback") == instance_id


@check("WQL that is no WQL: CannotProcessFilter")
def _(simulator):
    client = foreign.connect(simulator)
    request = foreign.enumerate_request("select * from where")
    fault("n:CannotProcessFilter", lambda: client.enumerate(foreign.ALL, request))


@check("a context that was never given: InvalidEnumerationContext, 2150858779")
def _(simulator):
    client = foreign.connect(simulator)
    request = foreign.pull_request(f"uuid:{str(uuid.uuid4()).upper()}")
    fault(2150858779, lambda: client.pull(foreign.ALL, request))


@check("a method that the class does not have is a fault with an unknown action")
def _(simulator):
    client = foreign.connect(simulator)
    request = foreign.ET.Element(f"{{{foreign.SERVICE}}}NoSuchMethod_INPUT")
    keys = foreign.service_selectors(client)
    action = f"{foreign.SERVICE}/NoSuchMethod"
    fault(2150858753, lambda: client.invoke(action, foreign.SERVICE, request, selector_set=keys))


@check("a user who may only read is denied the Invoke: AccessDenied, and nothing is destroyed")
def _(simulator):
    reader = foreign.connect(simulator, foreign.READER)
    instance_id = foreign.snapshot(reader, "web-01", "hotfix")
    try:
        foreign.destroy(reader, instance_id)
    except WSManFaultError as error:
        assert error.code in {5, 2147942405, 2150859012, 2150859013, 2150859014}, error
    else:
        raise AssertionError("no fault")
    assert foreign.snapshot(reader, "web-01", "hotfix") == instance_id


@check("a wrong password is refused with 401")
def _(simulator):
    client = foreign.connect(simulator, (foreign.ADMINISTRATOR[0], "wrong"))
    try:
        foreign.identify(client)
    except AuthenticationError:
        return
    raise AssertionError("let in")


@check("another path than /wsman is refused with 404 and no message")
def _(simulator):
    client = foreign.connect(simulator)
    client.transport.endpoint = client.transport.endpoint.replace("/wsman", "/elsewhere")
    try:
        foreign.identify(client)
    except WinRMTransportError as error:
        assert error.code == 404 and error.response_text == "", error
    else:
        raise AssertionError("answered")
