from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSecurity(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.own = cls._create_visit(cls.anna, "2026-02-20")
        cls.other_stylist = cls._create_stylist("Zora")
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls.foreign = cls._create_visit(
            cls.bea, "2026-02-05", stylist_id=cls.other_stylist.id
        )

    @users("t_vera")
    def test_stylist_sees_her_own(self):
        visits = self.env["salon.visit"].search([])
        self.assertIn(self.own, visits)
        self.assertNotIn(self.foreign, visits)
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.env.user).read(["note"])
        lines = self.env["salon.visit.line"].search([])
        self.assertEqual(lines.visit_id, visits)
        self.assertEqual(self.env["salon.reminder"].search([]).partner_id, self.anna)

    @users("t_vera")
    def test_stylist_has_no_call_list(self):
        for model in ("salon.call", "salon.call.attempt", "salon.consent"):
            with self.assertRaises(AccessError):
                self.env[model].search([])

    @users("t_vera")
    def test_stylist_closes_her_visit(self):
        visit = self._create_visit(self.anna, "2026-03-10", state="booked")
        visit.with_user(self.env.user).action_done()
        self.assertEqual(str(self.anna.salon_reminder_ids.last_date), "2026-03-10")

    @users("t_recep")
    def test_receptionist_keeps_out_of_the_setup(self):
        with self.assertRaises(AccessError):
            self.roots.with_user(self.env.user).write({"ideal_days": 30})
        with self.assertRaises(AccessError):
            self.env["salon.zone"].create({"name": "Nails"})
        with self.assertRaises(AccessError):
            self.own.with_user(self.env.user).unlink()
        self.assertFalse(self.env.user.has_group("base.group_allow_export"))

    @users("t_salon_boss")
    def test_manager_sets_up(self):
        self.env["salon.zone"].create({"name": "Nails"})
        self.roots.with_user(self.env.user).write({"ideal_days": 30})
        self.env["product.template"].create({"name": "Cut", "salon_kind": "service"})
        self.assertTrue(self.env.user.has_group("base.group_allow_export"))

    @users("t_salon_boss", "t_recep")
    def test_companies_are_apart(self):
        # Not by the user: who creates a company belongs to it.
        other = self._create_company(f"Salon of {self.env.user.login}")
        visit = self._create_visit(
            self.anna, "2026-03-01", company_id=other.id, stylist_id=False
        )
        consents = self.env["salon.consent"].sudo()
        consent = consents.create(
            consents.with_company(other)._prepare_vals(self.anna, "given", "desk")
        )
        call = (
            self.env["salon.call"]
            .sudo()
            .create({"partner_id": self.anna.id, "company_id": other.id})
        )
        reminder = self.anna.salon_reminder_ids.filtered(
            lambda r: r.company_id == other
        )
        for record in (visit, visit.line_ids, consent, call, reminder):
            self.assertTrue(record)
            with self.assertRaises(AccessError, msg=record._name):
                record.with_user(self.env.user).check_access("read")

    def test_every_model_has_access_and_company_rules(self):
        rules = self.env["ir.rule"].search([]).model_id.mapped("model")
        accesses = self.env["ir.model.access"].search([]).model_id.mapped("model")
        for name, model in self.env.registry.items():
            if not name.startswith("salon.") or model._abstract:
                continue
            self.assertIn(name, accesses)
            if "company_id" in model._fields and not model._transient:
                self.assertIn(name, rules)
