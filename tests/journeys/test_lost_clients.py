"""Lost clients, changed reasons and a stylist who leaves, in a real browser."""

from datetime import datetime, time, timedelta

import pytest

from odoo import fields

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("winback")


class TestLostClients(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_contact_gap_days = 0
        cls.reason = cls.env["salon.leaving.reason"].create(
            {"name": "Tour hours", "sequence": 0}
        )
        cls.vera, cls.sofia = (
            cls.env["resource.resource"].create(
                {
                    "name": name,
                    "is_stylist": True,
                    "company_id": cls.company.id,
                    "calendar_id": cls.company.resource_calendar_id.id,
                    "salon_service_ids": cls.service.product_tmpl_id.ids,
                }
            )
            for name in ("Tour Vera", "Tour Sofia")
        )
        cls.updo = cls.env["product.product"].create(
            {"name": "Tour updo", "salon_kind": "service", "type": "service"}
        )
        cls.vera.salon_service_ids |= cls.updo.product_tmpl_id
        # The others do nothing that these two do, whatever the database has.
        others = cls.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "not in", (cls.vera | cls.sofia).ids)]
        )
        others.filtered(
            lambda one: not one.salon_service_ids
        ).salon_service_ids = cls.env["product.template"].create(
            {"name": "Tour something else", "salon_kind": "service"}
        )
        cls.anna = cls._create_client("Tour Anna", 3001, cls.vera, 300)
        cls.bea = cls._create_client("Tour Bea", 3002, cls.vera, 40)
        cls.env["salon.client.standing"]._refresh(cls.company)

    @classmethod
    def _create_client(cls, name, number, stylist, days_ago):
        partner = cls.env["res.partner"].create(
            {"name": name, "phone": f"+36 30 777 {number:04}"}
        )
        consents = cls.env["salon.consent"]
        consents.create(
            [
                consents._prepare_vals(partner, "given", "desk", purpose=purpose)
                for purpose in ("reminder", "feedback", "promotion")
            ]
        )
        now = fields.Datetime.now()
        cls.env["salon.visit"].create(
            [
                {
                    "partner_id": partner.id,
                    "stylist_id": stylist.id,
                    "start": now - timedelta(days=days_ago + 30 * number),
                    "state": "done",
                    "line_ids": [(0, 0, {"product_id": cls.service.id})],
                }
                for number in range(2)
            ]
        )
        return partner

    def test_lost_client_is_asked_why_and_the_reason_is_changed(self):
        self.start_tour("/odoo", "salon_lost_clients_tour", login="tour_receptionist")
        attempt = self.anna.salon_call_ids.attempt_ids
        self.assertEqual(attempt.leaving_reason_id, self.reason)
        self.assertEqual(attempt.bring_back, "Late evenings")
        self.start_tour("/odoo", "salon_leaving_fix_tour", login="tour_manager")
        self.assertEqual(self.reason.fix_ids.argument, "we are open until nine")
        planner = self.env["salon.call.planner"]
        planner._create_calls(planner._get_fixed_clients())
        call = self.anna.salon_call_ids.filtered(lambda one: one.state == "open")
        self.assertEqual((call.kind, call.fix_id), ("fixed", self.reason.fix_ids))
        self.assertIn("we are open until nine", call.script)

    def test_stylist_leaves(self):
        visit = self._book_bea()
        self.start_tour("/odoo", "salon_departure_tour", login="tour_manager")
        departure = self.vera.with_user(self.manager).salon_departure_ids
        self.assertTrue(departure.is_calling)
        self.assertEqual(visit.stylist_id, self.sofia)
        self.assertFalse(departure.booking_ids)
        self.assertIn(self.updo.product_tmpl_id, departure.sole_service_ids)

    def _book_bea(self):
        """Book the client with the stylist who leaves, on a working day to come."""
        day = self.company._salon_today() + timedelta(days=7)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return self.env["salon.visit"].create(
            {
                "partner_id": self.bea.id,
                "stylist_id": self.vera.id,
                "start": self.company._salon_utc(datetime.combine(day, time(10))),
                "line_ids": [(0, 0, {"product_id": self.service.id})],
            }
        )
