"""./salon test: lint, installation, unit tests, whole-system tests in a browser."""

import json
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress

from . import (
    changed,
    linting,
    long_run,
    process,
    project,
    python_env,
    setup,
    suites,
)
from .console import say, step
from .errors import SalonError
from .templates import KINDS, Templates

# The names under which Odoo's own browser tests look for a browser.
BROWSERS = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)
NO_TESTS = 5  # exit code of pytest


def run(arguments):
    """Everything; with arguments only pytest, with these arguments.

    `--long` is one of pytest's, for us, and doesn't make it less than everything.
    """
    if arguments == ["--odoo"]:
        return compare_odoo()
    if changed.OPTION in arguments:
        return run_changed(arguments)
    return run_tests(arguments, set(arguments) <= {long_run.OPTION})


def run_changed(arguments):
    """The tests of what was changed; what needs none is said."""
    chosen = changed.arguments_for(arguments)
    _options, paths = suites.split(chosen)
    if not paths:
        say("salon test: OK; nothing was changed that has tests; 0 passed")
        return 0
    say("\n".join(["The tests of what was changed:", *paths, ""]))
    return run_tests(chosen, everything=False)


def run_tests(arguments, everything):
    started = time.monotonic()
    wanted = suites.pick(arguments)
    with setup.workshop("test", "test", "lint") as shop:
        require_browser(shop)
        offer_pdf()
        with checking(shop, everything) as complaints:
            names, problem = install_check(shop, wanted)
            if problem:
                say(f"\n{problem}")
                say("salon test: FAILED: installation; 0 passed")
                return 1
            problems = (
                linting.check_models(shop, names["bridges"]) if everything else []
            )
            code, tests = run_pytest(shop, names, wanted)
            problems += complaints()
    return conclude(problems, code, tests, time.monotonic() - started)


def checking(shop, everything):
    """Check the code beside the rest, if everything is wanted."""
    if not everything:
        return nullcontext(list)
    return linting.checking_files(shop.source, shop.python)


def compare_odoo():
    """Odoo's own tests of what we extend, without the addon and with it."""
    from . import odoo_tests

    with setup.workshop("test", "test", "lint") as shop:
        require_browser(shop)
        return odoo_tests.conclude(*odoo_tests.run(shop))


def install_check(shop, wanted):
    """Install what the suites want, then upgrade; nothing may be logged."""
    kinds = {suite.kind for suite in wanted}
    if any(suite.name == "processes" for suite in wanted):
        kinds.update(suites.COPIED)
    try:
        return Templates(shop).ensure(*sorted(kinds)), None
    except SalonError as error:
        return None, error


def conclude(problems, code, tests, seconds):
    """The last line says it all."""
    if code:
        problems = [*problems, "tests"]
    verdict = f"FAILED: {', '.join(problems)}" if problems else "OK"
    say(f"salon test: {verdict}; {tests} in {seconds:.0f} s")
    return 1 if problems else 0


# ---- what must be there -------------------------------------------------------


def require_browser(shop):
    """Without a browser Odoo would skip the tests that matter most."""
    require_chromium()
    check = [shop.python, "-c", "import websocket"]
    process.run(check, "Looking for websocket-client", "python")


def require_chromium():
    if not browser():
        install_browser()
    if not browser():
        raise SalonError(
            "No Chromium or Chrome found, so the browser tests cannot run.",
            "Install it (Debian: apt-get install chromium), then run again.",
        )


def browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser():
    if project.is_root() and shutil.which("apt-get"):
        with step("Installing Chromium"):
            python_env.install_system_packages("chromium", "fonts-dejavu-core")


def offer_pdf():
    """With wkhtmltopdf the printed pages are tested as PDF, else as web pages."""
    if (
        not shutil.which("wkhtmltopdf")
        and project.is_root()
        and shutil.which("apt-get")
    ):
        with step("Installing wkhtmltopdf"), suppress(SalonError):
            python_env.install_system_packages("wkhtmltopdf", "fonts-dejavu-core")


# ---- pytest --------------------------------------------------------------------


def run_pytest(shop, names, wanted):
    """Run the suites, each on a copy of the database that it wants.

    Returns the exit code and the counts of all together.
    """
    if len(wanted) == 1:
        results = [run_suite(shop, names, wanted[0])]
    else:
        results = run_at_once(shop, names, wanted)
    total = sum((Counter(counts) for _code, counts in results), Counter())
    codes = [code for code, _counts in results if code != NO_TESTS]
    return max(codes, default=NO_TESTS), in_words(total)


def run_at_once(shop, names, wanted):
    """As many suites at a time as there are processors; the longest comes first.

    What a suite says is shown when it has ended: two at once could not be read.
    """

    def run_one(suite):
        log = process.log_path(f"pytest-{suite.name}")
        with open(log, "w") as output:
            result = run_suite(shop, names, suite, output)
        with saying:
            say(log.read_text())
        return result

    saying = threading.Lock()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run_one, wanted))


def run_suite(shop, names, suite, output=None):
    """One run of pytest on a copy of the installed database."""
    report = process.temp_folder() / f"pytest-{suite.name}-{os.getpid()}.json"
    report.unlink(missing_ok=True)
    with shop.scratch(f"tests_{suite.name}") as database:
        title = f"Copying the installed database {KINDS[suite.kind]}"
        with nullcontext() if output else step(title):
            shop.copy(names[suite.kind], database)
        child = process.start(
            pytest_command(shop, database, suite.arguments, suite.has_http),
            env=pytest_environment(shop, names, database, report),
            cwd=project.ROOT,
            stdout=output,
            stderr=output and subprocess.STDOUT,
        )
        try:
            code = child.wait()
        finally:
            process.stop(child)
            forget_config(shop, database)
    return code, read_counts(report)


def pytest_command(shop, database, arguments, has_http=True):
    options = [
        f"--odoo-config={shop.config(database)}",
        f"--odoo-database={database}",
        # Errors are logged, because the result of a cron run by hand depends on it.
        "--odoo-log-level=error",
        *(["--odoo-http"] if has_http else []),
        "-o",
        f"cache_dir={project.CACHE / 'pytest' / database.rpartition('_')[0]}",
        "--durations=10",
        "--durations-min=5",
    ]
    return [shop.python, "-m", "pytest", "-p", "dev.pytest_salon", *options, *arguments]


def pytest_environment(shop, names, database, report):
    """Also tells whole-system tests how to make databases of their own."""
    return shop.environment(
        SALON_REPORT=report,
        **{f"SALON_TEMPLATE_{kind.upper()}": name for kind, name in names.items()},
        SALON_BASE_BRIDGES=Templates(shop).base("bridges"),
        SALON_CONFIG=shop.config(database),
        PATH=f"{shop.cluster.programs.folder}{os.pathsep}{os.environ['PATH']}",
    )


def forget_config(shop, database):
    shop.config(database).unlink(missing_ok=True)


def read_counts(report):
    """Counts by outcome; none when pytest itself broke down."""
    try:
        return json.loads(report.read_text())["counts"]
    except (OSError, ValueError):
        return {}
    finally:
        report.unlink(missing_ok=True)


def in_words(counts):
    """'12 passed, 1 skipped'."""
    rest = [f"{n} {word}" for word, n in sorted(counts.items()) if word != "passed"]
    return ", ".join([f"{counts['passed']} passed", *rest])
