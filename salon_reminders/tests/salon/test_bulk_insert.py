from odoo.exceptions import UserError

from ...tools.bulk_insert import bulk_insert, keep_values
from ..common import SalonCase


class TestBulkInsert(SalonCase):
    """Inserting past ``create``: order, what others read, what is computed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_client("Anna Kis")

    def _values(self, *dates):
        return [
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "state": "done",
                "start": f"{date} 10:00:00",
                "stop": f"{date} 11:00:00",
                "date": date,
                "amount_total": 12.5,
            }
            for date in dates
        ]

    def test_records_come_in_the_order_of_their_values(self):
        dates = ["2025-03-01", "2025-01-01", "2025-02-01"]
        visits = bulk_insert(self.env["salon.visit"], self._values(*dates))
        self.assertEqual([str(visit.date) for visit in visits], dates)
        self.assertEqual(visits.create_uid, self.env.user)
        self.assertEqual(visits.mapped("amount_total"), [12.5] * 3)

    def test_what_was_read_before_lists_them(self):
        before = self.partner.salon_visit_ids
        visits = bulk_insert(self.env["salon.visit"], self._values("2025-03-01"))
        self.assertEqual(self.partner.salon_visit_ids, before | visits)

    def test_given_values_are_kept(self):
        visits = bulk_insert(self.env["salon.visit"], self._values("2025-03-01"))
        lines = bulk_insert(
            self.env["salon.visit.line"],
            [
                {
                    "visit_id": visits.id,
                    "product_id": self.roots_service.id,
                    "quantity": 1,
                }
            ],
        )
        keep_values(visits)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(visits.amount_total, 12.5)
        self.assertEqual(lines.minutes, 0)
        # Afterwards they follow their lines like any other.
        lines.amount = 10
        self.assertEqual(visits.amount_total, 10)

    def test_links_are_inserted_and_known(self):
        self._create_visit(self.partner, "2026-01-20")
        reminders = self.partner.salon_reminder_ids
        self.assertTrue(reminders)
        values = {
            "partner_id": self.partner.id,
            "company_id": self.company.id,
            "state": "cancelled",
            "kind": "reminder",
            "date": "2026-03-10",
            "opened_date": "2026-03-10",
        }
        calls = bulk_insert(
            self.env["salon.call"],
            [{**values, "reminder_ids": reminders.ids}, {**values, "reminder_ids": []}],
        )
        with self.assertQueryCount(0):
            self.assertEqual(calls.mapped("reminder_ids"), reminders)
        self.env.invalidate_all()
        self.assertEqual(calls[0].reminder_ids, reminders)
        self.assertFalse(calls[1].reminder_ids)

    def test_nothing_to_insert(self):
        self.assertFalse(bulk_insert(self.env["salon.visit"], []))

    def test_the_caller_checks(self):
        visits = bulk_insert(self.env["salon.visit"], self._values("1925-03-01"))
        with self.assertRaisesRegex(UserError, "Check the date"):
            visits._validate_fields(["start"])
