"""./salon test --changed [COMMIT]: the tests of the rooms that were touched since.

Without a commit: of what is not committed yet. For use before every commit, so it
leaves out what concerns every room at once and what takes minutes by itself, as the
daily job in several processes; ./salon test runs that.
"""

import re
import subprocess

from . import project
from .errors import SalonError
from .suites import TESTS, relative

OPTION = "--changed"
ADDON = project.ROOT / project.ADDON
# Who changes what every room stands on sees here whether the whole still opens.
GROUND = (ADDON / "tests" / "salon", TESTS / "journeys" / "test_web_client.py")
COMMANDS = (TESTS / "processes" / "test_salon_command.py",)
# A file in a room, and tours, which are a folder deeper.
IN_ROOM = re.compile(
    r"(?:models|views|wizards|report|tests|static/src|static/tests(?:/tours)?)"
    r"/(?!tours/)(\w+)/"
)
MARK = re.compile(r"pytestmark = pytest\.mark\.room\(([^)]*)\)")


def arguments_for(arguments):
    """Put the tests of what was changed in the place of the option and its commit."""
    place = arguments.index(OPTION)
    given = arguments[place + 1 : place + 2]
    commit = given[0] if given and not given[0].startswith("-") else "HEAD"
    rest = arguments[:place] + arguments[place + 1 + (given == [commit]) :]
    return [*rest, *tests_for(changed_files(commit))]


def changed_files(commit):
    """Return the paths that differ from a commit, new files too; no deleted ones.

    :raise SalonError: when git does not know the commit
    """
    listed = git("diff", "--name-only", "--no-renames", commit)
    listed += git("ls-files", "--others", "--exclude-standard")
    return [project.ROOT / name for name in listed]


def git(*arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=project.ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise SalonError(
            f"git {arguments[0]} failed: {' '.join(done.stderr.split())}",
            "Name a commit that this clone has.",
        )
    return done.stdout.splitlines()


def tests_for(paths):
    """Return the tests to run when these files have changed, as sorted paths."""
    found = set()
    for path in paths:
        found |= set(tests_of(path))
    return sorted(relative(test) for test in found if test.exists())


def tests_of(path):
    top = path.relative_to(project.ROOT).parts[0]
    if top == project.ADDON:
        return tests_in_addon(path)
    if top == TESTS.name:
        return tests_using(path)
    if path.suffix == ".md" or top == "docs":
        return ()
    bridges = [folder for folder in project.bridges() if folder.name == top]
    return [folder / "tests" for folder in bridges] or COMMANDS


def tests_in_addon(path):
    rooms = rooms_of(path)
    if not rooms:
        return GROUND
    return [test for room in rooms for test in tests_of_room(room)]


def rooms_of(path):
    """Return the rooms that a file of the addon belongs to; none if it serves all."""
    inside = path.relative_to(ADDON).as_posix()
    found = IN_ROOM.match(inside)
    if found:
        return {found.group(1)}
    if inside.startswith("tools/"):
        return rooms_that_import(path.stem)
    return {"demo"} if inside.startswith("demo/") else set()


def rooms_that_import(name):
    """Return the rooms of the models, wizards and reports that import a tool."""
    word = re.compile(rf"^from .*\btools.*\b{name}\b", re.MULTILINE)
    return {
        path.parent.name
        for part in ("models", "wizards", "report")
        for path in (ADDON / part).glob("*/*.py")
        if word.search(path.read_text("utf-8"))
    }


def tests_of_room(room):
    """Yield the room's own tests and those of the whole system that are marked so."""
    yield ADDON / "tests" / room
    for path in TESTS.glob("*/test_*.py"):
        mark = MARK.search(path.read_text("utf-8"))
        if mark and f'"{room}"' in mark.group(1):
            yield path


def tests_using(path):
    """Return a whole-system test, or for what helps tests those that import it."""
    if path.name.startswith("test_"):
        return (path,)
    word = re.compile(rf"^from .*\b{path.stem}\b", re.MULTILINE)
    return [
        test
        for test in TESTS.glob("*/test_*.py")
        if word.search(test.read_text("utf-8"))
    ]
