"""pytest plugin of ./salon test: a skipped test is a failure.

Odoo skips browser tests silently when a part is missing, and a suite that
tests nothing must not look green. The one exception is said in the summary.

It knows three marks. `live`: the test needs the database of a company that works with
other apps; its name is in SALON_TEMPLATE_LIVE. `long`: the test is run only under
`./salon test --long` (see `dev/long_run.py`). `room`: it tests these rooms of the addon
from outside, which is what `./salon test --changed` asks (see `dev/changed.py`).
"""

import json
import os
from pathlib import Path

import freezegun

from dev import changed, long_run, project, setup
from dev.templates import Templates

ALLOWED = project.OPTIONAL_EXPORTS
skips = {}


MARKS = {
    "live": "needs a company that works with other apps",
    "long": f"is run only with {long_run.OPTION}",
    "room(*names)": f"tests these rooms, under {changed.OPTION} too",
}


def pytest_addoption(parser):
    parser.addoption(long_run.OPTION, action="store_true", help=long_run.__doc__)


def pytest_configure(config):
    # A class that freezes the time must not make its tests last for years.
    freezegun.configure(extend_ignore_list=["_pytest"])
    for name, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    if config.getoption(long_run.OPTION):
        os.environ[long_run.VARIABLE] = "1"
    # Tests inside the addon run without us, too: they find the amount here.
    days = long_run.amount("days of demonstrations", 6, 366)
    os.environ.setdefault("SALON_DEMO_DAYS", str(days))


def pytest_collection_modifyitems(config, items):
    """Leave out what is long by nature, unless it was asked for."""
    if long_run.is_long():
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session):
    """Have the company that lives, only if a test asks for it: it takes minutes."""
    asks = any(item.get_closest_marker("live") for item in session.items)
    if asks and not session.config.option.collectonly:
        capture = session.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            templates = Templates(setup.running_workshop("test"))
            os.environ["SALON_TEMPLATE_LIVE"] = templates.ensure_live()


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
    if long_run.asked:
        terminalreporter.write_line(f"amounts: {long_run.in_words()}")
    for text in long_run.shown:
        terminalreporter.write_line(text)
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
