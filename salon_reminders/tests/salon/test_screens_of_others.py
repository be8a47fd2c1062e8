"""A screen tells nothing about records that its user may not read."""

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time

from ..common import SalonCase

SECRET = "Zenobia"
NUMBER = "+36301239999"


@freeze_time("2026-03-10 09:00:00")
class TestScreensOfOthers(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company("Second salon")
        abroad = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.other.ids}
        )
        cls.foreign = abroad["res.partner"].create(
            {
                "name": SECRET,
                "phone": NUMBER,
                "is_salon_client": True,
                "company_id": cls.other.id,
                "salon_note": f"{SECRET} note",
            }
        )
        cls.foreign.action_salon_consent_give()
        cls.call_abroad = abroad["salon.call"].create({"partner_id": cls.foreign.id})
        # Of the same salon, and no client of this stylist's.
        cls.anna = cls._create_client("Anna", consent=False)
        cls.roles = {
            "stylist": cls.stylist_user,
            "receptionist": cls.receptionist,
            "manager": cls.manager,
        }

    def _change(self, role, model, values, ids=(), context=None):
        """Return what a browser is told when this is filled in."""
        model = self.env[model].with_user(self.roles[role])
        spec = {name: {} for name in model.fields_get(attributes=[])}
        context = {"allowed_company_ids": self.company.ids, **(context or {})}
        names = list(values)
        return call_kw(
            model, "onchange", [list(ids), values, names, spec], {"context": context}
        )

    def _iter_screens(self):
        """Yield (role, model, field, record of another company) that can be tried."""
        targets = {
            "res.partner": self.foreign,
            "res.company": self.other,
            "salon.call": self.call_abroad,
        }
        for name, model in sorted(self.env.registry.items()):
            if not name.startswith("salon.") or model._abstract:
                continue
            for role, user in self.roles.items():
                records = self.env[name].with_user(user)
                if not records.has_access("create"):
                    continue
                for field in records._fields.values():
                    target = targets.get(field.comodel_name)
                    if target and field.type == "many2one":
                        yield role, name, field.name, target

    def test_every_screen(self):
        """Of all models there are, and of each that comes."""
        tried = 0
        for role, model, name, target in self._iter_screens():
            for values, context in (
                ({name: target.id}, {}),
                ({name: [target.id, SECRET]}, {}),
                ({}, {f"default_{name}": target.id}),
            ):
                tried += 1
                with (
                    self.subTest(role=role, model=model, field=name, values=values),
                    self.assertRaises(AccessError),
                ):
                    self._change(role, model, values, context=context)
        self.assertGreater(tried, 60)

    def test_another_stylists_client(self):
        for values in (
            {"partner_id": self.anna.id},
            {"partner_id": {"parent_id": self.anna.id}},
        ):
            with self.assertRaises(AccessError):
                self._change("stylist", "salon.visit", values)
        answer = self._change(
            "receptionist", "salon.visit", {"partner_id": self.anna.id}
        )
        self.assertIn("value", answer)

    def test_through_lines(self):
        """Also of a visit of one's own, in any shape Odoo understands."""
        visit = self._create_visit(self.anna, "2026-03-10", state="booked")
        abroad = {"company_id": self.other.id, "stylist_id": False}
        hidden = self._create_visit(self.foreign, "2026-03-09", **abroad)
        for value in (
            [(1, visit.line_ids.id, {"visit_id": hidden.id})],
            [(0, "virtual_1", {"visit_id": hidden.id})],
            [(4, hidden.line_ids.id)],
            [(6, 0, hidden.line_ids.ids)],
            hidden.line_ids.ids,
        ):
            with self.subTest(value=value), self.assertRaises(AccessError):
                self._change(
                    "receptionist", "salon.visit", {"line_ids": value}, visit.ids
                )

    def test_nonsense_names_nobody(self):
        visit = self._create_visit(self.anna, "2026-03-10", state="booked")
        screen = visit.with_user(self.receptionist)
        for value in ([[]], [[6]], [[6, 0, 5]], [[4]], ["x"], [True], 10**20, {}, "x"):
            for name in ("line_ids", "partner_id"):
                screen._check_salon_named({name: value})

    def test_screens_of_other_apps(self):
        with self.assertRaises(AccessError):
            self._change("receptionist", "res.partner", {"parent_id": self.foreign.id})

    def test_dialogs_keep_no_foreign_client(self):
        """What a dialog shows of a record is computed as well."""
        talks = self.env["salon.consent.answers"].with_user(self.receptionist)
        talks = talks.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            talks.create({"partner_id": self.foreign.id})
        talk = talks.create({"partner_id": self.anna.id})
        with self.assertRaises(AccessError):
            talk.write({"partner_id": self.foreign.id})
        with self.assertRaises(AccessError):
            talk.write({"company_id": self.other.id})

    def test_what_one_has_stays(self):
        """One's own visit is worked out though its client is out of sight."""
        visit = self._create_visit(self.anna, "2026-03-10", state="booked")
        self.anna.company_id = self.other
        values = {"partner_id": self.anna.id, "note": "Hello"}
        answer = self._change("receptionist", "salon.visit", values, visit.ids)
        self.assertIn("value", answer)
