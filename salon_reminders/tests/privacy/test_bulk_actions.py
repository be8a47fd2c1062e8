from lxml import etree

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, users

from ..common import SalonCase


class TestBulkActions(SalonCase):
    """What touches several clients at once is the manager's: shown and done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.bea = cls._create_client("Bea", "+36 30 765 4321")
        cls.both = cls.anna | cls.bea
        cls.suppliers = cls.env["res.partner"].create(
            [{"name": "Supplier"}, {"name": "Another"}]
        )

    def _call(self, partners, name, *args):
        return call_kw(self.env["res.partner"], name, [partners.ids, *args], {})

    def _compose(self, name, **vals):
        return self.env[name].create(
            {"composition_mode": "mass", "res_ids": str(self.both.ids), **vals}
        )

    def _send_sms(self):
        composer = self._compose("sms.composer", res_model="res.partner", body="Hello")
        return composer.action_send_sms()

    def _send_mail(self):
        composer = self._compose(
            "mail.compose.message",
            model="res.partner",
            composition_mode="mass_mail",
            subject="Hello",
            body="Hello",
        )
        return composer.action_send_mail()

    @users("t_recep")
    def test_refused_over_several(self):
        # A right to contacts, as other apps need it, opens none of it.
        contacts = self.env.ref("base.group_partner_manager")
        self.env.user.sudo().group_ids |= contacts
        merge = self.env["base.partner.merge.automatic.wizard"]
        for attempt in (
            lambda: self._call(self.both, "action_archive"),
            lambda: self._call(self.both, "write", {"active": False}),
            lambda: self._call(
                self.both, "web_save_multi", [{"active": False}] * 2, {}
            ),
            lambda: self._call(self.both, "write", {"city": "Pest"}),
            lambda: self._call(self.both, "copy"),
            lambda: merge._merge(self.both.ids, self.anna),
            self._send_sms,
            self._send_mail,
        ):
            with self.assertRaisesRegex(AccessError, "several clients at once"):
                attempt()
        self.assertTrue(all(self.both.mapped("active")))

    @users("t_recep")
    def test_one_card_is_hers(self):
        self._call(self.anna, "write", {"city": "Pest"})
        self._call(self.anna, "action_archive")
        self.assertFalse(self.anna.active)
        # Other contacts are none of the salon's business, nor are they with one client.
        self._call(self.suppliers | self.bea, "write", {"city": "Pest"})
        self.assertEqual(self.bea.city, "Pest")

    @users("t_salon_boss")
    def test_managers_do_it(self):
        self._call(self.both, "write", {"city": "Pest"})
        self._call(self.both, "action_archive")
        self.assertFalse(any(self.both.mapped("active")))

    def _get_views(self, user):
        partners = self.env["res.partner"].with_user(user)
        views = [(False, "list"), (False, "kanban"), (False, "form")]
        return partners.get_views(views, {"toolbar": True})["views"]

    def test_menus_below_a_manager(self):
        for user in (self.receptionist, self.stylist_user):
            views = self._get_views(user)
            for name in ("list", "kanban"):
                arch = etree.fromstring(views[name]["arch"])
                self.assertEqual(arch.get("duplicate"), "0")
                self.assertEqual(arch.get("delete"), "0")
                self.assertFalse(views[name].get("toolbar"))
            names = {a["name"] for a in views["form"]["toolbar"].get("action", ())}
            self.assertFalse({"Download (vCard)", "Grant portal access"} & names)

    def test_menus_of_managers_and_others(self):
        outsider = new_test_user(self.env, "t_outsider", groups="base.group_user")
        for user in (self.manager, outsider):
            views = self._get_views(user)
            self.assertFalse(etree.fromstring(views["list"]["arch"]).get("duplicate"))
            names = {a["name"] for a in views["list"]["toolbar"]["action"]}
            self.assertIn("Download (vCard)", names)
