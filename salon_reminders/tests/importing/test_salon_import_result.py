from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from ..common_import import SalonImportCase

CLIENTS = (
    "Client ID,Name,Phone,Consent\n"
    "12,Anna Lark,06307654321,yes\n"
    "13,Bea Kis,none,yes\n"
    "14,Cili Nagy,06307654323,\n"
)
RECEIPTS = (
    "Receipt,Date,Client ID,Staff,Code,Service,Amount\n"
    "1,2026-02-01,12,Vera,ROOT,Roots,10\n"
    "2,2026-02-02,13,Lili,ROOT,Roots,20\n"
    "3,2026-02-03,14,Lili,PERM,Perm,30\n"
    "4,2026-02-04,14,Lili,ROOT,Roots,30\n"
)


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportResult(SalonImportCase):
    """What the result page says the files could not give, and what comes next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roots_service.default_code = "ROOT"

    def setUp(self):
        super().setUp()
        done = self._import({"clients.csv": CLIENTS, "receipts.csv": RECEIPTS})
        self.done = done.with_user(self.manager)

    def _open(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_clients_and_services_that_lack_something(self):
        done = self.done
        self.assertEqual(
            (done.numberless_count, done.unasked_count, done.cycleless_count), (1, 1, 1)
        )
        self.assertEqual(self._open(done.action_open_numberless()), self._client("13"))
        self.assertEqual(self._open(done.action_open_unasked()), self._client("14"))
        self.assertEqual(self._open(done.action_open_cycleless()).name, "Perm")
        self._client("13").phone = "+36 30 765 4322"
        done.invalidate_recordset()
        self.assertEqual(done.numberless_count, 0)

    def test_the_first_plan_is_told_and_made_at_once(self):
        text = self.done.plan_text
        self.assertIn("To be called today: 1 clients.", text)
        self.assertIn("1 clients: Due, but there is no valid phone number.", text)
        with self.enter_registry_test_mode():
            self.done.action_plan_now()
        calls = self.env["salon.call"].search([("state", "=", "open")])
        self.assertEqual(calls.partner_id & self._client("12"), self._client("12"))
        self.assertIn("To be called today: 0 clients.", self.done.plan_text)

    def test_stylists_who_had_left(self):
        lili = self.done.new_stylist_ids
        self.assertEqual(lili.name, "Lili")
        self.assertEqual(str(lili.salon_last_visit_date), "2026-02-04")
        with self.assertRaises(AccessError):
            lili.with_user(self.receptionist).action_salon_had_left()
        lili.with_user(self.manager).action_salon_had_left()
        self.assertFalse(lili.active)
        departure = self.env["salon.departure"].search([("stylist_id", "=", lili.id)])
        self.assertEqual(str(departure.last_date), "2026-02-04")
        self.assertEqual(len(self._visits("14")), 2)
        self.done.invalidate_recordset()
        self.assertFalse(self.done.new_stylist_ids)
