from datetime import timedelta

from ..models.visit.salon_visit import OPEN_STATES
from .teller import Teller

# What became of the visit, and its note.
MISSED = (
    ("no_show", "Did not come, phone off."),
    ("cancelled", "Child ill; will ring again."),
)
# Long enough ago to be called about it, whichever days the stylist works.
DAYS_AGO = (3, 4, 5, 6, 7)


class Missed(Teller):
    """Makes up clients who missed or cancelled a visit and did not book again."""

    def tell(self):
        times = filter(None, map(self._find_time, self._choose_last()))
        for (state, note), (last, services, start) in zip(MISSED, times, strict=False):
            # In the book until it was missed: an import would bring no call.
            visit = self._create_visit(
                *(last.partner_id, last.stylist_id, start, services),
                state=state,
                note=note,
            )
            visit.missed_at = visit.start

    def _choose_last(self):
        """Return the last visits of regulars who may be called, and were not."""
        visits = self._search_made(("stylist_id", "!=", False), order="start desc, id")
        calls = self._search("salon.call")
        booked = self._search("salon.visit", ("state", "in", OPEN_STATES))
        allowed = visits.partner_id._filter_callable()
        allowed -= calls.partner_id | booked.partner_id
        last = {visit.partner_id: visit for visit in reversed(visits)}
        return [
            visit
            for partner, visit in last.items()
            if partner in allowed
            and timedelta(days=25) < self.today - visit.date < timedelta(days=70)
            and not partner.salon_reminder_ids.filtered("is_stopped")
            and not partner.salon_reminder_ids.filtered("pause_until")
        ]

    def _find_time(self, last):
        """Return when the next visit was to be, some days ago at the usual hour.

        :return: (the last visit, services, start in UTC), or None
        """
        services = last.line_ids.product_id.filtered("salon_cycle_ids")
        hour = self.company._salon_local(last.start).hour
        days = [self.today - timedelta(days=ago) for ago in DAYS_AGO]
        start = services and self.diary.book(last.stylist_id, services, days, hour)
        return start and (last, services, start)
