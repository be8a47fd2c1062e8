from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import SalonCase

TODAY = date(2026, 3, 10)


@freeze_time("2026-03-10 09:00:00")
class TestSalonDryRun(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.env["res.partner"]

    def _fill_salon(self, last_visits):
        """Create one client with consent per date of her last visit."""
        for number, day in enumerate(last_visits):
            client = self._create_client(f"Client {number}", f"+36 30 200 {number:04}")
            self._create_visit(client, day.isoformat())
            self.clients += client

    def _forecast(self):
        return self.env["salon.call.forecast"]._get_forecast()

    def _play_days(self, days):
        """Run the daily job on each day; return the new calls and the backlog."""
        found = []
        for ahead in range(days):
            with freeze_time(f"{TODAY + timedelta(days=ahead)} 09:00:00"):
                before = self._get_open_calls()
                new = self._plan_calls() - before
                waiting = self.env["salon.reminder"].search([("hold", "=", "quota")])
                found.append((len(new), len(waiting.partner_id)))
        return found

    def _spread(self):
        """Return last visits on which calls come due from the past into two weeks."""
        return [TODAY - timedelta(days=15 + number // 2 * 2) for number in range(30)]

    def test_forecast_is_what_the_daily_jobs_do(self):
        self.company.salon_daily_quota = 3
        self._fill_salon(self._spread())
        forecast = self._forecast()
        self.assertEqual(len(forecast), 29)
        self.assertEqual(self._play_days(12), forecast[:12])
        self.assertGreater(len({day.backlog for day in forecast}), 3)

    def test_without_limit(self):
        self._fill_salon(self._spread())
        forecast = self._forecast()
        self.assertEqual(self._play_days(12), forecast[:12])
        self.assertFalse(any(day.backlog for day in forecast))
        self.assertEqual(sum(day.calls for day in forecast), 30)

    def test_open_calls_booking_pause_skip_and_gap(self):
        self.company.salon_daily_quota = 2
        self._fill_salon([TODAY - timedelta(days=34)] * 10)
        called, booked, paused, skipped, stopped, *_rest = self.clients
        reminders = self.clients.salon_reminder_ids.grouped("partner_id")
        self._create_visit(booked, "2026-03-14", state="booked")
        reminders[paused].pause_until = "2026-03-16"
        reminders[skipped].skip_until = "2026-03-17"
        reminders[stopped].is_stopped = True
        self._create_attempt(called, "2026-03-01 10:00:00")
        forecast = self._forecast()
        # The first day takes two, the pause and the booking end, then the contact gap.
        self.assertEqual(self._play_days(12), forecast[:12])
        self.assertEqual(sum(day.calls for day in forecast), 9)

    def _create_attempt(self, client, moment):
        call = self.env["salon.call"].create(
            {
                "partner_id": client.id,
                "company_id": self.company.id,
                "state": "done",
                "date": moment[:10],
                "opened_date": moment[:10],
            }
        )
        self.env["salon.call.attempt"].create(
            {
                "call_id": call.id,
                "outcome_id": self.env["salon.call.outcome"].search([], limit=1).id,
                "date": moment,
            }
        )

    def test_birthdays_pass(self):
        self.company.salon_daily_quota = 1
        self.company.salon_birthday_days = 3
        self._fill_salon([date(2026, 3, 1)] * 6)
        for number, client in enumerate(self.clients):
            client.salon_birthdate = f"199{number}-03-{14 + number // 4}"
        forecast = self._forecast()
        calls = [day.calls for day in forecast]
        # Who waits for her birthday alone has no reminder that could tell.
        self.assertEqual([new for new, _left in self._play_days(12)], calls[:12])
        self.assertEqual(sum(calls[:9]), 5)
        self.assertFalse(forecast[8].backlog)

    def test_held_back_stay_so_and_a_number_is_called_once(self):
        anna = self._create_client("Anna", consent=False)
        bea, cleo = (self._create_client(name) for name in ("Bea", "Cleo"))
        for client in (anna, bea, cleo):
            self._create_visit(client, "2026-02-10")
        forecast = self._forecast()
        self.assertEqual(sum(day.calls for day in forecast), 1)
        self.assertEqual(self._play_days(3), forecast[:3])

    def test_constant_queries(self):
        counts = []
        for _turn in range(2):
            self._fill_salon(self._spread())
            self._forecast()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._forecast()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[0], 25)

    # ------------------------------------------------------------
    # TRYING
    # ------------------------------------------------------------

    def _open_dry_run(self, user=None, company=None, **values):
        runs = self.env["salon.dry.run"].with_user(user or self.manager)
        return runs.browse(runs._open(self.roots, company, values)["res_id"])

    def test_a_change_of_the_cycle_does_what_was_shown(self):
        self.company.salon_daily_quota = 4
        self._fill_salon(self._spread())
        run = self._open_dry_run(ideal_days=28, lead_days=3)
        run.salon_daily_quota = 3
        run.action_calculate()
        week = run.line_ids[2]
        self.assertNotEqual(week.calls_new, week.calls_now)
        run.action_apply()
        self.assertEqual((self.roots.ideal_days, self.roots.lead_days), (28, 3))
        self.assertEqual(self.company.salon_daily_quota, 3)
        played = self._play_days(8)
        self.assertEqual(run.line_ids[0].calls_new, played[0][0])
        self.assertEqual(run.line_ids[1].calls_new, played[1][0])
        self.assertEqual(week.calls_new, sum(calls for calls, _left in played[1:]))
        self.assertEqual(week.backlog_new, played[7][1])

    def test_nothing_is_saved(self):
        self._fill_salon(self._spread())
        reminders = self.clients.salon_reminder_ids
        before = reminders.read(), self.roots.read(), self._get_rules()
        run = self._open_dry_run(ideal_days=28, salon_daily_quota=1)
        run.action_calculate()
        self.env.invalidate_all()
        self.assertEqual(
            (reminders.read(), self.roots.read(), self._get_rules()), before
        )
        self.assertEqual((run.ideal_days, run.salon_daily_quota), (28, 1))
        self.assertFalse(self._get_open_calls())

    def _get_rules(self):
        return self.company.read(["salon_daily_quota", "salon_contact_gap_days"])

    def test_wrong_days_are_refused_and_leave_no_trace(self):
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(Exception, "days"):
            self._open_dry_run(ideal_days=90)
        self.assertEqual(self.roots.ideal_days, 35)

    def test_values_must_be_shown_before_they_are_applied(self):
        run = self._open_dry_run()
        self.assertEqual((run.is_tried, run.is_changed), (True, False))
        run.ideal_days = 30
        self.assertEqual((run.is_tried, run.is_changed), (False, True))
        run.action_calculate()
        self.assertEqual((run.is_tried, run.is_changed), (True, True))

    def test_receptionist_is_refused(self):
        with self.assertRaises(AccessError):
            self._open_dry_run(self.receptionist)
        with self.assertRaises(AccessError):
            self.roots.with_user(self.receptionist).action_try_days()

    def test_salon_of_others_is_refused(self):
        other = self._create_company("Other")
        with self.assertRaises(AccessError):
            self._open_dry_run(company=other)
