from odoo.tests import freeze_time

from .common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonLoop(SalonCase):
    def test_due_client_gets_one_call(self):
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-08")
        reminder = anna.salon_reminder_ids
        self.assertEqual(str(reminder.due_date), "2026-03-15")
        self.assertEqual(reminder.state, "due")
        call = self._plan_calls().filtered(lambda c: c.partner_id == anna)
        self.assertEqual(len(call), 1)
        self.assertEqual(len(call.activity_ids), 1)
        self.assertEqual(call.phone, "+36301234567")
        self.assertIn("Roots", call.explanation)
        again = self._plan_calls().filtered(lambda c: c.partner_id == anna)
        self.assertEqual(call, again)
