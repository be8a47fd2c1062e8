"""Who makes an entry of the ledger says the answer, and nothing else about it."""

import base64

from odoo.exceptions import UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ..common import SalonCase

INK = base64.b64encode(b"ink").decode()


@freeze_time("2026-03-10 09:00:00")
class TestConsentBirth(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)
        cls.company.salon_consent_months = 12
        cls.wording = cls.env["salon.consent.wording"]._get_current()

    def _call(self, model, method, *args, context=None):
        """Return what a browser gets that calls this as the user of the test."""
        kwargs = {"context": context or {}}
        return call_kw(self.env[model], method, list(args), kwargs)

    def _record(self, context=None, **vals):
        vals = {"partner_id": self.anna.id, **vals}
        ids = self._call("salon.consent", "create", [vals], context=context)
        return self.env["salon.consent"].sudo().browse(ids)

    def _assert_from_server(self, consent):
        self.assertEqual(consent.user_id, self.env.user)
        self.assertEqual(str(consent.date), "2026-03-10 09:00:00")
        self.assertEqual(str(consent.expiry_date), "2027-03-10")
        self.assertEqual(consent.wording_id, self.wording)
        self.assertEqual(consent.wording, self.wording.text)
        self.assertFalse(consent.is_dated_back)
        self.assertFalse(consent.source)

    @users("t_recep")
    def test_all_but_the_answer_is_the_servers(self):
        forged = {
            "date": "2020-01-01 10:00:00",
            "user_id": self.manager.id,
            "wording": "She said yes to everything",
            "wording_id": False,
            "expiry_date": "2090-01-01",
            "source": "A file",
            "is_dated_back": True,
            "create_date": "2020-01-01 10:00:00",
            "create_uid": self.manager.id,
        }
        for method in ("desk", "phone"):
            consent = self._record(**forged, method=method)
            self._assert_from_server(consent)
            self.assertEqual(consent.create_uid, self.env.user)

    @users("t_recep")
    def test_defaults_are_the_callers_word_too(self):
        forged = {
            "date": "2020-01-01 10:00:00",
            "user_id": self.manager.id,
            "wording": "She said yes to everything",
            "expiry_date": "2090-01-01",
            "source": "A file",
            "method": "import",
            "is_dated_back": True,
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        consent = self._record(context=context)
        self._assert_from_server(consent)
        self.assertEqual(consent.method, "desk")

    @users("t_recep")
    def test_what_only_the_system_records(self):
        for method in ("import", "link", "blacklist", "merge"):
            with self.assertRaises(UserError, msg=method):
                self._record(method=method)

    @users("t_recep")
    def test_a_signed_form_bears_its_day(self):
        consent = self._record(
            method="writing",
            date="2026-03-01 12:00:00",
            user_id=self.manager.id,
            document=INK,
        )
        self.assertEqual(str(consent.date), "2026-03-01 12:00:00")
        self.assertTrue(consent.is_dated_back)
        self.assertEqual(str(consent.expiry_date), "2027-03-01")
        self.assertEqual(consent.user_id, self.env.user)
        self.assertGreater(consent.create_date, consent.date)

    @users("t_recep")
    def test_an_earlier_day_needs_the_form(self):
        for decision in ("given", "withdrawn"):
            with self.assertRaises(ValidationError, msg=decision):
                self._record(
                    method="writing", date="2026-03-01 12:00:00", decision=decision
                )
        with self.assertRaises(ValidationError):
            self._record(method="writing", date="2026-03-11 12:00:00", document=INK)

    @users("t_recep")
    def test_the_form_names_its_version(self):
        newer = self.wording.sudo().copy({"text": "May we ring you?"})
        form = {"method": "writing", "document": INK}
        consent = self._record(**form, wording_id=self.wording.id, wording="Other")
        self.assertEqual(consent.wording, self.wording.text)
        self.assertEqual(self._record(**form).wording_id, newer)
        with self.assertRaises(ValidationError):
            self._record(**form, wording_id=newer.id, purpose="promotion")

    @users("t_recep")
    def test_sooner_ends_are_kept(self):
        consent = self._record(expiry_date="2026-06-01")
        self.assertEqual(str(consent.expiry_date), "2026-06-01")
        self.company.salon_consent_months = 0
        self.assertFalse(self._record().expiry_date)
        self.assertFalse(self._record(decision="withdrawn").expiry_date)

    @users("t_recep")
    def test_the_dialog_forges_nothing_either(self):
        vals = {
            "partner_id": self.anna.id,
            "method": "phone",
            "date": "2020-01-01 10:00:00",
            "answers": {"reminder_phone": "given"},
        }
        talk = self._call("salon.consent.answers", "create", [vals])
        self._call("salon.consent.answers", "action_record", talk)
        consent = self.anna.salon_consent_ids
        self._assert_from_server(consent)
        self.assertEqual(consent.method, "phone")

    @users("t_recep")
    def test_who_asked_and_when(self):
        forged = {
            "partner_id": self.anna.id,
            "user_id": self.manager.id,
            "date": "2020-01-01 10:00:00",
            "again_date": "2090-01-01",
        }
        context = {f"default_{name}": value for name, value in forged.items()}
        for vals in (forged, {"partner_id": self.anna.id}):
            ids = self._call("salon.consent.ask", "create", [vals], context=context)
            ask = self.env["salon.consent.ask"].browse(ids)
            self.assertEqual(ask.user_id, self.env.user)
            self.assertEqual(str(ask.date), "2026-03-10 09:00:00")
            self.assertEqual(ask.again_date, self.company._salon_ask_again_date())
