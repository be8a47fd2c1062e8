from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common_promotion import PromotionCase


class TestSalonPromotionUse(PromotionCase):
    """Using promotions on visits: prices, limits, quiet hours, undoing."""

    def setUp(self):
        super().setUp()
        self.anna = self._create_fan("Anna", 30)

    def _use(self, promotion, *products, **vals):
        visit = self._book(self.anna, *products, **vals)
        visit.use_promotion(promotion.id)
        return visit

    # ---- prices ----

    def test_percent(self):
        promotion = self._create_promotion(product_ids=self.manicure.ids)
        visit = self._use(promotion, self.roots_service, self.manicure)
        self.assertEqual(visit.line_ids.mapped("amount"), [50, 40])
        line = visit.line_ids[1]
        self.assertEqual(line.promotion_id, promotion)
        self.assertEqual((line.usual_amount, line.promotion_saving), (50, 10))
        self.assertFalse(visit.line_ids[0].promotion_id)
        offer = self.anna.salon_participation_ids
        self.assertEqual((offer.state, offer.visit_id), ("used", visit))

    def test_percent_of_the_price_that_was_agreed(self):
        visit = self._book(self.anna)
        visit.line_ids.amount = 80
        visit.use_promotion(self._create_promotion().id)
        self.assertEqual(visit.line_ids.amount, 64)

    def test_amount_is_taken_off_once_and_never_more_than_the_price(self):
        promotion = self._create_promotion(kind="amount", amount=70, limit_client=0)
        self.manicure.list_price = 60
        visit = self._use(promotion, self.roots_service, self.manicure)
        self.assertEqual(visit.line_ids.mapped("amount"), [50, 0])
        self.assertEqual(promotion.spent, 60)

    def test_gift_is_put_on_the_visit(self):
        promotion = self._create_promotion(
            kind="gift_service", product_ids=self.manicure.ids
        )
        visit = self._use(promotion)
        self.assertEqual(visit.line_ids.product_id, self.roots_service | self.manicure)
        self.assertEqual(visit.line_ids.mapped("amount"), [50, 0])
        self.assertEqual(promotion.spent, 50)

    def test_one_of_several_is_the_gift(self):
        promotion = self._create_promotion(
            kind="gift_product", product_ids=self.shampoo.ids
        )
        visit = self._book(self.anna, self.shampoo)
        visit.line_ids.quantity = 3
        visit.use_promotion(promotion.id)
        self.assertEqual(visit.line_ids.amount, 24)

    def test_bundle(self):
        self.manicure.list_price = 25
        promotion = self._create_promotion(
            kind="bundle",
            amount=60,
            product_ids=(self.manicure | self.roots_service).ids,
        )
        visit = self._book(self.anna)
        with self.assertRaisesRegex(UserError, "Missing on the visit: Manicure"):
            visit.use_promotion(promotion.id)
        visit = self._use(promotion, self.roots_service, self.manicure)
        self.assertEqual(visit.line_ids.mapped("amount"), [40, 20])
        self.assertEqual(visit.amount_total, 60)

    def test_session_of_a_course_is_paid_already(self):
        visit = self._book(self.anna)
        visit.line_ids.amount = 0
        with self.assertRaisesRegex(UserError, "Nothing on the visit"):
            visit.use_promotion(self._create_promotion().id)

    def test_two_promotions_on_one_visit(self):
        percent = self._create_promotion(product_ids=self.manicure.ids)
        amount = self._create_promotion(kind="amount", amount=5)
        visit = self._use(percent, self.roots_service, self.manicure)
        visit.use_promotion(amount.id)
        self.assertEqual(visit.line_ids.mapped("amount"), [45, 40])
        self.assertEqual(visit.promotion_ids, percent | amount)

    # ---- changes afterwards ----

    def test_quantity_changes(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        visit.line_ids.quantity = 2
        self.assertEqual(visit.line_ids.amount, 80)
        self.assertEqual(promotion.spent, 20)

    def test_quantity_changes_on_the_form(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        with Form(self._as(visit, self.receptionist)) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 2
                self.assertEqual(line.amount, 80)
        self.assertEqual((visit.amount_total, promotion.spent), (80, 20))

    def test_other_service(self):
        visit = self._use(self._create_promotion(product_ids=self.roots_service.ids))
        with self.assertRaisesRegex(ValidationError, "no part of the promotion"):
            visit.line_ids.product_id = self.manicure

    def test_nobody_writes_it_on_a_line(self):
        promotion = self._create_promotion()
        visit = self._as(self._book(self.anna), self.receptionist)
        for vals in ({"promotion_id": promotion.id}, {"usual_amount": 90}):
            with self.assertRaisesRegex(UserError, "price follows"):
                visit.line_ids.write(vals)
        with self.assertRaisesRegex(UserError, "price follows"):
            visit.line_ids.create(
                {
                    "visit_id": visit.id,
                    "product_id": self.manicure.id,
                    "promotion_id": promotion.id,
                }
            )

    def _assert_taken_off(self, visit, promotion, offer, state="open"):
        self.assertFalse(visit.line_ids.promotion_id)
        self.assertEqual((promotion.used_count, promotion.spent), (0, 0))
        self.assertEqual((offer.state, offer.visit_id.id), (state, False))

    def test_cancelled_visit_gives_it_back(self):
        promotion = self._create_promotion()
        for cancel in ("action_cancel", "action_no_show"):
            visit = self._use(promotion)
            offer = self.anna.salon_participation_ids
            if cancel == "action_no_show":
                visit.start = "2026-03-10 07:00:00"
            getattr(visit, cancel)()
            self.assertEqual(visit.line_ids.amount, 50)
            self._assert_taken_off(visit, promotion, offer)
        self.assertEqual(len(offer), 1)

    def test_cancelled_after_the_end(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        offer = self.anna.salon_participation_ids
        promotion.action_end()
        self.assertEqual(offer.state, "used")
        visit.action_cancel()
        self._assert_taken_off(visit, promotion, offer, "over")

    def test_cancelled_when_another_offer_is_open(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        offer = self.anna.salon_participation_ids
        other = self._offer(self._create_promotion("Other"), self.anna)
        visit.action_cancel()
        self._assert_taken_off(visit, promotion, offer, "over")
        self.assertEqual(other.state, "open")

    def test_taken_off_and_deleted(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        offer = self.anna.salon_participation_ids
        self._as(visit, self.receptionist).take_off_promotions()
        self._assert_taken_off(visit, promotion, offer)
        visit.use_promotion(promotion.id)
        self.assertEqual(promotion.used_count, 1)
        visit.line_ids.unlink()
        self._assert_taken_off(visit, promotion, offer)
        visit = self._use(promotion)
        visit.unlink()
        self.assertEqual((promotion.used_count, offer.state), (0, "open"))

    def test_visit_of_somebody_else(self):
        promotion = self._create_promotion()
        visit = self._use(promotion)
        with self.assertRaisesRegex(UserError, "Take it off"):
            visit.partner_id = self._create_fan("Bea", 30)

    def test_closed_visit(self):
        promotion = self._create_promotion()
        visit = self._book(self.anna, day="2026-03-10")
        visit.action_done()
        with self.assertRaisesRegex(UserError, "closed"):
            visit.use_promotion(promotion.id)

    def test_money_of_a_use(self):
        promotion = self._create_promotion(product_ids=self.manicure.ids)
        visit = self._use(
            promotion, self.roots_service, self.manicure, day="2026-03-10"
        )
        offer = self.anna.salon_participation_ids
        self.assertEqual((offer.brought, offer.cost), (0, 0))
        visit.action_done()
        offer.invalidate_recordset()
        self.assertEqual((offer.brought, offer.cost), (90, 10))

    def test_budget_is_not_exceeded_by_a_last_use(self):
        promotion = self._create_promotion(budget=15)
        self._use(promotion)
        bea = self._create_fan("Bea", 30)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._book(bea).use_promotion(promotion.id)

    def test_walk_in(self):
        promotion = self._create_promotion()
        visit = self._book(self.env["res.partner"])
        with self.assertRaises(UserError):
            visit.use_promotion(promotion.id)
        self.assertEqual(visit.promotion_card["open"], [])

    # ---- quiet hours ----

    def _quiet(self, **vals):
        # Visits are at ten on a Thursday.
        hours = {"weekday": "4", "hour_from": 9, "hour_to": 11}
        return self._create_promotion(quiet_only=True, hour_ids=[(0, 0, hours)], **vals)

    def test_quiet_hours(self):
        promotion = self._quiet()
        friday = self._book(self.anna, day="2026-03-13")
        with self.assertRaisesRegex(UserError, "Only at Thu 9:00–11:00"):
            friday.use_promotion(promotion.id)
        self._use(promotion)
        self.assertEqual(promotion.used_count, 1)

    def test_quiet_hours_end(self):
        promotion = self._quiet()
        promotion.hour_ids.hour_to = 10
        visit = self._book(self.anna)
        with self.assertRaisesRegex(UserError, "Only at"):
            visit.use_promotion(promotion.id)

    def test_hour_that_is_full_on_the_day(self):
        promotion = self._quiet(quiet_share=60)
        visit = self._book(self.anna)
        self._book(self._create_fan("Bea", 30))
        with self.assertRaisesRegex(UserError, "too full"):
            visit.use_promotion(promotion.id)
        row = visit.promotion_card["open"][0]
        self.assertIn("too full", row["obstacle"])
        visit.action_confirm()
        with self.assertRaisesRegex(UserError, "too full"):
            visit.use_promotion(promotion.id)
        promotion.quiet_share = 100
        visit.use_promotion(promotion.id)

    def test_hour_that_is_full_when_the_client_is_here(self):
        promotion = self._quiet(quiet_share=60)
        promotion.hour_ids.weekday = "2"
        visit = self._book(self.anna, day="2026-03-10")
        self._book(self._create_fan("Bea", 30), day="2026-03-10")
        visit.action_arrive()
        with self.assertRaisesRegex(UserError, "too full"):
            visit.use_promotion(promotion.id)

    def test_hours_proposed_from_the_book(self):
        # Every Tuesday morning was full, from ten to eleven.
        for days in (7, 14, 21, 28):
            self._visit(self._create_fan("Busy"), days)
        promotion = self._create_promotion(start=False)
        promotion.action_propose_hours()
        tuesdays = promotion.hour_ids.filtered(lambda hour: hour.weekday == "2")
        self.assertTrue(promotion.quiet_only)
        self.assertTrue(tuesdays)
        self.assertFalse(
            tuesdays.filtered(lambda hour: hour.hour_from <= 10 < hour.hour_to)
        )
        self.assertEqual(set(promotion.hour_ids.mapped("share")), {0})
        promotion.hour_ids = [
            (5,),
            (0, 0, {"weekday": "2", "hour_from": 10, "hour_to": 11}),
        ]
        self.assertEqual(promotion.hour_ids.share, 100)
        question = self.env["salon.promotion.start"]._get_load_questions(promotion)[0]
        self.assertIn("Tue 10:00–11:00: 100 %", question)

    # ---- at booking ----

    def test_what_the_booking_shows(self):
        promotion = self._create_promotion()
        visit = self._as(self._book(self.anna), self.receptionist)
        row = visit.promotion_card["open"][0]
        self.assertEqual((row["id"], row["obstacle"]), (promotion.id, ""))
        self.assertIn("20 % off", row["text"])
        visit.use_promotion(promotion.id)
        visit.invalidate_recordset()
        self.assertEqual(visit.promotion_card["used"][0]["name"], "Spring")
        self.assertEqual(visit.promotion_card["open"], [])
