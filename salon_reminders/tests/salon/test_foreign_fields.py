"""What the addon adds to models that are not its own, and who may know of it."""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tests import new_test_user

from ..common import SalonCase

# Fields of the salon that everybody may read who may read the record, and why.
OPEN = {
    # Who sends a mailing is told how many it leaves out; it names nobody.
    ("mail.compose.message", "salon_left_out"),
    ("sms.composer", "salon_left_out"),
}
# Stored and worked out; their columns are made in advance, with nothing in them.
MADE_EMPTY = {
    ("product.template", "salon_duration"),
    ("product.template", "salon_course_interval_days"),
    ("resource.resource", "salon_color"),
    ("res.partner", "salon_note_is_health"),
    # Of clients it is filled, of all others it stays empty.
    ("res.partner", "salon_search_name"),
}
VIEWS = ("form", "list", "kanban", "search", "pivot", "calendar", "activity")


class TestForeignFields(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.anna.write(
            {
                "salon_contraindications": "Latex",
                "salon_note": "7.1 with 6 %",
                "salon_wishes": "Balayage",
                "salon_birthdate": "1990-03-12",
            }
        )
        cls._create_visit(cls.anna, "2026-02-05")

    @classmethod
    def _get_foreign(cls):
        """Return {model that is not ours: names of the fields that we add to it}."""
        found = {}
        for name, model in cls.env.registry.items():
            if name.startswith("salon.") or model._abstract:
                continue
            names = {n for n, field in model._fields.items() if cls._is_ours(field)}
            if names:
                found[name] = names
        return found

    @classmethod
    def _is_ours(cls, field):
        while field.inherited:
            field = field.related_field
        return field._modules[:1] and field._modules[0].startswith("salon_reminders")

    @classmethod
    def _get_hidden(cls, model, names):
        """Return those of the fields that belong to roles in the salon."""
        groups = {name: cls.env[model]._fields[name].groups or "" for name in names}
        return {name for name in names if "salon_reminders" in groups[name]}

    @classmethod
    def _get_strangers(cls):
        """Yield users of every role that has nothing to do with the salon."""
        ours = cls.env.ref("salon_reminders.group_stylist")
        ours |= cls.env.ref("salon_reminders.group_phone_numbers")
        groups = cls.env["res.groups"].search([])
        users = cls.env.ref("base.group_user")
        for group in groups.filtered(lambda g: not g.all_implied_ids & ours):
            own = users | group
            if group.all_implied_ids & cls.env.ref("base.group_portal"):
                own = group
            elif group.all_implied_ids & cls.env.ref("base.group_public"):
                own = group
            with_names = cls.env["res.users"].with_context(no_reset_password=True)
            yield with_names.create(
                {
                    "name": group.full_name,
                    "login": f"stranger_{group.id}",
                    "group_ids": [(6, 0, own.ids)],
                }
            )

    def test_the_walk_finds_what_it_looks_for(self):
        foreign = self._get_foreign()
        self.assertIn("salon_contraindications", foreign["res.partner"])
        self.assertIn("salon_contraindications", foreign["res.users"])
        self.assertIn("salon_by_consent", foreign["phone.blacklist"])
        self.assertIn("is_stylist", foreign["resource.resource"])
        self.assertNotIn("phone_sanitized", foreign["res.partner"])

    def test_every_field_names_who_may_read_it(self):
        """A new field on another app's model needs groups, or a reason above."""
        allowed = ("salon_reminders", "base.group_system", NO_ACCESS)
        for model, names in self._get_foreign().items():
            for name in names:
                if (model, name) in OPEN:
                    continue
                groups = (self.env[model]._fields[name].groups or "everybody").split(
                    ","
                )
                for group in groups:
                    self.assertTrue(group.startswith(allowed), (model, name, group))

    def test_no_field_is_worked_out_for_all_records_when_installed(self):
        """Databases have a million contacts; companies are few."""
        for model, names in self._get_foreign().items():
            for name in names:
                field = self.env[model]._fields[name]
                if not field.store or model == "res.company":
                    continue
                self.assertIsNone(field.default, (model, name))
                if field.compute:
                    self.assertIn((model, name), MADE_EMPTY)

    def test_nobody_else_knows_of_them(self):
        """Whoever has no role in the salon reads all as before, and nothing of us."""
        foreign = self._get_foreign()
        strangers = list(self._get_strangers())
        self.assertGreater(len(strangers), 10)
        for user in strangers:
            for model, names in foreign.items():
                with self.subTest(user=user.name, model=model):
                    hidden = self._get_hidden(model, names)
                    self._check_stranger(self.env[model].with_user(user), hidden)

    def _check_stranger(self, records, hidden):
        known = set(records.fields_get())
        self.assertFalse(known & hidden)
        if not records.has_access("read"):
            return
        found = records.search([], limit=5)
        if records._name == "res.partner":
            found |= records.browse(self.anna.id)
        found = found._filtered_access("read")
        self._check_reading(found, known)

    def _check_reading(self, records, names):
        """Read all that is said to be there; some of Odoo's own fields refuse."""
        try:
            records.read(sorted(names))
        except AccessError:
            for name in sorted(names):
                self._check_reading_one(records, name)

    def _check_reading_one(self, records, name):
        try:
            records.read([name])
        except AccessError as error:
            self.assertNotIn("salon", str(error).replace("Salon/Manager", ""), name)

    def test_nobody_else_reads_them_or_looks_records_up_by_them(self):
        for group in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, f"t_{group}", groups=group)
            for model, names in self._get_foreign().items():
                records = self.env[model].with_user(user)
                if not records._transient and records.has_access("read"):
                    for name in sorted(self._get_hidden(model, names)):
                        with self.subTest(group=group, model=model, name=name):
                            self._check_closed(records, name)

    def _check_closed(self, records, name):
        with self.assertRaises(AccessError):
            records.search([], limit=1).read([name])
        field = records._fields[name]
        values = {"boolean": True, "date": "2026-03-10", "integer": 1, "float": 1.5}
        if field._description_searchable:
            with self.assertRaises(AccessError):
                records.search([(name, "=", values.get(field.type, "given"))])
        if field._description_sortable:
            with self.assertRaises(AccessError):
                records.search([], order=name)
        if field._description_groupable and (field.store or field.type != "many2many"):
            with self.assertRaises(AccessError):
                records._read_group(
                    [], [name if field.type != "date" else f"{name}:day"]
                )

    def test_their_forms_show_nothing_of_us(self):
        for group in ("base.group_user", "base.group_partner_manager"):
            user = new_test_user(
                self.env, f"t_{group}", groups=f"base.group_user,{group}"
            )
            for model, names in self._get_foreign().items():
                hidden = self._get_hidden(model, names)
                with self.subTest(group=group, model=model):
                    self._check_forms(self.env[model].with_user(user), hidden)

    def _check_forms(self, records, hidden):
        if records._transient or not records.has_access("read"):
            return
        for kind in VIEWS:
            if not self.env["ir.ui.view"].default_view(records._name, kind):
                continue
            views = records.get_views([(False, kind)])
            arch = etree.fromstring(views["views"][kind]["arch"])
            self._check_arch(arch)
            shown = set(arch.xpath("//field[not(ancestor::field)]/@name"))
            self.assertFalse(shown & hidden, kind)
            if kind == "form":
                found = records.search([], limit=3)
                found.web_read({name: {} for name in shown})

    def _check_arch(self, arch):
        for node in arch.iter(etree.Element):
            # Odoo's own note for developers, of nodes that may be gone.
            node.attrib.pop("data-used-by", None)
        self.assertNotIn("salon", etree.tostring(arch, encoding="unicode"))

    def test_each_opens_the_contact_on_the_right_tab(self):
        stranger = new_test_user(self.env, "t_stranger", groups="base.group_user")
        partners = self.env["res.partner"]
        arch = partners.with_user(stranger)._get_view(view_type="form")[0]
        pages = arch.xpath("//notebook/page[@autofocus]/@name")
        self.assertIn("contact_addresses", pages)
        own = partners.with_user(stranger).get_view(view_type="form")["arch"]
        self._check_arch(etree.fromstring(own))
        for user in (self.receptionist, self.stylist_user, self.manager):
            arch = partners.with_user(user)._get_view(view_type="form")[0]
            self.assertEqual(arch.xpath("//page[@autofocus]/@name"), ["salon"])
            # The salon's tab is there for its clients only; else Odoo's own is first.
            pages = [page.get("name") for page in arch.xpath("//notebook[1]/page")]
            self.assertEqual(pages[:2], ["salon", "salon_consent"])
            self.assertEqual(pages[2], "contact_addresses")
            for page in arch.xpath("//notebook[1]/page")[:2]:
                self.assertIn("not is_salon_client", page.get("invisible"))
            for name in ("company_type", "vat", "function", "website"):
                node = arch.xpath("//field[@name=$name]", name=name)[0]
                self.assertIn("is_salon_client", node.get("invisible"))
