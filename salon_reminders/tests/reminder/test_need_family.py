from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestNeedFamily(SalonCase):
    """Cycles of one family are one need; the newest visit decides which it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.short = cls._create_cycle("Short cut", (14, 35, 49))
        cls.long = cls._create_cycle("Long cut", (14, 49, 84), family_id=cls.short.id)
        cls.short_cut = cls._create_service("Short cut", cls.short)
        cls.long_cut = cls._create_service("Long cut", cls.long)
        cls.anna = cls._create_client("Anna")

    def _needs(self, partner=None):
        """Return {cycle: state} of what is followed."""
        reminders = (partner or self.anna).salon_reminder_ids
        return {r.cycle_id: r.state for r in reminders if r.state != "idle"}

    def test_newest_decides(self):
        self._create_visit(self.anna, "2025-12-20", self.long_cut)
        self.assertEqual(self._needs(), {self.long: "due"})
        newest = self._create_visit(self.anna, "2026-02-01", self.short_cut)
        self.assertEqual(self._needs(), {self.short: "due"})
        newest.action_cancel()
        self.assertEqual(self._needs(), {self.long: "due"})

    def test_all_visits_of_the_need_make_its_rhythm(self):
        days = ["2025-10-01", "2025-10-31", "2025-11-30", "2025-12-30", "2026-01-29"]
        for turn, day in enumerate(days):
            service = self.short_cut if turn % 2 else self.long_cut
            self._create_visit(self.anna, day, service)
        reminder = self.anna.salon_reminder_ids.filtered("due_date")
        self.assertEqual(reminder.cycle_id, self.long)
        self.assertEqual((reminder.gap_count, reminder.rhythm_days), (4, 30))
        self.assertEqual(reminder.visit_count, 5)

    def test_the_one_that_others_name_wins_on_one_day(self):
        self._create_visit(self.anna, "2026-02-01", self.long_cut + self.short_cut)
        self.assertEqual(self._needs(), {self.short: "due"})

    def test_needs_of_their_own_stay(self):
        self._create_visit(self.anna, "2026-02-01", self.roots_service + self.long_cut)
        self.assertEqual(set(self._needs()), {self.roots, self.long})

    def test_a_booking_for_one_covers_all(self):
        self._create_visit(self.anna, "2026-01-01", self.long_cut)
        booking = self._create_visit(
            self.anna, "2026-03-20", self.short_cut, state="booked"
        )
        self.assertEqual(self._needs(), {self.long: "booked"})
        booking.action_cancel()
        self.assertEqual(self._needs(), {self.long: "due"})

    def test_one_call_one_sentence_one_service(self):
        self._create_visit(self.anna, "2025-12-01", self.long_cut)
        self._create_visit(self.anna, "2026-01-20", self.short_cut)
        call = self._plan_calls()
        self.assertEqual(call.cycle_ids, self.short)
        self.assertEqual(call._get_last_services(), self.short_cut)

    def test_a_service_that_meets_both_needs_is_enough(self):
        both = self._create_service("Colour and cut", self.roots + self.short)
        self._create_visit(self.anna, "2026-01-05", both)
        self._create_visit(self.anna, "2026-01-20", self.short_cut)
        call = self._plan_calls()
        self.assertEqual(call.cycle_ids, self.roots + self.short)
        self.assertEqual(call._get_last_services(), both)

    def test_made_one_need_later(self):
        self.long.family_id = False
        self._create_visit(self.anna, "2025-12-01", self.long_cut)
        self._create_visit(self.anna, "2026-01-25", self.short_cut)
        call = self._plan_calls()
        self.assertEqual(call.cycle_ids, self.short + self.long)
        self.long.family_id = self.short
        self.assertEqual(self._needs(), {self.short: "due"})
        self.assertEqual((call.state, call.cycle_ids), ("open", self.short))
        self.long.family_id = False
        self.assertEqual(self._needs(), {self.short: "due", self.long: "lapsed"})

    def test_a_wish_holds_for_the_need(self):
        self._create_visit(self.anna, "2026-01-20", self.short_cut)
        self.anna.salon_reminder_ids.action_stop()
        self._create_visit(self.anna, "2026-02-01", self.long_cut)
        self.assertEqual(self._needs(), {self.long: "stopped"})
        self.anna.salon_reminder_ids.filtered("due_date").action_resume()
        self._create_visit(self.anna, "2026-02-02", self.short_cut)
        self.assertEqual(self._needs(), {self.short: "due"})
        self.anna.salon_reminder_ids.filtered("due_date").pause_until = "2026-05-01"
        self._create_visit(self.anna, "2026-02-03", self.long_cut)
        self.assertEqual(self._needs(), {self.long: "paused"})

    def test_wishes_of_others_stay_apart(self):
        bea = self._create_client("Bea", phone="+36 30 765 4321")
        for partner in (self.anna, bea):
            self._create_visit(partner, "2026-01-20", self.short_cut)
        self.anna.salon_reminder_ids.action_stop()
        self._create_visit(bea, "2026-02-01", self.long_cut)
        self.assertEqual(self._needs(bea), {self.long: "scheduled"})

    def test_salons_are_apart(self):
        other = self._create_company("Second salon")
        self._create_visit(self.anna, "2026-01-20", self.short_cut)
        self._create_visit(
            self.anna,
            "2026-02-01",
            self.long_cut,
            company_id=other.id,
            stylist_id=False,
        )
        cycles = {r.company_id: r.cycle_id for r in self.anna.salon_reminder_ids}
        self.assertEqual(cycles, {self.company: self.short, other: self.long})

    def test_a_rebuild_changes_nothing(self):
        self._create_visit(self.anna, "2025-12-01", self.long_cut)
        self._create_visit(self.anna, "2026-01-20", self.short_cut)
        names = ["cycle_id", "last_date", "due_date", "state", "visit_count"]
        before = self.anna.salon_reminder_ids.read(names)
        self.env["salon.reminder.engine"]._refresh()
        self.assertEqual(self.anna.salon_reminder_ids.read(names), before)
        self.assertIn(date(2026, 1, 20), [row["last_date"] for row in before])

    def test_a_family_has_one_head(self):
        fringe = self._create_cycle("Fringe", (7, 21, 28))
        for cycle, head in ((fringe, self.long), (self.short, fringe)):
            with self.assertRaises(ValidationError):
                cycle.family_id = head
        with self.assertRaises(ValidationError):
            fringe.family_id = fringe
        fringe.family_id = self.short
        self.assertEqual(fringe._get_family(), fringe + self.short + self.long)
