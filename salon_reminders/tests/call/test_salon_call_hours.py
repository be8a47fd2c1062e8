from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, users

from ...tools import legal_hours
from ..common import SalonCase

MADRID = "+34 612 34 56 78"
NEW_YORK = "+1 212 555 1234"


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallHours(SalonCase):
    """Nobody is phoned at an hour or on a day at which the law forbids it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.call = cls._create_call(cls.anna)

    @classmethod
    def _create_call(cls, partner, **vals):
        return cls.env["salon.call"].create(
            {"partner_id": partner.id, "user_id": cls.receptionist.id, **vals}
        )

    def _call_number(self, number, country):
        partner = self._create_client(number, number)
        partner.country_id = self.env.ref(f"base.{country}")
        return self._create_call(partner)

    def _is_held(self, moment, call=None):
        call = (call or self.call).with_user(self.receptionist)
        with freeze_time(moment):
            call.invalidate_recordset(["phone", "hold_text"])
            self.assertNotEqual(bool(call.phone), bool(call.hold_text))
            return bool(call.hold_text)

    def _get_next(self, moment, number, **settings):
        self.company.write(settings)
        with freeze_time(moment):
            holds = self.env["salon.gate"]._get_hour_holds([number])
        return holds.get(number)

    def _move_to(self, country, zone):
        self.company.country_id = self.env.ref(f"base.{country}")
        self.company.resource_calendar_id.tz = zone

    # ---- hours ----

    def test_our_own_default(self):
        self.assertTrue(self._is_held("2026-03-10 07:59:59"))
        self.assertFalse(self._is_held("2026-03-10 08:00:00"))
        self.assertFalse(self._is_held("2026-03-10 18:59:59"))
        self.assertTrue(self._is_held("2026-03-10 19:00:00"))
        # A Saturday.
        self.assertFalse(self._is_held("2026-03-14 10:00:00"))

    def test_daylight_saving(self):
        # On 29 March the clocks go forward, on 25 October back.
        self.assertTrue(self._is_held("2026-03-28 07:30:00"))
        self.assertFalse(self._is_held("2026-03-29 07:30:00"))
        self.assertFalse(self._is_held("2026-10-24 07:30:00"))
        self.assertTrue(self._is_held("2026-10-25 07:30:00"))
        night = self._get_next("2026-03-28 23:00:00", "+36301234567")
        self.assertEqual(night, datetime(2026, 3, 29, 7))

    def test_spain_not_on_weekends(self):
        self._move_to("es", "Europe/Madrid")
        call = self._call_number(MADRID, "es")
        self.assertFalse(self._is_held("2026-03-13 10:00:00", call))
        self.assertTrue(self._is_held("2026-03-14 10:00:00", call))
        self.assertTrue(self._is_held("2026-03-15 10:00:00", call))
        following = self._get_next("2026-03-14 10:00:00", "+34612345678")
        # A mobile number may be on the islands, where it is an hour earlier.
        self.assertEqual(following, datetime(2026, 3, 16, 9))
        with freeze_time("2026-03-14 10:00:00"):
            call.invalidate_recordset(["hold_text"])
            self.assertIn("Mon 16 Mar, 10:00", call.hold_text)
            self.assertIn("BOE-A-2023-15071", call.hold_text)

    def test_the_stricter_of_both_countries(self):
        # A Spanish number called from Hungary on a Saturday, and the other way round.
        spanish = self._call_number(MADRID, "es")
        self.assertTrue(self._is_held("2026-03-14 10:00:00", spanish))
        # Spain until 21, our own default until 20.
        self.assertTrue(self._is_held("2026-03-10 19:30:00", spanish))
        self._move_to("es", "Europe/Madrid")
        self.assertTrue(self._is_held("2026-03-14 10:00:00"))

    def test_the_clock_of_the_called_number(self):
        self._move_to("us", "America/Los_Angeles")
        call = self._call_number(NEW_YORK, "us")
        # In New York it is 8, at the salon 5; then 21 and 18.
        self.assertTrue(self._is_held("2026-01-12 12:59:00", call))
        self.assertFalse(self._is_held("2026-01-12 13:00:00", call))
        self.assertFalse(self._is_held("2026-01-13 01:59:00", call))
        self.assertTrue(self._is_held("2026-01-13 02:00:00", call))

    def test_a_number_of_several_zones_is_called_when_it_fits_all(self):
        self._move_to("us", "America/New_York")
        toll_free = "+18005551234"
        # From Newfoundland, where it is half past seven in the evening by then, to
        # Guam, where it is eight of the next day.
        following = self._get_next("2026-03-10 15:00:00", toll_free)
        self.assertEqual(following, datetime(2026, 3, 10, 22))
        never = self._get_next(
            "2026-03-10 15:00:00", toll_free, salon_call_start=9, salon_call_stop=18
        )
        self.assertIs(never, False)

    def test_a_number_without_a_zone_goes_by_the_salons_clock(self):
        self.assertEqual(legal_hours.read_number("no number"), ("", ()))
        self.assertIsNone(self._get_next("2026-03-10 09:00:00", "no number"))
        self.assertTrue(self._get_next("2026-03-10 05:00:00", "no number"))

    # ---- holidays ----

    def test_holidays_are_the_days_on_which_the_salon_is_closed(self):
        self._move_to("es", "Europe/Madrid")
        self.patch(legal_hours, "holiday_library", None)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Epiphany",
                "date_from": "2027-01-05 23:00:00",
                "date_to": "2027-01-06 23:00:00",
                "company_id": self.company.id,
            }
        )
        call = self._call_number(MADRID, "es")
        # The year ends on a Thursday.
        self.assertFalse(self._is_held("2026-12-31 12:00:00", call))
        self.assertTrue(self._is_held("2027-01-06 12:00:00", call))
        self.assertFalse(self._is_held("2027-01-07 12:00:00", call))
        self.assertIn("the salon is closed", self.company.salon_call_law)

    def test_holidays_of_the_library(self):
        self._move_to("es", "Europe/Madrid")
        days = {date(2026, 12, 25), date(2027, 1, 1)}
        with patch.object(legal_hours, "holiday_library") as library:
            library.country_holidays.return_value = dict.fromkeys(days, "")
            following = self._get_next("2026-12-25 12:00:00", "+34912345678")
            self.assertEqual(following, datetime(2026, 12, 28, 8))
            new_year = self._get_next("2026-12-31 21:00:00", "+34912345678")
            self.assertEqual(new_year, datetime(2027, 1, 4, 8))
            self.company.invalidate_recordset(["salon_call_law"])
            self.assertIn("by the library", self.company.salon_call_law)
            # A country that the library does not know.
            library.country_holidays.side_effect = NotImplementedError
            self.assertIsNone(self._get_next("2026-12-25 12:00:00", "+34912345678"))

    # ---- what the manager may decide ----

    def test_the_manager_is_stricter_without_a_reason(self):
        company = self.company.with_user(self.manager)
        company.write({"salon_call_start": 11, "salon_call_days": "weekdays"})
        self.assertTrue(self._is_held("2026-03-10 09:30:00"))
        self.assertFalse(self._is_held("2026-03-10 10:00:00"))
        self.assertTrue(self._is_held("2026-03-14 10:00:00"))

    def test_only_hours_of_the_law_name_it(self):
        self._move_to("us", "America/New_York")
        for settings, named in (
            ({}, True),
            ({"salon_call_start": 8, "salon_call_stop": 21}, True),
            ({"salon_call_start": 10, "salon_call_stop": 12}, False),
            ({"salon_call_reason": "Our lawyer", "salon_call_stop": 23}, False),
        ):
            with self.subTest(settings=settings):
                self.company.write(settings)
                rule = self.company._salon_call_rule("US")
                self.assertEqual(rule.source, "47 CFR 64.1200" if named else "")

    def test_the_manager_is_looser_only_with_a_reason(self):
        self._move_to("es", "Europe/Madrid")
        company = self.company.with_user(self.manager)
        for wider in (
            {"salon_call_stop": 22},
            {"salon_call_start": 8},
            {"salon_call_days": "all"},
        ):
            with self.assertRaises(ValidationError):
                company.write(wider)
            with self.assertRaises(ValidationError):
                company.write({**wider, "salon_call_reason": "  "})
        company.write(
            {"salon_call_days": "all", "salon_call_reason": "Our lawyer, 3 March"}
        )
        call = self._call_number(MADRID, "es")
        self.assertFalse(self._is_held("2026-03-14 10:00:00", call))

    def test_hours_must_make_sense(self):
        for wrong in (
            {"salon_call_start": 15, "salon_call_stop": 12},
            {"salon_call_stop": 25, "salon_call_reason": "Always"},
            {"salon_call_start": -1, "salon_call_reason": "Always"},
        ):
            with self.assertRaises(ValidationError):
                self.company.write(wrong)

    # ---- the desk ----

    def _desk(self):
        return self.env["salon.call.desk"].with_user(self.receptionist)

    def test_a_promised_hour_may_be_kept(self):
        self.call.write({"priority": "1", "call_at": datetime(2026, 3, 10, 20)})
        self.assertTrue(self._is_held("2026-03-10 19:30:00"))
        self.assertFalse(self._is_held("2026-03-10 20:00:00"))
        self.assertFalse(self._is_held("2026-03-10 21:59:00"))
        self.assertTrue(self._is_held("2026-03-10 22:00:00"))

    def test_the_next_try_is_no_promise(self):
        self.call.call_at = datetime(2026, 3, 10, 20)
        self.assertTrue(self._is_held("2026-03-10 20:00:00"))

    def test_the_desk_holds_and_says_until_when(self):
        with freeze_time("2026-03-10 19:30:00"):
            queue = self._desk().get_queue("mine")
            row = next(row for row in queue["calls"] if row["id"] == self.call.id)
            self.assertEqual(row["held"], "Wed 11 Mar, 09:00")
            self.assertNotIn("number", row)
            answer = self._desk().take_next("mine")
            self.assertFalse(answer["card"])
            self.assertIn("Wed 11 Mar, 09:00", answer["held"])
            card = self._desk().take_call(self.call.id)["card"]
            self.assertFalse(card["phone"])
            self.assertIn("Wed 11 Mar, 09:00", card["hold_text"])
        with freeze_time("2026-03-11 08:00:00"):
            card = self._desk().take_next("mine")["card"]
            self.assertEqual(card["id"], self.call.id)
            self.assertEqual((card["phone"], card["hold_text"]), ("+36301234567", ""))

    def test_the_next_call_is_one_that_may_be_made(self):
        self.call.value = 900
        self.anna.write({"phone": MADRID, "country_id": self.env.ref("base.es").id})
        bea = self._create_client("Bea", "+36 30 765 4321")
        call = self._create_call(bea)
        with freeze_time("2026-03-14 10:00:00"):
            self.assertEqual(self._desk().take_next("mine")["card"]["id"], call.id)

    def test_what_was_said_is_logged_at_any_hour(self):
        outcome = self.env["salon.call.outcome"]._get_default("no_answer")
        with freeze_time("2026-03-10 21:00:00"):
            self.call.with_user(self.receptionist)._log_attempt(outcome)
        self.assertEqual(self.call.attempt_count, 1)

    def test_paper_has_the_numbers_of_the_day(self):
        with freeze_time("2026-03-10 06:30:00"):
            self.assertTrue(self.call._get_paper_numbers())
        with freeze_time("2026-03-10 20:30:00"):
            self.assertFalse(self.call._get_paper_numbers())

    @users("t_recep")
    def test_receptionists_do_not_change_the_hours(self):
        with self.assertRaises(AccessError):
            self.env.company.write({"salon_call_start": 11})

    def test_two_salons_each_by_its_own(self):
        other = self._create_company("Madrid")
        other.country_id = self.env.ref("base.es")
        with freeze_time("2026-03-14 10:00:00"):
            gate = self.env["salon.gate"]
            self.assertFalse(gate._get_hour_holds(["+36301234567"]))
            there = gate.with_company(other)._get_hour_holds(["+36301234567"])
            self.assertTrue(there)

    # ---- the next try ----

    def _get_try(self, call, moment):
        with freeze_time(moment):
            call.with_user(self.receptionist).action_no_answer()
        return call.company_id._salon_local(call.call_at).replace(tzinfo=None)

    def test_the_next_try_is_at_an_hour_of_the_law(self):
        calendar = self.company.resource_calendar_id
        # Open from seven in the morning until eleven at night.
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = [
            (
                0,
                0,
                {"dayofweek": str(day), "hour_from": 7, "hour_to": 23, "name": "Open"},
            )
            for day in range(7)
        ]
        tries = [self._get_try(self.call, "2026-03-10 16:30:00").hour]
        self.company.salon_max_attempts = 30
        for day in range(11, 20):
            tries.append(self._get_try(self.call, f"2026-03-{day} 09:00:00").hour)
        self.assertGreater(len(set(tries)), 1)
        self.assertGreaterEqual(min(tries), 9)
        self.assertLess(max(tries), 20)

    def test_the_next_try_is_on_a_day_of_the_law(self):
        self._move_to("es", "Europe/Madrid")
        calendar = self.company.resource_calendar_id
        calendar.attendance_ids = [
            (
                0,
                0,
                {"dayofweek": "5", "hour_from": 9, "hour_to": 18, "name": "Saturday"},
            )
        ]
        call = self._call_number(MADRID, "es")
        self.assertEqual(
            str(self._get_try(call, "2026-03-13 19:30:00").date()), "2026-03-16"
        )

    def test_a_salon_without_hours(self):
        self.company.resource_calendar_id.attendance_ids.unlink()
        late = self._get_try(self.call, "2026-03-10 18:50:00")
        self.assertGreaterEqual(late.hour, 9)
        self.assertLess(late.hour, 20)

    # ---- the number on the card ----

    @users("t_recep")
    def test_show_number_obeys_them(self):
        anna = self.anna.with_user(self.env.user)
        self.assertTrue(anna.action_salon_show_number())
        with (
            freeze_time("2026-03-10 21:00:00"),
            self.assertRaisesRegex(UserError, "before Wed 11 Mar, 09:00"),
        ):
            anna.action_salon_show_number()

    @users("t_recep")
    def test_show_number_asks_for_the_purpose_of_the_call(self):
        self._answer(self.anna, "promotion", decision="withdrawn")
        anna = self.anna.with_user(self.env.user)
        self.assertTrue(anna.action_salon_show_number())
        self.call.sudo().action_cancel()
        self._answer(self.anna, "promotion")
        call = self._create_call(self.anna, kind="birthday")
        self.assertTrue(anna.action_salon_show_number())
        # As if the withdrawal came at this moment.
        self.env.cr.execute(
            "UPDATE salon_consent SET decision = 'withdrawn'"
            " WHERE partner_id = %s AND purpose = 'promotion'",
            (self.anna.id,),
        )
        self.env.invalidate_all()
        self.assertEqual(call.state, "open")
        with self.assertRaisesRegex(UserError, "has not agreed"):
            anna.action_salon_show_number()

    @users("t_recep")
    def test_a_booking_is_told_at_any_hour(self):
        self._create_visit(self.anna, "2026-03-11", state="booked")
        anna = self.anna.with_user(self.env.user)
        with freeze_time("2026-03-10 21:00:00"):
            action = anna.action_salon_show_number()
            shown = self.env["salon.number"].browse(action["res_id"])
            self.assertFalse(shown.is_allowed)
            self.assertIn("Not to be called before", shown.hold_text)
            self.assertEqual(shown.number, self.anna.sudo().phone)

    # ---- who chose the hours ----

    def test_who_chose_looser_hours_is_kept(self):
        company = self.company.with_user(self.manager)
        company.write({"salon_call_stop": 21, "salon_call_reason": "A lawyer said so."})
        company.write({"salon_call_stop": 19, "salon_call_reason": False})
        company.write({"salon_link_days": 80})
        company.write({"salon_call_stop": 19})
        newest, first = company.salon_call_history.splitlines()
        self.assertIn(self.manager.name, first)
        self.assertIn("21:00", first)
        self.assertIn("A lawyer said so.", first)
        self.assertIn("19:00", newest)
        self.assertNotIn("lawyer", newest)

    def test_nobody_writes_its_history(self):
        company = self.company.with_user(self.manager)
        company.write({"salon_call_stop": 19})
        said = company.salon_call_history
        company.write({"salon_call_history": "It was somebody else."})
        self.assertEqual(company.salon_call_history, said)
        companies = self.env["res.company"].with_user(self.env.ref("base.user_admin"))
        other = companies.create(
            {"name": "New", "salon_call_stop": 19, "salon_call_history": "Forged"}
        )
        self.assertNotIn("Forged", other.salon_call_history)
        self.assertIn("19:00", other.salon_call_history)
