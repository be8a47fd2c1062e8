"""Databases of a test's own, and processes that work in them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import psycopg2

import odoo
from odoo.tools import config
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from dev.databases import copy_tree

# Seconds after which a process hangs.
PATIENCE = 300
ROOT = Path(__file__).resolve().parent.parent


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
        """Copy a database with its files: bundles of scripts are among them."""
        self.drop(name)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        self.made.append(name)
        copy_tree(*(Path(config.filestore(one)) for one in (source, name)))

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
        shutil.rmtree(config.filestore(name), ignore_errors=True)

    def drop_all(self):
        for name in self.made:
            self.drop(name)
        shutil.rmtree(self.folder)


class Worker:
    """A process that is ready to do something in a database."""

    module = "tests.daily_job_process"
    patience = PATIENCE

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
        self.child.wait()

    def answer(self):
        # Not `communicate`: it would miss what was read ahead by `wait_for`.
        patience = threading.Timer(self.patience, self.child.kill)
        patience.start()
        self.child.stdin.close()
        lines = self.child.stdout.read().splitlines()
        self.child.wait()
        patience.cancel()
        if self.child.returncode:
            raise AssertionError(f"The process failed: {lines}")
        return json.loads(lines[-1])
