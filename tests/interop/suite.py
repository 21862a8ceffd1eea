"""The list of checks, and how one is run."""

import traceback

CHECKS = []


def check(title):
    """Puts a function of the running simulator on the list."""

    def add(function):
        CHECKS.append((title, function))
        return function

    return add


def run(simulator):
    """Runs every check, whatever the others came to; returns title and complaint, `None` if it passed."""
    outcomes = []
    for title, function in CHECKS:
        try:
            function(simulator)
        except Exception as error:
            traceback.print_exc()
            outcomes.append((title, f"{type(error).__name__}: {error}"))
        else:
            outcomes.append((title, None))
    return outcomes
