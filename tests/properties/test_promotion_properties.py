"""Prices of promotions, and to whom they are open, against plain Python."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged
from odoo.tools import float_round

from odoo.addons.salon_reminders.tests.common_promotion import PromotionCase
from odoo.addons.salon_reminders.tools.promotion_price import get_saving, share_out

pytestmark = pytest.mark.room("promotion")

TODAY = date(2026, 3, 10)
KINDS = ("percent", "amount", "gift_service", "bundle")
money = st.decimals("0", "500", places=2)


def cents(value):
    return float_round(value, precision_digits=2)


def plain_saving(kind, usual, quantity, percent, amount):
    """The same in decimals, told the other way round: the price that is left."""
    if usual <= 0 or quantity <= 0:
        return Decimal(0)
    left = {
        "percent": usual * (100 - percent) / 100,
        "amount": max(usual - amount, 0),
        "bundle": max(usual - amount, 0),
        "gift_service": usual * max(quantity - 1, 0) / quantity,
    }[kind]
    return usual - left


@tagged("standard", "post_install", "-at_install")
class TestPromotionProperties(PromotionCase):
    @given(
        st.sampled_from(KINDS),
        money,
        st.integers(-2, 4),
        st.integers(1, 100),
        money,
    )
    def test_saving(self, kind, usual, quantity, percent, amount):
        found = get_saving(kind, float(usual), quantity, percent, float(amount))
        wanted = plain_saving(kind, usual, quantity, percent, amount)
        self.assertAlmostEqual(found, float(wanted), places=6)
        self.assertLessEqual(0, found)
        self.assertLessEqual(found, max(float(usual), 0) + 1e-9)

    @given(st.lists(money, min_size=1, max_size=6), st.integers(0, 100))
    def test_parts_add_up(self, weights, percent):
        total = cents(float(sum(weights)) * percent / 100)
        parts = share_out(total, [float(w) for w in weights], cents)
        self.assertEqual(len(parts), len(weights))
        whole = sum(Decimal(str(cents(part))) for part in parts)
        self.assertEqual(whole, Decimal(str(total)))
        for part, weight in zip(parts, weights, strict=True):
            exact = weight * percent / 100
            rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
            self.assertAlmostEqual(part, float(rounded), delta=0.0201)

    @settings(
        deadline=None,
        max_examples=25,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
    )
    @given(st.data())
    def test_open_promotions(self, data):
        """A small world of offers, and who may still be offered what."""
        with freeze_time(f"{TODAY} 09:00:00"), self.env.cr.savepoint() as savepoint:
            clients = [self._create_fan(f"C{nr}", 30) for nr in range(3)]
            promotions, offers, agreed = self._make_world(data, clients)
            for is_call in (False, True):
                found = self.offers._get_open_promotions(
                    self.env["res.partner"].union(*clients),
                    "phone" if is_call else None,
                )
                for client in clients:
                    wanted = self._plain_open(
                        client, promotions, offers, client in agreed, is_call
                    )
                    self.assertEqual(found[client].ids, wanted)
            savepoint.rollback()
        self.env.invalidate_all()

    def _make_world(self, data, clients):
        rows = []
        for number in range(data.draw(st.integers(1, 4))):
            first = TODAY + timedelta(days=data.draw(st.integers(-6, 2)))
            last = first + timedelta(days=data.draw(st.integers(0, 9)))
            inside = data.draw(st.sets(st.sampled_from(clients)))
            kind = data.draw(st.sampled_from(("percent", "amount")))
            limit = data.draw(st.integers(0, 2))
            promotion = self._create_promotion(
                f"P{number}",
                kind=kind,
                amount=5,
                date_from=first.isoformat(),
                date_to=last.isoformat(),
                limit_client=limit,
                domain=repr([("id", "in", sorted(c.id for c in inside))]),
            )
            rows.append((promotion.id, kind, first, last, inside, limit))
        offers = defaultdict(list)
        for client in clients:
            taken = set()
            for promotion_id, kind, *_rest in rows:
                state = data.draw(st.sampled_from((None, "open", "declined", "used")))
                if state is None or (state == "open" and kind in taken):
                    continue
                taken.add(kind) if state == "open" else None
                self.offers.create(
                    {
                        "promotion_id": promotion_id,
                        "partner_id": client.id,
                        "state": state,
                    }
                )
                offers[client].append((promotion_id, state))
        agreed = data.draw(st.sets(st.sampled_from(clients)))
        for client in set(clients) - agreed:
            self._agree(client, decision="withdrawn")
        return rows, offers, agreed

    def _plain_open(self, client, promotions, offers, agreed, is_call):
        if is_call and not agreed:
            return []
        live = sorted(
            (row for row in promotions if row[2] <= TODAY <= row[3]),
            key=lambda row: (row[3], row[0]),
        )
        said = defaultdict(list)
        for promotion_id, state in offers[client]:
            said[promotion_id].append(state)
        kinds = {row[1] for row in live if "open" in said[row[0]]}
        found = []
        for promotion_id, kind, _first, _last, inside, limit in live:
            states = said[promotion_id]
            if "declined" in states or (limit and states.count("used") >= limit):
                continue
            if "open" in states:
                found.append(promotion_id)
            elif agreed and client in inside and kind not in kinds:
                found.append(promotion_id)
                kinds.add(kind)
        return found
