from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common_call import CallCase


@freeze_time("2026-03-10 09:00:00")
class TestNearVisits(CallCase):
    """Nobody is phoned around a visit: what there is to say is said there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brows = cls._create_cycle("Brows", (14, 25, 42))
        cls.brow_service = cls._create_service("Brow shaping", cls.brows)
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls._create_visit(cls.bea, "2026-02-05")

    def _visit(self, day, partner=None, state="booked", **vals):
        """Create a visit of a client about brows: the roots stay due."""
        partner = partner or self.anna
        return self._create_visit(partner, day, self.brow_service, state, **vals)

    def _is_offered(self, call=None, day="2026-03-10"):
        """Tell whether a call can be made, on which all who read it must agree."""
        call = (call or self.call).with_user(self.receptionist)
        with freeze_time(f"{day} 09:00:00"):
            self.env.invalidate_all()
            queue = self.env["salon.call.queue"].with_user(self.receptionist)
            offered = call.id in [row["id"] for row in queue._get_page("all")]
            self.assertEqual(offered, call in queue._get_best("all"))
            self.assertEqual(offered, call in call._get_todays_calls())
            self.assertEqual(offered, call in call._get_paper_numbers())
            self.assertEqual(offered, bool(call.phone))
            self.assertNotEqual(offered, bool(call.hold_text))
            self.assertNotEqual(offered, call.is_waiting)
            waiting = call.search([("is_waiting", "=", True)])
            self.assertNotEqual(offered, call in waiting)
            counters = self._desk().get_queue("all")["counters"]
            self.assertEqual(counters["todo"], len(queue._get_page("all")))
            return offered

    # ---- who comes on the list ----

    def _get_free_days(self, visit, days):
        """Return how many days from a visit its client can be called about roots."""
        free = []
        for beside in days:
            with freeze_time(f"{visit.date + timedelta(days=beside)} 09:00:00"):
                rows = self.env["salon.call.candidate"]._get_rows(visit.partner_id)
                [hold] = [row["hold"] for row in rows]
                self.assertIn(hold, (None, "visit"))
                if not hold:
                    free.append(beside)
        return free

    def test_not_three_days_before_and_after_a_booking(self):
        for state in ("booked", "confirmed"):
            visit = self._visit("2026-03-20", self.bea, state)
            self.assertEqual(self._get_free_days(visit, range(-5, 6)), [-5, -4, 4, 5])
            visit.action_cancel()

    def test_not_three_days_after_a_visit(self):
        visit = self._visit("2026-03-10", self.bea, "done")
        self.assertEqual(self._get_free_days(visit, range(6)), [4, 5])

    def test_not_who_only_bought_something(self):
        shampoo = self._create_product("Shampoo", "retail", type="consu")
        visit = self._create_visit(self.bea, "2026-03-10", shampoo)
        self.assertTrue(visit.is_purchase)
        self.assertEqual(self._get_free_days(visit, range(6)), [4, 5])

    def test_what_was_cancelled_or_missed_holds_nobody(self):
        for state in ("cancelled", "no_show"):
            visit = self._visit("2026-03-10", self.bea, state)
            self.assertEqual(self._get_free_days(visit, range(3)), [0, 1, 2])

    def test_the_day_is_the_salons(self):
        # Half past midnight of the 14th in Budapest.
        visit = self._visit("2026-03-13", self.bea, start="2026-03-13 23:30:00")
        self.assertEqual(self._get_free_days(visit, (-4, -3)), [-4])
        with freeze_time("2026-03-10 23:30:00"):
            rows = self.env["salon.call.candidate"]._get_rows(self.bea)
            self.assertEqual([row["hold"] for row in rows], ["visit"])

    def test_visits_to_another_salon_hold_nobody(self):
        other = self._create_company("Other salon")
        self._visit("2026-03-10", company_id=other.id, stylist_id=False)
        self.assertTrue(self._is_offered())

    def test_the_job_says_so(self):
        self._visit("2026-03-12", self.bea)
        self.assertNotIn(self.bea, self._plan_calls().partner_id)
        roots = self.bea.salon_reminder_ids.filtered(
            lambda one: one.cycle_id == self.roots
        )
        self.assertEqual(roots.hold, "visit")
        self.assertIn("within 3 days", self.bea.salon_call_status)
        with freeze_time("2026-03-16 09:00:00"):
            self.assertIn(self.bea, self._plan_calls().partner_id)

    def test_not_asked_for_by_hand(self):
        self._visit("2026-03-12", self.bea)
        [row] = self.env["salon.call.candidate"].sudo()._get_asked(self.bea)
        self.assertEqual(row["hold"], "visit")
        text = self.env["salon.lost.client"]._text_hold(row["hold"])
        self.assertIn("within 3 days", text)

    def test_not_offered_in_gaps(self):
        finder = self.env["salon.gap.finder"].with_user(self.receptionist)
        self.call.action_cancel()
        self.assertTrue(finder._get_call(self.bea))
        self.env["salon.call"].search(
            [("partner_id", "=", self.bea.id)]
        ).action_cancel()
        self.bea.salon_reminder_ids.skip_until = False
        self._visit("2026-03-12", self.bea)
        with self.assertRaises(UserError):
            finder._get_call(self.bea)

    def test_the_forecast_knows(self):
        def get_forecast():
            days = self.env["salon.call.forecast"]._get_forecast()
            return [number for number, day in enumerate(days) if day.calls]

        self.assertEqual(get_forecast(), [0])
        visit = self._visit("2026-03-12", self.bea)
        self.assertEqual(get_forecast(), [6])
        visit.start += timedelta(days=5)
        self.company.salon_daily_quota = 1
        # Somebody else takes the place of today; on the days before her visit and
        # after it she does not take one.
        self._create_call(self._create_client("Cora", "+36 30 123 4569"))
        self.assertEqual(get_forecast(), [1])
        visit.start -= timedelta(days=3)
        self.assertEqual(get_forecast(), [8])

    # ---- what is on the list already ----

    def test_an_open_call_waits(self):
        self.assertTrue(self._is_offered())
        visit = self._visit("2026-03-14")
        days = [f"2026-03-{day}" for day in range(10, 20)]
        offered = [day for day in days if self._is_offered(day=day)]
        self.assertEqual(offered, ["2026-03-10", "2026-03-18", "2026-03-19"])
        visit.action_cancel()
        self._visit("2026-03-09", state="done")
        offered = [day for day in days[:5] if self._is_offered(day=day)]
        self.assertEqual(offered, ["2026-03-13", "2026-03-14"])

    def test_it_says_why_and_until_when(self):
        visit = self._visit("2026-03-12")
        texts = [self.call.hold_text, self.anna.salon_call_status]
        card = self._desk().take_call(self.call.id)["card"]
        for text in (*texts, card["hold_text"]):
            self.assertIn("comes on 03/12/2026", text)
            self.assertIn("from 03/16/2026 on", text)
        self.assertFalse(card["phone"])
        with freeze_time("2026-03-12 12:00:00"):
            visit.action_done()
            self.env.invalidate_all()
            self.assertIn("last visit was on 03/12/2026", self.call.hold_text)

    def test_promised_calls_and_missed_visits_do_not_wait(self):
        self._visit("2026-03-12")
        self.call.priority = "1"
        self.assertTrue(self._is_offered())
        self.call.write({"priority": "0", "kind": "missed"})
        self.assertTrue(self._is_offered())
        self.call.kind = "cancelled"
        self.assertFalse(self._is_offered())

    def test_the_desk_is_told(self):
        self.env.cr.precommit.data.pop("salon.call.changed", None)
        self._visit("2026-03-12")
        self.assertIn(self.call, self.call._get_changed())

    def test_what_was_said_at_the_visit_is_logged(self):
        self._visit("2026-03-10", state="done")
        self._log("declined")
        self.assertEqual(self.call.state, "done")

    def test_the_start_page_counts_what_can_be_called(self):
        def count():
            lists = self.env["salon.start.page"]._get_lists()
            return self.env["salon.call"].search_count(lists["to_call"][-1])

        self.assertEqual(count(), 1)
        self._visit("2026-03-12")
        self.assertEqual(count(), 0)

    def test_queries_do_not_grow(self):
        def measure():
            calls = self.env["salon.call"].search([("state", "=", "open")])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            calls.mapped("is_waiting")
            calls.partner_id.mapped("salon_call_status")
            return self.env.cr.sql_log_count - before

        self._visit("2026-03-12")
        measure()
        few = measure()
        for number in range(10):
            call = self._create_due_call(f"C{number}", f"+36 30 123 47{number:02}")
            self._visit("2026-03-12", call.partner_id)
        self.assertEqual(measure(), few)

    # ---- what is said at the visit ----

    def _get_ask_text(self, visit, day="2026-03-10"):
        """Return what a visit says, the same to all who see it."""
        with freeze_time(f"{day} 09:00:00"):
            self.env.invalidate_all()
            texts = {
                visit.with_user(user).ask_text
                for user in (self.manager, self.receptionist, self.stylist_user)
            }
        self.assertEqual(len(texts), 1)
        return texts.pop()

    def test_what_to_ask_about(self):
        visit = self._visit("2026-03-12")
        self.assertEqual(self._get_ask_text(visit), "Roots (due on 03/12/2026)")
        self.assertEqual(
            self._get_ask_text(visit, "2026-03-12"), "Roots (due since 03/12/2026)"
        )
        visit.state = "cancelled"
        self.assertFalse(self._get_ask_text(visit))

    def test_what_will_be_due_by_the_visit(self):
        self._visit("2026-03-01", state="done")
        visit = self._visit("2026-03-12")
        self.assertEqual(self._get_ask_text(visit), "Roots (due on 03/12/2026)")
        visit.action_cancel()
        roots = self._create_visit(self.anna, "2026-03-28", state="booked")
        self.assertEqual(self._get_ask_text(roots), "Brows (due on 03/26/2026)")
        roots.line_ids = [(0, 0, {"product_id": self.brow_service.id})]
        self.assertFalse(self._get_ask_text(roots))

    def test_nobody_is_asked_about_what_was_put_off(self):
        visit = self._visit("2026-03-12")
        self.reminder.action_skip()
        self.assertFalse(self._get_ask_text(visit))
        self.reminder.skip_until = "2026-03-12"
        self.assertTrue(self._get_ask_text(visit))
        self.reminder.action_stop()
        self.assertFalse(self._get_ask_text(visit))
        self.reminder.action_resume()
        self.roots.active = False
        self.assertFalse(self._get_ask_text(visit))

    def test_what_else_its_call_is_about(self):
        self.call.birthday = "2026-03-13"
        visit, later = self._visit("2026-03-12"), self._visit("2026-03-30")
        said = "the birthday on 03/13/2026"
        self.assertIn(said, visit.with_user(self.receptionist).ask_text)
        self.assertNotIn(said, later.with_user(self.receptionist).ask_text)
        self.assertNotIn(said, visit.with_user(self.stylist_user).ask_text)

    def test_a_list_of_visits_asks_once(self):
        def measure(visits):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits.mapped("ask_text")
            return self.env.cr.sql_log_count - before

        visits = self._visit("2026-03-12")
        measure(visits)
        few = measure(visits)
        for number in range(10):
            call = self._create_due_call(f"C{number}", f"+36 30 123 47{number:02}")
            visits |= self._visit("2026-03-12", call.partner_id)
        self.assertEqual(measure(visits), few)
