from datetime import datetime, timedelta

from psycopg2.errors import ExclusionViolation

from odoo.exceptions import UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import SalonCase


class BookCase(SalonCase):
    """A salon with two stylists who work from 8 to 12 and 13 to 17 on weekdays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls.sofia = cls._create_stylist("Sofia")
        (cls.stylist + cls.sofia).tz = "Europe/Budapest"
        cls.env["resource.calendar.leaves"].search([]).unlink()

    @classmethod
    def _book(cls, start, partner=None, services=None, stylist=None, **vals):
        """Book a visit at "2026-03-11 09:00" of the salon's clock."""
        return cls.env["salon.visit"].create(
            {
                "partner_id": (partner or cls.anna).id,
                "stylist_id": (stylist or cls.stylist).id,
                "start": cls.company._salon_utc(datetime.fromisoformat(start)),
                "line_ids": [
                    (0, 0, {"product_id": service.id})
                    for service in services or cls.roots_service
                ],
                **vals,
            }
        )

    def _times(self, visit):
        """Return [(stylist, from, to)] of what a visit takes, by the salon's clock."""
        return [
            (busy.stylist_id.name, self._hour(busy.start), self._hour(busy.stop))
            for busy in visit.busy_ids.sorted("start")
        ]

    def _hour(self, moment):
        return self.company._salon_local(moment).strftime("%H:%M")


@freeze_time("2026-03-10 09:00:00")
class TestSalonBook(BookCase):
    def test_double_booking_is_refused_with_the_next_free_times(self):
        self._book("2026-03-11 09:00")
        with self.assertRaises(UserError) as caught:
            self._book("2026-03-11 09:30", self.bea)
        message = str(caught.exception)
        self.assertIn("Vera is taken on Wed 11 Mar from 9:00", message)
        self.assertIn("Free next: Wed 11 Mar, 10:00", message)
        self.assertNotIn("Anna", message)

    def test_touching_visits_do_not_overlap(self):
        self._book("2026-03-11 09:00")
        self._book("2026-03-11 10:00", self.bea)
        self._book("2026-03-11 08:00", self.bea)
        self._book("2026-03-11 09:00", self.bea, stylist=self.sofia)

    def test_moving_into_a_taken_time_is_refused(self):
        self._book("2026-03-11 09:00")
        visit = self._book("2026-03-11 11:00", self.bea)
        with self.assertRaises(UserError):
            visit.start -= timedelta(minutes=90)
        other = self._book("2026-03-11 09:00", self.bea, stylist=self.sofia)
        with self.assertRaises(UserError):
            other.stylist_id = self.stylist

    def test_longer_services_need_longer_times(self):
        visit = self._book("2026-03-11 09:00")
        self._book("2026-03-11 10:00", self.bea)
        with self.assertRaises(UserError):
            visit.line_ids.minutes = 75

    def test_two_at_once_in_one_batch(self):
        vals = {
            "stylist_id": self.stylist.id,
            "start": "2026-03-11 09:00:00",
            "line_ids": [(0, 0, {"product_id": self.roots_service.id})],
        }
        with mute_logger("odoo.sql_db"), self.assertRaises(UserError) as caught:
            self.env["salon.visit"].create([dict(vals), dict(vals)])
        self.assertIn("is taken", str(caught.exception))

    def test_the_database_refuses_it_too(self):
        visit = self._book("2026-03-11 09:00")
        other = self._book("2026-03-12 09:00", self.bea)
        with mute_logger("odoo.sql_db"), self.assertRaises(ExclusionViolation):
            other.busy_ids.write(
                {"start": visit.start, "stop": visit.start + timedelta(minutes=1)}
            )

    def test_overlap_on_purpose(self):
        visit = self._book("2026-03-11 09:00")
        other = self._book("2026-03-11 09:30", self.bea, is_overlap=True)
        self.assertTrue(other.busy_ids.is_overlap)
        with self.assertRaises(UserError):
            other.is_overlap = False
        visit.action_cancel()
        other.is_overlap = False
        self.assertFalse(other.busy_ids.is_overlap)

    def test_ended_visits_free_the_time(self):
        for action in ("action_cancel", "action_done", "action_no_show"):
            visit = self._book("2026-03-10 09:00")
            getattr(visit, action)()
            self.assertFalse(visit.busy_ids)
        visit = self._book("2026-03-10 09:00", self.bea)
        for action in ("action_confirm", "action_arrive"):
            getattr(visit, action)()
            self.assertTrue(visit.busy_ids)

    def test_back_to_booked_needs_a_free_time(self):
        visit = self._book("2026-03-11 09:00")
        visit.action_cancel()
        self._book("2026-03-11 09:00", self.bea)
        with self.assertRaises(UserError):
            visit.action_book()

    def test_history_may_overlap(self):
        for client in self.anna + self.bea:
            visit = self._book("2026-03-02 09:00", client, state="done")
            self.assertFalse(visit.busy_ids)

    def test_services_follow_one_after_the_other(self):
        nails = self._create_service("Nails", self.roots, salon_duration=45)
        visit = self._book("2026-03-11 09:00", services=self.roots_service + nails)
        visit.line_ids[1].stylist_id = self.sofia
        self.assertEqual(
            self._times(visit),
            [("Vera", "09:00", "10:00"), ("Sofia", "10:00", "10:45")],
        )
        self.assertEqual(self._hour(visit.line_ids[1].start), "10:00")
        self._book("2026-03-11 10:00", self.bea)
        with self.assertRaises(UserError):
            self._book("2026-03-11 10:15", self.bea, stylist=self.sofia)

    def test_lines_follow_the_stylist_of_the_visit(self):
        visit = self._book("2026-03-11 09:00")
        visit.stylist_id = self.sofia
        self.assertEqual(visit.line_ids.stylist_id, self.sofia)
        self.assertEqual(self._times(visit), [("Sofia", "09:00", "10:00")])

    def test_own_duration(self):
        self.sofia.salon_duration_ids = [
            (
                0,
                0,
                {
                    "service_id": self.roots_service.product_tmpl_id.id,
                    "minutes": 40,
                },
            )
        ]
        visit = self._book("2026-03-11 09:00", stylist=self.sofia)
        self.assertEqual(self._times(visit), [("Sofia", "09:00", "09:40")])
        visit.stylist_id = self.stylist
        self.assertEqual(self._times(visit), [("Vera", "09:00", "10:00")])

    def test_cleaning_is_not_the_time_of_the_client(self):
        laser = self._create_service(
            "Laser", self.roots, salon_duration=60, salon_cleaning_minutes=15
        )
        visit = self._book("2026-03-11 09:00", services=laser)
        self.assertEqual(self._hour(visit.stop), "10:00")
        self.assertEqual(self._times(visit), [("Vera", "09:00", "10:15")])
        with self.assertRaises(UserError):
            self._book("2026-03-11 10:00", self.bea)
        self._book("2026-03-11 10:15", self.bea)
        finder = self.env["salon.slot.finder"]
        parts, length = finder._get_parts([(laser, self.stylist)])
        self.assertEqual(length, timedelta(hours=1))
        self.assertEqual(parts[self.stylist], [(timedelta(), timedelta(minutes=75))])

    def test_processing_time_takes_another_client(self):
        colour = self._create_service(
            "Colour",
            self.roots,
            salon_duration=120,
            salon_processing_after=45,
            salon_processing_minutes=35,
        )
        visit = self._book("2026-03-11 09:00", services=colour)
        self.assertEqual(
            self._times(visit), [("Vera", "09:00", "09:45"), ("Vera", "10:20", "11:00")]
        )
        fringe = self._create_service("Fringe", self.roots, salon_duration=30)
        self._book("2026-03-11 09:45", self.bea, services=fringe)
        with self.assertRaises(UserError):
            self._book("2026-03-11 10:00", self.bea, services=fringe)

    def test_stop_by_hand_counts(self):
        visit = self._book("2026-03-11 09:00")
        visit.stop += timedelta(minutes=30)
        self.assertEqual(self._times(visit), [("Vera", "09:00", "10:30")])

    def test_outside_working_hours_is_recorded(self):
        self.assertFalse(self._book("2026-03-11 09:00").outside_hours)
        evening = self._book("2026-03-11 19:00")
        self.assertTrue(evening.outside_hours)
        evening.start = self.company._salon_utc(datetime(2026, 3, 11, 14))
        self.assertFalse(evening.outside_hours)
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": self.sofia.id,
                "calendar_id": self.sofia.calendar_id.id,
                "date_from": "2026-03-12 00:00:00",
                "date_to": "2026-03-12 22:00:00",
            }
        )
        day_off = self._book("2026-03-12 09:00", stylist=self.sofia)
        self.assertTrue(day_off.outside_hours)

    def test_late_cancellations_and_no_shows_count(self):
        self._book("2026-03-11 08:00").action_cancel()
        self._book("2026-03-20 08:00").action_cancel()
        self._book("2026-03-10 08:00").action_no_show()
        self.assertEqual(self.anna.salon_late_cancel_count, 1)
        self.assertEqual(self.anna.salon_no_show_count, 1)

    def test_a_stylist_is_refused_without_seeing_whom(self):
        self.sofia.user_id = self._create_user("sofia", "group_stylist")
        self._book("2026-03-11 09:00")
        visits = self.env["salon.visit"].with_user(self.sofia.user_id)
        with self.assertRaises(UserError) as caught:
            visits.create(
                {
                    "stylist_id": self.stylist.id,
                    "start": "2026-03-11 08:30:00",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.roots_service.id,
                                "stylist_id": self.sofia.id,
                            },
                        ),
                        (0, 0, {"product_id": self.roots_service.id}),
                    ],
                }
            )
            self.env.flush_all()
        self.assertNotIn("Anna", str(caught.exception))

    def test_booking_costs_the_same_in_a_full_book(self):
        counts = []
        for days in (1, 10):
            for day in range(days):
                for hour in (8, 9, 10, 13, 14, 15):
                    visit_day = datetime(2026, 4, 6 + day, hour)
                    if visit_day.weekday() < 5:
                        self._book(str(visit_day), is_overlap=True)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self._book(f"2026-05-0{4 + days // 10} 09:00")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
