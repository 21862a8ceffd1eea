"""What was to be reached, and what was. Nothing fails by it: times are compared, and never judged by a machine."""

from figures import MIB, cpu, median, number, ratios, spread


def judged(results):
    """Rows of target, measured value, and whether it is met; without those whose part was not measured."""
    rows = [*warm(results), *memory(results), *one_shot(results), *setting_up(results)]
    return [(what, measured, "met" if met else "not met") for what, measured, met in rows]


def warm(results):
    runs = {key: each["runs"] for key, each in results["warm"].items()}
    ours, bare, pypsrp = runs["hvsnap-basic"], runs["bare-basic"], runs["pypsrp-basic"]
    over, under = ratios(ours, bare), ratios(ours, pypsrp)
    sealed = ratios(runs["hvsnap-ntlm"], runs["pypsrp-ntlm"])
    own = [cpu(run) * 1e3 for run in ours]
    yield "warm operation, CPU: at most 1.25 × reqwest alone", f"{spread(over)} ×", median(over) <= 1.25
    yield "warm operation, CPU: at most 1/10 of pypsrp", f"1/{number(1 / median(under))}", median(under) <= 0.1
    yield "the same, sealed by NTLM", f"1/{number(1 / median(sealed))}", median(sealed) <= 0.1
    yield "warm operation, CPU: at most 0.2 ms", f"{spread(own)} ms", median(own) <= 0.2


def memory(results):
    if inventory := results.get("enumerate", {}).get("hvsnap"):
        peak = max(run["peak_memory_bytes"] for run in inventory["runs"]) / MIB
        what = f"enumerate {inventory['instances']:,} instances: under 32 MiB"
        yield what, f"{number(peak)} MiB", peak < 32
    for each in results.get("hosts", [])[-1:]:
        peak = max(run["peak_memory_bytes"] for run in each["runs"]) / MIB
        yield f"{each['hosts']} hosts at once: under 64 MiB", f"{number(peak)} MiB", peak < 64
        threads = max(run["threads"] for run in each["runs"])
        yield f"{each['hosts']} hosts at once: no thread per host", f"{threads} in all", threads <= max(1, each["hosts"] // 10)


def one_shot(results):
    for auth, scheme in (("basic", "Basic"), ("ntlm", "NTLM, sealed")):
        runs = results["one_shot"][f"hvsnap-{auth}"]["runs"]
        times = [cpu(run) * 1e3 for run in runs]
        peak = max(run["peak_memory_bytes"] for run in runs) / MIB
        yield f"one-shot `snapshot list`, {scheme}: at most 10 ms CPU", f"{spread(times)} ms", median(times) <= 10
        yield f"one-shot `snapshot list`, {scheme}: at most 12 MiB", f"{number(peak)} MiB", peak <= 12
    size = results["binary_bytes"] / MIB
    yield "release binary, stripped: under 10 MiB", f"{number(size)} MiB", size < 10


def setting_up(results):
    traffic = results["warm"]["hvsnap-ntlm"]["traffic"]
    legs, each = traffic["legs"], traffic["requests"]
    met = legs == 2 and each == 1
    yield "NTLM: 2 legs, then 1 request per operation", f"{legs} legs, then {each:g}", met
