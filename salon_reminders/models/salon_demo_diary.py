"""The appointment book of the demo salon: finds free times, never twice the same."""

from collections import defaultdict
from datetime import datetime, time, timedelta

STEP = 15
SEARCHED_DAYS = (0, 1, -1, 2, -2, 3, -3, 4, 5, 6)


class Diary:
    """Keeps the busy minutes of every stylist and day, on the salon's clock."""

    def __init__(self, company, stylists):
        self._company = company
        self._busy = defaultdict(list)
        self._hours = {stylist: self._get_hours(stylist) for stylist in stylists}

    @staticmethod
    def _get_hours(stylist):
        """Return {weekday: [(from, to)]} in minutes, without the breaks."""
        hours = defaultdict(list)
        for attendance in stylist.calendar_id.attendance_ids:
            if attendance.day_period != "lunch":
                hours[int(attendance.dayofweek)].append(
                    (round(attendance.hour_from * 60), round(attendance.hour_to * 60))
                )
        return hours

    def book(self, stylist, day, minutes, hour, exact=False):
        """Take the free time nearest to a day and hour, or exactly on the day.

        :return: the start in UTC and the day, or None when there is none
        """
        for shift in (0,) if exact else SEARCHED_DAYS:
            date = day + timedelta(days=shift)
            free = self._get_free(stylist, date, minutes)
            if free:
                start = min(free, key=lambda minute: (abs(minute - hour * 60), minute))
                self._busy[stylist, date].append((start, start + minutes))
                return self._to_utc(date, start), date
        return None

    def _get_free(self, stylist, date, minutes):
        busy = self._busy[stylist, date]
        return [
            start
            for opens, closes in self._hours[stylist][date.weekday()]
            for start in range(opens, closes - minutes + 1, STEP)
            if not any(start < end and begin < start + minutes for begin, end in busy)
        ]

    def _to_utc(self, date, minute):
        return self._company._salon_utc(
            datetime.combine(date, time(minute // 60, minute % 60))
        )
