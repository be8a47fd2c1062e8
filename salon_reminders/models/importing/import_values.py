"""From the text of a cell to a date, a time or an exact number.

Every reader raises ``Problem`` with the words to put into the sentence that the
person reads.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

ORDERS = {"ymd": (0, 1, 2), "mdy": (2, 0, 1), "dmy": (2, 1, 0)}

_DATE = re.compile(
    r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})\.?(.*)", re.DOTALL
)
_TIME = re.compile(
    r"T?(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?"
    r"\s*([ap])?\.?(?:m\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_YES = {"1", "true", "yes", "y", "x", "да", "д", "истина", "igen", "i", "igaz", "✓"}
_NO = {"", "0", "false", "no", "n", "нет", "н", "ложь", "nem", "hamis", "-"}
# A file has few days, times and prices, each of them thousands of times.
_remember = lru_cache(maxsize=10_000)


class Problem(ValueError):
    """A cell that can't be read; ``code`` names the sentence about it."""

    def __init__(self, code, **words):
        super().__init__(code)
        self.code = code
        self.words = words


@_remember
def read_date(text, order):
    """Return (date, what follows it) of a text; a year in front is always ISO."""
    match = _DATE.fullmatch(text)
    if not match:
        raise Problem("date", value=text)
    parts = match.groups()[:3]
    places = ORDERS["ymd" if len(parts[0]) == 4 else order]
    year, month, day = (int(parts[place]) for place in places)
    try:
        return date(_full_year(year, parts[places[0]]), month, day), match[4].strip()
    except ValueError:
        raise Problem("date", value=text) from None


def _full_year(year, text):
    if len(text) <= 2:
        # Two digits: this century, unless that lies far ahead.
        year += 2000 if year < 50 else 1900
    if not 1900 <= year <= 2200:
        raise ValueError(year)
    return year


@_remember
def read_time(text):
    """Return the time of a text such as 14:30, 2:30 PM or 14.30.00."""
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise Problem("time", value=text)
    hour, minute, half = int(match[1]), int(match[2]), (match[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise Problem("time", value=text)
        hour = hour % 12 + 12 * (half == "p")
    try:
        return time(hour, minute, int(match[3] or 0))
    except ValueError:
        raise Problem("time", value=text) from None


@_remember
def read_number(text, decimal):
    """Return the exact number of a text with this decimal sign.

    Thousands may be parted by spaces, apostrophes or the other sign; a minus may
    stand in front, behind, or be written as brackets.
    """
    digits = re.sub(r"[^\d.,()+\-]", "", re.sub("[−–—]", "-", text))
    negative = "-" in digits or digits.startswith("(")
    digits = digits.strip("()+-").rstrip(".,")
    other = "," if decimal == "." else "."
    pattern = rf"(?:\d+|\d{{1,3}}(?:\{other}\d{{3}})+)?(?:\{decimal}\d+)?"
    if not digits or not re.fullmatch(pattern, digits):
        raise Problem("number", value=text)
    number = Decimal(digits.replace(other, "").replace(decimal, "."))
    return -number if negative else number


def read_flag(text):
    """Return yes or no."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Problem("flag", value=text)


def read_ref(text):
    """Return a number or code as people mean it: 635 for 635.0."""
    return re.sub(r"^(\d+)[.,]0+$", r"\1", text.strip())


def guess_order(samples):
    """Return (order of the dates, whether it is certain)."""
    firsts, seconds, slashes = [], [], False
    for text in samples:
        match = _DATE.fullmatch(text)
        if match and len(match[1]) < 4:
            firsts.append(int(match[1]))
            seconds.append(int(match[2]))
            slashes |= "." not in text[match.end(1) : match.start(2)]
    if not firsts:
        return "ymd", True
    if max(firsts) > 12 or max(seconds) > 12:
        order = "dmy" if max(firsts) > 12 else "mdy"
        return order, (max(firsts) > 12) != (max(seconds) > 12)
    # Points between the parts mean the day first, everywhere.
    return ("mdy", False) if slashes else ("dmy", True)


def guess_decimal(samples, separator=","):
    """Return the decimal sign that these numbers are written with."""
    votes = {".": 0, ",": 0}
    for text in samples:
        marks = re.findall(r"[.,]", text)
        if len(set(marks)) == 2:
            votes[marks[-1]] += 3
        elif len(marks) == 1 and not re.search(r"[.,]\d{3}\D*$", text):
            votes[marks[0]] += 1
    if votes["."] == votes[","]:
        return "," if separator == ";" else "."
    return max(votes, key=votes.get)


def to_text(value, decimal):
    """Return the value of a spreadsheet cell as the text a CSV file would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        whole = value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        text = repr(value)
        text = text.removesuffix(".0")
        return text.replace(".", decimal)
    return str(value).strip()
