"""./salon test --odoo: Odoo's own tests give the same result with and without us."""

import json
import os
from collections import Counter

from . import process, project, testing
from .console import say, step
from .errors import SalonError
from .templates import Templates

# What we extend, or rely on: folders or files of tests in these addons of Odoo.
SUITES = {
    "base": ("tests/test_res_partner_merge.py",),
    "mail": ("tests/test_mail_activity.py",),
    "phone_validation": ("tests",),
    "privacy_lookup": ("tests",),
    "resource": ("tests",),
    "test_mail": (
        "tests/test_mail_activity.py",
        "tests/test_mail_activity_mixin.py",
        "tests/test_mail_activity_plan.py",
    ),
    "test_resource": ("tests",),
}
# Odoo keeps most tests of activities and of working times in addons with models of
# their own, which must be installed for them.
TEST_ADDONS = ["test_mail", "test_resource"]


def run(shop):
    """Run the suites on Odoo alone and on Odoo with the addon, and compare.

    Returns the number of tests and the differences, each as one line.
    """
    templates = Templates(shop)
    installed = templates.ensure("empty")["empty"]
    without = outcomes(shop, templates.base("empty"), "without the addon")
    with_us = outcomes(shop, installed, "with the addon")
    return Counter(with_us.values()), differences(without, with_us)


def paths(source):
    """Test files of Odoo; one that is missing would compare nothing."""
    found = []
    for addon, suites in SUITES.items():
        folder = source.addon(addon)
        for tests in suites:
            if not folder or not (folder / tests).exists():
                raise SalonError(f"This Odoo has no {addon}/{tests} to compare.")
            found.append(str(folder / tests))
    return found


def outcomes(shop, template, words):
    """{test: outcome} of one run on a copy of the database."""
    report = process.temp_folder() / f"odoo-{os.getpid()}.json"
    report.unlink(missing_ok=True)
    with shop.scratch("odoo_tests") as database:
        with step(f"Odoo's own tests {words}"):
            suites = paths(shop.source)
            shop.copy(template, database)
            shop.install(database, TEST_ADDONS, demo=False, log="odoo-tests")
            command = testing.pytest_command(shop, database, ["-q", *suites])
            environment = testing.pytest_environment(
                shop, {"demo": "", "empty": ""}, database, report
            )
            process.attempt(command, env=environment, cwd=project.ROOT)
            testing.forget_config(shop, database)
    try:
        return json.loads(report.read_text())["tests"]
    except OSError:
        raise SalonError(f"Odoo's own tests {words} did not run.") from None
    finally:
        report.unlink(missing_ok=True)


def differences(without, with_us):
    """Every test that ends otherwise with the addon than without it."""
    return [
        f"{test}: {without.get(test, 'missing')} without, "
        f"{with_us.get(test, 'missing')} with the addon"
        for test in sorted({*without, *with_us})
        if without.get(test) != with_us.get(test)
    ]


def conclude(counts, found):
    for line in found:
        say(line)
    total = testing.in_words(counts)
    verdict = f"FAILED: {len(found)} differences" if found else "OK, same result"
    say(f"salon test --odoo: {verdict}; {total} with and without the addon")
    return 1 if found or not counts["passed"] else 0
