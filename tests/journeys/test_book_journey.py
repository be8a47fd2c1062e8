"""The appointment book in a real browser: booked by keyboard, freed and filled."""

from datetime import datetime, time, timedelta

import pytest

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

pytestmark = pytest.mark.room("book", "filling")


@tagged("standard", "post_install", "-at_install")
class TestBookJourney(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.country_id = cls.env.ref("base.hu")
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        stylists = cls.env["resource.resource"].search([("is_stylist", "=", True)])
        stylists.action_archive()
        # What was freed or is due in the demonstration must not stand in the way.
        cls.env["salon.visit"].search([]).missed_at = False
        cls.env["salon.reminder"].search([]).is_stopped = True
        cls.receptionist = new_test_user(
            cls.env,
            "book_receptionist",
            groups="base.group_user,salon_reminders.group_receptionist",
            company_id=cls.company.id,
            tz=cls.company._salon_timezone().zone,
        )
        zone = cls.env["salon.zone"].create({"name": "Book zone"})
        cycle = cls.env["salon.cycle"].create(
            {"name": "Book roots", "zone_id": zone.id}
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Book root touch-up",
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cycle.ids,
            }
        )
        cls.vera, cls.sofia = (
            cls._create_stylist(f"Book {n}") for n in ("Vera", "Sofia")
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Book Anna", "phone": "+36 30 777 3001"}
        )
        cls.anna.action_salon_consent_give()

    @classmethod
    def _create_stylist(cls, name):
        """Create a stylist who works every day from nine to five."""
        calendar = cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": cls.company._salon_timezone().zone,
                "attendance_ids": [
                    (5, 0, 0),
                    *(
                        (
                            0,
                            0,
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "day_period": "morning",
                                "hour_from": 9,
                                "hour_to": 17,
                            },
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        return cls.env["resource.resource"].create(
            {
                "name": name,
                "is_stylist": True,
                "calendar_id": calendar.id,
                "tz": calendar.tz,
            }
        )

    def _at(self, hour, days=1):
        day = self.company._salon_today() + timedelta(days=days)
        return self.company._salon_utc(datetime.combine(day, time(hour)))

    def _book(self, partner=None, hour=10, **vals):
        return self.env["salon.visit"].create(
            {
                "partner_id": partner and partner.id,
                "stylist_id": self.vera.id,
                "start": self._at(hour),
                "line_ids": [(0, 0, {"product_id": self.service.id})],
                **vals,
            }
        )

    def _make_due(self):
        start = fields.Datetime.subtract(fields.Datetime.now(), days=40)
        self._book(self.anna, start=start, state="done")

    def _call(self):
        return self.env["salon.call"].create(
            {
                "partner_id": self.anna.id,
                "reminder_ids": self.anna.salon_reminder_ids.ids,
                "due_date": self.anna.salon_reminder_ids.due_date,
                "stylist_id": self.vera.id,
                "user_id": self.receptionist.id,
            }
        )

    def _tour(self, name, path):
        self.start_tour(path, name, login="book_receptionist")

    def test_booked_from_the_desk_by_keyboard(self):
        self._make_due()
        call = self._call()
        self._tour("salon_book_desk_tour", "/odoo/salon-desk")
        self.assertEqual(call.outcome_kind, "booked")
        visit = call.visit_id
        self.assertEqual((visit.stylist_id, visit.state), (self.vera, "booked"))
        self.assertTrue(visit.busy_ids)
        self.assertFalse(visit.outside_hours)
        self.assertFalse(self.env["salon.slot.hold"].search([]))

    def test_freed_time_is_filled_from_the_ranked_list(self):
        self._make_due()
        self._book(hour=9, stop=self._at(13))
        cancelled = self._book(hour=13)
        self._book(hour=14, stop=self._at(17))
        self._tour("salon_freed_tour", "/odoo/salon-day")
        self.assertEqual(cancelled.state, "cancelled")
        visit = self.env["salon.visit"].search(
            [("partner_id", "=", self.anna.id), ("state", "=", "booked")]
        )
        self.assertEqual((visit.stylist_id, visit.start), (self.vera, self._at(13)))
        self.assertEqual(visit.call_id.outcome_kind, "booked")

    def test_asked_in_the_form_outside_working_hours(self):
        self._tour("salon_hours_form_tour", "/odoo/salon-visits/new")
        visit = self.env["salon.visit"].search([("stylist_id", "=", self.vera.id)])
        self.assertEqual((visit.state, visit.outside_hours), ("booked", True))

    def test_leaving_the_form_books_nothing(self):
        visits = self.env["salon.visit"].with_context(active_test=False)
        before = visits.search_count([])
        self._tour("salon_no_ghost_tour", "/odoo/salon-visits/new")
        self.assertEqual(visits.search_count([]), before)
