from odoo.exceptions import AccessError
from odoo.tests import users

from ..common import SalonCase


class TestSalonTakingOver(SalonCase):
    """Contacts from before the salon become its clients, and cease to be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.ada, cls.ben = partners.create([{"name": "Ada"}, {"name": "Ben"}])
        cls.supplier = partners.create({"name": "Supplier Ltd", "is_company": True})
        cls.address = partners.create(
            {"type": "delivery", "parent_id": cls.supplier.id, "street": "Main St 1"}
        )
        cls.contacts = cls.ada | cls.ben | cls.supplier | cls.address

    def _run(self, name, partners, user=None):
        action = self.env.ref(f"salon_reminders.res_partner_action_{name}")
        return (
            action.with_user(user or self.manager)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .run()
        )

    def test_make_clients(self):
        told = self._run("salon_client", self.contacts)["params"]
        self.assertEqual(self.contacts.filtered("is_salon_client"), self.ada | self.ben)
        self.assertIn("New salon clients: 2.", told["message"])
        self.assertIn("Supplier Ltd", told["message"])
        self.assertEqual(told["type"], "warning")

    def test_make_clients_again(self):
        self.ada.is_salon_client = True
        told = self._run("salon_client", self.ada | self.ben)["params"]
        self.assertIn("New salon clients: 1. Clients already: 1.", told["message"])
        self.assertEqual(told["type"], "success")

    def test_let_go(self):
        self.contacts.is_salon_client = True
        told = self._run("salon_no_client", self.contacts)["params"]
        self.assertFalse(any(self.contacts.mapped("is_salon_client")))
        self.assertIn("No salon clients any more: 4.", told["message"])

    def _assert_kept(self, client):
        told = self._run("salon_no_client", client)["params"]
        self.assertTrue(client.is_salon_client)
        self.assertIn(client.name, told["message"])
        self.assertEqual(told["type"], "warning")

    def test_who_has_visits_is_kept(self):
        client = self._create_client("Anna", consent=False)
        visit = self._create_visit(client, "2026-03-02")
        self._assert_kept(client)
        self.assertTrue(visit.exists())

    def test_who_has_a_consent_is_kept(self):
        client = self._create_client("Anna")
        self._assert_kept(client)
        self.assertEqual(client.salon_call_consent, "given")

    def test_who_has_an_open_call_is_kept(self):
        client = self._create_client("Anna")
        call = self.env["salon.call"].create(
            {"partner_id": client.id, "kind": "birthday"}
        )
        self._assert_kept(client)
        self.assertEqual(call.state, "open")

    def test_whose_card_was_filled_in_is_kept(self):
        client = self._create_client("Anna", consent=False)
        client.salon_note = "20 g 7/1"
        self._assert_kept(client)

    def test_what_another_salon_keeps_counts(self):
        other = self._create_company("Other")
        client = self._create_client("Anna", consent=False)
        self.env["salon.consent"].with_company(other).create(
            {
                "partner_id": client.id,
                "company_id": other.id,
                "decision": "given",
                "method": "desk",
            }
        )
        self.manager.company_ids = self.company
        self._assert_kept(client)

    def test_having_looked_at_a_card_is_no_reason(self):
        client = self._create_client("Anna", consent=False)
        self.env["salon.card.log"].with_user(self.receptionist)._record(client, "card")
        self.assertTrue(self.env["salon.card.log"].search_count([]))
        self._run("salon_no_client", client)
        self.assertFalse(client.is_salon_client)

    def test_many_names_are_counted(self):
        clients = self.env["res.partner"].concat(
            *(self._create_client(f"C{n}") for n in range(7))
        )
        told = self._run("salon_no_client", clients)["params"]["message"]
        self.assertIn("2 more", told)

    def test_cost_does_not_grow(self):
        def cost(count):
            clients = self.env["res.partner"].create(
                [{"name": "C", "is_salon_client": True} for _ in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            clients.with_user(self.manager).action_salon_no_client()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        cost(2)
        self.assertLessEqual(cost(60), cost(3) + 2)

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        for name in ("salon_client", "salon_no_client"):
            with self.assertRaises(AccessError):
                self._run(name, self.ada, self.env.user)
            with self.assertRaises(AccessError):
                getattr(self.ada.with_user(self.env.user), f"action_{name}")()
        bindings = self.env["ir.actions.actions"].get_bindings("res.partner")
        names = [action["name"] for action in bindings.get("action", ())]
        self.assertNotIn("Make salon client", names)
