from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from statistics import median

from odoo.tests import freeze_time
from odoo.tools import SQL

from ...models.visit.salon_visit import YEAR
from ..common_client import SalonClientCase


def plain_habits(moments):
    """The usual weekday and hour in plain Python, from moments by the salon's clock."""
    last = sorted(moments, reverse=True)[:8]
    if len(last) < 3:
        return None, None
    days = Counter(moment.isoweekday() for moment in last)
    weekday = min(days, key=lambda day: (-days[day], day))
    hours = [moment.hour + moment.minute / 60 for moment in last]
    middle = median(hours)
    near = sum(abs(hour - middle) <= 1 for hour in hours)
    return (
        weekday if 5 * days[weekday] >= 2 * len(last) else None,
        middle if 5 * near >= 2 * len(last) else None,
    )


class TestSalonHabits(SalonClientCase):
    """When a client usually comes, and what she paid in a year: each told once."""

    def _come_at(self, partner, *moments, **vals):
        for moment in moments:
            self._visit(partner, 1).write(
                {"start": self.company._salon_utc(moment), **vals}
            )

    def _get_habit(self, partner):
        standings = self.env["salon.client.standing"].with_company(self.company)
        return tuple(standings._get_habits(partner)[partner.id][:2])

    def test_as_in_plain_python(self):
        rng = Random(7)
        for number in range(25):
            partner = self._come(f"Client {number}")
            usual = datetime(2026, 3, 3, 9) - timedelta(days=rng.randrange(7))
            moments = [
                usual
                - timedelta(weeks=5 * nr, days=rng.choice((0, 0, 0, 1, 3)))
                + timedelta(minutes=rng.choice((0, 0, 15, 60, 75, 240, 480)))
                for nr in range(rng.randrange(1, 13))
            ]
            self._come_at(partner, *moments)
            self.assertEqual(self._get_habit(partner), plain_habits(moments), moments)

    def test_the_edge_of_a_habit(self):
        partner = self._come("Anna")
        self._come_at(partner, datetime(2026, 2, 3, 14), datetime(2026, 2, 10, 14))
        self.assertEqual(self._get_habit(partner), (None, None))
        self._come_at(partner, datetime(2026, 2, 18, 14, 30))
        self.assertEqual(self._get_habit(partner), (2, 14))
        # Two in five are enough, two in six are not.
        self._come_at(partner, datetime(2026, 1, 8, 9), datetime(2026, 1, 16, 19))
        self.assertEqual(self._get_habit(partner), (2, 14))
        self._come_at(partner, datetime(2026, 1, 24, 11))
        self.assertEqual(self._get_habit(partner)[0], None)

    def test_only_her_last_visits_here_count(self):
        partner = self._come("Anna")
        old = [datetime(2025, month, 7, 9) for month in range(1, 10)]
        self._come_at(partner, *old)
        new = [datetime(2026, 1, 6, 18) + timedelta(weeks=nr) for nr in range(8)]
        self._come_at(partner, *new)
        self.assertEqual(self._get_habit(partner), (2, 18))
        shampoo = self._create_product("Shampoo", "retail")
        self._visit(partner, 2, product=shampoo)
        self._visit(partner, 3, state="booked").start += timedelta(days=9)
        self.assertEqual(self._get_habit(partner), (2, 18))
        other = self._create_company("Other")
        standings = self.env["salon.client.standing"].with_company(other)
        self.assertFalse(standings._get_habits(partner))

    def test_card_segments_and_proposals_agree(self):
        partner = self._come("Anna")
        moments = [datetime(2026, 2, day, 17, 15) for day in (5, 12, 19, 26)]
        self._come_at(partner, *moments)
        self._refresh()
        self.assertEqual(self._get(partner).usual_weekday, 4)
        self.assertEqual(self._get(partner).usual_hour, 17)
        card = self.env["salon.client.card"]._get(partner)
        facts = {fact["label"]: fact["text"] for fact in card["facts"]}
        self.assertEqual(facts["Usually on"], "Thursday")
        self.assertEqual(facts["Usually at"], "17:15")

    @freeze_time("2026-03-11 09:00:00")
    def test_money_of_a_year(self):
        """From its first day to its last, whoever asks."""
        partner = self._come("Anna")
        for days, price in ((YEAR + 1, 1), (YEAR, 2), (YEAR - 1, 4), (0, 8)):
            # Counted from the tenth: the eleventh is today.
            self._visit(partner, days - 1 if days else 0, price)
        self._visit(partner, 30, 16, state="cancelled")
        rows = self._ask_worth(partner, date(2026, 3, 11))
        self.assertEqual(rows, 12)
        # The day before there was one more of the oldest.
        self.assertEqual(self._ask_worth(partner, date(2026, 3, 10)), 14)
        self.assertEqual(self._ask_worth(partner, date(2026, 3, 9)), 7)
        self._refresh()
        self.assertEqual(self._get(partner).amount_year, 12)
        card = self.env["salon.client.card"]._get(partner)
        year = next(f["text"] for f in card["facts"] if f["label"] == "In a year")
        self.assertIn("12", year)

    def _ask_worth(self, partner, until):
        """Return what she paid in the year up to a day, as calls are ordered by."""
        self.env.flush_all()
        candidates = self.env["salon.call.candidate"]
        worth = candidates._sql_worth(self.company, SQL("%s::date", until))
        rows = self.env.execute_query(
            SQL(
                "SELECT w.value FROM (SELECT %s AS partner_id) d, LATERAL (%s) w",
                partner.id,
                worth,
            )
        )
        return rows[0][0]
