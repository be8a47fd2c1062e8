from datetime import date, datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, users
from odoo.tools import mute_logger

from ...tools.server_flags import SERVER_SAYS
from ..book.test_salon_book import BookCase


class DepartureCase(BookCase):
    """Vera leaves on 20 March; Sofia and Mia stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_contact_gap_days = 0
        cls.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "not in", (cls.stylist + cls.sofia).ids)]
        ).action_archive()
        cls.mia = cls._create_stylist("Mia")
        cls.mia.tz = "Europe/Budapest"
        cls.zoe = cls._create_client("Zoe", "+36 30 123 4569")

    @classmethod
    def _come(cls, partner, *days_ago, stylist=None, service=None, price=50.0):
        for days in days_ago:
            day = date(2026, 3, 10) - timedelta(days=days)
            line = {"product_id": (service or cls.roots_service).id, "amount": price}
            cls._create_visit(
                partner,
                day.isoformat(),
                stylist_id=(stylist or cls.stylist).id,
                line_ids=[(0, 0, line)],
            )

    def _leave(self, day="2026-03-20", **vals):
        departures = self.stylist.env["salon.departure"]
        return departures.create(
            {
                "stylist_id": self.stylist.id,
                "company_id": self.company.id,
                "last_date": day,
                **vals,
            }
        )

    def _plan(self, day="2026-03-11"):
        with freeze_time(f"{day} 09:00:00"):
            self._plan_from(self.env["salon.call.planner"]._get_departure_clients)
        return self._get_open_calls().filtered(lambda call: call.kind == "departure")


@freeze_time("2026-03-10 09:00:00")
class TestSalonDeparture(DepartureCase):
    # ---- ties ----

    def test_ties(self):
        self._come(self.anna, 10, 40, 70)
        self._come(self.bea, 10, 40)
        self._come(self.bea, 20, 50, stylist=self.sofia)
        # Two on a day are one; what is older than a year says nothing.
        self._come(self.bea, 10, 400)
        self._come(self.zoe, 30, stylist=self.sofia)
        departure = self._leave()
        found = [
            (line.partner_id, line.share, line.visit_count, line.away_count)
            for line in departure.line_ids
        ]
        self.assertEqual(found, [(self.anna, 1.0, 3, 0), (self.bea, 0.5, 2, 2)])
        self.assertEqual(departure.line_ids[0].amount, 150.0)
        self.assertEqual(departure.client_count, 2)

    def test_who_helped_out_counts_by_the_line(self):
        visit = self._create_visit(self.anna, "2026-03-01", stylist_id=self.sofia.id)
        visit.line_ids.stylist_id = self.stylist
        line = self._leave().line_ids
        self.assertEqual((line.partner_id, line.share), (self.anna, 1.0))

    def test_ties_are_worked_out_anew_by_hand_and_after_the_last_day(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        with freeze_time("2026-03-16 18:00:00"):
            self._create_visit(self.bea, "2026-03-16")
            self.env["salon.departure"]._follow_days(self.company)
            self.assertEqual(departure.line_ids.partner_id, self.anna)
            departure.action_refresh()
            self.assertEqual(departure.line_ids.partner_id, self.anna | self.bea)
        with freeze_time("2026-03-20 18:00:00"):
            self._create_visit(self.zoe, "2026-03-20")
        with freeze_time("2026-03-21 09:00:00"):
            self.env["salon.departure"]._follow_days(self.company)
        self.assertEqual(departure.line_ids.partner_id, self.anna | self.bea | self.zoe)
        with freeze_time("2026-04-16 18:00:00"):
            self._create_visit(self.anna, "2026-04-16", stylist_id=self.sofia.id)
            self.env["salon.departure"]._follow_days(self.company)
        anna = departure.line_ids.filtered(lambda one: one.partner_id == self.anna)
        self.assertEqual((anna.share, anna.visit_count), (1.0, 2))

    def test_a_run_costs_the_same_while_somebody_leaves(self):
        self._come(self.anna, 10, 40)
        self._leave().action_call()
        self._plan_calls()
        counts = [self._count_run(f"2026-03-{day}") for day in (12, 13, 18)]
        self.assertEqual(len(set(counts)), 1, counts)
        # The day after the last one, once.
        self._count_run("2026-03-21")
        after = [self._count_run(f"2026-03-{day}") for day in (22, 23)]
        self.assertEqual(after, counts[:1] * 2)

    def _count_run(self, day):
        with freeze_time(f"{day} 09:00:00"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._plan_calls()
            return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_clients(self):
        departure = self._leave()
        counts = []
        for size in (5, 60):
            for number in range(size):
                client = self._create_client(f"C{size}-{number}", consent=False)
                self._come(client, 10, 40)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            departure.action_refresh()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(departure.client_count, 65)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # ---- successors ----

    def test_successor_does_her_services(self):
        nails = self._create_cycle("Nails", (10, 18, 28))
        manicure = self._create_service("Manicure", nails)
        self.sofia.salon_service_ids = self.roots_service.product_tmpl_id
        self.mia.salon_service_ids = manicure.product_tmpl_id
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40, service=manicure)
        lines = {line.partner_id: line for line in self._leave().line_ids}
        self.assertEqual(lines[self.anna].successor_id, self.sofia)
        self.assertEqual(lines[self.bea].successor_id, self.mia)
        self.assertIn("does all the client's services", lines[self.bea].reason)

    def test_successor_has_served_her(self):
        self._come(self.anna, 10, 40, 70)
        self._come(self.anna, 55, stylist=self.mia)
        line = self._leave().line_ids
        self.assertEqual(line.successor_id, self.mia)
        self.assertIn("served the client once", line.reason)

    def test_successor_has_her_prices(self):
        self._come(self.anna, 10, 40)
        self._come(self.zoe, 20, stylist=self.sofia, price=90)
        self._come(self.bea, 20, stylist=self.mia, price=52)
        line = self._leave().line_ids
        self.assertEqual(line.successor_id, self.mia)
        self.assertIn("same prices", line.reason)

    def test_successor_has_time(self):
        self._come(self.anna, 10, 40)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": self.sofia.id,
                "calendar_id": self.sofia.calendar_id.id,
                "date_from": "2026-03-20 00:00:00",
                "date_to": "2026-05-20 00:00:00",
            }
        )
        line = self._leave().line_ids
        self.assertEqual(line.successor_id, self.mia)
        self.assertIn("h free in 4 weeks", line.reason)

    def test_a_chosen_successor_stays(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        line = departure.line_ids
        other = (self.sofia | self.mia) - line.successor_id
        line.with_user(self.manager).successor_id = other
        departure.action_refresh()
        self.assertEqual((line.successor_id, line.is_chosen), (other, True))

    def test_nobody_stays(self):
        self._come(self.anna, 10, 40)
        (self.sofia | self.mia).action_archive()
        departure = self._leave()
        self.assertFalse(departure.line_ids.successor_id)
        self.assertIn(self.roots_service.product_tmpl_id, departure.sole_service_ids)

    def test_who_leaves_too_is_no_successor(self):
        self._come(self.anna, 10, 40)
        self._leave(stylist_id=self.mia.id)
        self.assertEqual(self._leave().line_ids.successor_id, self.sofia)

    def test_the_only_one_for_a_service_is_named(self):
        self.sofia.salon_service_ids = self.mia.salon_service_ids = (
            self._create_product("Cut", "service").product_tmpl_id
        )
        departure = self._leave()
        self.assertIn(self.roots_service.product_tmpl_id, departure.sole_service_ids)
        self.assertIn("Root touch-up", "".join(departure.message_ids.mapped("body")))
        self.mia.salon_service_ids |= self.roots_service.product_tmpl_id
        departure.invalidate_recordset()
        self.assertNotIn(self.roots_service.product_tmpl_id, departure.sole_service_ids)

    # ---- the book ----

    def test_no_new_bookings_after_the_last_day(self):
        self._leave()
        self._book("2026-03-20 09:00")
        with self.assertRaisesRegex(UserError, "last day is Fri 20 Mar"):
            self._book("2026-03-23 09:00")
        self._book("2026-03-23 09:00", stylist=self.sofia)
        visit = self._book("2026-03-19 09:00", self.bea)
        with self.assertRaisesRegex(UserError, "last day"):
            visit.start += timedelta(days=5)
        other = self._book("2026-03-24 09:00", self.bea, stylist=self.mia)
        with self.assertRaisesRegex(UserError, "last day"):
            other.line_ids.stylist_id = self.stylist

    def test_no_free_times_after_the_last_day(self):
        self._leave()
        finder = self.env["salon.slot.finder"]
        span = datetime(2026, 3, 19), datetime(2026, 3, 26)
        free = finder._get_free(self.stylist | self.sofia, *span)
        days = {start.date().day for start, _stop in free[self.stylist.id]}
        self.assertEqual(days, {19, 20})
        days = {start.date().day for start, _stop in free[self.sofia.id]}
        self.assertEqual(days, {19, 20, 23, 24, 25})
        board = self.env["salon.day.board"]
        names = [c["name"] for c in board.get_day("2026-03-23")["columns"]]
        self.assertNotIn("Vera", names)
        self.assertFalse(
            self.env["salon.visit"].get_booking_question(
                False, "2026-03-23 09:00:00", False, self.stylist.id
            )
        )

    def test_a_stylist_is_told_as_well(self):
        self._leave()
        board = self.env["salon.day.board"].with_user(self.stylist_user)
        names = [c["name"] for c in board.get_day("2026-03-23")["columns"]]
        self.assertNotIn("Vera", names)

    def test_salon_day_decides(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        self.stylist.tz = self.sofia.tz = "Pacific/Auckland"
        self._leave()
        # 20 March, nine in the evening there: still her last day.
        self._book("2026-03-20 21:00")
        with self.assertRaisesRegex(UserError, "last day"):
            self._book("2026-03-21 00:30")

    def test_another_salon_keeps_her(self):
        other = self._create_company("Other")
        self.stylist.company_id = False
        self._leave()
        start = datetime(2026, 3, 23, 9)
        self.env["salon.visit"].with_company(other).create(
            {
                "partner_id": self.anna.id,
                "company_id": other.id,
                "stylist_id": self.stylist.id,
                "start": start,
            }
        )
        finder = self.env["salon.slot.finder"].with_company(other)
        span = start - timedelta(hours=9), start + timedelta(days=2)
        self.assertTrue(finder._get_work(self.stylist, *span)[self.stylist.id])

    def test_bookings_are_listed_and_moved(self):
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40)
        first = self._book("2026-03-24 09:00")
        second = self._book("2026-03-24 11:00", self.bea)
        self._book("2026-03-19 09:00", self.bea)
        departure = self._leave()
        self.assertEqual(departure.booking_ids, first | second)
        self.assertEqual((first | second).mapped("state"), ["booked", "booked"])
        first.action_confirm()
        departure.line_ids.successor_id = self.sofia
        self._book("2026-03-24 10:30", self.zoe, stylist=self.sofia)
        action = departure.with_user(self.manager).action_move_bookings()
        self.assertEqual(first.stylist_id, self.sofia)
        self.assertEqual(first.line_ids.stylist_id, self.sofia)
        self.assertEqual(departure.booking_ids, second)
        self.assertIn("moved: 1", action["params"]["message"])

    def test_an_import_is_listed_to_be_moved(self):
        departure = self._leave()
        visits = self.env["salon.visit"].with_context(salon_taken_over=SERVER_SAYS)
        visit = visits.create(
            {
                "partner_id": self.anna.id,
                "stylist_id": self.stylist.id,
                "start": "2026-03-24 09:00:00",
            }
        )
        self.assertEqual(departure.booking_ids, visit)

    # ---- calls ----

    def test_calls_strongest_ties_first(self):
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40, 70)
        self._come(self.bea, 20, stylist=self.sofia)
        self._come(self.zoe, 10)
        self._come(self.zoe, 20, 30, 40, stylist=self.sofia)
        departure = self._leave()
        self.assertFalse(self._plan())
        self.assertFalse(any(departure.line_ids.mapped("call_state")))
        departure.with_user(self.manager).action_call()
        self.company.salon_daily_quota = 1
        call = self._plan()
        self.assertEqual(call.partner_id, self.anna)
        self.assertEqual(call.departure_id, departure)
        departure.line_ids.invalidate_recordset(["call_state"])
        self.assertEqual(departure.line_ids[0].call_state, "To call")
        for words in ("Vera leaves us", "Friday 20 March", "does the same services"):
            self.assertIn(words, call.script)
        self.assertIn("100 % of the client's visits", call.explanation)
        self.assertEqual(self._plan("2026-03-12").partner_id, self.anna | self.bea)
        # Her tie is too weak.
        self.assertEqual(self._plan("2026-03-13").partner_id, self.anna | self.bea)

    def test_times_are_the_successors(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        departure.line_ids.successor_id = self.mia
        departure.action_call()
        with freeze_time("2026-03-11 09:00:00"):
            call = self._plan()
            proposals = call._propose_times()[call]
        self.assertEqual({p["stylist_id"] for p in proposals}, {self.mia.id})

    def _offer(self, call):
        """Return what the card, the words and the times of a call say of stylists."""
        call.invalidate_recordset()
        card = call.with_user(self.receptionist)._get_desk_card()
        times = call._propose_times()[call]
        return card["stylist_id"], call.script, {p["stylist_id"] for p in times}

    def _call_after_she_left(self):
        """Return a call about roots, two weeks after Vera's last day."""
        return self.env["salon.call"].create(
            {
                "partner_id": self.anna.id,
                "stylist_id": self.stylist.id,
                "reminder_ids": self.anna.salon_reminder_ids.ids,
            }
        )

    def test_who_has_left_is_offered_nowhere(self):
        """Whether her clients are called about it or not: her successor is."""
        self._come(self.anna, 10, 40)
        self._leave().line_ids.successor_id = self.mia
        with freeze_time("2026-04-03 09:00:00"):
            call = self._call_after_she_left()
            stylist, script, times = self._offer(call)
            self.assertEqual((stylist, times), (self.mia.id, {self.mia.id}))
            self.assertIn("with Mia", script)
            self.assertNotIn("Vera", script)
            self.assertIn("Proposed: Mia", call.explanation)
            reason = call._propose_times()[call][0]["reason"]
            self.assertIn("in the place of Vera", reason)
            log = self.env["salon.call.log"].new({"call_id": call.id})
            self.assertEqual(log.stylist_id._origin, self.mia)

    def test_archived_without_a_departure_her_second_is_offered(self):
        self._come(self.anna, 10, 40, 70)
        self._come(self.anna, 20, stylist=self.mia)
        self._come(self.anna, 400, 430, stylist=self.sofia)
        self.stylist.action_archive()
        stylist, script, times = self._offer(self._call_after_she_left())
        self.assertEqual((stylist, times), (self.mia.id, {self.mia.id}))
        self.assertNotIn("Vera", script)

    def test_a_successor_who_left_too_is_not_offered(self):
        self._come(self.anna, 10, 40)
        self._come(self.anna, 20, stylist=self.sofia)
        departure = self._leave()
        departure.line_ids.successor_id = self.mia
        departure.action_call()
        call = self._plan()
        self.mia.action_archive()
        with freeze_time("2026-03-11 09:00:00"):
            stylist, script, times = self._offer(call)
        self.assertEqual((stylist, times), (self.sofia.id, {self.sofia.id}))
        self.assertIn("Vera leaves us", script)
        self.assertIn("Sofia does the same services", script)
        self.assertIn("Proposed: Sofia", call.explanation)

    def test_who_leaves_before_the_client_is_due_is_not_offered(self):
        self._come(self.anna, 1, 36)
        self._leave().line_ids.successor_id = self.mia
        call = self._call_after_she_left()
        self.assertEqual(call.wished_stylist_id, self.stylist)
        call.due_date = "2026-04-13"
        self.assertEqual(self._offer(call)[0], self.mia.id)
        self.assertNotIn("leaves", call.explanation)

    def test_nobody_is_named_when_nobody_stays(self):
        self._come(self.anna, 10, 40)
        (self.sofia | self.mia).action_archive()
        self._leave()
        with freeze_time("2026-04-03 09:00:00"):
            stylist, script, times = self._offer(self._call_after_she_left())
        self.assertEqual((stylist, times), (False, set()))
        self.assertIn("with your stylist", script)

    def test_wished_stylists_of_many_cost_the_same(self):
        departure, counts = self._leave(), []
        self._come(self.zoe, 10)
        for size in (2, 20):
            calls = self.env["salon.call"]
            for number in range(size):
                client = self._create_client(f"C{size}-{number}")
                self._come(client, 10, 40)
                calls |= calls.create(
                    {"partner_id": client.id, "stylist_id": self.stylist.id}
                )
            departure._refresh()
            with freeze_time("2026-04-03 09:00:00"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertTrue(all(calls._get_wished_stylists().values()))
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_a_call_about_something_else_tells_it_too(self):
        self._come(self.anna, 40)
        departure = self._leave()
        departure.action_call()
        call = self.env["salon.call"].create({"partner_id": self.anna.id})
        self.assertIn("Vera leaves", call.explanation)
        self.assertFalse(self._plan())

    def test_told_at_the_visit_that_is_near(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        departure.action_call()
        departure.line_ids.successor_id = self.sofia
        call = self._plan()
        fringe = self._create_service("Fringe", self.env["salon.cycle"])
        visit = self._book("2026-03-13 09:00", services=fringe)
        self.assertTrue(call.is_waiting)
        self.assertEqual(
            visit.with_user(self.receptionist).ask_text,
            "Vera leaving on 03/20/2026 (Sofia could take over)",
        )
        departure.line_ids.successor_id = False
        visit.invalidate_recordset(["ask_text"])
        text = visit.with_user(self.receptionist).ask_text
        self.assertEqual(text, "Vera leaving on 03/20/2026")

    def test_not_without_consent_nor_left_out(self):
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40)
        departure = self._leave()
        departure.action_call()
        self.anna.action_salon_consent_withdraw()
        departure.line_ids.filtered(
            lambda line: line.partner_id == self.bea
        ).is_left_out = True
        self.assertFalse(self._plan())

    def test_who_booked_with_another_knows(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        departure.action_call()
        visit = self._book("2026-03-24 09:00", stylist=self.sofia)
        self.assertFalse(self._plan())
        self.assertEqual(departure.line_ids.next_date, date(2026, 3, 24))
        visit.action_cancel()
        call = self._plan()
        # Until the last day she may still come to the one who leaves.
        self._book("2026-03-19 09:00")
        self.assertEqual(call.state, "open")
        self._book("2026-03-25 09:00", stylist=self.sofia)
        self.assertEqual((call.state, call.close_reason), ("done", "settled"))
        self.assertFalse(self._plan("2026-03-18"))

    def test_once_and_until_four_weeks_after(self):
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40)
        departure = self._leave()
        departure.action_call()
        self._plan().action_cancel()
        self.assertFalse(self._plan("2026-03-12"))
        self.assertEqual(departure.called_count, 0)
        self._come(self.zoe, 0)
        self.env["salon.departure"]._follow_days(self.company)
        self.assertFalse(self._plan("2026-04-18"))

    def test_who_stayed_and_with_whom(self):
        self._come(self.anna, 10, 40)
        self._come(self.bea, 10, 40)
        departure = self._leave()
        with freeze_time("2026-04-02 18:00:00"):
            self._create_visit(self.anna, "2026-03-20")
            visit = self._create_visit(self.anna, "2026-04-01", stylist_id=self.mia.id)
            self.env["salon.departure"]._follow_days(self.company)
            self.assertTrue(departure.has_left)
        anna = departure.line_ids.filtered(lambda one: one.partner_id == self.anna)
        self.assertEqual(
            (anna.is_stayed, anna.stayed_date, anna.stayed_with_id),
            (True, date(2026, 4, 1), self.mia),
        )
        self.assertEqual((departure.stayed_count, departure.client_count), (1, 2))
        action = departure.action_open_stayed()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), anna)
        visit.state = "cancelled"
        departure.line_ids._refresh_stays(departure)
        self.assertFalse(anna.is_stayed)

    # ---- bad input ----

    def test_she_stays_after_all(self):
        self._come(self.anna, 10, 40)
        departure = self._leave()
        departure.action_call()
        call = self._plan()
        departure.with_user(self.manager).action_stay()
        self.assertEqual(call.state, "cancelled")
        self._book("2026-03-23 09:00")
        self._leave("2026-04-20")

    def test_last_day_in_the_past(self):
        self._come(self.anna, 10, 40)
        visit = self._book("2026-03-12 09:00")
        departure = self._leave("2026-03-05")
        self.assertTrue(departure.has_left)
        self.assertEqual(departure.booking_ids, visit)
        self.assertEqual(departure.line_ids.visit_count, 2)

    def test_wrong_input(self):
        with self.assertRaises(ValidationError):
            self._leave("2036-03-20")
        printer = self.env["resource.resource"].create({"name": "Printer"})
        with self.assertRaises(ValidationError):
            self._leave(stylist_id=printer.id)
        self._leave()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._leave()
        with self.assertRaises(UserError):
            self.env["salon.departure"].search([]).unlink()

    def test_nobody_to_call(self):
        with self.assertRaisesRegex(UserError, "nobody to call"):
            self._leave().action_call()

    def test_merged_and_archived(self):
        self._come(self.anna, 10)
        self._come(self.bea, 40)
        departure = self._leave()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | self.bea).ids, self.bea, extra_checks=False)
        departure.action_refresh()
        self.assertEqual(departure.line_ids.partner_id, self.bea)
        self.assertEqual(departure.line_ids.visit_count, 2)
        departure.action_call()
        self.bea.action_archive()
        self.assertFalse(self._plan())

    @users("t_recep")
    def test_receptionists_read_only(self):
        self._come(self.anna, 10)
        departure = self._leave().with_user(self.env.user)
        self.assertEqual(departure.line_ids.partner_id, self.anna)
        for name in ("action_call", "action_refresh", "action_move_bookings"):
            with self.assertRaises(AccessError):
                getattr(departure, name)()
        with self.assertRaises(AccessError):
            self.stylist.with_user(self.env.user).action_salon_leave()

    def test_manager_starts_from_the_stylist(self):
        action = self.stylist.with_user(self.manager).action_salon_leave()
        self.assertFalse(action["res_id"])
        departures = self.env["salon.departure"].with_user(self.manager)
        departure = departures.with_context(**action["context"]).create(
            {"last_date": "2026-03-20"}
        )
        action = self.stylist.with_user(self.manager).action_salon_leave()
        self.assertEqual(action["res_id"], departure.id)
        self.assertEqual(str(self.stylist.salon_last_date), "2026-03-20")
