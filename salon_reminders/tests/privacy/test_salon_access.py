from contextlib import suppress

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, users

from ...models.privacy.res_partner import NUMBER_FIELDS
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonAccess(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.visit = cls._create_visit(cls.anna, "2026-03-01")
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls.zora = cls._create_stylist("Zora")
        cls.foreign = cls._create_visit(cls.bea, "2026-03-01", stylist_id=cls.zora.id)
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "phone": "+36 1 123 4567"}
        )
        cls.outsider = cls._create_outsider()
        cls.log = cls.env["salon.card.log"]

    @classmethod
    def _create_outsider(cls):
        return new_test_user(cls.env, "t_outsider", groups="base.group_user")

    def _as(self, record):
        return record.with_user(self.env.user)

    # ---- cards ----

    @users("t_vera")
    def test_stylist_sees_her_clients_around_a_visit(self):
        partners = self.env["res.partner"]
        found = partners.search([("is_salon_client", "=", True)])
        self.assertIn(self.anna, found)
        self.assertNotIn(self.bea, found)
        self.assertIn(self.supplier, partners.search([]))
        self._as(self.anna).read(["name", "salon_note"])
        with self.assertRaises(AccessError):
            self._as(self.bea).read(["name"])

    @users("t_vera")
    def test_stylist_sees_them_for_some_days_only(self):
        anna = self._as(self.anna)
        self.company.salon_stylist_days = 8
        self.assertFalse(anna.has_access("read"))
        self.company.salon_stylist_days = 9
        self.assertTrue(anna.has_access("read"))
        with freeze_time("2026-03-11 09:00:00"):
            self.assertFalse(anna.has_access("read"))
            self._create_visit(
                self.anna, "2026-03-20", state="booked", stylist_id=self.stylist.id
            )
            self.assertTrue(anna.has_access("read"))

    @users("t_vera")
    def test_stylist_opens_no_card_by_booking_it(self):
        vals = {"stylist_id": self.stylist.id, "partner_id": self.bea.id}
        with self.assertRaises(AccessError):
            self.env["salon.visit"].create(vals)
        with self.assertRaises(AccessError):
            self._as(self.visit).partner_id = self.bea
        line = {
            "visit_id": self.foreign.id,
            "product_id": self.roots_service.id,
            "stylist_id": self.stylist.id,
        }
        with self.assertRaises(AccessError):
            self.env["salon.visit.line"].create(line)
        with self.assertRaises(AccessError):
            self._as(self.visit.line_ids).visit_id = self.foreign
        self.assertFalse(self._as(self.bea).has_access("read"))

    # ---- numbers ----

    @users("t_vera")
    def test_stylist_learns_no_number(self):
        anna = self._as(self.anna)
        partners = self.env["res.partner"]
        visits = self.env["salon.visit"]
        for name in ("phone", "phone_sanitized", "phone_mobile_search"):
            self.assertNotIn(name, partners.fields_get())
            attempts = {
                "read": lambda name=name: anna.read([name]),
                "attribute": lambda name=name: anna[name],
                "search": lambda name=name: partners.search([(name, "ilike", "123")]),
                "not": lambda name=name: partners.search([(name, "!=", False)]),
                "list": lambda name=name: partners.search_read([], [name]),
                "web": lambda name=name: partners.web_search_read([], {name: {}}),
                "form": lambda name=name: anna.web_read({name: {}}),
                "write": lambda name=name: anna.write({name: "+36 30 765 4321"}),
                "path": lambda name=name: visits.search(
                    [(f"partner_id.{name}", "ilike", "123")]
                ),
            }
            if name != "phone_mobile_search":
                attempts |= {
                    "order": lambda name=name: partners.search([], order=name),
                    "group": lambda name=name: partners.formatted_read_group(
                        [], [name]
                    ),
                }
            for label, attempt in attempts.items():
                with self.assertRaises(AccessError, msg=f"{label} {name}"):
                    attempt()
        self.assertFalse(partners.name_search("+36301234567"))
        self.assertFalse(anna.salon_phone)
        texts = [
            name
            for name, field in anna.fields_get().items()
            if field["type"] in ("char", "text", "html", "json")
        ]
        for name in texts:
            # What she may not read at all tells her nothing.
            with suppress(AccessError):
                value = str(anna.read([name])[0][name])
                self.assertFalse("123" in value and "30" in value, name)

    @users("t_vera")
    def test_stylist_with_the_right_to_numbers(self):
        group = self.env.ref("salon_reminders.group_phone_numbers")
        self.env.user.sudo().group_ids = [fields.Command.link(group.id)]
        self.assertEqual(self._as(self.anna).read(["phone"])[0]["phone"][:3], "+36")

    def test_others_are_not_concerned(self):
        for user in (self.outsider, self.env.ref("base.user_admin")):
            self.assertTrue(self.anna.with_user(user).read(["phone"])[0]["phone"])
            partners = self.env["res.partner"].with_user(user)
            self.assertIn(self.bea, partners.search([("phone", "ilike", "4568")]))
        domain = [("user_id", "=", self.outsider.id)]
        self.assertFalse(self.log.search(domain))

    def _read_all(self, user):
        """Read all fields of the salon and of the number that a user has."""
        anna = self.anna.with_user(user)
        names = [
            name
            for name in anna.fields_get(attributes=())
            # Odoo's own calls of its chat can't be read by anybody but administrators.
            if name != "rtc_session_ids"
        ]
        refused = []
        for name in names:
            try:
                anna.read([name])
            except AccessError:
                refused.append(name)
        self.assertEqual(refused, [], user.login)
        return anna.read(names)[0]

    def test_everybody_reads_a_whole_contact(self):
        """Without naming fields, as programs do: what is not hers is left out."""
        people = (self.stylist_user, self.receptionist, self.manager, self.outsider)
        for user in people:
            with self.subTest(user=user.login):
                self._read_all(user)
        for user in people:
            values = self._read_all(user)
            self.assertEqual(values["name"], "Anna")
            hidden = "phone" not in values
            self.assertEqual(hidden, user == self.stylist_user, user.login)
        values = self._read_all(self.stylist_user)
        self.assertEqual(values["salon_visit_ids"], self.visit.ids)
        for name in (
            "salon_call_ids",
            "salon_consent_ids",
            "salon_call_consent",
            "salon_ask_reason",
            "salon_card_log_ids",
        ):
            self.assertNotIn(name, values)
        values = self._read_all(self.outsider)
        self.assertFalse([name for name in values if name.endswith("visit_ids")])

    def test_lists_and_stylists_forms_have_no_numbers(self):
        """The web client breaks on a field that is hidden from its user."""
        for user, hidden in (
            (self.stylist_user, {"list", "kanban", "search", "form"}),
            (self.receptionist, {"list", "kanban"}),
            (self.manager, set()),
            (self.outsider, set()),
        ):
            partners = self.env["res.partner"].with_user(user)
            for view in self.env["ir.ui.view"].search(
                [
                    ("model", "=", "res.partner"),
                    ("type", "in", ("list", "kanban", "search", "form")),
                    ("mode", "=", "primary"),
                ]
            ):
                arch = etree.fromstring(partners.get_view(view.id, view.type)["arch"])
                names = {node.get("name") for node in arch.iter("field")}
                if view.type in hidden:
                    self.assertFalse(names & NUMBER_FIELDS, (user.login, view.name))
        form = self.env["res.partner"].with_user(self.outsider)
        self.assertIn("phone", form.get_view(view_type="kanban")["arch"])

    # ---- the log ----

    def _get_log(self):
        rows = self.log.search([("user_id", "=", self.env.uid)], order="id")
        return [(row.partner_id, row.kind) for row in rows.sudo()]

    @users("t_recep")
    def test_cards_and_numbers_are_logged(self):
        anna = self._as(self.anna)
        anna.web_read({"name": {}})
        self.assertFalse(self.log.search([("user_id", "=", self.env.uid)]))
        anna.web_read({"name": {}, "salon_note": {}, "salon_phone": {}})
        self.assertIn("67", anna.salon_phone)
        self.assertNotIn("123", anna.salon_phone)
        anna.action_salon_show_number()
        for partner in self._as(self.anna | self.bea | self.supplier):
            partner.search_read([("id", "=", partner.id)], ["phone"])
        expected = [(self.anna, "card"), (self.anna, "number")]
        rest = {(self.anna, "number"), (self.bea, "number")}
        with self.assertRaises(AccessError):
            self.env["salon.card.log"].search([])
        found = [
            (row.partner_id, row.kind)
            for row in self.log.search([("user_id", "=", self.env.uid)], order="id")
        ]
        self.assertEqual(found[:2], expected)
        self.assertEqual(set(found[2:]), rest)

    @users("t_recep")
    def test_the_number_of_a_call_is_not_logged(self):
        call = self.env["salon.call"].with_user(self.manager)
        call = call.create({"partner_id": self.anna.id}).with_user(self.env.user)
        self.assertTrue(call.read(["phone"])[0]["phone"])
        self.assertFalse(self.log.search([("user_id", "=", self.env.uid)]))

    @users("t_recep")
    def test_number_is_shown_by_the_rule_of_consent(self):
        action = self._as(self.anna).action_salon_show_number()
        shown = self.env["salon.number"].browse(action["res_id"])
        self.assertTrue(shown.is_allowed)
        self.assertEqual(shown.number, self.anna.phone)
        self.assertFalse(shown.with_user(self.manager).number)
        self.anna.action_salon_consent_withdraw()
        with self.assertRaisesRegex(UserError, "has not agreed"):
            self._as(self.anna).action_salon_show_number()
        self._create_visit(self.anna, "2026-03-20", state="booked")
        action = self._as(self.anna).action_salon_show_number()
        self.assertFalse(self.env["salon.number"].browse(action["res_id"]).is_allowed)

    def test_unusual_reading_is_shown(self):
        self.company.salon_card_limit = 1
        for partner in (self.anna, self.anna, self.bea):
            partner.with_user(self.receptionist).web_read({"salon_note": {}})
        self.anna.with_user(self.manager).web_read({"salon_note": {}})
        self.env.flush_all()
        readings = self.env["salon.card.reading"].with_user(self.manager)
        found = {row.user_id: row for row in readings.search([])}
        self.assertEqual(found[self.receptionist].card_count, 2)
        self.assertTrue(found[self.receptionist].is_unusual)
        self.assertFalse(found[self.manager].is_unusual)
        action = found[self.receptionist].action_open_log()
        self.assertEqual(self.log.search_count(action["domain"]), 3)

    # ---- what receptionists do not do ----

    @users("t_recep", "t_vera")
    def test_no_export(self):
        self.env.user.sudo().group_ids = [
            fields.Command.link(self.env.ref("base.group_allow_export").id)
        ]
        for record in (self.anna, self.visit, self.visit.line_ids):
            with self.assertRaises(AccessError):
                self._as(record).export_data(["id"])

    @users("t_recep")
    def test_no_deletion(self):
        for record in (self.anna, self.visit):
            with self.assertRaises(AccessError):
                self._as(record).unlink()
        manager = self.env.ref("base.group_partner_manager")
        self.env.user.sudo().group_ids = [fields.Command.link(manager.id)]
        idle = self.env["res.partner"].create(
            {"name": "New", "is_salon_client": True, "salon_phone": "06 30 111 2222"}
        )
        self.assertEqual(idle.phone, "+36 30 111 2222")
        with self.assertRaises(UserError):
            idle.unlink()

    @users("t_recep")
    def test_receptionist_changes_a_number(self):
        anna = self._as(self.anna)
        anna.salon_phone = anna.salon_phone
        self.assertEqual(self.anna.phone_sanitized, "+36301234567")
        anna.salon_phone = "06 30 765 4321"
        self.assertEqual(self.anna.phone_sanitized, "+36307654321")

    @users("t_salon_boss")
    def test_manager_exports(self):
        self.assertTrue(self._as(self.anna).export_data(["name"])["datas"])

    # ---- asking ----

    @users("t_recep")
    def test_whom_to_ask(self):
        new = self._as(self._create_client("New", "+36 30 123 4569", consent=False))
        visit = self._create_visit(new, "2026-03-10", state="booked")
        domain = [
            ("salon_consent_to_ask", "=", True),
            ("salon_visits_today", "=", True),
        ]
        partners = self.env["res.partner"]
        self.assertEqual(partners.search(domain), new)
        self.assertEqual(new.salon_visit_today_id, visit)
        self.assertEqual(new.salon_ask_reason, "Not asked yet")
        self._as(visit).action_consent_later()
        self.assertFalse(partners.search(domain))
        with freeze_time("2026-04-09 09:00:00"):
            new.invalidate_recordset()
            self.assertTrue(new.salon_consent_to_ask)
            self.assertIn("03/10/2026", new.salon_ask_reason)
            self._as(visit).action_consent_withdraw()
            new.invalidate_recordset()
            self.assertFalse(new.salon_consent_to_ask)
            self.assertFalse(new.salon_ask_reason)

    @users("t_recep")
    def test_who_is_asked_again_when_a_consent_ends(self):
        self.company.salon_consent_months = 1
        new = self._as(self._create_client("New", "+36 30 123 4569", consent=False))
        new.action_salon_consent_give()
        self.assertEqual(str(new.salon_consent_ids.expiry_date), "2026-04-10")
        self._answer(new, "promotion", "feedback", decision="withdrawn")
        new.invalidate_recordset()
        self.assertFalse(new.salon_consent_to_ask)
        with freeze_time("2026-04-11 09:00:00"):
            new.invalidate_recordset()
            self.assertTrue(new.salon_consent_to_ask)
            self.assertIn("04/10/2026", new.salon_ask_reason)
            states = new.salon_consent_state_ids
            reminders = states.filtered(lambda state: state.purpose == "reminder")
            self.assertEqual(reminders.state, "expired")

    @users("t_recep")
    def test_each_kind_of_calls_is_asked_for(self):
        new = self._as(self._create_client("New", "+36 30 123 4569", consent=False))
        visit = self._as(self._create_visit(new, "2026-03-10", state="booked"))
        said = []
        while new.salon_ask_purpose:
            said.append((new.salon_ask_purpose, new.salon_ask_sentence))
            if new.salon_ask_purpose == "promotion":
                visit.action_consent_withdraw()
            else:
                visit.action_consent_give()
            new.invalidate_recordset()
        wordings = self.env["salon.consent.wording"]
        asked = ("reminder", "promotion", "feedback")
        self.assertEqual(
            said, [(one, wordings._get_current(one).text) for one in asked]
        )
        self.assertFalse(new.salon_consent_to_ask)
        allowed = [bool(new._filter_callable(one)) for one in asked]
        self.assertEqual(allowed, [True, False, True])

    @users("t_recep")
    def test_who_refuses_calls_is_asked_nothing_else(self):
        new = self._as(self._create_client("New", "+36 30 123 4569", consent=False))
        new.action_salon_ask_refuse()
        new.invalidate_recordset()
        self.assertFalse(new.salon_consent_to_ask)
        self.assertEqual(new.salon_consent_ids.purpose, "reminder")

    @users("t_recep")
    def test_who_spends_most_is_asked_first(self):
        less, more = (
            self._create_client(name, f"+36 30 123 457{number}", consent=False)
            for number, name in enumerate(("Less", "More"))
        )
        for partner, amount in ((less, 30), (more, 90)):
            visit = self._create_visit(partner, "2026-02-10")
            visit.line_ids.amount = amount
        found = self.env["res.partner"].search(
            [("id", "in", (less | more).ids), ("salon_consent_to_ask", "=", True)],
            order="salon_ask_worth desc",
        )
        self.assertEqual(found.ids, (more | less).ids)
        self.assertEqual(found.mapped("salon_ask_worth"), [90, 30])

    @users("t_vera")
    def test_stylists_do_not_order_by_what_was_spent(self):
        with self.assertRaises(AccessError):
            self.env["res.partner"].search([], order="salon_ask_worth desc", limit=1)

    def test_wordings_keep_their_versions(self):
        wordings = self.env["salon.consent.wording"].with_user(self.manager)
        first = wordings._get_current()
        self.anna.action_salon_consent_give()
        with self.assertRaises(UserError):
            first.text = "Other words"
        with self.assertRaises(UserError):
            first.unlink()
        own = {"company_id": self.company.id, "text": "May we ring you?"}
        second = wordings.create(own)
        third = wordings.create({**own, "text": "May we ring you up?"})
        self.assertEqual((second.version, third.version), (1, 2))
        self.assertEqual(wordings._get_current(), third)
        self.assertTrue(third.is_current)
        self.assertFalse(first.is_current or second.is_current)
        second.text = "Nobody has heard this yet"
        self.bea.action_salon_consent_give()
        self.assertEqual(self.bea.salon_consent_ids[0].wording, "May we ring you up?")
        other = self._create_company("Second salon")
        shared = self.env["salon.consent.wording"].with_company(other)
        self.assertEqual(shared._get_current(), first)
