"""Checks: the life of a snapshot by pypsrp with messages of its own, and what it and the command read of each other.

All is done on `bare-01`, which is off and has no snapshots; each check takes what it needs and destroys it.
"""

import contextlib
import json
import pathlib
import tempfile
import time
import types
import xml.etree.ElementTree as ET

import cimxml
import command
import foreign
import windows
from destroying import follow
from recorder import Recorder
from suite import check

VM = "bare-01"
ODD_NAME = "R&D <1> \"é\" 'q' — 漢字 😀 ;%{x}"
ODD_NOTES = "first line & <b>\n\tsecond: \"naïve\" — 終わり ]]>"
COMPUTER = f"{foreign.V2}/Msvm_ComputerSystem"
IMAGES = f"{foreign.V2}/Msvm_ImageManagementService"
OFF, RUNNING = "3", "2"
NO_STATE_FOR_THIS, DISKS_MERGE = "32775", "32774"
PATIENCE = 20.0


def machine(client):
    (system,) = foreign.query(client, f"select * from Msvm_ComputerSystem where ElementName = '{VM}'")
    return system


def snapshots(client):
    """The setting data of all snapshots of the VM, by `InstanceID`, from an enumeration."""
    text = (
        "select * from Msvm_VirtualSystemSettingData where VirtualSystemIdentifier = "
        f"'{machine(client)['Name']}' and VirtualSystemType <> 'Microsoft:Hyper-V:System:Realized'"
    )
    return {found["InstanceID"]: found for found in foreign.query(client, text)}


def settings(client, instance_id):
    """The same of one snapshot, by Get."""
    keys = foreign.selectors(InstanceID=instance_id)
    return foreign.properties(foreign.get(client, foreign.SETTINGS, keys))


def reference(method, parameter, resource_uri, **keys):
    """A parameter that is a reference, as its content alone."""
    element = ET.SubElement(method, f"{method.tag.rpartition('}')[0]}}}{parameter}")
    ET.SubElement(element, foreign.name("wsa", "Address")).text = foreign.ANONYMOUS
    parameters = ET.SubElement(element, foreign.name("wsa", "ReferenceParameters"))
    ET.SubElement(parameters, foreign.name("wsman", "ResourceURI")).text = resource_uri
    parameters.append(foreign.selectors(**keys).pack())


def call(client, service, method, keys, fill):
    body = ET.Element(f"{{{service}}}{method}_INPUT")
    fill(body)
    answer = client.invoke(f"{service}/{method}", service, body, selector_set=keys)
    return foreign.descendant(answer, f"{method}_OUTPUT")


def embedded(class_name, **properties):
    """The text of an instance, by Python's writer; each property as its CIM type and value."""
    root = ET.Element("INSTANCE", CLASSNAME=class_name)
    for key, (kind, value) in properties.items():
        holder = ET.SubElement(root, "PROPERTY", NAME=key, TYPE=kind)
        ET.SubElement(holder, "VALUE").text = str(value)
    return windows.numeric(ET.tostring(root, encoding="unicode"))


def in_time(ask):
    """Calls until the host takes it: while disks merge, it refuses, and has done nothing."""
    deadline = time.monotonic() + PATIENCE
    while foreign.child(output := ask(), "ReturnValue").text == DISKS_MERGE:
        assert time.monotonic() < deadline, "the merge does not end"
        time.sleep(0.05)
    return output


def ended(client, output):
    """The job of an answer, when it has ended well."""
    states, job = follow(client, output)
    assert states[-1] == "7" and job["ErrorCode"] == "0", job
    return job


def take(client):
    """Takes a snapshot and returns its `InstanceID`, as the host ties it to the job."""
    text = embedded("Msvm_VirtualSystemSnapshotSettingData", ConsistencyLevel=("uint8", 2))

    def fill(body):
        keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": machine(client)["Name"]}
        reference(body, "AffectedSystem", COMPUTER, **keys)
        ET.SubElement(body, f"{{{foreign.SERVICE}}}SnapshotSettings").text = text
        ET.SubElement(body, f"{{{foreign.SERVICE}}}SnapshotType").text = "2"

    keys = foreign.service_selectors(client)
    job = ended(client, in_time(lambda: call(client, foreign.SERVICE, "CreateSnapshot", keys, fill)))
    query = (
        f"associators of {{Msvm_ConcreteJob.InstanceID='{job['InstanceID']}'}} "
        "where AssocClass = Msvm_AffectedJobElement ResultClass = Msvm_VirtualSystemSettingData"
    )
    (taken,) = foreign.query(client, query)
    return taken["InstanceID"]


def on_snapshot(client, method, parameter, instance_id):
    def fill(body):
        reference(body, parameter, foreign.SETTINGS, InstanceID=instance_id)

    keys = foreign.service_selectors(client)
    return in_time(lambda: call(client, foreign.SERVICE, method, keys, fill))


def request_state(client, number):
    keys = foreign.selectors(CreationClassName="Msvm_ComputerSystem", Name=machine(client)["Name"])

    def fill(body):
        ET.SubElement(body, f"{{{COMPUTER}}}RequestedState").text = number

    return call(client, COMPUTER, "RequestStateChange", keys, fill)


@contextlib.contextmanager
def taken(client):
    """A snapshot for a while."""
    instance_id = take(client)
    try:
        yield instance_id
    finally:
        if instance_id in snapshots(client):
            ended(client, on_snapshot(client, "DestroySnapshot", "AffectedSnapshot", instance_id))
    assert instance_id not in snapshots(client), "it is still there"


def hvsnap(simulator, words, through=None):
    """What the command prints as JSON; `through` is what stands for the host."""
    with tempfile.TemporaryDirectory(prefix="hvsnap-interop.") as home:
        speed = simulator.command[simulator.command.index("--speed") + 1]
        bench = types.SimpleNamespace(
            directory=pathlib.Path(home), speed=speed, hvsnap=simulator.command[0]
        )
        words = [*words, "--auth", "basic", "--user", foreign.ADMINISTRATOR[0], "--output", "json"]
        code, text = command.hvsnap(bench, through or simulator, words, (), foreign.ADMINISTRATOR[1])
        assert code == 0, f"exit {code}: {text}"
        # The plan and the progress stand before it.
        return json.JSONDecoder().raw_decode(text[text.index('{\n  "schema"') :])[0]


@check("CreateSnapshot with embedded settings: its job, and the snapshot that the host ties to it")
def _(simulator):
    client = foreign.connect(simulator)
    before = snapshots(client)
    with taken(client) as instance_id:
        after = snapshots(client)
        assert set(after) == {*before, instance_id}, after.keys()
        found = settings(client, instance_id)
        assert found == after[instance_id], "Get and the enumeration tell different things"
        assert found["ElementName"].startswith(f"{VM} - ("), found["ElementName"]
        assert found["VirtualSystemIdentifier"] == machine(client)["Name"], found


@check("CreateSnapshot with settings that are no instance of the class is refused, and nothing is taken")
def _(simulator):
    client = foreign.connect(simulator)
    keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": machine(client)["Name"]}

    def fill(body):
        reference(body, "AffectedSystem", COMPUTER, **keys)
        ET.SubElement(body, f"{{{foreign.SERVICE}}}SnapshotSettings").text = "<INSTANCE CLASSNAME='None'/>"
        ET.SubElement(body, f"{{{foreign.SERVICE}}}SnapshotType").text = "2"

    output = call(client, foreign.SERVICE, "CreateSnapshot", foreign.service_selectors(client), fill)
    assert foreign.child(output, "ReturnValue").text == "32773", foreign.properties(output)
    assert snapshots(client) == {}


@check("a name and notes of odd characters are set by pypsrp, and read by Get, by an enumeration and by hvsnap")
def _(simulator):
    client = foreign.connect(simulator)
    with taken(client) as instance_id:
        text = windows.settings_text(instance_id, ElementName=ODD_NAME, Notes=[ODD_NOTES])
        assert windows.modify(client, windows.numeric(text)) == 0
        keys = foreign.selectors(InstanceID=instance_id)
        # Not stripped, as the name and the notes are compared to the letter.
        instance = foreign.get(client, foreign.SETTINGS, keys)
        told = {each: foreign.child(instance, each).text for each in ("ElementName", "Notes")}
        assert told == {"ElementName": ODD_NAME, "Notes": ODD_NOTES}, told
        assert snapshots(client)[instance_id]["ElementName"] == ODD_NAME
        shown = hvsnap(simulator, ["snapshot", "show", VM, ODD_NAME])["snapshot"]
        assert (shown["id"], shown["name"]) == (instance_id, ODD_NAME), shown
        assert "\n".join(shown["notes"]) == ODD_NOTES, shown
        words = ["cim", "get", "Msvm_VirtualSystemSettingData", f"InstanceID={instance_id}"]
        text = json.dumps(hvsnap(simulator, words), ensure_ascii=False)
        for wanted in (ODD_NAME, ODD_NOTES):
            assert json.dumps(wanted, ensure_ascii=False) in text, text


@check("RequestStateChange starts the VM and turns it off; a running VM takes no ApplySnapshot")
def _(simulator):
    client = foreign.connect(simulator)
    with taken(client) as instance_id:
        ended(client, request_state(client, "2"))
        assert machine(client)["EnabledState"] == RUNNING
        again = request_state(client, "2")
        assert foreign.child(again, "ReturnValue").text == NO_STATE_FOR_THIS, foreign.properties(again)
        refused = on_snapshot(client, "ApplySnapshot", "Snapshot", instance_id)
        assert foreign.child(refused, "ReturnValue").text == NO_STATE_FOR_THIS, foreign.properties(refused)
        ended(client, request_state(client, "3"))
        assert machine(client)["EnabledState"] == OFF


@check("ApplySnapshot brings the VM back: the present settings descend from the snapshot, and hvsnap says so")
def _(simulator):
    client = foreign.connect(simulator)
    with taken(client) as first, taken(client) as second:
        shown = hvsnap(simulator, ["snapshot", "tree", VM])
        assert (shown["snapshots"][0]["id"], shown["snapshots"][1]["parent"]) == (first, first), shown
        assert shown["current"] == second, shown
        ended(client, on_snapshot(client, "ApplySnapshot", "Snapshot", first))
        present = settings(client, f"Microsoft:{machine(client)['Name']}")
        assert first in present["Parent"], present["Parent"]
        assert hvsnap(simulator, ["snapshot", "tree", VM])["current"] == first


@check("the instances that hvsnap writes are read by DSP0201, and do what they say")
def _(simulator):
    client = foreign.connect(simulator)
    sent = []
    with Recorder(simulator) as recorder:
        words = ["snapshot", "create", VM, "--on-busy", "wait", "--consistency", "crash", "--name", ODD_NAME, "--notes", ODD_NOTES, "--yes"]
        hvsnap(simulator, words, recorder)
        sent = [ET.fromstring(body) for body in recorder.sent]

    def texts(parameter):
        found = [each.text for body in sent for each in body.iter() if foreign.local(each) == parameter]
        return [cimxml.instance(text) for text in found]

    # A VM that is busy refuses the call, and it is sent again: each call says the same.
    told = texts("SnapshotSettings")
    assert told and all(one == ("Msvm_VirtualSystemSnapshotSettingData", {"ConsistencyLevel": 2}) for one in told), told
    (instance_id,) = snapshots(client)
    wanted = {"InstanceID": instance_id, "ElementName": ODD_NAME, "Notes": [ODD_NOTES]}
    assert texts("SystemSettings") == [("Msvm_VirtualSystemSettingData", wanted)], texts("SystemSettings")
    assert settings(client, instance_id)["ElementName"] == ODD_NAME
    ended(client, on_snapshot(client, "DestroySnapshot", "AffectedSnapshot", instance_id))
    assert snapshots(client) == {}


@check("the instances in answers are read by DSP0201: a virtual disk, and the error of a job")
def _(simulator):
    client = foreign.connect(simulator)
    (service,) = foreign.query(client, "select * from Msvm_ImageManagementService")
    keys = ("CreationClassName", "Name", "SystemCreationClassName", "SystemName")
    keys = foreign.selectors(**{key: service[key] for key in keys})

    def fill(body):
        ET.SubElement(body, f"{{{IMAGES}}}Path").text = r"D:\Hyper-V\web-01\web-01.vhdx"

    output = call(client, IMAGES, "GetVirtualHardDiskSettingData", keys, fill)
    name, told = cimxml.instance(foreign.child(output, "SettingData").text)
    assert name == "Msvm_VirtualHardDiskSettingData", name
    assert told["Path"].endswith("web-01.vhdx") and told["MaxInternalSize"] > 0, told

    output = foreign.destroy(client, foreign.snapshot(client, "broken-01", "fails"))
    follow(client, output)
    resource_uri, keys = foreign.reference(foreign.child(output, "Job"))
    told = call(client, resource_uri, "GetErrorEx", keys, lambda body: None)
    name, error = cimxml.instance(foreign.child(told, "Errors").text)
    assert name == "Msvm_Error" and "in use by another process" in error["Message"], error
