"""A salon lived through: eight weeks of it, under --long two years, day by day.

What must hold on every day is asked in SQL (``tests/year_checks.py``) of a real
database in which two receptionists, the daily job and some hundred clients do what they
do (``tests/year_world.py``). The same seed lives the same life.

`./salon test tests/processes/test_year.py --long` prints the table of the year.
"""

import json
import os
import unittest
from random import SystemRandom

import pytest

from dev.long_run import amount, is_long, show

from ..databases import Databases, Worker
from ..year_table import draw

NAME = f"year_{os.getpid()}"
# Always the same lives, and under --long one that nobody has lived yet.
SEEDS = (20,)
HOURS = 3
# Whoever is due has a place on the list after so many days at the latest.
LONGEST_WAIT = 60
# What a life without it would prove little about.
MUST_HAPPEN = (
    *("archive service", "enter departure", "change cycle", "fix reasons"),
    *("jobs missed", "jobs doubled", "outcomes undone", "promotions used"),
    *("visits made as booked", "visits missed", "visits cancelled", "new clients"),
    *("clients gone silently", "consents withdrawn", "booked without a call"),
    *("lines typed in from paper", "logged: booked", "logged: no answer"),
)


class LivingWorker(Worker):
    module = "tests.year_process"
    patience = HOURS * 3600


class TestYear(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.days = amount("days lived through", 56, 730)
        cls.clients = amount("clients who live them", 30, 300)

    def _live(self, seed):
        database = f"{NAME}_{seed}"
        self.databases.copy_installed(database)
        life = {"seed": seed, "days": self.days, "clients": self.clients}
        return LivingWorker(self.databases, database, json.dumps(life)).answer()

    def _check(self, life):
        if is_long():
            show(draw(life))
        self.assertEqual(life["examples"], {}, f"seed {life['seed']}")
        # No rule can be broken without being seen.
        self.assertEqual(life["unseen"], [])
        for what in MUST_HAPPEN:
            self.assertGreater(life["happened"].get(what, 0), 0, what)
        figures = life["figures"]
        self.assertGreater(figures["calls booked"], 0)
        self.assertLessEqual(figures["longest wait for a place, days"], LONGEST_WAIT)

    def test_known_lives(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self._check(self._live(seed))

    @pytest.mark.long
    def test_life_drawn_anew(self):
        self.assertTrue(is_long())
        self._check(self._live(SystemRandom().randrange(10**6)))
