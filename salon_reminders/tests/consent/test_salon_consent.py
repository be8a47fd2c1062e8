from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonConsent(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)

    def _record(self, decision="given", **vals):
        consents = self.env["salon.consent"]
        return consents.create(
            consents._prepare_vals(self.anna, decision, "desk", **vals)
        )

    def _find(self, state):
        return self.env["res.partner"].search(
            [("id", "=", self.anna.id), ("salon_call_consent", "=", state)]
        )

    def _assert_state(self, state):
        self.anna.invalidate_recordset(["salon_call_consent"])
        self.assertEqual(self.anna.salon_call_consent, state)
        for other in ("none", "given", "withdrawn", "expired"):
            self.assertEqual(bool(self._find(other)), other == state, other)
        self.assertEqual(bool(self.anna._filter_callable()), state == "given")
        self.assertEqual(self._read_state(), state)

    def _read_state(self):
        """Return what the table of states says, which people read on the card."""
        row = self.env["salon.consent.state"].search(
            [
                ("partner_id", "=", self.anna.id),
                ("company_id", "=", self.env.company.id),
                ("purpose", "=", "reminder"),
                ("channel", "=", "phone"),
            ]
        )
        row.invalidate_recordset()
        return row.state or "none"

    def test_newest_row_counts(self):
        self._assert_state("none")
        self._record()
        self._assert_state("given")
        self._record("withdrawn")
        self._assert_state("withdrawn")
        self._record()
        self._assert_state("given")

    def test_late_entry_does_not_override(self):
        self._record("withdrawn")
        self._record(date="2026-01-01 10:00:00")
        self._assert_state("withdrawn")

    def test_expiry(self):
        self._record(expiry_date="2026-03-10")
        self._assert_state("given")
        with freeze_time("2026-03-10 23:30:00"):
            # Half past midnight at the salon.
            self._assert_state("expired")

    def test_other_purposes_do_not_count(self):
        self._record(purpose="promotion")
        self._record(channel="sms")
        self._assert_state("none")

    def test_other_companies_do_not_count(self):
        other = self._create_company("Second salon")
        self._record()
        anna = self.anna.with_company(other)
        self.assertEqual(anna.salon_call_consent, "none")
        self.assertFalse(anna._filter_callable())

    def test_number_and_blacklist(self):
        self._record()
        self.assertTrue(self.anna._filter_callable())
        self.env["phone.blacklist"].sudo()._add([self.anna.phone_sanitized])
        self.assertFalse(self.anna._filter_callable())
        self.anna.phone = False
        self.assertFalse(self.anna._filter_callable())

    @users("t_salon_boss")
    def test_append_only(self):
        consent = self._record()
        consent = consent.with_user(self.env.user)
        for person in (consent, consent.sudo()):
            with self.assertRaises(UserError):
                person.write({"decision": "withdrawn"})
        with self.assertRaises(AccessError):
            consent.unlink()
        with self.assertRaises(UserError):
            consent.sudo().unlink()

    @users("t_recep")
    def test_receptionist_records(self):
        anna = self.anna.with_user(self.env.user)
        anna.action_salon_consent_give()
        consent = anna.salon_consent_ids
        self.assertEqual(consent.user_id, self.env.user)
        self.assertEqual(consent.method, "desk")
        wording = self.env["salon.consent.wording"]._get_current()
        self.assertEqual(consent.wording_id, wording)
        self.assertEqual(consent.wording, wording.text)

    def test_withdrawal_cancels_the_open_call(self):
        self._record()
        self._create_visit(self.anna, "2026-02-08")
        call = self._plan_calls()
        self.anna.action_salon_consent_withdraw()
        self.assertEqual(call.state, "cancelled")
        self.assertEqual(call.close_reason, "consent")
        self.assertFalse(call.activity_ids)
        self.assertFalse(call.phone)
