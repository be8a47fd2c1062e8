"""./salon test: lint, installation, unit tests, whole-system tests in a browser."""

import json
import os
import shutil
import time

from . import linting, process, project, python_env, setup
from .console import say, step
from .errors import SalonError
from .templates import Templates

# The names under which Odoo's own browser tests look for a browser.
BROWSERS = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)
NO_TESTS = 5


def run(arguments):
    """Everything; with arguments only pytest, with these arguments."""
    started = time.monotonic()
    with setup.workshop("test", "test", "lint") as shop:
        require_browser(shop)
        problems = []
        if not arguments:
            problems += linting.check_files(shop.source, shop.python)
        names, problem = install_check(shop)
        if problem:
            say(f"\n{problem}")
            say("salon test: FAILED: installation; 0 passed")
            return 1
        if not arguments:
            problems += linting.check_models(shop, names["demo"])
        code, tests = run_pytest(shop, names, arguments)
    return conclude(problems, code, tests, time.monotonic() - started)


def install_check(shop):
    """Install with and without demo data, then upgrade; nothing may be logged."""
    try:
        return Templates(shop).ensure("demo", "empty"), None
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


# ---- pytest --------------------------------------------------------------------


def run_pytest(shop, names, arguments):
    """On a copy of the installed database; return exit code and summary."""
    report = process.temp_folder() / f"pytest-{os.getpid()}.json"
    report.unlink(missing_ok=True)
    with shop.scratch("tests") as database:
        with step("Copying the installed database"):
            shop.copy(names["demo"], database)
        child = process.start(
            pytest_command(shop, database, arguments),
            env=pytest_environment(shop, names, database, report),
            cwd=project.ROOT,
        )
        try:
            code = child.wait()
        finally:
            process.stop(child)
            forget_config(shop, database)
    return code, summary(report, code)


def pytest_command(shop, database, arguments):
    options = [
        f"--odoo-config={shop.config(database)}",
        f"--odoo-database={database}",
        # Errors are logged, because the result of a cron run by hand depends on it.
        "--odoo-log-level=error",
        "--odoo-http",
        "-o",
        f"cache_dir={project.CACHE / 'pytest'}",
    ]
    return [shop.python, "-m", "pytest", "-p", "dev.pytest_salon", *options, *arguments]


def pytest_environment(shop, names, database, report):
    """Also tells whole-system tests how to make databases of their own."""
    return shop.environment(
        SALON_REPORT=report,
        SALON_TEMPLATE_DEMO=names["demo"],
        SALON_TEMPLATE_EMPTY=names["empty"],
        SALON_CONFIG=shop.config(database),
        PATH=f"{shop.cluster.programs.folder}{os.pathsep}{os.environ['PATH']}",
    )


def forget_config(shop, database):
    shop.config(database).unlink(missing_ok=True)


def summary(report, code):
    """'12 passed, 1 skipped', also when pytest itself broke down."""
    try:
        counts = json.loads(report.read_text())["counts"]
    except (OSError, ValueError):
        return f"pytest broke down (exit {code}), 0 passed"
    finally:
        report.unlink(missing_ok=True)
    order = {"passed": 0}
    words = sorted(counts.items(), key=lambda item: order.get(item[0], 1))
    return ", ".join(f"{count} {word}" for word, count in words) or "0 passed"
