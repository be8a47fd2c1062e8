"""The addon comes into a company that works with other apps, and nobody there notices.

Installed from the Apps list as its admin does it, while the server runs. Before and
after, everybody opens what is theirs, and all rows of all tables are compared.
"""

import difflib
import os
import unittest
from contextlib import contextmanager

import pytest

from dev.live_data import PEOPLE
from dev.long_run import amount

from ..live import FORM_OF, RECORDS, Company, Visitor
from ..live_tables import Tables
from ..people import Person, wait_for

# Fields that tell the time, or how long ago something was.
OF_THE_MOMENT = {
    *("expected_date", "next_departure", "time_since_last_action", "is_connected"),
}
# Lines of differences that are shown, and how much of each.
SHOWN, LONGEST = 60, 300
NAME = f"live_{os.getpid()}"
INSTALLED = "installed"
FORM = ".o_form_view .o_form_sheet, .o_form_view .o_form_nosheet"
# Who opens what at a real browser, those first who have most to do with us.
DESKS = (
    ("contact", "res.partner"),
    ("sales", "sale.order"),
    ("hr", "hr.employee"),
    ("leave", "hr.leave"),
    ("event", "event.event"),
    ("mailing", "mailing.mailing"),
    ("crm", "crm.lead"),
    ("project", "project.task"),
    ("purchase", "purchase.order"),
    ("stock", "stock.picking"),
    ("survey", "survey.survey"),
    ("invoice", "account.move"),
    ("abroad", "sale.order"),
)
# What people add to what they have.
EVENING = {"date_begin": "2026-03-05 17:00:00", "date_end": "2026-03-05 20:00:00"}
ADDED = (
    ("sales", "crm.lead", {"name": "Asked by telephone"}),
    ("hr", "hr.employee", {"name": "New hand"}),
    ("event", "event.event", {"name": "Evening", **EVENING}),
)
ENQUIRY = {
    "contact_name": "Visitor",
    "email_from": "visitor@example.com",
    "description": "Do you deliver?",
    "name": "Question",
}


def install_from_apps_list(company):
    """Install as an admin does who has copied the folder of the addon."""
    admin = Person(company.address, "admin")
    try:
        admin.go("/odoo/apps?debug=1", ".o_kanban_record")
        admin.click("[data-menu-xmlid='base.menu_view_base_module_update']")
        admin.click(".modal button[name='update_module']")
        wait_for(company.get_state, "the addon in the list")
        before = Tables(company.name)
        find_in_apps_list(admin, "salon")
        admin.run("window.isBeforeInstallation = true")
        admin.click(".o_kanban_record button[name='button_immediate_install']")
        wait_for(lambda: is_over(company, admin), "the end of the installation", 600)
        return before, Tables(company.name)
    finally:
        admin.leave()


def find_in_apps_list(admin, word):
    admin.go("/odoo/apps?debug=1", ".o_kanban_record")
    admin.type(".o_searchview_input", word)
    admin.see(".o_searchview_autocomplete .o-dropdown-item")
    admin.press("Enter", "Enter")
    cards = ".o_kanban_record:not(.o_kanban_ghost)"
    wait_for(lambda: admin.count(cards) == 1, "the addon alone")


def is_over(company, admin):
    """The web client has loaded itself anew, with what was installed."""
    if admin.count(".o_error_dialog"):
        raise AssertionError("\n".join(company.complaints()))
    is_new = not admin.run("window.isBeforeInstallation")
    return is_new and admin.count(".o_main_navbar") and company.get_state() == INSTALLED


@pytest.mark.live
class TestLive(unittest.TestCase):
    untouched = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = Company(NAME)
        cls.addClassCleanup(cls.company.close)
        cls.company.serve()
        cls.seen = cls.company.look()
        # What Odoo says without us is not ours.
        cls.known = set(cls.company.complaints())
        cls.before, cls.after = install_from_apps_list(cls.company)
        cls.seen_after = cls.company.look()

    def tearDown(self):
        """Whatever was done, the log says nothing that it didn't say before."""
        super().tearDown()
        told = set(self.company.complaints()) - self.known
        self.known.update(told)
        self.assertEqual(told, set())

    def test_what_is_compared(self):
        """Screens that fail anyway would prove nothing."""
        opened = [
            one
            for login in PEOPLE
            for screen in self.seen[login].values()
            for one in (screen, *screen.values(), *screen.get(RECORDS, {}).values())
        ]
        failed = [one for one in opened if isinstance(one, dict) and "error" in one]
        self.assertGreater(len(opened), 1000)
        self.assertLess(len(failed), len(opened) / 100)
        for table in ("res_partner", "sale_order", "hr_leave", "pos_order"):
            self.assertGreater(len(self.before.rows[table]), 0, table)

    def test_nothing_of_others_is_changed(self):
        self.assertEqual(list(self.before.get_changes(self.after)), [])

    def test_everybody_sees_what_they_saw(self):
        for login, before in self.seen.items():
            with self.subTest(login=login):
                found = differences(before, self.seen_after[login])
                lines = [line for lines in found.values() for line in lines]
                self.assertFalse(lines, "\n".join(lines[:SHOWN]))

    def test_screens(self):
        count = amount("people at a browser", 3, len(DESKS))
        for login, model in DESKS[:count]:
            with self.subTest(login=login):
                problems = self._open_form(self.company, login, model)
                if problems:
                    untouched = self._get_untouched()
                    known = self._open_form(untouched, login, model)
                    self.assertLessEqual(problems, known)
                    self.known.update(known)

    def _open_form(self, company, login, model):
        """Open a record at a browser; return what goes wrong and what the log says."""
        before = set(company.complaints())
        record_id = self._get_record(login, model, company)
        try:
            with self._enter(login, company) as person:
                person.go(f"/odoo/m-{model}/{record_id}", FORM)
            problems = set()
        except AssertionError as error:
            problems = {str(error)}
        return problems | set(company.complaints()) - before

    @classmethod
    def _get_untouched(cls):
        """The company without the addon, which has faults of its own."""
        if not cls.untouched:
            cls.untouched = Company(f"{NAME}_untouched")
            cls.addClassCleanup(cls.untouched.close)
            cls.untouched.serve()
        return cls.untouched

    def test_till(self):
        with self._enter("till") as person:
            till = self._get_record("till", "pos.config")
            person.go(f"/pos/ui/{till}", ".open-register-btn")
            person.click(".open-register-btn")
            person.see(".pos .product-list")

    @contextmanager
    def _enter(self, login, company=None):
        """Somebody at a browser, whose screens show no error."""
        person = Person((company or self.company).address, login)
        try:
            yield person
            self.assertEqual(person.count(".o_error_dialog"), 0)
            self.assertFalse(person.browser.had_failure)
        finally:
            person.leave()

    def _get_record(self, login, model, company=None):
        visitor = Visitor(company or self.company, login)
        found = visitor.call(model, "search", [], limit=1)
        return found[0]

    def test_people_go_on_working(self):
        for login, model, values in ADDED:
            with self.subTest(login=login):
                visitor = Visitor(self.company, login)
                asked = {"display_name": {}}
                saved = visitor.call(model, "web_save", [], values, specification=asked)
                self.assertEqual(saved[0]["display_name"], values["name"])

    def test_form_of_the_website(self):
        sent = Visitor(self.company).send("crm.lead", ENQUIRY)
        name = "SELECT contact_name FROM crm_lead WHERE id = %s"
        self.assertEqual(self.company.query(name, sent["id"]), [("Visitor",)])


def differences(before, after, path=""):
    """Where two answers of the server differ, as {path: lines that say how}."""
    if before == after or path.rpartition("/")[2] in OF_THE_MOMENT:
        return {}
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before if f"/{RECORDS}/" in path else {**before, **after}
        pairs = [
            (key, before.get(key), after.get(key))
            for key in keys
            # Of a record that came since, a visitor of the website for one.
            if key in before or not str(key).startswith(FORM_OF)
        ]
    elif is_list(before, after):
        pairs = zip(range(len(before)), before, after, strict=True)
    else:
        return {path: [path, *show(before, after)]}
    return {
        where: lines
        for key, one, other in pairs
        for where, lines in differences(one, other, f"{path}/{key}").items()
    }


def is_list(before, after):
    both = isinstance(before, list) and isinstance(after, list)
    return both and len(before) == len(after)


def show(before, after):
    """Lines that differ; a view is one line as it comes, so it is broken up."""
    pair = [str(text).replace("><", ">\n<").splitlines() for text in (before, after)]
    return [
        line[:LONGEST]
        for line in difflib.unified_diff(*pair, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
