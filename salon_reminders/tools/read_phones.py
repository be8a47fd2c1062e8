"""From the text of a cell to phone numbers: it often holds several, and words."""

import re
from typing import NamedTuple

from .locale_words import plain

# What may stand between two numbers; a slash may as well belong to one.
_BETWEEN = re.compile(
    r"[;,|/\n]|(?<!\w)(?:or|и|или|és|vagy|und|oder|o|ou|lub|tai)(?!\w)"
)
_NUMBER = re.compile(r"[+(\d][\d\s().\-/+]*\d")
_FEWEST_DIGITS = 6
# Shorter ones of other countries look like those of the salon's own.
_FEWEST_FOREIGN = 11


class Phone(NamedTuple):
    """A phone number of a cell."""

    number: str  # as one dials it from anywhere; empty when nobody can
    text: str  # as it is written
    words: str = ""  # what stands beside it: whose it is, an extension


def read_phones(text, dial):
    """Return the phones of a cell in its order; those that can't be dialled, too.

    :param dial: function from a number of the salon's country to its international
        form, or to nothing
    """
    cell = "\n".join(map(plain, text.splitlines()))
    whole = _read_part(cell, dial)
    if len(whole) == 1 and whole[0].number:
        return whole
    phones = []
    for part in filter(None, map(str.strip, _BETWEEN.split(cell))):
        found = _read_part(part, dial)
        if phones and len(found) == 1 and not re.search(r"\d", part):
            # Words that stand alone belong to the number before them.
            words = " ".join(filter(None, [phones[-1].words, part.strip(" ()")]))
            phones[-1] = phones[-1]._replace(words=words)
        else:
            phones += found
    # Where no part is a number, what was cut apart was a single unreadable one.
    return phones if any(phone.number for phone in phones) else [Phone("", cell)]


def _read_part(text, dial):
    """Return the phones of a text, each with the words that follow or precede it."""
    matches = [
        m for m in _NUMBER.finditer(text) if _count_digits(m[0]) >= _FEWEST_DIGITS
    ]
    if len(matches) < 2:
        return _read_one(text, dial)
    ends = [match.start() for match in matches[1:]] + [len(text)]
    starts = [0, *ends[:-1]]
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [phone for piece in pieces for phone in _read_one(piece.strip(), dial)]


def _read_one(text, dial):
    match = _NUMBER.search(text)
    if not match:
        return [Phone("", text)]
    digits = match[0]
    if digits.count("(") != digits.count(")"):
        digits = digits.strip("( ")
    number = _dial(re.sub(r"\.0$", "", digits), dial)
    two = [] if number else _read_two(digits, dial)
    words = text.replace(digits, " ", 1)
    words = " ".join(re.sub(r"^\W+|\W+$", "", words).split())
    return two or [Phone(number, text, words)]


def _read_two(digits, dial):
    """Return two numbers that only a blank parts, if these are two."""
    words = digits.split()
    for cut in range(1, len(words)):
        texts = " ".join(words[:cut]), " ".join(words[cut:])
        numbers = [_dial(text, dial) for text in texts]
        if all(numbers):
            return [Phone(*found) for found in zip(numbers, texts, strict=True)]
    return []


def _count_digits(text):
    return len(re.sub(r"\D", "", text))


def _dial(text, dial):
    # In +36 (0)30 the zero is for those who call from within the country.
    text = re.sub(r"^(\+|00)([\d ]{1,5})\(0\)", r"\1\2", text)
    digits = re.sub(r"\D", "", text)
    if len(digits) < _FEWEST_DIGITS:
        return ""
    tries = [text]
    if digits.startswith("00"):
        tries.append("+" + digits[2:])
    elif len(digits) >= _FEWEST_FOREIGN and digits[0] != "0":
        tries.append("+" + digits)
    return next(filter(None, map(dial, tries)), "")
