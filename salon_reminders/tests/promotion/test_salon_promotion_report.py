from datetime import date, timedelta

from odoo.tests import freeze_time

from ..common_client import TODAY
from ..common_promotion import PromotionCase


class TestSalonPromotionReport(PromotionCase):
    """What a promotion brought, on a small salon counted by hand."""

    def _get_row(self, promotion):
        self.env.flush_all()
        self.env.invalidate_all()
        row = self.env["salon.promotion.report"].search(
            [("promotion_id", "=", promotion.id)]
        )
        # Now, not when the clock has moved on.
        row.read()
        return row

    def _create_gift(self, **vals):
        return self._create_promotion(
            "Try our nails",
            kind="gift_service",
            product_ids=self.manicure.ids,
            zone_id=self.nails.id,
            follow_days=30,
            date_to="2026-05-31",
            **vals,
        )

    def _use(self, promotion, partner):
        visit = self._book(partner, day=TODAY.isoformat())
        visit.use_promotion(promotion.id)
        visit.action_done()
        return visit

    def _come_later(self, partner, days, product, price=40):
        day = TODAY + timedelta(days=days)
        with freeze_time(f"{day} 12:00:00"):
            self._visit(partner, -days, price, product=product)

    def test_a_gift_visit_and_what_it_led_to(self):
        fans = [self._create_fan(f"Fan {number}", 40, 10) for number in range(6)]
        anna, bea, cleo, dora, eva, flora = fans
        self._refresh()
        gift = self._create_gift()
        self.assertEqual(len(gift.member_ids), 6)
        for client in (anna, bea, cleo):
            self._use(gift, client)
        self._offer(gift, dora, "interested")
        self._offer(gift, eva, "declined")
        # Anna pays again in the zone; Bea only elsewhere; Cleo too late.
        self._come_later(anna, 20, self.manicure)
        self._come_later(bea, 20, self.roots_service)
        self._come_later(cleo, 31, self.manicure)
        self._come_later(flora, 5, self.roots_service, 70)
        with freeze_time(f"{TODAY + timedelta(days=30)} 12:00:00"):
            row = self._get_row(gift)
            self.assertEqual((row.known_count, row.returned_count), (0, 0))
        with freeze_time(f"{TODAY + timedelta(days=31)} 12:00:00"):
            row = self._get_row(gift)
        self.assertEqual(
            (row.offered_count, row.interested_count, row.used_count), (5, 4, 3)
        )
        self.assertEqual((row.known_count, row.returned_count), (3, 2))
        self.assertEqual(row.first_zone_count, 3)
        self.assertEqual((row.zone_known_count, row.zone_returned_count), (3, 1))
        self.assertEqual((row.brought, row.cost), (150, 150))
        self.assertEqual(row.compared_count, 1)
        # Three roots of 50 on the day, 40 twice in time, of five clients.
        self.assertEqual(row.offered_amount, (150 + 80) / 5)
        self.assertEqual(row.compared_amount, 70)
        self.assertAlmostEqual(row.difference, 46 - 70)

    def test_zone_that_she_knows_is_not_opened(self):
        anna = self._create_fan("Anna", 40)
        self._visit(anna, 400, product=self.manicure)
        promotion = self._create_promotion(product_ids=self.manicure.ids)
        visit = self._book(anna, self.manicure, day=TODAY.isoformat())
        visit.use_promotion(promotion.id)
        visit.action_done()
        row = self._get_row(promotion)
        self.assertEqual((row.used_count, row.first_zone_count), (1, 0))

    def test_a_free_second_visit_is_not_paid(self):
        anna = self._create_fan("Anna", 40)
        self._refresh()
        gift = self._create_gift()
        self._use(gift, anna)
        self._come_later(anna, 10, self.manicure, 0)
        with freeze_time(f"{TODAY + timedelta(days=40)} 12:00:00"):
            row = self._get_row(gift)
        self.assertEqual((row.known_count, row.returned_count), (1, 0))
        self.assertEqual(row.zone_returned_count, 0)

    def test_a_booking_to_come_is_no_use_yet(self):
        promotion = self._create_promotion()
        self._book(self._create_fan("Anna", 30)).use_promotion(promotion.id)
        row = self._get_row(promotion)
        self.assertEqual((row.offered_count, row.used_count, row.cost), (1, 0, 0))
        self.assertEqual(promotion.used_count, 1)

    def test_nobody_to_compare_with(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion(domain=f"[('id', '=', {anna.id})]")
        self._offer(promotion, anna)
        row = self._get_row(promotion)
        self.assertEqual((row.compared_count, row.difference), (0, 0))

    def test_days_before_she_was_in_the_audience_do_not_count(self):
        anna = self._create_fan("Anna", 5)
        promotion = self._create_promotion()
        member = promotion.member_ids.filtered(lambda m: m.partner_id == anna)
        self.assertEqual(member.date, date(2026, 3, 10))
        self.assertEqual(self._get_row(promotion).compared_amount, 0)
        member.date = date(2026, 3, 5)
        found = promotion.member_ids.filtered(lambda m: m.partner_id != anna)
        found.unlink()
        self.assertEqual(self._get_row(promotion).compared_amount, 50)
