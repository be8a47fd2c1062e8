from collections import Counter
from datetime import datetime

from odoo.tests import freeze_time

from ...tools.answer_hours import best_hour, usual_hour
from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallLadder(CallCase):
    def _local(self, moment):
        return str(self.company._salon_local(moment).replace(tzinfo=None))

    def test_later_today_then_tomorrow_then_unreachable(self):
        self._log("no_answer")
        first = self.call.call_at
        self.assertEqual(self.company._salon_date(first), self.call.date)
        self.assertEqual(str(self.call.date), "2026-03-10")
        self.assertGreaterEqual(self._local(first), "2026-03-10 12:00:00")
        self.assertNotEqual(self.company._salon_local(first).hour, 10)
        self._log("no_answer")
        self.assertEqual(str(self.call.date), "2026-03-11")
        self.assertEqual(self.call.state, "open")
        self._log("no_answer")
        self.assertEqual(self.call.close_reason, "unreachable")
        self.assertEqual(str(self.reminder.skip_until), "2026-03-24")

    def test_activity_follows_the_next_try(self):
        self._log("no_answer")
        self._log("no_answer")
        activity = self.call.activity_ids
        self.assertEqual(str(activity.date_deadline), "2026-03-11")

    def test_hour_at_which_she_answered_is_used(self):
        for day in (1, 2):
            attempt = self._log("call_back", call_at=datetime(2026, 3, 10, 10))
            # 15:00 at the salon, in winter.
            attempt.sudo().write({"date": f"2026-02-0{day} 14:10:00"})
        self.assertEqual(self.call._get_usual_hour(), 15)
        self._log("no_answer")
        self.assertEqual(self._local(self.call.call_at), "2026-03-10 15:00:00")

    def test_undone_answers_teach_nothing(self):
        attempt = self._log("call_back", call_at=datetime(2026, 3, 10, 10))
        attempt.action_undo()
        answered, _missed = self.call._get_answer_hours()
        self.assertFalse(answered)

    @freeze_time("2026-03-10 15:30:00")
    def test_late_in_the_day_it_is_tomorrow(self):
        self._log("no_answer")
        self.assertEqual(str(self.call.date), "2026-03-11")

    @freeze_time("2026-03-13 15:30:00")
    def test_closed_days_are_left_out(self):
        self._log("no_answer")
        self.assertEqual(str(self.call.date), "2026-03-16")

    @freeze_time("2026-03-27 15:30:00")
    def test_across_the_change_of_the_clock(self):
        self._log("no_answer")
        hour = self.company._salon_local(self.call.call_at).hour
        self.assertEqual(str(self.call.date), "2026-03-30")
        self.assertIn(hour, range(8, 17))

    def test_salon_without_hours(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        self._log("no_answer")
        self.assertEqual(str(self.call.date), "2026-03-10")
        self.assertTrue(self.company._salon_is_open(datetime(2026, 3, 10, 2)))

    def test_salon_that_never_opens_again(self):
        self.env["resource.calendar.leaves"].create(
            {
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-03-01 00:00:00",
                "date_to": "2026-05-01 00:00:00",
            }
        )
        self._log("no_answer")
        self.assertEqual(str(self.call.date), "2026-03-11")

    def test_moving_the_day_keeps_the_hour(self):
        self.call.call_at = datetime(2026, 3, 10, 15)
        self.call.date = "2026-04-02"
        self.assertEqual(self._local(self.call.call_at), "2026-04-02 16:00:00")
        self.call.call_at = datetime(2026, 3, 11, 23, 30)
        self.assertEqual(str(self.call.date), "2026-03-12")


class TestAnswerHours(CallCase):
    def test_best_hour(self):
        self.assertIsNone(best_hour([], Counter(), Counter()))
        self.assertEqual(best_hour([9, 14, 17], Counter(), Counter({10: 1})), 17)
        self.assertEqual(best_hour([9, 14, 17], Counter({14: 1}), Counter({10: 1})), 14)
        missed = Counter({14: 3, 10: 1})
        self.assertEqual(best_hour([9, 14, 18], Counter({14: 1}), missed), 18)
        self.assertEqual(best_hour([12, 9], Counter(), Counter()), 9)

    def test_usual_hour(self):
        self.assertIsNone(usual_hour(Counter({9: 1})))
        self.assertEqual(usual_hour(Counter({9: 1, 17: 1, 18: 1})), 17)
