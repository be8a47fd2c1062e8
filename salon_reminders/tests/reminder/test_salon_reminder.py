from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users

from ..common import SalonCase


class TestSalonReminder(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")

    def _reminder_on(self, day, visits=("2026-01-01",)):
        with freeze_time(f"{day} 09:00:00"):
            for visit in visits:
                self._create_visit(self.anna, visit)
            self.env["salon.reminder.engine"]._move_on(self.company)
            return self.anna.salon_reminder_ids

    def test_states_follow_the_calendar(self):
        # Roots: 21/35/49, lead 7, lapse 70; last visit on 1 January.
        states = {
            "2026-01-28": "scheduled",
            "2026-01-29": "due",
            "2026-02-18": "due",
            "2026-02-19": "late",
            "2026-03-11": "late",
            "2026-03-12": "lapsed",
        }
        reminder = self._reminder_on("2026-01-01")
        for day, state in states.items():
            self._reminder_on(day, ())
            self.assertEqual(reminder.state, state, day)

    def test_missed_days_lose_nobody(self):
        self.assertEqual(self._reminder_on("2026-01-01").state, "scheduled")
        self.assertEqual(self._reminder_on("2026-06-01", ()).state, "lapsed")

    def test_never_called_before_earliest(self):
        lift = self._create_cycle("Lift", (42, 45, 70), lead_days=10)
        service = self._create_service("Lash lift", lift)
        with freeze_time("2026-01-01 09:00:00"):
            self._create_visit(self.anna, "2026-01-01", service)
        reminder = self.anna.salon_reminder_ids
        self.assertEqual(reminder.call_date, reminder.earliest_date)

    def test_leap_day(self):
        with freeze_time("2028-03-01 09:00:00"):
            self._create_visit(self.anna, "2028-02-29")
        reminder = self.anna.salon_reminder_ids
        self.assertEqual(str(reminder.due_date), "2028-04-04")

    @freeze_time("2026-03-10 09:00:00")
    def test_booking_covers_its_cycle_only(self):
        cut_cycle = self._create_cycle("Cut", (21, 35, 49))
        cut = self._create_service("Cut", cut_cycle)
        self._create_visit(self.anna, "2026-02-01", self.roots_service + cut)
        booking = self._create_visit(self.anna, "2026-03-20", cut, state="booked")
        states = {r.cycle_id: r.state for r in self.anna.salon_reminder_ids}
        self.assertEqual(states, {self.roots: "due", cut_cycle: "booked"})
        booking.action_cancel()
        self.assertEqual(set(self.anna.salon_reminder_ids.mapped("state")), {"due"})

    @freeze_time("2026-03-10 09:00:00")
    def test_booking_without_services_covers_all(self):
        self._create_visit(self.anna, "2026-02-01")
        booking = self._create_visit(self.anna, "2026-03-20", [], state="booked")
        self.assertEqual(self.anna.salon_reminder_ids.state, "booked")
        booking.write({"start": "2026-03-21 09:00:00"})
        self.assertEqual(str(self.anna.salon_reminder_ids.booked_date), "2026-03-21")
        booking.unlink()
        self.assertEqual(self.anna.salon_reminder_ids.state, "due")

    def test_forgotten_booking_brings_the_reminder_back(self):
        with freeze_time("2026-03-10 09:00:00"):
            self._create_visit(self.anna, "2026-02-01")
            self._create_visit(self.anna, "2026-03-12", state="booked")
        self.assertEqual(self._reminder_on("2026-03-12", ()).state, "booked")
        self.assertEqual(self._reminder_on("2026-03-13", ()).state, "due")

    @freeze_time("2026-03-10 09:00:00")
    def test_stop_survives_a_corrected_visit(self):
        visit = self._create_visit(self.anna, "2026-02-01")
        reminder = self.anna.salon_reminder_ids
        reminder.action_stop()
        self.assertEqual(reminder.state, "stopped")
        visit.action_cancel()
        self.assertEqual(reminder.state, "idle")
        visit.action_book()
        visit.action_done()
        self.assertEqual(reminder.state, "stopped")
        reminder.action_resume()
        self.assertEqual(reminder.state, "due")

    @freeze_time("2026-03-10 09:00:00")
    def test_pause(self):
        self._create_visit(self.anna, "2026-02-01")
        reminder = self.anna.salon_reminder_ids
        reminder.write({"pause_until": "2026-03-12", "pause_reason": "On holiday"})
        self.assertEqual(reminder.state, "paused")
        self.assertEqual(self._reminder_on("2026-03-11", ()).state, "paused")
        self.assertEqual(self._reminder_on("2026-03-12", ()).state, "due")

    @freeze_time("2026-03-10 09:00:00")
    @users("t_recep")
    def test_receptionist_stops_but_does_not_edit(self):
        self._create_visit(self.anna, "2026-02-01")
        reminder = self.anna.salon_reminder_ids.with_user(self.env.user)
        with self.assertRaises(AccessError):
            reminder.write({"due_date": "2027-01-01"})
        reminder.action_stop()
        self.assertEqual(reminder.state, "stopped")

    @freeze_time("2026-03-10 09:00:00")
    def test_rebuild_changes_nothing(self):
        self._create_visit(self.anna, "2025-12-01")
        self._create_visit(self.anna, "2026-02-01")
        self.anna.salon_reminder_ids.write({"skip_until": "2026-04-01"})
        fields = ["last_date", "visit_count", "due_date", "state", "skip_until"]
        before = self.anna.salon_reminder_ids.read(fields)
        self.env["salon.reminder.engine"]._refresh()
        self.assertEqual(self.anna.salon_reminder_ids.read(fields), before)

    @freeze_time("2026-03-10 09:00:00")
    def test_same_day_counts_once(self):
        self._create_visit(self.anna, "2026-02-01")
        self._create_visit(self.anna, "2026-02-01")
        self.assertEqual(self.anna.salon_reminder_ids.visit_count, 1)

    @freeze_time("2026-03-10 09:00:00")
    def test_companies_are_apart(self):
        other = self._create_company("Second salon")
        self._create_visit(self.anna, "2026-02-01")
        self._create_visit(
            self.anna, "2026-03-01", company_id=other.id, stylist_id=False
        )
        dates = {r.company_id: str(r.last_date) for r in self.anna.salon_reminder_ids}
        self.assertEqual(dates, {self.company: "2026-02-01", other: "2026-03-01"})
