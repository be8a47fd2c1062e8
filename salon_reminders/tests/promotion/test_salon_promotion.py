from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common_promotion import PromotionCase


class TestSalonPromotion(PromotionCase):
    # ---- bad input ----

    def _assert_refused(self, **vals):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._create_promotion(start=False, **vals)
            self.env.flush_all()

    def test_can_not_end_before_it_starts(self):
        self._assert_refused(date_to="2026-02-28")

    def test_percent(self):
        self._assert_refused(percent=0)

    def test_percent_above_all(self):
        self._assert_refused(percent=101)

    def test_amount_of_nothing(self):
        self._assert_refused(kind="amount")

    def test_negative_limit(self):
        self._assert_refused(limit_total=-1)

    def test_gifts_and_bundles_need_what_they_give(self):
        for vals in (
            {"kind": "gift_service"},
            {"kind": "gift_service", "product_ids": self.shampoo.ids},
            {"kind": "gift_product", "product_ids": self.manicure.ids},
            {"kind": "bundle", "amount": 40, "product_ids": self.manicure.ids},
            {
                "kind": "bundle",
                "amount": 100,
                "product_ids": (self.manicure | self.roots_service).ids,
            },
        ):
            with self.assertRaises(ValidationError, msg=vals):
                self._create_promotion(start=False, **vals)

    def test_what_is_over_does_not_start(self):
        promotion = self._create_promotion(start=False, date_to="2026-03-09")
        with self.assertRaisesRegex(UserError, "ended on"):
            promotion.action_start()

    def test_filter_that_can_not_be_read(self):
        for domain in ("[('nothing_like_it', '=', 1)]", "[(", "uid"):
            with self.assertRaises(ValidationError, msg=domain):
                self._create_promotion(start=False, domain=domain)

    def test_two_currencies(self):
        promotion = self._create_promotion()
        anna = self._create_fan("Anna", 30)
        visit = self._book(anna)
        old = self.company.currency_id
        self.company.currency_id = self.env.ref("base.CHF")
        self.assertEqual(promotion.currency_id, old)
        with self.assertRaisesRegex(UserError, "counts in CHF"):
            visit.use_promotion(promotion.id)
        with self.assertRaisesRegex(UserError, "counts in CHF"):
            promotion.action_start()

    # ---- asked before it starts ----

    def _ask(self, promotion):
        action = promotion.action_start()
        if not action:
            return ""
        return self.env[action["res_model"]].browse(action["res_id"]).question

    def test_nobody_and_everybody(self):
        for number in range(3):
            self._create_fan(f"Fan {number}", 30)
        nobody = self._create_promotion(start=False, segment_lost=True)
        self.assertIn("Nobody fits", self._ask(nobody))
        self.assertEqual(nobody.state, "draft")
        everybody = self._create_promotion(start=False)
        count = everybody.audience_count
        self.assertIn(f"all {count} clients", self._ask(everybody))
        start = self.env["salon.promotion.start"].search(
            [("promotion_id", "=", everybody.id)]
        )
        start.action_start()
        self.assertEqual(everybody.state, "running")

    def test_some_start_at_once(self):
        anna, _bea = self._create_fan("Anna", 30), self._create_fan("Bea", 30)
        domain = f"[('id', '=', {anna.id})]"
        promotion = self._create_promotion(start=False, domain=domain)
        self.assertFalse(promotion.action_start())
        self.assertEqual(promotion.member_ids.partner_id, anna)

    def test_overlap_of_a_kind(self):
        anna, bea = self._create_fan("Anna", 30), self._create_fan("Bea", 30)
        both = f"[('id', 'in', {[anna.id, bea.id]})]"
        self._create_promotion("First", domain=both)
        only = f"[('id', '=', {anna.id})]"
        again = self._create_promotion("Second", start=False, domain=only)
        self.assertIn("1 clients in common", self._ask(again))
        other = self._create_promotion(
            "Other kind", start=False, domain=only, kind="amount", amount=5
        )
        self.assertEqual(self._ask(other), "")
        later = self._create_promotion(
            "Later",
            start=False,
            domain=only,
            date_from="2026-04-01",
            date_to="2026-04-30",
        )
        self.assertEqual(self._ask(later), "")

    # ---- used promotions stay as they were ----

    def test_offered_terms_do_not_change(self):
        promotion = self._create_promotion()
        self._offer(promotion, self._create_fan("Anna", 30))
        for vals in ({"percent": 30}, {"domain": "[]"}, {"segment_new": True}):
            with self.assertRaisesRegex(UserError, "offered to clients already"):
                promotion.write(vals)
        promotion.write({"name": "Renamed", "date_to": "2026-04-15"})
        with self.assertRaisesRegex(UserError, "archive it instead"):
            promotion.unlink()
        self._create_promotion(start=False).unlink()

    def test_ending_and_archiving_close_offers(self):
        anna = self._create_fan("Anna", 30)
        for end in ("action_end", "action_archive"):
            promotion = self._create_promotion()
            offer = self._offer(promotion, anna)
            getattr(promotion, end)()
            self.assertEqual(offer.state, "over")
            self.assertEqual(promotion.state, "ended")
            self.assertFalse(self._open(anna))

    def test_a_copy_begins_anew(self):
        promotion = self._create_promotion(
            quiet_only=True, hour_ids=[(0, 0, {"weekday": "2"})]
        )
        copy = promotion.copy()
        self.assertEqual((copy.state, copy.used_count), ("draft", 0))
        self.assertEqual(len(copy.hour_ids), 1)

    # ---- the job ----

    def test_job_ends_and_takes_in(self):
        promotion = self._create_promotion()
        over = self._create_promotion("Over", kind="amount", amount=5)
        anna = self._create_fan("Anna", 30)
        offer = self._offer(over, anna)
        self.assertNotIn(anna, promotion.member_ids.partner_id)
        over.date_to = "2026-03-09"
        cron = self.env.ref("salon_reminders.ir_cron_follow_promotions")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.assertIn(anna, promotion.member_ids.partner_id)
        self.assertEqual(over.state, "ended")
        self.assertEqual(offer.state, "over")
        count = len(promotion.member_ids)
        self.env["salon.promotion.member"]._refresh(promotion)
        self.assertEqual(len(promotion.member_ids), count)

    def test_days_are_those_of_the_salon(self):
        promotion = self._create_promotion(date_to="2026-03-10")
        anna = self._create_fan("Anna", 30)
        with freeze_time("2026-03-10 22:59:00"):
            self.assertEqual(self._open(anna), promotion)
        with freeze_time("2026-03-10 23:01:00"):
            self.assertFalse(self._open(anna))

    # ---- the database ----

    def test_one_open_offer_of_a_kind(self):
        anna = self._create_fan("Anna", 30)
        first, second = self._create_promotion(), self._create_promotion("Second")
        vals = {"partner_id": anna.id, "user_id": self.manager.id}
        self.offers.create({**vals, "promotion_id": first.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.offers.create({**vals, "promotion_id": second.id})

    def test_database_keeps_limit_and_budget(self):
        for limit in ({"limit_total": 1}, {"budget": 15}):
            promotion = self._create_promotion(**limit)
            for name in ("Anna", "Bea"):
                self.offers.create(
                    {
                        "promotion_id": promotion.id,
                        "partner_id": self._create_fan(name, 30).id,
                        "state": "used",
                    }
                )
                visit = self._book(self._create_fan(name, 30))
                line = {"promotion_id": promotion.id, "usual_amount": 50, "amount": 40}
                visit.line_ids.write(line)
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                with self.env.cr.savepoint():
                    promotion._sync_uses()

    # ---- roles ----

    def test_roles(self):
        anna = self._create_fan("Anna", 3)
        promotion = self._create_promotion()
        reception = self._as(promotion, self.receptionist)
        reception.answer_offer(promotion.id, anna.id, "interested")
        offer = self.offers.search([("partner_id", "=", anna.id)])
        self.assertEqual(
            (offer.user_id, offer.answer), (self.receptionist, "interested")
        )
        for change in (
            lambda: reception.write({"name": "Mine"}),
            lambda: reception.action_end(),
            lambda: self._as(offer, self.receptionist).write({"state": "used"}),
            lambda: self._as(offer, self.receptionist).unlink(),
            lambda: self._as(self.offers, self.receptionist).create(
                {"promotion_id": promotion.id, "partner_id": anna.id}
            ),
            lambda: self._as(offer, self.manager).write({"state": "used"}),
        ):
            with self.assertRaises(AccessError):
                change()
        self._as(promotion, self.manager).write({"name": "Boss"})

    def test_stylists_read_their_own_clients_only(self):
        promotion = self._create_promotion()
        own = self._offer(promotion, self._create_fan("Anna", 3))
        bea = self._create_fan("Bea", 3)
        bea.salon_visit_ids.stylist_id = self._create_stylist("Zora")
        bea.salon_visit_ids.line_ids.stylist_id = bea.salon_visit_ids.stylist_id
        foreign = self._offer(promotion, bea)
        found = self._as(self.offers, self.stylist_user).search([])
        self.assertIn(own, found)
        self.assertNotIn(foreign, found)
        with self.assertRaises(AccessError):
            self._as(promotion, self.stylist_user).answer_offer(
                promotion.id, own.partner_id.id, "interested"
            )
        with self.assertRaises(AccessError):
            self._as(own, self.stylist_user).action_declined()

    def test_companies_are_apart(self):
        promotion = self._create_promotion()
        offer = self._offer(promotion, self._create_fan("Anna", 3))
        other = self._create_company("Other")
        self.receptionist.company_ids |= other
        here = {"allowed_company_ids": other.ids}
        for record in (promotion, offer):
            elsewhere = record.with_user(self.receptionist).with_context(**here)
            with self.assertRaises(AccessError):
                elsewhere.check_access("read")
        found = self.offers.with_company(other)._get_open_promotions(offer.partner_id)
        self.assertFalse(found[offer.partner_id])

    # ---- clients who change ----

    def test_archived_client(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        offer = self._offer(promotion, anna)
        anna.action_archive()
        self.assertEqual(offer.state, "over")
        self.assertFalse(self._open(anna))

    def test_merged_clients(self):
        anna, twin = self._create_fan("Anna", 30), self._create_fan("Anna K.", 40)
        first, second = self._create_promotion(), self._create_promotion("Second")
        gift = self._create_promotion(kind="gift_product", product_ids=self.shampoo.ids)
        wanted = self._offer(first, anna, "interested")
        other = self.offers.create({"promotion_id": second.id, "partner_id": twin.id})
        own = self._offer(gift, twin)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((anna | twin).ids, twin)
        self.assertEqual((wanted | other | own).partner_id, twin)
        self.assertEqual(
            [offer.state for offer in (wanted, other, own)], ["open", "over", "open"]
        )
        self.assertEqual(
            len(first.member_ids.filtered(lambda m: m.partner_id == twin)), 1
        )

    def test_erased_client(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        offer = self._offer(promotion, anna, "interested")
        offer.note = "Anna asked for Friday"
        used = self._create_promotion("Used", kind="amount", amount=5)
        visit = self._book(anna, day="2026-03-10")
        visit.use_promotion(used.id)
        visit.action_done()
        self.env["salon.privacy"]._erase(anna)
        self.assertEqual((offer.state, offer.note), ("over", False))
        self.assertEqual(used.used_count, 1)
        self.assertFalse(self._open(anna))

    def test_import_by_a_manager(self):
        anna = self._create_fan("Anna", 30)
        promotion = self._create_promotion()
        offers = self._as(self.offers, self.manager)
        result = offers.load(
            ["promotion_id/.id", "partner_id/.id", "date", "answer", "state"],
            [
                [
                    str(promotion.id),
                    str(anna.id),
                    "2026-03-05 10:00:00",
                    "declined",
                    "used",
                ]
            ],
        )
        offer = self.offers.browse(result["ids"])
        self.assertEqual((offer.method, offer.state), ("import", "declined"))
        self.assertEqual(offer.date, fields.Datetime.to_datetime("2026-03-05 10:00:00"))
