"""Courses and the plain-Python model of their rules agree on random histories."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged

from .. import reference as ref
from ..reference_course import History, Terms
from ..twins import cycle_vals
from .test_engine_properties import PropertyCase, examples

pytestmark = pytest.mark.room("reminder")

FIRST = date(2027, 11, 1)  # 29 February and the changes of clocks follow
TIMES = (28, 35, 49, 7, 70)
UPKEEP = (60, 100, 150, 14, 200)
COURSE_FIELDS = (
    "state",
    "sessions_used",
    "sessions_left",
    "next_due_date",
    "book_by_date",
)
OWN_FIELDS = ("due_date", "call_date", "late_date", "booked_date", "state")
CYCLE_FIELDS = (
    "rhythm_days",
    "gap_count",
    "earliest_date",
    "due_date",
    "call_date",
    "late_date",
    "lapse_date",
    "booked_date",
    "state",
)

terms = st.builds(
    Terms,
    sessions=st.integers(1, 4),
    interval=st.sampled_from([1, 5, 14, 30, 42]),
    validity=st.sampled_from([0, 0, 20, 60, 150]),
)
whats = st.sampled_from(
    [{"session"}, {"session"}, {"session"}, {"course"}, {"course", "session"}]
)
# Days after the one before, so that no two visits share a day.
visits = st.lists(st.tuples(st.integers(1, 40), whats), min_size=1, max_size=9)
closed_days = st.sets(st.integers(0, 240), max_size=12)
# Days from today on, or from it back: what was said of nobody's visit to come.
ahead = st.tuples(
    st.integers(0, 10), st.sampled_from(["booked", "confirmed", "cancelled"])
)
back = st.tuples(
    st.integers(-3, 0), st.sampled_from(["booked", "confirmed", "arrived", "no_show"])
)
booking = st.tuples(
    st.one_of(ahead, back), st.sampled_from([{"session"}, {"course"}, set()])
)
bookings = st.lists(booking, max_size=2)


@tagged("standard", "post_install", "-at_install")
class TestCourseProperties(PropertyCase):
    @examples(40)
    @example(
        Terms(2, 14, 20), [(1, {"course"}), (30, {"session"})], 3, False, set(), []
    )
    @example(
        Terms(4, 14, 0),
        [(1, {"course", "session"})],
        20,
        False,
        set(),
        [((2, "confirmed"), {"session"})],
    )
    @example(
        Terms(2, 30, 0),
        [(1, {"course", "session"}), (30, {"session"}), (40, {"session"})],
        0,
        True,
        set(),
        [((0, "arrived"), set())],
    )
    @given(terms, visits, st.integers(0, 80), st.booleans(), closed_days, bookings)
    def test_courses_and_their_reminders(
        self, terms, steps, wait, with_cycle, closed, booked
    ):
        day, dated = FIRST, []
        for step, what in steps:
            day += timedelta(days=step)
            dated.append((day, what))
        today = day + timedelta(days=wait)
        salon = ref.Salon("Europe/Budapest")
        salon.closed = {FIRST + timedelta(days=number) for number in closed}
        cycle = ref.Cycle(*TIMES) if with_cycle else None
        then = ref.Cycle(*UPKEEP) if terms.validity % 20 else None
        coming = [
            (today + timedelta(days=number), state, what)
            for (number, state), what in booked
        ]
        history = History(terms, cycle, salon, today, then, dated, coming)
        with self._undone(), freeze_time(datetime.combine(today, datetime.min.time())):
            self._play(history)
            self._compare(history)
            self.env["salon.reminder.engine"]._refresh()
            self._compare(history)

    def _play(self, history):
        self.cycle, self.upkeep = (
            self.env["salon.cycle"].create(
                {"name": name, "zone_id": self.salons.zone.id, **cycle_vals(times)}
            )
            for name, times in (("Series", TIMES), ("Upkeep", UPKEEP))
        )
        self.company = self.salons.companies["east"]
        self.partner = self.salons.clients["anna"]
        session = self._create_product("Session", salon_kind="service")
        if history.cycle:
            session.salon_cycle_ids = self.cycle
        course = self._create_product(
            "Course",
            salon_kind="fee",
            salon_course_sessions=history.terms.sessions,
            salon_course_interval_days=max(
                history.terms.interval, TIMES[0] if history.cycle else 0
            ),
            salon_course_validity_days=history.terms.validity,
            salon_course_maintenance_id=self.upkeep.id if history.then else False,
            salon_course_service_ids=session.product_tmpl_id.ids,
        )
        # The product refuses what is faster than the cycle allows.
        history.terms.interval = course.salon_course_interval_days
        self._close(sorted(history.salon.closed))
        products = {"course": course, "session": session}
        # Newest first: what follows must not depend on the order of typing.
        for day, what in reversed(history.visits):
            self._create_visit(day, [products[name] for name in sorted(what)])
        for day, state, what in history.bookings:
            self._create_visit(day, [products[name] for name in sorted(what)], state)

    def _create_product(self, name, **vals):
        return self.env["product.product"].create(
            {"name": name, "type": "service", "list_price": 50.0, **vals}
        )

    def _create_visit(self, day, products, state="done"):
        self.env["salon.visit"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "start": datetime.combine(day, datetime.min.time()),
                "state": state,
                "line_ids": [(0, 0, {"product_id": p.id}) for p in products],
            }
        )

    def _close(self, days):
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Closed",
                    "company_id": self.company.id,
                    "calendar_id": False,
                    "date_from": f"{day} 05:00:00",
                    "date_to": f"{day} 20:00:00",
                }
                for day in days
            ]
        )

    def _compare(self, history):
        courses = self.partner.salon_course_ids.sorted(lambda c: (c.start_date, c.id))
        self.assertEqual(self._read(courses, COURSE_FIELDS), history.stands())
        reminders = self.partner.salon_reminder_ids
        if history.cycle:
            self._compare_cycle(reminders, history)
        else:
            own = reminders.filtered(lambda r: not r.cycle_id and r.due_date)
            expected = history.own_reminder()
            self.assertEqual(
                self._read(own, OWN_FIELDS), [expected] if expected else []
            )
        upkeep = reminders.filtered(lambda r: r.cycle_id == self.upkeep)
        since = history.maintenance() if history.then else None
        self.assertEqual(upkeep.last_date or None, since)

    def _compare_cycle(self, reminders, history):
        mine = reminders.filtered(lambda r: r.cycle_id == self.cycle)
        expected = history.cycle_reminder()
        found = self._read(mine, CYCLE_FIELDS)
        self.assertEqual(found, [expected] if expected else [])

    def _read(self, records, names):
        numbers = {"rhythm_days", "gap_count", "sessions_used", "sessions_left"}
        return [
            tuple(
                record[name] if name in numbers else record[name] or None
                for name in names
            )
            for record in records
        ]
