"""Medians, quartiles, and how numbers are written."""

import statistics

MIB = 1024 * 1024


def quartiles(values):
    """First quartile, median, third quartile; of one value, that value thrice."""
    values = list(values)
    if len(values) == 1:
        return (values[0],) * 3
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


def median(values):
    return quartiles(values)[1]


def number(value):
    """Two or three digits that matter, and all those before the point."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.1:
        return f"{value:.3f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def spread(values, scale=1.0):
    """The median, and the quartiles in brackets where there is more than one value."""
    low, middle, high = (number(each * scale) for each in quartiles(values))
    return middle if low == middle == high else f"{middle} ({low}–{high})"


def cpu(run):
    """Seconds of CPU time for one operation, user and system together."""
    return (run["user_seconds"] + run["system_seconds"]) / run.get("operations", 1)


def wall(run):
    return run["wall_seconds"] / run.get("operations", 1)


def ratios(over, under):
    """Of CPU times of runs that stood side by side."""
    return [cpu(one) / cpu(other) for one, other in zip(over, under, strict=True)]


def table(head, rows):
    """Markdown; the first column holds words, the others numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"
