import ast
import re
from collections import defaultdict
from pathlib import Path

from lxml import etree

from odoo.models import BaseModel
from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parents[2]
MODELS = ADDON / "models"
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
# What looks at every room and belongs to none.
ABOVE = "demo"
ORDER = (*ROOMS, ABOVE)
# One readable file per model; the call, which everything turns on, has parts.
MOST_FILES = {("call", "salon.call"): 4}
MOST_MODEL_FILES = 145
# Texts of these say which model, or which record, is meant.
XML_MODEL_FIELDS = ("model", "res_model", "relation")
XML_REFERENCES = ("ref", "action", "parent", "inherit_id", "t-call")


@tagged("post_install", "-at_install")
class TestRooms(BaseCase):
    """Whoever comes in finds their room, and what it knows.

    A room knows only those below. What must go the other way is a hook: named, empty
    and documented in the lower room, filled by the higher one.
    """

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = {
            path.relative_to(ADDON).as_posix(): ast.parse(path.read_text("utf-8"))
            for folder in ("models", "wizards", "report")
            for path in sorted((ADDON / folder).glob("*/*.py"))
        }
        cls.views = {
            path.relative_to(ADDON).as_posix(): etree.parse(path).getroot()
            for folder in ("views", "wizards", "report", "data")
            for path in sorted((ADDON / folder).rglob("*.xml"))
        }
        cls.classes = [
            (name, node)
            for name, tree in cls.code.items()
            for node in tree.body
            if isinstance(node, ast.ClassDef) and is_model(node)
        ]
        cls.homes = {
            get_model(node): get_room(name)
            for name, node in cls.classes
            if get_value(node, "_name") and not is_extension(node)
        }

        # {model: files of the addon that name it}
        cls.users = defaultdict(set)
        for path in sorted(ADDON.rglob("*.py")):
            name = path.relative_to(ADDON).as_posix()
            if not name.startswith(("tests/", "migrations/")):
                tree = cls.code.get(name) or ast.parse(path.read_text("utf-8"))
                for model in named_models(tree, cls.homes, {}):
                    cls.users[model].add(name)

    # ------------------------------------------------------------
    # DIRECTION
    # ------------------------------------------------------------

    def _find_upwards(self, *folders):
        """Return {file: names of models of higher rooms} in the code of folders."""
        tables = {name.replace(".", "_"): name for name in self.homes}
        found = defaultdict(set)
        for name, tree in self.code.items():
            if name.startswith(folders):
                for model in named_models(tree, self.homes, tables):
                    if self._is_above(self.homes[model], get_room(name)):
                        found[name].add(model)
        return dict(found)

    def _is_above(self, room, other):
        return ORDER.index(room) > ORDER.index(other)

    def test_every_file_is_in_a_room(self):
        folders = {path.name for path in MODELS.iterdir() if path.is_dir()}
        self.assertEqual(folders - {"__pycache__"}, set(ROOMS))
        files = {path.name for path in MODELS.glob("*.py")}
        self.assertEqual(files, {"__init__.py"})
        for name in self.code:
            self.assertIn(get_room(name), ORDER, name)

    def test_rooms_know_only_those_below(self):
        self.assertEqual(self._find_upwards("models/"), {})

    def test_rooms_use_only_members_of_those_below(self):
        """What a lower room calls, it has itself: as an empty hook, if need be."""
        makers = self._get_makers()
        found = defaultdict(set)
        for name, tree in self._get_models_code():
            for node in ast.walk(tree):
                rooms = isinstance(node, ast.Attribute) and makers.get(node.attr)
                if rooms and all(self._is_above(r, get_room(name)) for r in rooms):
                    found[name].add(node.attr)
        self.assertEqual(dict(found), {})

    def _get_models_code(self):
        return [(n, tree) for n, tree in self.code.items() if n.startswith("models/")]

    def _get_makers(self):
        """Return {method or field: rooms that make it}, of names of our own."""
        makers = defaultdict(set)
        for name, tree in self._get_models_code():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and is_private(node.name):
                    makers[node.name].add(get_room(name))
                elif isinstance(node, ast.Assign) and is_field(node):
                    makers[node.targets[0].id].add(get_room(name))
        return {name: rooms for name, rooms in makers.items() if is_own(name)}

    def test_wizards_and_reports_know_only_rooms_below(self):
        self.assertEqual(self._find_upwards("wizards/", "report/"), {})

    def test_views_and_data_know_only_rooms_below(self):
        records = {}
        for name, root in self.views.items():
            for node in root.iter("record", "template", "menuitem", "report"):
                records[node.get("id")] = self._get_xml_room(name, root)
        for model, room in self.homes.items():
            records[f"model_{model.replace('.', '_')}"] = room
        found = defaultdict(set)
        for name, root in self.views.items():
            own = self._get_xml_room(name, root)
            for word in named_in_xml(root):
                room = records.get(word) or self.homes.get(word)
                if room and self._is_above(room, own):
                    found[name].add(word)
        self.assertEqual(dict(found), {})

    def _get_xml_room(self, name, root):
        """Return the room of a file: its folder, or that of the model of its data."""
        if len(Path(name).parts) > 2:
            return get_room(name)
        models = {node.get("model") for node in root.iter("record")}
        rooms = {self.homes.get(model, ABOVE) for model in models}
        # Menus and jobs look at every room.
        return max(rooms, key=ORDER.index) if rooms else ABOVE

    def test_imports_go_down(self):
        found = set()
        for name, tree in self.code.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.level > 1:
                    path = (node.module or node.names[0].name).split(".")
                    rooms = [part for part in path if part in ORDER]
                    if any(self._is_above(room, get_room(name)) for room in rooms):
                        found.add(name)
        self.assertEqual(found, set())

    # ------------------------------------------------------------
    # ONE MODEL, ONE FILE
    # ------------------------------------------------------------

    def test_a_model_has_one_file_in_a_room(self):
        """Its parts count too: abstract models that no other model has, nor asks."""
        files = defaultdict(set)
        for name, node in self.classes:
            if name.startswith("models/"):
                files[get_room(name), get_model(node)].add(name)
                if owner := is_abstract(node) and self._get_only_heir(name, node):
                    files[get_room(name), owner].add(name)
        crowded = {
            key: sorted(names)
            for key, names in files.items()
            if len(names) > MOST_FILES.get(key, 1)
        }
        self.assertEqual(crowded, {})

    def _get_only_heir(self, name, node):
        """Return the one model of the room that has a part, if nobody else asks it."""
        part = get_model(node)
        heirs = {
            (place, get_model(other))
            for place, other in self.classes
            if part in get_parents(other) and get_model(other) != part
        }
        models = {model for _place, model in heirs}
        asks = self.users[part] - self._get_places(part) - {place for place, _ in heirs}
        rooms = {get_room(place) for place, _model in heirs}
        is_own = len(models) == 1 and not asks and rooms == {get_room(name)}
        return models.pop() if is_own else None

    def _get_places(self, model):
        return {name for name, node in self.classes if get_model(node) == model}

    def test_no_abstract_model_has_one_user(self):
        """A service of one place is a plain class; a part of one model is its own.

        Unless another room extends it, or browsers and jobs call it by name. Reports on
        paper, and variants of a service, can only be models.
        """
        lonely = {}
        for name, node in self.classes:
            model = get_model(node)
            is_variant = not set(get_parents(node)).isdisjoint(self.homes)
            is_ours = model in self.homes and not is_on_paper(model)
            if not is_abstract(node) or is_variant or not is_ours:
                continue
            users = self.users[model] - {name}
            places = self._get_places(model)
            is_extended = len({get_room(place) for place in places}) > 1
            if len(users) < 2 and not is_extended and not has_public_method(node):
                lonely[model] = users
        self.assertEqual(lonely, {})

    def test_models_stay_readable(self):
        files = [path for path in MODELS.rglob("*.py") if path.name != "__init__.py"]
        self.assertLessEqual(len(files), MOST_MODEL_FILES)

    def test_dispatch_can_be_found_by_name(self):
        """A table of methods, not ``getattr`` of a name that is put together."""
        hidden = {
            name
            for name, tree in self.code.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == "getattr"
            and any(isinstance(argument, ast.JoinedStr) for argument in node.args)
        }
        self.assertEqual(hidden, set())


# ------------------------------------------------------------
# READING CODE
# ------------------------------------------------------------


def get_room(name):
    return Path(name).parts[1]


def is_model(node):
    return any(ast.unparse(base).startswith("models.") for base in node.bases)


def is_abstract(node):
    return any(ast.unparse(base) == "models.AbstractModel" for base in node.bases)


def get_value(node, name):
    """Return the value of an attribute of a class, where it stands in the code."""
    for part in node.body:
        if isinstance(part, ast.Assign) and is_named(part, name):
            return ast.literal_eval(part.value)
    return None


def get_parents(node):
    parents = get_value(node, "_inherit") or []
    return [parents] if isinstance(parents, str) else list(parents)


def get_model(node):
    return get_value(node, "_name") or get_parents(node)[0]


def is_extension(node):
    """Tell whether a class extends a model instead of making one."""
    name, parents = get_value(node, "_name"), get_parents(node)
    return bool(parents) and (not name or name in parents)


def is_private(name):
    return name.startswith(("_", "action_")) and not name.startswith("__")


def is_field(node):
    target = node.targets[0]
    return (
        isinstance(target, ast.Name)
        and target.id.startswith("salon_")
        and ast.unparse(node.value).startswith("fields.")
    )


def is_own(name):
    """Tell whether a name is ours, not one that every model of Odoo has."""
    return not hasattr(BaseModel, name)


def is_on_paper(model):
    return model.startswith("report.")


def has_public_method(node):
    return any(
        isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
        for part in node.body
    )


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


def named_in_xml(root):
    """Return the models and records that a file names: by reference or as a model."""
    found = set()
    for node in root.iter(etree.Element):
        found.add(node.get("model"))
        if node.tag == "field" and node.get("name") in XML_MODEL_FIELDS:
            found.add((node.text or "").strip())
        for name in XML_REFERENCES:
            found.add((node.get(name) or "").removeprefix("salon_reminders."))
        texts = (node.text or "", *node.attrib.values())
        for text in texts:
            words = re.findall(r"%\(([\w.]+)\)d|ref\('([\w.]+)'\)", text)
            for word in (one or other for one, other in words):
                found.add(word.removeprefix("salon_reminders."))
    return found - {None, ""}
