"""Stylists among the other resources of the database."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestResourceResource(SalonCase):
    def _create_resource(self, name, **vals):
        return self.env["resource.resource"].create({"name": name, **vals})

    def _count(self):
        resources = self.env["resource.resource"].with_context(active_test=False)
        return resources.search_count([("is_stylist", "=", True)])

    def test_only_stylists_get_a_colour(self):
        self.assertFalse(self._create_resource("Projector").salon_color)
        before = self._count()
        one, two = self.env["resource.resource"].create(
            [{"name": name, "is_stylist": True} for name in ("Zora", "Yana")]
        )
        self.assertEqual(one.salon_color, before % 11 + 1)
        self.assertEqual(two.salon_color, (before + 1) % 11 + 1)

    def test_who_becomes_a_stylist_gets_a_colour_and_keeps_it(self):
        employee = self._create_resource("Emma")
        before = self._count()
        employee.is_stylist = True
        color = employee.salon_color
        self.assertEqual(color, before % 11 + 1)
        employee.is_stylist = False
        employee.is_stylist = True
        self.assertEqual(employee.salon_color, color)
        employee.salon_color = 7
        employee.name = "Emma K."
        self.assertEqual(employee.salon_color, 7)

    def test_those_who_left_count_for_the_colours(self):
        self.stylist.action_archive()
        before = self._count()
        zora = self._create_resource("Zora", is_stylist=True)
        self.assertEqual(zora.salon_color, before % 11 + 1)

    def test_two_resources_of_one_user(self):
        """An employee and a stylist of the same user are two; each is booked alone."""
        employee = self._create_resource("Vera, employee", user_id=self.stylist_user.id)
        anna = self._create_client("Anna")
        self._create_visit(anna, "2026-03-10", state="booked")
        mine = self.env["salon.visit"].with_user(self.stylist_user).search([])
        self.assertEqual(mine.stylist_id, self.stylist)
        self.assertFalse(employee.is_stylist)
        employee.is_stylist = True
        self._create_visit(anna, "2026-03-10", state="booked", stylist_id=employee.id)
        mine = self.env["salon.visit"].with_user(self.stylist_user).search([])
        self.assertEqual(mine.stylist_id, self.stylist | employee)

    def test_archived_resource(self):
        self.stylist.action_archive()
        stylists = self.env["salon.slot.finder"]._get_stylists(self.company)
        self.assertNotIn(self.stylist, stylists)
        self.stylist.write({"is_stylist": False})
        self.stylist.write({"is_stylist": True, "active": True})
        self.assertTrue(self.stylist.salon_color)

    def test_resource_of_another_company(self):
        other = self._create_company("Other salon")
        foreign = self._create_resource("Zora", is_stylist=True, company_id=other.id)
        self.assertTrue(foreign.calendar_id)
        with self.assertRaises(UserError):
            self._create_visit(
                self._create_client("Anna"), "2026-03-12", stylist_id=foreign.id
            )

    def test_stylist_needs_working_hours_also_when_others_take_them(self):
        with self.assertRaises(ValidationError):
            self.stylist.calendar_id = False
