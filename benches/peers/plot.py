"""The plot: client CPU of a warm operation, one bar a contestant, on a logarithmic axis. SVG, written by hand.

It stands on a card of its own, light or dark as the reader's system is, so that it can be read on any page.
"""

import math
from xml.sax.saxutils import escape

from figures import number, quartiles

WIDTH = 760
LEFT, RIGHT = 226, 120
TOP, ROW, BAR = 74, 34, 20
STYLE = """
    .card { fill: #ffffff; stroke: #d0d7de; }
    text { fill: #1f2328; font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
    .title { font-size: 16px; font-weight: 600; }
    .quiet { fill: #59636e; font-size: 12px; }
    .grid { stroke: #d0d7de; }
    .ours { fill: #0969da; }
    .limit { fill: #6e7781; }
    .peer { fill: #bc4c00; }
    .spread { stroke: #1f2328; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      .card { fill: #0d1117; stroke: #3d444d; }
      text { fill: #f0f6fc; }
      .quiet { fill: #9198a1; }
      .grid { stroke: #3d444d; }
      .ours { fill: #4493f8; }
      .limit { fill: #8b949e; }
      .peer { fill: #db6d28; }
      .spread { stroke: #f0f6fc; }
    }
"""


class Axis:
    """Powers of ten to pixels."""

    def __init__(self, values):
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def drawn(bars, subtitle, description):
    """`bars`: label, class of the bar, values in milliseconds."""
    height = TOP + ROW * len(bars) + 48
    axis = Axis([value for _, _, values in bars for value in quartiles(values)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' role="img" aria-labelledby="title description">',
        '  <title id="title">Client CPU time of one warm operation</title>',
        f'  <desc id="description">{escape(description)}</desc>',
        f"  <style>{STYLE}  </style>",
        f'  <rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        words("title", 20, 30, "Client CPU time of one warm operation"),
        words("quiet", 20, 50, subtitle),
        *grid(axis, height),
    ]
    for index, (label, kind, values) in enumerate(bars):
        parts += bar(axis, TOP + ROW * index, label, kind, values)
    return "\n".join([*parts, "</svg>", ""])


def words(kind, x, y, text, anchor="start"):
    return f'  <text class="{kind}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def grid(axis, height):
    parts, bottom = [], height - 40
    for value in axis.ticks():
        x = axis.at(value)
        parts.append(f'  <line class="grid" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(words("quiet", x, bottom + 16, f"{value:g} ms", "middle"))
    parts.append(words("quiet", LEFT, bottom + 32, "logarithmic; lines on the bars: from first to third quartile"))
    return parts


def bar(axis, y, label, kind, values):
    low, middle, high = quartiles(values)
    start, end, centre = LEFT, axis.at(middle), y + BAR / 2
    parts = [
        words("label", LEFT - 10, centre + 4.5, label, "end"),
        f'  <rect class="{kind}" x="{start}" y="{y}" width="{max(end - start, 1):.1f}" height="{BAR}" rx="2"/>',
        words("value", max(end, axis.at(high)) + 8, centre + 4.5, f"{number(middle)} ms"),
    ]
    if high > low:
        ends = f'x1="{axis.at(low):.1f}" x2="{axis.at(high):.1f}"'
        parts.append(f'  <line class="spread" {ends} y1="{centre}" y2="{centre}"/>')
    return parts
