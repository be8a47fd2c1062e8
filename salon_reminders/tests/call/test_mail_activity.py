from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestMailActivity(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.petra = cls._create_user("petra", "group_receptionist")
        cls.activity = cls.call.activity_ids
        cls.mine = cls.activity.with_user(cls.receptionist)

    def test_rescheduling_the_activity_moves_the_call(self):
        self.call.call_at = "2026-03-10 15:00:00"
        self.mine.date_deadline = "2026-03-19"
        self.assertEqual(str(self.call.date), "2026-03-19")
        self.assertEqual(str(self.call.call_at), "2026-03-19 15:00:00")
        self.mine.action_reschedule_tomorrow()
        self.assertEqual(str(self.call.date), "2026-03-11")

    def test_rescheduling_the_call_moves_the_activity(self):
        self.call.date = "2026-03-19"
        self.assertEqual(str(self.activity.date_deadline), "2026-03-19")
        self.call.call_at = "2026-03-20 15:00:00"
        self.assertEqual(str(self.activity.date_deadline), "2026-03-20")

    def test_reassigning_either_side(self):
        self.mine.user_id = self.petra
        self.assertEqual(self.call.user_id, self.petra)
        self.call.user_id = self.receptionist
        self.assertEqual(self.activity.user_id, self.receptionist)

    def test_other_activities_leave_the_call_alone(self):
        other = self.call.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.petra.id
        )
        other.date_deadline = "2026-03-25"
        other.unlink()
        self.assertEqual(str(self.call.date), "2026-03-10")
        self.assertEqual(self.call.state, "open")
        self.call.date = "2026-03-12"
        self.assertEqual(str(self.activity.date_deadline), "2026-03-12")

    def test_done_asks_for_the_outcome(self):
        action = self.mine.action_done()
        self.assertEqual(action["res_model"], "salon.call.log")
        self.assertEqual(action["context"]["default_call_id"], self.call.id)
        self.assertEqual(self.call.claim_user_id, self.receptionist)
        for method in ("action_feedback", "action_feedback_schedule_next"):
            with self.assertRaisesRegex(UserError, "choose the outcome"):
                getattr(self.mine, method)()
        self.assertTrue(self.activity.active)

    def test_several_done_at_once_name_the_calls(self):
        other = self._create_due_call("Bea", "+36 30 123 4568")
        both = self.activity | other.activity_ids
        with self.assertRaisesRegex(UserError, "Bea"):
            both.with_user(self.receptionist).action_done()

    def test_outcome_closes_the_activity(self):
        self._log("declined")
        self.assertFalse(self.activity.active)
        self.assertEqual(self.activity.state, "done")

    def test_cancelling_takes_the_call_off_the_list(self):
        self.mine.action_cancel()
        self.assertEqual(self.call.state, "cancelled")
        self.assertEqual(self.call.close_reason, "person")
        self.assertFalse(self._plan_calls())

    def test_archived_user_hands_over(self):
        self.company.resource_calendar_id.tz = "Europe/Budapest"
        others = [
            self._create_due_call(f"Bea {number}", f"+36 30 123 457{number}")
            for number in range(3)
        ]
        self.receptionist.action_archive()
        calls = self.call.union(*others)
        self.assertEqual(set(calls.mapped("state")), {"open"})
        self.assertNotIn(self.receptionist, calls.user_id)
        self.assertTrue(all(call.user_id for call in calls))
        self.assertEqual(len(calls.activity_ids), 4)
        for call in calls:
            self.assertEqual(call.activity_ids.user_id, call.user_id)

    def test_without_receptionists_calls_belong_to_nobody(self):
        group = self.env.ref("salon_reminders.group_stylist")
        self.env["res.users"].search(
            [("all_group_ids", "in", group.ids), ("share", "=", False)]
        ).filtered(lambda user: user not in self.env.user).active = False
        calls = self.call
        self.assertEqual(calls.state, "open")
        self.assertEqual(len(calls.activity_ids), 1)
