from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, freeze_time, users

from ...tools.time_zones import (
    fits_country,
    get_country_zones,
    keep_same_time,
)
from ..common import SalonCase

MARCH = datetime(2026, 3, 10)


class TestTimeZones(BaseCase):
    def test_other_names_for_the_same_time(self):
        for first, second in (
            ("Europe/Budapest", "Europe/Brussels"),
            ("US/Pacific", "America/Los_Angeles"),
            ("Asia/Kolkata", "Asia/Calcutta"),
            ("UTC", "Atlantic/Reykjavik"),
        ):
            self.assertTrue(keep_same_time(first, second, MARCH), first)

    def test_clocks_that_agree_for_a_part_of_the_year(self):
        for first, second in (
            # The same in winter.
            ("UTC", "Europe/London"),
            ("America/Phoenix", "America/Denver"),
            # The same but for the days in which only one of them has changed.
            ("Asia/Jerusalem", "Europe/Athens"),
        ):
            self.assertFalse(keep_same_time(first, second, MARCH), first)
            # Whichever day of the year it is.
            self.assertFalse(keep_same_time(first, second, datetime(2026, 12, 5)))

    def test_country(self):
        self.assertEqual(get_country_zones("HU"), ["Europe/Budapest"])
        self.assertTrue(fits_country("Europe/Vienna", "HU", MARCH))
        self.assertTrue(fits_country("America/Chicago", "US", MARCH))
        self.assertFalse(fits_country("Europe/Brussels", "US", MARCH))
        # Nothing is known of these.
        self.assertEqual(get_country_zones(False), [])
        self.assertTrue(fits_country("Europe/Brussels", "XK", MARCH))


@freeze_time("2026-03-10 09:00:00")
class TestSalonClockSettings(SalonCase):
    """The manager sees the salon's clock, is asked when it is wrong, and sets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.company.resource_calendar_id
        cls.stylist.write({"company_id": cls.company.id, "tz": "Europe/Budapest"})
        cls.settings = cls.company.with_user(cls.manager)
        cls.other = cls._create_company("Salon San Francisco")
        cls.other.country_id = cls.env.ref("base.us")
        cls.other.resource_calendar_id.tz = "Europe/Brussels"
        cls.manager.company_ids |= cls.other

    def test_nothing_to_ask(self):
        self.assertEqual(self.settings.salon_tz, "Europe/Budapest")
        self.assertFalse(self.settings.salon_clock_question)
        self.assertIn("Tuesday 10 March", self.settings.salon_clock)
        self.assertIn("10:00", self.settings.salon_clock)

    def test_daylight_saving_is_seen(self):
        with freeze_time("2026-07-10 09:00:00"):
            self.assertIn("11:00", self.settings.salon_clock)

    def test_country_and_clock_disagree(self):
        question = self.other.with_user(self.manager).salon_clock_question
        self.assertIn("United States", question)
        self.assertIn("Europe/Brussels", question)
        # Of thirty time zones none is proposed.
        self.assertNotIn("America/", question)
        self.hours.tz = "America/New_York"
        self.assertIn("Europe/Budapest", self.settings.salon_clock_question)

    def test_without_a_country(self):
        self.company.country_id = False
        self.assertIn("no country", self.settings.salon_clock_question)

    def test_each_salon_has_its_own_clock(self):
        salon = self.other.with_user(self.manager)
        salon.salon_tz = "America/Los_Angeles"
        self.assertEqual(self.other.resource_calendar_id.tz, "America/Los_Angeles")
        self.assertFalse(salon.salon_clock_question)
        self.assertEqual(self.hours.tz, "Europe/Budapest")
        self.assertEqual(str(self.other._salon_today()), "2026-03-10")
        with freeze_time("2026-03-10 02:00:00"):
            self.assertEqual(str(self.other._salon_today()), "2026-03-09")

    def test_the_form_asks_before_it_is_saved(self):
        view = "salon_reminders.res_company_view_form_salon"
        with Form(self.other.with_user(self.manager), view) as form:
            self.assertTrue(form.salon_clock_question)
            form.salon_tz = "America/Los_Angeles"
            self.assertFalse(form.salon_clock_question)
            self.assertIn("02:00", form.salon_clock.replace("2:00", "02:00"))
        self.assertEqual(self.other.salon_tz, "America/Los_Angeles")

    def test_a_time_zone_is_needed(self):
        with self.assertRaisesRegex(UserError, "Choose the time zone"):
            self.settings.salon_tz = False
        self.assertEqual(self.hours.tz, "Europe/Budapest")

    def test_stylists_of_the_salon_follow(self):
        abroad = self._create_stylist("Abroad")
        abroad.write({"company_id": self.company.id, "tz": "Asia/Tokyo"})
        elsewhere = self._create_stylist("Elsewhere")
        elsewhere.write({"company_id": self.other.id, "tz": "Europe/Budapest"})
        self.settings.salon_tz = "America/New_York"
        self.assertEqual(self.stylist.tz, "America/New_York")
        self.assertEqual(abroad.tz, "Asia/Tokyo")
        self.assertEqual(elsewhere.tz, "Europe/Budapest")

    def test_stylists_by_another_clock(self):
        self.stylist.tz = "America/New_York"
        self.assertTrue(self.settings.salon_has_other_clocks)
        self.assertIn("Vera", self.settings.salon_clock_question)
        self.settings.action_salon_align_clocks()
        self.assertEqual(self.stylist.tz, "Europe/Budapest")
        self.settings.invalidate_recordset()
        self.assertFalse(self.settings.salon_clock_question)
        # The same time by another name is no reason to ask.
        self.stylist.tz = "Europe/Vienna"
        self.settings.invalidate_recordset()
        self.assertFalse(self.settings.salon_has_other_clocks)

    def test_hours_shared_with_another_salon(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.hours.id,
                "date_from": "2026-03-16 00:00:00",
                "date_to": "2026-03-16 22:00:00",
            }
        )
        self.other.resource_calendar_id = self.hours
        salon = self.other.with_user(self.manager)
        salon.salon_tz = "America/Los_Angeles"
        own = self.other.resource_calendar_id
        self.assertNotEqual(own, self.hours)
        self.assertEqual(own.tz, "America/Los_Angeles")
        self.assertEqual(own.company_id, self.other)
        self.assertEqual(own.name, f"{self.hours.name} (Salon San Francisco)")
        self.assertEqual(len(own.attendance_ids), len(self.hours.attendance_ids))
        self.assertEqual(len(own.global_leave_ids), 1)
        self.assertEqual(self.hours.tz, "Europe/Budapest")
        self.assertEqual(self.company.resource_calendar_id, self.hours)
        self.assertEqual(len(self.hours.global_leave_ids), 1)

    def test_without_working_hours(self):
        self.company.resource_calendar_id = False
        self.settings.salon_tz = "Asia/Tokyo"
        self.assertEqual(self.company.partner_id.tz, "Asia/Tokyo")
        self.assertEqual(self.company._salon_timezone().zone, "Asia/Tokyo")

    @users("t_recep", "t_vera")
    def test_only_managers_see_and_set_the_clock(self):
        salon = self.company.with_user(self.env.user)
        self.assertNotIn("salon_tz", salon.fields_get())
        for attempt in (
            lambda: salon.salon_tz,
            lambda: salon.write({"salon_tz": "UTC"}),
            salon.action_salon_align_clocks,
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertEqual(self.hours.tz, "Europe/Budapest")

    @users("t_salon_boss")
    def test_not_the_clock_of_a_foreign_salon(self):
        self.env.user.sudo().company_ids = self.company
        with self.assertRaises(AccessError):
            self.other.with_user(self.env.user).salon_tz = "UTC"
        self.assertEqual(self.other.resource_calendar_id.tz, "Europe/Brussels")
