"""The call desk and the activities of calls, by keyboard in a real browser."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

NAMES = ("Desk Anna", "Desk Bea", "Desk Cleo", "Desk Dora", "Desk Eva")


@tagged("standard", "post_install", "-at_install")
class TestCallDesk(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {"country_id": cls.env.ref("base.hu").id, "salon_max_attempts": 3}
        )
        # What other data the database has must not stand in the way of the list.
        cls.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        cls.env["salon.leaving.reason"].search([]).action_archive()
        for name in ("Desk reason one", "Desk reason two"):
            cls.env["salon.leaving.reason"].create({"name": name})
        cls.receptionist = new_test_user(
            cls.env,
            "desk_receptionist",
            groups="base.group_user,salon_reminders.group_receptionist",
            company_id=cls.company.id,
        )
        zone = cls.env["salon.zone"].create({"name": "Desk zone"})
        cycle = cls.env["salon.cycle"].create(
            {"name": "Desk roots", "zone_id": zone.id}
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Desk root touch-up",
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cycle.ids,
            }
        )

    def _create_call(self, name, number):
        """Create a client who is due, with her call; the first are worth most."""
        partner = self.env["res.partner"].create(
            {"name": name, "phone": f"+36 30 777 20{number:02}"}
        )
        partner.action_salon_consent_give()
        self.env["salon.visit"].create(
            {
                "partner_id": partner.id,
                "start": fields.Datetime.subtract(fields.Datetime.now(), days=40),
                "state": "done",
                "line_ids": [(0, 0, {"product_id": self.service.id})],
            }
        )
        reminders = partner.salon_reminder_ids
        return self.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": reminders.ids,
                "due_date": reminders.due_date,
                "user_id": self.receptionist.id,
                "value": 1000 - number,
            }
        )

    def test_list_worked_to_empty_by_keyboard(self):
        calls = [self._create_call(name, i) for i, name in enumerate(NAMES)]
        anna, bea, cleo, dora, eva = calls
        self.start_tour(
            "/odoo/salon-desk", "salon_call_desk_tour", login="desk_receptionist"
        )
        kinds = [call.outcome_kind for call in calls]
        expected = ["no_answer", "declined", "call_back", "left_us", "booked"]
        self.assertEqual(kinds, expected)
        self.assertEqual(len(anna.attempt_ids), 2)
        self.assertEqual(anna.attempt_count, 1)
        self.assertEqual(bea.reminder_ids.is_stopped, False)
        self.assertEqual(self.company._salon_local(cleo.call_at).hour, 3)
        reason = dora.attempt_ids.leaving_reason_id.name
        self.assertEqual(reason, "Desk reason two")
        self.assertEqual(eva.visit_id.line_ids.product_id, self.service)
        attempts = self.env["salon.call.attempt"].search(
            [("partner_id", "in", [call.partner_id.id for call in calls])]
        )
        self.assertEqual(attempts.user_id, self.receptionist)

    def test_every_outcome_is_undone(self):
        call = self._create_call("Desk Anna", 1)
        self.start_tour(
            "/odoo/salon-desk", "salon_call_undo_tour", login="desk_receptionist"
        )
        self.assertEqual(call.state, "open")
        undone = call.attempt_ids.sorted("id").mapped("outcome_id.kind")
        expected = ["no_answer", "wrong_number", "declined", "do_not_call"]
        self.assertEqual(undone, [*expected, "left_us", "booked"])
        self.assertTrue(all(attempt.undone_at for attempt in call.attempt_ids))
        self.assertFalse(call.visit_id)
        self.assertFalse(call.reminder_ids.skip_until)
        self.assertEqual(call.partner_id.salon_call_consent, "given")
        self.assertTrue(call.phone)
        self.assertEqual(len(call.activity_ids), 1)

    def test_activity_marked_done_asks_for_the_outcome(self):
        call = self._create_call("Desk Anna", 1)
        self.start_tour("/odoo", "salon_call_activity_tour", login="desk_receptionist")
        self.assertEqual(call.outcome_kind, "declined")
        self.assertFalse(call.activity_ids)
        self.assertEqual(call.attempt_ids.user_id, self.receptionist)
