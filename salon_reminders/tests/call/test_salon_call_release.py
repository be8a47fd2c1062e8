from datetime import date, timedelta

from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallRelease(SalonCase):
    """What is paused, stopped or skipped leaves the open call at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cut = cls._create_cycle("Cut", (21, 35, 49))
        cls.cut_service = cls._create_service("Cut", cls.cut)
        cls.anna = cls._create_client("Anna")

    def _open_call(self, products):
        self._create_visit(self.anna, "2026-02-01", products)
        return self._plan_calls()

    def _get_reminder(self, cycle):
        return self.anna.salon_reminder_ids.filtered(lambda r: r.cycle_id == cycle)

    def _pause(self, reminder, until="2026-04-01"):
        wizard = self.env["salon.reminder.pause"].create(
            {
                "reminder_ids": reminder.ids,
                "pause_until": until,
                "pause_reason": "Abroad",
            }
        )
        wizard.action_pause()

    def test_the_only_reason_closes_the_call(self):
        for put_off in ("action_stop", "action_skip", "pause"):
            with self.subTest(put_off):
                call = self._open_call(self.roots_service)
                reminder = self._get_reminder(self.roots)
                if put_off == "pause":
                    self._pause(reminder)
                else:
                    getattr(reminder, put_off)()
                self.assertEqual(call.state, "cancelled")
                self.assertEqual(call.close_reason, "put_off")
                self.assertTrue(call.closed_at)
                self.assertEqual(call.reminder_ids, reminder)
                self.assertFalse(call.activity_ids)
                self.assertFalse(self._plan_calls())
                reminder.action_resume()

    def _learn_gaps(self, days):
        """Let her rhythm become so long, as after the norms were learned anew."""
        gaps = [days] * 9
        norms = {(self.company.id, self.roots.id): {"gaps": gaps, "client_count": 40}}
        self.env["salon.cycle.norm"]._write_norms(norms)
        self.env["salon.reminder.engine"]._refresh()
        self.env["salon.call"]._follow_reminders()

    def test_due_later_than_was_thought(self):
        call = self._open_call(self.roots_service)
        self.assertTrue(call)
        self._learn_gaps(60)
        self.assertEqual(call.close_reason, "not_due")
        self.assertEqual(call.state, "cancelled")
        self.assertFalse(self._plan_calls())

    def test_due_later_but_promised(self):
        call = self._open_call(self.roots_service)
        call.priority = "1"
        self._learn_gaps(60)
        self.assertEqual(call.state, "open")

    def test_due_later_but_tried(self):
        call = self._open_call(self.roots_service)
        no_answer = self.env["salon.call.outcome"].search(
            [("kind", "=", "no_answer")], limit=1
        )
        call._log_attempt(no_answer)
        self._learn_gaps(60)
        self.assertEqual(call.state, "open")

    def test_call_moves_with_due_date(self):
        call = self._open_call(self.roots_service)
        before = call.due_date
        self._learn_gaps((before - date(2026, 2, 1)).days - 3)
        self.assertEqual(call.state, "open")
        self.assertEqual(call.due_date, before - timedelta(days=3))
        self.assertEqual(call.days_over, (date(2026, 3, 10) - call.due_date).days)

    def test_one_of_two_leaves_the_call(self):
        call = self._open_call(self.roots_service + self.cut_service)
        roots, cut = map(self._get_reminder, (self.roots, self.cut))
        self._pause(roots)
        self.assertEqual(call.state, "open")
        self.assertEqual(call.reminder_ids, cut)
        self.assertIn("Roots", call.message_ids[0].body)
        cut.action_stop()
        self.assertEqual(call.close_reason, "put_off")

    def test_what_is_only_bundled_does_not_keep_the_call(self):
        self._create_visit(self.anna, "2026-02-13", self.cut_service)
        call = self._open_call(self.roots_service)
        self.assertEqual(len(call.reminder_ids), 2)
        self._get_reminder(self.roots).action_stop()
        self.assertEqual(call.close_reason, "put_off")

    def test_a_birthday_or_a_promise_keeps_the_call(self):
        for values in ({"birthday": "2026-03-12"}, {"priority": "1"}):
            with self.subTest(values):
                call = self._open_call(self.roots_service)
                call.write(values)
                self._get_reminder(self.roots).action_skip()
                self.assertEqual(call.state, "open")
                self.assertFalse(call.reminder_ids)
                call.action_cancel()
                self._get_reminder(self.roots).action_resume()

    def test_outcome_of_the_call_itself_closes_it(self):
        call = self._open_call(self.roots_service)
        outcome = self.env["salon.call.outcome"]._get_default("declined")
        call._log_attempt(outcome, stop=True)
        self.assertEqual((call.state, call.close_reason), ("done", "outcome"))
        self.assertTrue(call.reminder_ids)

    def test_receptionist(self):
        call = self._open_call(self.roots_service)
        self._get_reminder(self.roots).with_user(self.receptionist).action_skip()
        self.assertEqual(call.close_reason, "put_off")

    def test_resumed_comes_back(self):
        call = self._open_call(self.roots_service)
        reminder = self._get_reminder(self.roots)
        reminder.action_skip()
        reminder.action_resume()
        self.assertEqual(self._plan_calls().reminder_ids, reminder)
        self.assertEqual(call.state, "cancelled")
