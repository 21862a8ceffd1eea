"""The plot of lists: CPU time and peak memory over the number of VMs, both axes logarithmic. SVG, written by hand."""

import math
import statistics

from plot import STYLE, words

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 84, 56
MIB = 1024 * 1024
MORE = """
    .cpu { stroke: #0969da; fill: none; stroke-width: 2; }
    .memory { stroke: #bc4c00; fill: none; stroke-width: 2; stroke-dasharray: 6 4; }
    .cpudot { fill: #0969da; } .memorydot { fill: #bc4c00; }
    @media (prefers-color-scheme: dark) {
      .cpu { stroke: #4493f8; } .memory { stroke: #db6d28; }
      .cpudot { fill: #4493f8; } .memorydot { fill: #db6d28; }
    }
"""


class Axis:
    """Powers of ten to pixels."""

    def __init__(self, values, start, end):
        self.low, self.high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self.start, self.end = start, end

    def at(self, value):
        share = (math.log10(value) - self.low) / max(1, self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def drawn(results, snapshots):
    vms = [result["vms"] for result in results]
    seconds = [statistics.median(result["seconds"]) for result in results]
    memory = [result["peak_bytes"] / MIB for result in results]
    across = Axis(vms, LEFT, WIDTH - RIGHT)
    times, sizes = Axis(seconds, HEIGHT - BOTTOM, TOP), Axis(memory, HEIGHT - BOTTOM, TOP)
    said = "; ".join(
        f"{count:,} VMs {time:.2f} s, {size:.0f} MiB" for count, time, size in zip(vms, seconds, memory)
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' role="img" aria-labelledby="title description">',
        '  <title id="title">Cost of listing all snapshots of a host</title>',
        f'  <desc id="description">{said}</desc>',
        f"  <style>{STYLE}{MORE}  </style>",
        f'  <rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
        words("title", 20, 30, "Cost of listing all snapshots of a host"),
        words("quiet", 20, 50, f"{snapshots} snapshots a VM; both axes logarithmic: a straight line of slope 1 is linear"),
    ]
    for value in across.ticks():
        x = across.at(value)
        parts.append(f'  <line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(words("quiet", x, HEIGHT - BOTTOM + 20, f"{value:,.0f}", "middle"))
    parts.append(words("quiet", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "VMs", "middle"))
    for value in times.ticks():
        y = times.at(value)
        parts.append(f'  <line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(words("quiet", LEFT - 8, y + 4, f"{value:g} s", "end"))
    for value in sizes.ticks():
        parts.append(words("quiet", WIDTH - RIGHT + 8, sizes.at(value) + 4, f"{value:g} MiB"))
    parts += line("cpu", across, times, vms, seconds) + line("memory", across, sizes, vms, memory)
    for row, (kind, text) in enumerate((("cpu", "CPU time"), ("memory", "peak memory"))):
        y = TOP + 20 + 22 * row
        parts.append(f'  <line class="{kind}" x1="{LEFT + 16}" y1="{y - 4}" x2="{LEFT + 46}" y2="{y - 4}"/>')
        parts.append(words("quiet", LEFT + 54, y, text))
    return "\n".join([*parts, "</svg>", ""])


def line(kind, across, up, counts, values):
    points = [(across.at(count), up.at(value)) for count, value in zip(counts, values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'  <circle class="{kind}dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in points]
    return [f'  <polyline class="{kind}" points="{path}"/>', *dots]
