"""What the rows of a file say of it: its kind, its columns, how it is written."""

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import chain, islice
from typing import NamedTuple

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...tools import import_fields
from ...tools.import_layouts import find_layout
from ...tools.locale_words import decimal_sign
from ...tools.read_dates import guess_order, read_date
from ...tools.read_durations import guess_in_hours
from ...tools.read_files import SAMPLE, find_header
from ...tools.read_numbers import guess_decimal, read_number
from ...tools.read_problem import Guess, Problem
from ...tools.sold_words import normalise

SAMPLES = 3
PREVIEW_ROWS = 8


class Doubt(NamedTuple):
    """What may be read in two ways: the fields of the file that say so."""

    unsure: str
    confirmed: str
    example: str
    ask: Callable  # from the environment and words to a sentence


DOUBTS = (
    Doubt(
        *("is_kind_unsure", "is_kind_confirmed", "kind_effect"),
        lambda env, words: env._(
            "%(file)s: what does it contain? Choose it and confirm it. %(example)s",
            **words,
        ),
    ),
    Doubt(
        *("is_date_unsure", "is_date_confirmed", "date_example"),
        lambda env, words: env._(
            "%(file)s: is %(example)s? Choose how its dates are written and confirm "
            "it.",
            **words,
        ),
    ),
    Doubt(
        *("is_decimal_unsure", "is_decimal_confirmed", "decimal_example"),
        lambda env, words: env._(
            "%(file)s: is %(example)s? Choose the decimal sign of its numbers and "
            "confirm it.",
            **words,
        ),
    ),
    Doubt(
        *("is_tips_unsure", "is_tips_confirmed", "tips_example"),
        lambda env, words: env._(
            "%(file)s: is it right that %(example)s? Choose whether its amounts hold "
            "the tips and confirm it.",
            **words,
        ),
    ),
)


def vote_tips(amount, tip, numbers):
    """Return whether an amount holds the tip, or None if no price proves it.

    :param numbers: {field: number} of the same row
    """
    tax, price = numbers.get("tax", 0), numbers.get("price")
    bases = set()
    if "net" in numbers:
        bases = {numbers["net"] + tax}
    elif price is not None:
        sold = price * numbers.get("quantity", 1) - abs(numbers.get("discount", 0))
        bases = {sold, sold + tax}
    if amount in bases:
        return "apart"
    return "within" if amount - tip in bases else None


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
        found = self._guess_kind(columns)
        # Lists of one system may have the same columns: its name tells them apart.
        layout = json.dumps([found.kind, *map(normalise, rows[header])])
        like = self._find_like(layout)
        kind = like.kind or found.kind
        return {
            "kind": kind,
            "read_kind": found.kind,
            "is_kind_sure": found.is_sure,
            "layout": layout,
            "like_id": like.id,
            "sequence": list(import_fields.KINDS).index(kind),
            "header_row": header,
            "head": [rows[header], *body[:PREVIEW_ROWS]],
            "column_ids": [
                fields.Command.clear(),
                *map(fields.Command.create, self._prepare_columns(columns, kind, like)),
            ],
        }

    def _find_like(self, layout):
        """Return the salon's last imported file with the same columns."""
        return self.file.search(
            [
                ("layout", "=", layout),
                ("import_id.company_id", "=", self.file.company_id.id),
                ("import_id.state", "=", "done"),
            ],
            order="id desc",
            limit=1,
        )

    def _prepare_columns(self, columns, kind, like):
        """Return the columns as they are guessed, or as the salon had them last."""
        guesses = self._map_columns(columns, kind)
        targets = like.column_ids.mapped("target") or guesses
        return [
            {
                "sequence": index,
                "header": title,
                "samples": ", ".join(list(dict.fromkeys(samples))[:SAMPLES]),
                "target": target,
                "guess": guess,
            }
            for index, ((title, samples), target, guess) in enumerate(
                zip(columns, targets, guesses, strict=True)
            )
        ]

    def take_answers(self):
        """Answer what is asked of the file as the salon did for its last one."""
        file, like = self.file, self.file.like_id
        if not like:
            return
        file.item_for_all = like.item_for_all
        file.services = like.services
        file.is_kind_confirmed = True
        for what in ("date", "decimal", "tips"):
            name = {"date": "date_order"}.get(what, what)
            if file[f"is_{what}_unsure"]:
                file[name] = like[name]
                file[f"is_{what}_confirmed"] = True

    def _map_columns(self, columns, kind):
        """Return what columns hold, as far as a file of this kind has use for it."""
        known = import_fields.kind_fields(kind)
        targets = import_fields.map_columns(columns, kind)
        return [target if target in known else False for target in targets]

    def describe_origin(self):
        """Return a sentence that says which list this looks like, if it is known."""
        like = self.file.like_id
        if like:
            return self.env._(
                "As you read %(file)s in %(import_name)s",
                file=like.name,
                import_name=like.import_id.name,
            )
        layout = find_layout(self.file.column_ids.mapped("header"))
        if not layout:
            return False
        labels = dict(self.file._fields["kind"]._description_selection(self.env))
        return self.env._(
            "This looks like %(system)s, %(kind)s",
            system=layout.system,
            kind=labels[layout.kind].lower(),
        )

    def _guess_kind(self, columns):
        headers = [title for title, _samples in columns]
        known = self._get_known_kind(headers)
        return known or import_fields.guess_kind(self.file.name, columns)

    def _get_known_kind(self, headers):
        layout = find_layout(headers)
        return layout and import_fields.Found(layout.kind, True)

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
        known = self._get_known_kind(columns.mapped("header"))
        return known or import_fields.rank_kinds(self.file.name, targets)

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
        decimal = self._guess_decimal(columns, head)
        return {
            "date": guess_order(self._iter_texts(columns["date"], head)),
            "decimal": decimal,
            "duration": self._guess_duration_unit(columns["duration"], head),
            "tips": self._guess_tips(head, decimal.value or self.get_usual_sign()),
        }

    def _guess_tips(self, head, sign):
        """Return whether the amounts hold the tips, as prices prove it."""
        indexes = {target: index for index, target, _header in self.file._get_mapping()}
        total = "paid" if "paid" in indexes else "amount"
        if not {"tip", total} <= indexes.keys():
            return Guess(None)
        sample, votes = None, set()
        for row in head:
            numbers = self._read_numbers(row, indexes, sign)
            tip, amount = numbers.get("tip"), numbers.get(total)
            if tip and amount:
                sample = sample or [str(amount), str(tip)]
                votes.add(vote_tips(amount, tip, numbers))
        if not sample:
            return Guess(None)
        votes -= {None}
        where = "within" if votes == {"within"} else "apart"
        return Guess(where, len(votes) == 1, sample)

    def _read_numbers(self, row, indexes, sign):
        """Return {field: number} of the cells of a row that are sums of money."""
        numbers = {}
        for name in ("quantity", *import_fields.MONEY):
            index = indexes.get(name, len(row))
            with suppress(Problem):
                text = row[index] if index < len(row) else ""
                numbers[name] = read_number(text, sign)
        return numbers

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

    def get_questions(self):
        """Return [(how it would be read, what to do about it)] of what is unsure."""
        file, questions = self.file, []
        for doubt in DOUBTS:
            if file[doubt.unsure] and not file[doubt.confirmed]:
                words = {"file": file.name, "example": file[doubt.example]}
                questions.append((words["example"], doubt.ask(self.env, words)))
        return questions

    def draw_preview(self):
        """Return the first rows as a table."""
        header, *rows = self.file.head or [[]]
        return Markup(
            '<table class="table table-sm table-bordered small text-break">'
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (
            _draw_cells(Markup("<th>%s</th>"), header),
            Markup().join(
                Markup("<tr>%s</tr>") % _draw_cells(Markup("<td>%s</td>"), row)
                for row in rows
            ),
        )

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

    def describe_tip(self, sample):
        """Return a sentence that says what the salon has of an amount and its tip."""
        amount, tip = map(Decimal, sample)
        sale = amount - tip if self.file.tips == "within" else amount
        numbers = {
            name: formatLang(self.env, float(number), grouping=True)
            for name, number in {"amount": amount, "tip": tip, "sale": sale}.items()
        }
        return self.env._(
            "%(amount)s and a tip of %(tip)s are %(sale)s for the salon", **numbers
        )


def _draw_cells(cell, texts):
    return Markup().join(cell % text for text in texts)
