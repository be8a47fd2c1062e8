"""Two receptionists book the same last slot, at the same moment, again and again."""

import json
import os
import unittest

import pytest

from ..book_process import ROUNDS
from ..databases import Databases, Worker

pytestmark = pytest.mark.room("filling")

NAME = f"last_slot_{os.getpid()}"


class Receptionist(Worker):
    module = "tests.book_process"

    def ask(self, number):
        self.child.stdin.write(f"{number}\n")
        self.child.stdin.flush()

    def hear(self):
        return json.loads(self.child.stdout.readline())


class TestLastSlot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.databases.copy_installed(NAME)
        cls._count()

    @classmethod
    def _count(cls, action="fill"):
        worker = Receptionist(cls.databases, NAME, action)
        worker.wait_for("ready")
        return worker.answer()

    def test_exactly_one_wins(self):
        pair = [Receptionist(self.databases, NAME, "book") for _number in range(2)]
        for one in pair:
            self.addCleanup(one.kill)
            one.wait_for("ready")
        winners = set()
        for number in range(ROUNDS):
            # Who is asked first has no lasting advantage.
            for one in pair if number % 2 else reversed(pair):
                one.ask(number)
            answers = [one.hear() for one in pair]
            self.assertEqual(answers.count("won"), 1, (number, answers))
            winners.add(answers.index("won"))
            loser = next(answer for answer in answers if answer != "won")
            self.assertIn("Vera is taken on", loser)
            self.assertRegex(loser, r"from 4:00\sPM to 5:00\sPM")
            if number < ROUNDS - 20:
                self.assertRegex(loser, r"Free next: \w{3} \d+ \w{3}, 4:00\sPM;")
        self.assertEqual(winners, {0, 1})
