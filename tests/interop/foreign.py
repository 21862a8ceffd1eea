"""pypsrp as a client of Hyper-V: the messages that it has no function for, and the answers by local name.

Envelopes, headers, selectors, transport and faults are pypsrp's own. Only bodies are composed here.
"""

import xml.etree.ElementTree as ET

from pypsrp.wsman import NAMESPACES, SelectorSet, WSMan

ADMINISTRATOR = ("LAB\\operator", "correct-horse")
READER = ("LAB\\reader", "look-dont-touch")

V2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2"
ALL = f"{V2}/*"
SYSTEM = f"{V2}/Msvm_ComputerSystem"
SETTINGS = f"{V2}/Msvm_VirtualSystemSettingData"
SERVICE = f"{V2}/Msvm_VirtualSystemSnapshotService"
ENUMERATION = NAMESPACES["wsen"]
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
NIL = f"{{{NAMESPACES['xsi']}}}nil"
# DMTF DSP0226 prints "identity"; pypsrp asks, after MS-WSMV's table, with "identify". A host takes either.
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"


def name(prefix, local):
    return f"{{{NAMESPACES[prefix]}}}{local}"


def local(element):
    return element.tag.rpartition("}")[2]


def child(element, wanted):
    """The only child of this local name."""
    found = [each for each in element if local(each) == wanted]
    assert len(found) == 1, f"{len(found)} elements {wanted} in {local(element)}"
    return found[0]


def descendant(element, wanted):
    found = [each for each in element.iter() if local(each) == wanted]
    assert len(found) == 1, f"{len(found)} elements {wanted} below {local(element)}"
    return found[0]


def properties(instance):
    """Name to text, `None` for null, a list for what occurs more than once."""
    values = {}
    for each in instance:
        text = None if each.get(NIL) == "true" else "".join(each.itertext()).strip()
        key = local(each)
        if key in values:
            known = values[key]
            values[key] = (known if isinstance(known, list) else [known]) + [text]
        else:
            values[key] = text
    return values


def lasting(values):
    """Without the properties that time changes between two readings."""
    return {key: value for key, value in values.items() if key != "OnTimeInMilliseconds"}


def connect(simulator, user=ADMINISTRATOR):
    return WSMan(
        simulator.host,
        port=simulator.port,
        username=user[0],
        password=user[1],
        ssl=False,
        auth="basic",
        encryption="never",
        no_proxy=True,
    )


def selectors(**keys):
    chosen = SelectorSet()
    for key, value in keys.items():
        chosen.add_option(key, value)
    return chosen


def identify(client):
    """pypsrp has no Identify; its transport carries one. Returns the IdentifyResponse."""
    envelope = ET.Element(name("s", "Envelope"))
    ET.SubElement(envelope, name("s", "Header"))
    ET.SubElement(ET.SubElement(envelope, name("s", "Body")), name("wsmid", "Identify"))
    answer = ET.fromstring(client.transport.send(ET.tostring(envelope, encoding="utf-8")))
    return answer.find(f"s:Body/{{{IDENTITY}}}IdentifyResponse", NAMESPACES)


def enumerate_request(query, page=None):
    request = ET.Element(name("wsen", "Enumerate"))
    if page is not None:
        ET.SubElement(request, name("wsman", "OptimizeEnumeration"))
        ET.SubElement(request, name("wsman", "MaxElements")).text = str(page)
    ET.SubElement(request, name("wsman", "Filter"), Dialect=WQL).text = query
    return request


def pull_request(context, page=None):
    request = ET.Element(name("wsen", "Pull"))
    ET.SubElement(request, name("wsen", "EnumerationContext")).text = context
    if page is not None:
        ET.SubElement(request, name("wsen", "MaxElements")).text = str(page)
    return request


def release_request(context):
    request = ET.Element(name("wsen", "Release"))
    ET.SubElement(request, name("wsen", "EnumerationContext")).text = context
    return request


def pages(client, query, page=None, optimized=False):
    """Every page of a query, as lists of elements; the first is the answer to Enumerate."""
    answer = client.enumerate(ALL, enumerate_request(query, page if optimized else None))
    answer = child(answer, "EnumerateResponse")
    while True:
        items = [item for each in answer if local(each) == "Items" for item in each]
        yield items
        context = [each.text for each in answer if local(each) == "EnumerationContext"]
        if any(local(each) == "EndOfSequence" for each in answer):
            return
        assert len(context) == 1 and context[0], "neither an end nor a context"
        answer = child(client.pull(ALL, pull_request(context[0], page)), "PullResponse")


def query(client, text):
    return [properties(item) for page in pages(client, text, 50) for item in page]


def service_selectors(client):
    """The snapshot service by the keys that the host gives; none is guessed."""
    (found,) = query(client, "select * from Msvm_VirtualSystemSnapshotService")
    keys = ("CreationClassName", "Name", "SystemCreationClassName", "SystemName")
    return selectors(**{key: found[key] for key in keys})


def snapshot(client, machine, element_name):
    """`InstanceID` of the only snapshot of this name of the only machine of that name."""
    (system,) = query(client, f"select * from Msvm_ComputerSystem where ElementName = '{machine}'")
    text = (
        "select * from Msvm_VirtualSystemSettingData where VirtualSystemIdentifier = "
        f"'{system['Name']}' and ElementName = '{element_name}'"
    )
    (found,) = query(client, text)
    return found["InstanceID"]


def destroy_input(instance_id, wrapped=False):
    """`DestroySnapshot_INPUT`, the reference bare as a host wants it, or wrapped as it does not."""
    method = ET.Element(f"{{{SERVICE}}}DestroySnapshot_INPUT")
    reference = ET.SubElement(method, f"{{{SERVICE}}}AffectedSnapshot")
    if wrapped:
        reference = ET.SubElement(reference, name("wsa", "EndpointReference"))
    ET.SubElement(reference, name("wsa", "Address")).text = ANONYMOUS
    parameters = ET.SubElement(reference, name("wsa", "ReferenceParameters"))
    ET.SubElement(parameters, name("wsman", "ResourceURI")).text = SETTINGS
    parameters.append(selectors(InstanceID=instance_id).pack())
    return method


def destroy(client, instance_id, wrapped=False):
    """`DestroySnapshot_OUTPUT`."""
    answer = client.invoke(
        f"{SERVICE}/DestroySnapshot",
        SERVICE,
        destroy_input(instance_id, wrapped),
        selector_set=service_selectors(client),
    )
    return child(answer.find("s:Body", NAMESPACES), "DestroySnapshot_OUTPUT")


def reference(parameter):
    """Resource URI and selectors of an endpoint reference in an answer."""
    resource_uri = descendant(parameter, "ResourceURI").text
    chosen = SelectorSet()
    for each in descendant(parameter, "SelectorSet"):
        chosen.add_option(each.get("Name"), each.text)
    return resource_uri, chosen


def get(client, resource_uri, chosen):
    """The instance that a Get answers with."""
    (instance,) = client.get(resource_uri, selector_set=chosen)
    return instance
