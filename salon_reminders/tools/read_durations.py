"""From the text of a cell to minutes."""

import re
from decimal import Decimal
from functools import lru_cache

from .locale_words import plain, unit_words
from .read_problem import Problem

# A whole day: what is longer was meant otherwise.
_LONGEST = 24 * 60
_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?\s*(\D*)")
_PART = re.compile(r"(\d+(?:[.,]\d+)?|\.5)\s*([^\W\d_]+|')?\.?\s*")


@lru_cache(maxsize=10_000)
def read_duration(text, in_hours=False):
    """Return the minutes of a text such as 90, 1:30, 1h 30m, 90 min or 1,5 óra.

    :param in_hours: what a number without a unit stands for
    """
    cell = plain(text.replace("½", ".5")).casefold().removeprefix("pt")
    clock = _CLOCK.fullmatch(cell)
    minutes = _read_clock(clock) if clock else _read_parts(cell, in_hours)
    if minutes is None or minutes > _LONGEST:
        raise Problem("duration", value=text)
    return round(minutes)


def _read_clock(match):
    first, second, third, word = match.groups()
    if int(second) > 59 or not (word == "" or _unit(word) == "hour"):
        return None
    if not third and int(first) > 12:
        # 45:00 are minutes and seconds.
        return int(first) + int(second) / 60
    return int(first) * 60 + int(second) + int(third or 0) / 60


def _read_parts(cell, in_hours):
    """Return the sum of numbers with units; only the last may come without."""
    parts, before = list(_PART.finditer(cell)), None
    if not parts or "".join(part[0] for part in parts) != cell:
        return None
    minutes = Decimal(0)
    for part in parts:
        unit = _unit(part[2]) if part[2] else _follower(before, in_hours)
        if not unit or unit == before or before == "minute":
            return None
        minutes += Decimal(part[1].replace(",", ".")) * (60 if unit == "hour" else 1)
        before = unit
    return minutes


def _follower(before, in_hours):
    """Return the unit of a number without one: 1h30 goes on with minutes."""
    return "minute" if before or not in_hours else "hour"


def _unit(word):
    word = word.strip(" .")
    if word == "'":
        return "minute"
    return next((unit for unit in ("hour", "minute") if word in unit_words(unit)), None)


def guess_in_hours(header, texts):
    """Tell whether the numbers of a column are hours.

    Its header says so ("Duration (h)"), or nothing but fractions of a few hours.
    """
    words = set(re.findall(r"[^\W\d_]+", plain(header).casefold()))
    if words & unit_words("minute"):
        return False
    if words & unit_words("hour"):
        return True
    numbers = [plain(text).replace(",", ".") for text in texts]
    numbers = [float(n) for n in numbers if re.fullmatch(r"\d+(\.\d+)?", n)]
    return any(n % 1 for n in numbers) and max(numbers) <= 12
