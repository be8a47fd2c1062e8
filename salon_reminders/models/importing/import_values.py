"""From the text of a cell to a date, a time or an exact number.

Every reader raises ``Problem`` with the words to put into the sentence that the
person reads.
"""

import hashlib
import json
import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from ...tools.sold_words import normalise
from .import_fields import FIELDS, KINDS, WALK_IN_NAMES, status_kind

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


def describe_problem(env, number, problem):
    """Return the sentence about a row that can't be read, in plain words."""
    words = {"number": number, **problem.words}
    if problem.code == "missing":
        labels = env["salon.import.column"]._fields["target"]
        words["field"] = dict(labels._description_selection(env))[words["field"]]
    return {
        "date": _text_date,
        "time": _text_time,
        "number": _text_number,
        "flag": _text_flag,
        "missing": _text_missing,
        "future": _text_future,
    }[problem.code](env, words)


def _text_date(env, words):
    return env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a date. "
        "Write it as 2018-03-15.",
        **words,
    )


def _text_time(env, words):
    return env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a time. "
        "Write it as 14:30.",
        **words,
    )


def _text_number(env, words):
    return env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a number. "
        "Write only digits and the decimal sign of the file.",
        **words,
    )


def _text_flag(env, words):
    return env._(
        "Row %(number)s: %(value)s in the column %(column)s is neither yes nor no.",
        **words,
    )


def _text_missing(env, words):
    return env._("Row %(number)s: %(field)s is missing.", **words)


def _text_future(env, words):
    return env._(
        "Row %(number)s: it is dated %(date)s, which is still to come. Import it "
        "as a booking or correct the date.",
        **words,
    )


# Without a receipt number only the whole content tells two lines apart.
NO_RECEIPT_KEY = ("time", "amount", "quantity", "stylist")


class RowReader:
    """Reads the rows of one file.

    :param columns: list of (index, field, header)
    :param format_phone: function from a phone number to its international form
    :param today: the salon's date; nothing can have been done after it
    """

    def __init__(self, kind, columns, order, decimal, format_phone, today):
        self.kind = kind
        readers = {
            "text": self._read_text,
            "ref": self._read_ref,
            "number": self._read_number,
            "amount": self._read_number,
            "date": self._read_date,
            "time": self._read_time,
            "flag": self._read_flag,
        }
        self.columns = [
            (*column, readers[FIELDS[column[1]].type]) for column in columns
        ]
        self.order = order
        self.decimal = decimal
        self.format_phone = format_phone
        self.today = today

    def parse(self, cells):
        """Return (kind, values, problem) of a row; the values even of a bad one."""
        vals, problem = {}, None
        for index, name, header, read in self.columns:
            text = cells[index] if index < len(cells) else ""
            if not text:
                continue
            try:
                read(vals, name, text)
            except Problem as error:
                error.words["column"] = header
                problem = problem or error
        kind = self._finish(vals)
        return kind, vals, problem or self._check(kind, vals)

    def _read_text(self, vals, name, text):
        vals[name] = text

    def _read_ref(self, vals, name, text):
        vals[name] = read_ref(text)

    def _read_number(self, vals, name, text):
        vals[name] = str(read_number(text, self.decimal))

    def _read_date(self, vals, name, text):
        day, rest = read_date(text, self.order)
        vals[name] = day.isoformat()
        if rest and name == "date":
            vals.setdefault("time", read_time(rest).isoformat())

    def _read_time(self, vals, name, text):
        # A time column with a whole date in it: exports of spreadsheets have them.
        if len(text) > 12:
            text = read_date(text, self.order)[1] or text
        vals[name] = read_time(text).isoformat()

    def _read_flag(self, vals, name, text):
        vals[name] = read_flag(text)

    def _finish(self, vals):
        """Add what follows from the values; return what the row is about."""
        if self.kind == "bookings" and vals.get("status"):
            kind = status_kind(vals["status"])
        else:
            kind = self.kind
        if vals.get("time") == "00:00:00":
            # Midnight is how spreadsheets write "no time".
            del vals["time"]
        if vals.get("phone"):
            vals["phone_key"] = self.format_phone(vals["phone"])
        if self.kind == "receipts" and vals.get("category"):
            # A till without names for its goods: at least what kind they are.
            vals.setdefault("item", vals.get("code") or vals["category"])
        name = normalise(vals.get("client_name"))
        if name in WALK_IN_NAMES:
            del vals["client_name"]
        elif name:
            vals["name_key"] = name
        vals["client_key"] = self._client_key(vals)
        return kind

    def _client_key(self, vals):
        """Return what a client is known by; empty for a walk-in."""
        if vals.get("walk_in"):
            return ""
        for prefix, name in (("n", "client"), ("p", "phone_key"), ("a", "name_key")):
            if vals.get(name):
                return f"{prefix}:{vals[name]}"
        return ""

    def _check(self, kind, vals):
        for need in KINDS[self.kind].required:
            names = need if isinstance(need, tuple) else (need,)
            if not any(vals.get(name) for name in names):
                return Problem("missing", field=names[0])
        past = kind in ("receipts", "no_shows", "done")
        if past and vals["date"] > self.today.isoformat():
            return Problem("future", date=vals["date"])
        return None

    def key(self, kind, vals):
        """Return what the content of a row is known by, before counting equals."""
        names = KINDS[self.kind].key
        if kind == "receipts" and not vals.get("receipt"):
            names += NO_RECEIPT_KEY
        parts = json.dumps([kind, *(vals.get(name) or "" for name in names)])
        return hashlib.md5(parts.encode(), usedforsecurity=False).hexdigest()
