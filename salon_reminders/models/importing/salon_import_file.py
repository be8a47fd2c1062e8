from collections import defaultdict
from itertools import chain, islice

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang
from odoo.tools.sql import column_exists, create_column, table_exists

from ...tools import import_fields
from ...tools.locale_words import decimal_sign
from ...tools.read_dates import guess_order, read_date
from ...tools.read_durations import guess_in_hours
from ...tools.read_numbers import guess_decimal, read_number
from ...tools.read_problem import Guess, Problem
from . import import_reader

MAX_BYTES = 100 * 1024 * 1024
SAMPLES = 3
PREVIEW_ROWS = 8


class SalonImportFile(models.Model):
    """One uploaded CSV file or one sheet of a workbook, and how it is read."""

    _name = "salon.import.file"
    _description = "Salon Import File"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one(
        "salon.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id")
    attachment_id = fields.Many2one(
        "ir.attachment", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char("File", required=True, readonly=True)
    sheet = fields.Char(readonly=True)
    kind = fields.Selection(
        [(name, kind.label) for name, kind in import_fields.KINDS.items()],
        string="Contains",
        compute="_compute_kind",
        store=True,
        readonly=False,
        required=True,
        default="receipts",
    )
    # Until a person chooses another kind, it is guessed again with the columns.
    read_kind = fields.Char(compute="_compute_kind", store=True)
    is_kind_sure = fields.Boolean(compute="_compute_kind", store=True, default=True)
    is_kind_unsure = fields.Boolean(compute="_compute_is_kind_unsure")
    is_kind_confirmed = fields.Boolean(
        "That is right",
        compute="_compute_is_kind_confirmed",
        store=True,
        readonly=False,
        help="Tick it when the file contains what is chosen.",
    )
    question = fields.Char("Is this right?", compute="_compute_question")
    kind_effect = fields.Char("What it does", compute="_compute_kind_effect")
    item_for_all = fields.Char(
        "All rows are",
        help="The service of every row of a file that has no column for it: one of "
        "the salon's, by its name, or a new one.",
    )
    has_items = fields.Boolean(compute="_compute_missing")
    unused = fields.Char("Not used", compute="_compute_unused")
    row_count = fields.Integer("Rows", readonly=True)

    # How it is written
    encoding = fields.Selection(
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8 with mark"),
            ("utf-16", "UTF-16"),
            ("windows-1251", "Windows-1251 (Cyrillic)"),
            ("windows-1250", "Windows-1250 (Central European)"),
            ("windows-1252", "Windows-1252 (Western)"),
            ("windows-1253", "Windows-1253 (Greek)"),
            ("windows-1254", "Windows-1254 (Turkish)"),
            ("windows-1257", "Windows-1257 (Baltic)"),
            ("koi8-r", "KOI8-R (Cyrillic)"),
            ("cp866", "CP866 (Cyrillic, DOS)"),
            ("cp932", "Shift-JIS (Japanese)"),
        ],
        help="Change it when letters in the preview look wrong.",
    )
    separator = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")],
        help="What stands between two cells.",
    )
    # What the columns say about it, guessed again whenever one of them changes.
    writing = fields.Json(compute="_compute_writing", store=True)
    date_order = fields.Selection(
        [
            ("ymd", "Year-month-day"),
            ("mdy", "Month/day/year"),
            ("dmy", "Day.month.year"),
        ],
        string="Dates",
        compute="_compute_date_order",
        store=True,
        readonly=False,
        required=True,
        default="ymd",
    )
    is_date_unsure = fields.Boolean(compute="_compute_date_sample")
    date_sample = fields.Char(compute="_compute_date_sample")
    date_example = fields.Char("Example", compute="_compute_date_example")
    is_date_confirmed = fields.Boolean(
        "Dates are right",
        compute="_compute_is_date_confirmed",
        store=True,
        readonly=False,
        help="Tick it when the example is read as it is meant.",
    )
    decimal = fields.Selection(
        [(".", "Point: 1234.50"), (",", "Comma: 1234,50")],
        string="Decimal sign",
        compute="_compute_decimal",
        store=True,
        readonly=False,
        required=True,
        default=".",
    )
    is_decimal_unsure = fields.Boolean(compute="_compute_decimal_sample")
    decimal_sample = fields.Char(compute="_compute_decimal_sample")
    decimal_example = fields.Char("Meaning", compute="_compute_decimal_example")
    is_decimal_confirmed = fields.Boolean(
        "Numbers are right",
        compute="_compute_is_decimal_confirmed",
        store=True,
        readonly=False,
        help="Tick it when the number is read as it is meant.",
    )
    duration_unit = fields.Selection(
        [("minute", "Minutes"), ("hour", "Hours")],
        string="Durations are in",
        compute="_compute_duration_unit",
        store=True,
        readonly=False,
        required=True,
        default="minute",
        help="Durations that say it themselves, such as 1h 30m, are read as they are.",
    )
    has_durations = fields.Boolean(compute="_compute_has_durations")

    # What is in it
    header_row = fields.Integer(readonly=True)
    head = fields.Json(readonly=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    column_ids = fields.One2many("salon.import.column", "file_id", string="Columns")
    missing = fields.Char(compute="_compute_missing")

    # How far it is read
    staged_count = fields.Integer(readonly=True)
    is_staged = fields.Boolean(readonly=True)

    def _auto_init(self):
        """Leave files that were read before alone: nothing is asked of them again."""
        cr, table = self.env.cr, self._table
        if table_exists(cr, table) and not column_exists(cr, table, "writing"):
            create_column(cr, table, "writing", "jsonb")
            create_column(cr, table, "read_kind", "varchar")
            create_column(cr, table, "is_kind_sure", "boolean")
        return super()._auto_init()

    @api.depends("column_ids.target")
    def _compute_kind(self):
        for file in self:
            if not file.column_ids or file.kind != (file.read_kind or file.kind):
                continue
            found = file._guess_kind()
            file.kind = file.read_kind = found.kind
            file.is_kind_sure = found.is_sure

    @api.depends("kind", "read_kind", "is_kind_sure", "is_kind_confirmed")
    def _compute_is_kind_unsure(self):
        for file in self:
            is_guess = file.kind == file.read_kind and not file.is_kind_sure
            file.is_kind_unsure = is_guess and not file.is_kind_confirmed

    @api.depends("kind")
    def _compute_is_kind_confirmed(self):
        self.is_kind_confirmed = False

    @api.depends(
        *("is_kind_unsure", "kind_effect"),
        *("is_date_unsure", "is_date_confirmed", "date_example"),
        *("is_decimal_unsure", "is_decimal_confirmed", "decimal_example"),
    )
    def _compute_question(self):
        for file in self:
            file.question = " · ".join(file._get_open_questions())

    @api.depends("kind")
    def _compute_kind_effect(self):
        effects = self._get_kind_effects()
        for file in self:
            file.kind_effect = effects.get(file.kind)

    @api.depends("kind", "column_ids.target")
    def _compute_unused(self):
        for file in self:
            names = file._get_field_names()
            unused = file.column_ids.filtered(
                lambda column, names=names: (
                    column.samples and column.target not in names
                )
            )
            file.unused = ", ".join(unused.mapped("header"))

    @api.depends("kind", "column_ids.target", "encoding", "separator")
    def _compute_writing(self):
        for file in self:
            file.writing = file._guess_writing()

    @api.depends("writing")
    def _compute_date_order(self):
        for file in self:
            file.date_order = file._get_guess("date").value or "ymd"

    @api.depends("writing")
    def _compute_date_sample(self):
        for file in self:
            guess = file._get_guess("date")
            file.is_date_unsure = not guess.is_sure
            file.date_sample = guess.sample

    @api.depends("date_sample", "date_order")
    def _compute_date_example(self):
        for file in self:
            file.date_example = file.date_sample and file._get_date_example()

    @api.depends("writing", "date_order")
    def _compute_is_date_confirmed(self):
        self.is_date_confirmed = False

    @api.depends("writing")
    def _compute_decimal(self):
        for file in self:
            file.decimal = file._get_guess("decimal").value or file._get_usual_sign()

    @api.depends("writing")
    def _compute_decimal_sample(self):
        for file in self:
            guess = file._get_guess("decimal")
            file.is_decimal_unsure = not guess.is_sure
            file.decimal_sample = guess.sample

    @api.depends("decimal_sample", "decimal")
    def _compute_decimal_example(self):
        for file in self:
            file.decimal_example = file.decimal_sample and file._get_decimal_example()

    @api.depends("writing", "decimal")
    def _compute_is_decimal_confirmed(self):
        self.is_decimal_confirmed = False

    @api.depends("writing")
    def _compute_duration_unit(self):
        for file in self:
            file.duration_unit = file._get_guess("duration").value or "minute"

    @api.depends("writing")
    def _compute_has_durations(self):
        for file in self:
            file.has_durations = bool(file._get_guess("duration").value)

    @api.depends("head")
    def _compute_preview(self):
        for file in self:
            header, *rows = file.head or [[]]
            file.preview = Markup(
                '<table class="table table-sm table-bordered small text-break">'
                "<thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
            ) % (
                file._get_cells("th", header),
                Markup().join(
                    Markup("<tr>%s</tr>") % file._get_cells("td", row) for row in rows
                ),
            )

    @api.depends("kind", "column_ids.target", "item_for_all")
    def _compute_missing(self):
        labels = dict(
            self.env["salon.import.column"]
            ._fields["target"]
            ._description_selection(self.env)
        )
        for file in self:
            found = set(file.column_ids.mapped("target"))
            file.has_items = not found.isdisjoint(import_fields.WHAT)
            if file.item_for_all:
                found.add("item")
            needs = import_fields.missing_fields(file.kind, found)
            file.missing = ", ".join(
                " / ".join(labels[name] for name in need) for need in needs
            )

    @api.onchange("kind")
    def _onchange_kind(self):
        self._map_again()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals and "column_ids" not in vals:
            self._map_again()
        if not {"encoding", "separator"}.isdisjoint(vals):
            for file in self:
                file._read_head()
        return result

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    def _create_from(self, salon_import, attachment):
        """Create the file, or one per sheet, of an upload and look into it."""
        data = attachment.raw or b""
        sheets, vals = [False], {}
        if len(data) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "%(file)s is too large. Split it into files under 100 MB.",
                    file=attachment.name,
                )
            )
        if import_reader.is_workbook(data):
            sheets = self._get_sheets(attachment, data)
        else:
            encoding = import_reader.guess_encoding(data)
            separator = import_reader.guess_separator(data, encoding)
            vals = {"encoding": encoding, "separator": separator}
        files = self.create(
            [
                {
                    "import_id": salon_import.id,
                    "attachment_id": attachment.id,
                    "name": f"{attachment.name}: {sheet}"
                    if len(sheets) > 1
                    else attachment.name,
                    "sheet": sheet,
                    **vals,
                }
                for sheet in sheets
            ]
        )
        for file in files:
            file._read_head()
        return files

    def _get_sheets(self, attachment, data):
        try:
            return import_reader.sheet_names(data)
        except Exception as error:
            raise UserError(
                self.env._(
                    "%(file)s can't be opened. Save it again as XLSX or CSV.",
                    file=attachment.name,
                )
            ) from error

    def _iter_rows(self, decimal=None):
        """Yield all rows of the file, those above the headers too."""
        self.ensure_one()
        return import_reader.read_rows(
            self.attachment_id.raw or b"",
            self.encoding,
            self.separator,
            self.sheet,
            self.decimal if decimal is None else decimal,
        )

    def _guess_row_count(self):
        """Return about how many rows are still to be read."""
        data = self.attachment_id.raw or b""
        rows = import_reader.guess_row_count(data, self.sheet) - self.staged_count
        return max(rows, 0)

    def _read_head(self):
        """Guess from the first rows what the file holds and how it is written."""
        rows = list(islice(self._iter_rows(), import_reader.SAMPLE))
        if not any(map(any, rows)):
            raise UserError(self.env._("%(file)s is empty.", file=self.name))
        header = import_reader.find_header(rows)
        body = [row for row in rows[header + 1 :] if any(row)]
        columns = [
            (title, [row[index] for row in body if index < len(row) and row[index]])
            for index, title in enumerate(rows[header])
        ]
        kind, is_sure = import_fields.guess_kind(self.name, columns)
        targets = import_fields.map_columns(columns, kind)
        known = set(import_fields.kind_fields(kind))
        targets = [target if target in known else None for target in targets]
        self.write(
            {
                "kind": kind,
                "read_kind": kind,
                "is_kind_sure": is_sure,
                "sequence": list(import_fields.KINDS).index(kind),
                "header_row": header,
                "head": [rows[header], *body[:PREVIEW_ROWS]],
                "column_ids": [fields.Command.clear()]
                + [
                    fields.Command.create(
                        {
                            "sequence": index,
                            "header": title,
                            "samples": ", ".join(
                                list(dict.fromkeys(samples))[:SAMPLES]
                            ),
                            "target": target,
                            "guess": target,
                        }
                    )
                    for index, ((title, samples), target) in enumerate(
                        zip(columns, targets, strict=True)
                    )
                ],
            }
        )

    def _guess_kind(self):
        """Return the kind that the columns speak for, as a person has named them."""
        columns = self._get_examples()
        targets = {
            kind: [
                column.target if column._is_chosen() else found
                for column, found in zip(
                    self.column_ids,
                    import_fields.map_columns(columns, kind),
                    strict=True,
                )
            ]
            for kind in import_fields.KINDS
        }
        return import_fields.rank_kinds(self.name, targets)

    def _get_examples(self):
        return [
            (column.header or "", (column.samples or "").split(", "))
            for column in self.column_ids
        ]

    def _map_again(self):
        """Say what the columns hold in a file of this kind; leave what was chosen."""
        for file in self.filtered("column_ids"):
            names = file._get_field_names()
            found = import_fields.map_columns(file._get_examples(), file.kind)
            for column, target in zip(file.column_ids, found, strict=True):
                if not column._is_chosen():
                    target = target if target in names else False
                    column.target = column.guess = target

    def _guess_writing(self):
        """Return what the used columns say about how dates and numbers are written."""
        if not self.head:
            return False
        columns = defaultdict(list)
        for index, target, header in self._get_mapping():
            columns[import_fields.FIELDS[target].type].append((index, header))
        head = list(islice(self._iter_body(), import_reader.SAMPLE))
        dates = guess_order(self._iter_texts(columns["date"], head))
        return {
            "date": dates,
            "decimal": self._guess_decimal(columns, head),
            "duration": self._guess_duration_unit(columns["duration"], head),
        }

    def _guess_decimal(self, columns, head):
        places = self.company_id.currency_id.decimal_places
        usual = self._get_usual_sign()
        money = guess_decimal(self._iter_texts(columns["amount"], head), usual, places)
        if money.value:
            return money
        return guess_decimal(self._iter_texts(columns["number"], head), usual, None)

    def _guess_duration_unit(self, columns, head):
        for index, header in columns:
            texts = list(self._iter_texts([(index, header)], head, whole=False))
            return Guess("hour" if guess_in_hours(header, texts) else "minute")
        return Guess(None)

    def _iter_body(self):
        """Yield the rows below the headers as a guess needs them.

        Numbers of a spreadsheet have no sign of their own: they must not vote.
        """
        rows = self._iter_rows(decimal="")
        return islice(rows, self.header_row + 1, None)

    def _iter_texts(self, columns, head, whole=True):
        """Yield what columns hold in the first rows, then in the rest of the file."""
        indexes = [index for index, _header in columns]
        rows = head if indexes else ()
        if indexes and whole and len(head) == import_reader.SAMPLE:
            rows = chain(head, self._iter_rest(len(head)))
        for row in rows:
            for index in indexes:
                if index < len(row) and row[index]:
                    yield row[index]

    def _iter_rest(self, start):
        # A generator of its own: the file is opened when the first rows did not do.
        yield from islice(self._iter_body(), start, None)

    def _get_guess(self, what):
        return Guess(*(self.writing or {}).get(what, [None]))

    def _get_usual_sign(self):
        """Return the decimal sign to expect: a list with semicolons keeps the comma."""
        if self.separator == ";":
            return ","
        return decimal_sign(self.company_id.country_id.code) or "."

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_field_names(self):
        """Return the fields that a file of this kind may have."""
        return import_fields.kind_fields(self.kind) if self.kind else []

    @api.model
    def _get_kind_effects(self):
        """Return {kind: sentence that says what its rows become}."""
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
        }

    def _get_mapping(self):
        """Return (index, field, header) of the columns that are used."""
        allowed = self._get_field_names()
        return [
            (column.sequence, column.target, column.header)
            for column in self.column_ids
            if column.target in allowed
        ]

    def _get_date_example(self):
        try:
            day, _rest = read_date(self.date_sample, self.date_order)
        except Problem:
            return self.env._("%(text)s is not a date", text=self.date_sample)
        return self.env._(
            "%(text)s is %(day)s",
            text=self.date_sample,
            day=day.strftime("%d %B %Y"),
        )

    def _get_decimal_example(self):
        text = self.decimal_sample
        try:
            number = float(read_number(text, self.decimal))
        except Problem:
            return self.env._("%(text)s is not a number", text=text)
        return self.env._(
            "%(text)s is %(number)s",
            text=text,
            number=formatLang(self.env, number, grouping=True),
        )

    @api.model
    def _get_cells(self, tag, texts):
        cell = Markup("<th>%s</th>") if tag == "th" else Markup("<td>%s</td>")
        return Markup().join(cell % text for text in texts)

    def _check_ready(self):
        """Check that a file can be imported as it is set up.

        :raise UserError: naming the file and what is to be done
        """
        for file in self:
            if file.missing:
                raise UserError(
                    self.env._(
                        "%(file)s: choose the column that holds: %(missing)s",
                        file=file.name,
                        missing=file.missing,
                    )
                )
            if file.is_kind_unsure:
                raise UserError(
                    self.env._(
                        "%(file)s: what does it contain? Choose it and confirm it. "
                        "%(effect)s",
                        file=file.name,
                        effect=file.kind_effect,
                    )
                )
            if file.is_date_unsure and not file.is_date_confirmed:
                raise UserError(
                    self.env._(
                        "%(file)s: is %(example)s? Choose how its dates are written "
                        "and confirm it.",
                        file=file.name,
                        example=file.date_example,
                    )
                )
            if file.is_decimal_unsure and not file.is_decimal_confirmed:
                raise UserError(
                    self.env._(
                        "%(file)s: is %(example)s? Choose the decimal sign of its "
                        "numbers and confirm it.",
                        file=file.name,
                        example=file.decimal_example,
                    )
                )
            targets = [target for _index, target, _header in file._get_mapping()]
            double = {target for target in targets if targets.count(target) > 1}
            if double:
                raise UserError(
                    self.env._(
                        "%(file)s: two columns hold the same: %(columns)s. Empty one.",
                        file=file.name,
                        columns=", ".join(
                            file.column_ids.filtered(
                                lambda c, double=double: c.target in double
                            ).mapped("header")
                        ),
                    )
                )

    def _get_open_questions(self):
        """Return what is to be confirmed, as it would be read."""
        questions = []
        if self.is_kind_unsure:
            questions.append(self.kind_effect)
        if self.is_date_unsure and not self.is_date_confirmed:
            questions.append(self.date_example)
        if self.is_decimal_unsure and not self.is_decimal_confirmed:
            questions.append(self.decimal_example)
        return questions

    def action_confirm(self):
        """Say that what is asked of the file is read as it is meant."""
        self.write(
            {
                "is_kind_confirmed": True,
                "is_date_confirmed": True,
                "is_decimal_confirmed": True,
            }
        )

    def action_open(self):
        """Open the columns and the preview of the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
