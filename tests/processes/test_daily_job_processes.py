"""The daily job in real processes on a real database: at once, and killed midway."""

import os
import unittest

from dev import long_run

from ..daily_job_process import CLIENTS
from ..databases import Databases, Worker

NAME = f"daily_job_{os.getpid()}"
# Killed while it makes one of these batches; those before are committed.
KILLED_AT = (4, 2, 7, 3, 9, 5, 8, 6)
KILLS = long_run.amount("kills of the daily job", 1, 24)
ROUNDS = long_run.amount("daily jobs while clients withdraw", 1, 4)


class TestDailyJobProcesses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = Databases()
        cls.addClassCleanup(cls.databases.drop_all)
        cls.filled = f"{NAME}_filled"
        cls.databases.copy_installed(cls.filled)
        cls._do(cls.filled, "fill")
        _done, cls.expected = cls._do(cls._copy("undisturbed"), "scheduled", "result")

    @classmethod
    def _copy(cls, name):
        cls.databases.copy(cls.filled, f"{NAME}_{name}")
        return f"{NAME}_{name}"

    @classmethod
    def _start(cls, database, *actions):
        worker = Worker(cls.databases, database, *actions)
        worker.wait_for("ready")
        return worker

    @classmethod
    def _do(cls, database, *actions):
        """Do these things in one process; return their answers."""
        worker = cls._start(database, *actions)
        worker.go()
        return worker.answer()

    def _do_twice_at_once(self, database, action):
        workers = [self._start(database, action) for _number in range(2)]
        for worker in workers:
            worker.go()
        return [worker.answer() for worker in workers]

    def assertAsUndisturbed(self, database, *before):
        self.maxDiff = 2000
        answers = self._do(database, *before, "result")
        self.assertEqual(answers[-1], self.expected)
        return answers

    def test_undisturbed(self):
        """What the other tests compare with is worth comparing with."""
        calls = self.expected["calls"]
        self.assertGreater(len(calls), CLIENTS * 5 // 8)
        self.assertEqual({call[-1] for call in calls}, {1})
        self.assertEqual(len({(call[0], call[1]) for call in calls}), len(calls))
        self.assertEqual({call[2] for call in calls}, {"reminder", "lapsed"})
        holds = {reminder[3] for reminder in self.expected["reminders"]}
        self.assertEqual(holds, {"", "call", "consent", "quota"})

    def test_two_at_once(self):
        database = self._copy("twice")
        answers = self._do_twice_at_once(database, "scheduled")
        self.assertIn([{"failures": 0}], answers)
        self.assertAsUndisturbed(database)

    def test_two_at_once_without_the_lock_of_the_scheduler(self):
        database = self._copy("unguarded")
        self._do_twice_at_once(database, "unguarded")
        self.assertAsUndisturbed(database)

    def test_killed_midway(self):
        for number in range(KILLS):
            at = KILLED_AT[number % len(KILLED_AT)]
            with self.subTest(number=number, at=at):
                self._kill_at(self._copy(f"killed_{number}"), at)

    def _kill_at(self, database, batch):
        worker = self._start(database, "scheduled")
        worker.go()
        for _number in range(batch):
            worker.wait_for("batch")
        worker.kill()
        left, *_rest = self.assertAsUndisturbed(database, "result", "scheduled")
        self.assertGreater(len(left["calls"]), 0)
        self.assertLess(len(left["calls"]), len(self.expected["calls"]))
        self.databases.drop(database)

    def test_withdrawn_while_the_job_runs(self):
        """Neither sees the other before its commit; no call may survive that."""
        withdrawn = sum(
            self._withdraw_in(self._copy(f"withdrawn_{number}"))
            for number in range(ROUNDS)
        )
        long_run.tell("withdrawals while the daily job runs", withdrawn)

    def _withdraw_in(self, database):
        """Return how many have withdrawn."""
        job = self._start(database, "slowed")
        clients = self._start(database, "withdraw")
        job.go()
        job.wait_for("batch")
        clients.go()
        self.assertEqual(job.answer(), [{"failures": 0}])
        withdrawn = clients.answer()[0]["withdrawn"]
        self.assertGreater(withdrawn, CLIENTS * 5 // 6)
        left = self._do(database, "survivors")[0]
        self.assertEqual(left["survivors"], [])
        self.assertGreater(left["calls"], 0)
        self.assertEqual(left["cancelled"], left["calls"])
        self.databases.drop(database)
        return withdrawn
