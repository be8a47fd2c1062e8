"""Forecasts and what is learned from all clients, against plain Python."""

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged

from .. import reference as ref
from ..twins import Twins, cycle_vals
from .test_engine_properties import PropertyCase, examples, gaps

pytestmark = pytest.mark.room("reminder")

TODAY = datetime(2028, 3, 1, 9)
ODD_CURVES = [[round(0.99**step, 6) for step in range(201)]] * 4
ODD_MULTIPLES = [0.5, 0.4, 0.45, 0.6, 0.7, 0.9, 1.2]


@tagged("standard", "post_install", "-at_install")
class TestForecastProperties(PropertyCase):
    @examples(25)
    @given(gaps, st.lists(st.integers(0, 400), min_size=1, max_size=4), st.booleans())
    def test_forecast(self, gaps, waits, learned):
        """Expected date and probability, on any day and with any norm."""
        with self._undone():
            multiples = ODD_MULTIPLES if learned else ref.LATE_MULTIPLES
            curves = ODD_CURVES if learned else None
            if learned:
                self.env["salon.cycle.norm"].search(
                    [("cycle_id", "=", self.salons.cycles["roots"].id)]
                ).write({"multiples": multiples, "curves": curves})
            twins = Twins(self, self.salons, TODAY)
            history = ("history", 0, "east", ["touch-up"], 0, 9, gaps)
            twins.play([history], plan=False)
            for days in sorted(waits):
                self._compare_forecast(twins, days, multiples, curves)

    def _compare_forecast(self, twins, days, multiples, curves):
        """Compare what is to be expected so many days after the visit."""
        ((key, reminder),) = twins.world.reminders().items()
        moment = TODAY + timedelta(days=days)
        with freeze_time(moment):
            self.env.invalidate_all()
            salon = twins.world.salons["east"]
            today = salon.day(moment)
            record = twins.record_of(key)
            gone = ref.gone(reminder, today, curves)
            self.assertEqual(
                record.expected_date, ref.expected(reminder, salon, today, multiples)
            )
            self.assertAlmostEqual(record.gone_probability, gone, places=3)
            self.assertTrue(0 <= record.gone_probability <= 1)

    @examples(50)
    @given(st.sampled_from(range(4)), st.integers(10, 120))
    def test_waiting_never_helps(self, bucket, rhythm):
        """By the curves of a salon without history, who is late gets no likelier."""
        reminder = ref.Reminder(
            **dict.fromkeys(ref.Reminder.__dataclass_fields__),
        )
        reminder.last, reminder.rhythm = date(2028, 1, 1), rhythm
        reminder.year_visits = [1, 2, 4, 8][bucket]
        shares = [
            ref.gone(reminder, reminder.last + timedelta(days=rhythm * turns))
            for turns in range(1, 12)
        ]
        self.assertEqual(shares, sorted(shares))


@tagged("standard", "post_install", "-at_install")
class TestNormProperties(PropertyCase):
    @examples(6)
    @given(
        st.sampled_from([20, 60, 110, 260]),
        st.sampled_from([(21, 35, 49, 7, 70), (60, 100, 150, 14, 200)]),
        st.integers(0, 10**6),
    )
    def test_norm(self, clients, times, seed):
        """Typical gaps, multiples and curves of a random salon."""
        cycle, today = ref.Cycle(*times), TODAY.date()
        with self._undone(), freeze_time(TODAY):
            roots = self.salons.cycles["roots"]
            roots.write(cycle_vals(times))
            histories = self._fill(random.Random(seed), clients, cycle.ideal, today)
            self.env["salon.cycle.norm"]._learn(roots)
            norm = self.env["salon.cycle.norm"].search(
                [
                    ("cycle_id", "=", roots.id),
                    ("company_id", "=", self.salons.companies["east"].id),
                ]
            )
            count, typical = ref.typical_gaps(histories, cycle, today)
            self.assertEqual((norm.client_count, norm.gaps or None), (count, typical))
            known = typical or [cycle.ideal] * 9
            self._compare(
                [norm.multiples], [ref.late_multiples(histories, cycle, today, known)]
            )
            self._compare(norm.curves, ref.curves_of(histories, cycle, today, known))

    def _compare(self, theirs, ours):
        for row, expected in zip(theirs, ours, strict=True):
            for value, wanted in zip(row, expected, strict=True):
                self.assertAlmostEqual(value, wanted, places=3)

    def _fill(self, chance, clients, ideal, today):
        """Write three years of visits; return {client: days}."""
        partners = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(clients)]
        )
        histories = {}
        for partner in partners:
            rhythm = chance.uniform(0.6, 2) * ideal
            day = today - timedelta(days=chance.randint(30, 1100))
            days = {day}
            while chance.random() < 0.93:
                day += timedelta(days=max(1, round(chance.gauss(rhythm, rhythm / 4))))
                days.add(day)
            histories[partner.id] = sorted(day for day in days if day <= today)
        self._insert(histories)
        return {client: days for client, days in histories.items() if days}

    def _insert(self, histories):
        """Thousands of visits by hand: the ORM would take minutes."""
        rows = [(client, day) for client, days in histories.items() for day in days]
        self.env.cr.execute(
            """WITH visit AS (
                INSERT INTO salon_visit (partner_id, company_id, state, start, date)
                SELECT partner_id, %s, 'done', day + time '09:00', day
                  FROM unnest(%s::int[], %s::date[]) AS t (partner_id, day)
             RETURNING id)
            INSERT INTO salon_visit_line (
                visit_id, product_id, quantity, net_quantity)
            SELECT id, %s, 1, 1 FROM visit""",
            (
                self.salons.companies["east"].id,
                [client for client, _day in rows],
                [day for _client, day in rows],
                self.salons.services["touch-up"].id,
            ),
        )
