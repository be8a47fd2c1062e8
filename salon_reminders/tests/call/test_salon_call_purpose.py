from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.modules.module import load_script
from odoo.tests import freeze_time
from odoo.tools import SQL, file_path

from ...models.consent.salon_gate import TRANSACTIONAL
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallPurpose(SalonCase):
    """Each kind of call needs the consent for its own purpose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_birthday_days = 5
        cls.anna = cls._create_client("Anna", consent=False)

    def _make_birthday(self):
        self._create_visit(self.anna, "2026-03-06")
        self.anna.salon_birthdate = "1990-03-15"

    def _create_call(self, kind, **vals):
        return self.env["salon.call"].create(
            {"partner_id": self.anna.id, "kind": kind, **vals}
        )

    def _get_status(self):
        self.anna.invalidate_recordset(["salon_call_status"])
        return self.anna.salon_call_status

    # ---- the table ----

    def test_every_kind_has_its_purpose(self):
        calls = self.env["salon.call"]
        kinds = dict(calls._fields["kind"].selection)
        self.assertEqual(set(calls._get_kind_purposes()), set(kinds))

    def test_a_kind_without_purpose_is_called_nobody_about(self):
        self._answer(self.anna, "reminder", "feedback", "promotion")
        self.patch(type(self.env["salon.call"]), "_get_kind_purposes", lambda self: {})
        with self.assertRaises(UserError):
            self._create_call("reminder")

    def test_the_gate_asks_by_kind(self):
        calls = self.env["salon.call"]
        for agreed in ("reminder", "feedback", "promotion"):
            anna = self.anna = self._create_client(agreed, consent=False)
            self._answer(anna, agreed)
            for kind, purpose in calls._get_kind_purposes().items():
                with self.subTest(kind=kind, agreed=agreed):
                    if purpose != agreed:
                        with self.assertRaises(UserError):
                            self._create_call(kind)
                        continue
                    call = self._create_call(kind)
                    self.assertEqual(
                        (call.purpose, call.phone), (agreed, "+36301234567")
                    )
                    call._close("person", state="cancelled")
                    call.flush_recordset()

    def test_the_caller_does_not_choose_the_purpose(self):
        self._answer(self.anna, "reminder")
        with self.assertRaises(UserError):
            self._create_call("birthday", purpose="reminder")
        call = self._create_call("reminder", purpose="promotion")
        self.assertEqual(call.purpose, "reminder")
        call.kind = "birthday"
        self.assertEqual(call.purpose, "promotion")
        self.assertFalse(call.phone)

    def test_transactional_needs_no_consent_but_obeys_do_not_contact(self):
        gate = self.env["salon.gate"]
        self.assertIsNone(gate._get_holds(self.anna, TRANSACTIONAL)[self.anna])
        self.anna.salon_wrong_number = self.anna.phone_sanitized
        hold = gate._get_holds(self.anna, TRANSACTIONAL)[self.anna]
        self.assertEqual(hold, "wrong_number")
        self.anna.salon_wrong_number = False
        self.env["phone.blacklist"].sudo()._add([self.anna.phone_sanitized])
        hold = gate._get_holds(self.anna, TRANSACTIONAL)[self.anna]
        self.assertEqual(hold, "blacklist")

    # ---- the daily job ----

    def test_a_birthday_waits_for_consent_to_offers(self):
        self._make_birthday()
        self._answer(self.anna, "reminder", "feedback")
        self.assertFalse(self._plan_calls())
        self.assertIn("not agreed to calls about offers", self._get_status())
        self._answer(self.anna, "promotion")
        call = self._plan_calls()
        self.assertEqual((call.kind, call.purpose), ("birthday", "promotion"))
        self.assertIn("Promotions", call.explanation)

    def test_a_lapsed_client_is_asked_with_consent_to_feedback(self):
        self._create_visit(self.anna, "2025-10-01")
        self._answer(self.anna, "reminder", "promotion")
        self.assertFalse(self._plan_calls())
        self.assertEqual(self.anna.salon_reminder_ids.hold, "consent")
        self.assertIn("calls that ask why", self._get_status())
        self._answer(self.anna, "feedback")
        self.assertEqual(self._plan_calls().kind, "lapsed")

    def test_a_call_drops_the_reasons_not_agreed_to(self):
        lapsed = self._create_cycle("Keratin", (30, 60, 90))
        service = self._create_service("Smoothing", lapsed)
        self._create_visit(self.anna, "2025-08-01", service)
        self._create_visit(self.anna, "2026-02-05")
        self.anna.salon_birthdate = "1990-03-12"
        self._answer(self.anna, "reminder")
        call = self._plan_calls()
        self.assertEqual(call.kind, "reminder")
        self.assertEqual(call.cycle_ids, self.roots)
        self.assertFalse(call.birthday)
        dropped = self.anna.salon_reminder_ids - call.reminder_ids
        self.assertEqual(dropped.hold, "consent")

    def test_all_reasons_agreed_to_make_one_call(self):
        self._create_visit(self.anna, "2026-02-05")
        self.anna.salon_birthdate = "1990-03-12"
        self._answer(self.anna, "reminder", "promotion")
        call = self._plan_calls()
        self.assertEqual((call.kind, str(call.birthday)), ("reminder", "2026-03-12"))
        self.assertIn("Service reminders", call.explanation)
        self.assertIn("Promotions", call.explanation)

    # ---- withdrawing ----

    def test_a_withdrawal_ends_the_calls_of_its_purpose_only(self):
        self._answer(self.anna, "reminder", "promotion")
        call = self._create_call("birthday")
        self._answer(self.anna, "reminder", decision="withdrawn")
        self.assertEqual(call.state, "open")
        self._answer(self.anna, "promotion", decision="withdrawn")
        self.assertEqual((call.state, call.close_reason), ("cancelled", "consent"))

    def test_a_withdrawal_takes_a_further_reason_off(self):
        self._create_visit(self.anna, "2026-02-05")
        self.anna.salon_birthdate = "1990-03-12"
        self._answer(self.anna, "reminder", "promotion")
        call = self._plan_calls()
        self._answer(self.anna, "promotion", decision="withdrawn")
        self.assertEqual(call.state, "open")
        self.assertFalse(call.birthday)
        self.assertTrue(call.reminder_ids)

    def test_an_expired_further_reason_is_taken_off_by_the_daily_job(self):
        self._create_visit(self.anna, "2026-02-05")
        self.anna.salon_birthdate = "1990-03-14"
        self._answer(self.anna, "reminder")
        self.company.salon_consent_months = 1
        with freeze_time("2026-02-11 09:00:00"):
            self._answer(self.anna, "promotion")
        call = self._plan_calls()
        self.assertTrue(call.birthday)
        with freeze_time("2026-03-12 09:00:00"):
            self.assertEqual(self._plan_calls(), call)
            self.assertFalse(call.birthday)

    def test_do_not_call_ends_every_purpose_and_can_be_undone(self):
        self._answer(self.anna, "reminder", "feedback", "promotion")
        call = self._create_call("lapsed").with_user(self.receptionist)
        outcome = self.env["salon.call.outcome"]._get_default("do_not_call")
        attempt = call._log_attempt(outcome)
        for purpose in ("reminder", "feedback", "promotion"):
            self.assertFalse(self.anna._filter_callable(purpose), purpose)
        attempt.action_undo()
        for purpose in ("reminder", "feedback", "promotion"):
            self.assertTrue(self.anna._filter_callable(purpose), purpose)
        self.assertEqual(call.state, "open")

    def test_a_promised_call_back_keeps_its_purpose(self):
        self._answer(self.anna, "feedback")
        call = self._create_call("lapsed").with_user(self.receptionist)
        outcome = self.env["salon.call.outcome"]._get_default("call_back")
        call._log_attempt(outcome, call_at=datetime(2026, 3, 11, 10))
        self.assertEqual((call.purpose, call.state), ("feedback", "open"))
        self._answer(self.anna, "feedback", decision="withdrawn")
        self.assertEqual(call.state, "cancelled")

    # ---- the upgrade ----

    def _migrate(self, when):
        path = f"salon_reminders/migrations/19.0.1.1.8/{when}-purpose.py"
        script = load_script(file_path(path), f"{when}-purpose")
        self.env.flush_all()
        with patch.object(script, "_logger", create=True) as logger:
            script.migrate(self.env.cr, "19.0.1.1.7")
        self.env.invalidate_all()
        return logger.info.mock_calls

    def _forget(self, purpose):
        """As it was before: nobody was asked about this kind of calls."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """DELETE FROM salon_consent
                    WHERE partner_id = %s AND purpose = %s RETURNING id""",
                self.anna.id,
                purpose,
            )
        )
        self.env.invalidate_all()

    def test_the_upgrade_closes_what_was_not_agreed_to(self):
        self._answer(self.anna, "reminder", "promotion")
        call = self._create_call("birthday")
        bea = self._create_client("Bea", "+36 30 765 4321")
        other = self.env["salon.call"].create({"partner_id": bea.id, "kind": "lapsed"})
        self._forget("promotion")
        before = self.env["salon.consent"].search_count([])
        ((_name, (_text, closed, _all), _options),) = self._migrate("post")
        self.assertEqual((call.state, call.close_reason), ("cancelled", "consent"))
        self.assertEqual(other.state, "open")
        self.assertEqual(closed, 1)
        self.assertEqual(self.env["salon.consent"].search_count([]), before)

    def test_the_upgrade_gives_calls_their_purpose(self):
        self._answer(self.anna, "reminder", "feedback", "promotion")
        purposes = self.env["salon.call"]._get_kind_purposes()
        for kind, purpose in purposes.items():
            call = self._create_call(kind)
            call._close("person", state="cancelled")
            self.env.flush_all()
            self.env.cr.execute(
                SQL("UPDATE salon_call SET purpose = NULL WHERE id = %s", call.id)
            )
            self._migrate("pre")
            self.assertEqual(call.purpose, purpose, kind)

    def test_the_upgrade_renews_the_sentences_that_were_never_changed(self):
        wordings = self.env["salon.consent.wording"]
        wordings.create(
            {
                "purpose": "feedback",
                "text": "May we phone you to ask how you liked your visit?",
            }
        )
        wordings.create({"purpose": "promotion", "text": "Offers?"})
        self._migrate("post")
        self.assertIn("why you stayed away", wordings._get_current("feedback").text)
        self.assertEqual(wordings._get_current("promotion").text, "Offers?")
