"""The appointment book while it is filled: finds free times, never twice the same."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from ..tools.times import subtract_times

NEAR = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6)
ALONE = timedelta(hours=1)


class Diary:
    """What is left of the stylists' working times by the visits of the story.

    The salon's own book says when they work, who does which service and how long that
    takes. What is taken is kept here: in the book only visits still to be made take
    time, and the story is told before it is entered. The processing time of one client
    is not given to another, which would confuse whoever looks around.
    """

    def __init__(self, company, stylists, first, last):
        self._company = company
        self._finder = company.env["salon.slot.finder"]
        self._free, self._plans = defaultdict(list), {}
        span = [company._salon_midnight(day) for day in (first, last)]
        for stylist_id, windows in self._finder._get_work(stylists, *span).items():
            for start, stop in windows:
                self._free[stylist_id, self._get_day(start)].append((start, stop))

    @staticmethod
    def near(day):
        """Return the days around a day, the nearest first."""
        return [day + timedelta(days=shift) for shift in NEAR]

    def book(self, stylist, services, days, hour):
        """Take the free time nearest to an hour, on the first of the days with any.

        :return: the start in UTC, or None when there is none
        """
        blocks = self._get_blocks(stylist, services)
        for day in days:
            wished = self._company._salon_utc(datetime.combine(day, time(hour)))
            free = {who.id: self._free[who.id, day] for who in blocks}
            starts = [
                start
                for pair in self._finder._find_starts(blocks, free)
                for start in self._finder._get_grid(*pair)
            ]
            if starts:
                start = min(starts, key=lambda one: (abs(one - wished), one))
                self._take(
                    (who.id, start + begin, start + end)
                    for who, [(begin, end)] in blocks.items()
                )
                return start
        return None

    def book_proposal(self, proposal):
        """Take a time that the book proposes; return whether it was free here, too."""
        whole = (proposal["stylist_id"], proposal["start"], proposal["stop"])
        times = [whole, *proposal["times"]]
        is_free = all(
            any(a <= start and stop <= b for a, b in self._get_windows(who, start))
            for who, start, stop in times
        )
        if is_free:
            self._take(times)
        return is_free

    def _get_blocks(self, stylist, services):
        """Return {stylist: [(from, to)]}: hers is the whole visit, without a break."""
        key = (stylist, services)
        if key not in self._plans:
            plan = self._finder._get_plan(services, stylist, self._company)
            parts, length = self._finder._get_parts(plan) if services else ({}, ALONE)
            blocks = {
                who: [(own[0][0], own[-1][1])] for who, own in parts.items() if own
            }
            self._plans[key] = {**blocks, stylist: [(timedelta(), length or ALONE)]}
        return self._plans[key]

    def _take(self, times):
        for stylist_id, start, stop in times:
            windows = self._get_windows(stylist_id, start)
            windows[:] = subtract_times(windows, [(start, stop)])

    def _get_windows(self, stylist_id, moment):
        return self._free[stylist_id, self._get_day(moment)]

    def _get_day(self, moment):
        return self._company._salon_date(moment)
