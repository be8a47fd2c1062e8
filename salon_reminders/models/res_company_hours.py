from datetime import datetime, time, timedelta

from odoo import models

# Of a salon without working hours: always open, but nobody is called at night.
USUAL_HOURS = range(9, 20)


class ResCompany(models.Model):
    """When the salon is open, by its working hours and days off."""

    _inherit = "res.company"

    def _salon_intervals(self, first, last):
        """Return the (start, stop) in which the salon is open, aware, by its clock.

        :param date first: first day
        :param date last: last day, included
        """
        self.ensure_one()
        zone = self._salon_timezone()
        start = zone.localize(datetime.combine(first, time.min))
        stop = zone.localize(datetime.combine(last + timedelta(days=1), time.min))
        # Opening hours are no secret; not everybody may read calendars of others.
        calendar = self.sudo().resource_calendar_id
        intervals = calendar._work_intervals_batch(start, stop)[False]
        return [
            (begin.astimezone(zone), end.astimezone(zone))
            for begin, end, _attendance in intervals
        ]

    def _salon_has_hours(self):
        self.ensure_one()
        return bool(self.sudo().resource_calendar_id.attendance_ids)

    def _salon_is_open(self, moment):
        """Return whether the salon is open at a naive UTC moment."""
        if not self._salon_has_hours():
            return True
        local = self._salon_local(moment)
        day = local.date()
        return any(
            begin <= local < end for begin, end in self._salon_intervals(day, day)
        )

    def _salon_open_hours(self, first, last):
        """Return {day: full hours at which the salon is open} of these days."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if not self._salon_has_hours():
            return {day: list(USUAL_HOURS) for day in days}
        hours = {day: [] for day in days}
        for begin, end in self._salon_intervals(first, last):
            full = begin.hour + (begin.minute > 0)
            stop = end.hour + (end.minute > 0) if end.date() == begin.date() else 24
            hours[begin.date()] += range(full, stop)
        return hours
