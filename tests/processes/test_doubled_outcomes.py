"""The same call gets its outcome twice, at the same moment, again and again."""

import pytest

from ..outcome_process import ROUNDS
from ..race_case import RaceCase

pytestmark = pytest.mark.room("call")

HOW = ("resent", "windows", "people")


class TestDoubledOutcomes(RaceCase):
    module = "tests.outcome_process"

    def test_logged_once(self):
        pair = self.start_racers()
        for number in range(ROUNDS):
            how = HOW[number % len(HOW)]
            answers = self.race(pair, number, (how, how))
            getattr(self, f"_check_{how}")(answers, number)
        closed = ["open" if how == "windows" else "done" for how in HOW]
        self.assertEqual(
            self.do("count"),
            [[1, closed[number % len(HOW)]] for number in range(ROUNDS)],
        )

    def _check_resent(self, answers, number):
        """The line was bad: both requests get the one outcome."""
        self.assertEqual(len(set(answers)), 1, (number, answers))
        self.assertTrue(answers[0].isdigit(), answers)

    def _check_windows(self, answers, number):
        _winner, message = self.assertOneWon(answers, number)
        self.assertIn("in another window", message)

    def _check_people(self, answers, number):
        winner, message = self.assertOneWon(answers, number)
        login = ("race_anna", "race_bea")[winner]
        self.assertIn(f"Declined ({login})", message)
