"""Hostile strings in the files of an import, looked at in a browser."""

import csv
import io
from datetime import timedelta

import pytest

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..hostile import COUNT, HostileCase, hostile_strings

pytestmark = pytest.mark.room("importing")

ROW = ".o_data_row, .o_group_header"


@tagged("standard", "post_install", "-at_install")
class TestHostileImports(HostileCase):
    viewer = "h_importer"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.manager = new_test_user(
            cls.env,
            "h_importer",
            "base.group_user,salon_reminders.group_manager",
            password="h_importer",
        )
        # Files are read cell by cell, without the blanks around; names in one line.
        cls.strings = [" ".join(text.split()) for text in hostile_strings()]
        cls.day = str(fields.Date.today() - timedelta(days=40))
        cls.done = cls._read()

    @classmethod
    def _read(cls):
        """Upload two files of which every cell, header and name is hostile."""
        text = cls.strings
        clients = [["Client ID", "Name", "Phone", "Note", text[0]]]
        receipts = [
            ["Receipt", "Date", "Client ID", "Staff", "Description", "Category"]
            + ["Amount", text[1]]
        ]
        for number, name in enumerate(text):
            clients.append([f"H{number}", name, f"+3630{8000000 + number}", name, name])
            # Each tenth has no day and comes back with its reason.
            day = name if number % 10 == 9 else cls.day
            receipts.append(
                [f"R{number}", day, f"H{number}", text[number % 7]]
                + [text[number % 50], text[number % 5], "10", name]
            )
        files = {f"clients {text[2]}.csv": clients, f"receipts {text[3]}.csv": receipts}
        attachments = (
            cls.env["ir.attachment"]
            .with_user(cls.manager)
            .create([{"name": n, "raw": cls._to_csv(r)} for n, r in files.items()])
        )
        done = (
            cls.env["salon.import"]
            .with_user(cls.manager)
            .create({"name": text[5], "attachment_ids": attachments.ids})
        )
        done.action_read()
        return done

    @classmethod
    def _to_csv(cls, rows):
        stream = io.StringIO()
        csv.writer(stream).writerows(rows)
        return stream.getvalue().encode()

    def _run(self):
        for step in (self.done.action_check, self.done.action_import):
            step()
            cron = self.env.ref("salon_reminders.ir_cron_import")
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertFalse(self.done.error)
        self.assertEqual(self.done.state, "done")

    def test_files_of_hostile_strings(self):
        """Read, checked and imported word for word, shown as words everywhere."""
        self.assertEqual(len(self.done.file_ids), 2)
        done = (f"/odoo/salon-import/{self.done.id}", ".o_form_sheet .o_data_row")
        files = [
            (f"/odoo/salon.import.file/{file.id}", ".o_form_view td")
            for file in self.done.file_ids
        ]
        self._look(done, *files)
        self._run()
        partners = self.env["res.partner"].search([("salon_import_ref", "=like", "H%")])
        partners = partners.sorted(lambda partner: int(partner.salon_import_ref[1:]))
        self.assertEqual(partners.mapped("name"), self.strings)
        self.assertEqual(self.done.failed_count, COUNT // 10)
        self.assertEqual(len(partners.salon_visit_ids), COUNT - COUNT // 10)
        lists = [
            (f"/odoo/salon-{place}", ROW)
            for place in ("services", "stylists", "visits", "clients")
        ]
        cards = [(f"/odoo/salon-clients/{p.id}", ".o_form_sheet") for p in partners[:4]]
        self._look(done, *lists, *cards)
