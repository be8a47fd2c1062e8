import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from odoo.exceptions import AccessError
from odoo.modules.module import get_manifest
from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import convert_file

STATES = {
    *("scheduled", "due", "late", "lapsed"),
    *("booked", "paused", "stopped", "idle"),
}

COMPANY = "salon_reminders.res_company_rosewater_demo"
# On so many days of a year, spread over all seasons and hours, the salon is made.
YEAR = 366
DAYS = int(os.environ.get("SALON_DEMO_DAYS") or 12)


def get_moments(count):
    """Return moments spread over a year, each at another hour of the day."""
    first = datetime(2026, 3, 1)
    return [
        first + timedelta(days=number * YEAR // count, hours=number * 7 % 24)
        for number in range(count)
    ]


@tagged("post_install", "-at_install")
class TestSalonDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env.ref(COMPANY, raise_if_not_found=False):
            cls.skipTest(cls, "This database has the demo salon already.")

    def _load(self, client_count=None):
        """Load the demo files as an installation does."""
        for path in get_manifest("salon_reminders")["demo"]:
            if path != "demo/salon_demo.xml" or not client_count:
                self._load_file(path)
        self.company = self.env.ref(COMPANY)
        if client_count:
            self._make(client_count)

    def _make(self, client_count):
        self.env["ir.demo"]._make_salon(self.company.id, client_count=client_count)

    def _load_file(self, path):
        convert_file(self.env, "salon_reminders", path, {}, "init", noupdate=True)

    def _search(self, model, *domain):
        return self.env[model].search(
            [("company_id", "=", self.company.id), *domain], order="id"
        )

    def _check_salon(self):
        """Check what a salon of some size has to show."""
        self._check_book()
        self._check_calls()
        reminders = self._search("salon.reminder")
        self.assertEqual(set(reminders.mapped("state")), STATES)
        visits = self._search("salon.visit")
        self.assertEqual(
            set(visits.mapped("state")), {"booked", "done", "no_show", "cancelled"}
        )
        today = self.company._salon_today()
        todays = visits.filtered(lambda visit: visit.date == today)
        self.assertLessEqual({"booked", "done"}, set(todays.mapped("state")), today)
        span = today - min(visits.mapped("date"))
        self.assertAlmostEqual(span, timedelta(days=548), delta=timedelta(days=20))
        self.assertTrue(visits.line_ids.filtered(lambda line: line.quantity < 0))
        self.assertTrue(visits.filtered("is_purchase"))

    def _check_book(self):
        """Check what has to hold on any day and for any number of clients."""
        self.assertTrue(self._search("salon.visit", ("state", "=", "booked")))
        self._check_no_overlap()
        self._check_working_days()

    def _check_no_overlap(self):
        times = defaultdict(set)
        for visit in self._search("salon.visit", ("stylist_id", "!=", False)):
            times[visit.stylist_id].add((visit.start, visit.stop))
            for _line, stylist, *time in visit._get_schedule():
                if stylist != visit.stylist_id:
                    times[stylist].add(tuple(time))
        for stylist, own in times.items():
            for (_start, stop), (start, _stop) in pairwise(sorted(own)):
                self.assertLessEqual(stop, start, stylist.name)

    def _check_working_days(self):
        visits = self._search(
            "salon.visit", ("stylist_id", "!=", False), ("is_purchase", "=", False)
        )
        for stylist, own in visits.grouped("stylist_id").items():
            days = set(stylist.calendar_id.attendance_ids.mapped("dayofweek"))
            visited = {str(visit.date.weekday()) for visit in own}
            self.assertLessEqual(visited, days, stylist.name)

    def _check_calls(self):
        today = self.company._salon_today()
        calls = self._search("salon.call")
        todays = calls.filtered(lambda c: c.state == "open" and c.date <= today)
        birthdays = todays.filtered(lambda call: call.kind == "birthday")
        self.assertLessEqual(len(birthdays), 2)
        todays -= birthdays
        self.assertGreaterEqual(len(todays), 20)
        self.assertLessEqual(len(todays), 30)
        # By consent: the hour may be too early.
        self.assertEqual(set(todays._get_numbers()), set(todays))
        self.assertTrue(all(len(call.activity_ids) == 1 for call in todays))
        self.assertEqual(len(todays.user_id & self._get_receptionists()), 2)
        self.assertEqual(
            set(todays.mapped("kind")),
            {
                *("reminder", "course", "lapsed", "fixed", "departure"),
                *("missed", "cancelled"),
            },
        )
        outcomes = set(calls.attempt_ids.outcome_id.mapped("kind"))
        self.assertLessEqual(
            {"booked", "call_back", "no_answer", "declined", "do_not_call"}, outcomes
        )
        self.assertTrue(any(calls.attempt_ids.mapped("gift")))
        self.assertLess(max(calls.attempt_ids.mapped("date")).date(), today)

    def _get_receptionists(self):
        name = "salon_reminders.res_users_receptionist%s_demo"
        return self.env.ref(name % "") | self.env.ref(name % "2")

    @freeze_time("2026-03-08 15:00:00")
    def test_whole_salon_on_a_sunday_of_changing_clocks(self):
        mails = self.env["mail.mail"].search_count([])
        self._load()
        self._check_salon()
        counts = Counter(
            {
                "stylists": len(
                    self._search("resource.resource", ("is_stylist", "=", True))
                ),
                "zones": len(self._search("salon.zone")),
                "services": len(
                    self._search(
                        "product.template", ("salon_kind", "in", ("service", "fee"))
                    )
                ),
                "clients": len(self._get_clients()),
            }
        )
        self.assertEqual(
            counts, {"stylists": 6, "zones": 5, "services": 42, "clients": 300}
        )
        courses = self._search("salon.course")
        self.assertEqual(len(courses.product_id), 2)
        self.assertLessEqual({"active", "finished"}, set(courses.mapped("state")))
        self.assertFalse(any(courses.session_line_ids.mapped("amount")))
        holds = set(self._search("salon.reminder").mapped("hold"))
        self.assertLessEqual({"consent", "phone", "call", "quota"}, holds)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def _get_clients(self):
        return self.env["res.partner"].search([("is_salon_client", "=", True)])

    @freeze_time("2025-12-31 23:30:00")
    def test_small_salon_on_the_last_evening_of_a_year(self):
        self._load(client_count=150)
        self._check_salon()

    @freeze_time("2026-07-06 05:30:00")
    def test_small_salon_on_a_monday_before_opening(self):
        self._load(client_count=150)
        self._check_salon()

    @freeze_time("2026-07-06 05:30:00")
    def test_the_day_decides(self):
        with self.env.cr.savepoint() as savepoint:
            self._load(client_count=20)
            first = self._get_visits()
            savepoint.rollback()
        self.env.invalidate_all()
        self._load(client_count=20)
        self.assertEqual(self._get_visits(), first)

    def _get_visits(self):
        visits = self._search("salon.visit").sorted(lambda v: (v.start, v.amount_total))
        return [(v.start, v.amount_total, v.partner_id.name) for v in visits]

    @freeze_time("2026-07-06 05:30:00")
    def test_a_salon_with_visits_is_left_alone(self):
        self._load(client_count=20)
        before = self._get_visits()
        self._make(client_count=20)
        self.assertEqual(self._get_visits(), before)

    # ------------------------------------------------------------
    # ON EVERY DAY
    # ------------------------------------------------------------

    @freeze_time("2026-12-05 20:00:00")
    def test_services_of_two_stylists(self):
        """Who is booked for a part of a visit is asked for a free time, too."""
        self._load()
        self._check_book()
        self.assertTrue(self._search("salon.call", ("state", "=", "open")))

    def test_any_day_of_a_year(self):
        for moment in get_moments(DAYS):
            with self.subTest(moment=moment), freeze_time(moment):
                self._check_moment()

    def _check_moment(self):
        """Make a salon and forget it, in a transaction of its own.

        Salon after salon in one transaction would leave their rows in the tables, and
        each would take longer than the one before.
        """
        env = self.env
        try:
            with self.registry.cursor() as cr:
                self.env = env(cr=cr)
                self._load(client_count=60)
                self._check_book()
                cr.rollback()
        finally:
            self.env = env
            self.registry.clear_all_caches()

    # ------------------------------------------------------------
    # IN A DATABASE THAT LIVES
    # ------------------------------------------------------------

    @freeze_time("2026-07-06 05:30:00")
    def test_other_companies_stay_as_they_are(self):
        before = self._get_others()
        self._load(client_count=20)
        self.assertEqual(self._get_others(), before)
        self.assertIn(self.company, self.env.ref("base.user_admin").company_ids)

    def _get_others(self):
        """Return what other companies are like, and what they have."""
        companies = self.env["res.company"].search([]) - self.env["res.company"].search(
            [("name", "=", "Rosewater Salon")]
        )
        stored = [
            name
            for name, field in companies._fields.items()
            if field.store and field.type != "binary"
        ]
        models = ("resource.calendar", "resource.resource", "product.template")
        domain = [("company_id", "in", [*companies.ids, False])]
        return (
            companies.read(stored),
            companies.partner_id.read(["name", "street", "city", "phone", "email"]),
            {model: self.env[model].search(domain).ids for model in models},
        )

    @freeze_time("2026-07-06 05:30:00")
    def test_nobody_can_log_in(self):
        """The logins with simple passwords belong to ./salon run."""
        self._load(client_count=20)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT login, password FROM res_users WHERE company_id = %s",
            [self.company.id],
        )
        rows = self.env.cr.fetchall()
        self.assertEqual(len(rows), 4)
        for login, password in rows:
            self.assertFalse(password, login)
            # No login that somebody may have already.
            self.assertTrue(login.endswith("@rosewater.example.com"), login)

    def test_no_model_of_it_is_registered(self):
        found = [name for name in self.env.registry if name.startswith("salon.demo")]
        self.assertEqual(found, [])

    def test_its_door_is_closed_from_outside(self):
        with self.assertRaises(AccessError):
            get_public_method(self.env["ir.demo"], "_make_salon")
