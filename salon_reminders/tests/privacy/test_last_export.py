import base64
import csv
import io
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user

from ...tools.last_export import write_archive
from ..common import SalonCase

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    b"YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class TestLastExport(SalonCase, HttpCase):
    """What an administrator takes along before uninstalling."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_partner = cls._create_client("Xenia Petrova", consent=False)
        cls.client_partner.salon_note = "=6.1 + 20 vol"
        other = cls._create_company("Other salon")
        cls.consent = cls.env["salon.consent"].create(
            {
                "partner_id": cls.client_partner.id,
                "company_id": other.id,
                "method": "writing",
                "document": base64.b64encode(b"%PDF-1.4 signed"),
                "document_name": "form.pdf",
            }
        )
        cls.photo = cls.env["salon.client.photo"].create(
            {
                "partner_id": cls.client_partner.id,
                "image_1920": PIXEL,
                "name": "After",
            }
        )

    def _read_archive(self):
        file = io.BytesIO()
        write_archive(self.env, file)
        return zipfile.ZipFile(file)

    def _read_table(self, name):
        text = self._read_archive().read(f"{name}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def test_ledger_of_all_companies(self):
        rows = {int(row["ID"]): row for row in self._read_table("consents")}
        row = rows[self.consent.id]
        self.assertEqual(row["Client"], "Xenia Petrova")
        self.assertEqual(row["Company"], "Other salon")
        self.assertEqual(row["Decision"], "given")
        self.assertIn(self.consent.wording, row.values())

    def test_contacts_name_the_answer_they_relied_on(self):
        contact = {
            "partner_id": self.client_partner.id,
            "company_id": self.consent.company_id.id,
            "channel": "phone",
            "purpose": "reminder",
            "address": "+36301234567",
            "date": self.consent.date,
            "user_id": self.manager.id,
        }
        proof = self.env["salon.contact.proof"]._record([contact])
        rows = {int(row["ID"]): row for row in self._read_table("contacts")}
        row = rows[proof.id]
        self.assertEqual(row["Client"], "Xenia Petrova")
        self.assertEqual(row["Display Name"], f"Consent no. {self.consent.id}")
        self.assertEqual(row["Number or address"], "'+36301234567")

    def test_card_texts_are_no_formulas(self):
        rows = {int(row["ID"]): row for row in self._read_table("cards")}
        texts = rows[self.client_partner.id]
        self.assertEqual(texts["Formula and preferences"], "'=6.1 + 20 vol")
        plain = self.env["res.partner"].create({"name": "Never a client"})
        self.assertNotIn(plain.id, rows)

    def test_files_bear_the_number_of_their_record(self):
        archive = self._read_archive()
        names = archive.namelist()
        form = f"salon.consent/{self.consent.id}.pdf"
        self.assertIn(form, names)
        self.assertEqual(archive.read(form), b"%PDF-1.4 signed")
        self.assertIn(f"salon.client.photo/{self.photo.id}.png", names)

    def test_wizard_names_what_is_lost(self):
        module = self.env.ref("base.module_salon_reminders")
        wizard = self.env["base.module.uninstall"].create({"module_ids": module.ids})
        count = self.env["salon.consent"].search_count([])
        self.assertIn(f"consent ledger: {count}", wizard.salon_losses)
        with patch.object(type(wizard), "_get_modules", lambda _self: module.browse()):
            other = wizard.create({"module_ids": module.ids})
            self.assertFalse(other.salon_losses)

    def test_administrators_only(self):
        wizard = self.env["base.module.uninstall"].create({"module_ids": []})
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_salon_last_export()
        admin = new_test_user(
            self.env, "t_admin", groups="base.group_user,base.group_system"
        )
        action = wizard.with_user(admin).action_salon_last_export()
        self.authenticate("t_salon_boss", "t_salon_boss")
        self.assertEqual(self.url_open(action["url"]).status_code, 404)
        self.authenticate("t_admin", "t_admin")
        answer = self.url_open(action["url"])
        self.assertTrue(zipfile.is_zipfile(io.BytesIO(answer.content)))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
