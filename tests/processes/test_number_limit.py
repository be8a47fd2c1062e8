"""A program asks for twenty numbers at the same moment; the day allows eight."""

import os
import unittest

import pytest

from ..databases import Databases
from ..number_process import CLIENTS, ORDINARY
from .test_last_slot import Receptionist

pytestmark = pytest.mark.room("privacy")

NAME = f"number_limit_{os.getpid()}"
PROCESSES = 4
LIMIT = 4 * ORDINARY


class Thief(Receptionist):
    module = "tests.number_process"


class TestNumberLimit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.databases.copy_installed(NAME)
        cls._run("fill")

    @classmethod
    def _run(cls, action):
        worker = Thief(cls.databases, NAME, action)
        worker.wait_for("ready")
        return worker.answer()

    def _ask_at_once(self, thieves):
        """Ask for all numbers at the same moment; return those that were shown."""
        share = CLIENTS // len(thieves)
        for place, thief in enumerate(thieves):
            thief.ask(f"{place * share} {(place + 1) * share}")
        return self._hear(thieves)

    def _ask_one_by_one(self, thief):
        shown = set()
        for number in range(CLIENTS):
            thief.ask(f"{number} {number + 1}")
            shown |= self._hear([thief])
        return shown

    def _hear(self, thieves):
        shown = set()
        for thief in thieves:
            for answer in thief.hear().values():
                # Neither a deadlock nor a conflict that would be tried again.
                self.assertEqual(answer["tries"], 1, answer)
                if "error" in answer:
                    self.assertIn("Ask a manager to allow more", answer["error"])
                elif "•" not in answer["phone"]:
                    shown.add(answer["phone"])
        return shown

    def test_at_once_is_not_more(self):
        thieves = [Thief(self.databases, NAME, "ask") for _one in range(PROCESSES)]
        for thief in thieves:
            self.addCleanup(thief.kill)
            thief.wait_for("ready")
        self._assert_limit(thieves, LIMIT, set())
        told = self._run("told")
        self.assertTrue(told["stopped"])
        # Each manager once, however many requests were refused.
        self.assertEqual(told["activities"], told["people"])
        self.assertTrue(told["people"])
        before = self._ask_one_by_one(thieves[0])
        self.assertEqual(self._run("allow"), LIMIT)
        self._assert_limit(thieves, 2 * LIMIT, before)

    def _assert_limit(self, thieves, limit, shown):
        for _time in range(3):
            shown |= self._ask_at_once(thieves)
            self.assertLessEqual(len(shown), limit)
        # What came together may all have been refused; nothing of it is counted.
        shown |= self._ask_one_by_one(thieves[0])
        self.assertEqual(len(shown), limit)
