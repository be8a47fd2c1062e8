from datetime import date, timedelta

from odoo.tests import freeze_time

from .common import SalonCase

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
