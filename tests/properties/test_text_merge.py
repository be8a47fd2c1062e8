"""Whatever two people write at once, nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.salon_reminders.tools.text_merge import merge_lines

pytestmark = pytest.mark.room("call")

LINES = st.lists(st.sampled_from("abcdefg"), max_size=6).map("\n".join)


@tagged("standard", "post_install", "-at_install")
class TestTextMerge(BaseCase):
    @given(LINES, LINES, LINES)
    def test_nothing_written_is_lost(self, base, mine, theirs):
        merged = set(merge_lines(base, mine, theirs).splitlines())
        for text in (mine, theirs):
            new = set(text.splitlines()) - set(base.splitlines())
            self.assertLessEqual(new, merged)

    @given(LINES, LINES)
    def test_alone_it_is_what_was_written(self, base, text):
        self.assertEqual(merge_lines(base, text, base), text)
        self.assertEqual(merge_lines(base, base, text), text)

    @given(LINES, LINES, LINES)
    def test_nothing_is_made_up(self, base, mine, theirs):
        merged = set(merge_lines(base, mine, theirs).splitlines())
        known = set(mine.splitlines()) | set(theirs.splitlines())
        self.assertLessEqual(merged, known | set(base.splitlines()))
