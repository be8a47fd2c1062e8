from datetime import datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonLeavingFix(CallCase):
    """A reason is changed; who left for it is called once, and what came is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_contact_gap_days = 0
        cls.fixes = cls.env["salon.leaving.fix"]

    def _leave(self, name="Anna", phone="+36 30 123 4567", reason=None, **details):
        """Log that a client left; return her."""
        call = self.call
        if name != "Anna":
            call = self._create_due_call(name, phone)
        details = {"reason_id": (reason or self.reason).id, **details}
        self._log("left_us", call, **details)
        return call.partner_id

    def _fix(self, day="2026-03-10", **vals):
        return self.fixes.create(
            {
                "reason_id": self.reason.id,
                "argument": "we open at seven",
                "date": day,
                **vals,
            }
        )

    def _count(self, fix):
        """Return how many are to be called about a change, as of now."""
        fix.invalidate_recordset(["waiting_count"])
        return fix.waiting_count

    def _plan(self, day="2026-03-11"):
        """Plan the news of a day; return the calls about changes that are open."""
        with freeze_time(f"{day} 09:00:00"):
            self._plan_from(self.env["salon.call.planner"]._get_fixed_clients)
        return self._get_open_calls().filtered(lambda call: call.kind == "fixed")

    # ---- whom to call ----

    def test_who_left_for_it_is_called(self):
        anna = self._leave(bring_back="Early hours", note="Works late")
        other = self.env["salon.leaving.reason"].create({"name": "Too dear"})
        self._leave("Bea", "+36 30 123 4568", other)
        fix = self._fix()
        self.assertEqual(fix.waiting_count, 1)
        call = self._plan()
        self.assertEqual((call.partner_id, call.fix_id), (anna, fix))
        self.assertIn("we open at seven", call.script)
        for words in ("Moved", "Works late", "Early hours", "we open at seven"):
            self.assertIn(words, call.explanation)
        self.assertEqual(call._get_last_services(), self.roots_service)
        self.assertEqual(self._count(fix), 0)

    def test_it_says_who_is_called_and_who_is_not(self):
        self._leave()
        bea = self._leave("Bea", "+36 30 123 4568")
        cleo = self._leave("Cleo", "+36 30 123 4569")
        bea.phone = False
        self.env["salon.consent"]._withdraw_advertising(cleo, "phone")
        fixes = self.fixes.with_user(self.manager)
        form = Form(fixes.with_context(default_reason_id=self.reason.id))
        gate = self.env["salon.gate"]
        said = [
            "Called in the next days, within the quota: Anna.",
            f"Bea: {gate._text_hold('phone')}",
            f"Cleo: {gate._text_hold('consent')}",
        ]
        self.assertEqual(form.who_text.split("\n"), said)
        form.date = "2026-03-09"
        nobody = "Nobody who left for it is still to be called."
        self.assertEqual(form.who_text, nobody)
        form.date = "2026-03-10"
        form.argument = "we open at seven"
        fix = form.save()
        self.assertEqual(fix.who_text.split("\n"), said)
        self._plan()
        fix.invalidate_recordset(["who_text"])
        self.assertEqual(fix.who_text.split("\n"), said[1:])

    def test_who_is_called_names_a_few(self):
        for number in range(5):
            self._leave(f"Client {number}", f"+36 30 123 460{number}")
        fix = self._fix()
        self.assertIn("and 2 more", fix.who_text)

    def test_the_daily_job_makes_the_call(self):
        anna = self._leave()
        self._fix()
        with freeze_time("2026-03-11 09:00:00"):
            call = self._plan_calls().filtered(lambda c: c.partner_id == anna)
            self.assertEqual((len(call), call.kind), (1, "fixed"))
            self.assertEqual(self._plan_calls() & call, call)

    def test_without_a_change_she_is_not_called(self):
        anna = self._leave()
        with freeze_time("2026-04-20 09:00:00"):
            calls = self._plan_calls()
        self.assertNotIn(anna, calls.partner_id)

    def test_what_was_booked_before_is_no_return(self):
        anna, visit = self.anna, self._book_fringe("2026-03-20")
        self._leave()
        self.assertTrue(anna.salon_is_lost)
        with freeze_time("2026-03-12 09:00:00"):
            visit.action_cancel()
        for day in ("2026-03-15", "2026-04-20"):
            with freeze_time(f"{day} 09:00:00"):
                self.assertNotIn(anna, self._plan_calls().partner_id)
        self._fix("2026-03-10")
        with freeze_time("2026-04-20 09:00:00"):
            call = self._plan_calls().filtered(lambda one: one.partner_id == anna)
        self.assertEqual(call.kind, "fixed")

    def test_who_comes_all_the_same_is_no_longer_lost(self):
        anna, visit = self.anna, self._book_fringe("2026-03-12")
        self._leave()
        self.assertTrue(anna.salon_is_lost)
        with freeze_time("2026-03-12 12:00:00"):
            visit.action_done()
            anna.invalidate_recordset(["salon_is_lost"])
            self.assertFalse(anna.salon_is_lost)

    def test_who_takes_a_return_back_is_not_called(self):
        anna = self._leave()
        visit = self._create_visit(anna, "2026-03-30", state="booked")
        self._set_booked(visit, "2026-03-11")
        call = self._create_call(anna)
        with freeze_time("2026-03-12 09:00:00"):
            visit.action_cancel()
        self.assertEqual((call.state, call.close_reason), ("cancelled", "left"))

    def test_we_changed_it_is_said_all_the_same(self):
        anna = self._leave()
        self._fix()
        call = self._plan()
        visit = self._create_visit(anna, "2026-03-30", state="booked")
        visit.action_cancel()
        self.assertEqual(call.partner_id, anna)
        self.assertNotEqual(call.close_reason, "left")

    def _book_fringe(self, day):
        """Book Anna, as of some days ago, for something that meets no need of hers."""
        fringe = self._create_service("Fringe", self.env["salon.cycle"])
        visit = self._create_visit(self.anna, day, fringe, "booked")
        self._set_booked(visit, "2026-03-01")
        return visit

    def _set_booked(self, visit, day):
        """Records of a transaction share its clock."""
        self.env.cr.execute(
            "UPDATE salon_visit SET create_date = %s WHERE id = %s",
            (f"{day} 09:00:00", visit.id),
        )
        visit.invalidate_recordset(["create_date"])

    def test_once_per_client_and_change(self):
        self._leave()
        self._fix()
        self._plan().action_cancel()
        self.assertFalse(self._plan("2026-03-20"))
        with freeze_time("2026-03-25 09:00:00"):
            self._fix("2026-03-25", argument="we open at six")
        call = self._plan("2026-03-26")
        self.assertIn("we open at six", call.script)
        self.assertEqual(len(call), 1)

    def test_the_newest_change_counts(self):
        self._leave()
        self._fix("2026-03-10")
        with freeze_time("2026-03-12 09:00:00"):
            newer = self._fix("2026-03-12", argument="we open at six")
        self.assertEqual(self._plan("2026-03-13").fix_id, newer)
        newer.active = False
        self._get_open_calls().action_cancel()
        self.assertFalse(self._plan("2026-03-20"))

    def test_not_who_left_after_it(self):
        self._fix("2026-03-09")
        self._leave()
        self.assertFalse(self._plan())

    def test_her_last_reason_counts(self):
        self._leave()
        self._fix()
        call = self._plan()
        other = self.env["salon.leaving.reason"].create({"name": "Too dear"})
        with freeze_time("2026-03-12 09:00:00"):
            self._log("left_us", call, reason_id=other.id)
            self._fix("2026-03-12")
        self.assertFalse(self._plan("2026-03-13"))

    def test_not_who_booked_or_came(self):
        anna = self._leave()
        self._fix()
        for state in ("booked", "confirmed"):
            visit = self._create_visit(anna, "2026-03-20", state=state)
            self.assertFalse(self._plan(), state)
            visit.action_cancel()
        self.assertTrue(self._plan())

    def test_not_without_consent_or_number(self):
        anna = self._leave()
        fix = self._fix()
        anna.action_salon_consent_withdraw()
        self.assertFalse(self._plan())
        anna.action_salon_consent_give()
        anna.phone = False
        self.assertFalse(self._plan())
        self.assertEqual(fix.waiting_count, 1)

    def test_not_the_archived_or_erased(self):
        anna = self._leave()
        fix = self._fix()
        anna.action_archive()
        self.assertFalse(self._plan())
        self.assertEqual(fix.waiting_count, 0)

    def test_contact_gap_and_shared_number(self):
        self.company.salon_contact_gap_days = 14
        self._leave()
        self._leave("Bea", "+36 30 123 4567")
        self._fix()
        self.assertFalse(self._plan("2026-03-23"))
        self.assertEqual(len(self._plan("2026-03-24")), 1)
        self.assertEqual(len(self._plan("2026-03-25")), 1)

    def test_quota(self):
        for number in range(5):
            self._leave(f"Client {number}", f"+36 30 555 000{number}")
        self._fix()
        self.company.salon_daily_quota = 4
        with freeze_time("2026-03-11 09:00:00"):
            planner = self.env["salon.call.planner"]

            def get_first():
                return planner._get_fixed_clients(planner._get_news_places())

            self.assertEqual(self._plan_from(get_first), 2)
            self.assertEqual(self._plan_from(get_first), 0)
            self.assertEqual(self._plan_from(planner._get_fixed_clients), 2)
            self.assertEqual(self._plan_from(planner._get_fixed_clients), 0)
        with freeze_time("2026-03-12 09:00:00"):
            self.assertEqual(self._plan_from(planner._get_fixed_clients), 1)

    def test_merged(self):
        anna = self._leave()
        twin = self._create_client("Anna twin")
        self._fix()
        self._plan()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((anna | twin).ids, twin, extra_checks=False)
        self.assertEqual(self._get_open_calls().partner_id & twin, twin)
        self._get_open_calls().action_cancel()
        self.assertFalse(self._plan("2026-03-20"))

    def test_leaving_undone(self):
        attempt = self._log("left_us", reason_id=self.reason.id, bring_back="A fix")
        fix = self._fix()
        self.assertEqual(self._count(fix), 1)
        attempt.with_user(self.receptionist).action_undo()
        self.assertEqual(self._count(fix), 0)
        self.assertFalse(self._plan())

    def test_leaving_is_not_undone_behind_an_open_call(self):
        attempt = self._log("left_us", reason_id=self.reason.id)
        self._fix()
        self._plan_from(self.env["salon.call.planner"]._get_fixed_clients)
        with self.assertRaisesRegex(UserError, "another open call"):
            attempt.with_user(self.receptionist).action_undo()

    # ---- how it ends ----

    def test_closes_when_she_books_or_comes(self):
        anna = self._leave()
        self._fix()
        call = self._plan()
        self._create_visit(anna, "2026-03-20", state="booked")
        self.assertEqual((call.state, call.close_reason), ("done", "settled"))
        self.assertIn("Booked another way", call.close_note)

    def test_closes_when_she_comes_unannounced(self):
        anna = self._leave()
        fix = self._fix()
        call = self._plan()
        product = self._create_product("Fringe", "service", type="service")
        with freeze_time("2026-03-12 18:00:00"):
            visit = self._create_visit(anna, "2026-03-12", product)
        self.assertEqual(call.settled_visit_id, visit)
        self.assertEqual((fix.returned_count, fix.amount), (1, 50.0))

    def test_a_pause_does_not_end_it(self):
        anna = self._leave()
        self._fix()
        call = self._plan()
        anna.salon_reminder_ids.is_stopped = True
        self.assertEqual(call.state, "open")

    def test_figures_open_their_records(self):
        clients = [
            self._leave(f"Client {number}", f"+36 30 555 000{number}")
            for number in range(4)
        ]
        fix = self._fix()
        calls = self._plan()
        by_client = {call.partner_id: call for call in calls}
        with freeze_time("2026-03-12 09:00:00"):
            self._log("no_answer", by_client[clients[0]])
            self._log("declined", by_client[clients[1]])
            self._log(
                "booked",
                by_client[clients[2]],
                start=datetime(2026, 3, 13, 10),
                product_ids=self.roots_service.ids,
            )
        visit = by_client[clients[2]].visit_id
        with freeze_time("2026-03-13 20:00:00"):
            visit.action_done()
        fix.invalidate_recordset()
        figures = ("waiting", "called", "reached", "booked", "returned")
        counts = [fix[f"{name}_count"] for name in figures]
        self.assertEqual(counts, [0, 3, 2, 1, 1])
        self.assertEqual(fix.amount, visit.amount_total)
        for name, count in zip(figures, counts, strict=True):
            for record in (fix, self.reason):
                action = getattr(record, f"action_open_{name}")()
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(found), count, name)
                self.assertEqual(record[f"{name}_count"], count, name)

    # ---- bad input ----

    def test_twice_on_a_day(self):
        self._fix()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._fix()

    def test_wrong_days_and_words(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self._fix("2026-03-11")
        with self.assertRaisesRegex(ValidationError, "what was changed"):
            self._fix(argument="  ")

    def test_time_zone_decides_the_day(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        with freeze_time("2026-03-10 12:00:00"):
            # It is the 11th there already.
            self._leave()
        self._fix("2026-03-10")
        self.assertFalse(self._plan())
        with freeze_time("2026-03-10 12:00:00"):
            self._fix("2026-03-11")
        self.assertTrue(self._plan())

    def test_another_salon_is_not_concerned(self):
        self._leave()
        other = self._create_company("Other")
        self.fixes.with_company(other).create(
            {"reason_id": self.reason.id, "argument": "x", "company_id": other.id}
        )
        self.assertFalse(self._plan())

    @users("t_recep")
    def test_only_managers_say_that_it_is_changed(self):
        vals = {"reason_id": self.reason.id, "argument": "x"}
        with self.assertRaises(AccessError):
            self.env["salon.leaving.fix"].create(vals)

    @users("t_salon_boss")
    def test_manager_marks_it(self):
        self._leave()
        action = self.reason.with_user(self.env.user).action_fix()
        fix = (
            self.env["salon.leaving.fix"]
            .with_context(**action["context"])
            .create({"argument": "we open at seven"})
        )
        self.assertEqual((fix.user_id, fix.reason_id), (self.env.user, self.reason))
        self.assertEqual(fix.waiting_count, 1)
        self.assertEqual(fix.reason_id.lost_count, 0)

    def test_what_would_bring_her_back_is_kept(self):
        long = "  " + "x" * 300
        attempt = self._log("left_us", reason_id=self.reason.id, bring_back=long)
        self.assertEqual(len(attempt.bring_back), 200)
        self.assertIn("Would bring them back", attempt._get_said())
        self.assertIn("x", self.anna.salon_leaving_text)
        events = self.env["salon.client.event"].search(
            [("partner_id", "=", self.anna.id), ("kind", "=", "attempt")]
        )
        self.assertIn("would come back for", events[:1].summary)
