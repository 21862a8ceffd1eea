"""Whole processes: `hvsnap snapshot list VM` as it is shipped, beside a script that does the same by pypsrp."""

import pathlib
import re
import sys
import typing

from processes import Failed, peak_memory, run, timed
from relay import Relay

HERE = pathlib.Path(__file__).resolve().parent
MACHINE = "web-01"
SNAPSHOTS = 5
IDENTIFIER = re.compile(r"Microsoft:[0-9A-F-]{36}")


class Contestant(typing.NamedTuple):
    key: str
    title: str
    auth: str
    command: list


def contestants(hvsnap):
    script = [sys.executable, str(HERE / "listing.py"), MACHINE]
    command = [hvsnap, "snapshot", "list", MACHINE, "--wide"]
    return [
        Contestant(f"{name}-{auth}", title, auth, words)
        for auth in ("basic", "ntlm")
        for name, title, words in (("hvsnap", "hvsnap snapshot list", command), ("pypsrp", "pypsrp script", script))
    ]


def part(hvsnap, simulator, shared, repetitions, progress):
    """Everything about each: its runs, and its traffic."""
    everybody = contestants(hvsnap)
    # First: afterwards Python's bytecode is there for all rounds.
    progress("one-shot commands through the relay")
    traffics = {each.key: traffic(each, simulator, shared) for each in everybody}
    runs = measured(everybody, simulator.url, shared, repetitions, progress)
    return {
        each.key: {"title": each.title, "auth": each.auth, "runs": runs[each.key], "traffic": traffics[each.key]}
        for each in everybody
    }


def variables(contestant, endpoint, shared):
    """Both read their connection from the environment; hvsnap wants it said that Basic shows the password."""
    return {
        **shared,
        "HVSNAP_ENDPOINT": endpoint,
        "HVSNAP_AUTH": contestant.auth,
        "HVSNAP_ALLOW_PLAINTEXT": "true" if contestant.auth == "basic" else "false",
    }


def verify(contestant, printed):
    found = set(IDENTIFIER.findall(printed))
    if len(found) != SNAPSHOTS:
        raise Failed(f"{contestant.key}: printed {len(found)} snapshots, not {SNAPSHOTS}: {printed}")


def measured(everybody, endpoint, shared, repetitions, progress):
    runs = {each.key: [] for each in everybody}
    for repetition in range(repetitions):
        progress(f"one-shot commands, round {repetition + 1} of {repetitions}")
        first = repetition % len(everybody)
        for each in everybody[first:] + everybody[:first]:
            own = variables(each, endpoint, shared)
            printed, cost = timed(each.command, own)
            verify(each, printed)
            cost["peak_memory_bytes"] = peak_memory(each.command, own)
            runs[each.key].append(cost)
    return runs


def traffic(contestant, simulator, shared):
    with Relay(simulator.host, simulator.port) as relay:
        verify(contestant, run(contestant.command, variables(contestant, relay.url, shared)))
        return relay.counted()
