from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestBadInput(SalonCase):
    """What is odd in real data has a clear error or a defined behaviour."""

    def test_visit_in_the_far_future(self):
        anna = self._create_client("Anna")
        with self.assertRaises(ValidationError):
            self._create_visit(anna, "2126-03-10", state="booked")
        self.assertTrue(self._create_visit(anna, "2029-03-10", state="booked"))

    def test_visit_in_the_far_past(self):
        anna = self._create_client("Anna")
        with self.assertRaises(ValidationError):
            self._create_visit(anna, "1026-03-10")
        old = self._create_visit(anna, "1986-03-10")
        self.assertEqual(anna.salon_reminder_ids.last_date, old.date)
        self.assertEqual(self._plan_calls().kind, "lapsed")

    def test_service_without_a_cycle(self):
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-05", self._create_product("Perm", "service"))
        self.assertFalse(anna.salon_reminder_ids)
        self.assertFalse(self._plan_calls())
        self.assertIn("No reminder follows the client", anna.salon_call_status)

    def test_client_without_a_name(self):
        nobody = self.env["res.partner"].create(
            {"type": "other", "phone": "+36 30 123 4567"}
        )
        nobody.country_id = self.company.country_id
        nobody.action_salon_consent_give()
        self._create_visit(nobody, "2026-02-05")
        call = self._plan_calls()
        self.assertEqual(call.partner_id, nobody)
        self.assertIn("Client without a name", call.display_name)
        self.assertTrue(call.script)

    def test_client_without_a_number(self):
        anna = self._create_client("Anna", phone=False)
        self._create_visit(anna, "2026-02-05")
        self.assertFalse(self._plan_calls())
        self.assertEqual(anna.salon_reminder_ids.hold, "phone")

    def test_two_clients_with_one_number(self):
        anna = self._create_client("Anna", "+36 30 123 4567")
        bea = self._create_client("Bea", "06 30 123 45 67")
        for client in anna | bea:
            self._create_visit(client, "2026-02-05")
        self.assertEqual(len(self._plan_calls()), 1)
        self.assertIn("call", (anna | bea).salon_reminder_ids.mapped("hold"))

    def test_company_without_a_time_zone(self):
        self.company.resource_calendar_id = False
        self.company.partner_id.tz = False
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-05")
        self.assertEqual(str(anna.salon_visit_ids.date), "2026-02-05")
        self.assertEqual(self._plan_calls().partner_id, anna)
