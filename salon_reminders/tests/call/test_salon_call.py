from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCall(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls._create_visit(cls.anna, "2026-02-05")
        cls.reminder = cls.anna.salon_reminder_ids
        cls.call = cls.env["salon.call"].create(
            {
                "partner_id": cls.anna.id,
                "reminder_ids": cls.reminder.ids,
                "due_date": cls.reminder.due_date,
                "user_id": cls.receptionist.id,
                "stylist_id": cls.stylist.id,
            }
        )

    def _log(self, kind, **vals):
        """Log an outcome as the current user does, through the dialog."""
        call = self.call.with_user(self.env.user)
        action = call.with_context(salon_outcome_kind=kind).action_log()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        for name, value in vals.items():
            form[name] = value
        form.save().action_log()
        self.env.invalidate_all()

    def test_reads_well(self):
        call = self.call.with_user(self.receptionist)
        self.assertIn("Roots: last visit", call.explanation)
        self.assertIn("Agreed to calls", call.explanation)
        self.assertIn("Anna", call.script)
        self.assertIn("t_recep", call.script)
        self.assertNotIn("{", call.script)
        self.assertEqual(call.last_visit_ids, self.anna.salon_visit_ids)

    def test_text_of_the_due_date(self):
        self.assertIn("due 03/12/2026, in 2 days", self.call.explanation)
        for day, text in (("11", "tomorrow"), ("12", "today"), ("13", "yesterday")):
            with freeze_time(f"2026-03-{day} 09:00:00"):
                self.env.invalidate_all()
                self.assertIn(f"due 03/12/2026, {text}.", self.call.explanation)
        with freeze_time("2026-03-15 09:00:00"):
            self.env.invalidate_all()
            self.assertIn("due 03/12/2026, 3 days ago", self.call.explanation)

    def test_one_open_call_per_client(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.env["salon.call"].create({"partner_id": self.anna.id})
            self.env.flush_all()

    def test_no_call_without_consent(self):
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["salon.call"].create({"partner_id": bea.id})
        bea.action_salon_consent_give()
        self.assertTrue(self.env["salon.call"].create({"partner_id": bea.id}).phone)

    @users("t_recep")
    def test_closed_call_takes_no_outcome(self):
        call = self.call.with_user(self.env.user)
        for _try in range(self.company.salon_max_attempts):
            call.action_no_answer()
        self.assertEqual(call.close_reason, "unreachable")
        self.assertEqual(call.attempt_ids.user_id, self.env.user)
        with self.assertRaises(UserError):
            call.action_no_answer()

    @users("t_recep")
    def test_booked(self):
        self._log("booked", start="2026-03-17 09:00:00", note="Glad to come")
        call = self.call
        self.assertEqual(call.state, "done")
        self.assertEqual(call.close_reason, "outcome")
        visit = call.visit_id
        self.assertEqual(visit.partner_id, self.anna)
        self.assertEqual(visit.stylist_id, self.stylist)
        self.assertEqual(visit.line_ids.product_id, self.roots_service)
        self.assertEqual(visit.call_id, call)
        self.assertEqual(self.reminder.state, "booked")
        self.assertFalse(call.activity_ids)
        self.assertEqual(call.attempt_ids.note, "Glad to come")

    @users("t_recep")
    def test_booking_in_the_past_is_refused(self):
        with self.assertRaises(UserError):
            self._log("booked", start="2026-03-10 08:00:00")
        self.assertEqual(self.call.state, "open")
        self.assertFalse(self.call.attempt_ids)

    @users("t_recep")
    def test_call_back(self):
        self._log("call_back", call_at="2026-03-16 09:30:00")
        self.assertEqual(self.call.state, "open")
        self.assertEqual(str(self.call.date), "2026-03-16")
        self.assertEqual(self.call.priority, "1")
        self.assertEqual(self.call.user_id, self.env.user)
        with self.assertRaises(UserError):
            self._log("call_back", call_at="2026-03-09 09:00:00")

    @users("t_recep")
    def test_declined_once(self):
        self._log("declined")
        self.assertEqual(self.call.state, "done")
        self.assertEqual(str(self.reminder.skip_until), "2026-04-14")
        self.assertFalse(self.reminder.is_stopped)

    @users("t_recep")
    def test_declined_for_good(self):
        self._log("declined", stop=True)
        self.assertEqual(self.reminder.state, "stopped")

    @users("t_recep")
    def test_do_not_call(self):
        self._log("do_not_call", note="Rather not")
        self.assertEqual(self.call.state, "done")
        self.assertEqual(self.call.outcome_kind, "do_not_call")
        self.assertEqual(self.anna.salon_call_consent, "withdrawn")
        newest = self.anna.salon_consent_ids[0]
        self.assertEqual(newest.method, "phone")
        self.assertEqual(newest.user_id, self.env.user)

    def test_skip_is_forgotten_at_the_next_visit(self):
        self.reminder.skip_until = "2026-06-01"
        self._create_visit(self.anna, "2026-03-09")
        self.assertFalse(self.reminder.skip_until)

    def test_booking_another_way_settles_the_call(self):
        self._create_visit(self.anna, "2026-03-20", state="booked")
        self.assertEqual(self.call.state, "done")
        self.assertEqual(self.call.close_reason, "settled")
        self.assertFalse(self.call.activity_ids)

    def test_visit_settles_the_call(self):
        self._create_visit(self.anna, "2026-03-10")
        self.assertEqual(self.call.close_reason, "settled")

    def test_calls_are_kept(self):
        with self.assertRaises(UserError):
            self.call.unlink()

    def test_activity_asks_for_the_outcome(self):
        activity = self.call.activity_ids.with_user(self.receptionist)
        with self.assertRaises(UserError):
            activity.action_feedback()
        self.assertTrue(activity.active)

    def test_handing_over_moves_the_activity(self):
        second = self._create_user("recep2", "group_receptionist")
        self.call.with_user(self.receptionist).user_id = second
        self.assertEqual(self.call.activity_ids.user_id, second)

    def test_missing_outcome_says_what_to_do(self):
        self.env["salon.call.outcome"].search([]).action_archive()
        with self.assertRaisesRegex(UserError, "Call outcomes"):
            self.call.action_no_answer()
