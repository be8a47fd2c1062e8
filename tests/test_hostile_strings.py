"""A thousand hostile strings in every text: no script runs, none breaks a page."""

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

COUNT = 1000
MARK = "salonHacked"
PAYLOADS = (
    "<script>window.{mark}=1</script>",
    "<img src=x onerror='window.{mark}=1'>",
    "<svg onload=window.{mark}=1>",
    '"><script>window.{mark}=1</script>',
    "'><img src=x onerror=window.{mark}=1>",
    "</textarea><script>window.{mark}=1</script>",
    "</title><svg/onload=window.{mark}=1>",
    "javascript:window.{mark}=1",
    "<a href='javascript:window.{mark}=1'>x</a>",
    "<iframe srcdoc='<script>parent.{mark}=1</script>'></iframe>",
    "<body onload=window.{mark}=1>",
    "<details open ontoggle=window.{mark}=1>",
    "<t t-out='1/0'/>",
    '<t t-esc="window.{mark}=1"/>',
    "{{{{ object.env.cr }}}}",
    "${{object.env}}",
    "{{0.__class__}}",
    "{{client.env}}",
    "%(name)s %s %d",
    "'; DROP TABLE res_partner; --",
    "\\'; SELECT pg_sleep(9); --",
    "=cmd|' /C calc'!A0",
    "<!--#exec cmd='ls'-->",
    "\u202e<script>window.{mark}=1</script>",
    "\ufeff<x onclick=window.{mark}=1 autofocus>",
)


def hostile_strings():
    """Return COUNT different strings that try to be more than text."""
    wraps = ("{0}", "A{1} {0}", "{0}{0} {1}", "{1}<b>{0}</b>")
    found = []
    while len(found) < COUNT:
        number = len(found)
        payload = PAYLOADS[number % len(PAYLOADS)].format(mark=MARK)
        wrap = wraps[number // len(PAYLOADS) % len(wraps)]
        found.append(f"{wrap.format(payload, number)} {number}")
    return found


@tagged("standard", "post_install", "-at_install")
class TestHostileStrings(HttpCase):
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
        asked = cls.clients[:25]
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

    def _look(self, path, selector, login="h_receptionist"):
        """Open a page, wait until it is drawn, touch it, see that nothing ran."""
        self.browser_js(
            path,
            code=f"""
                setTimeout(() => {{
                    if (window.{MARK}) {{
                        console.error("A script of the data has run.");
                    }} else {{
                        console.log("test successful");
                    }}
                }}, 1500);
            """,
            ready=f"!!document.querySelector({selector!r})",
            login=login,
            timeout=600,
        )

    def test_strings_are_many_and_different(self):
        self.assertEqual(len(set(self.strings)), COUNT)

    def test_names_in_the_list(self):
        self._look("/odoo/salon-clients", f".o_data_row:nth-child({COUNT})")

    def test_cards_to_ask(self):
        action = self.env.ref("salon_reminders.res_partner_action_consent")
        action.context = "{}"
        self._look("/odoo/salon-consent-to-collect", ".o_kanban_record:nth-child(900)")

    def test_visits(self):
        self._look("/odoo/salon-visits", ".o_data_row:nth-child(190)")
        self._look(f"/odoo/salon-visits/{self.visits[1].id}", ".o_form_sheet")

    def test_cards_and_calls(self):
        for number in (0, 1, 13, 14):
            client, call = self.clients[number], self.calls[number]
            self._look(f"/odoo/salon-clients/{client.id}", ".o_form_sheet")
            self._look(f"/odoo/salon-calls/{call.id}", ".o_form_sheet")

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
