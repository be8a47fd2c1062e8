from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

STYLIST = "salon_reminders.group_stylist"
RECEPTIONIST = "salon_reminders.group_receptionist"
MESSAGE = {"composition_mode": "numbers", "numbers": "+36301234567", "body": "Hello"}


@tagged("post_install", "-at_install")
class TestIrRule(TransactionCase):
    """What somebody of the salon has in a dialog is nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            login: new_test_user(cls.env, login, groups=f"base.group_user,{group}")
            for login, group in (
                ("desk", RECEPTIONIST),
                ("colleague", RECEPTIONIST),
                ("stylist", STYLIST),
                ("manager", "salon_reminders.group_manager"),
                ("without", "base.group_partner_manager"),
                ("without too", "base.group_partner_manager"),
            )
        }
        cls.client_card = cls.env["res.partner"].create(
            {"name": "Client of a dialog", "is_salon_client": True}
        )

    def assertHidden(self, row, login):
        """Neither found, grouped, read nor written."""
        foreign = row.with_user(self.users[login])
        self.assertFalse(foreign.search([("id", "=", row.id)]))
        self.assertFalse(foreign.search_count([("id", "=", row.id)]))
        grouped = foreign.formatted_read_group(
            [("id", "=", row.id)], groupby=["create_uid"], aggregates=["__count"]
        )
        self.assertFalse(grouped)
        for act in (
            lambda: foreign.read(["create_uid"]),
            lambda: foreign.web_read({"create_uid": {}}),
            lambda: foreign.write({}),
        ):
            with self.assertRaises(AccessError):
                act()

    def _open(self, login, model, **vals):
        return self.env[model].with_user(self.users[login]).create(vals)

    def test_link_of_a_colleague(self):
        partner = self.client_card.with_user(self.users["desk"])
        action = partner.action_salon_consent_link()
        link = self.env["salon.consent.link"].browse(action["res_id"])
        link.with_user(self.users["desk"]).read(["url"])
        for login in ("colleague", "manager"):
            self.assertHidden(link, login)

    def test_answers_of_a_client(self):
        answers = {"partner_id": self.client_card.id, "answers": {}}
        talk = self._open("desk", "salon.consent.answers", **answers)
        self.assertHidden(talk, "colleague")

    def test_dialog_of_another_app(self):
        """Odoo's own dialogs hold the same, for who has a role and who has not."""
        row = self._open("desk", "sms.composer", **MESSAGE)
        for login in ("colleague", "stylist", "manager", "without"):
            self.assertHidden(row, login)

    def test_every_dialog(self):
        """Of all that are installed, and of each that comes."""
        rule = self.env["ir.rule"].with_user(self.users["colleague"])
        models = [model for model in self.env.registry.values() if model._transient]
        self.assertGreater(len(models), 50)
        for model in models:
            with self.subTest(model=model._name):
                domain = str(rule._compute_domain(model._name, "read"))
                self.assertIn("create_uid", domain)

    def test_people_without_a_role(self):
        """Among them everything is as Odoo leaves it."""
        row = self._open("without", "sms.composer", **MESSAGE)
        foreign = row.with_user(self.users["without too"])
        self.assertEqual(foreign.search([("id", "=", row.id)]), row)
        self.assertEqual(len(foreign.read(["body"])), 1)
