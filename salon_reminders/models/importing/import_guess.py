"""What the rows of a file say of it: its kind, its columns, how it is written."""

from collections import defaultdict
from itertools import chain, islice

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...tools import import_fields
from ...tools.locale_words import decimal_sign
from ...tools.read_dates import guess_order, read_date
from ...tools.read_durations import guess_in_hours
from ...tools.read_files import SAMPLE, find_header
from ...tools.read_numbers import guess_decimal, read_number
from ...tools.read_problem import Guess, Problem

SAMPLES = 3
PREVIEW_ROWS = 8


class FileGuesser:
    """Guesses what a file holds and how it is written.

    Every guess is made again when a person changes what it was made from: the kind of
    file follows from its columns, and how dates and numbers are written from those
    that are used.
    """

    def __init__(self, file):
        self.file = file
        self.env = file.env

    # ------------------------------------------------------------
    # KIND AND COLUMNS
    # ------------------------------------------------------------

    def read_head(self):
        """Return the values of a file as its name and its first rows have it."""
        rows = list(islice(self.file._iter_rows(), SAMPLE))
        if not any(map(any, rows)):
            raise UserError(self.env._("%(file)s is empty.", file=self.file.name))
        header = find_header(rows)
        body = [row for row in rows[header + 1 :] if any(row)]
        columns = [
            (title, [row[index] for row in body if index < len(row) and row[index]])
            for index, title in enumerate(rows[header])
        ]
        kind, is_sure = import_fields.guess_kind(self.file.name, columns)
        return {
            "kind": kind,
            "read_kind": kind,
            "is_kind_sure": is_sure,
            "sequence": list(import_fields.KINDS).index(kind),
            "header_row": header,
            "head": [rows[header], *body[:PREVIEW_ROWS]],
            "column_ids": [
                fields.Command.clear(),
                *map(fields.Command.create, self._prepare_columns(columns, kind)),
            ],
        }

    def _prepare_columns(self, columns, kind):
        targets = self._map_columns(columns, kind)
        return [
            {
                "sequence": index,
                "header": title,
                "samples": ", ".join(list(dict.fromkeys(samples))[:SAMPLES]),
                "target": target,
                "guess": target,
            }
            for index, ((title, samples), target) in enumerate(
                zip(columns, targets, strict=True)
            )
        ]

    def _map_columns(self, columns, kind):
        """Return what columns hold, as far as a file of this kind has use for it."""
        known = import_fields.kind_fields(kind)
        targets = import_fields.map_columns(columns, kind)
        return [target if target in known else False for target in targets]

    def guess_kind(self):
        """Return the kind that the columns speak for, as a person has named them."""
        columns = self.file.column_ids
        targets = {
            kind: [
                column.target if column._is_chosen() else found
                for column, found in zip(
                    columns,
                    import_fields.map_columns(self._get_examples(), kind),
                    strict=True,
                )
            ]
            for kind in import_fields.KINDS
        }
        return import_fields.rank_kinds(self.file.name, targets)

    def map_again(self):
        """Say what the columns hold in a file of this kind; leave what was chosen."""
        found = self._map_columns(self._get_examples(), self.file.kind)
        for column, target in zip(self.file.column_ids, found, strict=True):
            if not column._is_chosen():
                column.target = column.guess = target

    def _get_examples(self):
        return [
            (column.header or "", (column.samples or "").split(", "))
            for column in self.file.column_ids
        ]

    # ------------------------------------------------------------
    # DATES, NUMBERS AND DURATIONS
    # ------------------------------------------------------------

    def guess_writing(self):
        """Return what the used columns say about how dates and numbers are written."""
        columns = defaultdict(list)
        for index, target, header in self.file._get_mapping():
            columns[import_fields.FIELDS[target].type].append((index, header))
        head = list(islice(self._iter_body(), SAMPLE))
        return {
            "date": guess_order(self._iter_texts(columns["date"], head)),
            "decimal": self._guess_decimal(columns, head),
            "duration": self._guess_duration_unit(columns["duration"], head),
        }

    def _guess_decimal(self, columns, head):
        places = self.file.company_id.currency_id.decimal_places
        usual = self.get_usual_sign()
        money = guess_decimal(self._iter_texts(columns["amount"], head), usual, places)
        if money.value:
            return money
        return guess_decimal(self._iter_texts(columns["number"], head), usual, None)

    def _guess_duration_unit(self, columns, head):
        for index, header in columns:
            texts = list(self._iter_texts([(index, header)], head, whole=False))
            return Guess("hour" if guess_in_hours(header, texts) else "minute")
        return Guess(None)

    def get_usual_sign(self):
        """Return the decimal sign to expect: a list with semicolons keeps the comma."""
        if self.file.separator == ";":
            return ","
        return decimal_sign(self.file.company_id.country_id.code) or "."

    def _iter_body(self):
        """Yield the rows below the headers as a guess needs them.

        Numbers of a spreadsheet have no sign of their own: they must not vote.
        """
        rows = self.file._iter_rows(decimal="")
        return islice(rows, self.file.header_row + 1, None)

    def _iter_texts(self, columns, head, whole=True):
        """Yield what columns hold in the first rows, then in the rest of the file."""
        indexes = [index for index, _header in columns]
        rows = head if indexes else ()
        if indexes and whole and len(head) == SAMPLE:
            rows = chain(head, self._iter_rest(len(head)))
        for row in rows:
            for index in indexes:
                if index < len(row) and row[index]:
                    yield row[index]

    def _iter_rest(self, start):
        # A generator of its own: the file is opened when the first rows did not do.
        yield from islice(self._iter_body(), start, None)

    # ------------------------------------------------------------
    # WHAT A GUESS WOULD MEAN
    # ------------------------------------------------------------

    def describe_kind(self, kind):
        """Return a sentence that says what the rows of a kind of file become."""
        return {
            "receipts": self.env._("Each row becomes a line of a visit that was made."),
            "bookings": self.env._(
                "Each row becomes a visit, as its status says; without a status those "
                "of days to come stay booked."
            ),
            "cancellations": self.env._("Each row becomes a cancelled visit."),
            "no_shows": self.env._("Each row becomes a visit that the client missed."),
            "clients": self.env._(
                "Each row becomes a client; there will be no visits."
            ),
            "products": self.env._(
                "Each row becomes a product; there will be no visits."
            ),
            "services": self.env._(
                "Each row becomes a service; there will be no visits."
            ),
        }.get(kind)

    def describe_date(self, text):
        """Return a sentence that says as which day a text would be read."""
        try:
            day, _rest = read_date(text, self.file.date_order)
        except Problem:
            return self.env._("%(text)s is not a date", text=text)
        return self.env._(
            "%(text)s is %(day)s", text=text, day=day.strftime("%d %B %Y")
        )

    def describe_number(self, text):
        """Return a sentence that says as which number a text would be read."""
        try:
            number = float(read_number(text, self.file.decimal))
        except Problem:
            return self.env._("%(text)s is not a number", text=text)
        return self.env._(
            "%(text)s is %(number)s",
            text=text,
            number=formatLang(self.env, number, grouping=True),
        )
