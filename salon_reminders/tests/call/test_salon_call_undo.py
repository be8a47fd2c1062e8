from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common_call import CallCase

KINDS = {
    "booked": {"start": datetime(2026, 3, 17, 9)},
    "call_back": {"call_at": datetime(2026, 3, 16, 10)},
    "no_answer": {},
    "declined": {},
    "wrong_number": {},
    "do_not_call": {},
    "left_us": {},
    "no_advertising": {},
    "delete_me": {},
}


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallUndo(CallCase):
    def _details(self, kind):
        if kind == "booked":
            services = self.roots_service.ids
            return {
                **KINDS[kind],
                "stylist_id": self.stylist.id,
                "product_ids": services,
            }
        return {"reason_id": self.reason.id} if kind == "left_us" else KINDS[kind]

    def _state(self):
        """Return all that an outcome may touch."""
        self.env.invalidate_all()
        call, activity = self.call, self.call.activity_ids
        return {
            "call": (call.state, call.date, call.call_at, call.priority, call.user_id),
            "closed": (call.close_reason, call.closed_at, call.outcome_id),
            "tries": (call.attempt_count, call.last_attempt, call.visit_id),
            "activity": (len(activity), activity.date_deadline, activity.user_id),
            "reminder": (self.reminder.state, self.reminder.skip_until),
            "stopped": self.reminder.is_stopped,
            "phone": (call.phone, self.anna.salon_wrong_number),
            "consent": self.anna._get_salon_consent_states(),
            "erasure": (self.anna.salon_erasure_date, len(self.anna.activity_ids)),
            "lost": self.anna.salon_is_lost,
            "visits": self.anna.salon_visit_ids,
        }

    def test_every_outcome_is_undone(self):
        before = self._state()
        for kind in KINDS:
            with self.subTest(kind=kind):
                attempt = self._log(kind, **self._details(kind))
                self.assertNotEqual(self._state(), before)
                attempt.with_user(self.receptionist).action_undo()
                self.assertEqual(self._state(), before)
                self.assertTrue(attempt.undone_at)
                self.assertEqual(attempt.undone_by_id, self.receptionist)
        self.assertEqual(len(self.call.attempt_ids), len(KINDS))

    def _get_figures(self):
        """Return what the reports say, two weeks after the day of the call."""
        self.env.invalidate_all()
        with freeze_time("2026-04-10 09:00:00"):
            rows = self.env["salon.call.report"].search(
                [("call_id", "=", self.call.id)]
            )
            effect = self.env["salon.calling.effect"].create({})
            return rows.mapped("outcome_kind"), effect.called_count, effect.came_count

    def test_what_was_undone_counts_in_no_report(self):
        before = self._get_figures()
        self.assertEqual(before, ([], 0, 0))
        for kind in KINDS:
            attempt = self._log(kind, **self._details(kind))
            self.assertEqual(self._get_figures()[:2], ([kind], 1))
            attempt.with_user(self.receptionist).action_undo()
            self.assertEqual(self._get_figures(), before)

    def test_an_undone_do_not_call_is_none_for_the_job(self):
        self._log("do_not_call").action_undo()
        self.call.with_user(self.receptionist).action_cancel()
        self.assertFalse(self.env["phone.blacklist"].search([]))
        with freeze_time("2026-03-24 09:00:00"):
            self.assertEqual(self._plan_calls().partner_id, self.anna)

    def _read_answers(self):
        """Return what call, card and timeline say of the client's answers."""
        self.env.invalidate_all()
        events = self.env["salon.client.event"].search(
            [("partner_id", "=", self.anna.id), ("res_model", "=", "salon.consent")]
        )
        states = self.anna.salon_consent_state_ids
        return (
            self.call.explanation,
            [(one.purpose, one.channel, one.date, one.method) for one in states],
            events.mapped("summary"),
        )

    def test_the_answer_that_was_really_given_is_told(self):
        before = self._read_answers()
        self.assertIn("on 03/10/2026 (At the desk", before[0])
        for day in ("2026-03-12", "2026-03-13"):
            for kind in ("do_not_call", "delete_me", "no_advertising"):
                with self.subTest(kind=kind, day=day), freeze_time(f"{day} 09:00:00"):
                    attempt = self._log(kind)
                    self.assertNotEqual(self._read_answers()[1:], before[1:])
                    attempt.with_user(self.receptionist).action_undo()
                    explanation, states, summaries = self._read_answers()
                    self.assertIn("on 03/10/2026 (At the desk", explanation)
                    self.assertNotIn("agree to calls at present", explanation)
                    self.assertEqual((states, summaries), before[1:])

    def test_what_was_undone_is_no_try(self):
        """A call that nobody tried ends when it was planned too early."""
        self._log("no_answer", note="Wrong button").action_undo()
        self.reminder.sudo().write({"state": "scheduled"})
        self.env["salon.call"]._follow_reminders()
        self.assertEqual(self.call.close_reason, "not_due")

    def test_what_was_undone_is_not_handed_over(self):
        self._log("call_back", call_at=datetime(2026, 3, 11, 10), note="Wants a fringe")
        self._log("no_answer", note="Wrong button").action_undo()
        handover = self.env["salon.handover"].create({})
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "salon_reminders.salon_handover_report", handover.ids
        )[0].decode()
        self.assertIn("Wants a fringe", html)
        self.assertNotIn("Wrong button", html)

    def test_unreachable_is_undone(self):
        for _try in range(self.company.salon_max_attempts):
            self._log("no_answer")
        self.assertEqual(self.call.close_reason, "unreachable")
        self.call.with_user(self.receptionist).action_undo()
        self.assertEqual(self.call.state, "open")
        self.assertEqual(self.call.attempt_count, 2)
        self.assertFalse(self.reminder.skip_until)

    def test_stop_is_undone(self):
        attempt = self._log("declined", stop=True)
        self.assertEqual(self.reminder.state, "stopped")
        attempt.action_undo()
        self.assertFalse(self.reminder.is_stopped)
        self.assertNotEqual(self.reminder.state, "stopped")

    def test_not_on_another_day(self):
        # Logged at 23:30 by the salon's clock; half an hour later it is over.
        with freeze_time("2026-03-10 22:30:00"):
            attempt = self._log("no_answer")
            self.assertTrue(self.call.can_undo)
        with freeze_time("2026-03-10 23:00:00"):
            self.env.invalidate_all()
            self.assertFalse(self.call.can_undo)
            with self.assertRaisesRegex(UserError, "own day"):
                attempt.action_undo()

    def test_ledger_gets_new_rows_only(self):
        given = self.anna.salon_consent_ids
        count = len(given)
        attempt = self._log("do_not_call")
        attempt.action_undo()
        ledger = given.search([("partner_id", "=", self.anna.id)])
        self.assertEqual(len(ledger), 3 * count)
        restored, withdrawn = ledger[:count], ledger[count : 2 * count]
        self.assertEqual(set(restored.mapped("decision")), {"given"})
        self.assertEqual(
            {(row.purpose, row.wording) for row in restored},
            {(row.purpose, row.wording) for row in given},
        )
        self.assertTrue(all("undone" in row.source for row in restored))
        self.assertEqual(set(withdrawn.mapped("decision")), {"withdrawn"})
        self.assertIn(attempt.consent_id, withdrawn)

    def test_later_consent_is_not_overruled(self):
        attempt = self._log("do_not_call")
        self.anna.action_salon_consent_withdraw()
        attempt.action_undo()
        self.assertEqual(self.anna.salon_call_consent, "withdrawn")
        self.assertEqual(self.call.state, "cancelled")

    def test_later_decisions_stay(self):
        attempt = self._log("declined")
        later = self.reminder.skip_until + timedelta(days=30)
        self.reminder.skip_until = later
        attempt.action_undo()
        self.assertEqual(self.reminder.skip_until, later)
        self.assertEqual(self.call.state, "open")

    def test_only_the_last_and_only_once(self):
        first = self._log("no_answer")
        second = self._log("no_answer")
        with self.assertRaisesRegex(UserError, "last outcome"):
            first.action_undo()
        second.action_undo()
        with self.assertRaisesRegex(UserError, "undone already"):
            second.action_undo()
        first.action_undo()
        self.assertFalse(self.call.attempt_count)
        with self.assertRaisesRegex(UserError, "no outcome"):
            self.call.action_undo()

    def test_visit_that_was_done_keeps_the_outcome(self):
        attempt = self._log("booked", **self._details("booked"))
        attempt.visit_id.write({"start": "2026-03-10 08:00:00", "state": "done"})
        with self.assertRaisesRegex(UserError, "already come"):
            attempt.action_undo()

    def test_another_open_call_keeps_the_outcome(self):
        attempt = self._log("declined")
        self.env.flush_all()
        self._create_call(self.anna)
        with self.assertRaisesRegex(UserError, "another open call"):
            attempt.action_undo()

    def test_what_was_undone_was_not_said(self):
        self._log("no_answer", note="At the dentist")
        self._log("declined", note="Too dear").action_undo()
        card = self.env["salon.client.card"].with_user(self.receptionist)
        said = card._get(self.anna.with_user(self.receptionist))["calls"]
        self.assertEqual([row["note"] for row in said], ["At the dentist"])
        report = self.env["salon.call.report"].with_user(self.manager)
        rows = report.search([("call_id", "=", self.call.id)])
        self.assertEqual(rows.outcome_id.kind, "no_answer")

    def test_undone_call_does_not_hold_her_back(self):
        self._log("no_answer").action_undo()
        self.call._close("person", state="cancelled")
        self.assertEqual(self._plan_calls().partner_id, self.anna)
