from odoo.tests import freeze_time

from .common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestPartnerMerge(SalonCase):
    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)

    def test_merged_client_has_one_of_each(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._create_visit(anna, "2026-01-20")
        self._create_visit(twin, "2026-02-05")
        anna.salon_reminder_ids.action_stop()
        twin.salon_reminder_ids.action_stop()
        twin.salon_reminder_ids.action_resume()
        bea_calls = self._plan_calls()
        self.assertEqual(bea_calls.partner_id, twin)
        self._merge(anna, twin)
        self.assertFalse(anna.exists())
        reminder = twin.salon_reminder_ids
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.visit_count, 2)
        self.assertEqual(str(reminder.last_date), "2026-02-05")
        self.assertEqual(reminder.state, "stopped")

    def test_two_open_calls_become_one(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._create_visit(anna, "2026-01-20")
        self._create_visit(twin, "2026-02-05")
        self.assertEqual(len(self._plan_calls()), 2)
        own = twin.salon_call_ids
        self._merge(anna, twin)
        self.assertEqual(self._get_open_calls(), own)
        closed = twin.salon_call_ids - own
        self.assertEqual(closed.close_reason, "merged")
        self.assertEqual(closed.reminder_ids, twin.salon_reminder_ids)
