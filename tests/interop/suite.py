"""The table of all that was tried, and the list of checks of one running simulator."""

import traceback

CHECKS = []


def check(title):
    """Puts a function of the running simulator on the list. It passes by returning."""

    def add(function):
        CHECKS.append((title, function))
        return function

    return add


class Table:
    """Peer, scheme and case; what was expected and what was seen. The second must begin with the first."""

    HEAD = ("peer", "scheme", "case", "expected", "seen", "")

    def __init__(self):
        self.rows = []

    def row(self, peer, scheme, case, expected, seen):
        self.add(peer, scheme, case, expected, seen, seen.startswith(expected))

    def add(self, peer, scheme, case, expected, seen, passed):
        seen = " ".join(seen.split())
        self.rows.append((peer, scheme, case, expected, seen, passed))
        if not passed:
            print(f"FAILED: {peer}, {scheme}, {case}: {seen}, not {expected}", flush=True)

    def attempt(self, peer, scheme, case, expected, call):
        """What was seen is what the call returns, or the class of what it raises."""
        try:
            seen = call()
        except Exception as error:
            seen = f"{type(error).__name__}: {error}"
            if not seen.startswith(expected):
                traceback.print_exc()
        self.row(peer, scheme, case, expected, seen)

    @property
    def failed(self):
        return sum(1 for row in self.rows if not row[5])

    def show(self):
        """The table; what was seen stands there where it says more than what was expected."""
        lines = [self.HEAD]
        for peer, scheme, case, expected, seen, passed in self.rows:
            more = "the same" if seen == expected else seen
            lines.append((peer, scheme, case, expected, more, "ok" if passed else "FAILED"))
        widths = [max(len(line[column]) for line in lines) for column in range(4)]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths)]
            print("  ".join([*cells, *(cell for cell in line[4:] if cell)]))


def run(table, simulator):
    """Runs every check of the list, whatever the others came to."""
    for title, function in CHECKS:
        peer, case = ("pywinrm", title[9:]) if title.startswith("pywinrm: ") else ("pypsrp", title)
        table.attempt(peer, "Basic", case, "holds", holds(function, simulator))


def holds(function, simulator):
    def call():
        function(simulator)
        return "holds"

    return call
