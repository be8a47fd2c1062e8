from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ...tools.half_days import HalfDays

MIDNIGHT = datetime(2026, 3, 2)


def at(hours):
    return MIDNIGHT + timedelta(hours=hours)


class TestHalfDays(BaseCase):
    def make(self, work, busy):
        edges = [at(0), at(13), at(24), at(37), at(48)]
        times = ({1: [(at(a), at(b)) for a, b in some]} for some in (work, busy))
        return HalfDays(edges, *times)

    def test_share_of_the_half_day(self):
        halves = self.make([(9, 12), (14, 18)], [(9, 10), (15, 18)])
        self.assertAlmostEqual(halves.get_share(1, at(9)), 1 / 3)
        self.assertAlmostEqual(halves.get_share(1, at(17)), 3 / 4)

    def test_times_across_the_edge_count_on_both_sides(self):
        halves = self.make([(11, 17), (20, 30)], [(12, 14), (22, 26)])
        self.assertAlmostEqual(halves.get_share(1, at(11)), 1 / 2)
        self.assertAlmostEqual(halves.get_share(1, at(13)), 3 / 8)
        self.assertAlmostEqual(halves.get_share(1, at(24)), 2 / 6)

    def test_full_without_working_time_or_with_overlaps(self):
        halves = self.make([(9, 12)], [(9, 12), (9, 11)])
        self.assertEqual(halves.get_share(1, at(9)), 1)
        self.assertEqual(halves.get_share(1, at(14)), 1)

    def test_times_beyond_the_edges(self):
        halves = self.make([(-4, 2), (46, 60)], [(-4, 1)])
        self.assertAlmostEqual(halves.get_share(1, at(0)), 1 / 2)
        self.assertEqual(halves.get_share(1, at(47)), 0)
