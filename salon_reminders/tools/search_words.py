"""Names as people type them."""

import re

from odoo.tools import remove_accents

_WORD = re.compile(r"[^\W_]+")


def get_search_words(text):
    """Return the words of a text in small letters without accents."""
    return _WORD.findall(remove_accents(text or "").lower())
