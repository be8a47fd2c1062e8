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
from pathlib import Path

from . import linting, long_run, process, project, python_env, setup
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
    started = time.monotonic()
    if arguments == ["--odoo"]:
        return compare_odoo()
    everything = set(arguments) <= {long_run.OPTION}
    with setup.workshop("test", "test", "lint") as shop:
        require_browser(shop)
        offer_pdf()
        problems = []
        if everything:
            problems += linting.check_files(shop.source, shop.python)
        names, problem = install_check(shop, suites(arguments))
        if problem:
            say(f"\n{problem}")
            say("salon test: FAILED: installation; 0 passed")
            return 1
        if everything:
            problems += linting.check_models(shop, names["bridges"])
        code, tests = run_pytest(shop, names, arguments)
    return conclude(problems, code, tests, time.monotonic() - started)


def compare_odoo():
    """Odoo's own tests of what we extend, without the addon and with it."""
    from . import odoo_tests

    with setup.workshop("test", "test", "lint") as shop:
        require_browser(shop)
        return odoo_tests.conclude(*odoo_tests.run(shop))


def install_check(shop, wanted):
    """Install what the suites want, then upgrade; nothing may be logged.

    Whole-system tests copy databases of every kind.
    """
    wanted = {kind for kind, _given in wanted}
    kinds = KINDS if "demo" in wanted else wanted
    try:
        return Templates(shop).ensure(*kinds), None
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


def run_pytest(shop, names, arguments):
    """Unit tests on an empty salon, those of bridges on one that has all of them,
    whole-system tests on the demonstration; each on a database of its own.

    Returns the exit code and the counts of all together.
    """
    wanted = suites(arguments)
    if len(wanted) == 1:
        results = [run_suite(shop, names, *wanted[0])]
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
        log = process.log_path(f"pytest-{suite[0]}")
        with open(log, "w") as output:
            result = run_suite(shop, names, *suite, output)
        with saying:
            say(log.read_text())
        return result

    saying = threading.Lock()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(run_one, sorted(wanted, key=lambda suite: suite[0])))


def suites(arguments):
    """(kind of database, pytest arguments) for each run of pytest."""
    given = {"empty": [], "bridges": [], "demo": []}
    rest = []
    for before, argument in zip(["", *arguments], arguments, strict=False):
        path = Path(argument.partition("::")[0])
        is_value = before in ("-k", "-m", "-n", "-o", "-p", "-W")
        if argument.startswith("-") or is_value or not path.exists():
            rest.append(argument)
        else:
            given[kind_for(path)].append(argument)
    if not any(given.values()):
        for path in [*project.addons(), project.ROOT / "tests"]:
            given[kind_for(path)].append(path.name)
    return [(kind, [*rest, *paths]) for kind, paths in given.items() if paths]


def kind_for(path):
    """On which database the tests of this folder or file are run."""
    top = path.resolve().relative_to(project.ROOT).parts[0]
    bridges = [folder.name for folder in project.bridges()]
    return {project.ADDON: "empty"}.get(top, "bridges" if top in bridges else "demo")


def run_suite(shop, names, kind, arguments, output=None):
    """One run of pytest on a copy of the installed database."""
    report = process.temp_folder() / f"pytest-{kind}-{os.getpid()}.json"
    report.unlink(missing_ok=True)
    with shop.scratch(f"tests_{kind}") as database:
        title = f"Copying the installed database {KINDS[kind]}"
        with nullcontext() if output else step(title):
            shop.copy(names[kind], database)
        child = process.start(
            pytest_command(shop, database, arguments),
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


def pytest_command(shop, database, arguments):
    options = [
        f"--odoo-config={shop.config(database)}",
        f"--odoo-database={database}",
        # Errors are logged, because the result of a cron run by hand depends on it.
        "--odoo-log-level=error",
        "--odoo-http",
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
