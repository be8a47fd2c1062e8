"""The daily job in real processes on a real database: at once, and killed midway."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from contextlib import closing
from pathlib import Path

import psycopg2

import odoo
from odoo.tools import config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

ROOT = Path(__file__).resolve().parent.parent
NAME = f"daily_job_{os.getpid()}"
# Killed while it makes this batch; those before are committed.
KILLED_AT = 4


class Databases:
    """Copies of an installed database."""

    def __init__(self):
        self.made = []
        self.folder = tempfile.mkdtemp()
        self.config = os.environ.get("SALON_CONFIG") or self._write_config()

    def _write_config(self):
        """Outside ./salon test: the settings under which the tests run."""
        names = ("db_host", "db_port", "db_user", "db_password", "data_dir")
        lines = [f"{name} = {config[name]}" for name in names if config[name]]
        lines.append(f"addons_path = {','.join(config['addons_path'])}")
        path = Path(self.folder) / "odoo.conf"
        path.write_text("\n".join(["[options]", *lines, ""]), "utf-8")
        return str(path)

    def _sql(self, statement, *arguments):
        _name, info = odoo.sql_db.connection_info_for("postgres")
        connection = psycopg2.connect(**info)
        connection.autocommit = True
        try:
            connection.cursor().execute(statement, arguments)
        finally:
            connection.close()

    def query(self, statement, database):
        """Return the first column of the rows, in order."""
        _name, info = odoo.sql_db.connection_info_for(database)
        with closing(psycopg2.connect(**info)) as connection, connection:
            cr = connection.cursor()
            cr.execute(statement)
            return sorted(name for (name,) in cr.fetchall()) if cr.description else []

    def copy(self, source, name):
        self.drop(name)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        self.made.append(name)

    def copy_installed(self, name):
        template = os.environ.get("SALON_TEMPLATE_EMPTY")
        if template:
            self.copy(template, name)
            return
        # The tests' own database is in use, so it can't be a template.
        self.drop(name)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        self.made.append(name)
        environment = exec_pg_environ()
        dump = subprocess.run(
            [find_pg_tool("pg_dump"), "--no-owner", config["db_name"][0]],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        subprocess.run(
            [find_pg_tool("psql"), "-q", "-d", name],
            env=environment,
            input=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def drop(self, name):
        """End our own sessions only; PostgreSQL stops its housekeeping by itself.

        `WITH (FORCE)` may not be used: it fails while housekeeping is under way.
        """
        self._sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            name,
        )
        self._sql(f'DROP DATABASE IF EXISTS "{name}"')

    def drop_all(self):
        for name in self.made:
            self.drop(name)
        shutil.rmtree(self.folder)


class Worker:
    module = "tests.daily_job_process"
    """A process that is ready to do something in a database."""

    def __init__(self, databases, database, *actions):
        self.child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                self.module,
                databases.config,
                database,
                *actions,
            ],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def _environment():
        paths = [str(Path(odoo.__path__[0]).parent), str(ROOT)]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}

    def wait_for(self, word):
        for line in self.child.stdout:
            if line.strip() == word:
                return
        raise AssertionError(f"The process ended before it said {word!r}.")

    def go(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.communicate()

    def answer(self):
        lines = self.child.communicate(timeout=300)[0].splitlines()
        if self.child.returncode:
            raise AssertionError(f"The process failed: {lines}")
        return json.loads(lines[-1])


class TestDailyJobProcesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.filled = f"{NAME}_filled"
        cls.databases.copy_installed(cls.filled)
        cls._do(cls.filled, "fill")
        _done, cls.expected = cls._do(cls._copy("undisturbed"), "scheduled", "result")

    @classmethod
    def _copy(cls, name):
        cls.databases.copy(cls.filled, f"{NAME}_{name}")
        return f"{NAME}_{name}"

    @classmethod
    def _start(cls, database, *actions):
        worker = Worker(cls.databases, database, *actions)
        worker.wait_for("ready")
        return worker

    @classmethod
    def _do(cls, database, *actions):
        """Do these things in one process; return their answers."""
        worker = cls._start(database, *actions)
        worker.go()
        return worker.answer()

    def _do_twice_at_once(self, database, action):
        workers = [self._start(database, action) for _number in range(2)]
        for worker in workers:
            worker.go()
        return [worker.answer() for worker in workers]

    def assertAsUndisturbed(self, database, *before):
        self.maxDiff = 2000
        answers = self._do(database, *before, "result")
        self.assertEqual(answers[-1], self.expected)
        return answers

    def test_undisturbed(self):
        """What the other tests compare with is worth comparing with."""
        calls = self.expected["calls"]
        self.assertGreater(len(calls), 150)
        self.assertEqual({call[-1] for call in calls}, {1})
        self.assertEqual(len({(call[0], call[1]) for call in calls}), len(calls))
        self.assertEqual({call[2] for call in calls}, {"reminder", "lapsed"})
        holds = {reminder[3] for reminder in self.expected["reminders"]}
        self.assertEqual(holds, {"", "call", "consent", "quota"})

    def test_two_at_once(self):
        database = self._copy("twice")
        answers = self._do_twice_at_once(database, "scheduled")
        self.assertIn([{"failures": 0}], answers)
        self.assertAsUndisturbed(database)

    def test_two_at_once_without_the_lock_of_the_scheduler(self):
        database = self._copy("unguarded")
        self._do_twice_at_once(database, "unguarded")
        self.assertAsUndisturbed(database)

    def test_killed_midway(self):
        database = self._copy("killed")
        worker = self._start(database, "scheduled")
        worker.go()
        for _number in range(KILLED_AT):
            worker.wait_for("batch")
        worker.kill()
        left, *_rest = self.assertAsUndisturbed(database, "result", "scheduled")
        self.assertGreater(len(left["calls"]), 0)
        self.assertLess(len(left["calls"]), len(self.expected["calls"]))

    def test_withdrawn_while_the_job_runs(self):
        """Neither sees the other before its commit; no call may survive that."""
        database = self._copy("withdrawn")
        job = self._start(database, "slowed")
        clients = self._start(database, "withdraw")
        job.go()
        job.wait_for("batch")
        clients.go()
        self.assertEqual(job.answer(), [{"failures": 0}])
        self.assertGreater(clients.answer()[0]["withdrawn"], 200)
        left = self._do(database, "survivors")[0]
        self.assertEqual(left["survivors"], [])
        self.assertGreater(left["calls"], 0)
        self.assertEqual(left["cancelled"], left["calls"])
