from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCycle(SalonCase):
    def _assert_refused(self, days, **vals):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._create_cycle("Wrong", days, **vals)

    def test_days_must_rise(self):
        self._assert_refused((36, 35, 49))
        self._assert_refused((21, 50, 49))
        self._assert_refused((0, 35, 49))
        self._assert_refused((-1, 35, 49))

    def test_lead_within_the_cycle(self):
        self._assert_refused((10, 18, 28), lead_days=18)
        self._assert_refused((10, 18, 28), lead_days=-1)
        self.assertTrue(self._create_cycle("Gel", (10, 18, 28), lead_days=17))

    def test_lapse_days(self):
        self.assertEqual(self._create_cycle("Gel", (10, 18, 28)).lapse_days, 60)
        self.assertEqual(self._create_cycle("Lift", (42, 50, 70)).lapse_days, 100)
        own = self._create_cycle("Own", (42, 50, 70), lapse_days=80)
        self.assertEqual(own.lapse_days, 80)
        self._assert_refused((42, 50, 70), lapse_days=60)

    def test_only_services_renew(self):
        shampoo = self._create_product("Shampoo", "retail")
        with self.assertRaises(ValidationError):
            self.roots.product_tmpl_ids = shampoo.product_tmpl_id

    def test_change_of_days_moves_reminders(self):
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-08")
        self.roots.write({"ideal_days": 30, "lead_days": 5})
        reminder = anna.salon_reminder_ids
        self.assertEqual(str(reminder.due_date), "2026-03-10")
        self.assertEqual(str(reminder.call_date), "2026-03-05")

    def test_service_added_later_follows_the_past(self):
        cut = self._create_product("Cut", "service")
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-08", cut)
        self.assertFalse(anna.salon_reminder_ids)
        self.roots.product_tmpl_ids += cut.product_tmpl_id
        self.assertEqual(str(anna.salon_reminder_ids.last_date), "2026-02-08")
        cut.salon_cycle_ids = False
        self.assertEqual(anna.salon_reminder_ids.state, "idle")

    def test_fee_renews_nothing(self):
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-02-08")
        self.roots_service.salon_kind = "fee"
        self.assertEqual(anna.salon_reminder_ids.state, "idle")
