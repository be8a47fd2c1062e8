from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column, table_exists

from ...tools import import_fields, read_files
from ...tools.read_problem import Guess
from .import_guess import FileGuesser

MAX_BYTES = 100 * 1024 * 1024


class SalonImportFile(models.Model):
    """One uploaded CSV file or one sheet of a workbook, and how it is read."""

    _name = "salon.import.file"
    _description = "Salon Import File"
    _order = "import_id, sequence, id"

    import_id = fields.Many2one(
        "salon.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id")
    # Empty once it is deleted; what became of its rows is kept.
    attachment_id = fields.Many2one("ir.attachment", index=True, ondelete="set null")
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
    services = fields.Selection(
        [
            ("known", "Several, where each is known"),
            ("always", "Always several"),
            ("never", "One service"),
        ],
        string="Cut, Colour is",
        required=True,
        default="known",
        help="Names in one cell with a comma, semicolon, slash, plus or line break "
        "between them.",
    )
    has_items = fields.Boolean(compute="_compute_missing")
    unused = fields.Char("Not used", compute="_compute_unused")
    row_count = fields.Integer("Rows", readonly=True)

    # How it is written
    encoding = fields.Selection(
        read_files.ENCODINGS,
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
    is_date_unsure = fields.Boolean(compute="_compute_samples")
    date_sample = fields.Char(compute="_compute_samples")
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
    is_decimal_unsure = fields.Boolean(compute="_compute_samples")
    decimal_sample = fields.Char(compute="_compute_samples")
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
    has_durations = fields.Boolean(compute="_compute_samples")
    tips = fields.Selection(
        [("apart", "Not in the amounts"), ("within", "In the amounts")],
        compute="_compute_tips",
        store=True,
        readonly=False,
        required=True,
        default="apart",
        help="A tip is the stylist's: it does not count as a sale of the salon.",
    )
    is_tips_unsure = fields.Boolean(compute="_compute_samples")
    tips_example = fields.Char("That means", compute="_compute_tips_example")
    is_tips_confirmed = fields.Boolean(
        "Tips are right",
        compute="_compute_is_tips_confirmed",
        store=True,
        readonly=False,
        help="Tick it when the tip is counted as it is meant.",
    )

    # What it is known by
    layout = fields.Char(readonly=True, help="Its headers, and its kind at first.")
    like_id = fields.Many2one(
        "salon.import.file",
        string="Read like",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last file with the same columns that was imported.",
    )
    origin = fields.Char("Looks like", compute="_compute_origin")

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
            found = FileGuesser(file).guess_kind()
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
        *("is_tips_unsure", "is_tips_confirmed", "tips_example"),
    )
    def _compute_question(self):
        for file in self:
            examples = (
                example for example, _reason in FileGuesser(file).get_questions()
            )
            file.question = " · ".join(examples)

    @api.depends("kind")
    def _compute_kind_effect(self):
        for file in self:
            file.kind_effect = FileGuesser(file).describe_kind(file.kind)

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
            file.writing = file.head and FileGuesser(file).guess_writing()

    @api.depends("writing")
    def _compute_date_order(self):
        for file in self:
            file.date_order = file._get_guess("date").value or "ymd"

    @api.depends("writing")
    def _compute_samples(self):
        for file in self:
            dates, decimals, tips = map(file._get_guess, ("date", "decimal", "tips"))
            file.is_date_unsure = not dates.is_sure
            file.date_sample = dates.sample
            file.is_decimal_unsure = not decimals.is_sure
            file.decimal_sample = decimals.sample
            file.is_tips_unsure = not tips.is_sure
            file.has_durations = bool(file._get_guess("duration").value)

    @api.depends("date_sample", "date_order")
    def _compute_date_example(self):
        for file in self:
            text = file.date_sample
            file.date_example = text and FileGuesser(file).describe_date(text)

    @api.depends("writing", "date_order")
    def _compute_is_date_confirmed(self):
        self.is_date_confirmed = False

    @api.depends("writing")
    def _compute_decimal(self):
        for file in self:
            found = file._get_guess("decimal").value
            file.decimal = found or FileGuesser(file).get_usual_sign()

    @api.depends("decimal_sample", "decimal")
    def _compute_decimal_example(self):
        for file in self:
            text = file.decimal_sample
            file.decimal_example = text and FileGuesser(file).describe_number(text)

    @api.depends("writing", "decimal")
    def _compute_is_decimal_confirmed(self):
        self.is_decimal_confirmed = False

    @api.depends("writing")
    def _compute_duration_unit(self):
        for file in self:
            file.duration_unit = file._get_guess("duration").value or "minute"

    @api.depends("writing")
    def _compute_tips(self):
        for file in self:
            file.tips = file._get_guess("tips").value or "apart"

    @api.depends("writing", "tips")
    def _compute_tips_example(self):
        for file in self:
            sample = file._get_guess("tips").sample
            file.tips_example = sample and FileGuesser(file).describe_tip(sample)

    @api.depends("writing", "tips")
    def _compute_is_tips_confirmed(self):
        self.is_tips_confirmed = False

    @api.depends("like_id", "column_ids.header")
    def _compute_origin(self):
        for file in self:
            file.origin = FileGuesser(file).describe_origin()

    @api.depends("head")
    def _compute_preview(self):
        for file in self:
            file.preview = FileGuesser(file).draw_preview()

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
        if name := read_files.foreign_format(data):
            raise UserError(self._text_foreign(attachment, name))
        if read_files.is_workbook(data):
            sheets = self._get_sheets(attachment, data)
        else:
            encoding = read_files.guess_encoding(data)
            separator = read_files.guess_separator(data, encoding)
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

    @api.model
    def _text_foreign(self, attachment, name):
        """Return what to do with a file of a format that is not read."""
        words = {"file": attachment.name, "format": name}
        if name == "ICS":
            return self.env._(
                "%(file)s is a calendar. Export the bookings as CSV or XLSX, or open "
                "the calendar in a spreadsheet and save it as XLSX.",
                **words,
            )
        if name == "XLS":
            return self.env._(
                "%(file)s is an XLS file. Save it as XLSX, or let the administrator "
                "install the Python package xlrd.",
                **words,
            )
        return self.env._(
            "%(file)s is a file of the format %(format)s, which can't be read. Open it "
            "and save it as XLSX or CSV.",
            **words,
        )

    def _get_sheets(self, attachment, data):
        try:
            return read_files.sheet_names(data)
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
        if not self.attachment_id:
            return iter(())
        return read_files.read_rows(
            self.attachment_id.raw or b"",
            self.encoding,
            self.separator,
            self.sheet,
            self.decimal if decimal is None else decimal,
        )

    def _guess_row_count(self):
        """Return about how many rows are still to be read."""
        data = self.attachment_id.raw or b""
        rows = read_files.guess_row_count(data, self.sheet) - self.staged_count
        return max(rows, 0)

    def _read_head(self):
        """Look into the first rows: what the file holds and how it is written."""
        self.write(FileGuesser(self).read_head())
        FileGuesser(self).take_answers()

    def _map_again(self):
        for file in self.filtered("column_ids"):
            FileGuesser(file).map_again()

    def _get_guess(self, what):
        return Guess(*(self.writing or {}).get(what, [None]))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_field_names(self):
        """Return the fields that a file of this kind may have."""
        return import_fields.kind_fields(self.kind) if self.kind else []

    def _get_mapping(self):
        """Return (index, field, header) of the columns that are used."""
        allowed = self._get_field_names()
        return [
            (column.sequence, column.target, column.header)
            for column in self.column_ids
            if column.target in allowed
        ]

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
            for _example, reason in FileGuesser(file).get_questions():
                raise UserError(reason)
            file._check_columns()

    def _check_columns(self):
        targets = [target for _index, target, _header in self._get_mapping()]
        double = self.column_ids.filtered(lambda c: targets.count(c.target) > 1)
        if double:
            raise UserError(
                self.env._(
                    "%(file)s: two columns hold the same: %(columns)s. Empty one.",
                    file=self.name,
                    columns=", ".join(double.mapped("header")),
                )
            )

    def action_confirm(self):
        """Say that what is asked of the file is read as it is meant."""
        self.write(
            {
                "is_kind_confirmed": True,
                "is_date_confirmed": True,
                "is_decimal_confirmed": True,
                "is_tips_confirmed": True,
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
