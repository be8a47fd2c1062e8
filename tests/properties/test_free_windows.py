"""Free windows, against counting minute by minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from .test_engine_properties import PropertyCase, examples

pytestmark = pytest.mark.room("book", "filling")

MINUTE = timedelta(minutes=1)
DAYS = 3
# Whole and half hours of daylight saving, odd offsets, and none.
ZONES = (
    *("Europe/Budapest", "America/New_York", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "UTC", "Pacific/Auckland"),
)
# Around changes of the clock in both directions, a year's end, a leap day.
FIRST_DAYS = (
    *(date(2027, 3, 27), date(2027, 10, 30), date(2027, 3, 13), date(2027, 11, 6)),
    *(date(2027, 4, 3), date(2027, 10, 2), date(2027, 9, 25), date(2026, 12, 31)),
    *(date(2028, 2, 28), date(2027, 6, 9)),
)

# From four in the morning on, when no zone changes its clock.
quarter = st.integers(16, 95)
shifts = st.lists(quarter, min_size=2, max_size=6, unique=True).map(
    lambda ends: list(zip(*[iter(sorted(ends))] * 2, strict=False))
)
week = st.dictionaries(st.integers(0, 6), shifts, min_size=3, max_size=7)
lunch = st.tuples(st.integers(40, 56), st.integers(1, 4))
# Minutes from the first midnight (UTC), and a length.
offset = st.integers(-300, DAYS * 1440)
span = st.tuples(offset, st.integers(1, 900))
# No visit takes more than twelve hours.
visit_span = st.tuples(offset, st.integers(1, 720))
leave = st.tuples(st.booleans(), span)
visit = st.tuples(visit_span, st.sampled_from([(0, 0), (20, 30), (0, 45)]))


@tagged("standard", "post_install", "-at_install")
class TestFreeWindows(PropertyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([]).unlink()
        cls.finder = cls.env["salon.slot.finder"]

    @examples(60)
    @given(
        st.sampled_from(ZONES),
        st.sampled_from(FIRST_DAYS),
        st.lists(week, min_size=1, max_size=2),
        st.none() | lunch,
        st.lists(leave, max_size=3),
        st.lists(visit, max_size=6),
    )
    def test_free_windows(self, zone, first, weeks, lunch, leaves, visits):
        with self._undone():
            stylist = self._make_stylist(zone, weeks, lunch)
            midnight = datetime.combine(first, datetime.min.time())
            for is_own, (offset, length) in leaves:
                self._make_leave(stylist, is_own, midnight, offset, length)
            for (offset, length), processing in visits:
                self._make_visit(stylist, midnight, offset, length, processing)
            stop = midnight + timedelta(days=DAYS)
            windows = self.finder._get_free(stylist, midnight, stop)[stylist.id]
            found = {minute for window in windows for minute in self._minutes(*window)}
            expected = {
                minute
                for minute in self._minutes(midnight, stop)
                if self._is_worked(minute, ZoneInfo(zone), weeks, lunch)
                and not any(
                    self._is_in(minute, midnight, offset, length)
                    for _own, (offset, length) in leaves
                )
                and not any(self._is_busy(minute, midnight, *one) for one in visits)
            }
            self.assertEqual(found, expected)
            self._assert_apart(windows)

    def _assert_apart(self, windows):
        """Windows are in order and do not touch: two that do are one."""
        for (_start, stop), (start, _stop) in zip(windows, windows[1:], strict=False):
            self.assertLess(stop, start)

    @examples(60)
    @given(st.lists(span, max_size=5), st.lists(st.tuples(span), max_size=3))
    def test_starts(self, spans, parts):
        """When work of several parts may begin, minute by minute."""
        from odoo.addons.salon_reminders.tools.times import fit_starts, merge_times

        base = datetime(2027, 6, 9)
        windows = merge_times(
            (base + offset * MINUTE, base + (offset + length) * MINUTE)
            for offset, length in spans
        )
        stretches = [
            (abs(offset) % 200 * MINUTE, (abs(offset) % 200 + length % 90 + 1) * MINUTE)
            for ((offset, length),) in parts
        ]
        pairs = fit_starts(windows, stretches)
        free = {minute for window in windows for minute in self._minutes(*window)}
        for moment in self._minutes(base - 500 * MINUTE, base + 6000 * MINUTE):
            fits = bool(stretches) and all(
                minute in free
                for begin, end in stretches
                for minute in self._minutes(moment + begin, moment + end)
            )
            within = any(first <= moment <= last for first, last in pairs)
            self.assertEqual(within, fits, moment)

    # ---- what is made -----------------------------------------------------------

    def _make_stylist(self, zone, weeks, lunch):
        two_weeks = len(weeks) == 2
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Roster",
                "tz": zone,
                "two_weeks_calendar": two_weeks,
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (0, 0, {**vals, "week_type": str(nr) if two_weeks else False})
                        for nr, days in enumerate(weeks)
                        for vals in self._prepare_attendances(days, lunch)
                    ),
                ],
            }
        )
        return self.env["resource.resource"].create(
            {
                "name": "Vera",
                "is_stylist": True,
                "tz": zone,
                "calendar_id": calendar.id,
            }
        )

    def _prepare_attendances(self, days, lunch):
        for weekday, shifts in days.items():
            for begin, end in shifts:
                for first, last, period in self._cut(begin, end, lunch):
                    yield {
                        "name": period,
                        "dayofweek": str(weekday),
                        "hour_from": first / 4,
                        "hour_to": last / 4,
                        "day_period": period,
                    }

    def _cut(self, begin, end, lunch):
        """A lunch lies between two stretches of work, when it lies in the shift."""
        if lunch and begin < lunch[0] and sum(lunch) < end:
            yield begin, lunch[0], "morning"
            yield lunch[0], sum(lunch), "lunch"
            yield sum(lunch), end, "afternoon"
        else:
            yield begin, end, "morning"

    def _make_leave(self, stylist, is_own, midnight, offset, length):
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": is_own and stylist.id,
                "calendar_id": stylist.calendar_id.id,
                "company_id": stylist.company_id.id,
                "date_from": midnight + offset * MINUTE,
                "date_to": midnight + (offset + length) * MINUTE,
            }
        )

    def _make_visit(self, stylist, midnight, offset, length, processing):
        after, minutes = processing
        product = self.env["product.product"].create(
            {
                "name": "Colour",
                "type": "service",
                "salon_kind": "service",
                "salon_duration": 1000,
                "salon_processing_after": after,
                "salon_processing_minutes": minutes,
            }
        )
        self.env["salon.visit"].create(
            {
                "stylist_id": stylist.id,
                "start": midnight + offset * MINUTE,
                "is_overlap": True,
                "line_ids": [(0, 0, {"product_id": product.id, "minutes": length})],
            }
        )

    # ---- what is counted ----------------------------------------------------------

    def _minutes(self, start, stop):
        while start < stop:
            yield start
            start += MINUTE

    def _is_in(self, minute, midnight, offset, length):
        start = midnight + offset * MINUTE
        return start <= minute < start + length * MINUTE

    def _is_worked(self, minute, zone, weeks, lunch):
        local = pytz.utc.localize(minute).astimezone(zone)
        days = weeks[(local.toordinal() - 1) // 7 % len(weeks)]
        number = local.hour * 60 + local.minute
        return any(
            first * 15 <= number < last * 15
            for begin, end in days.get(local.weekday(), ())
            for first, last, period in self._cut(begin, end, lunch)
            if period != "lunch"
        )

    def _is_busy(self, minute, midnight, span, processing):
        if not self._is_in(minute, midnight, *span):
            return False
        passed = (minute - midnight) // MINUTE - span[0]
        after, minutes = processing
        return not after <= passed < after + minutes
