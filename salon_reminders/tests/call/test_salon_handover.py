from odoo.tests import BaseCase, freeze_time, tagged

from ...tools.text_merge import merge_lines
from ..common import SalonCase


@tagged("post_install", "-at_install")
class TestTextMerge(BaseCase):
    """What two people made of one text, without a database."""

    def test_both_wrote_something(self):
        for base, mine, theirs, expected in (
            ("", "a", "b", "b\na"),
            ("x", "x\na", "x\nb", "x\nb\na"),
            ("x\ny", "a\nx\ny", "x\ny\nb", "a\nx\ny\nb"),
            ("x\ny", "y", "x\ny\nb", "y\nb"),
            ("x", "", "x\nb", "b"),
            ("x", "x by me", "x by her", "x by her\nx by me"),
            ("x", "x by me", "", "x by me"),
            ("x\ny", "x\ny", "y", "y"),
        ):
            with self.subTest(base=base, mine=mine, theirs=theirs):
                self.assertEqual(merge_lines(base, mine, theirs), expected)

    def test_sent_twice(self):
        once = merge_lines("x", "x\na", "x\nb")
        self.assertEqual(merge_lines("x", "x\na", once), once)
        self.assertEqual(merge_lines("x", "x\na", "x\na"), "x\na")


@freeze_time("2026-03-10 09:00:00")
class TestSalonHandover(SalonCase):
    def setUp(self):
        super().setUp()
        handovers = self.env["salon.handover"].with_user(self.receptionist)
        self.note = handovers._get_for(self.company, self.company._salon_today())

    def _save(self, text, seen, user=None):
        note = self.note.with_user(user or self.receptionist)
        return note.web_save({"note": text, "note_seen": seen}, {"note": {}})[0]["note"]

    def test_two_at_once(self):
        self._save("Keys are at the bakery", "")
        shown = self._save("Order foils", "", self.manager)
        self.assertEqual(shown, "Keys are at the bakery\nOrder foils")
        shown = self._save("Keys are at the bakery\nOrder wax", shown)
        self.assertEqual(shown, "Keys are at the bakery\nOrder wax")

    def test_emptied_by_one_while_the_other_writes(self):
        self._save("Old news", "")
        self._save("Old news\nDryer is broken", "Old news", self.manager)
        self.assertEqual(self._save(False, "Old news"), "Dryer is broken")

    def test_without_having_seen_it_is_replaced(self):
        self._save("Old news", "")
        self.note.note = "All is new"
        self.assertEqual(self.note.note, "All is new")

    def test_what_was_seen_is_not_kept(self):
        self._save("Keys", "")
        self.assertFalse(self.note.read(["note_seen"])[0]["note_seen"])
