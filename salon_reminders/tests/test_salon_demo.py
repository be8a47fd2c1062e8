from collections import Counter
from datetime import timedelta
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


@tagged("post_install", "-at_install")
class TestSalonDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        if cls.env["salon.visit"].search_count([("company_id", "=", cls.company.id)]):
            cls.skipTest(cls, "This database has the demo salon already.")

    def _load(self, client_count=None):
        """Load the demo files as an installation does; return its mails."""
        for path in get_manifest("salon_reminders")["demo"]:
            if path != "demo/salon_demo.xml" or not client_count:
                self._load_file(path)
        if client_count:
            self.env["salon.demo"]._generate(client_count=client_count)

    def _load_file(self, path):
        convert_file(self.env, "salon_reminders", path, {}, "init", noupdate=True)

    def _search(self, model, *domain):
        return self.env[model].search(
            [("company_id", "=", self.company.id), *domain], order="id"
        )

    def _check_salon(self):
        """Check what has to hold on any day and for any number of clients."""
        self._check_no_overlap()
        self._check_working_days()
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

    def _check_no_overlap(self):
        visits = self._search("salon.visit", ("stylist_id", "!=", False))
        for own in visits.grouped("stylist_id").values():
            own = own.sorted("start")
            for visit, following in pairwise(own):
                self.assertLessEqual(visit.stop, following.start)

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
        self.assertGreaterEqual(len(todays), 20)
        self.assertLessEqual(len(todays), 30)
        self.assertTrue(all(todays.mapped("phone")))
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
        self.env["salon.demo"]._generate(client_count=20)
        self.assertEqual(self._get_visits(), before)

    def test_nothing_can_be_called_from_outside(self):
        base = set(dir(type(self.env["base"])))
        for name in ("", ".client", ".visit", ".call"):
            model = self.env[f"salon.demo{name}"]
            for method in set(dir(type(model))) - base:
                if callable(getattr(model, method, None)):
                    with self.assertRaises(AccessError):
                        get_public_method(model, method)
