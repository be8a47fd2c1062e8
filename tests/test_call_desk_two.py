"""Two receptionists in two browsers, on a real server: one client, one telephone."""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.request

import psycopg2

import odoo
from odoo.tests.common import HOST, ChromeBrowser

from .test_daily_job_processes import ROOT, Databases, Worker

NAME = f"two_desks_{os.getpid()}"
PATIENCE = 180
LOGINS = ("receptionist", "manager")


class Server:
    """Odoo serving one database, as in a salon."""

    def __init__(self, databases, database):
        self.port = free_port()
        options = ["-c", databases.config, "-d", database, "--log-level=error"]
        options += [f"--http-port={self.port}", "--max-cron-threads=0"]
        options += [f"--db-filter=^{database}$", f"--http-interface={HOST}"]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "odoo", *options],
            cwd=ROOT,
            env=Worker._environment(),
        )
        self.address = f"http://{HOST}:{self.port}"
        wait_for(self._answers, "the server")

    def _answers(self):
        try:
            return urllib.request.urlopen(f"{self.address}/web/health", timeout=5)
        except OSError:
            return False

    def stop(self):
        self.child.terminate()
        self.child.wait()


class Person:
    """Somebody at a browser of her own."""

    # What Odoo's browser wants to know of a test case.
    _logger = logging.getLogger(__name__)
    browser_size = "1366x768"
    touch_enabled = False

    def __init__(self, server, login):
        self.browser = ChromeBrowser(self)
        self.server, self.login = server, login
        self.go("/web/login", ".oe_login_form")
        self.run(
            f"""document.querySelector('input[name=login]').value = '{login}';
                document.querySelector('input[name=password]').value = '{login}';
                document.querySelector('.oe_login_form').submit()"""
        )
        self.see(".o_main_navbar")
        self.run("localStorage.setItem('salon_desk_scope', 'all')")
        self.go("/odoo/salon-desk", ".o_salon_selected")

    def fetch_proxy(self, url):
        """Nothing is fetched from elsewhere."""
        return {"responseCode": 404, "body": "", "responseHeaders": []}

    def go(self, path, selector):
        self.browser.navigate_to(self.server.address + path)
        self.see(selector)

    def run(self, code):
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "returnByValue": True},
            timeout=60,
        )
        return answer["result"].get("value")

    def count(self, selector):
        return self.run(f'document.querySelectorAll("{selector}").length')

    def text(self, selector):
        return self.run(f'document.querySelector("{selector}")?.textContent.trim()')

    def see(self, selector):
        wait_for(lambda: self.count(selector), f"{selector} ({self.login})")

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.browser._websocket_request(
                "Input.dispatchKeyEvent",
                params={"type": kind, "key": key, "code": code},
            )

    def leave(self):
        self.browser.stop()


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(f"Waited in vain for {what}.")


def free_port():
    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]


class TestTwoDesks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        databases = Databases()
        cls.addClassCleanup(databases.drop_all)
        template = os.environ.get("SALON_TEMPLATE_DEMO")
        if template:
            databases.copy(template, NAME)
        else:
            databases.copy_installed(NAME)
        cls.server = Server(databases, NAME)
        cls.addClassCleanup(cls.server.stop)
        cls.people = []
        for login in LOGINS:
            cls.people.append(Person(cls.server, login))
            cls.addClassCleanup(cls.people[-1].leave)

    def _query(self, statement):
        _name, info = odoo.sql_db.connection_info_for(NAME)
        connection = psycopg2.connect(**info)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall()
        finally:
            connection.close()

    def test_one_client_one_telephone(self):
        first, second = self.people
        client = first.text(".o_salon_selected .fw-bold")
        self.assertEqual(second.text(".o_salon_selected .fw-bold"), client)
        self._press_at_once("Enter", "Enter")
        wait_for(self._is_decided, "who has the client")
        # Whoever got nothing is told who has her, without reloading.
        winner, loser = sorted(self.people, key=lambda who: -who.count(".o_salon_card"))
        self.assertEqual(winner.text(".o_salon_name"), client)
        self.assertEqual(loser.count(".o_salon_card"), 0)
        loser.see(".o_salon_taken")
        claims = self._query("SELECT partner_id, phone FROM salon_call_claim")
        self.assertEqual(len(claims), 1)

        before = loser.text("[data-counter='todo'] b")
        winner.press("n", "KeyN")
        wait_for(
            lambda: loser.text("[data-counter='todo'] b") != before,
            "the counter at the other desk",
        )
        wait_for(
            lambda: winner.text(".o_salon_name") not in (None, client),
            "the next client",
        )
        attempts = self._query(
            """SELECT u.login FROM salon_call_attempt a JOIN res_users u
                   ON u.id = a.user_id WHERE a.token IS NOT NULL"""
        )
        self.assertEqual(attempts, [(winner.login,)])

    def _press_at_once(self, key, code):
        threads = [
            threading.Thread(target=person.press, args=(key, code))
            for person in self.people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _is_decided(self):
        cards = sum(person.count(".o_salon_card") for person in self.people)
        told = sum(person.count(".o_notification") for person in self.people)
        return cards and told
