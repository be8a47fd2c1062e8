"""A record of another app is no way to what somebody may not read of a client."""

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user

from ..common import SalonCase

NUMBER = "+36301239999"


class TestForeignLinks(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company("Second salon")
        cls.client = cls._create_client("Zenobia", NUMBER)
        cls.client.company_id = cls.company
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "company_id": cls.company.id}
        )
        # Whoever has nothing to do with the salon, at either company.
        cls.stranger = cls._create_keeper("stranger", cls.other)
        cls.colleague = cls._create_keeper("colleague", cls.company)

    @classmethod
    def _create_keeper(cls, login, company):
        return new_test_user(
            cls.env,
            f"t_{login}",
            "base.group_user,base.group_partner_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def _add_account(self, user, partner, number="1234"):
        """Add a bank account, which keeps the name of its holder."""
        accounts = self.env["res.partner.bank"].with_user(user)
        return accounts.create({"partner_id": partner.id, "acc_number": number})

    def test_who_is_out_of_reach_is_not_linked(self):
        with self.assertRaises(AccessError):
            self._add_account(self.stranger, self.client)
        account = self._add_account(self.stranger, self.stranger.partner_id)
        with self.assertRaises(AccessError):
            account.partner_id = self.client
        people = self.env["res.partner"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            people.create({"name": "Child", "parent_id": self.client.id})
        with self.assertRaises(AccessError):
            people.onchange({"parent_id": self.client.id}, ["parent_id"], {"name": {}})

    def test_a_default_links_nobody_either(self):
        accounts = self.env["res.partner.bank"].with_user(self.stranger)
        accounts = accounts.with_context(default_partner_id=self.client.id)
        with self.assertRaises(AccessError):
            Form(accounts)
        with self.assertRaises(AccessError):
            accounts.create({"acc_number": "1234"})

    def test_who_is_no_client_is_as_odoo_leaves_it(self):
        # Whoever keeps bank accounts is refused by Odoo itself.
        self.supplier.with_user(self.stranger)._check_salon_linked()

    def test_who_has_a_history_is_a_client_whatever_the_flag_says(self):
        self._create_visit(self.client, "2026-03-01")
        self.client.is_salon_client = False
        with self.assertRaises(AccessError):
            self._add_account(self.stranger, self.client)

    def test_own_clients_are_linked(self):
        account = self._add_account(self.colleague, self.client)
        self.assertEqual(account.acc_holder_name, "Zenobia")
        self.colleague.company_ids += self.other
        # Of all companies of the user, also of those that are not on the screen.
        elsewhere = self.colleague.with_company(self.other)
        account = self._add_account(elsewhere, self.client, "5678")
        self.assertEqual(account.acc_holder_name, "Zenobia")

    def test_no_copy_of_a_number_for_who_sees_none(self):
        """As other apps do who keep the number of whom a record is about."""
        self._create_visit(self.client, "2026-03-01", stylist_id=self.stylist.id)
        self.stylist_user.group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaisesRegex(AccessError, "would show the phone number"):
            self._add_account(self.stylist_user, self.client, f"Call {NUMBER}")
        self.assertTrue(self._add_account(self.stylist_user, self.client, "9012"))
        self.assertTrue(self._add_account(self.colleague, self.client, NUMBER))

    def test_links_cost_no_question(self):
        """Other apps write as fast as before about contacts of their own company."""
        accounts = self.env["res.partner.bank"].with_user(self.colleague)
        self._add_account(self.colleague, self.supplier, "1")
        for count in (1, 5):
            self.env.flush_all()
            self.env.invalidate_all()
            self.supplier.with_user(self.colleague).read(["name"])
            counts = []
            for is_ours in (False, True):
                model = accounts if is_ours else accounts.sudo()
                before = self.env.cr.sql_log_count
                model.create(
                    [
                        {
                            "partner_id": self.supplier.id,
                            "acc_number": f"{is_ours}{count}{n}",
                        }
                        for n in range(count)
                    ]
                )
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + 1)
