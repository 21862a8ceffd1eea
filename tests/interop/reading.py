"""Checks: Identify, Get, and enumerations over pages, asked by pypsrp."""

from pypsrp.exceptions import WSManFaultError

import foreign
from suite import check


@check("Identify answers with protocol, vendor and version")
def _(simulator):
    answer = foreign.identify(foreign.connect(simulator))
    assert answer is not None, "there is no IdentifyResponse"
    told = foreign.properties(answer)
    assert told["ProtocolVersion"] == "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd", told
    assert told["ProductVendor"] == "Microsoft Corporation", told
    assert "10.0.17763" in told["ProductVersion"], told


@check("Get reads a machine by its keys as a query does, with nulls and arrays")
def _(simulator):
    client = foreign.connect(simulator)
    (wanted,) = foreign.query(client, "select * from Msvm_ComputerSystem where ElementName = 'web-01'")
    keys = foreign.selectors(CreationClassName="Msvm_ComputerSystem", Name=wanted["Name"])
    instance = foreign.get(client, foreign.SYSTEM, keys)
    assert instance.tag == f"{{{foreign.SYSTEM}}}Msvm_ComputerSystem", instance.tag
    found = foreign.properties(instance)
    assert foreign.lasting(found) == foreign.lasting(wanted), "Get and the query tell different things"
    assert found["EnabledState"] == "2", found["EnabledState"]
    assert found["OperationalStatus"][0] == "2", found["OperationalStatus"]
    assert None in found.values(), "no property is null"


@check("Get reads a snapshot's setting data, with a datetime and a parent")
def _(simulator):
    client = foreign.connect(simulator)
    instance_id = foreign.snapshot(client, "web-01", "before-upgrade")
    instance = foreign.get(client, foreign.SETTINGS, foreign.selectors(InstanceID=instance_id))
    found = foreign.properties(instance)
    assert found["ElementName"] == "before-upgrade", found
    assert found["CreationTime"].startswith("2026-03-02T18:30:00"), found["CreationTime"]
    assert foreign.snapshot(client, "web-01", "base") in found["Parent"], found["Parent"]


@check("Get with the DMTF resource URI reads the same instance")
def _(simulator):
    client = foreign.connect(simulator)
    instance_id = foreign.snapshot(client, "web-01", "base")
    uri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_VirtualSystemSettingData"
    keys = foreign.selectors(InstanceID=instance_id, __cimnamespace="root/virtualization/v2")
    assert foreign.properties(foreign.get(client, uri, keys))["ElementName"] == "base"


@check("the cluster's namespace answers with its own resource URI")
def _(simulator):
    client = foreign.connect(simulator)
    keys = foreign.selectors(InstanceID=foreign.snapshot(client, "web-01", "base"))
    uri = foreign.SETTINGS.replace("root/virtualization/v2", "root/HyperVCluster/v2")
    instance = foreign.get(client, uri, keys)
    assert foreign.properties(instance)["ElementName"] == "base"
    assert "/root/hypervcluster/v2/" in instance.tag.lower(), instance.tag


@check("a WQL query without MaxElements comes one item a Pull, each with a new context")
def _(simulator):
    client = foreign.connect(simulator)
    found = list(foreign.pages(client, "select * from Msvm_ComputerSystem"))
    assert found[0] == [], "an Enumerate that is not optimized answers with a context alone"
    assert all(len(page) <= 1 for page in found), [len(page) for page in found]
    names = [foreign.properties(item)["ElementName"] for page in found for item in page]
    assert len(names) > 5 and names.count("db-01") == 2, names


@check("a WQL query with MaxElements comes in pages of at most that many")
def _(simulator):
    client = foreign.connect(simulator)
    text = "select * from Msvm_ComputerSystem"
    found = list(foreign.pages(client, text, page=3))
    sizes = [len(page) for page in found]
    assert max(sizes) == 3 and sum(1 for size in sizes if size) > 3, sizes

    def told(pages):
        return [foreign.lasting(foreign.properties(item)) for page in pages for item in page]

    assert told(found) == told(foreign.pages(client, text)), "the size of the page changes what is told"


@check("an optimized Enumerate answers with items at once, and Pull gives the rest")
def _(simulator):
    client = foreign.connect(simulator)
    found = list(foreign.pages(client, "select * from Msvm_ComputerSystem", page=4, optimized=True))
    assert found[0] and len(found) > 1, [len(page) for page in found]
    all_at_once = foreign.query(client, "select * from Msvm_ComputerSystem")
    assert sum(len(page) for page in found) == len(all_at_once)


@check("Release ends an enumeration")
def _(simulator):
    client = foreign.connect(simulator)
    answer = client.enumerate(foreign.ALL, foreign.enumerate_request("select * from Msvm_ComputerSystem"))
    context = foreign.descendant(answer, "EnumerationContext").text
    client.invoke(f"{foreign.ENUMERATION}/Release", foreign.ALL, foreign.release_request(context))
    try:
        client.pull(foreign.ALL, foreign.pull_request(context))
    except WSManFaultError as error:
        assert error.code == 2150858779, error
    else:
        raise AssertionError("the context is still good")


@check("a WQL query that matches nothing ends without an item")
def _(simulator):
    text = "select * from Msvm_ComputerSystem where ElementName = 'none'"
    assert foreign.query(foreign.connect(simulator), text) == []


@check("WQL compares, joins and matches: =, <>, and, or, like, isa")
def _(simulator):
    client = foreign.connect(simulator)

    def names(condition):
        text = f"select * from Msvm_ComputerSystem where {condition}"
        return sorted(each["ElementName"] for each in foreign.query(client, text))

    assert names("ElementName = 'web-01'") == ["web-01"]
    assert names("ElementName like '%b-01' and ElementName <> 'web-01'") == ["db-01", "db-01"]
    assert names("ElementName = 'app-01' or ElementName = 'web-01'") == ["app-01", "web-01"]
    assert names("__this isa 'CIM_ComputerSystem' and ElementName = 'web-01'") == ["web-01"]


@check("ASSOCIATORS OF leads from a machine to its snapshots")
def _(simulator):
    client = foreign.connect(simulator)
    (system,) = foreign.query(client, "select * from Msvm_ComputerSystem where ElementName = 'web-01'")
    path = f"Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='{system['Name']}'"
    text = (
        f"ASSOCIATORS OF {{{path}}} WHERE AssocClass = Msvm_SnapshotOfVirtualSystem "
        "ResultClass = Msvm_VirtualSystemSettingData"
    )
    names = sorted(each["ElementName"] for each in foreign.query(client, text))
    assert names == ["after-upgrade", "base", "before-upgrade", "hotfix", "rollback"], names
