"""A small salon for journeys in a real browser: its people, a need, clients due."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("standard", "post_install", "-at_install")
class JourneyCase(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                "country_id": cls.env.ref("base.hu").id,
                "salon_daily_quota": 0,
                "salon_max_attempts": 3,
                # Journeys are made at any hour of any day.
                "salon_call_start": 0.01,
                "salon_call_stop": 24,
                "salon_call_days": "all",
                "salon_call_reason": "Tests call nobody.",
            }
        )
        # What other data the database has must not stand in the way of the list.
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        cls.receptionist = cls._create_user("receptionist")
        cls.manager = cls._create_user("manager")
        cls.service = cls._create_service()

    @classmethod
    def _create_user(cls, role):
        return new_test_user(
            cls.env,
            f"tour_{role}",
            groups=f"base.group_user,salon_reminders.group_{role}",
            company_id=cls.company.id,
        )

    @classmethod
    def _create_service(cls):
        zone = cls.env["salon.zone"].create({"name": "Tour zone"})
        cls.cycle = cls.env["salon.cycle"].create(
            {"name": "Tour roots", "zone_id": zone.id}
        )
        return cls.env["product.product"].create(
            {
                "name": "Tour root touch-up",
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cls.cycle.ids,
            }
        )

    @classmethod
    def _create_due(cls, name, number):
        """Create a client whose last visit lies a little longer than a cycle back."""
        partner = cls.env["res.partner"].create(
            {"name": name, "phone": f"+36 30 777 {number:04}"}
        )
        partner.action_salon_consent_give()
        cls.env["salon.visit"].create(
            {
                "partner_id": partner.id,
                "start": fields.Datetime.subtract(fields.Datetime.now(), days=40),
                "state": "done",
                "line_ids": [(0, 0, {"product_id": cls.service.id})],
            }
        )
        return partner

    @classmethod
    def _create_call(cls, name, number, **vals):
        """Create the call to a client who is due."""
        partner = cls._create_due(name, number)
        reminders = partner.salon_reminder_ids
        return cls.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": reminders.ids,
                "due_date": reminders.due_date,
                **vals,
            }
        )
