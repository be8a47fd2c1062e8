"""Promotions in a real browser, on the demonstration salon."""

from datetime import timedelta

import pytest

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

pytestmark = pytest.mark.room("promotion")


@tagged("standard", "post_install", "-at_install")
class TestPromotions(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company.country_id = cls.env.ref("base.hu")
        for login, role in (("promo_recep", "receptionist"), ("promo_boss", "manager")):
            new_test_user(
                cls.env,
                login,
                groups=f"base.group_user,salon_reminders.group_{role}",
                company_id=cls.company.id,
            )
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        cls.env["salon.promotion"].search([("state", "=", "running")]).action_end()
        cls.hair, cls.nails = cls.env["salon.zone"].create(
            [{"name": "Promo hair"}, {"name": "Promo nails"}]
        )
        cls.cut = cls._create_service("Promo cut", cls.hair)
        cls.manicure = cls._create_service("Promo manicure", cls.nails)
        cls.anna = cls._create_client("Promo Anna", "+36 30 777 9901")
        cls.bea = cls._create_client("Promo Bea", "+36 30 777 9902")

    @classmethod
    def _create_service(cls, name, zone):
        cycle = cls.env["salon.cycle"].create({"name": name, "zone_id": zone.id})
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "salon_kind": "service",
                "list_price": 50,
                "salon_zone_id": zone.id,
                "salon_cycle_ids": cycle.ids,
            }
        )

    @classmethod
    def _create_client(cls, name, phone):
        partner = cls.env["res.partner"].create({"name": name, "phone": phone})
        consents = cls.env["salon.consent"]
        consents.create(
            [
                consents._prepare_vals(partner, "given", "desk", purpose=purpose)
                for purpose in ("reminder", "promotion")
            ]
        )
        cls.env["salon.visit"].create(
            [
                {
                    "partner_id": partner.id,
                    "start": fields.Datetime.now() - timedelta(days=days),
                    "state": "done",
                    "line_ids": [(0, 0, {"product_id": cls.cut.id})],
                }
                for days in (80, 40)
            ]
        )
        return partner

    def _create_gift(self, **vals):
        names = repr([("name", "like", "Promo ")])
        return self.env["salon.promotion"].create(
            {
                "name": "Try our nails",
                "kind": "gift_service",
                "product_ids": self.manicure.ids,
                "zone_id": self.nails.id,
                "domain": names,
                **vals,
            }
        )

    def test_offered_on_a_call_used_at_booking(self):
        self.env["salon.client.standing"]._refresh(self.company)
        gift = self._create_gift()
        gift.state = "running"
        percent = self.env["salon.promotion"].create(
            {"name": "Ten off", "percent": 10, "domain": gift.domain}
        )
        percent.state = "running"
        reminders = self.anna.salon_reminder_ids
        user = self.env["res.users"].search([("login", "=", "promo_recep")])
        call = self.env["salon.call"].create(
            {
                "partner_id": self.anna.id,
                "reminder_ids": reminders.ids,
                "due_date": reminders[:1].due_date,
                "user_id": user.id,
            }
        )
        self.start_tour(
            "/odoo/salon-desk", "salon_promotion_desk_tour", login=user.login
        )
        offers = self.anna.salon_participation_ids
        self.assertEqual(
            {offer.promotion_id.name: offer.answer for offer in offers},
            {"Try our nails": "interested", "Ten off": "declined"},
        )
        self.assertEqual(offers.user_id, user)
        self.assertEqual(offers.call_id, call)
        visit = self.env["salon.visit"].create(
            {
                "partner_id": self.anna.id,
                "start": fields.Datetime.now() + timedelta(days=3),
                "line_ids": [(0, 0, {"product_id": self.cut.id})],
            }
        )
        self.start_tour(
            f"/odoo/salon-visits/{visit.id}",
            "salon_promotion_visit_tour",
            login=user.login,
        )
        self.assertEqual(visit.line_ids.mapped("amount"), [50, 0])
        self.assertEqual(visit.line_ids[1].promotion_id, gift)
        self.assertEqual(gift.used_count, 1)
        self.start_tour(
            f"/odoo/salon-clients/{self.anna.id}",
            "salon_promotion_client_tour",
            login=user.login,
        )

    def test_manager_starts_a_promotion_that_asks(self):
        promotion = self._create_gift(domain=repr([("id", "=", 0)]), zone_id=False)
        self.start_tour(
            f"/odoo/salon-promotions/{promotion.id}",
            "salon_promotion_start_tour",
            login="promo_boss",
        )
        self.assertEqual(promotion.state, "running")
