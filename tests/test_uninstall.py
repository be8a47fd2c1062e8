"""Uninstalling leaves nothing of the addon behind and nothing in the log."""

import os
import subprocess
import sys
import unittest

import psycopg2

import odoo

from .test_daily_job_processes import ROOT, Databases, Worker

NAME = f"uninstall_{os.getpid()}"
LEFT_TABLES = "SELECT table_name FROM information_schema.tables"
LEFT_COLUMNS = "SELECT column_name FROM information_schema.columns"


class TestUninstall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        demo = os.environ.get("SALON_TEMPLATE_DEMO")
        if demo:
            cls.databases.copy(demo, NAME)
        else:
            cls.databases.copy_installed(NAME)

    def _uninstall(self):
        """Uninstall as Odoo's own command does; return its log."""
        options = ["-c", self.databases.config, "-d", NAME]
        command = [sys.executable, "-m", "odoo", "module", "uninstall"]
        done = subprocess.run(
            [*command, *options, "salon_reminders"],
            cwd=ROOT,
            env=Worker._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.assertFalse(done.returncode, done.stdout[-2000:])
        return done.stdout

    def _query(self, statement):
        _name, info = odoo.sql_db.connection_info_for(NAME)
        connection = psycopg2.connect(**info)
        try:
            with connection.cursor() as cr:
                cr.execute(statement)
                return sorted(name for (name,) in cr.fetchall())
        finally:
            connection.close()

    def test_nothing_is_left(self):
        log = self._uninstall()
        levels = (" WARNING ", " ERROR ", " CRITICAL ", "Traceback")
        told = [line for line in log.splitlines() if any(o in line for o in levels)]
        self.assertEqual(told, [])
        state = "SELECT state FROM ir_module_module WHERE name = 'salon_reminders'"
        self.assertEqual(self._query(state), ["uninstalled"])
        like = " LIKE 'salon%'"
        self.assertEqual(self._query(f"{LEFT_TABLES} WHERE table_name{like}"), [])
        self.assertEqual(self._query(f"{LEFT_COLUMNS} WHERE column_name{like}"), [])
        models = "SELECT model FROM ir_model WHERE model"
        self.assertEqual(self._query(f"{models}{like}"), [])
        owned = "SELECT name FROM ir_model_data WHERE module = 'salon_reminders'"
        self.assertEqual(self._query(owned), [])
