"""Two receptionists give away the last use of a promotion, at the same moment."""

import pytest

from ..promotion_process import ROUNDS
from ..race_case import RaceCase

pytestmark = pytest.mark.room("promotion")


class TestPromotionLimits(RaceCase):
    module = "tests.promotion_process"

    def test_exactly_one_wins(self):
        pair = self.start_racers()
        winners = set()
        for number in range(ROUNDS):
            winner, message = self.assertOneWon(self.race(pair, number), number)
            winners.add(winner)
            self.assertIn(f"Race {number} is not open to Race", message)
        self.assertEqual(winners, {0, 1})
        counted = self.do("count")
        self.assertEqual(counted["used"], [1] * ROUNDS)
        self.assertEqual(counted["spent"], [10] * ROUNDS)
        self.assertEqual(counted["offers"], ROUNDS)
