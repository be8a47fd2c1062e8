from odoo.tests import BaseCase, tagged

from ...tools.script_text import PLACEHOLDERS, fill, find_wrong, get_nearest

FULL = dict.fromkeys(PLACEHOLDERS, "x") | {"client": "Anna", "stylist": "Vera"}


@tagged("post_install", "-at_install")
class TestScriptText(BaseCase):
    """How a script is checked and filled, without a database."""

    def _fill(self, text, **values):
        return fill(text, FULL | values)

    def test_every_placeholder_is_filled(self):
        for name in PLACEHOLDERS:
            self.assertEqual(self._fill(f"<{{{name}}}>", **{name: "ok"}), "<ok>")
        self.assertEqual(self._fill("{ client }!"), "Anna!")

    def test_what_is_wrong_is_named(self):
        for text, wrong in {
            "Hello {client}": None,
            "{{client}} {{}}": None,
            "Hello {klient}, {nonsense}": "{klient}",
            "{Client}": "{Client}",
            "{}": "{}",
            "{client.name}": "{client.name}",
            "{client!r}": "{client!r}",
            "{0}": "{0}",
            "{client": "{",
            "client}": "}",
            "{{{client}}}": None,
            "{{client}": "}",
        }.items():
            self.assertEqual(find_wrong(text), wrong, text)

    def test_nearest_placeholder(self):
        self.assertEqual(get_nearest("{klient}"), "client")
        self.assertEqual(get_nearest("{Stylist}"), "stylist")
        self.assertIsNone(get_nearest("{zzz}"))

    def test_doubled_braces_stand_for_themselves(self):
        self.assertEqual(self._fill("{{client}} is {client}"), "{client} is Anna")
        self.assertEqual(self._fill("{{{client}}}"), "{Anna}")

    def test_braces_of_a_value_stay(self):
        self.assertEqual(
            self._fill("Hi {client}", client="{salon} }{"), "Hi {salon} }{"
        )
        self.assertEqual(self._fill("Hi {client}", client="%s \\1"), "Hi %s \\1")

    def test_a_value_is_one_line(self):
        self.assertEqual(self._fill("Hi {client}!", client=" An\n\tna "), "Hi An na!")

    def test_sentence_without_its_value_is_dropped(self):
        text = "Hello {client}. I offer {free_times}. Come to {stylist}!"
        for empty in ("", None, False, "  "):
            self.assertEqual(
                self._fill(text, free_times=empty), "Hello Anna. Come to Vera!"
            )
        self.assertEqual(self._fill(text, stylist=""), "Hello Anna. I offer x.")

    def test_sentences_end_where_people_end_them(self):
        text = '"Is it {promotion}?" Yes… It costs 3.50 with {stylist}. {promotion}!'
        self.assertEqual(
            self._fill(text, promotion=""), "Yes… It costs 3.50 with Vera."
        )

    def test_dots_of_a_value_end_no_sentence(self):
        text = "I am {stylist} of {salon}. Bye."
        self.assertEqual(self._fill(text, stylist="Dr. V. Kiss", salon=""), "Bye.")

    def test_line_without_anything_is_dropped(self):
        text = "Hello.\n- Times: {free_times}\n\n{promotion}\n\nBye.\n"
        self.assertEqual(
            self._fill(text, free_times="", promotion=""), "Hello.\n\nBye."
        )

    def test_client_without_a_name_leaves_no_hole(self):
        for text, result in {
            "Hello {client}, this is {salon}.": "Hello, this is x.",
            "{client}, this is {salon}.": "This is x.",
            "Good day, dear {client}!": "Good day, dear!",
            "«{client}, wait»": "«Wait»",
        }.items():
            self.assertEqual(self._fill(text, client=""), result, text)

    def test_unchecked_placeholder_breaks_nothing(self):
        self.assertEqual(self._fill("Hi {klient} { you"), "Hi {klient} { you")
