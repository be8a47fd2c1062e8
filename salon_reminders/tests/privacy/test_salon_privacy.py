from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users
from odoo.tools import SQL

from ..common import SalonCase

SECRET = "Xenia"


@freeze_time("2026-03-10 09:00:00")
class TestSalonPrivacy(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.xenia = cls._create_client(f"{SECRET} Petrova", "+36 30 999 8877")
        cls.xenia.write(
            {"salon_note": f"{SECRET}: 6.1 + 20 vol", "street": f"{SECRET} Street 1"}
        )
        cls.visit = cls._create_visit(
            cls.xenia, "2026-02-05", note=f"{SECRET} likes tea"
        )
        cls.call = cls.env["salon.call"].create(
            {
                "partner_id": cls.xenia.id,
                "reminder_ids": cls.xenia.salon_reminder_ids.ids,
                "note": f"{SECRET} works late",
            }
        )
        outcome = cls.env["salon.call.outcome"]._get_default("no_answer")
        attempt = cls.call._log_attempt(outcome, note=f"{SECRET} did not answer")
        attempt.gift = f"Hand mask for {SECRET}"
        told = f"{SECRET} called about her invoice"
        cls.xenia.message_post(body=told)
        cls.env["salon.consent"].create(
            {
                "partner_id": cls.xenia.id,
                "method": "writing",
                "purpose": "promotion",
                "document": b"WGVuaWE=",
                "document_name": f"{SECRET}.txt",
            }
        )
        cls.privacy = cls.env["salon.privacy"]

    def _find_traces(self):
        """Return the columns of all tables in which the client's name still is."""
        self.env.flush_all()
        found = []
        self.env.cr.execute(
            """SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = current_schema()
                  AND data_type IN ('character varying', 'text', 'jsonb')"""
        )
        for table, column in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ILIKE %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    f"%{SECRET}%",
                )
            )
            if self.env.cr.fetchone():
                found.append((table, column))
        return found

    @users("t_salon_boss")
    def test_export_has_everything(self):
        partner = self.xenia.with_user(self.env.user)
        text = str(self.env["salon.privacy"]._render_export(partner))
        for part in (
            "Xenia Petrova",
            "+36 30 999 8877",
            "6.1 + 20 vol",
            "likes tea",
            "works late",
            "did not answer",
            "about her invoice",
            "Root touch-up",
            "May we phone you",
        ):
            self.assertIn(part, text)

    def test_export_has_nothing_of_others(self):
        self._create_visit(self._create_client("Olga", "+36 30 111 2233"), "2026-02-06")
        text = str(self.privacy._render_export(self.xenia))
        self.assertNotIn("Olga", text)

    def test_erasing_leaves_figures_and_proof(self):
        visits, consents = self.xenia.salon_visit_ids, self.xenia.salon_consent_ids
        booked = self._create_visit(self.xenia, "2026-03-20", state="booked")
        amount = self.visit.amount_total
        self.privacy._erase(self.xenia)
        self.assertFalse(self._find_traces())
        self.assertFalse(self.xenia.active)
        self.assertFalse(self.xenia.phone or self.xenia.phone_sanitized)
        self.assertEqual(self.visit.amount_total, amount)
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(booked.state, "cancelled")
        self.assertNotEqual(self.call.state, "open")
        self.assertEqual(self.call.attempt_count, 1)
        self.assertFalse(self.call.attempt_ids.phone)
        self.assertEqual(self.xenia.salon_visit_ids, visits | booked)
        self.assertEqual(self.xenia.salon_consent_ids, consents)
        self.assertTrue(all(consents.mapped("wording")))
        self.assertFalse(any(consents.mapped("document")))
        self.assertFalse(self.xenia._filter_callable())
        self.assertFalse(self._plan_calls())

    def test_a_colleague_is_not_erased(self):
        with self.assertRaisesRegex(UserError, "user account"):
            self.privacy._erase(self.receptionist.partner_id)

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        partner = self.xenia.with_user(self.env.user)
        for action in (partner.action_salon_export, partner.action_salon_erase):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self.env["salon.erasure"].create({"partner_id": partner.id})

    @users("t_salon_boss")
    def test_not_what_another_company_knows(self):
        other = self.env["res.company"].sudo().create({"name": "Second salon"})
        self.env["salon.consent"].sudo().create(
            {"partner_id": self.xenia.id, "company_id": other.id}
        )
        self.env.user.sudo().company_ids = self.company
        partner = self.xenia.with_user(self.env.user)
        with self.assertRaisesRegex(UserError, "company you do not belong to"):
            self.env["salon.privacy"]._erase(partner)

    def test_erasing_asks_first(self):
        action = self.xenia.action_salon_erase()
        erasure = self.env["salon.erasure"].browse(action["res_id"])
        with self.assertRaises(UserError):
            erasure.action_erase()
        erasure.is_sure = True
        erasure.action_erase()
        self.assertNotIn(SECRET, self.xenia.name)

    def test_privacy_lookup_finds_our_records(self):
        if "privacy.lookup.wizard" not in self.env:
            self.skipTest("privacy_lookup is not installed")
        self.xenia.email = "xenia@example.com"
        lookup = self.env["privacy.lookup.wizard"].create(
            {"name": self.xenia.name, "email": self.xenia.email}
        )
        lookup.action_lookup()
        found = set(lookup.line_ids.mapped("res_model"))
        ours = {
            "salon.visit",
            "salon.reminder",
            "salon.call",
            "salon.call.attempt",
            "salon.consent",
        }
        self.assertLessEqual(ours, found)

    def test_old_notes_are_forgotten(self):
        self.call.action_cancel()
        self.company.salon_retention_months = 0
        with freeze_time("2030-03-10 09:00:00"):
            self.privacy._gc_old_notes()
        attempt = self.call.attempt_ids
        self.assertTrue(attempt.note and attempt.gift and self.call.note)
        self.company.salon_retention_months = 12
        with freeze_time("2027-03-09 09:00:00"):
            self.privacy._gc_old_notes()
        self.assertTrue(attempt.note and attempt.gift and self.call.note)
        with freeze_time("2027-03-11 09:00:00"):
            done, remaining = self.privacy._gc_old_notes()
        self.assertEqual((done, remaining), (2, 0))
        self.assertFalse(attempt.note or attempt.gift or attempt.phone)
        self.assertFalse(self.call.note)
        self.assertEqual(attempt.outcome_id.kind, "no_answer")
