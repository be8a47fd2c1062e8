"""Uninstalling leaves nothing of the addon behind and nothing in the log."""

import os
import subprocess
import sys
import unittest

from odoo.addons.base.models import ir_actions, ir_actions_report

from ..databases import ROOT, Databases, Worker

NAME = f"uninstall_{os.getpid()}"
# Saved by users before: each would fail to open without our models and fields.
SAVED = """
    INSERT INTO ir_filters (name, model_id, domain, context, sort, active) VALUES
        ('ours', 'salon.visit', '[]', '{}', '[]', true),
        ('named', 'res.partner', '[["is_salon_client", "=", true]]', '{}', '[]', true),
        ('grouped', 'res.partner', '[]', '{"group_by": ["salon_source_id"]}', '[]',
         false),
        ('led', 'res.users', '[["partner_id.salon_source_id", "=", 1]]', '{}', '[]',
         true),
        ('kept', 'res.partner', '[["name", "=", "salon"]]', '{}', '[]', true),
        ('kept too', 'res.users', '[]', '{"group_by": ["create_date:month", "visits"]}',
         '["kind"]', true);
"""
LEFT_NOTES = """
    SELECT c.name FROM ir_model_constraint c
      JOIN ir_module_module m ON m.id = c.module
     WHERE m.name = 'salon_reminders'
"""
LEFT_INDEXES = """
    SELECT indexname FROM pg_indexes
     WHERE indexname LIKE '%salon%' OR indexdef LIKE '%phone_sanitized%'
"""
LEFT_TABLES = "SELECT table_name FROM information_schema.tables"
LEFT_COLUMNS = "SELECT column_name FROM information_schema.columns"


def table_of(model):
    """Return the table of a model; some actions state one of their own."""
    named = {
        one._name: one._table
        for module in (ir_actions, ir_actions_report)
        for one in vars(module).values()
        if isinstance(one, type) and getattr(one, "_table", None)
    }
    return named.get(model, model.replace(".", "_"))


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
        return self.databases.query(statement, NAME)

    def _find_dangling(self):
        """Return the external ids whose record is gone, in tables of their model."""
        models = self._query("SELECT DISTINCT model FROM ir_model_data")
        tables = {model: table_of(model) for model in models}
        return [
            name
            for model, table in tables.items()
            for name in self._query(
                f"""SELECT module || '.' || name FROM ir_model_data d
                     WHERE model = '{model}' AND NOT EXISTS (
                           SELECT FROM {table} r WHERE r.id = d.res_id)"""
            )
        ]

    def test_nothing_is_left(self):
        self._query(SAVED)
        dangling = self._find_dangling()
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
        self.assertEqual(self._find_dangling(), dangling)
        self.assertEqual(self._query(LEFT_NOTES), [])
        self.assertEqual(self._query(LEFT_INDEXES), [])
        filters = "SELECT name FROM ir_filters WHERE name IN "
        names = "('ours', 'named', 'grouped', 'led', 'kept', 'kept too')"
        self.assertEqual(self._query(filters + names), ["kept", "kept too"])
