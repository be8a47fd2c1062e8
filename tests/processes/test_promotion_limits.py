"""Two receptionists give away the last use of a promotion, at the same moment."""

import os
import unittest

import pytest

from ..databases import Databases
from ..promotion_process import ROUNDS
from .test_last_slot import Receptionist

pytestmark = pytest.mark.room("promotion")

NAME = f"promotion_limits_{os.getpid()}"


class Giver(Receptionist):
    module = "tests.promotion_process"


class TestPromotionLimits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.databases.copy_installed(NAME)
        cls._run("fill")

    @classmethod
    def _run(cls, action):
        return Giver(cls.databases, NAME, action).answer()

    def test_exactly_one_wins(self):
        pair = [Giver(self.databases, NAME, "use") for _number in range(2)]
        for one in pair:
            self.addCleanup(one.kill)
            one.wait_for("ready")
        winners = set()
        for number in range(ROUNDS):
            # Who is asked first has no lasting advantage.
            sides = (0, 1) if number % 2 else (1, 0)
            for side in sides:
                pair[side].ask(f"{number} {side}")
            answers = [one.hear() for one in pair]
            self.assertEqual(answers.count("won"), 1, (number, answers))
            winners.add(answers.index("won"))
            loser = next(answer for answer in answers if answer != "won")
            self.assertIn(f"Race {number} is not open to Race", loser)
        self.assertEqual(winners, {0, 1})
        counted = self._run("count")
        self.assertEqual(counted["used"], [1] * ROUNDS)
        self.assertEqual(counted["spent"], [10] * ROUNDS)
        self.assertEqual(counted["offers"], ROUNDS)
