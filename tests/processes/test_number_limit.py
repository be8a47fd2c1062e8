"""A program asks for twenty numbers at the same moment; the day allows eight."""

import pytest

from dev.long_run import amount

from ..number_process import CLIENTS, ORDINARY
from ..race_case import RaceCase

pytestmark = pytest.mark.room("privacy")

PROCESSES = 4
LIMIT = 4 * ORDINARY
TIMES = amount("times that all numbers are asked for at once", 3, 30)


class TestNumberLimit(RaceCase):
    module = "tests.number_process"

    def _ask_at_once(self, thieves):
        """Ask for all numbers at the same moment; return those that were shown."""
        share = CLIENTS // len(thieves)
        for place, thief in enumerate(thieves):
            thief.ask(place * share, (place + 1) * share)
        return self._hear(thieves)

    def _ask_one_by_one(self, thief):
        shown = set()
        for number in range(CLIENTS):
            thief.ask(number, number + 1)
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
        thieves = self.start_racers(PROCESSES)
        self._assert_limit(thieves, LIMIT, set())
        told = self.do("told")
        self.assertTrue(told["stopped"])
        # Each manager once, however many requests were refused.
        self.assertEqual(told["activities"], told["people"])
        self.assertTrue(told["people"])
        before = self._ask_one_by_one(thieves[0])
        self.assertEqual(self.do("allow"), LIMIT)
        self._assert_limit(thieves, 2 * LIMIT, before)

    def _assert_limit(self, thieves, limit, shown):
        for _time in range(TIMES):
            shown |= self._ask_at_once(thieves)
            self.assertLessEqual(len(shown), limit)
        # What came together may all have been refused; nothing of it is counted.
        shown |= self._ask_one_by_one(thieves[0])
        self.assertEqual(len(shown), limit)
