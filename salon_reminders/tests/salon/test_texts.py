import ast
import re
from pathlib import Path

from lxml import etree

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parents[2]
# The client has no gender, nor have those who work in the salon.
GENDERED = re.compile(r"\b(she|hers?|herself|he|him|his|himself)\b", re.IGNORECASE)
SPOKEN_ATTRIBUTES = {
    "string",
    "help",
    "placeholder",
    "title",
    "confirm",
    "aria-label",
    "sum",
    "avg",
    "alt",
    "data-tooltip",
}
# A text of JavaScript in one of the three kinds of quotes.
JS_TEXT = re.compile(r"_t\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)")


@tagged("post_install", "-at_install")
class TestTexts(BaseCase):
    """No text that a user reads takes the client, or a colleague, for a woman or a man.

    Docstrings, comments and names are for developers, and may.
    """

    maxDiff = None

    def _assert_neutral(self, texts):
        found = [f"{place}: {text}" for place, text in texts if is_gendered(text)]
        self.assertEqual(found, [])

    def test_python(self):
        self._assert_neutral(
            (path.relative_to(ADDON).as_posix(), text)
            for path in find_sources("*.py")
            for text in read_python(path.read_text("utf-8"))
        )

    def test_xml(self):
        self._assert_neutral(
            (path.relative_to(ADDON).as_posix(), text)
            for path in find_sources("*.xml")
            for text in read_xml(path.read_bytes())
        )

    def test_javascript(self):
        self._assert_neutral(
            (path.relative_to(ADDON).as_posix(), text)
            for path in find_sources("*.js")
            for text in read_javascript(path.read_text("utf-8"))
        )

    def test_pages(self):
        paths = [*find_sources("*.md"), *find_sources("*.html")]
        self.assertTrue(paths)
        self._assert_neutral((path.name, path.read_text("utf-8")) for path in paths)

    def test_the_reader_sees_what_users_see(self):
        """Each kind of text is found where it stands; what is silent is not."""
        python = """
class Client(models.Model):
    '''She is in a docstring.'''
    her = fields.Char("Why she", help="As " "he said")
    def d(self):
        # She is in a comment.
        return self.env._("It is %(name)s: his", name=self.her)
"""
        texts = [text for text in read_python(python) if is_gendered(text)]
        self.assertEqual(
            sorted(texts), ["As he said", "It is %(name)s: his", "Why she"]
        )
        xml = b"""<odoo><field name="her" help="He">Ask <!-- she -->her</field>
<t t-out="his" t-attf-title="Call {{name}}, him"/></odoo>"""
        texts = [text for text in read_xml(xml) if is_gendered(text)]
        self.assertEqual(sorted(texts), ["Call {{name}}, him", "He", "her"])
        javascript = '// she\nconst her = _t(\'Call her\'); _t(\n "His \\"own\\"")'
        texts = [text for text in read_javascript(javascript) if is_gendered(text)]
        self.assertEqual(texts, ["'Call her'", '"His \\"own\\""'])


# ------------------------------------------------------------
# READING TEXTS
# ------------------------------------------------------------


def is_gendered(text):
    return bool(GENDERED.search(text))


def find_sources(pattern):
    """Return the files of the addon but its tests and its migrations."""
    paths = [path.relative_to(ADDON) for path in sorted(ADDON.rglob(pattern))]
    silent = ("tests", "migrations")
    return [ADDON / p for p in paths if not any(part in silent for part in p.parts)]


def read_python(code):
    """Yield the texts of the code, but docstrings: those that stand for themselves."""
    tree = ast.parse(code)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docs:
            if isinstance(node.value, str):
                yield node.value


def read_xml(source):
    """Yield the texts of elements and of the attributes that are shown."""
    root = etree.fromstring(source)
    yield from root.xpath("//text()")
    for node in root.iter(etree.Element):
        for name, value in node.attrib.items():
            if re.sub(r"^t-attf?-|\.translate$", "", name) in SPOKEN_ATTRIBUTES:
                yield value


def read_javascript(code):
    return JS_TEXT.findall(code)
