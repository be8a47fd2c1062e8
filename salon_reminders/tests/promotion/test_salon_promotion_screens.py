from odoo.exceptions import AccessError, UserError

from ..common_promotion import PromotionCase


class TestSalonPromotionScreens(PromotionCase):
    """Promotions on calls, on the card and in the gaps."""

    def setUp(self):
        super().setUp()
        self.anna = self._create_fan("Anna", 30)
        self.anna.with_company(self.company).action_salon_consent_give()
        self.call = self.env["salon.call"].create(
            {"partner_id": self.anna.id, "user_id": self.receptionist.id}
        )

    def _desk(self):
        return self._as(self.call, self.receptionist)

    def test_on_the_card_of_a_call(self):
        promotion = self._create_promotion(text="A fifth off, as you are dear to us")
        rows = self._desk()._get_desk_card()["promotions"]
        self.assertEqual([row["id"] for row in rows], [promotion.id])
        self.assertEqual(rows[0]["text"], "A fifth off, as you are dear to us")
        answer = self._as(self.promotions, self.receptionist).answer_offer
        rows = answer(promotion.id, self.anna.id, False, self.call.id)
        self.assertEqual((rows[0]["offered"], rows[0]["answer"]), (True, ""))
        rows = answer(promotion.id, self.anna.id, "interested", self.call.id)
        self.assertEqual(rows[0]["answer"], "interested")
        self.assertEqual(answer(promotion.id, self.anna.id, "declined"), [])
        offer = self.anna.salon_participation_ids
        self.assertEqual((offer.method, offer.call_id), ("call", self.call))
        self.assertEqual(offer.state, "declined")

    def test_nothing_is_offered_on_a_call_without_consent(self):
        promotion = self._create_promotion()
        self._agree(self.anna, decision="withdrawn")
        self._agree(self.anna, channel="sms")
        self.assertEqual(self._desk()._get_desk_promotions(), [])
        answer = self._as(self.promotions, self.receptionist).answer_offer
        with self.assertRaisesRegex(UserError, "not open to Anna"):
            answer(promotion.id, self.anna.id, "interested", self.call.id)

    def test_wrong_requests(self):
        promotion = self._create_promotion()
        bea = self._create_fan("Bea", 30)
        answer = self._as(self.promotions, self.receptionist).answer_offer
        for args in (
            (promotion.id, bea.id, False, self.call.id),
            (promotion.id, self.anna.id, "maybe"),
            (999_999_999, self.anna.id),
            (promotion.id, 999_999_999),
        ):
            with self.assertRaises(UserError, msg=args):
                answer(*args)

    def test_in_the_script(self):
        self.env["salon.call.script"].create(
            {
                "kind": "reminder",
                "body": "Hello. As a gift: {promotion}.",
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self._desk().script, "Hello.")
        self._create_promotion(product_ids=self.manicure.ids)
        self.call.invalidate_recordset()
        text = "Hello. As a gift: 20 % off Manicure until 03/31/2026."
        self.assertEqual(self._desk().script, text)

    def test_who_stayed_away_hears_of_a_gift_with_consent_to_offers_only(self):
        """A call that asks why needs another consent than the gift it may name."""
        self.call.action_cancel()
        self.env["salon.call.script"].create(
            {
                "kind": "lapsed",
                "body": "We miss you. To welcome you back: {promotion}.",
                "company_id": self.company.id,
            }
        )
        self._create_promotion(product_ids=self.manicure.ids)
        self._answer(self.anna, "feedback")
        self.call = self.env["salon.call"].create(
            {"partner_id": self.anna.id, "kind": "lapsed"}
        )
        self.assertIn("20 % off Manicure", self._desk().script)
        # One word on the phone is enough.
        self._answer(self.anna, "promotion", decision="withdrawn")
        self.call.invalidate_recordset()
        self.assertEqual(self.call.state, "open")
        self.assertEqual(self._desk().script, "We miss you.")
        self.assertEqual(self._desk()._get_desk_promotions(), [])

    def test_on_the_client_card(self):
        promotion = self._create_promotion()
        partner = self._as(self.anna, self.receptionist)
        card = partner.salon_get_card(partner.id)["promotions"]
        self.assertEqual([row["id"] for row in card["open"]], [promotion.id])
        self.assertEqual(card["history"], [])
        self._offer(promotion, self.anna, "later")
        card = partner.salon_get_card(partner.id)["promotions"]
        self.assertEqual(card["history"][0]["text"], "Later")
        partner.invalidate_recordset()
        self.assertEqual(partner.salon_participation_count, 1)

    def test_in_her_history(self):
        offer = self._offer(self._create_promotion(), self.anna, "later")
        events = self._as(self.env["salon.client.event"], self.receptionist)
        event = events.search(
            [("partner_id", "=", self.anna.id), ("kind", "=", "promotion")]
        )
        self.assertEqual(event.summary, "Promotion: Spring (Later)")
        self.assertEqual(event.action_open_record()["res_id"], offer.id)

    def test_card_queries_do_not_grow(self):
        def count(partner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["salon.client.card"]._get(partner)
            return self.env.cr.sql_log_count - before

        few = self._create_fan("Few", 30)
        many = self._create_fan("Many", *range(10, 200, 10))
        for number in range(4):
            promotion = self._create_promotion(f"Old {number}")
            self._offer(promotion, many)
            self._offer(promotion, few)
            promotion.action_end()
        for number in range(3):
            self._create_promotion(f"Now {number}")
        count(few)
        self.assertEqual(count(few), count(many))

    def test_gap_names_the_gift(self):
        gift = self._create_promotion(
            "Try our nails",
            kind="gift_service",
            product_ids=self.manicure.ids,
            quiet_only=True,
            hour_ids=[(0, 0, {"weekday": "4", "hour_from": 9, "hour_to": 12})],
        )
        finder = self.env["salon.gap.finder"]

        def name(start):
            row = {
                "partner_id": self.anna.id,
                "start": start,
                "reason": "due today",
            }
            window = {"stylist_id": self.stylist.id, "clients": [row]}
            finder._name_gifts([window])
            return row["reason"]

        thursday = "2026-03-12 09:00:00"
        self.assertEqual(name(thursday), "due today, gift: Try our nails")
        self.assertEqual(name("2026-03-12 11:00:00"), "due today")
        gift.action_end()
        self.assertEqual(name(thursday), "due today")

    def test_stylists_do_not_offer(self):
        promotion = self._create_promotion()
        visit = self._book(self.anna)
        with self.assertRaises(AccessError):
            self._as(visit, self.stylist_user).use_promotion(promotion.id)
