"""./salon lint: format, style, and Odoo's own checks of addons.

What has not changed since it was last found good is not checked again.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from . import process, project, python_env, setup, state, versions
from .console import say, step
from .templates import Templates

CONFIG = project.ROOT / "dev" / "lint"
OWN_FILES = ("linting.py", "odoo_lint.py")
PYLINT_SUFFIXES = {".py", ".xml", ".csv", ".po", ".pot"}
PRETTIER_SUFFIXES = {".xml", ".js", ".scss", ".css"}
# Checkers of Odoo's test_lint that work on single files, as it calls them.
ODOO_CHECKERS = (
    "_pylint_path_setup",
    "pylint.extensions.bad_builtin",
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
ODOO_MESSAGES = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)


@dataclass
class Check:
    """One tool: its command, the one that repairs, the files it looks at."""

    name: str
    command: list
    files: list
    repair: list = ()
    extra_key: str = ""
    needs_odoo: bool = True

    def key(self):
        """Same key, same answer: files, configuration, versions of the tools."""
        tools = python_env.wanted("lint")["requirements"]
        config = [*CONFIG.glob("*"), project.ROOT / "pyproject.toml"]
        config += [project.ROOT / "dev" / name for name in OWN_FILES]
        files = state.hash_files({*self.files, *config})
        return {"key": state.digest(files, tools, self.extra_key)}

    @property
    def stamp(self):
        return f"lint-{self.name.replace(' ', '-')}"

    def is_known_good(self):
        return state.read_stamp(self.stamp) == self.key()


# ---- the command ---------------------------------------------------------------


def run(fix=False, quick=False):
    """All checks; the exit code says whether all are content."""
    source, python = setup.tools("lint")
    problems = check_files(source, python, fix)
    if not quick:
        problems += check_in_fresh_database(source)
    say(f"salon lint: {'FAILED: ' + ', '.join(problems) if problems else 'OK'}")
    return 1 if problems else 0


def check_files(source, python, fix=False):
    """Checks that need no database, all at once; names of those that complain."""
    checks, environment = get_checks(source, python), lint_environment(source)
    with step("Checking the code"):
        if fix:
            repair(checks, environment)
            versions.raise_versions()
        unhappy = judge_files(checks, environment)
    return show(unhappy)


@contextmanager
def checking_files(source, python):
    """Check them beside what is done inside; yields what gives the complaints."""
    checks, environment = get_checks(source, python), lint_environment(source)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(judge_files, checks, environment)
        yield lambda: show(found.result())


def get_checks(source, python):
    return [one for one in file_checks(source, python) if one.files]


def judge_files(checks, environment):
    """What is not known to be good is looked at; what it complains of, by name."""
    checks = [one for one in checks if not one.is_known_good()]
    unhappy = judge(checks, environment)
    if old := versions.complaints():
        unhappy["versions"] = "\n".join(old)
    return unhappy


def check_in_fresh_database(source):
    """Odoo's checks of models, unless nothing changed since they were content."""
    if model_check(source).is_known_good():
        return []
    with setup.workshop("test", "lint") as shop:
        return check_models(shop, Templates(shop).ensure("bridges")["bridges"])


def check_models(shop, template):
    """Odoo's checks that read the models of an installed database."""
    with shop.scratch("lint") as database, step("Checking the models"):
        one = model_check(shop.source, shop.python, database, shop)
        if one.is_known_good():
            return []
        shop.copy(template, database)
        unhappy = judge([one], shop.environment())
    return show(unhappy)


def judge(checks, environment):
    """Start all, then wait for each; what the unhappy ones say, by name."""
    children = [(one, launch(one, environment)) for one in checks]
    unhappy = {}
    for one, child in children:
        output, _nothing = child.communicate()
        if child.returncode:
            unhappy[one.name] = output.strip()
            state.drop_stamp(one.stamp)
        else:
            state.write_stamp(one.stamp, one.key())
    return unhappy


def show(unhappy):
    for name, output in unhappy.items():
        say(f"\n--- {name} ---\n{output}\n")
    return list(unhappy)


def launch(one, environment):
    """Without Odoo on its path pylint says the same in half the time."""
    if not one.needs_odoo:
        environment = {k: v for k, v in environment.items() if k != "PYTHONPATH"}
    return process.start(
        one.command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=project.ROOT,
    )


def repair(checks, environment):
    """Repairs may touch the same file, so one after the other."""
    for one in checks:
        if one.repair:
            process.attempt(one.repair, "lint", env=environment, cwd=project.ROOT)


def lint_environment(source):
    """Odoo's checkers are imported from its tests; they want to know our addons."""
    paths = [source.root, project.ROOT, *odoo_checker_folders(source)]
    return process.environment(
        PYTHONPATH=os.pathsep.join(map(str, paths)),
        ADDONS_PATH=os.pathsep.join(map(str, source.addons_paths)),
        **process.private_home(),
    )


def odoo_checker_folders(source):
    addon = source.addon("test_lint")
    return [addon / "tests"] if addon else []


# ---- the tools -----------------------------------------------------------------


def file_checks(source, python):
    return [
        *ruff_checks(python),
        *pylint_checks(source, python),
        prettier_check(),
        model_free_check(source, python),
    ]


def python_files():
    folders = [*project.addons(), project.ROOT / "dev", project.ROOT / "tests"]
    return [project.ROOT / "salon"] + [p for f in folders for p in f.rglob("*.py")]


def ruff_checks(python):
    names = [str(path.relative_to(project.ROOT)) for path in top_level()]
    ruff, files = [python, "-m", "ruff"], python_files()
    check = [*ruff, "check", "--quiet", *names]
    style = [*ruff, "format", "--quiet", *names]
    return [
        Check("ruff", check, files, [*check, "--fix"]),
        Check("ruff format", [*style, "--diff"], files, style),
    ]


def top_level():
    """What ruff is given: our folders and the command without a suffix."""
    paths = [*project.addons(), *(project.ROOT / n for n in ("dev", "tests", "salon"))]
    return [path for path in paths if path.exists()]


def pylint_checks(source, python):
    """pylint-odoo, and the checkers of Odoo itself: their names clash in one run."""
    files = [p for f in project.addons() for p in f.rglob("*") if p.is_file()]
    files = [p for p in files if p.suffix in PYLINT_SUFFIXES]
    pylint = [python, "-m", "pylint", "--score=n"]
    names = [folder.name for folder in project.addons()]
    ours = [f"--rcfile={CONFIG / 'pylintrc'}", "--load-plugins=pylint_odoo"]
    yield Check("pylint", [*pylint, *ours, *names], files, needs_odoo=False)
    if odoo_checker_folders(source):
        odoo = [f"--rcfile={os.devnull}", "--disable=all", "--bad-functions=input"]
        odoo += [f"--enable={','.join(ODOO_MESSAGES)}"]
        odoo += [f"--load-plugins={','.join(ODOO_CHECKERS)}"]
        command = [*pylint, *odoo, *names]
        yield Check("odoo pylint", command, files, [], source.version)


def prettier_check():
    files = [p for f in project.addons() for p in f.rglob("*")]
    files = [p for p in files if p.suffix in PRETTIER_SUFFIXES and "lib" not in p.parts]
    if not files:
        return Check("prettier", [], [])
    modules = python_env.NODE_FOLDER / "node_modules"
    command = [python_env.ensure_node(), modules / "prettier/bin/prettier.cjs"]
    command += ["--config", CONFIG / "prettier.json", "--log-level=warn"]
    command += ["--plugin", modules / "@prettier/plugin-xml/src/plugin.js"]
    names = [path.relative_to(project.ROOT) for path in files]
    return Check(
        "prettier", [*command, "--check", *names], files, [*command, "--write", *names]
    )


def model_free_check(source, python):
    """Odoo's checks of files: manifests, translations, forgotten tests."""
    command = [python, "-m", "dev.odoo_lint", *odoo_lint_options(source)]
    files = [] if source.addon("test_lint") is None else list(state.addon_files())
    return Check("odoo files", command, files, [], source.version)


def model_check(source, python=None, database=None, shop=None):
    """Odoo's checks of models: indexes, names, overrides, routes."""
    command = [python, "-m", "dev.odoo_lint"]
    files = list(state.addon_files(with_tests=False))
    one = Check("odoo models", command, files, [], source.version)
    if shop:
        one.command += ["--config", shop.config(database), "--database", database]
    return one


def odoo_lint_options(source):
    folders = [*source.addons_paths, project.ROOT]
    return ["--addons-path", ",".join(map(str, folders))]
