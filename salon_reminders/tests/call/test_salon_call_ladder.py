from collections import Counter
from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import mute_logger

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

    # ---- who never answers ----

    def _leave_unanswered(self, *days):
        """Let nobody answer the calls that are planned on these days."""
        for day in days:
            with freeze_time(f"{day} 09:00:00"):
                self._plan_calls()
                call = self._get_open_calls()
                for _try in range(self.company.salon_max_attempts):
                    self._log("no_answer", call=call)

    def _is_planned(self, day):
        with freeze_time(f"{day} 09:00:00"):
            return bool(self._plan_calls())

    def test_rest_doubles_from_the_second_unreachable_call_on(self):
        self._leave_unanswered("2026-03-10")
        self.assertFalse(self._is_planned("2026-03-23"))
        # After the first one the contact gap of 14 days.
        self._leave_unanswered("2026-03-24")
        self.assertFalse(self._is_planned("2026-04-20"))
        self.assertEqual(self.reminder.hold, "unreachable")
        with freeze_time("2026-04-20 09:00:00"):
            self.assertIn("nobody answered", self.anna.salon_call_status)
            self.assertFalse(self.anna.salon_is_unreachable)
        # Twice it, then four times.
        self._leave_unanswered("2026-04-21")
        self.assertFalse(self._is_planned("2026-06-15"))
        self.assertTrue(self._is_planned("2026-06-16"))

    def _become_unreachable(self):
        self._leave_unanswered("2026-03-10", "2026-03-24", "2026-04-21", "2026-06-16")

    def _get_unreachable(self):
        partners = self.env["res.partner"].with_user(self.receptionist)
        return partners.search([("salon_is_unreachable", "=", True)])

    def test_after_the_fourth_one_look_per_half_year(self):
        self._become_unreachable()
        with freeze_time("2026-06-16 12:00:00"):
            self.assertEqual(self._get_unreachable(), self.anna)
            self.assertTrue(self.anna.salon_is_unreachable)
        self.assertFalse(self._is_planned("2026-12-14"))
        self._leave_unanswered("2026-12-15")
        self.assertFalse(self._is_planned("2027-06-14"))
        self.assertTrue(self._is_planned("2027-06-15"))

    def test_setting_of_the_salon(self):
        self.company.salon_unreachable_calls = 2
        self._leave_unanswered("2026-03-10", "2026-03-24")
        self.assertEqual(self._get_unreachable(), self.anna)
        self.assertFalse(self._is_planned("2026-04-21"))
        self.company.salon_unreachable_calls = 0
        self.assertFalse(self._get_unreachable())
        self.assertTrue(self._is_planned("2026-04-21"))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.salon_unreachable_calls = -1
            self.env.flush_all()

    def test_a_corrected_number_starts_anew(self):
        self._become_unreachable()
        self.anna.phone = "+36 30 765 4321"
        self.assertFalse(self._get_unreachable())
        # The client's own contact gap holds, whatever the number.
        self.assertFalse(self._is_planned("2026-06-29"))
        self.assertTrue(self._is_planned("2026-06-30"))

    def test_an_own_visit_starts_anew(self):
        self._become_unreachable()
        with freeze_time("2026-06-20 09:00:00"):
            self._create_visit(self.anna, "2026-06-20")
        self.assertFalse(self._get_unreachable())
        self.assertTrue(self._is_planned("2026-08-01"))

    def test_an_answer_starts_anew(self):
        self._leave_unanswered("2026-03-10", "2026-03-24")
        with freeze_time("2026-04-21 09:00:00"):
            self._plan_calls()
            answered = self._log("declined", call=self._get_open_calls())
            self.reminder.sudo().skip_until = False
        self._leave_unanswered("2026-05-05")
        self.assertTrue(self._is_planned("2026-05-19"))
        # What was undone was never said: three in a row.
        answered.sudo().undone_at = "2026-04-21 10:00:00"
        self._get_open_calls().action_cancel()
        self.reminder.sudo().skip_until = False
        self.assertFalse(self._is_planned("2026-06-29"))
        self.assertTrue(self._is_planned("2026-06-30"))

    def test_a_call_that_was_undone_is_none(self):
        self._leave_unanswered("2026-03-10", "2026-03-24")
        with freeze_time("2026-03-24 10:00:00"):
            last = self.env["salon.call"].search([], order="id desc", limit=1)
            last.with_user(self.receptionist).action_undo()
            self.assertEqual(last.state, "open")
            last.with_user(self.receptionist).action_cancel()
        self.assertTrue(self._is_planned("2026-04-07"))

    def test_a_missed_visit_is_called_about_all_the_same(self):
        self.company.salon_follow_up_days = 1
        self._leave_unanswered("2026-03-10", "2026-03-24")
        with freeze_time("2026-04-07 09:00:00"):
            visit = self._create_visit(self.anna, "2026-04-07", state="booked")
            visit.action_no_show()
        self.assertTrue(self._is_planned("2026-04-08"))
        self.assertEqual(self._get_open_calls().kind, "missed")

    def test_other_salons_know_nothing_of_it(self):
        self._become_unreachable()
        other = self._create_company("Other")
        partners = self.env["res.partner"].with_company(other)
        self.assertFalse(partners.search([("salon_is_unreachable", "=", True)]))

    @users("t_vera")
    def test_stylists_do_not_ask(self):
        with self.assertRaises(AccessError):
            self.env["res.partner"].search([("salon_is_unreachable", "=", True)])

    def test_the_forecast_knows_the_rest(self):
        self._leave_unanswered("2026-03-10", "2026-03-24")
        with freeze_time("2026-04-10 09:00:00"):
            days = self.env["salon.call.forecast"]._get_forecast()
        calls = [number for number, day in enumerate(days) if day.calls]
        self.assertEqual(calls, [11])

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
