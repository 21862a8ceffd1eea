"""Checks: a destroy, its job and its merge, carried out by pypsrp.

The checks share one host, and each takes a machine of its own: one whose disks merge refuses another destroy.
"""

import time

import foreign
from suite import check

PATIENCE = 20.0
FINAL = {"7", "8", "9", "10", "32768"}


def follow(client, output):
    """The job of an answer, read again and again until it ends: all states seen, and its last reading."""
    assert foreign.child(output, "ReturnValue").text == "4096", foreign.properties(output)
    resource_uri, keys = foreign.reference(foreign.child(output, "Job"))
    states, deadline = [], time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        job = foreign.properties(foreign.get(client, resource_uri, keys))
        if job["JobState"] not in states:
            states.append(job["JobState"])
        if job["JobState"] in FINAL:
            return states, job
        time.sleep(0.02)
    raise AssertionError(f"the job did not end: {states}")


@check("DestroySnapshot starts a job, which is read by its reference until it completes")
def _(simulator):
    client = foreign.connect(simulator)
    instance_id = foreign.snapshot(client, "app-01", "middle")
    output = foreign.destroy(client, instance_id)
    assert {foreign.local(each) for each in output} == {"Job", "ReturnValue"}
    states, job = follow(client, output)
    assert states[-1] == "7" and len(states) > 1, states
    assert job["PercentComplete"] == "100" and job["ErrorCode"] == "0", job
    text = f"select * from Msvm_VirtualSystemSettingData where InstanceID = '{instance_id}'"
    assert foreign.query(client, text) == [], "the snapshot is still there"
    newest = foreign.snapshot(client, "app-01", "newest")
    setting = foreign.get(client, foreign.SETTINGS, foreign.selectors(InstanceID=newest))
    oldest = foreign.snapshot(client, "app-01", "oldest")
    assert oldest in foreign.properties(setting)["Parent"], "the child did not take the parent"


@check("after the job the machine's disks merge, seen in OperationalStatus, and stop")
def _(simulator):
    client = foreign.connect(simulator)
    text = "select * from Msvm_ComputerSystem where ElementName = 'web-01'"
    follow(client, foreign.destroy(client, foreign.snapshot(client, "web-01", "hotfix")))
    seen, deadline = False, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        (system,) = foreign.query(client, text)
        merging = "32772" in system["OperationalStatus"]
        if seen and not merging:
            return
        seen = seen or merging
        time.sleep(0.02)
    raise AssertionError("the merge did not end" if seen else "no merge was seen")


@check("a job that ends in Exception says its error code, and GetErrorEx its errors")
def _(simulator):
    client = foreign.connect(simulator)
    output = foreign.destroy(client, foreign.snapshot(client, "broken-01", "fails"))
    states, job = follow(client, output)
    assert states[-1] == "10" and job["ErrorCode"] == "32768", job
    resource_uri, keys = foreign.reference(foreign.child(output, "Job"))
    request = foreign.ET.Element(f"{{{resource_uri}}}GetErrorEx_INPUT")
    answer = client.invoke(f"{resource_uri}/GetErrorEx", resource_uri, request, selector_set=keys)
    told = foreign.descendant(answer, "GetErrorEx_OUTPUT")
    assert foreign.child(told, "ReturnValue").text == "0"
    assert "in use by another process" in "".join(told.itertext()), foreign.properties(told)


@check("a destroy that is done at once returns 0 and a null job")
def _(simulator):
    client = foreign.connect(simulator)
    output = foreign.destroy(client, foreign.snapshot(client, "broken-01", "at-once"))
    assert foreign.child(output, "ReturnValue").text == "0"
    assert all(each.get(foreign.NIL) == "true" for each in output if foreign.local(each) == "Job")


@check("a destroy that is refused returns Hyper-V's number and no fault")
def _(simulator):
    client = foreign.connect(simulator)
    output = foreign.destroy(client, foreign.snapshot(client, "broken-01", "busy"))
    assert foreign.child(output, "ReturnValue").text == "32774"


@check("a running job is cancelled by RequestStateChange and does not complete")
def _(simulator):
    client = foreign.connect(simulator)
    output = foreign.destroy(client, foreign.snapshot(client, "slow-01", "long"))
    resource_uri, keys = foreign.reference(foreign.child(output, "Job"))
    request = foreign.ET.Element(f"{{{resource_uri}}}RequestStateChange_INPUT")
    foreign.ET.SubElement(request, f"{{{resource_uri}}}RequestedState").text = "4"
    answer = client.invoke(f"{resource_uri}/RequestStateChange", resource_uri, request, selector_set=keys)
    accepted = foreign.child(foreign.descendant(answer, "RequestStateChange_OUTPUT"), "ReturnValue").text
    assert accepted in {"0", "4096"}, accepted
    states, _ = follow(client, output)
    assert states[-1] in {"8", "9"}, states
