"""Placeholders of call scripts: how they are written, checked and filled.

Scripts and values are plain text. A script is read once from left to right, so that
braces inside a value are never taken for a placeholder.
"""

import re
from difflib import get_close_matches

PLACEHOLDERS = (
    "client",
    "service",
    "days",
    "stylist",
    "free_times",
    "promotion",
    "change",
    "successor",
    "last_day",
    "salon",
    "receptionist",
)
# Only addresses somebody: a sentence is complete without it.
ADDRESS = "client"

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|$)\s*")
LEADING_MARKS = re.compile(r"^([\"'“‘«(\[]*)[\s,;:]+")
SPACE_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?…])")
FIRST_LETTER = re.compile(r"^\W*\w")


def find_wrong(text):
    """Return the first placeholder nobody can fill, or lone brace; None if all is well.

    Doubled braces stand for themselves.
    """
    for match in TOKEN.finditer(text):
        token, name = match.group(), match.group(1)
        if name is None and len(token) == 1:
            return token
        if name is not None and name.strip() not in PLACEHOLDERS:
            return token
    return None


def get_nearest(token):
    """Return the placeholder that was probably meant, or None."""
    name = token.strip("{} ").lower()
    return next(iter(get_close_matches(name, PLACEHOLDERS, 1)), None)


def fill(text, values):
    """Return the script with its values; what cannot be said is left out.

    A sentence that needs a value which is empty is dropped as a whole, and so is a
    line of which nothing is left. Only the client's name is taken out alone, with
    the comma that belongs to it.
    """
    lines = []
    for line in text.splitlines():
        filled = _fill_line(line, values)
        if filled or not line.strip():
            lines.append(filled)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _fill_line(line, values):
    sentences = (_fill_sentence(found, values) for found in SENTENCE.findall(line))
    return "".join(sentences).rstrip()


def _fill_sentence(sentence, values):
    """Return the sentence with its values; nothing when one that it needs is empty."""
    names = {name.strip() for name in TOKEN.findall(sentence) if name.strip()}
    empty = {name for name in names if name in values and not _plain(values[name])}
    if empty - {ADDRESS}:
        return ""
    text = TOKEN.sub(lambda match: _fill_token(match, values), sentence)
    return _close_gap(text) if empty else text


def _fill_token(match, values):
    token, name = match.group(), match.group(1)
    if name is None:
        return token[0] if len(token) == 2 else token
    # What slipped in unchecked, say with a translation file, stays as it is.
    return _plain(values[name.strip()]) if name.strip() in values else token


def _plain(value):
    """Return a value as one line of text."""
    return " ".join(str(value or "").split())


def _close_gap(text):
    """Mend the sentence from which the client's name was taken out."""
    text = LEADING_MARKS.sub(r"\1", SPACE_BEFORE_MARK.sub("", text))
    text = re.sub(r" {2,}", " ", text)
    return FIRST_LETTER.sub(lambda match: match.group().upper(), text, count=1)
