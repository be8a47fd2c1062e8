"""Hostile strings in every text: no script runs, none breaks a page."""

import pytest
from lxml import html

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..hostile import COUNT, PAYLOADS, HostileCase, hostile_strings

pytestmark = pytest.mark.room("insight")

# They agreed to calls; all others are to be asked.
AGREED = 25
ASKED = COUNT - AGREED


@tagged("standard", "post_install", "-at_install")
class TestHostileStrings(HostileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.strings = hostile_strings()
        for role in ("receptionist", "manager"):
            groups = f"base.group_user,salon_reminders.group_{role}"
            new_test_user(cls.env, f"h_{role}", groups, password=f"h_{role}")
        cls.clients = cls.env["res.partner"].create(
            [
                {
                    "name": text,
                    "salon_note": text,
                    "street": text,
                    "phone": f"+3630{7000000 + number}",
                    "is_salon_client": True,
                }
                for number, text in enumerate(cls.strings)
            ]
        )
        # All of them on one page, so that each is really drawn.
        for view in ("res_partner_view_list_clients", "salon_visit_view_list"):
            cls._unlimit(view, "list")
        cls._unlimit("res_partner_view_kanban_consent", "kanban")
        cls._create_visits()

    @classmethod
    def _unlimit(cls, view, kind):
        view = cls.env.ref(f"salon_reminders.{view}")
        cls.env["ir.ui.view"].create(
            {
                "name": f"{view.name}.all",
                "model": view.model,
                "inherit_id": view.id,
                "arch": f'<{kind} position="attributes">'
                f'<attribute name="limit">{COUNT + 500}</attribute></{kind}>',
            }
        )

    @classmethod
    def _create_visits(cls):
        text = cls.strings
        zone = cls.env["salon.zone"].create({"name": text[0]})
        cycle = cls.env["salon.cycle"].create({"name": text[1], "zone_id": zone.id})
        cls.env["salon.call.script"].create(
            {"kind": "reminder", "cycle_id": cycle.id, "body": text[2]}
        )
        service = cls.env["product.product"].create(
            {
                "name": text[3],
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cycle.ids,
            }
        )
        now = fields.Datetime.now()
        cls.visits = cls.env["salon.visit"].create(
            [
                {
                    "partner_id": client.id,
                    "start": fields.Datetime.subtract(now, days=40),
                    "state": "done",
                    "note": client.name,
                    "line_ids": [(0, 0, {"product_id": service.id})],
                }
                for client in cls.clients[:200]
            ]
        )
        asked = cls.clients[:AGREED]
        asked.action_salon_consent_give()
        cls.calls = cls.env["salon.call"].create(
            [
                {
                    "partner_id": client.id,
                    "reminder_ids": client.salon_reminder_ids.ids,
                    "note": client.name,
                }
                for client in asked
            ]
        )
        cls.env["salon.consent.wording"].create(
            {"company_id": cls.company.id, "text": text[4]}
        )

    def test_strings_are_many_and_different(self):
        self.assertEqual(len(set(self.strings)), COUNT)

    def test_names_in_the_list(self):
        self._look(("/odoo/salon-clients", f".o_data_row:nth-child({COUNT})"))

    def test_cards_to_ask(self):
        action = self.env.ref("salon_reminders.res_partner_action_consent")
        action.context = "{}"
        record = f".o_kanban_record:nth-child({ASKED})"
        self._look(("/odoo/salon-consent-to-collect", record))

    def test_visits(self):
        self._look(
            ("/odoo/salon-visits", ".o_data_row:nth-child(190)"),
            (f"/odoo/salon-visits/{self.visits[1].id}", ".o_form_sheet"),
        )

    def test_cards_and_calls(self):
        pages = []
        for number in (0, 1, 13, 14):
            client, call = self.clients[number], self.calls[number]
            pages.append((f"/odoo/salon-clients/{client.id}", ".o_form_sheet"))
            pages.append((f"/odoo/salon-calls/{call.id}", ".o_form_sheet"))
        self._look(*pages)

    def test_pages_made_on_the_server(self):
        """The client's own page, her file and the printed code."""
        privacy = self.env["salon.privacy"]
        for client in self.clients[:: COUNT // 50]:
            page = html.fromstring(str(privacy._render_export(client)))
            self._check_inert(page)
        path = f"/salon/consent/{self.clients[0]._get_salon_token()}"
        self._check_inert(html.fromstring(self.url_open(path).text))

    def _check_inert(self, page):
        """Nothing of the data became an element or an attribute that acts."""
        for element in page.iter():
            self.assertNotIn(element.tag, ("script", "svg", "iframe", "img", "details"))
            for name, value in element.attrib.items():
                self.assertFalse(name.startswith("on"), name)
                self.assertNotIn("javascript:", value)

    def test_scripts_of_calls_are_text(self):
        for call in self.calls:
            self.assertIn(call.partner_id.name[:10], call.display_name)
            self.assertTrue(call.script)

    def test_data_survive_untouched(self):
        self.env.invalidate_all()
        self.assertEqual(self.clients.mapped("name"), self.strings)
        self.assertEqual(self.clients.mapped("salon_note"), self.strings)
        number = self.env["res.partner"].search_count(
            [("id", "in", self.clients.ids), ("name", "ilike", "DROP TABLE")]
        )
        self.assertEqual(number, COUNT // len(PAYLOADS))
