from datetime import date, timedelta

from odoo.tests import freeze_time

from ..common import SalonCase


def rhythm_of(gaps, typical, cap, earliest):
    """The weighted 45 % point, in plain Python.

    :param list gaps: own gaps in days, oldest first
    :param list typical: the nine typical gaps of the salon
    """
    kept = [gap for gap in reversed(gaps) if 1 <= gap <= cap]
    weighted = [(gap, 0.5 ** (age / 4)) for age, gap in enumerate(kept)]
    weighted += [(gap, 2 / 9) for gap in typical]
    total = sum(weight for _gap, weight in weighted)
    reached = 0
    for gap, weight in sorted(weighted):
        reached += weight
        if reached >= 0.45 * total - 1e-9:
            return max(gap, earliest)


@freeze_time("2026-03-10 09:00:00")
class TestSalonRhythm(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")

    def _visit_in_gaps(self, gaps, last="2026-03-01"):
        day = date.fromisoformat(last)
        days = [day]
        for gap in reversed(gaps):
            day -= timedelta(days=gap)
            days.append(day)
        for day in days:
            self._create_visit(self.anna, day.isoformat())
        return self.anna.salon_reminder_ids

    def test_without_gaps_the_norm_counts(self):
        reminder = self._visit_in_gaps([])
        self.assertEqual((reminder.rhythm_days, reminder.gap_count), (35, 0))
        self.assertIn("norm", reminder.basis)

    def test_own_gaps_count(self):
        gaps = [42, 43, 41, 42, 44, 42]
        reminder = self._visit_in_gaps(gaps)
        self.assertEqual(reminder.gap_count, 6)
        self.assertEqual(reminder.rhythm_days, rhythm_of(gaps, [35] * 9, 180, 21))
        self.assertEqual(reminder.rhythm_days, 42)
        self.assertIn("6 of the client's own gaps", reminder.basis)

    def test_never_below_earliest(self):
        reminder = self._visit_in_gaps([7] * 8)
        self.assertEqual(reminder.rhythm_days, 21)

    def test_long_breaks_are_left_out(self):
        reminder = self._visit_in_gaps([42, 180, 181, 42])
        self.assertEqual(reminder.gap_count, 3)

    def test_switched_off(self):
        self.company.salon_own_rhythm = False
        reminder = self._visit_in_gaps([42] * 6)
        self.assertEqual((reminder.rhythm_days, reminder.gap_count), (35, 0))
        self.assertFalse(reminder.usual_weekday)
        self.company.salon_own_rhythm = True
        self.assertEqual(reminder.rhythm_days, 42)

    def test_usual_weekday(self):
        # Every sixth Tuesday; 42 days on is a Tuesday too.
        reminder = self._visit_in_gaps([42] * 5, last="2026-03-03")
        self.assertEqual(reminder.usual_weekday, 2)
        self.assertEqual(reminder.due_date, date(2026, 4, 14))
        # Two days off the usual weekday: moved back to it.
        self.anna.salon_visit_ids[0].start = "2026-03-05 09:00:00"
        self.assertEqual(reminder.usual_weekday, 2)
        self.assertEqual(reminder.due_date.isoweekday(), 2)
        shift = reminder.due_date - reminder.last_date
        self.assertLessEqual(abs(shift.days - reminder.rhythm_days), 3)

    def test_not_moved_to_a_closed_day(self):
        reminder = self._visit_in_gaps([42] * 5, last="2026-03-05")
        last = self.anna.salon_visit_ids[0]
        last.start = "2026-03-03 09:00:00"
        self.assertEqual(reminder.usual_weekday, 4)
        self.assertEqual(reminder.due_date.isoweekday(), 4)
        attendances = self.company.resource_calendar_id.attendance_ids
        attendances.filtered(lambda a: a.dayofweek == "3").unlink()
        self.env["salon.reminder.engine"]._refresh(partners=self.anna)
        unmoved = reminder.last_date + timedelta(days=reminder.rhythm_days)
        self.assertEqual(reminder.due_date, unmoved)

    def test_not_moved_to_a_day_off(self):
        reminder = self._visit_in_gaps([42] * 5, last="2026-03-05")
        self.anna.salon_visit_ids[0].start = "2026-03-03 09:00:00"
        day = reminder.due_date
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "company_id": self.company.id,
                "calendar_id": False,
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 22:00:00",
            }
        )
        self.env["salon.reminder.engine"]._refresh(partners=self.anna)
        unmoved = reminder.last_date + timedelta(days=reminder.rhythm_days)
        self.assertEqual(reminder.due_date, unmoved)

    def test_expected_once_late(self):
        reminder = self._visit_in_gaps([40] * 8, last="2026-02-01")
        # 37 of 40 days passed: the cell from 0.85, default multiple 0.30.
        self.assertFalse(reminder.usual_weekday)
        self.assertEqual(reminder.expected_date, date(2026, 3, 22))
        self.assertIn("expected around", reminder.forecast)
        with freeze_time("2026-02-10 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(reminder.expected_date, reminder.due_date)
        with freeze_time("2026-07-21 09:00:00"):
            self.env.invalidate_all()
            # 170 days: beyond four rhythms, multiple 1.6.
            self.assertEqual(reminder.expected_date, date(2026, 9, 23))
            self.assertGreater(reminder.gone_probability, 0.6)
            self.assertIn("% likely not", reminder.forecast)
        with freeze_time("2030-07-21 09:00:00"):
            self.env.invalidate_all()
            self.assertIn("99 % likely not", reminder.forecast)

    def test_gone_grows_with_waiting(self):
        reminder = self._visit_in_gaps([40] * 8, last="2026-02-01")
        shares = []
        for day in ("2026-02-02", "2026-04-01", "2026-06-01", "2026-09-01"):
            with freeze_time(f"{day} 09:00:00"):
                self.env.invalidate_all()
                shares.append(reminder.gone_probability)
        self.assertEqual(shares, sorted(shares))
        self.assertLess(shares[0], 0.2)
        self.assertGreater(shares[-1], 0.95)

    def test_norm_is_learned(self):
        self._fill_salon(120, 30)
        norms = self.env["salon.cycle.norm"]
        norms._learn()
        norm = norms.search([("cycle_id", "=", self.roots.id)])
        self.assertEqual(norm.gaps, [30] * 9)
        self.assertEqual(norm.client_count, 120)
        self.assertGreater(norm.wait_count, 200)
        self.assertEqual([len(curve) for curve in norm.curves], [201] * 4)
        self.env["salon.reminder.engine"]._refresh()
        reminder = self._visit_in_gaps([])
        self.assertEqual(reminder.rhythm_days, 30)

    def test_norm_of_few_clients_is_not_used(self):
        self._fill_salon(29, 30)
        norms = self.env["salon.cycle.norm"]
        norms._learn()
        norm = norms.search([("cycle_id", "=", self.roots.id)])
        self.assertFalse(norm.gaps)
        self.assertEqual(norm.client_count, 29)
        self.assertEqual(self._visit_in_gaps([]).rhythm_days, 35)

    def _fill_salon(self, clients, gap):
        """Let clients come every ``gap`` days for half a year, half a year ago."""
        partners = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(clients)]
        )
        self.env["salon.visit"].create(
            [
                {
                    "partner_id": partner.id,
                    "state": "done",
                    "start": f"{date(2025, 4, 1) + timedelta(days=gap * turn)} 09:00",
                    "line_ids": [(0, 0, {"product_id": self.roots_service.id})],
                }
                for partner in partners
                for turn in range(5)
            ]
        )
