"""The receptionist's day in a real browser."""

import pytest

from odoo import fields

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("call", "reminder")


class TestReceptionistJourney(JourneyCase):
    def test_no_answer_and_booking(self):
        first = self._create_call("Tour Anna", 1001)
        second = self._create_call("Tour Bea", 1002)
        self.start_tour("/odoo", "salon_call_list_tour", login="tour_receptionist")
        self.assertEqual(first.attempt_count, 1)
        self.assertEqual(first.attempt_ids.user_id, self.receptionist)
        self.assertGreater(first.call_at, fields.Datetime.now())
        self.assertEqual(second.outcome_kind, "booked")
        visit = second.visit_id
        self.assertEqual(visit.state, "booked")
        self.assertEqual(visit.line_ids.product_id, self.service)
        self.assertEqual(second.partner_id.salon_reminder_ids.state, "booked")
