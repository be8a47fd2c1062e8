from odoo.tests import freeze_time

from .test_salon_book import BookCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonFollowUp(BookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_follow_up_days = 2
        cls._book("2026-01-20 09:00", state="done")

    def _follow_up(self, day="2026-03-12"):
        with freeze_time(f"{day} 09:00:00"):
            return self.env["salon.follow.up"]._plan()

    def _miss(self, action="action_no_show"):
        visit = self._book("2026-03-10 09:00")
        self.assertEqual(self.anna.salon_reminder_ids.state, "booked")
        getattr(visit, action)()
        return visit

    def test_the_reminder_comes_back(self):
        for action in ("action_no_show", "action_cancel"):
            self._miss(action)
            self.assertEqual(self.anna.salon_reminder_ids.state, "late")

    def test_missed(self):
        visit = self._miss()
        self.assertFalse(self._follow_up("2026-03-11"))
        call = self._follow_up()
        self.assertEqual((call.kind, call.missed_visit_id), ("missed", visit))
        self.assertEqual(call.reminder_ids, self.anna.salon_reminder_ids)
        self.assertIn("We missed you", call.script)
        self.assertIn("missed and not booked anew", call.explanation)
        self.assertEqual(call._get_last_services(), self.roots_service)
        self.assertFalse(self._follow_up())

    def test_cancelled(self):
        self._miss("action_cancel")
        call = self._follow_up()
        self.assertEqual(call.kind, "cancelled")
        self.assertIn("had to cancel", call.script)

    def test_once(self):
        self._miss()
        self._follow_up().action_cancel()
        self.assertFalse(self._follow_up("2026-03-14"))

    def test_not_who_booked_anew(self):
        self._miss()
        self._book("2026-03-20 09:00")
        self.assertFalse(self._follow_up())

    def test_closed_when_she_books(self):
        self._miss()
        call = self._follow_up()
        self._book("2026-03-20 09:00")
        self.assertEqual((call.state, call.close_reason), ("done", "settled"))

    def test_not_without_consent(self):
        self.anna.action_salon_consent_withdraw()
        self._miss()
        self.assertFalse(self._follow_up())

    def test_not_what_an_import_brings(self):
        self._book("2026-03-09 09:00", state="no_show")
        self.assertFalse(self._follow_up())

    def test_switched_off(self):
        self.company.salon_follow_up_days = 0
        self._miss()
        self.assertFalse(self._follow_up())

    def test_the_daily_job_makes_it_and_no_second_call(self):
        self._miss()
        with freeze_time("2026-03-12 09:00:00"):
            call = self._plan_calls().filtered(lambda c: c.partner_id == self.anna)
        self.assertEqual((len(call), call.kind), (1, "missed"))
