"""Several people, each at a browser of her own, on a real server."""

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress

import psycopg2

import odoo
from odoo.tests.common import HOST, ChromeBrowser

from .databases import ROOT, Databases, Worker

PATIENCE = 120
CHUNK = 65536
NAVBAR = ".o_main_navbar"
# What a page shows, how far it is loaded, and the files of which nothing has come.
SHOWN = """[document.body.innerText, document.readyState,
    ...performance.getEntriesByType("resource")
        .filter((file) => !file.responseEnd).map((file) => file.name)].join("\\n")"""
# Seconds after which a person loads an empty page anew.
IMPATIENCE = 40


class Salon:
    """A copy of the demonstration, served as in a salon, and its people."""

    def __init__(self, name):
        self.name, self.people, self.lines = name, [], []
        self.databases = Databases()
        template = os.environ.get("SALON_TEMPLATE_DEMO")
        if template:
            self.databases.copy(template, name)
        else:
            self.databases.copy_installed(name)
        self.server = Server(self.databases, name)

    def enter(self, login, line=None):
        """Return a person who is logged in, over a line of her own if given."""
        port = line.port if line else self.server.port
        self.people.append(Person(f"http://{HOST}:{port}", login))
        return self.people[-1]

    def get_line(self):
        self.lines.append(Line(self.server.port))
        return self.lines[-1]

    def close(self):
        for person in self.people:
            person.leave()
        for line in self.lines:
            line.close()
        self.server.stop()
        self.databases.drop_all()

    def query(self, statement, *values):
        return query(self.name, statement, *values)


def query(database, statement, *values):
    """Return the rows of a statement, which is committed."""
    _name, info = odoo.sql_db.connection_info_for(database)
    connection = psycopg2.connect(**info)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Server:
    """Odoo serving one database."""

    def __init__(self, databases, database, level="error"):
        self.port = free_port()
        options = ["-c", databases.config, "-d", database, f"--log-level={level}"]
        options += [f"--http-port={self.port}", "--max-cron-threads=0"]
        options += [f"--db-filter=^{database}$", f"--http-interface={HOST}"]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "odoo", *options],
            cwd=ROOT,
            env=Worker._environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(self._answers, "the server")

    def _read(self):
        for line in self.child.stderr:
            self.log.append(line)
            sys.stderr.write(line)

    def _answers(self):
        address = f"http://{HOST}:{self.port}/web/health"
        try:
            return urllib.request.urlopen(address, timeout=5)
        except OSError:
            return False

    def stop(self):
        self.child.terminate()
        self.child.wait()

    def kill(self):
        """End it as a power cut does."""
        self.child.kill()
        self.child.wait()


class Line:
    """The line between a browser and the server; it can be cut in two ways.

    ``is_dead``: nothing gets through. ``is_deaf``: the server hears what is sent, and
    its answers are lost on the way back.
    """

    def __init__(self, port):
        self.server_port = port
        self.is_dead = self.is_deaf = False
        self.lost = 0
        self.pairs = []
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def kill(self):
        """Cut the line and everything that goes over it."""
        self.is_dead = True
        self._hang_up()

    def deafen(self):
        """Let the next answers be lost; the bus is cut first, it would hear them."""
        self.is_deaf = True

    def mend(self):
        self.is_dead = self.is_deaf = False

    def close(self):
        self.kill()
        self.socket.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _address = self.socket.accept()
                if self.is_dead:
                    client.close()
                    continue
                server = socket.create_connection((HOST, self.server_port))
                self.pairs.append((client, server))
                for one in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pump, args=one, daemon=True).start()

    def _pump(self, source, target, is_answer):
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if is_answer and self.is_deaf:
                    self.lost += 1
                    break
                target.sendall(data)
        for end in (source, target):
            self._end(end)

    def _hang_up(self):
        pairs, self.pairs = self.pairs, []
        for end in (end for pair in pairs for end in pair):
            self._end(end)

    @staticmethod
    def _end(end):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


class Person:
    """Somebody at a browser of her own."""

    # What Odoo's browser wants to know of a test case.
    _logger = logging.getLogger(__name__)
    browser_size = "1366x768"
    touch_enabled = False

    def __init__(self, address, login):
        self.address, self.login = address, login
        for is_last in (False, True):
            self.browser = ChromeBrowser(self)
            try:
                self._log_in(login)
                return
            except AssertionError as error:
                self.leave()
                if is_last:
                    raise
                # Seen once in hundreds: a browser that starts on a busy machine shows
                # an empty page and asks for nothing more. A server that does not
                # answer fails with the second one, too.
                self._logger.warning("Another browser is opened: %s", error)

    def _log_in(self, login):
        self.go("/web/login", ".oe_login_form")
        self.run(
            f"""document.querySelector('input[name=login]').value = '{login}';
                document.querySelector('input[name=password]').value = '{login}';
                document.querySelector('.oe_login_form').submit()"""
        )
        try:
            self.see(NAVBAR, IMPATIENCE)
        except AssertionError:
            # What came in the way of the first page is no matter of these tests.
            self.go("/odoo", NAVBAR)

    def fetch_proxy(self, url):
        """Nothing is fetched from elsewhere."""
        return {"responseCode": 404, "body": "", "responseHeaders": []}

    def go(self, path, selector):
        self.browser.navigate_to(self.address + path)
        self.see(selector)

    def open_desk(self):
        """Open the call desk with everybody's calls."""
        self.run("localStorage.setItem('salon_desk_scope', 'all')")
        self.go("/odoo/salon-desk", ".o_salon_selected")

    def run(self, code):
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "returnByValue": True, "awaitPromise": True},
            timeout=60,
        )
        return answer["result"].get("value")

    def count(self, selector):
        return self.run(f"document.querySelectorAll({selector!r}).length")

    def text(self, selector):
        return self.run(f"document.querySelector({selector!r})?.textContent.trim()")

    def see(self, selector, patience=PATIENCE):
        seen = f"{selector} ({self.login})"
        try:
            wait_for(lambda: self.count(selector), seen, patience)
        except AssertionError as error:
            raise AssertionError(
                f"{error} Instead there is:\n{self.run(SHOWN)}"
            ) from None

    def read(self, selector, word):
        """Wait until this is written there."""
        wait_for(
            lambda: word in (self.text(selector) or ""),
            f"{word!r} in {selector} ({self.login})",
        )

    def click(self, selector):
        self.see(selector)
        self.run(f"document.querySelector({selector!r}).click()")

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.browser._websocket_request(
                "Input.dispatchKeyEvent",
                params={"type": kind, "key": key, "code": code},
            )

    def type(self, selector, text):
        """Type into a field as a keyboard does."""
        self.see(selector)
        self.run(f"document.querySelector({selector!r}).focus()")
        self.browser._websocket_request("Input.insertText", params={"text": text})

    def leave(self):
        self.browser.stop()


def at_once(*actions):
    """Do these things in the same moment."""
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for(condition, what, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(f"Waited in vain for {what}.")


def free_port():
    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]
