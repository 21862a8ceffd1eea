"""Warm operations on one connection: the same question again and again, by everybody in turn.

The contestants are told apart by client and scheme. All ask what the Rust loop asks: its request is recorded, and posted as it
is by those who can post bytes.
"""

import pathlib
import sys
import typing
import xml.etree.ElementTree as ET

import foreign_loops
from processes import Failed, report, run
from relay import Relay

HERE = pathlib.Path(__file__).resolve().parent
# Between these two numbers of operations lies what an operation costs without the setting-up.
FEW, MORE = 1, 11


class Contestant(typing.NamedTuple):
    key: str
    title: str
    auth: str
    # The program and its loop, without what is the same for all.
    command: list
    # How many operations in a run, and how many unmeasured ones before.
    operations: int
    warm_up: int


def python_loop(name, request=None):
    command = [sys.executable, str(HERE / "foreign_loops.py"), name]
    return [*command, "--request", str(request)] if request else command


def contestants(loops, request, quick):
    rust, python = ((200, 20), (30, 5)) if quick else ((1000, 100), (200, 20))
    bare = [loops, "bare-invoke", "--body", str(request)]
    return [
        Contestant("hvsnap-basic", "hvsnap, library", "basic", [loops, "hvsnap-invoke"], *rust),
        Contestant("bare-basic", "reqwest alone, same bytes", "basic", bare, *rust),
        Contestant("pypsrp-basic", "pypsrp", "basic", python_loop("pypsrp-invoke", request), *python),
        Contestant("pywinrm-basic", "pywinrm, raw message", "basic", python_loop("pywinrm-invoke", request), *python),
        Contestant("hvsnap-ntlm", "hvsnap, library", "ntlm", [loops, "hvsnap-invoke"], *rust),
        Contestant("pypsrp-ntlm", "pypsrp", "ntlm", python_loop("pypsrp-invoke", request), *python),
        Contestant("pywinrm-ntlm", "pywinrm, raw message", "ntlm", python_loop("pywinrm-invoke", request), *python),
    ]


def record(loops, endpoint, variables, path):
    """The request of the Rust loop, as bytes in a file."""
    path.write_text(run([loops, "print-invoke", "--endpoint", endpoint, "--auth", "basic"], variables))
    return path


def part(loops, request, simulator, variables, repetitions, quick, progress):
    """Everything about each: its runs, and its traffic."""
    everybody = contestants(loops, request, quick)
    action = ET.parse(request).getroot().find(f"{foreign_loops.S}Header/{foreign_loops.A}Action").text
    progress("warm operations through the relay")
    traffics = {each.key: traffic(each, simulator, variables, action) for each in everybody}
    runs = measured(everybody, simulator.url, variables, repetitions, progress)
    return {
        each.key: {"title": each.title, "auth": each.auth, "runs": runs[each.key], "traffic": traffics[each.key]}
        for each in everybody
    }


def asked(contestant, endpoint, operations, warm_up):
    counts = ["--operations", str(operations), "--warm-up", str(warm_up)]
    return [*contestant.command, "--endpoint", endpoint, "--auth", contestant.auth, *counts]


def measured(everybody, endpoint, variables, repetitions, progress):
    """The runs of each, round robin; whoever begins one round ends the next."""
    runs = {each.key: [] for each in everybody}
    for repetition in range(repetitions):
        progress(f"warm operations, round {repetition + 1} of {repetitions}")
        first = repetition % len(everybody)
        for each in everybody[first:] + everybody[:first]:
            line = report(asked(each, endpoint, each.operations, each.warm_up), variables)
            if line["operations"] != each.operations:
                raise Failed(f"{each.key}: {line['operations']} operations, not {each.operations}")
            runs[each.key].append(line)
    return runs


def traffic(contestant, simulator, variables, action):
    """Through the relay: what setting up takes, what an operation takes, and that each operation was really done."""
    few, _ = relayed(contestant, simulator, variables, FEW)
    more, answer = relayed(contestant, simulator, variables, MORE)
    steps = MORE - FEW
    per_operation = {key: (more[key] - few[key]) / steps for key in ("requests", "bytes_sent", "bytes_received")}
    if more["connections"] != 1 or per_operation["requests"] != 1:
        raise Failed(f"{contestant.key}: {few['requests']} requests for {FEW}, {more['requests']} for {MORE} operations")
    if more["statuses"].get("200", 0) < MORE or set(more["statuses"]) - {"200", "401"}:
        raise Failed(f"{contestant.key}: answers {more['statuses']} for {MORE} operations")
    # What is sealed only the contestant itself could open; he has verified it.
    if contestant.auth == "basic":
        foreign_loops.verify(ET.fromstring(answer), action)
    return {
        "setting_up_requests": few["requests"] - FEW,
        # Every leg but the last is answered with 401.
        "legs": few["statuses"].get("401", 0) + 1,
        "statuses": more["statuses"],
        **per_operation,
    }


def relayed(contestant, simulator, variables, operations):
    with Relay(simulator.host, simulator.port) as relay:
        report(asked(contestant, relay.url, operations, 0), variables)
        return relay.counted(), relay.last_answer()
