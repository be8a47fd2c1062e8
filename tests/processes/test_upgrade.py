"""A database of an earlier version upgrades: no row lost, nothing in the log."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

from dev import project
from dev.databases import complaints

from ..databases import ROOT, Databases, Worker

ADDON = "salon_reminders"
# The version before the newest one with a script that moves data.
BEFORE = "19.0.1.0.0"
NAME = f"upgrade_{os.getpid()}"
# What is in a database by its definition, not by what people did.
SCHEMA = {
    "columns": """
        SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    # A demonstration made by the old version stays what it was.
    "records": """
        SELECT module || '.' || name || ' ' || model FROM ir_model_data
         WHERE name NOT LIKE '%\\_demo'""",
}
TABLES = """
    SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
       AND table_name LIKE 'salon%'
"""
# More rows than before: new versions of two sentences, for calls about more than these,
# two sentences about what the card keeps; what a client may ask for during a call.
ADDED = {"salon_consent_wording": 4, "salon_call_outcome": 2}
# Reasons that a client had not agreed to are taken off open calls; of calls that are
# over nothing is.
REASONS = "salon_call_reminder_rel"
REASONS_OF_CLOSED = f"""
    SELECT r.call_id || ' ' || r.reminder_id FROM {REASONS} r
      JOIN salon_call c ON c.id = r.call_id WHERE c.state != 'open'"""


def git(*arguments):
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, check=False
    )
    return done.stdout


def bears(commit):
    """Return whether the addon had the old version at this commit."""
    return f'"version": "{BEFORE}"'.encode() in git(
        "show", f"{commit}:{ADDON}/__manifest__.py"
    )


class TestUpgrade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls._fetch_old_addon()

    @classmethod
    def _fetch_old_addon(cls):
        """Unpack the addon as it was in the last commit that bore the old version."""
        history = git("rev-list", "--first-parent", "HEAD").decode().split()
        archives = (git("archive", one, ADDON) for one in history if bears(one))
        archive = next(archives, None)
        if not archive:
            raise AssertionError(
                f"The history of the project is missing: version {BEFORE} can't be "
                "installed. Clone it whole."
            )
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(cls.folder, filter="data")

    def _odoo(self, addons, *arguments):
        """Run Odoo with the addon of this folder; return the lines of its log."""
        path = [*self._addons_path(), str(addons)]
        command = [sys.executable, "-m", "odoo", "-c", self.databases.config]
        command += [f"--addons-path={','.join(path)}", "-d", NAME]
        done = subprocess.run(
            [*command, *arguments, "--stop-after-init", "--no-http"],
            cwd=ROOT,
            env=Worker._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.assertFalse(done.returncode, done.stdout[-3000:])
        return done.stdout.splitlines()

    def _addons_path(self):
        from odoo.tools import config

        return [p for p in config["addons_path"] if Path(p) != project.ROOT]

    def _query(self, statement, database=NAME):
        return self.databases.query(statement, database)

    def _count_rows(self):
        return {
            table: self._query(f"SELECT count(*) FROM {table}")[0]
            for table in self._query(TABLES)
        }

    def _rename_dashboard(self):
        """Change it as a manager may; return what must still be there afterwards."""
        self._query(
            """UPDATE spreadsheet_dashboard SET sequence = 77 WHERE id IN
               (SELECT res_id FROM ir_model_data
                 WHERE name = 'spreadsheet_dashboard_salon')"""
        )
        return self._find_dashboard()

    def _find_dashboard(self):
        return self._query(
            """SELECT d.id || ' ' || d.sequence
                 FROM ir_model_data m JOIN spreadsheet_dashboard d ON d.id = m.res_id
                WHERE m.name = 'spreadsheet_dashboard_salon'"""
        )

    def _check_proofs(self):
        """Each call made before has its proof: a consent of its kind that held then."""
        made = self._query("SELECT count(*) FROM salon_call_attempt")[0]
        proven = self._query(
            """SELECT count(*) FROM salon_call_attempt a
                 JOIN salon_call k ON k.id = a.call_id
                 JOIN salon_contact_proof p ON p.id = a.proof_id
            LEFT JOIN salon_consent c ON c.id = p.consent_id
                WHERE (p.partner_id, p.company_id, p.date, p.user_id)
                    = (a.partner_id, a.company_id, a.date, a.user_id)
                  AND p.address IS NOT DISTINCT FROM a.phone
                  AND CASE p.basis
                      WHEN 'unrecorded' THEN p.consent_id IS NULL
                      WHEN 'consent' THEN c.decision = 'given' AND c.date <= a.date
                           AND (c.partner_id, c.company_id, c.purpose, c.channel)
                             = (a.partner_id, a.company_id, k.purpose, 'phone') END"""
        )[0]
        self.assertEqual(proven, made)
        bases = "SELECT DISTINCT basis FROM salon_contact_proof"
        self.assertEqual(set(self._query(bases)), {"consent", "unrecorded"})

    def test_version_before(self):
        self.databases.copy(os.environ["SALON_BASE_BRIDGES"], NAME)
        self._odoo(self.folder, "-i", ADDON, "--with-demo")
        before, closed = self._count_rows(), self._query(REASONS_OF_CLOSED)
        self.assertGreater(before["salon_visit"], 0)
        renamed = self._rename_dashboard()
        log = self._odoo(ROOT, "-u", ADDON)
        self.assertEqual(complaints(log), [])
        after = self._count_rows()
        self.assertLessEqual(after.pop(REASONS), before.pop(REASONS))
        self.assertLessEqual(set(closed), set(self._query(REASONS_OF_CLOSED)))
        expected = {table: n + ADDED.get(table, 0) for table, n in before.items()}
        changed = {
            table: (n, after.get(table))
            for table, n in expected.items()
            if after.get(table) != n
        }
        self.assertEqual(changed, {})
        self.assertEqual(self._find_dashboard(), renamed)
        self._check_proofs()
        fresh = os.environ["SALON_TEMPLATE_BRIDGES"]
        for kind, statement in SCHEMA.items():
            with self.subTest(kind):
                upgraded = set(self._query(statement))
                installed = set(self._query(statement, fresh))
                self.assertEqual(upgraded - installed, set(), "left over")
                self.assertEqual(installed - upgraded, set(), "missing")
