"""Two receptionists take the same last slot, at the same moment, again and again."""

import pytest

from ..book_process import ROUNDS
from ..race_case import RaceCase

pytestmark = pytest.mark.room("filling")

# Days whose next days have the same hour free, so that it can be proposed.
AFTER = 20


class TestLastSlot(RaceCase):
    module = "tests.book_process"

    def test_exactly_one_wins(self):
        """Both book, one moves a visit there, or both move one."""
        pair = self.start_racers()
        winners = set()
        for number in range(ROUNDS):
            how = [("book", "move")[number >> side & 1] for side in range(2)]
            winner, message = self.assertOneWon(self.race(pair, number, how), number)
            winners.add(winner)
            self.assertIn("Vera is taken on", message)
            self.assertRegex(message, r"from 4:00\sPM to 5:00\sPM")
            if number < ROUNDS - AFTER:
                self.assertRegex(message, r"Free next: \w{3} \d+ \w{3}, 4:00\sPM;")
        self.assertEqual(winners, {0, 1})
        self.assertEqual(self.do("count"), [1] * ROUNDS)
