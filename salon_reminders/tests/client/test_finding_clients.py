from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users

from ..common import SalonCase

RES_PARTNER = "odoo.addons.salon_reminders.models.client.res_partner"
FORMATS = (
    *("+36 30 123 4567", "+36301234567", "0036301234567", "06 30 123-4567"),
    *("06301234567", "(30) 123 45 67", "06-30/123.4567"),
)


@freeze_time("2026-03-10 09:00:00")
class TestFindingClients(SalonCase):
    """Whoever rings or stands at the desk is found as people type."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kovary = cls._create_client("Kőváry Zsófia", "+36 30 123 4567")
        cls.ines = cls._create_client("Ines Vargas", "+36 30 765 4321")
        cls.clients = cls.kovary | cls.ines
        for client in cls.clients:
            cls._create_visit(client, "2026-03-10", state="booked")
        cls.stylist_user.group_ids -= cls.env.ref("salon_reminders.group_phone_numbers")

    def _find(self, text):
        partners = self.env["res.partner"]
        domain = [("id", "in", self.clients.ids)]
        ids = [number for number, _name in partners.name_search(text, domain)]
        self.assertEqual(
            partners.search([*domain, ("display_name", "ilike", text)]).ids, ids
        )
        return partners.browse(ids)

    @users("t_recep", "t_vera", "t_salon_boss")
    def test_by_the_words_of_the_name(self):
        for text in (
            "Kovary",
            "kőváry",
            "zsofia kov",
            "Kov Zs",
            "KOVARY,  Zs",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._find(text), self.kovary)
        for text in ("Vargas I", "ines v", "vargas, ines"):
            with self.subTest(text=text):
                self.assertEqual(self._find(text), self.ines)
        for text in ("Vargas Z", "ovary", "Ines Kov"):
            with self.subTest(text=text):
                self.assertFalse(self._find(text))

    @users("t_recep", "t_salon_boss")
    def test_by_the_number_in_every_format(self):
        for text in FORMATS:
            with self.subTest(text=text):
                self.assertEqual(self._find(text), self.kovary)
        for text in ("1234", "0630123", "+36 30 123 4568"):
            with self.subTest(text=text):
                self.assertFalse(self._find(text))

    @users("t_vera")
    def test_a_stylist_learns_nothing_by_numbers(self):
        for text in FORMATS:
            with self.subTest(text=text):
                self.assertFalse(self._find(text))

    @users("t_recep")
    def test_visits_and_calls_of_who_is_found(self):
        visit = self._create_visit(self.kovary, "2026-03-09")
        for text in ("Zsofia", "06 30 123 4567"):
            found = self.env["salon.visit"].search([("partner_id", "ilike", text)])
            self.assertEqual(found, visit | self.kovary.salon_visit_ids)

    def test_the_name_follows(self):
        self.ines.name = "Řehoř Inés-Maria"
        self.assertEqual(self.ines.salon_search_name, " rehor ines maria")
        other = self.env["res.partner"].create({"name": "Supplier"})
        self.assertFalse(other.salon_search_name)

    def test_an_upgraded_database_finds_the_same(self):
        self.ines.name = "Árvíztűrő  Tükör, Ř-Åse_2"
        self.kovary.name = "Йога ß & Łódź"
        before = self.clients.mapped("salon_search_name")
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET salon_search_name = NULL")
        with patch(f"{RES_PARTNER}.FILL_SIZE", 1):
            self.env["res.partner"]._fill_search_names()
        self.env.invalidate_all()
        self.assertEqual(self.clients.mapped("salon_search_name"), before)

    @users("t_recep")
    def test_who_has_the_number_is_told_on_the_card(self):
        ines = self.ines.with_env(self.env)
        self.assertFalse(ines.salon_same_number_ids)
        ines.salon_phone = "06 30 123 4567"
        self.assertEqual(ines.salon_same_number_ids.ids, self.kovary.ids)
        self.assertEqual(ines.action_open_same_number()["res_id"], self.kovary.id)
        self.ines.salon_shares_phone = True
        self.assertFalse(ines.salon_same_number_ids)

    @users("t_vera")
    def test_a_stylist_is_not_told_who_has_a_number(self):
        self.ines.phone = "+36 30 123 4567"
        with self.assertRaises(AccessError):
            self.ines.with_env(self.env).read(["salon_same_number_ids"])
