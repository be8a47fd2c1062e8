from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestClientFlag(SalonCase):
    """Whoever the salon knows is protected, whatever the flag of the card says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.anna.email = "anna@example.com"
        cls.visit = cls._create_visit(cls.anna, "2026-03-01")
        cls.idle = cls._create_client("Idle", "+36 30 765 4321", consent=False)

    def _call(self, partner, name, *args):
        """Call a public method of a card as a program of the user's would."""
        return call_kw(self.env["res.partner"], name, [partner.ids, *args], {})

    def _unflag(self, partner):
        """Take the flag away below all guards, as an old database may have it."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET is_salon_client = FALSE WHERE id = %s",
            [partner.id],
        )
        self.env.invalidate_all()

    def _count_logged(self, partner):
        return (
            self.env["salon.card.log"]
            .sudo()
            .search_count(
                [
                    ("user_id", "=", self.env.uid),
                    ("partner_id", "=", partner.id),
                    ("kind", "=", "number"),
                ]
            )
        )

    @users("t_recep")
    def test_staff_does_not_write_it(self):
        supplier = self.env["res.partner"].sudo().create({"name": "Supplier"})
        for partner, value in (
            (self.anna, False),
            (self.idle, False),
            (supplier, True),
        ):
            with self.assertRaisesRegex(AccessError, "Only managers say"):
                self._call(partner, "write", {"is_salon_client": value})
            with self.assertRaises(AccessError):
                self._call(partner, "web_save", {"is_salon_client": value}, {})
        self.assertTrue(self.anna.is_salon_client)
        # What stays as it is, is no change: forms send it along.
        self._call(self.anna, "write", {"is_salon_client": True, "name": "Anna B."})
        self.assertEqual(self.anna.name, "Anna B.")

    @users("t_salon_boss")
    def test_manager_lets_go_whom_nobody_knows(self):
        self._call(self.idle, "write", {"is_salon_client": False})
        self.assertFalse(self.idle.is_salon_client)
        self._call(self.idle, "write", {"is_salon_client": True})
        for partner in (self.anna, self.anna | self.idle):
            with self.assertRaisesRegex(UserError, "consents, calls or notes of Anna"):
                self._call(partner, "write", {"is_salon_client": False})
        self.assertTrue(self.anna.is_salon_client)

    @users("t_recep")
    def test_new_card_of_a_client(self):
        values = {"name": "New", "is_salon_client": True, "salon_phone": "0630111222"}
        created = call_kw(self.env["res.partner"], "create", [values], {})
        self.assertTrue(self.env["res.partner"].browse(created).is_salon_client)

    @users("t_recep")
    def test_the_known_are_guarded_without_it(self):
        self._unflag(self.anna)
        anna = self.anna.with_user(self.env.user)
        self.assertEqual(anna.salon_phone, "••• 67")
        self._call(self.anna, "read", ["phone"])
        self.assertEqual(self._count_logged(self.anna), 1)

    @users("t_recep")
    def test_another_salon_counts(self):
        other = self._create_company("Second salon")
        self.env["salon.consent"].sudo().with_company(other).create(
            {"partner_id": self.idle.id, "company_id": other.id, "method": "desk"}
        )
        self._unflag(self.idle)
        self._call(self.idle, "read", ["phone"])
        self.assertEqual(self._count_logged(self.idle), 1)

    @users("t_recep")
    def test_the_unknown_are_not(self):
        supplier = self.env["res.partner"].sudo()
        supplier = supplier.create({"name": "Supplier", "phone": "+36 1 123 4567"})
        [values] = self._call(supplier, "read", ["phone"])
        self.assertEqual(values["phone"], "+36 1 123 4567")
        self.assertFalse(self._count_logged(supplier))

    @users("t_recep")
    def test_a_call_or_a_consent_makes_a_client(self):
        for make in (
            lambda partner: partner.action_salon_consent_give(),
            lambda partner: self.env["salon.call"].create({"partner_id": partner.id}),
        ):
            self._unflag(self.anna)
            make(self.anna.with_user(self.env.user))
            self.assertTrue(self.anna.is_salon_client)

    @users("t_recep")
    def test_copy_gives_no_number(self):
        for flagged in (True, False):
            if not flagged:
                self._unflag(self.anna)
            [values] = self._call(self.anna, "copy_data")
            self.assertFalse(values["phone"])
            [copy] = self._call(self.anna, "copy")
            copy = self.env["res.partner"].browse(copy)
            self.assertTrue(copy.sudo().is_salon_client)
            self.assertFalse(copy.sudo().phone)
            self.assertEqual(copy.email, "anna@example.com")
        self.assertFalse(self._count_logged(self.anna))

    @users("t_vera")
    def test_stylists_copy_nothing(self):
        for name in ("copy", "copy_data"):
            with self.assertRaises(AccessError):
                self._call(self.anna, name)

    @users("t_salon_boss")
    def test_manager_copies_the_whole_card(self):
        copy = self.env["res.partner"].browse(self._call(self.anna, "copy"))
        self.assertEqual(copy.phone, self.anna.phone)
        self.assertTrue(copy.is_salon_client)
