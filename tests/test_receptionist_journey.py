"""The receptionist's day in a real browser."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("standard", "post_install", "-at_install")
class TestReceptionistJourney(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {"country_id": cls.env.ref("base.hu").id, "salon_daily_quota": 0}
        )
        # What other data the database has must not stand in the way of the list.
        calls = cls.env["salon.call"].search([("state", "=", "open")])
        calls.action_cancel()
        cls.receptionist = new_test_user(
            cls.env,
            "tour_receptionist",
            groups="base.group_user,salon_reminders.group_receptionist",
            company_id=cls.company.id,
        )
        cls.anna = cls._create_due("Tour Anna", "+36 30 777 1001")
        cls.bea = cls._create_due("Tour Bea", "+36 30 777 1002")

    @classmethod
    def _create_due(cls, name, phone):
        """Create a client whose last visit lies a little longer than a cycle back."""
        partner = cls.env["res.partner"].create({"name": name, "phone": phone})
        partner.action_salon_consent_give()
        today = fields.Datetime.now()
        cls.env["salon.visit"].create(
            {
                "partner_id": partner.id,
                "start": fields.Datetime.subtract(today, days=40),
                "state": "done",
                "line_ids": [(0, 0, {"product_id": cls._get_service().id})],
            }
        )
        return partner

    @classmethod
    def _get_service(cls):
        if not hasattr(cls, "service"):
            zone = cls.env["salon.zone"].create({"name": "Tour zone"})
            cycle = cls.env["salon.cycle"].create(
                {"name": "Tour roots", "zone_id": zone.id}
            )
            cls.service = cls.env["product.product"].create(
                {
                    "name": "Tour root touch-up",
                    "type": "service",
                    "salon_kind": "service",
                    "salon_cycle_ids": cycle.ids,
                }
            )
        return cls.service

    def test_no_answer_and_booking(self):
        for partner in self.anna | self.bea:
            self.env["salon.call"].create(
                {
                    "partner_id": partner.id,
                    "reminder_ids": partner.salon_reminder_ids.ids,
                    "due_date": partner.salon_reminder_ids.due_date,
                }
            )
        self.start_tour("/odoo", "salon_call_list_tour", login="tour_receptionist")
        first, second = self.anna.salon_call_ids, self.bea.salon_call_ids
        self.assertEqual(first.attempt_count, 1)
        self.assertEqual(first.attempt_ids.user_id, self.receptionist)
        self.assertGreater(first.call_at, fields.Datetime.now())
        self.assertEqual(second.outcome_kind, "booked")
        visit = second.visit_id
        self.assertEqual(visit.state, "booked")
        self.assertEqual(visit.line_ids.product_id, self._get_service())
        self.assertEqual(self.bea.salon_reminder_ids.state, "booked")
