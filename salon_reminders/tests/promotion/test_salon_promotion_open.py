from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ...models.promotion.promotion_terms import Audience
from ..common_promotion import PromotionCase


class TestSalonPromotionOpen(PromotionCase):
    """To whom a promotion is open: consent, audience, dates, limits."""

    # ---- consent ----

    def test_consent_to_promotions_by_phone(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        self.assertEqual(self._open(anna, channel="phone"), promotion)
        self._agree(anna, decision="withdrawn")
        self.assertFalse(self._open(anna, channel="phone"))
        self.assertFalse(self._open(anna))
        self.assertFalse(self._open(anna))

    def test_agreeing_to_reminders_is_not_enough(self):
        anna = self._come("Anna", 30)
        anna.write({"phone": "+36 30 555 4999", "is_salon_client": True})
        anna.action_salon_consent_give()
        self._create_promotion()
        self.assertFalse(self._open(anna, channel="phone"))
        self.assertFalse(self._open(anna))

    def test_who_is_here_agreed_on_any_channel(self):
        anna = self._create_fan("Anna", 30)
        anna.email = "anna@example.com"
        promotion = self._create_promotion()
        self._agree(anna, decision="withdrawn")
        self._agree(anna, channel="email")
        self.assertFalse(self._open(anna, channel="phone"))
        self.assertEqual(self._open(anna), promotion)

    def test_what_she_was_offered_stays_hers_at_booking(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        self._offer(promotion, anna, "interested")
        self._agree(anna, decision="withdrawn")
        self.assertFalse(self._open(anna, channel="phone"))
        self.assertEqual(self._open(anna), promotion)

    def test_what_is_for_others_is_not_offered(self):
        """But it can be used by who comes for it."""
        anton = self._create_fan("Anton", 30)
        promotion = self._create_promotion(product_ids=self.roots_service.ids)
        offers = self.env["salon.promotion.participation"].with_company(self.company)
        self.assertTrue(offers._get_rows(anton, "phone"))
        self.roots_service.salon_audience = "women"
        anton.salon_audience = "men"
        self.assertFalse(offers._get_rows(anton, "phone"))
        self.assertEqual(self._open(anton), promotion)
        anton.salon_audience = "all"
        self.assertTrue(offers._get_rows(anton, "phone"))

    # ---- dates, state, limits ----

    def test_dates_and_state(self):
        anna = self._create_fan("Anna", 30)
        self._create_promotion("Draft", start=False)
        self._create_promotion("Later", date_from="2026-03-11", kind="amount", amount=5)
        promotion = self._create_promotion(date_to="2026-03-10")
        self.assertEqual(self._open(anna), promotion)
        day = fields.Date.to_date("2026-03-11")
        self.assertEqual(self._open(anna, day=day).mapped("name"), ["Later"])

    def test_limits(self):
        anna, bea = self._create_fan("Anna", 30), self._create_fan("Bea", 30)
        promotion = self._create_promotion(limit_client=2, limit_total=3)
        for expected in (1, 2):
            self._book(anna).use_promotion(promotion.id)
            self.assertEqual(promotion.used_count, expected)
        self.assertFalse(self._open(anna))
        self.assertEqual(self._open(bea), promotion)
        self._book(bea).use_promotion(promotion.id)
        self.assertFalse(self._open(bea))
        self.assertFalse(self._open(self._create_fan("Cleo", 30)))

    def test_budget(self):
        promotion = self._create_promotion(budget=10)
        self._book(self._create_fan("Anna", 30)).use_promotion(promotion.id)
        self.assertEqual(promotion.spent, 10)
        self.assertFalse(self._open(self._create_fan("Bea", 30)))

    def test_declined_is_declined(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        self._offer(promotion, anna, "later")
        self.assertEqual(self._open(anna), promotion)
        offer = self._offer(promotion, anna, "declined")
        self.assertEqual(len(offer), 1)
        self.assertFalse(self._open(anna))
        with self.assertRaisesRegex(UserError, "not open to Anna"):
            self._offer(promotion, anna, "interested")
        offer.action_interested()
        self.assertEqual(self._open(anna), promotion)

    def test_one_of_a_kind_the_one_that_ends_first(self):
        anna = self._create_fan("Anna", 30)
        long = self._create_promotion("Long")
        short = self._create_promotion("Short", date_to="2026-03-12")
        amount = self._create_promotion("Amount", kind="amount", amount=5)
        self.assertEqual(self._open(anna), short | amount)
        with self.assertRaises(UserError):
            self._offer(long, anna)
        offer = self._offer(short, anna)
        with freeze_time("2026-03-13 09:00:00"):
            self.assertEqual(self._open(anna), amount | long)
            self._offer(long, anna)
            self.assertEqual(offer.state, "over")

    # ---- audience ----

    def _audience(self, **vals):
        promotion = self._create_promotion(start=False, **vals)
        partners = self.env["res.partner"]
        found = self.env.execute_query(Audience(promotion).sql())
        return partners.browse(row[0] for row in found).filtered(
            lambda partner: partner.name.startswith("P ")
        )

    def test_who_booked_is_not_at_risk_in_whatever_open_state(self):
        lost = self._create_fan("P lost", 400, 370, 340)
        visit = self._visit(lost, 0, state="booked")
        for state in ("booked", "confirmed", "arrived"):
            visit.state = state
            self._refresh()
            self.assertFalse(self._audience(segment_lost=True, segment_at_risk=True))
        visit.state = "cancelled"
        self._refresh()
        self.assertEqual(self._audience(segment_lost=True), lost)

    def test_segments_and_zones(self):
        regular = self._create_fan("P regular", 200, 160, 120, 80, 40, 10)
        once = self._create_fan("P once", 200)
        self._visit(regular, 5, product=self.manicure)
        # Zones are kept for what the salon sells.
        self._refresh()
        self.assertEqual(self._audience(segment_one_visit=True), once)
        both = self._audience(segment_one_visit=True, segment_key=True)
        self.assertIn(once, both)
        ignored = self._audience(zone_id=self.nails.id)
        self.assertEqual(ignored, once)
        used = self._audience(zone_id=self.nails.id, zone_use="used")
        self.assertEqual(used, regular)
        former = self._audience(zone_id=self.nails.id, zone_use="former")
        self.assertFalse(former)
        self.assertFalse(self._audience(zone_id=self.nails.id, segment_key=True) - once)

    def test_due_in_a_cycle(self):
        due = self._create_fan("P due", 40)
        self._create_fan("P not due", 3)
        self.assertEqual(self._audience(cycle_id=self.roots.id), due)

    def test_birthday_near_also_across_a_years_end(self):
        born = {
            "P today": "1990-03-10",
            "P in a week": "1985-03-17",
            "P a week ago": "1985-03-03",
            "P in eight days": "1990-03-18",
        }
        for name, day in born.items():
            self._create_fan(name, 30).salon_birthdate = day
        self._create_fan("P unknown", 30)
        found = self._audience(is_birthday=True).mapped("name")
        self.assertEqual(set(found), set(born) - {"P in eight days"})
        new_year = self._create_fan("P new year", 30)
        new_year.salon_birthdate = "1990-01-02"
        leap = self._create_fan("P leap", 30)
        leap.salon_birthdate = "1992-02-29"
        with freeze_time("2026-12-28 09:00:00"):
            self.assertEqual(
                self._audience(date_to="2027-01-10", is_birthday=True), new_year
            )
        with freeze_time("2027-01-08 09:00:00"):
            self.assertEqual(
                self._audience(date_to="2027-03-10", is_birthday=True), new_year
            )
        with freeze_time("2026-02-28 09:00:00"):
            days = {"is_birthday": True, "birthday_days": 0}
            self.assertEqual(self._audience(**days), leap)

    def test_lost_for_a_reason(self):
        reason, other = self.env["salon.leaving.reason"].create(
            [{"name": "Too dear"}, {"name": "Moved"}]
        )
        outcome = self.env["salon.call.outcome"]._get_default("left_us")
        clients = {}
        for name, why in (("P dear", reason), ("P moved", other), ("P back", reason)):
            clients[name] = self._create_fan(name, 60)
            clients[name].action_salon_consent_give()
            call = self.env["salon.call"].create({"partner_id": clients[name].id})
            self.env["salon.call.attempt"].create(
                {
                    "call_id": call.id,
                    "outcome_id": outcome.id,
                    "leaving_reason_id": why.id,
                    "date": "2026-02-20 10:00:00",
                }
            )
        self._visit(clients["P back"], 2)
        found = self._audience(leaving_reason_ids=reason.ids)
        self.assertEqual(found, clients["P dear"])

    def test_saved_filter_is_copied(self):
        anna = self._create_fan("P Anna", 30)
        self._create_fan("P Bea", 30)
        favorite = self.env["ir.filters"].create(
            {
                "name": "Annas",
                "model_id": "res.partner",
                "domain": "[('name', 'ilike', 'anna')]",
            }
        )
        self.assertEqual(self._audience(filter_id=favorite.id), anna)
        promotion = self._create_promotion(start=False, filter_id=favorite.id)
        favorite.unlink()
        self.assertEqual(promotion.domain, "[('name', 'ilike', 'anna')]")

    def test_only_clients_of_the_salon(self):
        anna = self._create_fan("P Anna", 30)
        foreign = self._create_fan("P foreign", 30)
        foreign.company_id = self._create_company("Other")
        archived = self._create_fan("P archived", 30)
        archived.action_archive()
        self.env["res.partner"].create({"name": "P supplier"})
        self.assertEqual(self._audience(), anna)

    def test_counts_say_who_can_be_called(self):
        self._create_fan("Anna", 30)
        self._agree(self._create_fan("Bea", 30), decision="withdrawn")
        promotion = self._create_promotion(
            start=False, domain="[('name', 'in', ('Anna', 'Bea'))]"
        )
        counts = (promotion.audience_count, promotion.reachable_count)
        self.assertEqual(counts, (2, 1))

    # ---- many ----

    def test_queries_do_not_grow(self):
        kinds = [
            {"kind": "percent"},
            {"kind": "amount", "amount": 5},
            {"kind": "gift_service", "product_ids": self.manicure.ids},
        ]
        for vals in kinds:
            self._create_promotion(zone_id=self.nails.id, **vals)
        clients = self.env["res.partner"].union(
            *(self._create_fan(f"Fan {number}", 30) for number in range(12))
        )
        self._refresh()

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.offers._get_open_promotions(some, "phone")
            self.assertEqual([len(one) for one in found.values()], [3] * len(some))
            return self.env.cr.sql_log_count - before

        count(clients)
        few = count(clients[:1])
        self.assertEqual(few, count(clients))
        self.assertLessEqual(few, 12)
