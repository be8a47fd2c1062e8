"""Two who do the same thing at the same moment, again and again."""

import json
import os
import unittest

from .databases import Databases, Worker
from .race_process import WON


class Racer(Worker):
    """A process that does its part of race after race, see `race_process`."""

    def ask(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()

    def hear(self):
        return json.loads(self.child.stdout.readline())


class RaceCase(unittest.TestCase):
    """A database of their own, and processes of the module that knows the race."""

    module = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.database = f"{cls.module.rpartition('.')[2]}_{os.getpid()}"
        cls.databases.copy_installed(cls.database)
        cls.do("fill")

    @classmethod
    def start(cls, action):
        class Own(Racer):
            module = cls.module

        racer = Own(cls.databases, cls.database, action)
        racer.wait_for("ready")
        return racer

    @classmethod
    def do(cls, action):
        """Have a process of its own do something; return its answer."""
        return cls.start(action).answer()

    def start_racers(self, count=2):
        racers = [self.start("race") for _number in range(count)]
        for racer in racers:
            self.addCleanup(racer.kill)
        return racers

    def race(self, pair, number, how=()):
        """Return the answers of both; who is asked first has no lasting advantage.

        :param how: a word for each of them, before the number and the side
        """
        for side in (0, 1) if number % 2 else (1, 0):
            pair[side].ask(*how[side : side + 1], number, side)
        return [racer.hear() for racer in pair]

    def assertOneWon(self, answers, number):
        """Return who won, and the message that the other one got."""
        self.assertEqual(answers.count(WON), 1, (number, answers))
        winner = answers.index(WON)
        return winner, answers[1 - winner]
