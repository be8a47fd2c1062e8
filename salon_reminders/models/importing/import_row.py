"""One row of a file read into values, by the columns that people have confirmed."""

import hashlib
import json

from .import_fields import FIELDS, KINDS, WALK_IN_NAMES, normalise, status_kind
from .import_values import (
    Problem,
    read_date,
    read_flag,
    read_number,
    read_ref,
    read_time,
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
        self.columns = [
            (*column, getattr(self, f"_read_{FIELDS[column[1]].type}"))
            for column in columns
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

    _read_amount = _read_number

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
