"""No rule hangs on a key of the context: it is the caller's to fill."""

import re
from contextlib import contextmanager
from pathlib import Path

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time

from ...tools.server_flags import SERVER_SAYS, is_flagged
from ..common import SalonCase

ADDON = Path(__file__).parents[2]
KEY = re.compile(r"""["'](salon_\w+)["']|(salon_\w+)=(?:True|SERVER_SAYS)\b""")
ASKED = re.compile(r"context\.get\(|is_flagged\(|depends_context\(|with_context\(")
# Odoo's own keys, with which its screens and imports are gentler.
ODOO_KEYS = ("install_mode", "import_file", "tracking_disable", "mail_notrack")
FORGED = (
    True,
    1,
    "server",
    "SAYS",
    "Server.SAYS",
    ["server"],
    {"value": "server"},
    -1,
    "x" * 100,
)


@freeze_time("2026-03-10 09:00:00")
class TestContextKeys(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls.taken = cls._create_visit(
            cls.anna, "2026-03-12", state="booked", is_overlap=False
        )
        cls._create_visit(cls.bea, "2026-01-20")
        cls.call = cls.env["salon.call"].create(
            {
                "partner_id": cls.bea.id,
                "user_id": cls.receptionist.id,
                "reminder_ids": cls.bea.salon_reminder_ids.ids,
            }
        )
        cls.env.flush_all()

    @classmethod
    def _get_keys(cls):
        """Return all our keys that the code of the addon reads or sets."""
        keys = set()
        for path in ADDON.rglob("*.py"):
            if "tests" in path.parts:
                continue
            code = path.read_text(encoding="utf-8")
            for found in ASKED.finditer(code):
                piece = code[found.start() : found.start() + 160]
                keys.update(one or two for one, two in KEY.findall(piece))
        return sorted(keys)

    @contextmanager
    def _undone(self):
        """Take back all that happens inside."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def _do(self, context, model, method, *args):
        """Do what a browser of the desk asks for; return how it ended."""
        records = self.env[model].with_user(self.receptionist)
        context = {"allowed_company_ids": self.company.ids, **context}
        try:
            call_kw(records, method, list(args), {"context": context})
            self.env.flush_all()
        except UserError as error:
            return type(error).__name__
        return "done"

    # ------------------------------------------------------------
    # WHAT THE DESK DOES
    # ------------------------------------------------------------

    def _try_taken_time(self, context):
        vals = {
            "partner_id": self.bea.id,
            "stylist_id": self.stylist.id,
            "start": self.taken.start,
            "state": "booked",
            "line_ids": [(0, 0, {"product_id": self.roots_service.id})],
        }
        return self._do(context, "salon.visit", "create", [vals])

    def _try_visit(self, context):
        """A visit renews the reminder and takes the call off the list."""
        vals = {
            "partner_id": self.bea.id,
            "start": "2026-03-10 06:00:00",
            "state": "done",
            "line_ids": [(0, 0, {"product_id": self.roots_service.id})],
        }
        end = self._do(context, "salon.visit", "create", [vals])
        self.env.invalidate_all()
        dates = self.bea.salon_reminder_ids.mapped("last_date")
        return end, [str(date) for date in dates], self.call.state

    def _try_cancel(self, context):
        end = self._do(
            context, "salon.visit", "write", self.taken.ids, {"state": "cancelled"}
        )
        self.env.invalidate_all()
        busy = self.env["salon.visit.busy"].search_count(
            [("visit_id", "=", self.taken.id)]
        )
        return end, bool(self.taken.missed_at), busy

    def _try_line(self, context):
        line = self.taken.line_ids
        end = self._do(context, "salon.visit.line", "write", line.ids, {"minutes": 180})
        self.env.invalidate_all()
        busy = self.env["salon.visit.busy"].search([("visit_id", "=", self.taken.id)])
        return end, [str(time) for time in busy.mapped("stop")]

    def _try_activity(self, context):
        end = self._do(context, "mail.activity", "unlink", self.call.activity_ids.ids)
        self.env.invalidate_all()
        return end, self.call.state

    def _try_move(self, context):
        """A call that is moved takes its activity along."""
        end = self._do(
            context, "salon.call", "write", self.call.ids, {"date": "2026-03-20"}
        )
        self.env.invalidate_all()
        return end, str(self.call.activity_ids.date_deadline), self.call.state

    def _try_withdraw(self, context):
        end = self._do(
            context, "res.partner", "action_salon_consent_withdraw", self.bea.ids
        )
        self.env.invalidate_all()
        blocked = self.env["phone.blacklist"].search_count(
            [("number", "=", self.bea.phone_sanitized)]
        )
        return end, self.call.state, blocked

    def _try_consent(self, context):
        vals = {"partner_id": self.anna.id, "date": "2020-01-01 10:00:00"}
        end = self._do(context, "salon.consent", "create", [vals])
        return end, str(self.anna.salon_consent_ids[:1].date)

    def _try_method(self, context):
        vals = {"partner_id": self.anna.id, "method": "import"}
        return self._do(context, "salon.consent", "create", [vals])

    def _get_outcomes(self, context):
        """Return how everything ends that the desk does, with this in the context."""
        outcomes = {}
        for name in dir(self):
            if name.startswith("_try_"):
                with self._undone():
                    outcomes[name] = getattr(self, name)(context)
        return outcomes

    # ------------------------------------------------------------
    # TESTS
    # ------------------------------------------------------------

    def test_what_the_rules_do(self):
        """Each attempt below would end otherwise without its rule."""
        outcomes = self._get_outcomes({})
        self.assertEqual(outcomes["_try_taken_time"], "UserError")
        end, dates, state = outcomes["_try_visit"]
        self.assertEqual((end, dates), ("done", ["2026-03-10"]))
        self.assertNotEqual(state, "open")
        self.assertEqual(outcomes["_try_cancel"], ("done", True, 0))
        self.assertEqual(outcomes["_try_activity"], ("done", "cancelled"))
        self.assertEqual(outcomes["_try_withdraw"], ("done", "cancelled", 1))
        self.assertEqual(outcomes["_try_consent"], ("done", "2026-03-10 09:00:00"))
        self.assertEqual(outcomes["_try_method"], "UserError")

    def test_no_key_changes_what_happens(self):
        keys = self._get_keys()
        for known in ("salon_taken_over", "salon_visit_batch", "salon_from_consent"):
            self.assertIn(known, keys)
        expected = self._get_outcomes({})
        for value in FORGED:
            # All at once; which of them it was is only asked when something differs.
            everything = dict.fromkeys((*keys, *ODOO_KEYS), value)
            if self._get_outcomes(everything) == expected:
                continue
            for key in (*keys, *ODOO_KEYS):
                with self.subTest(key=key, value=value):
                    self.assertEqual(self._get_outcomes({key: value}), expected)
            self.fail(f"Together the keys change what happens: {value}")

    def test_only_the_server_sets_a_flag(self):
        for value in FORGED:
            env = self.env(context={"salon_visit_batch": value})
            self.assertFalse(is_flagged(env, "salon_visit_batch"), value)
        env = self.env(context={"salon_visit_batch": SERVER_SAYS})
        self.assertTrue(is_flagged(env, "salon_visit_batch"))
        self.assertFalse(is_flagged(env, "salon_taken_over"))

    def test_reports_take_any_period(self):
        for model in ("salon.stylist.report", "salon.source.report"):
            for value in (*FORGED, 0, 10**12, None, 2.5):
                with self.subTest(model=model, value=value):
                    context = {"salon_months": value}
                    reports = self.env[model].with_context(**context)
                    reports.with_user(self.manager).search([])
