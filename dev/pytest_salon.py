"""pytest plugin of ./salon test: a skipped test is a failure.

Odoo skips browser tests silently when a part is missing, and a suite that
tests nothing must not look green. The one exception is said in the summary.
"""

import json
import os
from pathlib import Path

from dev import project

ALLOWED = project.OPTIONAL_EXPORTS
skips = {}


def pytest_runtest_logreport(report):
    if report.skipped and not hasattr(report, "wasxfail"):
        skips[report.nodeid] = reason(report)


def pytest_collectreport(report):
    if report.skipped:
        skips[report.nodeid] = reason(report)


def reason(report):
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return str(text).removeprefix("Skipped: ")


def forbidden():
    """Skips without the one good reason: the optional exports are not there."""
    return {
        test: text
        for test, text in skips.items()
        if ALLOWED.name not in text or ALLOWED.exists()
    }


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == 0 and forbidden():
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    bad = forbidden()
    for test, text in skips.items():
        word = "SKIPPED, which counts as failed" if test in bad else "left out"
        terminalreporter.write_line(f"{word}: {test}: {text}")
    report = os.environ.get("SALON_REPORT")
    if report:
        Path(report).write_text(json.dumps(summary(terminalreporter, bad)))


def summary(terminalreporter, bad):
    counts = {
        name: len(reports)
        for name, reports in terminalreporter.stats.items()
        if name in COUNTED and reports
    }
    tests = {
        report.nodeid: name
        for name, reports in terminalreporter.stats.items()
        if name in COUNTED
        for report in reports
    }
    return {"counts": counts, "forbidden_skips": len(bad), "tests": tests}


COUNTED = ("failed", "passed", "skipped", "error", "xfailed", "xpassed", "subfailed")
