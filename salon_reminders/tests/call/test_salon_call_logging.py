from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from ..common_call import CallCase

TOKEN = "5f1d" * 8


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallLogging(CallCase):
    def _run_job(self):
        self.env["salon.reminder.engine"]._refresh()
        return self._plan_calls()

    # ---- sent twice ----

    def test_same_token_logs_once(self):
        first = self._log("no_answer", token=TOKEN)
        again = self._log("no_answer", token=TOKEN)
        self.assertEqual(first, again)
        self.assertEqual(self.call.attempt_count, 1)

    def test_same_token_after_the_call_was_closed(self):
        first = self._log("declined", token=TOKEN)
        self.assertEqual(self._log("declined", token=TOKEN), first)

    def test_database_refuses_a_token_twice(self):
        self._log("no_answer", token=TOKEN)
        attempt = self.call.attempt_ids.sudo()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            attempt.create({**attempt.copy_data()[0], "token": TOKEN})

    def test_token_of_another_call_is_refused(self):
        self._log("no_answer", token=TOKEN)
        bea = self._create_due_call("Bea", "+36 30 123 4568")
        for token in (TOKEN, "x" * 65, 7):
            with self.assertRaisesRegex(UserError, "could not be read"):
                self._log("no_answer", call=bea, token=token)

    # ---- in the middle ----

    def test_closed_by_a_colleague(self):
        petra = self._create_user("petra", "group_receptionist")
        self._log("declined", user=petra)
        with self.assertRaisesRegex(UserError, "Declined .t_petra"):
            self._log("booked", start=datetime(2026, 3, 17, 9))
        self.assertEqual(len(self.call.attempt_ids), 1)
        self.assertFalse(self.anna.salon_visit_ids.filtered(lambda v: v.call_id))

    def test_client_books_in_the_middle(self):
        visit = self._create_visit(self.anna, "2026-03-20", state="booked")
        self.assertEqual(self.call.settled_visit_id, visit)
        self.assertIn("Booked another way", self.call.close_note)
        self.assertIn("Root touch-up with Vera", self.call.close_note)
        with self.assertRaisesRegex(UserError, "Booked another way"):
            self._log("no_answer")

    def _call_for_two_needs(self, last="2026-02-16"):
        """Let Anna be called about her brows, too; return their service."""
        brows = self._create_cycle("Brows", (14, 25, 42))
        service = self._create_service("Brow shaping", brows)
        self._create_visit(self.anna, last, products=service)
        # As the job does, with what comes due within the bundling window.
        self.call.reminder_ids = self.anna.salon_reminder_ids
        return service

    def test_one_need_is_booked_while_another_desk_is_on_the_phone(self):
        brows = self._call_for_two_needs()
        petra = self._create_user("petra", "group_receptionist")
        self._desk(petra).take_call(self.call.id)
        visit = self._create_visit(
            self.anna, "2026-03-20", state="booked", products=self.roots_service
        )
        self.assertEqual(self.call.state, "open")
        self.assertEqual(self.call.need_ids.mapped("need"), ["Brows"])
        self.assertIn("booked or met meanwhile", self.call.message_ids[0].body)
        card = self._desk(petra).show_call(self.call.id)["card"]
        self.assertEqual([one["id"] for one in card["services"]], brows.ids)
        self.assertIn("time for your Brows.", card["script"])
        self.assertNotIn("Roots", card["script"] + card["why"])
        self.assertTrue(card["claim_until"])
        # Cancelled, the need waits for its own call; this one goes on as it is.
        visit.state = "cancelled"
        self.assertEqual(self.call.need_ids.mapped("need"), ["Brows"])

    def test_a_need_that_comes_due_soon_stays_on_the_call(self):
        # Due in ten days: its call date lies within the bundling window.
        self._call_for_two_needs(last="2026-02-23")
        soon = self.call.reminder_ids.filtered(lambda r: r.need == "Brows")
        self.assertEqual(soon.state, "scheduled")
        self._create_visit(
            self.anna, "2026-03-10", products=self.env["product.product"]
        )
        self.assertEqual(sorted(self.call.need_ids.mapped("need")), ["Brows", "Roots"])
        self._create_visit(
            self.anna,
            "2026-03-20",
            state="booked",
            products=soon.cycle_id.product_tmpl_ids.product_variant_id,
        )
        self.assertEqual(self.call.need_ids, self.reminder)

    def test_declined_is_what_the_client_does_not_want(self):
        self._call_for_two_needs()
        brows = self.call.reminder_ids - self.reminder
        with self.assertRaisesRegex(UserError, "Choose what the client does not want"):
            self._log("declined", reminder_ids=[])
        attempt = self._log("declined", stop=True, reminder_ids=brows.ids)
        self.assertEqual(self.call.state, "done")
        self.assertEqual(brows.state, "stopped")
        self.assertFalse(self.reminder.is_stopped or self.reminder.skip_until)
        attempt.action_undo()
        self.assertFalse(brows.is_stopped)
        self._log("declined")
        self.assertTrue(all(one.skip_until for one in self.call.reminder_ids))

    def test_declined_in_the_form_of_the_call(self):
        self._call_for_two_needs()
        logs = self.env["salon.call.log"].with_user(self.receptionist)
        form = Form(logs.with_context(default_call_id=self.call.id))
        form.outcome_id = self._get_outcome("declined")
        self.assertEqual(form.reminder_ids.ids, self.call.reminder_ids.ids)
        form.reminder_ids.remove(id=self.reminder.id)
        form.save().action_log()
        self.assertFalse(self.reminder.skip_until)
        self.assertTrue((self.call.reminder_ids - self.reminder).skip_until)

    def test_what_is_booked_on_the_call_stays_on_it(self):
        self._call_for_two_needs()
        attempt = self._log(
            "booked",
            start=datetime(2026, 3, 17, 9),
            stylist_id=self.stylist.id,
            product_ids=self.roots_service.ids,
        )
        self.assertEqual(len(self.call.need_ids), 2)
        attempt.action_undo()
        self.assertEqual((self.call.state, len(self.call.need_ids)), ("open", 2))

    def test_client_comes_in_the_middle(self):
        self._create_visit(self.anna, "2026-03-10")
        self.assertIn("Came without a call", self.call.close_note)

    def test_client_archived_in_the_middle(self):
        self.anna.action_archive()
        self.assertEqual(self.call.close_reason, "archived")
        self.assertFalse(self.call.activity_ids)
        with self.assertRaisesRegex(UserError, "archived"):
            self._log("no_answer")

    def test_client_with_calls_can_not_be_deleted(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.anna.unlink()
        self.assertEqual(self.call.state, "open")

    # ---- what each kind asks for ----

    def test_call_back_needs_a_time_to_come(self):
        for moment in (False, "tomorrow", datetime(2026, 3, 10, 8, 59)):
            with self.assertRaises(UserError):
                self._log("call_back", call_at=moment)
        self.assertFalse(self.call.attempt_ids)

    def test_call_back_outside_hours_is_confirmed(self):
        sunday = datetime(2026, 3, 15, 9)
        with self.assertRaisesRegex(UserError, "closed on Sun 15 Mar 2026"):
            self._log("call_back", call_at=sunday)
        with self.assertRaisesRegex(UserError, "Tue 10 Mar 2026, 22:00"):
            self._log("call_back", call_at=datetime(2026, 3, 10, 21))
        attempt = self._log("call_back", call_at=sunday, outside_hours=True)
        self.assertEqual(attempt.call_at, sunday)
        self.assertEqual(str(self.call.date), "2026-03-15")

    def test_call_back_lies_at_most_some_months_ahead(self):
        last = datetime(2026, 9, 10, 9)
        with self.assertRaisesRegex(UserError, "6 months ahead, until 09/10/2026"):
            self._log("call_back", call_at=last.replace(day=11))
        self.assertFalse(self.call.attempt_ids)
        self._log("call_back", call_at=last)
        self.assertEqual(self.call.promise, "Thu 10 Sep 2026, 11:00")
        self.company.salon_promise_months = 1
        with self.assertRaisesRegex(UserError, "1 months ahead, until 04/10/2026"):
            self._log("call_back", call_at=datetime(2026, 4, 13, 9))

    def test_call_is_put_off_no_further_by_hand(self):
        call = self.call.with_user(self.receptionist)
        with self.assertRaisesRegex(UserError, "You entered 11/30/2099"):
            call.call_at = "2099-11-30 11:00:00"
        call.date = "2026-09-10"
        self.assertEqual(str(self.call.date), "2026-09-10")

    def test_booking_asks_for_what_can_be_booked(self):
        shampoo = self._create_product("Shampoo", "retail")
        room = self.env["resource.resource"].create({"name": "Room"})
        start = datetime(2026, 3, 17, 9)
        for wrong in (
            {"start": False},
            {"start": datetime(2026, 3, 10, 8)},
            {"start": start, "product_ids": shampoo.ids},
            {"start": start, "stylist_id": room.id},
        ):
            with self.assertRaises(UserError):
                self._log("booked", **wrong)
        self.assertEqual(self.call.state, "open")

    def test_outcome_of_another_salon_is_refused(self):
        other = self._create_company("Other")
        outcome = self._get_outcome("no_answer").copy({"company_id": other.id})
        with self.assertRaisesRegex(UserError, "another salon"):
            self.call._log_attempt(outcome)

    def test_shortcuts_are_letters(self):
        outcome = self._get_outcome("no_answer")
        outcome.shortcut = "q"
        for wrong in ("z", "1", "É"):
            with self.assertRaises(ValidationError):
                outcome.shortcut = wrong

    # ---- wrong number ----

    def test_wrong_number_holds_until_it_changes(self):
        self._log("wrong_number")
        self.assertEqual(self.call.close_reason, "outcome")
        self.assertTrue(self.anna.salon_has_wrong_number)
        self.assertFalse(self.anna._filter_callable())
        self.assertFalse(self._run_job())
        self.assertEqual(self.reminder.hold, "wrong_number")
        self.assertIn("number is wrong", self.anna.salon_call_status)
        self.anna.phone = "+36 30 765 4321"
        self.assertFalse(self.anna.salon_has_wrong_number)
        self.assertEqual(self._run_job().partner_id, self.anna)

    def test_who_was_reached_before_waits_also_with_another_number(self):
        self._log("declined")
        self.reminder.sudo().skip_until = False
        self.anna.phone = "+36 30 765 4321"
        self.assertFalse(self._run_job())
        self.assertEqual(self.reminder.hold, "gap")

    def test_wrong_number_is_not_wrong_for_others(self):
        self._log("wrong_number")
        mother = self._create_client("Mother")
        self.assertEqual(mother._filter_callable(), mother)

    # ---- left us ----

    def test_left_us_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "why the client left"):
            self._log("left_us")
        self.reason.needs_comment = True
        with self.assertRaisesRegex(UserError, "what the client said"):
            self._log("left_us", reason_id=self.reason.id, note="  ")
        self._log("left_us", reason_id=self.reason.id, note="To Vienna")

    def test_left_client_is_lost_until_she_comes(self):
        self._log("left_us", reason_id=self.reason.id, note="To Vienna")
        self.assertTrue(self.anna.salon_is_lost)
        self.assertIn("Moved (said on 03/10/2026): To Vienna", self._get_leaving_text())
        lost = self.env["res.partner"].search([("salon_is_lost", "=", True)])
        self.assertEqual(lost, self.anna)
        self.company.salon_contact_gap_days = 0
        self.assertFalse(self._run_job())
        self.assertEqual(self.reminder.hold, "left")
        self.assertIn("do not come any more", self.anna.salon_call_status)
        with freeze_time("2026-03-12 09:00:00"):
            self._create_visit(self.anna, "2026-03-12")
            self.env.invalidate_all()
            self.assertFalse(self.anna.salon_is_lost)

    def _get_leaving_text(self):
        self.anna.invalidate_recordset(["salon_leaving_text"])
        return self.anna.salon_leaving_text

    # ---- rights ----

    def test_stylists_log_nothing(self):
        for method in ("action_no_answer", "action_log", "action_undo"):
            with self.assertRaises(AccessError):
                getattr(self.call.with_user(self.stylist_user), method)()

    def test_attempts_are_written_by_the_system_only(self):
        attempt = self._log("no_answer").with_user(self.receptionist)
        with self.assertRaises(AccessError):
            attempt.note = "Changed"
        with self.assertRaises(AccessError):
            attempt.create({"call_id": self.call.id})
        self.assertNotIn("undo_values", attempt.fields_get())
        with self.assertRaises(AccessError):
            attempt.read(["undo_values"])

    def test_queries_of_an_outcome(self):
        kinds = {
            "no_answer": {},
            "call_back": {"call_at": datetime(2026, 3, 16, 10)},
            "declined": {},
        }
        for number, (kind, details) in enumerate(kinds.items()):
            call = self._create_due_call(f"Bea {number}", f"+36 30 123 457{number}")
            call.with_user(self.receptionist)._claim()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(60):
                self._log(kind, call=call, token=f"token {number}", **details)
                self.env.flush_all()

    def test_every_kind_of_outcome_is_known(self):
        kinds = dict(self.env["salon.call.outcome"]._fields["kind"].selection)
        self.assertEqual(self.call._get_kinds().keys(), kinds.keys())
