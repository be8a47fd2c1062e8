"""From the text of a cell to a date."""

import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

from .locale_words import month_words, plain, weekday_words
from .read_problem import Guess, Problem

ORDERS = {"ymd": (0, 1, 2), "mdy": (2, 0, 1), "dmy": (2, 1, 0)}
# The day before the first one of spreadsheets, as they count since 1900-03-01.
_SERIAL_ZERO = date(1899, 12, 30)
_ENOUGH = 1000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200

_DATE = re.compile(r"(\d{1,4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{1,4})(?!\d)\.?(.*)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(T?\d{4,6}Z?)?")
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?")
_WORD = re.compile(r"[^\W\d_]+")
# A day, a month (#) and a year: 3 de marzo de 2026, Nov 3rd, 2026, 2026. márc. 15.
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})#(?P<year>\d{4}|'?\d{2})\b[ .]?(?P<rest>.*)"),
    re.compile(r"#(?P<day>\d{1,2}) (?P<year>\d{4})\b[ .]?(?P<rest>.*)"),
    re.compile(r"(?P<year>\d{4})#(?P<day>\d{1,2})\b[ .]?(?P<rest>.*)"),
)


@lru_cache(maxsize=10_000)
def read_date(text, order, last_year=None):
    """Return (date, what follows it) of a text.

    A year in front is always ISO; months may be written out in the languages of
    exports; spreadsheets count days since 1900.

    :param last_year: the latest year that two digits can stand for
    """
    cell = plain(text)
    found = _find_digits(cell, order) or _find_packed(cell) or _find_month(cell)
    if not found:
        raise Problem("date", value=text)
    (year, month, day), rest = found
    try:
        return date(_full_year(year, last_year), int(month), int(day)), rest.strip()
    except ValueError:
        raise Problem("date", value=text) from None


def _find_digits(cell, order):
    match = _DATE.fullmatch(cell)
    if not match:
        return None
    parts = match.groups()[:3]
    places = ORDERS["ymd" if len(parts[0]) == 4 else order]
    return [parts[place] for place in places], match[4].lstrip(" ,")


def _find_packed(cell):
    """Return the parts of 20261103, 20261103T1430 or a spreadsheet's 46329.604."""
    match = _SERIAL.fullmatch(cell)
    if match:
        day = _SERIAL_ZERO + timedelta(int(match[1]))
        parts = (str(day.year), day.month, day.day)
        return parts, f"0.{match[2]}" if match[2] else ""
    match = _COMPACT.fullmatch(cell)
    return match and (match.groups()[:3], match[4] or "")


def _find_month(cell):
    """Return the parts of a date with its month in words, wherever it stands."""
    for word in _WORD.finditer(cell):
        month = month_words().get(word[0].casefold())
        if not month:
            continue
        around = _before(cell[: word.start()]) + "#" + _behind(cell[word.end() :])
        for pattern in _NAMED:
            match = pattern.fullmatch(around)
            if match:
                rest = re.sub(r"^(?:г\b|р\b|at\b|klo\b|,|\.| )+", "", match["rest"])
                return (match["year"].strip("'"), month, match["day"]), rest
    return None


def _before(text):
    """Return what stands before a month: a day or a year, without a weekday."""
    text = re.sub(r"(?:st|nd|rd|th|\bde|\.|-|/| )+$", "", text)
    weekday = re.match(r"([^\W\d_]+)[., ]*", text)
    known = weekday and weekday[1].casefold() in weekday_words()
    return text[weekday.end() :] if known else text


def _behind(text):
    """Return what stands behind a month: a year, or a day and a year."""
    text = re.sub(r"^(?:\.| |-|/|,|de\b)+", "", text)
    return re.sub(r"^(\d{1,2})(?:st|nd|rd|th)?\.?,? (?=\d{4}\b)", r"\1 ", text)


def _full_year(text, last_year):
    year = int(text)
    if len(text) <= 2:
        # Two digits: this century, unless that lies ahead of what can be.
        year += 2000 if 2000 + year <= (last_year or 2049) else 1900
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    return year


def guess_order(texts):
    """Guess the order of the parts of dates.

    The first date that can be read in one way only decides; those of the next
    thousand that contradict it make it uncertain.

    :param texts: dates, as many as need be; only as many as it takes are read
    """
    texts, first, votes = iter(texts), None, set()
    for nth, text in enumerate(texts):
        first = first or (text if _is_date(text) else None)
        votes.add(_vote(text))
        if votes & {"dmy", "mdy"}:
            votes |= {_vote(text) for text in islice(texts, _ENOUGH)}
            break
        if nth > _ENOUGH and "slash" not in votes:
            break
    certain = votes & {"dmy", "mdy"}
    if certain:
        order = "dmy" if "dmy" in certain else "mdy"
        return Guess(order, len(certain) == 1, first)
    if "slash" in votes:
        return Guess("mdy", False, first)
    # Points between the parts mean the day first, everywhere.
    return Guess("dmy" if "point" in votes else None, True, first)


def _is_date(text):
    for order in ORDERS:
        try:
            return bool(read_date(text, order))
        except Problem:
            continue
    return False


def _vote(text):
    """Return the only order of a date, or what stands between its parts."""
    match = _DATE.fullmatch(plain(text))
    if not match or len(match[1]) == 4:
        return None
    if max(int(match[1]), int(match[2])) > 12:
        return "dmy" if int(match[1]) > 12 else "mdy"
    return "point" if "." in match[0][match.end(1) : match.start(2)] else "slash"
