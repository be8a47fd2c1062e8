"""The call desk and the activities of calls, by keyboard in a real browser."""

import pytest

from odoo import fields

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("call")

NAMES = ("Desk Anna", "Desk Bea", "Desk Cleo", "Desk Dora", "Desk Eva")


class TestCallDesk(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["salon.leaving.reason"].search([]).action_archive()
        for name in ("Desk reason one", "Desk reason two"):
            cls.env["salon.leaving.reason"].create({"name": name})

    def _create_desk_call(self, name, number):
        """Create a call of the receptionist; the first are worth most."""
        return self._create_call(
            name, 2000 + number, user_id=self.receptionist.id, value=1000 - number
        )

    def _create_stylist(self):
        """Somebody whose times can be offered."""
        self.env["resource.resource"].create(
            {
                "name": "Desk Vera",
                "is_stylist": True,
                "calendar_id": self.company.resource_calendar_id.id,
            }
        )

    def test_list_worked_to_empty_by_keyboard(self):
        calls = [self._create_desk_call(name, i) for i, name in enumerate(NAMES)]
        anna, bea, cleo, dora, eva = calls
        self.start_tour(
            "/odoo/salon-desk", "salon_call_desk_tour", login="tour_receptionist"
        )
        kinds = [call.outcome_kind for call in calls]
        expected = ["no_answer", "declined", "call_back", "left_us", "booked"]
        self.assertEqual(kinds, expected)
        # Later today, or tomorrow when the salon closes before: she is not forgotten.
        self.assertEqual(anna.state, "open")
        self.assertGreater(anna.call_at, fields.Datetime.now())
        self.assertEqual(len(anna.attempt_ids), 2)
        self.assertEqual(anna.attempt_count, 1)
        self.assertEqual(bea.reminder_ids.is_stopped, False)
        self.assertEqual(self.company._salon_local(cleo.call_at).hour, 3)
        reason = dora.attempt_ids.leaving_reason_id.name
        self.assertEqual(reason, "Desk reason two")
        self.assertEqual(eva.visit_id.line_ids.product_id, self.service)
        self.assertEqual(dora.attempt_ids.gift, "Hand mask")
        attempts = self.env["salon.call.attempt"].search(
            [("partner_id", "in", [call.partner_id.id for call in calls])]
        )
        self.assertEqual(attempts.user_id, self.receptionist)

    def test_proposed_hour_is_that_of_the_salon(self):
        # Half a day from the clock of the browser.
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        self._create_desk_call("Desk Anna", 1)
        self.start_tour(
            "/odoo/salon-desk", "salon_call_back_hour_tour", login="tour_receptionist"
        )

    def test_every_outcome_is_undone(self):
        self._create_stylist()
        call = self._create_desk_call("Desk Anna", 1)
        self.start_tour(
            "/odoo/salon-desk", "salon_call_undo_tour", login="tour_receptionist"
        )
        self.assertEqual(call.state, "open")
        undone = call.attempt_ids.sorted("id").mapped("outcome_id.kind")
        expected = ["no_answer", "wrong_number", "declined", "do_not_call"]
        self.assertEqual(undone, [*expected, "left_us", "call_back", "booked"])
        self.assertTrue(all(attempt.undone_at for attempt in call.attempt_ids))
        self.assertFalse(call.visit_id)
        self.assertFalse(call.call_at)
        self.assertFalse(call.reminder_ids.skip_until)
        self.assertEqual(call.partner_id.salon_call_consent, "given")
        self.assertTrue(call.phone)
        self.assertEqual(len(call.activity_ids), 1)

    def test_letters_and_notes(self):
        call = self._create_desk_call("Desk Anna", 1)
        self.start_tour(
            "/odoo/salon-desk", "salon_call_keys_tour", login="tour_receptionist"
        )
        self.assertEqual(call.attempt_ids.outcome_id.kind, "wrong_number")
        self.assertEqual(call.attempt_ids.note, "vera on monday")

    def test_activity_marked_done_asks_for_the_outcome(self):
        call = self._create_desk_call("Desk Anna", 1)
        self.start_tour("/odoo", "salon_call_activity_tour", login="tour_receptionist")
        self.assertEqual(call.outcome_kind, "declined")
        self.assertFalse(call.activity_ids)
        self.assertEqual(call.attempt_ids.user_id, self.receptionist)
