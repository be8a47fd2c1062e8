"""White spots, segments and the client card in a real browser, on the demo salon."""

from datetime import timedelta

import pytest

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

pytestmark = pytest.mark.room("insight")


@tagged("standard", "post_install", "-at_install")
class TestClientCard(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        new_test_user(
            cls.env,
            "tour_card",
            groups="base.group_user,salon_reminders.group_receptionist",
            company_id=cls.company.id,
        )
        cls.cut, cls.manicure = (
            cls._create_service(name, zone)
            for name, zone in (
                ("Tour cut", "Tour hair"),
                ("Tour manicure", "Tour nails"),
            )
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Tour Anna", "salon_contraindications": "Ammonia"}
        )
        # She comes more often, and pays more, than anybody of the demonstration.
        cls._come(cls.anna, cls.cut, range(1, 120, 3), 900)
        for number in range(4):
            friend = cls.env["res.partner"].create({"name": f"Tour friend {number}"})
            cls._come(friend, cls.cut | cls.manicure, (30, 10), 20)
        cls.company.salon_affinity_date = False
        cls.env["salon.client.standing"]._refresh(cls.company)

    @classmethod
    def _create_service(cls, name, zone):
        zone = cls.env["salon.zone"].create({"name": zone})
        return cls.env["product.product"].create(
            {"name": name, "salon_kind": "service", "salon_zone_id": zone.id}
        )

    @classmethod
    def _come(cls, partner, services, days_ago, amount):
        now = fields.Datetime.now()
        cls.env["salon.visit"].create(
            [
                {
                    "partner_id": partner.id,
                    "start": now - timedelta(days=days),
                    "state": "done",
                    "line_ids": [
                        (0, 0, {"product_id": service.id, "amount": amount})
                        for service in services
                    ],
                }
                for days in days_ago
            ]
        )

    def test_white_spots_and_card(self):
        self.start_tour("/odoo", "salon_client_card_tour", login="tour_card")
        answer = self.env["salon.client.offer"].search(
            [("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(answer.product_tmpl_id, self.manicure.product_tmpl_id)
        self.assertEqual(answer.answer, "disliked")

    def test_segments(self):
        self.start_tour("/odoo", "salon_segments_tour", login="tour_card")
