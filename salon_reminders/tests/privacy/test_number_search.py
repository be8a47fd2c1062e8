"""Clients are found by their whole number; no part of it tells the rest."""

from odoo.exceptions import UserError
from odoo.tests import freeze_time, users

from ..common import SalonCase

# How somebody at the desk types what the telephone shows.
WHOLE = (
    *("+36 30 123 4567", "+36301234567", "0036301234567", "06 30 123-4567"),
    *("(30) 123 45 67", "1234567"),
)
PARTS = ("+3630", "123", "301234", "4567", "+36 30 1", "36")


@freeze_time("2026-03-10 09:00:00")
class TestNumberSearch(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", "+36 30 123 4567")
        cls.bea = cls._create_client("Bea", "+36 30 765 4321")

    def _find(self, number, operator="ilike"):
        partners = self.env["res.partner"]
        domain = [("phone_mobile_search", operator, number)]
        return partners.search([*domain, ("id", "in", (self.anna | self.bea).ids)])

    @users("t_recep")
    def test_by_the_whole_number(self):
        for number in WHOLE:
            for operator in ("ilike", "=", "in"):
                with self.subTest(number=number, operator=operator):
                    value = [number] if operator == "in" else number
                    self.assertEqual(self._find(value, operator), self.anna)

    @users("t_recep")
    def test_not_by_a_part(self):
        for number in PARTS:
            for operator in ("ilike", "like", "=like", "="):
                with (
                    self.subTest(number=number, operator=operator),
                    self.assertRaisesRegex(UserError, "whole number"),
                ):
                    self._find(number, operator)

    @users("t_recep")
    def test_not_by_another_field_or_way(self):
        visit = self._create_visit(self.anna, "2026-03-01")
        for name in ("phone", "phone_sanitized", "salon_wrong_number"):
            for operator in ("ilike", "like", "=like", "=ilike", "not ilike", ">", "<"):
                for model, path in (
                    ("res.partner", ""),
                    ("salon.visit", "partner_id."),
                ):
                    with (
                        self.subTest(name=name, operator=operator, model=model),
                        self.assertRaisesRegex(UserError, "whole number"),
                    ):
                        self.env[model].search([(path + name, operator, "+363")])
        with self.assertRaisesRegex(UserError, "whole number"):
            self.env["salon.visit"].search(
                [("partner_id.phone_mobile_search", "ilike", "123")]
            )
        self.assertTrue(visit)

    @users("t_recep")
    def test_nor_by_its_order(self):
        for order in ("phone", "phone_sanitized desc", "name, phone"):
            with self.subTest(order), self.assertRaisesRegex(UserError, "not listed"):
                self.env["res.partner"].search([], order=order)

    @users("t_recep")
    def test_who_has_none_is_found(self):
        none = self.env["res.partner"].sudo().create({"name": "None"})
        ids = (none | self.anna).ids
        for name in ("phone_sanitized", "phone_mobile_search"):
            domain = [("id", "in", ids), (name, "=", False)]
            self.assertEqual(self.env["res.partner"].search(domain), none)
        domain = [("id", "in", ids), ("phone_sanitized", "!=", False)]
        self.assertEqual(self.env["res.partner"].search(domain), self.anna)

    @users("t_recep")
    def test_the_call_list_too(self):
        call = self.env["salon.call"].create({"partner_id": self.anna.id})
        path = "partner_id.phone_mobile_search"
        self.assertIn(call, call.search([(path, "ilike", "123 4567")]))
        with self.assertRaises(UserError):
            call.search([(path, "ilike", "4567")])

    @users("t_salon_boss")
    def test_managers_search_as_they_like(self):
        self.assertEqual(self._find("30123"), self.anna)
        found = self.env["res.partner"].search([("phone", "=like", "+36 30 123%")])
        self.assertIn(self.anna, found)
        self.env["res.partner"].search([], order="phone", limit=1)

    @users("t_vera")
    def test_who_sees_no_numbers_finds_none(self):
        for number in (*WHOLE, *PARTS):
            with self.subTest(number), self.assertRaises(UserError):
                self._find(number)
