"""Which tests there are, on which database each of them runs, and in which order.

`empty`, `demo`, `bridges` and so on are kinds of installed databases
(`dev/templates.py`).
"""

from dataclasses import dataclass, field
from pathlib import Path

from . import long_run, project

TESTS = project.ROOT / "tests"
# {suite: kind of its database}; those that take longest come first.
KINDS = {
    "processes": "demo",
    "units": "empty",
    "journeys": "demo",
    "bridges": "bridges",
    "properties": "empty",
    # All that is asked in the company where other apps are used, too.
    "company": "company",
    # Once more, where the bridges have changed what they stand on.
    "units_beside": "beside",
}
ONLY_LONG = ("company", "units_beside")
# Tests with processes copy databases of these kinds.
COPIED = ("demo", "empty", "bridges")
# Suites that nobody visits with a browser are spared the server.
WITHOUT_HTTP = ("processes", "properties")
# Options of pytest that take the next argument for their value.
WITH_VALUE = ("-k", "-m", "-n", "-o", "-p", "-W")


@dataclass
class Suite:
    """One run of pytest on one database of its own."""

    name: str
    arguments: list = field(default_factory=list)

    @property
    def kind(self):
        return KINDS[self.name]

    @property
    def has_http(self):
        return self.name not in WITHOUT_HTTP


def pick(arguments):
    """Return the suites that these arguments of pytest ask for; without paths all."""
    options, given = split(arguments)
    paths = given or list(map(relative, [*project.addons(), *folders()]))
    is_long = long_run.OPTION in options
    suites = [
        Suite(name, [*options, *(path for path in paths if name_for(path) == name)])
        for name in KINDS
        if is_long or name not in ONLY_LONG
    ]
    if is_long and not given:
        suites[-1].arguments.append(project.ADDON)
    return [suite for suite in suites if len(suite.arguments) > len(options)]


def split(arguments):
    """Return the options and the paths among the arguments; `tests` means all in it."""
    options, paths = [], []
    for before, argument in zip(["", *arguments], arguments, strict=False):
        path = Path(argument.partition("::")[0])
        if argument.startswith("-") or before in WITH_VALUE or not path.exists():
            options.append(argument)
        elif path.resolve() == TESTS:
            paths += map(relative, folders())
        else:
            paths.append(argument)
    return options, paths


def folders():
    """Folders of the whole-system tests, each named after its suite."""
    return sorted(path.parent for path in TESTS.glob("*/__init__.py"))


def name_for(path):
    """Return the suite to which the tests of this folder or file belong."""
    path = Path(path.partition("::")[0]).resolve().relative_to(project.ROOT)
    top, *rest = path.parts
    if top == TESTS.name:
        return rest[0]
    return "units" if top == project.ADDON else "bridges"


def relative(path):
    return path.relative_to(project.ROOT).as_posix()
