from functools import partial

from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ...models.call.salon_call import WRITABLE
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallWrites(SalonCase):
    """What came of a call follows from actions; nobody writes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.bea = cls._create_client("Bea", "+36 30 765 4321")
        cls._create_visit(cls.anna, "2026-01-10")
        cls.call = cls.env["salon.call"].create({"partner_id": cls.anna.id})
        cls.outcome = cls.env["salon.call.outcome"]._get_default("declined")

    def _call(self, name, *args, **kwargs):
        return call_kw(self.env["salon.call"], name, list(args), kwargs)

    def _create(self, context=None, **vals):
        vals["partner_id"] = self.bea.id
        created = self._call("create", vals, context=context or {})
        return self.env["salon.call"].browse(created)

    def _get_lies(self):
        """Return a value for each field of a call that could be written."""
        values = {
            "state": "done",
            "kind": "birthday",
            "outcome_id": self.outcome.id,
            "close_reason": "outcome",
            "priority": "1",
            "partner_id": self.bea.id,
            "company_id": self.company.id,
        }
        by_type = {
            "integer": 7,
            "monetary": 900.0,
            "char": "Told",
            "text": "Told",
            "boolean": True,
            "date": "2020-01-01",
            "datetime": "2020-01-01 10:00:00",
            "many2one": False,
            "one2many": [],
            "many2many": [(5, 0, 0)],
        }
        call = self.env["salon.call"]
        allowed = call._get_writable() | call._get_conversation_fields()
        return {
            name: values.get(name, by_type.get(field.type))
            for name, field in call._fields.items()
            if field.store and name not in allowed | set(MAGIC_COLUMNS)
        }

    @users("t_recep", "t_salon_boss")
    def test_nothing_else_is_written(self):
        lies = self._get_lies()
        self.assertLessEqual(
            {"state", "outcome_id", "closed_at", "value", "attempt_count"}, set(lies)
        )
        for name, value in lies.items():
            with self.assertRaisesRegex(AccessError, "Nobody writes", msg=name):
                self._call("write", self.call.ids, {name: value})
            with self.assertRaises(AccessError, msg=name):
                self._call("web_save", self.call.ids, {name: value}, {})
        self.assertEqual(self.call.state, "open")
        self.assertEqual(self.call.partner_id, self.anna)

    @users("t_recep")
    def test_through_the_card_of_the_client(self):
        with self.assertRaisesRegex(AccessError, "Nobody writes"):
            call_kw(
                self.env["res.partner"],
                "write",
                [self.anna.ids, {"salon_call_ids": [(1, self.call.id, {"value": 9})]}],
                {},
            )

    @users("t_recep")
    def test_her_own_work_is_written(self):
        vals = {
            "date": "2026-03-12",
            "user_id": self.env.uid,
            "note": "After six",
        }
        self._call("write", self.call.ids, vals)
        self.assertEqual(str(self.call.date), "2026-03-12")
        self._call("write", self.call.ids, {"call_at": "2026-03-13 10:00:00"})
        self.assertEqual(str(self.call.date), "2026-03-13")
        with self.assertRaisesRegex(AccessError, "Priority"):
            self._call("write", self.call.ids, {"priority": "1"})

    @users("t_salon_boss")
    def test_managers_say_what_comes_first(self):
        self._call("write", self.call.ids, {"priority": "1"})
        self.assertEqual(self.call.priority, "1")

    @users("t_recep")
    def test_what_is_over_stays(self):
        call = self.call.with_user(self.env.user)
        call.action_cancel()
        self.assertEqual(call.state, "cancelled")
        self._call("write", call.ids, {"note": "Works late"})
        for vals in ({"state": "open"}, {"date": "2026-03-12"}, {"user_id": False}):
            with self.assertRaises(AccessError):
                self._call("write", call.ids, vals)
        self.assertFalse(call.phone)

    @users("t_recep")
    def test_a_new_call_has_the_values_of_the_server(self):
        lies = self._get_lies()
        del lies["partner_id"]
        context = {f"default_{name}": value for name, value in lies.items() if value}
        for create in (partial(self._create, **lies), partial(self._create, context)):
            call = create()
            self._assert_new(call)
            call.action_cancel()
            self.env.flush_all()

    def _assert_new(self, call):
        self.assertEqual(call.partner_id, self.bea)
        self.assertEqual((call.state, call.kind), ("open", "reminder"))
        self.assertEqual(str(call.opened_date), "2026-03-10")
        self.assertEqual((call.value, call.attempt_count), (0, 0))
        self.assertFalse(call.outcome_id or call.closed_at or call.close_note)
        self.assertEqual(call.priority, "0")

    @users("t_recep")
    def test_copy_of_a_call_is_a_new_one(self):
        self.call._log_attempt(self.outcome)
        self.env.flush_all()
        [copied] = self._call("copy", self.call.ids)
        copy = self.env["salon.call"].browse(copied)
        self.assertEqual((copy.state, copy.attempt_count), ("open", 0))
        self.assertFalse(copy.outcome_id)

    @users("t_recep")
    def test_every_outcome_moves_it(self):
        """What her actions write, they write."""
        call = self.call.with_user(self.env.user)
        call.action_no_answer()
        self.assertEqual(call.attempt_count, 1)
        call.action_undo()
        self.assertEqual(call.attempt_count, 0)
        call._log_attempt(self.outcome)
        self.assertEqual((call.state, call.close_reason), ("done", "outcome"))
        call.action_undo()
        self.assertEqual(call.state, "open")

    @users("t_vera")
    def test_stylists_cancel_no_call(self):
        with self.assertRaises(AccessError):
            self._call("action_cancel", self.call.ids)
        self.assertEqual(self.call.state, "open")

    def test_the_table_names_fields_and_roles(self):
        for group, names in WRITABLE.items():
            self.assertTrue(self.env.ref(group))
            for name in names:
                self.assertTrue(self.env["salon.call"]._fields[name].store)
