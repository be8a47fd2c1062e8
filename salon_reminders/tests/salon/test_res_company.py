from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from ..common import SalonCase


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


@freeze_time("2026-03-10 09:00:00")
class TestSalonClockChanges(SalonCase):
    """Reminders follow the salon's time zone and open days at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.company.resource_calendar_id
        cls.anna = cls._create_client("Anna")
        cls._create_visit(cls.anna, "2026-02-09", start="2026-02-09 23:30:00")
        cls.reminder = cls.anna.salon_reminder_ids

    def test_time_zone(self):
        self.assertEqual(self.reminder.last_date, date(2026, 2, 10))
        due = self.reminder.due_date
        self.hours.tz = "UTC"
        self.assertEqual(self.reminder.last_date, date(2026, 2, 9))
        self.assertEqual(self.reminder.due_date, due - timedelta(days=1))

    def test_other_working_hours(self):
        self.company.resource_calendar_id = self.hours.copy({"tz": "UTC"})
        self.assertEqual(self.reminder.last_date, date(2026, 2, 9))

    def test_time_zone_of_another_salon(self):
        other = self._create_company("Other")
        other.resource_calendar_id = self.hours.copy({"tz": "Europe/Budapest"})
        other.resource_calendar_id.tz = "UTC"
        self.assertEqual(self.reminder.last_date, date(2026, 2, 10))

    def test_without_working_hours(self):
        self.company.partner_id.tz = "UTC"
        self.assertEqual(self.reminder.last_date, date(2026, 2, 10))
        self.company.resource_calendar_id = False
        self.assertEqual(self.reminder.last_date, date(2026, 2, 9))
        self.company.partner_id.tz = "Europe/Budapest"
        self.assertEqual(self.reminder.last_date, date(2026, 2, 10))

    def test_today_moves_back(self):
        """It is the 10th in Budapest and still the 9th in Los Angeles."""
        with freeze_time("2026-03-10 01:00:00"):
            self.reminder.pause_until = "2026-03-10"
            self.assertEqual(self.reminder.state, "due")
            self.hours.tz = "America/Los_Angeles"
            self.assertEqual(self.reminder.state, "paused")

    def test_cost_does_not_grow(self):
        def change(tz):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.hours.tz = tz
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few = change("UTC")
        change("Europe/Budapest")
        clients = [self._create_client(f"C{n}", phone=False) for n in range(30)]
        for client in clients:
            self._create_visit(client, "2026-02-09", start="2026-02-09 23:30:00")
        self.assertLessEqual(change("UTC"), few + 2)


@freeze_time("2026-03-10 09:00:00")
class TestSalonDays(SalonCase):
    """Due dates keep off closed days, and stay off them when these are past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Always open", "tz": "Europe/Budapest", "attendance_ids": []}
        )
        cls.anna = cls._create_client("Anna")
        # Mondays, and a rhythm that ends on a Wednesday.
        for day in ("2025-11-03", "2025-12-01", "2026-01-12", "2026-02-16"):
            cls._create_visit(cls.anna, day)
        cls.reminder = cls.anna.salon_reminder_ids
        cls.env["salon.cycle.norm"].create(
            {
                "company_id": cls.company.id,
                "cycle_id": cls.roots.id,
                "gaps": [37] * 9,
                "client_count": 200,
            }
        )
        cls.env["salon.reminder.engine"]._refresh(partners=cls.anna)
        cls.monday = cls.reminder.due_date

    def _close(self, day):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "company_id": self.company.id,
                "calendar_id": False,
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 22:00:00",
            }
        )

    def _assert_unmoved(self):
        unmoved = self.reminder.last_date + timedelta(days=self.reminder.rhythm_days)
        self.assertEqual(self.reminder.due_date, unmoved)
        self.assertNotEqual(self.reminder.due_date, self.monday)

    def test_closing_a_day_moves_due_dates_at_once(self):
        leave = self._close(self.monday)
        self._assert_unmoved()
        leave.unlink()
        self.assertEqual(self.reminder.due_date, self.monday)

    def test_another_day_changes_nothing(self):
        self._close(self.monday - timedelta(days=1))
        self.assertEqual(self.reminder.due_date, self.monday)

    def test_a_past_closed_day_is_remembered(self):
        self._close(self.monday)
        with freeze_time("2026-06-10 09:00:00"):
            self.env["salon.reminder.engine"]._refresh(partners=self.anna)
            self._assert_unmoved()

    def test_new_working_hours(self):
        hours = self.company.resource_calendar_id
        opened = {"name": "Open", "hour_from": 9, "hour_to": 17}
        hours.attendance_ids = [(0, 0, {**opened, "dayofweek": "2"})]
        self._assert_unmoved()
        hours.attendance_ids = [(0, 0, {**opened, "dayofweek": "0"})]
        self.assertEqual(self.reminder.due_date, self.monday)
        hours.attendance_ids[-1].unlink()
        self._assert_unmoved()
