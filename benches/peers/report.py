"""The results as Markdown: all tables, or the short one for a README; and the bars of the plot."""

import targets
from figures import MIB, cpu, median, number, spread, table, wall

CLIENTS = {"hvsnap": "hvsnap", "bare": "reqwest alone", "pypsrp": "pypsrp", "pywinrm": "pywinrm"}
SCHEMES = {"basic": "Basic", "ntlm": "NTLM, sealed"}


def whole(results):
    parts = [
        f"# Measured on {results['date']}\n",
        "Made by `benches/peers/run`, which anyone can repeat. The host is simulated, on the same machine, so wall time holds\n"
        "its work too; CPU time, memory and traffic are those of the client alone. Medians, with first and third quartile in\n"
        "brackets; all contestants of a table in turn within each round.\n",
        *(["**A quick run: it shows that the harness works, and its times mean nothing.**\n"] if results["quick"] else []),
        machine(results),
        "![Client CPU time of a warm operation](results.svg)\n",
        "## Targets\n",
        table(["target", "measured", ""], targets.judged(results)),
        "## Warm operation\n",
        "The same call again and again on one connection: `DestroySnapshot` of a snapshot that the host does not have, which it\n"
        "refuses. hvsnap and pypsrp write the request anew and decode the answer each time; reqwest alone and pywinrm post the\n"
        "recorded bytes of hvsnap's request and look at nothing.\n",
        warm(results),
        "Peak memory is that of the whole process. Setting up is what comes before the first operation.\n",
        "## One-shot command\n",
        "Whole processes, from start to end: hvsnap as it is shipped, beside a script of pypsrp with the same queries.\n",
        one_shot(results),
        *many(results),
        "## Codec\n",
        results["counts"],
    ]
    return "\n".join(parts)


def machine(results):
    about = results["machine"]
    peers = ", ".join(f"{name} {version}" for name, version in about["peers"].items())
    commit = f" (commit {about['commit']})" if about["commit"] else ""
    return (
        f"- Machine: {about['processor']}, {about['cores']} cores, {number(about['memory_bytes'] / MIB / 1024)} GiB,"
        f" {about['kernel']}; load {results['load'][0]:.1f} before and {results['load'][1]:.1f} after\n"
        f"- {about['hvsnap']}{commit}, {about['rustc']}; the library as cargo builds it by default, the command as shipped\n"
        f"- Python {about['python']}, {peers}\n"
    )


def warm(results):
    traffic_head = ["requests", "bytes sent", "bytes received", "requests to set up"]
    head = ["client", "CPU, µs", "wall, µs", "pypsrp needs", "peak memory, MiB", *traffic_head]
    rows = []
    for each in results["warm"].values():
        runs, traffic = each["runs"], each["traffic"]
        pypsrp = median(cpu(run) for run in results["warm"][f"pypsrp-{each['auth']}"]["runs"])
        rows.append([
            f"{each['title']}, {SCHEMES[each['auth']]}",
            spread([cpu(run) for run in runs], 1e6),
            spread([wall(run) for run in runs], 1e6),
            f"{number(pypsrp / median(cpu(run) for run in runs))} ×",
            number(max(run["peak_memory_bytes"] for run in runs) / MIB),
            *traffic_cells(traffic),
            traffic["setting_up_requests"],
        ])
    return table(head, rows)


def one_shot(results):
    head = ["command", "CPU, ms", "wall, ms", "peak memory, MiB", "requests", "bytes sent", "bytes received"]
    rows = []
    for each in results["one_shot"].values():
        runs = each["runs"]
        rows.append([
            f"{each['title']}, {SCHEMES[each['auth']]}",
            spread([cpu(run) for run in runs], 1e3),
            spread([wall(run) for run in runs], 1e3),
            spread([run["peak_memory_bytes"] for run in runs], 1 / MIB),
            *traffic_cells(each["traffic"]),
        ])
    return table(head, rows) + f"\nThe binary is {number(results['binary_bytes'] / MIB)} MiB.\n"


def traffic_cells(traffic):
    return [f"{traffic[key]:,.0f}" for key in ("requests", "bytes_sent", "bytes_received")]


def many(results):
    yield "## Many instances, many hosts\n"
    rows = []
    for key, each in results["enumerate"].items():
        runs = each["runs"]
        rows.append([
            f"{key}: {each['instances']:,} instances, {each['bytes_each']:,} bytes each",
            spread([run["user_seconds"] + run["system_seconds"] for run in runs]),
            spread([run["wall_seconds"] for run in runs]),
            number(max(run["peak_memory_bytes"] for run in runs) / MIB),
            *traffic_cells(each["traffic"]),
        ])
    head = ["enumerate", "CPU, s", "wall, s", "peak memory, MiB", "requests", "bytes sent", "bytes received"]
    yield table(head, rows)
    rows = []
    for each in results["hosts"]:
        runs = each["runs"]
        rows.append([
            f"{each['hosts']} hosts",
            spread([run["user_seconds"] + run["system_seconds"] for run in runs], 1e3 / each["hosts"]),
            number(max(run["peak_memory_bytes"] for run in runs) / MIB),
            max(run["threads"] for run in runs),
        ])
    yield "Each of many hosts destroys a snapshot to the end of its merge, all at once, from one process:\n"
    yield table(["hvsnap", "CPU for each host, ms", "peak memory, MiB", "threads"], rows)


def short(results, plot):
    """What a README has room for."""
    rows = []
    warmed = results["warm"]
    for name, title in CLIENTS.items():
        cells = [
            f"{spread([cpu(run) for run in warmed[key]['runs']], 1e3)} ms" if (key := f"{name}-{auth}") in warmed else ""
            for auth in SCHEMES
        ]
        one = results["one_shot"].get(f"{name}-ntlm")
        if one is None:
            rows.append([title, *cells, "", ""])
            continue
        peak = median(run["peak_memory_bytes"] for run in one["runs"]) / MIB
        rows.append([title, *cells, f"{spread([cpu(run) for run in one['runs']], 1e3)} ms", f"{number(peak)} MiB"])
    warm_head = [f"warm operation, {scheme}" for scheme in SCHEMES.values()]
    head = ["client CPU", *warm_head, "one-shot list of snapshots", "its peak memory"]
    about = results["machine"]
    return (
        f"![Client CPU time of a warm operation]({plot})\n\n{table(head, rows)}\n"
        f"Medians and quartiles of {results['date'][:10]}; {about['processor']}, {about['cores']} cores.\n"
    )


def bars(results):
    """For the plot: label, class, milliseconds of each run."""
    kinds = {"hvsnap": "ours", "bare": "limit"}
    found = []
    for key, each in results["warm"].items():
        name = key.partition("-")[0]
        label = f"{CLIENTS[name]}, {SCHEMES[each['auth']].replace(',', '')}"
        found.append((label, kinds.get(name, "peer"), [cpu(run) * 1e3 for run in each["runs"]]))
    return found


def subtitle(results):
    about, runs = results["machine"], len(results["warm"]["hvsnap-basic"]["runs"])
    return f"median of {runs} runs, {results['date'][:10]}, {about['processor']}, {about['cores']} cores"


def description(results):
    said = [f"{label} {number(median(values))} milliseconds" for label, _, values in bars(results)]
    return f"Bars on a logarithmic axis: {'; '.join(said)}."
