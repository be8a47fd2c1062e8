from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import mute_logger

from ..common_client import TODAY, SalonClientCase


class TestSalonClientStanding(SalonClientCase):
    # ------------------------------------------------------------
    # SEGMENTS
    # ------------------------------------------------------------

    def test_segments(self):
        new = self._come("New", 5)
        once = self._come("Once", 91)
        edge = self._come("New on her last day", 90)
        regular = self._come("Regular", 128, 100, 72, 42)
        risk = self._come("At risk", 132, 104, 76, 48, 43)
        lost = self._come("Lost", 400, 370, 340)
        self._refresh()
        found = self._segments(new, once, edge, regular, risk, lost)
        self.assertEqual(
            found, ["new", "one_visit", "new", "regular", "at_risk", "lost"]
        )

    def test_key_pays_most_and_comes_often(self):
        key = self._come("Key", *range(10, 360, 30), price=200)
        others = [self._come(f"Other {n}", 100, 20, price=10) for n in range(9)]
        self._refresh()
        self.assertEqual(self._get(key).segment, "key")
        self.assertEqual(self._get(key).money, 5)
        self.assertEqual(set(self._segments(*others)), {"regular"})

    def test_lost_not_before_the_days_of_the_salon(self):
        weekly = self._come("Weekly", 150, 143, 136, 90)
        self._refresh()
        self.assertEqual(self._get(weekly).segment, "at_risk")
        self.company.salon_lost_days = 60
        self._refresh()
        self.assertEqual(self._get(weekly).segment, "lost")

    def test_booking_keeps_her(self):
        lost = self._come("Lost", 400, 370, 340)
        once = self._come("Once", 200)
        bookings = self._visit(lost, -3, state="booked")
        bookings |= self._visit(once, 0, state="booked")
        steps = (bookings.browse, bookings.action_confirm, bookings[1].action_arrive)
        for step in steps:
            step()
            self._refresh()
            self.assertEqual(self._segments(lost, once), ["regular", "regular"])
            self.assertTrue(self._get(lost).is_booked)
        bookings.action_cancel()
        self._refresh()
        self.assertEqual(self._segments(lost, once), ["lost", "one_visit"])

    def test_equal_clients_are_in_the_same_fifth(self):
        partners = [self._come(f"Same {n}", 20) for n in range(7)]
        self._refresh()
        fifths = {(s.recency, s.frequency, s.money) for s in map(self._get, partners)}
        self.assertEqual(fifths, {(3, 3, 3)})

    def test_five_clients_make_five_fifths(self):
        partners = [
            self._come(f"Client {n}", 10 * n + 3, price=100 - n) for n in range(5)
        ]
        self._refresh()
        standings = [self._get(partner) for partner in partners]
        self.assertEqual([s.recency for s in standings], [5, 4, 3, 2, 1])
        self.assertEqual([s.money for s in standings], [5, 4, 3, 2, 1])

    def test_a_day_counts_once_and_purchases_only_as_money(self):
        partner = self._come("Twice a day", 40, 40, 10)
        shampoo = self._create_product("Shampoo", "retail")
        self._visit(partner, 5, price=20, product=shampoo)
        self._refresh()
        standing = self._get(partner)
        self.assertEqual(standing.visit_count, 2)
        self.assertEqual(standing.last_date, TODAY - timedelta(days=10))
        self.assertEqual(standing.rhythm_days, 30)
        self.assertEqual(standing.amount_total, 170)

    def test_day_of_the_salon_decides(self):
        partner = self._come("Late evening")
        visit = self._visit(partner, 1)
        # 23:30 UTC is half past midnight of the next day in Budapest.
        visit.start = "2026-03-05 23:30:00"
        self._refresh()
        self.assertEqual(self._get(partner).last_date, date(2026, 3, 6))
        self.assertEqual(self._get(partner).usual_hour, 0)

    # ------------------------------------------------------------
    # MOVES, AND WHAT IS WRITTEN
    # ------------------------------------------------------------

    def test_moves_are_kept(self):
        partner = self._come("Mover", 60, 30)
        self._refresh()
        with freeze_time("2026-08-10 09:00:00"):
            self._refresh()
        moves = self.env["salon.segment.move"].search(
            [("partner_id", "=", partner.id)], order="date"
        )
        self.assertEqual(
            moves.mapped(lambda m: (m.from_segment, m.to_segment)),
            [(False, "new"), ("new", "lost")],
        )
        self.assertEqual(moves[1].date, date(2026, 8, 10))
        self.assertEqual(self._get(partner).segment_date, date(2026, 8, 10))

    def test_second_run_writes_nothing(self):
        partner = self._come("Calm", 60, 30)
        self._refresh()
        standing = self._get(partner)
        self.env.cr.execute(
            "SELECT xmin, ctid FROM salon_client_standing WHERE id = %s", standing.ids
        )
        before = self.env.cr.fetchone()
        self._refresh()
        self.env.cr.execute(
            "SELECT xmin, ctid FROM salon_client_standing WHERE id = %s", standing.ids
        )
        self.assertEqual(self.env.cr.fetchone(), before)
        moves = self.env["salon.segment.move"].search_count(
            [("partner_id", "=", partner.id)]
        )
        self.assertEqual(moves, 1)

    def test_visits_taken_back(self):
        partner = self._come("Mistake", 10)
        self._refresh()
        partner.salon_visit_ids.state = "cancelled"
        self._refresh()
        self.assertFalse(self._get(partner))
        move = self.env["salon.segment.move"].search(
            [("partner_id", "=", partner.id)], limit=1
        )
        self.assertEqual((move.from_segment, move.to_segment), ("new", False))

    def test_archived_clients_leave(self):
        partner = self._come("Gone", 10)
        self._refresh()
        partner.action_archive()
        self._refresh()
        self.assertFalse(self._get(partner))

    def test_merged_clients_stand_once(self):
        first, second = self._come("Anna", 60), self._come("Anna B", 30)
        self._refresh()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).ids, first)
        self._refresh()
        self.assertEqual(self._get(first).visit_count, 2)

    def test_job_runs_once_a_day(self):
        partner = self._come("Daily", 10)
        cron = self.env.ref("salon_reminders.ir_cron_refresh_standings")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)
        self.assertEqual(self._get(partner).visit_count, 1)
        self.assertEqual(self.company.salon_standing_date, TODAY)
        self._visit(partner, 5)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(self._get(partner).visit_count, 1)

    def test_queries_do_not_grow(self):
        def count(clients):
            for number in range(clients):
                self._come(f"Client {number}", 40, 10)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._refresh()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(12))

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    @users("t_recep")
    def test_filter_and_group_by_segment(self):
        new, lost = self._come("Nina", 5), self._come("Lotte", 400, 370, 340)
        nobody = self._come("Nobody")
        self._refresh()
        partners = self.env["res.partner"].with_company(self.company)
        ours = [("id", "in", (new | lost | nobody).ids)]
        found = partners.search([*ours, ("salon_segment", "=", "lost")])
        self.assertEqual(found.ids, lost.ids)
        found = partners.search([*ours, ("salon_segment", "=", False)])
        self.assertEqual(found.ids, nobody.ids)
        found = partners.search([*ours, ("salon_segment", "!=", "lost")])
        self.assertEqual(set(found.ids), set((new | nobody).ids))
        groups = partners._read_group(ours, ["salon_segment"], ["__count"])
        self.assertEqual(dict(groups), {"new": 1, "lost": 1, False: 1})
        self.assertTrue(
            partners.fields_get(["salon_segment"])["salon_segment"]["groupable"]
        )

    def test_other_salons_see_nothing(self):
        partner = self._come("Ours", 5)
        self._refresh()
        other = self._create_company("Other")
        user = self._create_user("elsewhere", "group_receptionist")
        user.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        theirs = self.env(user=user, context={"allowed_company_ids": other.ids})
        self.assertFalse(
            theirs["salon.client.standing"].search([("partner_id", "=", partner.id)])
        )
        self.assertFalse(partner.with_env(theirs).salon_segment)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_stylists_see_no_segments(self):
        self._come("Secret", 5)
        self._refresh()
        standings = self.env["salon.client.standing"].with_user(self.stylist_user)
        with self.assertRaises(AccessError):
            standings.search([])
        partners = self.env["res.partner"].with_user(self.stylist_user)
        with self.assertRaises(AccessError):
            partners.search([("salon_segment", "=", "lost")])

    def test_changed_limits_are_worked_out_within_the_hour(self):
        self._refresh()
        self.assertTrue(self.company.salon_standing_date)
        company = self.company.with_user(self.manager)
        company.salon_lost_days = 120
        self.assertFalse(self.company.salon_standing_date)
        self._refresh()
        company.salon_offer_pause_days = 90
        self.assertTrue(self.company.salon_standing_date)
