"""The addon comes, stays away, goes and comes back while a company works."""

import os
import threading
import time
import unittest
from contextlib import closing, suppress

import pytest

from dev.long_run import amount

from ..live import Company, Visitor
from ..live_tables import Tables
from ..people import wait_for

NAME = f"living_{os.getpid()}"
INSTALL, UNINSTALL = "button_immediate_install", "button_immediate_uninstall"
# A file of the addon that Odoo is loading.
LOADING = "odoo.modules.loading: loading salon_"
FILES = 60
UNFINISHED = "Some modules have inconsistent states"
# Seconds in which nobody should notice anything but a slow answer.
BUSY = 120


class LiveCase(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.company = Company(f"{NAME}_{self._testMethodName}"[:60])
        self.addCleanup(self.company.close)

    def _list_addon(self, server):
        """Have the addon in the Apps list, and note what there is before it comes."""
        self.company.list_addon(server)
        self.before = Tables(self.company.name)

    def assertNothingChanged(self):
        later = Tables(self.company.name)
        self.assertEqual(list(self.before.get_changes(later)), [])
        return later

    def assertAsBefore(self):
        later = self.assertNothingChanged()
        left = list(self.before.get_leftovers(later))
        self.assertFalse(left, "\n".join(left))


@pytest.mark.live
class TestLiveProcesses(LiveCase):
    def test_killed_midway(self):
        """First in the Apps list, then while somebody tries to complete it."""
        kills = amount("kills of an installation", 2, 6)
        for number in range(kills):
            with self.subTest(number=number):
                files = FILES * (number + 1) // (kills + 1)
                kill = self._kill_completion if number else self._kill_server
                kill(files)
                self.assertAsBefore()
                self._open_contacts()
        self.assertEqual(self.company.run("-i"), [])
        self.assertEqual(self.company.get_state(), "installed")
        self.assertNothingChanged()

    def _kill_server(self, files):
        """Kill the server when so many files of the addon are loaded."""
        server = self.company.serve("info")
        self._list_addon(server)
        threading.Thread(target=self._install, args=[server], daemon=True).start()
        wait_for(lambda: count_loaded(server) >= files, f"{files} files")
        server.kill()
        self.company.servers.clear()

    def _kill_completion(self, files):
        loaded = 0
        with closing(self.company.follow("-i")) as lines:
            for line in lines:
                loaded += LOADING in line
                if loaded >= files:
                    return
        self.fail(f"Odoo was faster than {files} files.")

    def _install(self, server):
        """Press the button; the line is dead when the server is."""
        with suppress(OSError):
            Visitor(self.company, "admin", server).press(INSTALL)

    def _open_contacts(self):
        """The next start serves people as before; Odoo says what is unfinished."""
        self.company.serve()
        found = Visitor(self.company, "contact").call(
            "res.partner", "web_search_read", [], {"display_name": {}}, limit=5
        )
        self.assertEqual(len(found["records"]), 5)
        self.company.rest()
        told = [text for text in self.company.complaints() if UNFINISHED not in text]
        self.assertEqual(told, [])

    def test_people_work_meanwhile(self):
        """They have a process of their own, as with several workers."""
        installing, working = self.company.serve(), self.company.serve()
        self._list_addon(installing)
        people = [Worker(self.company, login, working) for login in ("sales", "abroad")]
        for worker in people:
            worker.start()
        wait_for(lambda: all(worker.done for worker in people), "work before")
        self._install(installing)
        done = [worker.done for worker in people]
        wait_for(
            lambda: all(w.done > n + 3 for w, n in zip(people, done, strict=True)),
            "work afterwards",
        )
        for worker in people:
            worker.finish()
            self.assertEqual(worker.errors, [])
            self.assertLess(worker.longest, BUSY)
        self.assertEqual(self.company.get_state(), "installed")
        self.assertEqual(self.company.complaints(), [])


class Worker(threading.Thread):
    """Somebody who reads contacts and writes on them, again and again."""

    def __init__(self, company, login, server):
        super().__init__(daemon=True)
        self.visitor = Visitor(company, login, server)
        self.done, self.errors, self.longest = 0, [], 0
        self.is_over = threading.Event()

    def run(self):
        partner_id = self._create()
        while not self.is_over.is_set():
            started = time.monotonic()
            try:
                self._work(partner_id)
            except AssertionError as error:
                self.errors.append(str(error))
                return
            self.longest = max(self.longest, time.monotonic() - started)
            self.done += 1

    def _create(self):
        return self._save([], {"name": self.visitor.login})[0]["id"]

    def _work(self, partner_id):
        asked = {"display_name": {}, "phone": {}}
        self.visitor.call("res.partner", "web_search_read", [], asked, limit=20)
        self._save([partner_id], {"comment": f"Note {self.done}"})

    def _save(self, ids, values):
        asked = {"display_name": {}}
        return self.visitor.call(
            "res.partner", "web_save", ids, values, specification=asked
        )

    def finish(self):
        self.is_over.set()
        self.join(BUSY)


@pytest.mark.live
@pytest.mark.long
class TestLiveThereAndBack(LiveCase):
    def test_upgraded_uninstalled_and_installed_again(self):
        self._list_addon(self.company.serve())
        self.company.rest()
        self._do("-i")
        for _number in range(amount("upgrades of a living company", 1, 3)):
            self._do("-u")
        self._uninstall()
        self._do("-i")

    def _do(self, option):
        self.assertEqual(self.company.run(option), [])
        self.assertEqual(self.company.get_state(), "installed")
        self.assertNothingChanged()

    def _uninstall(self):
        self.company.serve()
        Visitor(self.company, "admin").press(UNINSTALL)
        self.company.rest()
        self.assertEqual(self.company.get_state(), "uninstalled")
        self.assertEqual(self.company.complaints(), [])
        self.assertAsBefore()


def count_loaded(server):
    return sum(LOADING in line for line in server.log)
