"""Checks: the namespace of Windows, parts of instances, associations, and a method with an embedded instance, by pypsrp."""

import xml.etree.ElementTree as ET

from pypsrp.exceptions import WSManFaultError
from pypsrp.wsman import OptionSet, WSManAction

import foreign
from suite import check

WINDOWS = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2"
SYSTEM = f"{WINDOWS}/Win32_OperatingSystem"
SERVICE = f"{foreign.V2}/Msvm_VirtualSystemManagementService"
NOT_CAPABLE = 2150859010


def enumerate_windows(client, text):
    answer = client.enumerate(f"{WINDOWS}/*", foreign.enumerate_request(text, 50))
    items = foreign.descendant(answer, "Items")
    found = [foreign.properties(item) for item in items]
    context = foreign.descendant(answer, "EnumerationContext").text
    while context:
        page = client.pull(f"{WINDOWS}/*", foreign.pull_request(context, 50))
        found += [foreign.properties(item) for item in foreign.descendant(page, "Items")]
        rest = [each.text for each in page.iter() if foreign.local(each) == "EnumerationContext"]
        context = rest[0] if rest else None
    return found


@check("root/cimv2 tells of the operating system, the computer and its processors")
def _(simulator):
    client = foreign.connect(simulator)
    (system,) = enumerate_windows(client, "select * from Win32_OperatingSystem")
    (computer,) = enumerate_windows(client, "select * from Win32_ComputerSystem")
    processors = enumerate_windows(client, "select * from Win32_Processor")
    assert system["Version"] == "10.0.17763" and system["CSName"] == computer["Name"], system
    assert len(processors) == int(computer["NumberOfProcessors"]), processors
    keys = foreign.selectors(DeviceID=processors[-1]["DeviceID"])
    assert foreign.properties(foreign.get(client, f"{WINDOWS}/Win32_Processor", keys)) == processors[-1]


@check("a singleton is read without selectors, with options that it does not know")
def _(simulator):
    options = OptionSet()
    options.add_option("wmi:__ProviderArchitecture", "64")
    (found,) = foreign.connect(simulator).get(SYSTEM, option_set=options)
    assert foreign.properties(found)["BuildNumber"] == "17763"


@check("Put changes what can be written, and Delete is refused")
def _(simulator):
    client = foreign.connect(simulator)
    (instance,) = client.get(SYSTEM)
    instance.find(f"{{{SYSTEM}}}Description").text = "R&D <rack 4>"
    client.invoke(WSManAction.PUT, SYSTEM, instance)
    (after,) = client.get(SYSTEM)
    assert foreign.properties(after)["Description"] == "R&D <rack 4>"
    try:
        client.invoke(WSManAction.DELETE, SYSTEM, None)
    except WSManFaultError as error:
        assert error.code == NOT_CAPABLE, error
    else:
        raise AssertionError("Windows was deleted")


def settings_text(instance_id, **properties):
    """The text of an instance, by Python's own writer but for the entities, which a host wants as numbers."""
    root = ET.Element("INSTANCE", CLASSNAME="Msvm_VirtualSystemSettingData")
    for name, value in {"InstanceID": instance_id, **properties}.items():
        holder = root
        if isinstance(value, list):
            array = ET.SubElement(root, "PROPERTY.ARRAY", NAME=name, TYPE="string")
            holder = ET.SubElement(array, "VALUE.ARRAY")
        else:
            holder = ET.SubElement(root, "PROPERTY", NAME=name, TYPE="string")
        for each in value if isinstance(value, list) else [value]:
            ET.SubElement(holder, "VALUE").text = each
    return ET.tostring(root, encoding="unicode")


def numeric(text):
    return text.replace("&amp;", "&#38;").replace("&lt;", "&#60;").replace("&gt;", "&#62;")


def modify(client, text):
    method = ET.Element(f"{{{SERVICE}}}ModifySystemSettings_INPUT")
    ET.SubElement(method, f"{{{SERVICE}}}SystemSettings").text = text
    keys = foreign.selectors(CreationClassName="Msvm_VirtualSystemManagementService")
    answer = client.invoke(f"{SERVICE}/ModifySystemSettings", SERVICE, method, selector_set=keys)
    return int(foreign.descendant(answer, "ReturnValue").text)


@check("ModifySystemSettings changes name and notes of a snapshot by the text of an instance")
def _(simulator):
    client = foreign.connect(simulator)
    instance_id = foreign.snapshot(client, "web-01", "hotfix")

    def told():
        found = foreign.get(client, foreign.SETTINGS, foreign.selectors(InstanceID=instance_id))
        return foreign.properties(found)

    before = told()
    text = settings_text(instance_id, ElementName="R&D <x>", Notes=["one", "two"])
    assert modify(client, text) == 32773, "a named entity was read"
    assert told() == before, "a refused change was carried out"
    assert modify(client, numeric(text)) == 0
    after = told()
    assert (after["ElementName"], after["Notes"]) == ("R&D <x>", "one"), after
    # Others look for it by its name.
    assert modify(client, settings_text(instance_id, ElementName=before["ElementName"])) == 0
    assert told()["Notes"] == "one", "what was not named changed"
