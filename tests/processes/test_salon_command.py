"""The ./salon command, as far as it can be tried without network or database."""

import contextlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from dev import (
    bench,
    changed,
    databases,
    errors,
    long_run,
    odoo_source,
    project,
    state,
    suites,
)

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "salon"


def salon(*arguments, **changes):
    """Run the command in its own process; return it when it has ended."""
    return subprocess.run(
        [sys.executable, str(COMMAND), *arguments],
        env={**os.environ, **changes},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestSalonCommand(unittest.TestCase):
    def assertOneLine(self, done, *parts):
        """An error is one line on the error output, without a traceback."""
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_help_names_all_commands(self):
        done = salon("--help")
        self.assertEqual(done.returncode, 0)
        for name in ("run", "test", "lint", "shell", "psql", "screenshots", "bench"):
            self.assertIn(name, done.stdout)

    def test_taken_port_names_holder_and_another_port(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            done = salon("run", "--port", str(port))
        self.assertOneLine(done, f"Port {port} is taken by", "./salon run --port")
        self.assertIn(f"process {os.getpid()}", done.stderr)

    def test_wrong_odoo_path(self):
        done = salon("lint", "--quick", ODOO_PATH=str(ROOT))
        self.assertOneLine(done, "holds no Odoo")

    def test_unknown_bench(self):
        done = salon("bench", "no-such-bench")
        self.assertOneLine(done, "no-such-bench")

    def test_bench_prints_the_figures_as_one_object(self):
        figures = {"share": {"value": 1.5, "unit": "x", "baseline": 1.0, "ratio": 1.5}}
        with contextlib.redirect_stdout(io.StringIO()) as output:
            bench.show("import", 1.0, figures, json=True)
        self.assertEqual(json.loads(output.getvalue().splitlines()[-1]), figures)

    def test_command_parses_on_old_python(self):
        """Syntax that old versions of Python 3 refuse must not creep in."""
        text = COMMAND.read_text("utf-8")
        compile(text, "salon", "exec")
        self.assertNotIn(' f"', text)
        self.assertNotIn("match ", text)


LOG = "2026-01-02 03:04:05,678 99 {} db odoo.modules.loading: {}"


class TestLogCheck(unittest.TestCase):
    """The installation check is only as good as its reading of the log."""

    def test_levels(self):
        for level, count in (("INFO", 0), ("WARNING", 1), ("ERROR", 1)):
            lines = [LOG.format(level, "text"), "  next line"]
            self.assertEqual(len(databases.complaints(lines)), count, level)

    def test_traceback_belongs_to_its_entry(self):
        lines = [LOG.format("ERROR", "text"), "Traceback", LOG.format("INFO", "end")]
        self.assertEqual(databases.complaints(lines), ["\n".join(lines[:2])])

    def test_warnings_of_libraries_do_not_count_ours_do(self):
        text = "2026-01-02 03:04:05,678 99 WARNING db py.warnings: {}/a.py:1: Old"
        own = text.format(project.ROOT / project.ADDON)
        lines = [text.format("/usr/lib/python3/lxml"), own]
        self.assertEqual(databases.complaints(lines), [own])


class TestErrors(unittest.TestCase):
    def test_cause_is_named(self):
        for output, word in (
            ("E: Temporary failure resolving 'host'", "no network"),
            ("OSError: [Errno 28] No space left on device", "disk is full"),
            ("something else", "something else"),
        ):
            error = errors.CommandFailed("Step", 1, output, "log")
            self.assertIn(word, str(error))


class TestDownload(unittest.TestCase):
    """What is not possible is said; what is only half there is fetched again."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for target, value in (
            ("dev.project.STATE", self.folder),
            ("dev.odoo_source.FOLDER", self.folder / "odoo"),
        ):
            patch = mock.patch(target, value)
            patch.start()
            self.addCleanup(patch.stop)

    def make_download(self):
        package = self.folder / "odoo" / "odoo"
        package.mkdir(parents=True)
        (package / "release.py").write_text("version_info = (19, 0, 0, 'final', 0)\n")
        (package / "big.py").write_text("x" * 1000)
        state.seal("odoo", self.folder / "odoo")
        state.write_stamp("odoo", {"root": ".", "origin": "git"})

    def restart_machine(self):
        stamp = state.read_stamp("odoo-tree")
        state.write_stamp("odoo-tree", {**stamp, "boot": "another"})

    def test_complete_download_is_used(self):
        self.make_download()
        self.restart_machine()
        self.assertTrue(odoo_source.downloaded())

    def test_half_download_is_not_used(self):
        self.make_download()
        self.restart_machine()
        # As after a power cut: the name is there, the content is not.
        (self.folder / "odoo" / "odoo" / "big.py").write_text("")
        self.assertIsNone(odoo_source.downloaded())

    def test_unfinished_download_is_not_used(self):
        self.make_download()
        state.drop_stamp("odoo")
        self.assertIsNone(odoo_source.downloaded())

    def test_package_that_does_not_unpack_is_fetched_again(self):
        package = self.folder / "odoo.deb"
        package.write_text("half a file")
        with (
            mock.patch(
                "dev.process.run",
                side_effect=errors.CommandFailed("Step", 1, "", "log"),
            ),
            self.assertRaises(errors.CommandFailed),
        ):
            odoo_source.unpack_one(["dpkg-deb"], package)
        self.assertFalse(package.exists())

    def test_neither_apt_nor_git(self):
        with (
            mock.patch("shutil.which", return_value=None),
            self.assertRaisesRegex(errors.SalonError, "Install git, or set ODOO_PATH"),
        ):
            odoo_source.download()

    def test_no_disk(self):
        usage = mock.Mock(free=100 * 1024**2)
        with (
            mock.patch("shutil.disk_usage", return_value=usage),
            self.assertRaisesRegex(errors.SalonError, "Only 0.1 GB free .* Free some"),
        ):
            state.check_disk()


def run_pytest(text, *options):
    """Run a file of tests as ./salon test does; return the process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test_it.py")
        path.write_text(text)
        command = [sys.executable, "-m", "pytest", "-p", "no:odoo"]
        command += ["-p", "dev.pytest_salon", "-p", "no:cacheprovider", "-c"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "SALON_REPORT": ""}
        env.pop(long_run.VARIABLE, None)
        return subprocess.run(
            [*command, os.devnull, "--rootdir", folder, str(path), *options],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


class TestLong(unittest.TestCase):
    """What is long by nature is left out unless it is asked for, and counted."""

    TEXT = (
        "import pytest\n"
        "from dev.long_run import amount\n"
        "@pytest.mark.long\n"
        "def test_a(): pass\n"
        "def test_b(): assert amount('rounds', 2, 3000) in (2, 3000)\n"
    )

    def test_short(self):
        done = run_pytest(self.TEXT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("1 passed, 1 deselected", done.stdout)
        self.assertRegex(done.stdout, "amounts: .*, 2 rounds")

    def test_long(self):
        done = run_pytest(self.TEXT, long_run.OPTION)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("2 passed", done.stdout)
        self.assertRegex(done.stdout, "amounts: .*, 3,000 rounds")

    def test_long_is_still_everything(self):
        """The option goes to all runs of pytest and picks no tests."""
        picked = {one.name: one.arguments for one in suites.pick([long_run.OPTION])}
        self.assertEqual(picked.keys(), suites.KINDS.keys())
        self.assertEqual(picked["units_beside"], [long_run.OPTION, project.ADDON])
        self.assertIn(long_run.OPTION, picked["units"])
        self.assertEqual(picked["journeys"], [long_run.OPTION, "tests/journeys"])

    def test_what_is_long_needs_its_option(self):
        """Else the company with other apps would be made for tests left out."""
        for arguments in ([], ["tests"], ["tests/company"]):
            picked = {one.name for one in suites.pick(arguments)}
            self.assertFalse(picked & set(suites.ONLY_LONG), arguments)


class TestChanged(unittest.TestCase):
    """Before a commit the rooms that were touched are tested, not the whole house."""

    ADDON = project.ROOT / project.ADDON

    def tests_for(self, *names):
        return changed.tests_for([self.ADDON / name for name in names])

    def test_whatever_is_in_a_room(self):
        journey = "tests/journeys/test_lost_clients.py"
        expected = ["salon_reminders/tests/winback", journey]
        for name in (
            "models/winback/salon_departure.py",
            "views/winback/salon_departure_views.xml",
            "static/tests/tours/winback/lost_clients_tour.js",
            "tests/winback/test_salon_departure.py",
        ):
            self.assertEqual(self.tests_for(name), expected, name)

    def test_tool(self):
        """The rooms that use it are tested."""
        found = self.tests_for("tools/text_merge.py")
        self.assertIn("salon_reminders/tests/call", found)
        self.assertNotIn("salon_reminders/tests/client", found)

    def test_what_every_room_stands_on(self):
        found = self.tests_for("security/ir.model.access.csv", "__manifest__.py")
        self.assertEqual(found, list(map(suites.relative, changed.GROUND)))

    def test_tests(self):
        for name, expected in (
            ("journeys/test_reports.py", ["tests/journeys/test_reports.py"]),
            ("book_process.py", ["tests/processes/test_last_slot.py"]),
        ):
            found = changed.tests_for([suites.TESTS / name])
            self.assertEqual(found, expected)

    def test_pages(self):
        """Nothing to test is said, and is no failure."""
        self.assertEqual(changed.tests_for([project.ROOT / "docs" / "admin.md"]), [])

    def test_every_mark_names_a_room(self):
        rooms = {path.name for path in (self.ADDON / "models").iterdir()}
        for path in suites.TESTS.glob("*/test_*.py"):
            mark = changed.MARK.search(path.read_text("utf-8"))
            named = set(re.findall(r"\w+", mark.group(1))) if mark else set()
            self.assertLessEqual(named, rooms, path.name)

    def test_commit_that_is_not_there(self):
        done = salon("test", changed.OPTION, "no-such-commit")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Name a commit that this clone has.", done.stderr)


class TestDocs(unittest.TestCase):
    """What the docs lead through is there, and few enough to be read."""

    LONGEST = 20

    def test_walk(self):
        text = (ROOT / "docs" / "developer.md").read_text("utf-8")
        walk = text.partition("### One walk")[2].partition("\n## ")[0]
        named = re.findall(r"`([\w/]+\.py)`", walk)
        self.assertGreater(len(named), self.LONGEST / 2)
        self.assertLessEqual(len(named), self.LONGEST)
        room = None
        for name in named:
            folder = (ROOT / project.ADDON / name).parent
            room = folder if "/" in name else room
            path = room / Path(name).name
            self.assertTrue(path.exists(), path)


class TestSkips(unittest.TestCase):
    """A skipped test must fail the run, or nobody notices what is not tested."""

    def pytest(self, reason):
        return run_pytest(
            "import pytest\n"
            f"@pytest.mark.skip(reason={reason!r})\n"
            "def test_a(): pass\n"
            "def test_b(): pass\n"
        )

    def test_skip_fails(self):
        done = self.pytest("Chrome executable not found")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("counts as failed", done.stdout)

    def test_skip_for_absent_exports_passes_and_is_said(self):
        done = self.pytest(f"{project.OPTIONAL_EXPORTS.name} is not here")
        expected = 1 if project.OPTIONAL_EXPORTS.exists() else 0
        self.assertEqual(done.returncode, expected, done.stdout)
        self.assertIn("hair_salon is not here", done.stdout)
