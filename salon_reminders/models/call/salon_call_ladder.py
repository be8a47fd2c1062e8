from collections import Counter
from datetime import datetime, time, timedelta
from itertools import takewhile

from odoo import fields, models

from ...tools.answer_hours import best_hour, usual_hour

# The next try of the same day comes after so many hours at the earliest.
REST_HOURS = 2
# A salon closed for longer is called again anyway.
DAYS_AHEAD = 14
# From so many of her last calls it is learned when she answers.
ATTEMPTS = 100


class SalonCallLadder(models.AbstractModel):
    """When to try again after nobody answered: the ladder of tries.

    First later the same day at another hour, then on the next day the salon is open.
    The hour is the one at which this client usually answers, else the one farthest
    from those tried in vain.
    """

    _name = "salon.call.ladder"
    _description = "Ladder of Tries"

    def _get_next_try(self):
        """Return the UTC moment of the next try."""
        self.ensure_one()
        answered, missed = self._get_answer_hours()
        for day, hours in self._get_try_days():
            hour = best_hour(hours, answered, missed)
            if hour is not None:
                return self.company_id._salon_utc(datetime.combine(day, time(hour)))
        return self._get_tomorrow()

    def _get_try_days(self):
        """Yield the days that come into question with their open full hours."""
        company = self.company_id
        now = company._salon_local(fields.Datetime.now())
        today = now.date()
        spans = company._salon_open_hours(today, today + timedelta(days=DAYS_AHEAD))
        if self._count_today() < 2:
            yield (
                today,
                [hour for hour in spans[today] if hour >= now.hour + REST_HOURS],
            )
        for number in range(1, DAYS_AHEAD + 1):
            yield today + timedelta(days=number), spans[today + timedelta(days=number)]

    def _get_tomorrow(self):
        now = self.company_id._salon_local(fields.Datetime.now())
        local = now + timedelta(days=1)
        return self.company_id._salon_utc(local.replace(tzinfo=None, microsecond=0))

    def _get_misses(self):
        """Return the tries in vain since she last answered, newest first."""
        made = self.attempt_ids.filtered(lambda attempt: not attempt.undone_at)
        newest = made.sorted(lambda attempt: (attempt.date, attempt.id), reverse=True)
        return newest.browse(
            attempt.id
            for attempt in takewhile(
                lambda attempt: attempt.outcome_id.kind == "no_answer", newest
            )
        )

    def _count_misses(self):
        return len(self._get_misses())

    def _count_today(self):
        """Return how often nobody answered today, the last time included."""
        company = self.company_id
        today = company._salon_today()
        return len(
            self._get_misses().filtered(
                lambda attempt: company._salon_date(attempt.date) == today
            )
        )

    def _get_answer_hours(self, attempts=None):
        """Return at which hours of the salon's clock she answered, and did not.

        :param attempts: read already, as by ``_get_client_attempts``
        :return: two ``Counter`` by hour, from all her calls at this salon
        """
        answered, missed = Counter(), Counter()
        if attempts is None:
            attempts = self._get_client_attempts()
        for attempt in attempts:
            hour = self.company_id._salon_local(attempt.date).hour
            if attempt.outcome_id.kind == "no_answer":
                missed[hour] += 1
            elif attempt.outcome_id.kind != "wrong_number":
                answered[hour] += 1
        return answered, missed

    def _get_client_attempts(self):
        """Return the newest attempts to reach this client, on whatever account."""
        self.ensure_one()
        names = (
            "date",
            "user_id",
            "outcome_id",
            "note",
            "gift",
            "bring_back",
            "company_id",
        )
        return self.env["salon.call.attempt"].search_fetch(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("undone_at", "=", False),
            ],
            names,
            limit=ATTEMPTS,
        )

    def _get_usual_hour(self, attempts=None):
        """Return the hour at which she usually answers, once that is known."""
        return usual_hour(self._get_answer_hours(attempts)[0])
