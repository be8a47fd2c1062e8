from datetime import date, datetime

from odoo.tests import freeze_time

from .common import SalonCase


class TestSalonClock(SalonCase):
    def test_today_is_the_salons(self):
        with freeze_time("2026-03-10 23:30:00"):
            self.assertEqual(self.company._salon_today(), date(2026, 3, 11))
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        with freeze_time("2026-03-11 06:30:00"):
            self.assertEqual(self.company._salon_today(), date(2026, 3, 10))

    def test_daylight_saving(self):
        utc = self.company._salon_utc
        # 02:30 does not exist on 29 March 2026 in Budapest: it is 03:30 then.
        self.assertEqual(
            utc(datetime(2026, 3, 29, 2, 30)), datetime(2026, 3, 29, 1, 30)
        )
        # 02:30 comes twice on 25 October: the first one is meant.
        self.assertEqual(
            utc(datetime(2026, 10, 25, 2, 30)), datetime(2026, 10, 25, 0, 30)
        )
        self.assertEqual(utc(datetime(2026, 7, 1, 10)), datetime(2026, 7, 1, 8))
        self.assertEqual(utc(datetime(2026, 1, 1, 10)), datetime(2026, 1, 1, 9))

    def test_without_working_hours(self):
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = "Asia/Tokyo"
        with freeze_time("2026-03-10 16:00:00"):
            self.assertEqual(self.company._salon_today(), date(2026, 3, 11))
        self.company.partner_id.tz = False
        with freeze_time("2026-03-10 16:00:00"):
            self.assertEqual(self.company._salon_today(), date(2026, 3, 10))

    def test_visit_date_follows_the_clock(self):
        anna = self._create_client("Anna")
        visit = self._create_visit(anna, "2026-03-09", start="2026-03-09 23:30:00")
        self.assertEqual(visit.date, date(2026, 3, 10))
        self.company.resource_calendar_id.tz = "UTC"
        self.assertEqual(visit.date, date(2026, 3, 9))
