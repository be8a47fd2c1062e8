import re
from collections import Counter
from pathlib import Path

from lxml import etree

from odoo.tests import TransactionCase, tagged

from ...models.visit.salon_visit import (
    HERE_STATES,
    KEPT_STATES,
    MISSED_STATES,
    OPEN_STATES,
)

ADDON = Path(__file__).parents[2]
OWN = "models/visit/salon_visit.py"
STATES = {*KEPT_STATES, *MISSED_STATES}
LITERAL = re.compile(rf"""['"]({"|".join(STATES)})['"]""")

# {file: {word: how often}}: where such a word is no set of visits' states. This list
# may only shrink. Other models have states and kinds by the same names.
OTHER_WORDS = {
    # Calls, what came of them, and reminders
    "models/call/res_partner.py": {"booked": 1},
    "models/call/salon_call.py": {"done": 2, "cancelled": 4},
    "models/filling/salon_call.py": {"cancelled": 2},
    "models/call/salon_call_closing.py": {"done": 1, "cancelled": 1},
    "models/call/salon_call_desk.py": {"done": 4, "booked": 4, "confirmed": 2},
    "models/call/salon_call_logging.py": {"booked": 1},
    "models/call/salon_call_outcome.py": {"booked": 1},
    "models/call/salon_call_script.py": {"cancelled": 2},
    "models/winback/salon_departure.py": {"cancelled": 1},
    "models/winback/salon_leaving_fix.py": {"booked": 3},
    "models/winback/salon_leaving_reason.py": {"booked": 1},
    "models/privacy/salon_privacy.py": {"cancelled": 1},
    "models/reminder/salon_reminder.py": {"booked": 2},
    "models/reminder/salon_reminder_engine.py": {"booked": 2},
    "report/call/salon_call_report.py": {"booked": 3},
    "report/reminder/salon_reminder_report.py": {"booked": 3},
    "wizards/call/base_partner_merge.py": {"cancelled": 1},
    "wizards/call/salon_call_log.py": {"booked": 2},
    # Courses
    "models/reminder/salon_course.py": {"cancelled": 2},
    "models/reminder/course_engine.py": {"cancelled": 2},
    # Figures and kinds of events by these names
    "models/insight/salon_client_event.py": {"booked": 2, "no_show": 2, "cancelled": 2},
    "models/insight/salon_load.py": {"booked": 3, "done": 3},
    "models/promotion/salon_promotion_hour.py": {"booked": 3, "done": 3},
    "models/start/salon_start_page.py": {"booked": 1, "done": 1},
    "report/start/month_figures.py": {"no_show": 1, "cancelled": 1},
    "report/start/salon_month_report.py": {"no_show": 1, "cancelled": 1},
    "tools/start_tiles.py": {"booked": 1},
    # Imports: their own state, and what a row of an export becomes
    "models/importing/salon_import.py": {"done": 16, "cancelled": 3},
    "models/importing/import_catalogue.py": {"done": 1},
    "models/importing/import_client_writer.py": {"done": 1},
    "models/importing/import_closer.py": {"done": 3},
    "models/importing/import_guess.py": {"done": 1},
    "models/importing/salon_import_category.py": {"done": 1},
    "models/importing/salon_import_row.py": {"done": 5},
    "models/importing/import_stager.py": {"done": 1},
    "models/importing/import_visit_writer.py": {"booked": 1},
    "models/importing/import_writer.py": {"booked": 2, "done": 4, "cancelled": 1},
    "models/importing/salon_import_status.py": {"done": 1},
    "tools/import_fields.py": {"done": 1},
    "tools/import_plan.py": {
        "done": 9,
        "booked": 2,
        "cancelled": 3,
        "no_show": 2,
    },
    "tools/read_rows.py": {"done": 1},
    # Missed is told from cancelled
    "models/visit/res_partner.py": {"no_show": 2, "cancelled": 1},
    "models/book/salon_day_board.py": {"no_show": 1},
    "models/winback/salon_call_planner.py": {"no_show": 1, "cancelled": 1},
    "models/filling/salon_gap_finder.py": {"cancelled": 1},
    "models/book/salon_visit.py": {"cancelled": 2},
    "report/visit/salon_booking_report.py": {"done": 1, "no_show": 3, "cancelled": 3},
}
# Buttons and filters of one step from state to state name the state they are about.
STEPS = ("button", "filter")


@tagged("post_install", "-at_install")
class TestVisitStates(TransactionCase):
    """Which visits are open, made or missed is said once, and everybody asks there."""

    def test_sets_are_the_states(self):
        states = dict(self.env["salon.visit"]._fields["state"].selection)
        self.assertEqual(STATES, set(states))
        self.assertFalse(set(KEPT_STATES) & set(MISSED_STATES))
        self.assertEqual(set(HERE_STATES) & set(OPEN_STATES), {"arrived"})

    def test_no_other_file_names_states(self):
        found = {}
        for path in sorted(ADDON.rglob("*.py")):
            name = path.relative_to(ADDON).as_posix()
            # The demonstration salon plays visits from state to state.
            is_played = name.startswith(("tests/", "migrations/", "demo/"))
            words = Counter(LITERAL.findall(path.read_text(encoding="utf-8")))
            if words and not is_played and name != OWN:
                found[name] = dict(words)
        self.maxDiff = None
        self.assertEqual(found, OTHER_WORDS)

    def test_screens_show_open_visits_alike(self):
        """What a view shows of one open state, steps aside, it shows of all."""
        for view in self.env["ir.ui.view"].search([("model", "=", "salon.visit")]):
            for node in etree.fromstring(view.arch).iter(etree.Element):
                if node.tag in STEPS:
                    continue
                for name in ("invisible", "readonly", "required", "column_invisible"):
                    words = set(LITERAL.findall(node.get(name, "")))
                    opened = words & set(OPEN_STATES)
                    self.assertIn(opened, (set(), set(OPEN_STATES)), node.get(name))
