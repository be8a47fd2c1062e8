import random
from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from ..common import SalonCase

TODAY = date(2026, 3, 10)


def kaplan_meier_median(waits):
    """The day on which half are back, in plain Python.

    :param list waits: (days waited, came back)
    """
    share = 1.0
    for day in sorted({days for days, _back in waits}):
        waiting = sum(days >= day for days, _back in waits)
        share *= 1 - sum(days == day and back for days, back in waits) / waiting
        if share <= 0.5:
            return day
    return 0


def get_waits(visits):
    """Return (days waited, came back) of the visits of every client."""
    waits = []
    for days in visits:
        waits += [((b - a).days, True) for a, b in zip(days, days[1:], strict=False)]
        waits.append(((TODAY - days[-1]).days, False))
    return waits


@freeze_time("2026-03-10 09:00:00")
class TestSalonCycleTuner(SalonCase):
    def _fill_salon(self, visits):
        """Create one client per list of days on which she came."""
        partners = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(len(visits))]
        )
        self.env["salon.visit"].create(
            [
                {
                    "partner_id": partner.id,
                    "state": "done",
                    "start": f"{day} 09:00:00",
                    "line_ids": [(0, 0, {"product_id": self.roots_service.id})],
                }
                for partner, days in zip(partners, visits, strict=True)
                for day in days
            ]
        )

    def _draw_visits(self, clients, history, gaps, gone=0.0):
        """Draw visits of clients who come first on some day of the history."""
        dice = random.Random(7)
        visits = []
        for _client in range(clients):
            day = TODAY - timedelta(days=dice.randint(1, history))
            days = []
            while day < TODAY:
                days.append(day)
                if dice.random() < gone:
                    break
                day += timedelta(days=dice.choice(gaps))
            visits.append(days)
        return visits

    def _learn(self):
        tuners = self.env["salon.cycle.tuner"]
        tuners._learn()
        return tuners.search([("cycle_id", "=", self.roots.id)]).filtered(
            lambda tuner: tuner.company_id == self.company
        )

    def test_young_history_is_not_taken_for_short_gaps(self):
        # The true middle gap is 42 days; the salon has data of two months.
        gaps = [21, 28, 35, 42, 49, 56, 63]
        visits = self._draw_visits(150, 60, gaps)
        self._fill_salon(visits)
        tuner = self._learn()
        waits = get_waits(visits)
        self.assertEqual(tuner.median_days, kaplan_meier_median(waits))
        self.assertEqual(tuner.median_days, 42)
        self.assertLessEqual(tuner.naive_days, 28)
        self.assertEqual(tuner.gap_count, sum(back for _days, back in waits))
        self.assertEqual(tuner.open_count, len(visits))
        self.assertEqual(tuner.first_date, min(days[0] for days in visits))
        self.assertFalse(tuner.is_complete)
        self.assertIn("Young history", tuner.remark)
        self.assertEqual(tuner.history, "2.0 months")

    def test_too_young_to_say(self):
        self._fill_salon(self._draw_visits(150, 35, [21, 28, 42, 56, 63]))
        tuner = self._learn()
        self.assertGreater(tuner.gap_count, 10)
        self.assertEqual(tuner.median_days, 0)
        self.assertGreater(tuner.naive_days, 0)
        self.assertIn("Not known yet", tuner.remark)
        self.assertFalse(tuner.proposal)

    def test_those_who_stay_away_do_not_lengthen_the_median(self):
        gaps = [35, 42, 49]
        self._fill_salon(self._draw_visits(120, 700, gaps, gone=0.4))
        tuner = self._learn()
        self.assertTrue(tuner.is_complete)
        self.assertEqual(tuner.median_days, 42)
        self.assertIn("rely", tuner.remark)

    def test_every_cycle_is_listed_and_learned_again(self):
        tuner = self._learn()
        self.assertEqual((tuner.median_days, tuner.gap_count), (0, 0))
        self.assertFalse(tuner.first_date)
        self._fill_salon([[TODAY - timedelta(days=50), TODAY - timedelta(days=10)]])
        self.assertEqual(self._learn(), tuner)
        self.assertEqual((tuner.gap_count, tuner.open_count), (1, 1))
        self.assertIn("too few gaps", tuner.remark)

    def test_constant_queries(self):
        tuners = self.env["salon.cycle.tuner"]
        counts = []
        for _turn in range(2):
            self._fill_salon(self._draw_visits(20, 200, [30]))
            tuners._learn()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            tuners._get_counts()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # ------------------------------------------------------------
    # ACCEPTING
    # ------------------------------------------------------------

    def _accept(self, median):
        tuner = self._learn()
        tuner.median_days = median
        tuner.with_user(self.manager).action_accept()
        cycle = self.roots
        return (
            cycle.earliest_days,
            cycle.ideal_days,
            cycle.late_days,
            cycle.lead_days,
            cycle.lapse_days,
        )

    def test_accept_scales_late_and_lapse(self):
        self.assertEqual(self._accept(50), (21, 50, 70, 7, 100))

    def test_accept_never_goes_below_earliest(self):
        self.assertEqual(self._accept(14), (21, 21, 29, 7, 60))
        tuner = self.env["salon.cycle.tuner"].search([("cycle_id", "=", self.roots.id)])
        tuner.gap_count = 10
        self.assertIn("Sooner than earliest", tuner[0].remark)

    def test_accept_leaves_days_for_the_call(self):
        self.roots.write({"earliest_days": 5, "lead_days": 30})
        self.assertEqual(self._accept(10), (5, 10, 14, 9, 60))

    def test_accept_keeps_own_lapse_days(self):
        self.roots.lapse_days = 90
        self.assertEqual(self._accept(80), (21, 80, 112, 7, 112))
        self.assertEqual(self._accept(40)[4], 112)

    def test_accept_without_a_median_changes_nothing(self):
        self.assertEqual(self._accept(0), (21, 35, 49, 7, 70))

    def test_try_opens_a_dry_run_with_the_median(self):
        tuner = self._learn()
        tuner.median_days = 50
        action = tuner.with_user(self.manager).action_try()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((run.cycle_id, run.ideal_days), (self.roots, 50))
        self.assertEqual(self.roots.ideal_days, 35)

    def test_manager_learns_now_and_receptionist_does_not(self):
        tuners = self.env["salon.cycle.tuner"]
        self._fill_salon(self._draw_visits(60, 600, [30]))
        tuners.with_user(self.manager).action_learn()
        tuner = tuners.search([("cycle_id", "=", self.roots.id)], limit=1)
        self.assertEqual(tuner.median_days, 30)
        with self.assertRaises(AccessError):
            tuners.with_user(self.receptionist).action_learn()
        with self.assertRaises(AccessError):
            tuner.with_user(self.receptionist).action_accept()
