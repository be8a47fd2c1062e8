from ast import literal_eval
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, users

from odoo.addons.resource.models.resource_resource import (
    ResourceResource as CoreResource,
)

from ..common import SalonCase

DAY = datetime(2026, 3, 10), datetime(2026, 3, 11)


@freeze_time("2026-03-10 05:00:00")
class TestSalonStylistChoice(SalonCase):
    """People who are employees already are chosen as stylists, not made anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.company.resource_calendar_id
        cls.mia_user = new_test_user(cls.env, "t_mia", name="Mia")
        # As an employee has one.
        cls.mia = cls._create_resource("Mia", user_id=cls.mia_user.id)

    @classmethod
    def _create_resource(cls, name, **vals):
        return cls.env["resource.resource"].create(
            {
                "name": name,
                "calendar_id": cls.hours.id,
                "company_id": cls.company.id,
                "tz": "Europe/Budapest",
                **vals,
            }
        )

    def _choose(self, resources):
        return resources.with_user(self.manager).action_salon_choose()

    def _get_note(self, resource):
        resource.invalidate_recordset()
        return resource.with_user(self.manager).salon_choice_note

    def _get_work(self, stylist):
        return self.env["salon.slot.finder"]._get_work(stylist, *DAY)[stylist.id]

    def test_who_is_listed(self):
        gone = self._create_resource("Gone", active=False)
        room = self._create_resource("Room", resource_type="material")
        action = self.env.ref("salon_reminders.resource_resource_action_choose")
        listed = self.env["resource.resource"].search(literal_eval(action.domain))
        self.assertIn(self.mia, listed)
        self.assertFalse(listed & (gone | room | self.stylist))

    def test_choose(self):
        ben = self._create_resource("Ben")
        self._choose(self.mia | ben)
        self.assertTrue(self.mia.is_stylist and ben.is_stylist)
        stylists = self.env["salon.slot.finder"]._get_stylists(self.company)
        self.assertLessEqual(self.mia | ben, stylists)
        self.assertNotEqual(self.mia.salon_color, ben.salon_color)

    def test_time_off_of_an_employee_is_seen(self):
        self._choose(self.mia)
        self.assertTrue(self._get_work(self.mia))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Approved",
                "resource_id": self.mia.id,
                "date_from": "2026-03-10 00:00:00",
                "date_to": "2026-03-10 22:00:00",
            }
        )
        self.assertFalse(self._get_work(self.mia))

    def test_without_hours_nobody_is_chosen(self):
        flexible = self.hours.copy({"name": "Flexible", "flexible_hours": True})
        empty = self.hours.copy({"name": "Empty", "attendance_ids": []})
        ben = self._create_resource("Ben", calendar_id=False)
        cleo = self._create_resource("Cleo", calendar_id=flexible.id)
        dan = self._create_resource("Dan", calendar_id=empty.id)
        self.assertIn("no working hours", self._get_note(ben))
        self.assertIn("flexible", self._get_note(cleo))
        self.assertIn("without a single hour", self._get_note(dan))
        with self.assertRaisesRegex(UserError, "Ben, Cleo,? and Dan"):
            self._choose(self.mia | ben | cleo | dan)
        self.assertFalse(self.mia.is_stylist)
        # What the message says to do.
        people = ben | cleo | dan
        people.with_user(self.manager).calendar_id = self.hours
        self._choose(self.mia | people)
        self.assertTrue(all(people.mapped("is_stylist")))

    def test_hours_kept_by_another_app(self):
        """Whoever may not change them is told whom to ask; nobody else is."""
        refuse = patch.object(
            CoreResource, "write", side_effect=AccessError("hr.employee")
        )
        mia = self.mia.with_user(self.manager)
        with refuse, self.assertRaisesRegex(AccessError, "hr.employee"):
            mia.calendar_id = False
        self._employ(self.mia)
        with refuse, self.assertRaisesRegex(UserError, "hours of Mia are kept with"):
            mia.calendar_id = False
        with refuse, self.assertRaisesRegex(AccessError, "hr.employee"):
            mia.name = "Other"

    def test_rooms_are_no_stylists(self):
        room = self._create_resource("Room", resource_type="material")
        with self.assertRaisesRegex(UserError, "Only people"):
            self._choose(room)

    def test_of_another_company(self):
        other = self._create_company("Other")
        far = self._create_resource("Far", company_id=other.id)
        with self.assertRaises(AccessError):
            self._choose(far)
        self.manager.company_ids |= other
        both = far.with_context(allowed_company_ids=(self.company | other).ids)
        self._choose(both)
        self.assertTrue(far.is_stylist)

    # ---- two resources of one person ----

    def _create_twin(self):
        """Return a stylist made anew for somebody who is there already."""
        twin = self._create_resource(
            "Mia K.", user_id=self.mia_user.id, is_stylist=True, salon_color=7
        )
        twin.salon_zone_ids = self.zone
        self.env["salon.stylist.duration"].create(
            {
                "stylist_id": twin.id,
                "service_id": self.roots_service.product_tmpl_id.id,
                "minutes": 95,
            }
        )
        return twin

    def _employ(self, resource):
        """Let a resource count as that of an employee, without an app for that."""
        self.patch(
            self.env.registry["resource.resource"],
            "_filter_salon_employed",
            lambda resources: resources & resource,
        )

    def test_two_of_one_user_are_told(self):
        self.assertFalse(self._get_note(self.mia))
        twin = self._create_twin()
        self._employ(self.mia)
        self.assertIn("as Mia K. already", self._get_note(self.mia))
        self.assertIn("Mia, whose time off is not seen", self._get_note(twin))
        # In another company a user rightly has another one.
        twin.is_stylist = False
        twin.company_id = self._create_company("Other")
        self.assertFalse(self._get_note(self.mia))

    def test_the_one_of_the_employee_takes_over(self):
        twin = self._create_twin()
        self._employ(self.mia)
        client = self._create_client("Anna")
        done = self._create_visit(client, "2026-03-02", stylist_id=twin.id)
        booked = self._create_visit(
            client, "2026-03-16", state="booked", stylist_id=twin.id, is_overlap=False
        )
        self._choose(self.mia)
        self.assertTrue(self.mia.is_stylist)
        self.assertEqual((done | booked).stylist_id, self.mia)
        self.assertEqual((done | booked).line_ids.stylist_id, self.mia)
        self.assertEqual(booked.busy_ids.stylist_id, self.mia)
        self.assertEqual(self.mia.salon_color, 7)
        self.assertEqual(self.mia.salon_zone_ids, self.zone)
        self.assertEqual(self.mia.salon_duration_ids.minutes, 95)
        self.assertTrue(twin.active)
        self.assertFalse(twin.is_stylist)
        for model, field in self.env["resource.resource"]._get_stylist_links():
            self.assertFalse(model.sudo().search_count([(field, "=", twin.id)]))
        with self.assertRaises(UserError):
            self._create_visit(
                client,
                "2026-03-16",
                state="booked",
                stylist_id=self.mia.id,
                is_overlap=False,
            )

    def test_one_of_no_employee_takes_nothing_over(self):
        twin = self._create_twin()
        self._employ(twin)
        self.assertIn("Choose the one of the employee", self._get_note(self.mia))
        with self.assertRaisesRegex(UserError, "same person"):
            self._choose(self.mia)
        self.assertTrue(twin.is_stylist)

    def test_not_both(self):
        second = self._create_resource("Mia K.", user_id=self.mia_user.id)
        with self.assertRaisesRegex(UserError, "same person, the user Mia"):
            self._choose(self.mia | second)

    # ---- no stylist any more ----

    def test_who_has_bookings_stays_a_stylist(self):
        visit = self._create_visit(
            self._create_client("Anna"), "2026-03-16", state="booked"
        )
        with self.assertRaisesRegex(ValidationError, "still has bookings"):
            self.stylist.is_stylist = False
        visit.state = "cancelled"
        self.stylist.is_stylist = False
        self.assertFalse(self.stylist.is_stylist)

    # ---- rights ----

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        resource = self.mia.with_user(self.env.user)
        with self.assertRaises(AccessError):
            resource.action_salon_choose()
        self.assertNotIn("salon_choice_note", resource.fields_get())
        self.assertFalse(self.mia.is_stylist)
