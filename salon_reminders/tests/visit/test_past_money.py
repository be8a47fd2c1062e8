from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestPastMoney(SalonCase):
    """The money of days gone by is the manager's, and keeps its history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.today = cls._create_visit(cls.anna, "2026-03-10")
        cls.past = cls._create_visit(cls.anna, "2026-03-09")
        cls.gel = cls._create_service("Gel", cls.env["salon.cycle"])

    def _call(self, records, name, *args):
        return call_kw(self.env[records._name], name, [records.ids, *args], {})

    def _add_line(self, visit):
        vals = {"visit_id": visit.id, "product_id": self.gel.id}
        return call_kw(self.env["salon.visit.line"], "create", [vals], {})

    def _get_changes(self, visit):
        """Return each change of a visit's money that anybody may think of."""
        line = visit.line_ids[:1]
        other = self.today if visit == self.past else self.past
        return {
            "amount": lambda: self._call(line, "write", {"amount": 1}),
            "quantity": lambda: self._call(line, "write", {"quantity": 2}),
            "product": lambda: self._call(line, "write", {"product_id": self.gel.id}),
            "net": lambda: self._call(line, "write", {"net_quantity": 0}),
            "away": lambda: self._call(line, "write", {"visit_id": other.id}),
            "line": lambda: self._call(
                visit, "write", {"line_ids": [(1, line.id, {"amount": 1})]}
            ),
            "added": lambda: self._add_line(visit),
            "total": lambda: self._call(visit, "write", {"amount_total": 1}),
            "day": lambda: self._call(visit, "write", {"start": "2026-03-10 08:00:00"}),
            "state": lambda: self._call(visit, "action_book"),
            "cleared": lambda: self._call(visit, "write", {"line_ids": [(5, 0, 0)]}),
            "deleted": lambda: self._call(line, "unlink"),
        }

    def _get_notes(self):
        return " ".join(self.past.message_ids.mapped("body"))

    @users("t_recep", "t_vera")
    def test_after_midnight_only_managers(self):
        for label, change in self._get_changes(self.past).items():
            with self.assertRaises(AccessError, msg=label) as refusal:
                change()
            self.assertIn("Ask a manager", str(refusal.exception))
        self.assertEqual((self.past.amount_total, self.past.state), (50, "done"))

    @users("t_recep")
    def test_before_midnight_it_is_the_desks(self):
        with freeze_time("2026-03-09 22:30:00"):
            self._call(self.past.line_ids, "write", {"amount": 45})
            self._add_line(self.past)
        self.assertEqual(self.past.amount_total, 95)
        self.assertNotIn("Before", self._get_notes())
        # It is 0:30 at the salon.
        with freeze_time("2026-03-09 23:30:00"), self.assertRaises(AccessError):
            self._call(self.past.line_ids[:1], "write", {"amount": 40})

    @users("t_recep")
    def test_no_line_comes_from_today(self):
        with self.assertRaises(AccessError):
            self._call(self.today.line_ids, "write", {"visit_id": self.past.id})

    @users("t_recep")
    def test_a_caller_is_not_the_server(self):
        for value in (True, 1, "BY_SERVER", {}):
            line = self.past.line_ids.with_user(self.env.user)
            with self.assertRaises(AccessError):
                line.with_context(salon_lines_by=value).amount = 1

    @users("t_recep")
    def test_a_visit_is_entered_later(self):
        visit = self._create_visit(self.anna, "2026-03-05").with_user(self.env.user)
        line = {"product_id": self.gel.id, "amount": 30}
        vals = {
            "partner_id": self.anna.id,
            "stylist_id": self.stylist.id,
            "start": "2026-03-04 09:00:00",
            "is_overlap": True,
            "state": "done",
            "line_ids": [(0, 0, line)],
        }
        created = call_kw(self.env["salon.visit"], "create", [vals], {})
        self.assertEqual(self.env["salon.visit"].browse(created).amount_total, 30)
        # What is no money is still hers.
        visit.note = "6.1"
        late = self._create_visit(self.anna, "2026-03-08", state="booked")
        late.with_user(self.env.user).action_done()
        self.assertEqual(late.state, "done")

    @users("t_salon_boss")
    def test_managers_leave_the_old_value(self):
        line = self.past.line_ids
        self._call(line, "write", {"amount": 30})
        self.assertRegex(self._get_notes(), r"Before: Root touch-up, 1, \D*50.00")
        self.assertRegex(self._get_notes(), r"Now: Root touch-up, 1, \D*30.00")
        self._add_line(self.past)
        self.assertRegex(self._get_notes(), r"Added: Gel, 1")
        self._call(line, "unlink")
        self.assertRegex(self._get_notes(), r"Removed: Root touch-up, 1, \D*30.00")
        self.assertEqual(self.past.message_ids[:1].author_id, self.manager.partner_id)

    def test_a_document_takes_its_lines_along(self):
        """Tills and orders write as the system, whoever is at the till."""
        line = self.past.line_ids.with_user(self.receptionist).sudo()
        line.amount = 20
        self.assertEqual(self.past.amount_total, 20)
        self.assertNotIn("Before", self._get_notes())
