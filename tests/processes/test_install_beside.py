"""The addon installs where contacts, products and resources of other apps exist."""

import os
import re
import subprocess
import sys
import unittest

import psycopg2

import odoo

from ..databases import ROOT, Databases, Worker

NAME = f"beside_{os.getpid()}"
COMPLAINT = re.compile(r" (WARNING|ERROR|CRITICAL) |Traceback")
ROWS = {
    "INSERT INTO res_partner (name, active) SELECT 'P ' || n, TRUE": 20000,
    "INSERT INTO product_template (name, type, active, uom_id, service_tracking)"
    " SELECT jsonb_build_object('en_US', 'T ' || n), 'consu', TRUE, 1, 'no'": 2000,
    "INSERT INTO resource_resource (name, resource_type, time_efficiency, tz, active)"
    " SELECT 'R ' || n, 'user', 100, 'UTC', n % 2 = 0": 300,
}
TOUCHED = {
    "res_partner": "is_salon_client IS TRUE OR salon_note IS NOT NULL",
    "product_template": "salon_kind IS NOT NULL OR salon_duration IS NOT NULL"
    " OR salon_course_interval_days IS NOT NULL",
    "resource_resource": "is_stylist IS TRUE OR salon_color IS NOT NULL",
}


class TestInstallBeside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.databases.copy_installed(NAME)
        cls._run_odoo("module", "uninstall", options=["salon_reminders"])

    @classmethod
    def _run_odoo(cls, *subcommand, options):
        """Run Odoo's own command; return its log."""
        command = [sys.executable, "-m", "odoo", *subcommand]
        done = subprocess.run(
            [*command, "-c", cls.databases.config, "-d", NAME, *options],
            cwd=ROOT,
            env=Worker._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not done.returncode, done.stdout[-2000:]
        return done.stdout

    def _execute(self, statement):
        _name, info = odoo.sql_db.connection_info_for(NAME)
        connection = psycopg2.connect(**info)
        try:
            with connection, connection.cursor() as cr:
                cr.execute(statement)
                return cr.fetchone()[0] if cr.description else cr.rowcount
        finally:
            connection.close()

    def test_nothing_of_others_is_touched(self):
        for statement, count in ROWS.items():
            self._execute(f"{statement} FROM generate_series(1, {count}) n")
        options = ["-i", "salon_reminders", "--stop-after-init", "--no-http"]
        log = self._run_odoo(options=options)
        told = [line for line in log.splitlines() if COMPLAINT.search(line)]
        self.assertEqual(told, [])
        state = "SELECT state FROM ir_module_module WHERE name = 'salon_reminders'"
        self.assertEqual(self._execute(state), "installed")
        for table, condition in TOUCHED.items():
            count = self._execute(f"SELECT COUNT(*) FROM {table} WHERE {condition}")
            self.assertEqual(count, 0, table)
