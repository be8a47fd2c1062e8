import ast
import re
from collections import defaultdict
from pathlib import Path

from odoo.tests import BaseCase, tagged

MODELS = Path(__file__).parents[2] / "models"
# From the ground up: a room knows only those before it. See docs/developer.md.
ROOMS = (
    "salon",
    "catalogue",
    "client",
    "visit",
    "book",
    "consent",
    "reminder",
    "call",
    "insight",
    "filling",
    "winback",
    "privacy",
    "promotion",
    "importing",
    "start",
)
# {file: models of higher rooms that it names}. This list may only shrink: what must go
# the other way is a hook that the higher room fills.
UPWARDS = {
    "book/salon_day_board.py": (
        "salon.call",
        "salon.gap.finder",
        "salon.slot.hold",
    ),
    "book/salon_slot_finder.py": (
        "salon.departure",
        "salon.slot.hold",
    ),
    "book/salon_visit_busy.py": (
        "salon.departure",
        "salon.import",
    ),
    "book/salon_visit_hours.py": ("salon.departure",),
    "book/salon_visit_missed.py": ("salon.import",),
    "catalogue/product_template.py": (
        "salon.course",
        "salon.reminder.engine",
        "salon.visit.line",
    ),
    "catalogue/salon_cycle.py": (
        "salon.call.script",
        "salon.reminder",
        "salon.reminder.engine",
    ),
    "client/res_partner_taking_over.py": ("salon.privacy",),
    "client/salon_client_photo.py": ("salon.visit",),
    "consent/salon_consent.py": ("salon.call",),
    "consent/salon_consent_blacklist.py": ("salon.reminder.engine",),
    "consent/salon_consent_state.py": ("salon.reminder.engine",),
    "privacy/salon_privacy_erasure.py": ("salon.import.row",),
    "reminder/salon_cycle_norm.py": ("salon.call",),
    "reminder/salon_reminder.py": ("salon.call",),
    "salon/res_company.py": (
        "salon.call",
        "salon.consent.wording",
        "salon.reminder",
        "salon.reminder.engine",
        "salon.visit",
    ),
    "salon/salon_zone.py": ("salon.cycle",),
    "visit/salon_visit.py": (
        "salon.call",
        "salon.reminder.engine",
    ),
    "visit/salon_visit_line.py": (
        "salon.course",
        "salon.stylist.duration",
    ),
}


@tagged("post_install", "-at_install")
class TestRooms(BaseCase):
    """Whoever comes in finds their room, and what it knows."""

    maxDiff = None

    def _read(self):
        """Yield (room, name of the file, its tree) of every file in a room."""
        for path in sorted(MODELS.glob("*/*.py")):
            yield (
                path.parent.name,
                path.relative_to(MODELS).as_posix(),
                ast.parse(path.read_text("utf-8")),
            )

    def _get_homes(self):
        """Return {model: the room that makes it}."""
        homes = {}
        for room, _name, tree in self._read():
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and is_named(node, "_name"):
                    homes[ast.literal_eval(node.value)] = room
        return homes

    def test_every_file_is_in_a_room(self):
        folders = {path.name for path in MODELS.iterdir() if path.is_dir()}
        self.assertEqual(folders - {"__pycache__"}, set(ROOMS))
        files = {path.name for path in MODELS.glob("*.py")}
        self.assertEqual(files, {"__init__.py"})

    def test_rooms_know_only_those_below(self):
        homes = self._get_homes()
        tables = {name.replace(".", "_"): name for name in homes}
        found = defaultdict(set)
        for room, name, tree in self._read():
            for model in named_models(tree, homes, tables):
                if ROOMS.index(homes[model]) > ROOMS.index(room):
                    found[name].add(model)
        self.assertEqual(dict(found), {k: set(v) for k, v in UPWARDS.items()})

    def test_imports_go_down(self):
        for room, name, tree in self._read():
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.level == 2:
                    other = (node.module or node.names[0].name).partition(".")[0]
                    self.assertLessEqual(ROOMS.index(other), ROOMS.index(room), name)


def is_named(node, name):
    return any(isinstance(t, ast.Name) and t.id == name for t in node.targets)


def named_models(tree, homes, tables):
    """Return the models whose name, or whose table, stands in a text of the code."""
    found = set()
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in docs:
                continue
            words = set(re.findall(r"[a-z_.]+", node.value))
            found |= {word for word in words if word in homes}
            found |= {tables[word] for word in words if word in tables}
    return found
