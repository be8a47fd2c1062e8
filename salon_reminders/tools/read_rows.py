"""From the cells of a row to its values, and what is said about those unreadable."""

import hashlib
import json
import re
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .import_fields import (
    FIELDS,
    KINDS,
    MISSED_KINDS,
    WALK_IN_NAMES,
    is_total,
    status_kind,
)
from .read_dates import read_date
from .read_durations import read_duration
from .read_numbers import read_flag, read_number, read_ref
from .read_phones import Phone, read_phones
from .read_problem import Problem
from .read_times import move_to_zone, read_times
from .sold_words import normalise

CACHED = 10_000
# In Hungarian the family name comes first.
FAMILY_FIRST = ("vezetéknév", "családnév")
# A working day; what ends before it begins is not meant to last until tomorrow.
_LONGEST_BOOKING = 14 * 60
# Where one of these can't be read, nobody knows what was paid.
PAID = ("amount", "paid", "net", "price", "discount")
# Without a receipt number only the whole content tells two lines apart.
NO_RECEIPT_KEY = ("time", "amount", "quantity", "stylist")
# An @, or as many digits as a phone number has: not for notes, which stylists read.
_CONTACT = re.compile(r"@|\d(?:[\s().\-/]*\d){6}")

# {what can't be read: the sentence about it}
TEXTS = {
    "date": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a date. "
        "Write it as 2018-03-15.",
        **words,
    ),
    "time": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a time. "
        "Write it as 14:30.",
        **words,
    ),
    "duration": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a duration. "
        "Write the minutes, or 1:30.",
        **words,
    ),
    "number": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s is not a number. "
        "Write only digits and the decimal sign of the file.",
        **words,
    ),
    "phone": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s can't be dialled. "
        "Write the number with its country, as +1 212 555 0143.",
        **words,
    ),
    "flag": lambda env, words: env._(
        "Row %(number)s: %(value)s in the column %(column)s is neither yes nor no.",
        **words,
    ),
    "missing": lambda env, words: env._(
        "Row %(number)s: %(field)s is missing.", **words
    ),
    "total": lambda env, words: env._(
        "Row %(number)s: %(value)s looks like the total of the list, not a client.",
        **words,
    ),
    "future": lambda env, words: env._(
        "Row %(number)s: it is dated %(date)s, which is still to come. Import it "
        "as a booking or correct the date.",
        **words,
    ),
}


def describe_problem(env, number, problem, labels):
    """Return the sentence about a row or cell that can't be read, in plain words.

    :param labels: {field: how it is called} in the language of the user
    """
    words = {"number": number, **problem.words}
    if problem.code == "missing":
        words["field"] = labels[words["field"]]
    return TEXTS[problem.code](env, words)


class Writing(NamedTuple):
    """How the cells of a file are written."""

    order: str  # of the parts of a date
    decimal: str = "."
    in_hours: bool = False  # durations without a unit
    item: str = ""  # the service of all rows, where no column says it
    statuses: dict = {}  # what a person said that a status means
    has_tips: bool = False  # the amounts hold the tips as well


class RowReader:
    """Reads the rows of one file.

    A row fails only when what makes it a row is unreadable. Any other cell is left
    empty then, and kept as text in the note of what the row becomes.

    :param columns: list of (index, field, header)
    :param writing: the ``Writing`` of the file
    :param dial: function from a phone number to its international form, or nothing
    :param today: the salon's date; nothing can have been done after it
    :param zone: the salon's time zone
    """

    def __init__(self, kind, columns, writing, dial, today, zone):
        self.kind = kind
        readers = {
            "text": self._read_text,
            "ref": self._read_ref,
            "number": self._read_number,
            "amount": self._read_number,
            "share": self._read_share,
            "date": self._read_date,
            "time": self._read_time,
            "duration": self._read_duration,
            "phone": self._read_phone,
            "flag": self._read_flag,
        }
        self.columns = [
            (*column, readers[FIELDS[column[1]].type]) for column in columns
        ]
        self.writing = writing
        headers = {name: normalise(header) for _index, name, header in columns}
        self.shares = {name for _index, name, header in columns if "%" in header}
        self.name_order = ("first_name", "last_name")
        if headers.get("last_name") in FAMILY_FIRST:
            self.name_order = ("last_name", "first_name")
        # A client's number comes with each row of that client.
        self.read_phones = lru_cache(CACHED)(lambda text: read_phones(text, dial))
        self.today = today
        self.zone = zone

    def parse(self, cells):
        """Return (kind, values, problem, doubts) of a row; values even of a bad one.

        :return: the problem makes the row fail; doubts are about cells left empty
        """
        vals, problem, doubts = {}, None, []
        for index, name, header, read in self.columns:
            text = cells[index] if index < len(cells) else ""
            if not text:
                continue
            try:
                read(vals, name, text)
            except Problem as error:
                error.words["column"] = header
                if name == error.code == "date":
                    problem = error
                else:
                    doubts.append(error)
                    self._leave_out(vals, name, error)
        kind = self._finish(vals)
        return kind, vals, problem or self._check(kind, vals), doubts

    def _leave_out(self, vals, name, error):
        """Keep what can't be read as text, but for numbers to reach somebody by."""
        if name in PAID:
            vals["is_unknown"] = True
        text = error.words["value"]
        if FIELDS[name].type != "phone" and not (
            _CONTACT.search(text) and FIELDS[name].type != "date"
        ):
            kept = f"{error.words['column']}: {text}"
            vals["kept"] = "\n".join(filter(None, [vals.get("kept"), kept]))

    def _read_text(self, vals, name, text):
        vals[name] = text

    def _read_ref(self, vals, name, text):
        vals[name] = read_ref(text)

    def _read_number(self, vals, name, text):
        vals[name] = str(read_number(text, self.writing.decimal))

    def _read_share(self, vals, name, text):
        """Read an amount, or so many per cent of one."""
        number = abs(read_number(text.replace("%", ""), self.writing.decimal))
        is_share = "%" in text or name in self.shares
        vals[name] = f"{number}%" if is_share else str(number)

    def _read_date(self, vals, name, text):
        # Nobody is born in the future: 45 in a birthday is 1945.
        last = self.today.year if name == "birthdate" else None
        day, rest = read_date(text, self.writing.order, last)
        vals[name] = day.isoformat()
        if rest and name == "date" and not vals.get("time"):
            self._read_time(vals, "time", rest)

    def _read_time(self, vals, name, text):
        # A time column with a whole date in it: exports of spreadsheets have them.
        if len(text) > 12:
            text = self._get_rest(text)
        when = read_times(text)
        vals[name] = when.start.isoformat()
        if name == "time" and when.stop:
            vals.setdefault("end", when.stop.isoformat())
        if name == "time" and when.offset is not None:
            vals["offset"] = when.offset

    def _get_rest(self, text):
        try:
            return read_date(text, self.writing.order)[1] or text
        except Problem:
            return text

    def _read_duration(self, vals, name, text):
        vals[name] = str(read_duration(text, self.writing.in_hours))

    def _read_phone(self, vals, name, text):
        """Take the first number that can be dialled; what else there is, is further."""
        phones = self.read_phones(text)
        usable = next((phone for phone in phones if phone.number), None)
        if usable and not vals.get("phone_key"):
            earlier = vals.get("phone")
            vals["phone"], vals["phone_key"] = usable.text, usable.number
            phones = [*([Phone("", earlier)] if earlier else ()), *phones]
        elif not usable and not vals.get("phone"):
            vals["phone"] = text
            raise Problem("phone", value=text)
        for phone in phones:
            self._add_further(vals, phone)
        if not usable:
            raise Problem("phone", value=text)

    def _add_further(self, vals, phone):
        """Keep a number beside that of the card, or the words beside that one."""
        text, card = phone.number or phone.text, vals.get("phone_key")
        known = {text for text, _number, _words in vals.get("further", ())}
        is_number = any(sign.isdigit() for sign in text)
        if is_number and text not in known and (phone.words or text != card):
            further = [text, phone.number, phone.words]
            vals.setdefault("further", []).append(further)

    def _read_flag(self, vals, name, text):
        vals[name] = read_flag(text)

    def _finish(self, vals):
        """Add what follows from the values; return what the row is about."""
        kind = self.kind
        if self.kind == "bookings" and vals.get("status"):
            kind = self._get_status_kind(vals) or kind
        if self.writing.item and kind not in ("clients", "products", "services"):
            vals.setdefault("item", self.writing.item)
        self._finish_name(vals)
        self._finish_minutes(vals)
        self._finish_times(vals)
        self._finish_money(kind, vals)
        if self.kind == "receipts" and vals.get("category"):
            # A till without names for its goods: at least what kind they are.
            vals.setdefault("item", vals.get("code") or vals["category"])
        if vals.get("kept"):
            vals["note"] = "\n".join(filter(None, [vals.get("note"), vals.pop("kept")]))
        name = normalise(vals.get("client_name"))
        if name in WALK_IN_NAMES:
            del vals["client_name"]
            # The number of such a card stands for walk-ins on all other rows.
            vals["walk_in"] = not vals.get("phone_key")
        elif name:
            vals["name_key"] = name
        vals["client_key"] = self._client_key(vals)
        return kind

    def _get_status_kind(self, vals):
        said = self.writing.statuses.get(normalise(vals["status"]))
        kind = said or status_kind(vals["status"])
        # What is paid in advance is still to come.
        ahead = vals.get("date", "") > self.today.isoformat()
        return "bookings" if ahead and kind not in MISSED_KINDS else kind

    def _finish_name(self, vals):
        """Put a name together that has two columns."""
        parts = [vals.pop(name, "") for name in self.name_order]
        if any(parts) and not vals.get("client_name"):
            vals["client_name"] = " ".join(filter(None, parts))

    def _finish_minutes(self, vals):
        """Take the length of a booking from its end, which is what was booked."""
        end, start = vals.pop("end", None), vals.get("time")
        if not end or not start:
            return
        length = (_minutes(end) - _minutes(start)) % (24 * 60)
        if 0 < length <= _LONGEST_BOOKING:
            vals["duration"] = str(length)

    def _finish_times(self, vals):
        """Say how long it takes, and when on the salon's clock."""
        offset = vals.pop("offset", None)
        # Midnight is how spreadsheets write "no time".
        if vals.get("time") == "00:00:00" and offset is None:
            del vals["time"]
        if offset is not None and vals.get("date"):
            start = time.fromisoformat(vals["time"])
            day = date.fromisoformat(vals["date"])
            day, start = move_to_zone(day, start, offset, self.zone)
            vals.update(date=day.isoformat(), time=start.isoformat())

    def _finish_money(self, kind, vals):
        """Leave one amount: what the client paid the salon for it."""
        paid, net, tax = (vals.pop(name, None) for name in ("paid", "net", "tax"))
        is_made = kind not in MISSED_KINDS and (
            vals.get("date", "") <= self.today.isoformat()
        )
        if paid is not None and is_made:
            vals["amount"] = paid
        elif net is not None:
            vals.setdefault("amount", str(Decimal(net) + Decimal(tax or 0)))
        if vals.pop("is_unknown", False):
            # The price list must not guess it.
            vals.setdefault("amount", "0")
        if self.writing.has_tips and "amount" in vals:
            # A tip is the stylist's, not a sale of the salon.
            vals["amount"] = str(Decimal(vals["amount"]) - Decimal(vals.get("tip", 0)))

    def _client_key(self, vals):
        """Return what a client is known by; empty for a walk-in."""
        if vals.get("walk_in"):
            return ""
        for prefix, name in (("n", "client"), ("p", "phone_key"), ("a", "name_key")):
            if vals.get(name):
                return f"{prefix}:{vals[name]}"
        # Nobody can dial it, but it is all that is known of the client.
        return f"p:{vals['phone']}" if vals.get("phone") else ""

    def _check(self, kind, vals):
        for need in KINDS[self.kind].required:
            names = need if isinstance(need, tuple) else (need,)
            if not any(vals.get(name) for name in names):
                return Problem("missing", field=names[0])
        if kind == "clients" and is_total(vals.get("client_name")):
            return Problem("total", value=vals["client_name"])
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


def _minutes(text):
    """Return the minutes since midnight of a time."""
    moment = time.fromisoformat(text)
    return moment.hour * 60 + moment.minute
