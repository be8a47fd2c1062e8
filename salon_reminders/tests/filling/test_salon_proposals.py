from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import freeze_time, users

from ..book.test_salon_book import BookCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonProposals(BookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "not in", (cls.stylist + cls.sofia).ids)]
        ).action_archive()
        # She comes on Thursdays at two: last on 5 February, so she is due on 12 March.
        for day in ("2025-11-27", "2026-01-01", "2026-02-05"):
            cls._book(f"{day} 14:00", state="done")

    def _call(self):
        return self.env["salon.call"].create(
            {
                "partner_id": self.anna.id,
                "stylist_id": self.stylist.id,
                "reminder_ids": self.anna.salon_reminder_ids.ids,
                "due_date": self.anna.salon_reminder_ids[:1].due_date,
            }
        )

    def _propose(self, call=None):
        call = call or self._call()
        return call._propose_times()[call]

    def _local(self, proposal):
        return self.company._salon_local(proposal["start"]).replace(tzinfo=None)

    def test_her_stylist_her_day_her_hour(self):
        proposals = self._propose()
        self.assertEqual(len(proposals), 3)
        self.assertEqual({p["stylist_id"] for p in proposals}, {self.stylist.id})
        self.assertEqual(self._local(proposals[0]), datetime(2026, 3, 12, 14))
        self.assertTrue(proposals[0]["label"].startswith("Thu 12 Mar, 2:00"))
        reason = proposals[0]["reason"]
        for words in ("usual stylist", "usual day and hour", "on the due day"):
            self.assertIn(words, reason)
        self.assertEqual(len({self._local(p).date() for p in proposals}), 3)

    def test_once_overdue_how_soon(self):
        call = self._call()
        for due in ("2026-03-09", False):
            call.due_date = due
            for proposal in self._propose(call):
                days = (self._local(proposal).date() - date(2026, 3, 10)).days
                said = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
                self.assertIn(said, proposal["reason"])
                self.assertNotIn("due", proposal["reason"])
        # On the day itself she is not overdue.
        call.due_date = "2026-03-10"
        for proposal in self._propose(call):
            self.assertIn("the due day", proposal["reason"])

    def test_times_are_free(self):
        self._book("2026-03-12 14:00", self.bea)
        best = self._propose()[0]
        self.assertNotEqual(self._local(best), datetime(2026, 3, 12, 14))
        visit = self._book(str(self._local(best)))
        self.assertTrue(visit.busy_ids)

    def test_never_before_earliest(self):
        self.roots.write({"earliest_days": 45, "ideal_days": 50, "late_days": 60})
        reminder = self.anna.salon_reminder_ids
        self.assertEqual(str(reminder.earliest_date), "2026-03-22")
        for proposal in self._propose():
            self.assertGreaterEqual(
                self._local(proposal).date(), reminder.earliest_date
            )

    def test_another_stylist_when_hers_is_away(self):
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": self.stylist.id,
                "calendar_id": self.stylist.calendar_id.id,
                "date_from": "2026-03-01 00:00:00",
                "date_to": "2026-04-30 22:00:00",
            }
        )
        proposals = self._propose()
        self.assertEqual({p["stylist_id"] for p in proposals}, {self.sofia.id})
        self.assertIn("Vera is not free near then", proposals[0]["reason"])

    def test_only_who_can_do_it(self):
        nails = self._create_service("Nails", self.roots)
        self.sofia.salon_service_ids = nails.product_tmpl_id
        self.stylist.action_archive()
        self.assertFalse(self._propose())

    def test_no_useless_rest(self):
        """Between visits, an hour is put at an end, not in the middle of a gap."""
        self._book("2026-03-12 13:00", self.bea).line_ids.minutes = 45
        self._book("2026-03-12 15:15", self.bea)
        best = self._propose()[0]
        self.assertEqual(self._local(best), datetime(2026, 3, 12, 13, 45))

    def test_two_stylists_one_after_the_other(self):
        nails = self._create_service("Nails", self._create_cycle("Nails", (10, 30, 40)))
        self._book("2026-02-05 16:00", services=nails, state="done")
        self.stylist.salon_service_ids = self.roots_service.product_tmpl_id
        self.sofia.salon_service_ids = nails.product_tmpl_id
        best = self._propose()[0]
        self.assertEqual(best["stylist"], "Vera + Sofia")
        (first, *one), (second, *two) = best["times"]
        self.assertEqual({first, second}, {self.stylist.id, self.sofia.id})
        self.assertEqual(one[1], two[0])

    def test_kept_for_the_minutes_of_the_call(self):
        call = self._call()
        proposals = call.with_user(self.receptionist)._get_desk_proposals()
        start = fields.Datetime.to_datetime(proposals[0]["start"])
        args = (self.stylist, start, start + timedelta(hours=1))
        finder = self.env["salon.slot.finder"]
        self.assertTrue(
            finder.with_user(self.receptionist)._get_free(*args)[args[0].id]
        )
        self.assertFalse(finder.with_user(self.manager)._get_free(*args)[args[0].id])
        with freeze_time("2026-03-10 09:11:00"):
            self.assertTrue(finder.with_user(self.manager)._get_free(*args)[args[0].id])
            self.env["salon.slot.hold"]._gc_expired()
        self.assertFalse(self.env["salon.slot.hold"].search([]))

    def test_the_end_of_the_call_lets_go(self):
        call = self._call()
        call._get_desk_proposals()
        holds = self.env["salon.slot.hold"].search([("call_id", "=", call.id)])
        self.assertEqual(len(holds), 3)
        call.action_cancel()
        self.assertFalse(holds.exists())

    @users("t_recep")
    def test_colleagues_days_off_count(self):
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "resource_id": self.stylist.id,
                "calendar_id": self.stylist.calendar_id.id,
                "date_from": "2026-03-12 00:00:00",
                "date_to": "2026-03-12 22:00:00",
            }
        )
        days = {self._local(p).date().day for p in self._propose()}
        self.assertNotIn(12, days)

    def test_costs_the_same_with_a_long_history_and_many_stylists(self):
        counts, call = [], self._call()
        for months in (0, 12):
            for month in range(1, months + 1):
                self._book(f"2025-{month:02}-03 14:00", state="done")
                self._create_stylist(f"Stylist {month}").tz = "Europe/Budapest"
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            self._propose(call)
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
