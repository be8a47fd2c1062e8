"""A company that works with other apps, on a real server, and what people open there.

Kept apart from the tests: they only say what must be the same before and after.
"""

import os
import re
import subprocess
from datetime import datetime, timedelta

import requests
from lxml import etree, html

from odoo.tools.safe_eval import safe_eval

from dev import process, setup
from dev.databases import complaints
from dev.live_data import PEOPLE, PORTAL
from dev.long_run import amount, is_long
from dev.project import ADDON

from .people import Server, query

ONLY_ADDON = (ADDON, "--stop-after-init", "--no-http")
STATE = "SELECT state FROM ir_module_module WHERE name = %s"
PATIENCE = 600
# Time, process and database at the head of a line of the log.
TIME_AND_PLACE = re.compile(r"^\S+ \S+ \d+ ([A-Z]+) \S+ ")
# Records of a list may be more than before, not others.
RECORDS, LIMIT = "records", 1000
FORM_OF = "form of "
X2MANY = ("one2many", "many2many")
SUBVIEWS = ("list", "kanban", "form")
# Has no app; and the menus that everybody opens nevertheless.
PLAIN, CONTACTS = "contact", "contacts."
PAGES = {
    None: ("/", "/contactus", "/shop", "/about-us"),
    PORTAL: ("/my", "/my/account", "/my/orders", "/my/invoices"),
}


class Company:
    """A copy of the company that lives, with its files, served if asked for."""

    def __init__(self, name):
        self.name, self.servers, self.told = name, [], []
        self.shop = setup.running_workshop("test")
        self.config = str(self.shop.config(name))
        self.shop.copy(os.environ["SALON_TEMPLATE_LIVE"], name)

    def serve(self, level="warn"):
        """Start a server and return it; with two, each has its own processes."""
        self.servers.append(Server(self, self.name, level))
        return self.servers[-1]

    @property
    def address(self):
        return get_address(self.servers[0])

    def rest(self):
        """Stop serving; keep what the log told."""
        for server in self.servers:
            server.stop()
            self.told += server.log
        self.servers = []

    def close(self):
        self.rest()
        self.shop.drop(self.name)
        self.shop.config(self.name).unlink()

    def query(self, statement, *values):
        return query(self.name, statement, *values)

    def look(self):
        """What everybody sees on their screens.

        What all have is seen once, by the one who has nothing else.
        """
        seen, passed = {login: Visitor(self, login).browse() for login in PAGES}, set()
        for login in PEOPLE:
            seen[login] = Visitor(self, login).look(passed)
            if login == PLAIN and not is_long():
                passed = {menu for menu in seen[login] if CONTACTS not in menu}
        return seen

    def complaints(self):
        """Warnings and errors in the log since the start, without when and where."""
        lines = [*self.told, *(line for one in self.servers for line in one.log)]
        found = complaints([line.rstrip("\n") for line in lines])
        return [TIME_AND_PLACE.sub(r"\1 ", text) for text in found]

    def run(self, option):
        """Run Odoo with -i or -u of the addon; return what it complained of."""
        title, options = f"Odoo {option} {ADDON}", [option, *ONLY_ADDON]
        lines = self.shop.odoo(self.name, *options, title=title, log="live")
        return complaints(lines)

    def follow(self, option):
        """Yield the lines of its log; whoever stops listening kills it."""
        child = process.start(
            self.shop.command(self.name, option, *ONLY_ADDON),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.shop.environment(),
            text=True,
        )
        try:
            yield from child.stdout
        finally:
            child.kill()
            child.wait()

    def list_addon(self, server):
        """Find the folder of the addon, as *Update Apps List* does."""
        Visitor(self, "admin", server).call("ir.module.module", "update_list")

    def get_state(self):
        """Of the addon: `None` where nobody has heard of it."""
        rows = self.query(STATE, ADDON)
        return rows[0][0] if rows else None


class Visitor:
    """Somebody who uses the web client, without the browser around it."""

    def __init__(self, company, login=None, server=None):
        self.company, self.login = company, login
        self.address = get_address(server) if server else company.address
        self.session = requests.Session()
        if login:
            asked = {"db": company.name, "login": login, "password": login}
            self.info = self.ask("/web/session/authenticate", **asked)
            self.uid = self.info["uid"]

    def ask(self, path, **params):
        """Ask as the web client does; whatever fails is an `AssertionError`."""
        answer = self.session.post(
            self.address + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=PATIENCE,
        ).json()
        if "error" in answer:
            told = answer["error"]["data"]
            raise AssertionError(f"{self.login} {path}: {told['message']}")
        return answer["result"]

    def call(self, model, method, *args, **kwargs):
        companies = self.info["user_companies"]["allowed_companies"]
        context = {
            **self.info["user_context"],
            "allowed_company_ids": [int(number) for number in companies],
            **kwargs.pop("context", {}),
        }
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs={**kwargs, "context": context},
        )

    def press(self, button):
        """Press a button of the addon in the Apps list."""
        found = self.call("ir.module.module", "search", [("name", "=", ADDON)])
        return self.call("ir.module.module", button, found)

    def get(self, path):
        """The text of a page of the website or of the portal."""
        answer = self.session.get(self.address + path, timeout=PATIENCE)
        if answer.status_code != 200:
            raise AssertionError(f"{self.login} {path}: {answer.status_code}")
        page = html.fromstring(answer.content)
        etree.strip_elements(page, "script", "style", with_tail=False)
        return page.xpath("//body")[0].text_content().split()

    def send(self, model, values):
        """Send a form of the website."""
        address = f"{self.address}/website/form/{model}"
        return self.session.post(address, data=values, timeout=PATIENCE).json()

    def browse(self):
        """What the pages say that this person visits."""
        return {path: self.get(path) for path in PAGES[self.login]}

    # ---- what is behind the menus ----

    def look(self, passed=()):
        """All that the menus open, as {menu: {part: what is seen, or the error}}."""
        return {
            menu: attempt(lambda action=action: self._open(action))
            for menu, action in self._get_menus()
            if menu not in passed
        }

    def _get_menus(self):
        menus = self.session.get(
            f"{self.address}/web/webclient/load_menus", timeout=PATIENCE
        ).json()
        for menu in menus.values():
            if menu["actionID"]:
                yield f"{menu['xmlid']} {menu['name']}", menu["actionID"]

    def _open(self, action_id):
        action = self.ask("/web/action/load", action_id=action_id)
        if action["type"] == "ir.actions.server":
            action = self.ask("/web/action/run", action_id=action_id) or action
        if action["type"] != "ir.actions.act_window":
            return {"type": action["type"]}
        return self._open_window(action)

    def _open_window(self, action):
        got = self._get_views(action)
        views = {kind: simplify(view["arch"]) for kind, view in got["views"].items()}
        seen = {"views": views, RECORDS: {}}
        for kind in [kind for kind in ("list", "kanban") if kind in views]:
            found = attempt(lambda kind=kind: self._search(action, got, kind))
            seen[RECORDS][kind] = found
        for number in self._get_first(seen[RECORDS]) if "form" in views else []:
            form = attempt(lambda number=number: self._read(action, got, number))
            seen[f"{FORM_OF}{number}"] = form
        return seen

    def _get_views(self, action):
        search = (action.get("search_view_id") or [False])[0]
        views = [[number, kind] for number, kind in action["views"]]
        options = {"action_id": action.get("id"), "load_filters": True, "toolbar": True}
        return self.call(
            action["res_model"],
            "get_views",
            [*views, [search, "search"]],
            options=options,
            context=self._evaluate(action.get("context"), {}),
        )

    @staticmethod
    def _get_first(records):
        """Ids of the records that somebody opens from a list: the oldest."""
        found = records.get("list", records.get("kanban", {}))
        count = amount("records opened from each list", 1, 5)
        return sorted(found)[:count] if "error" not in found else []

    def _search(self, action, got, kind):
        found = self.call(
            action["res_model"],
            "web_search_read",
            domain=self._evaluate(action.get("domain"), []),
            specification=specification_of(got, action["res_model"], kind),
            limit=LIMIT,
        )
        return {record["id"]: record for record in found["records"]}

    def _read(self, action, got, number):
        model = action["res_model"]
        asked = specification_of(got, model, "form")
        return self.call(model, "web_read", [number], specification=asked)

    def _evaluate(self, text, otherwise):
        """Domain or context of an action; those for a record that is open stay out."""
        if not isinstance(text, str):
            return text or otherwise
        try:
            return safe_eval(text or str(otherwise), {"uid": self.uid, **NAMES})
        except ValueError:
            return otherwise


NAMES = {
    "allowed_company_ids": [1],
    "context": {},
    "context_today": lambda: datetime.today().date(),
    "timedelta": timedelta,
}


def simplify(arch):
    """A view without the layout of its text and notes for developers."""
    view = etree.fromstring(arch, etree.XMLParser(remove_blank_text=True))
    etree.strip_attributes(view, "data-used-by")
    return etree.tostring(view, encoding="unicode")


def get_address(server):
    return f"http://127.0.0.1:{server.port}"


def attempt(look):
    """What is seen, or what went wrong: both must be as before."""
    try:
        return look()
    except AssertionError as error:
        return {"error": str(error)}


# ---- what a view asks for --------------------------------------------------------


def specification_of(got, model, kind):
    arch = etree.fromstring(got["views"][kind]["arch"])
    return specification(arch, model, got["models"])


def specification(view, model, models):
    """Fields that the web client reads for this view, with those of its subviews."""
    fields = models[model]["fields"]
    found = {}
    for node in field_nodes(view):
        if node.get("name") in fields:
            asked = asked_of(node, fields[node.get("name")], models)
            merge(found.setdefault(node.get("name"), {}), asked)
    return found


def field_nodes(view):
    """Fields of this view, without those of its subviews."""
    for node in view:
        if node.tag == "field":
            yield node
        elif node.tag != "groupby":
            yield from field_nodes(node)


def asked_of(node, field, models):
    if field["type"] not in ("many2one", "reference", *X2MANY):
        return {}
    asked = {"fields": {"display_name": {}}}
    for view in node:
        if field["type"] in X2MANY and view.tag in SUBVIEWS:
            asked["fields"].update(specification(view, field["relation"], models))
    return asked


def merge(asked, more):
    for key, value in more.items():
        asked.setdefault(key, {}).update(value)
