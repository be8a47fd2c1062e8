from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

RUNNING = ("checking", "importing")


class SalonImport(models.Model):
    """The import of one or several files that another salon system exported.

    Upload, columns, check, import, result. Checking and importing is done in the
    background, batch by batch; each batch is saved when it is complete, so a stopped
    import goes on where it was and nothing is imported twice.
    """

    _name = "salon.import"
    _description = "Salon Import"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        default=lambda self: self.env._(
            "Import of %(day)s",
            day=format_date(self.env, self.env.company._salon_today()),
        ),
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Imported by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            ("draft", "Upload"),
            ("columns", "Columns"),
            ("checking", "Checking"),
            ("checked", "Check"),
            ("importing", "Importing"),
            ("done", "Result"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files to import")
    file_ids = fields.One2many("salon.import.file", "import_id", string="Files")
    category_ids = fields.One2many(
        "salon.import.category", "import_id", string="Categories"
    )
    row_ids = fields.One2many("salon.import.row", "import_id", string="All rows")
    failed_row_ids = fields.One2many(
        "salon.import.row",
        "import_id",
        string="Rows that can't be imported",
        domain=[("state", "=", "failed")],
    )

    # What the person decides
    walkin_ref = fields.Char(
        "Number for walk-ins",
        help="The client number under which the old system keeps people without a "
        "card. It is found by itself when a file has a walk-in column.",
    )
    past_bookings = fields.Selection(
        [
            ("cancelled", "Count as cancelled"),
            ("done", "Count as done"),
        ],
        string="Past bookings without a receipt",
        required=True,
        default="cancelled",
        help="Bookings before the newest receipt for which there is neither a "
        "receipt nor a cancellation or no-show. Choose done when the old system "
        "keeps no receipts.",
    )
    consent = fields.Selection(
        [("no", "No, or I do not know"), ("yes", "Yes, all of them")],
        string="Did these people agree to be phoned?",
        required=True,
        default="no",
        help="A yes goes into the consent ledger of every client in the files. "
        "Nobody is called without consent.",
    )
    consent_source = fields.Char(
        "Where the answer comes from",
        help="For example: signed client cards in the folder at the desk.",
    )
    consent_wording = fields.Text(
        "What they were asked",
        default=lambda self: self.env.company._salon_wording().text,
    )

    # How far it is
    total = fields.Integer(readonly=True)
    processed = fields.Integer(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    check_block = fields.Integer(readonly=True)
    is_sorted = fields.Boolean(readonly=True)
    error = fields.Text("Stopped", readonly=True)

    # What it brings
    row_count = fields.Integer("Rows", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    failed_count = fields.Integer("Can't be imported", readonly=True)
    client_count = fields.Integer("New clients", readonly=True)
    product_count = fields.Integer("New services and products", readonly=True)
    stylist_count = fields.Integer("New stylists", readonly=True)
    visit_count = fields.Integer("Visits", readonly=True)
    walkin_count = fields.Integer("Walk-ins", readonly=True)
    purchase_count = fields.Integer("Purchases", readonly=True)
    line_count = fields.Integer("Receipt lines", readonly=True)
    refund_count = fields.Integer("Refunds and negative lines", readonly=True)
    booked_count = fields.Integer("Bookings to come", readonly=True)
    cancelled_count = fields.Integer("Cancelled", readonly=True)
    no_show_count = fields.Integer("No-shows", readonly=True)
    amount = fields.Monetary("Sum of the receipts", readonly=True)
    failed_file = fields.Binary("Rows to correct", readonly=True, copy=False)
    failed_filename = fields.Char(compute="_compute_failed_filename")

    @api.depends("processed", "total", "state")
    def _compute_progress(self):
        for record in self:
            share = record.processed / record.total if record.total else 0
            record.progress = 100 if record.state == "done" else min(100 * share, 100)

    @api.depends("name")
    def _compute_failed_filename(self):
        for record in self:
            record.failed_filename = self.env._("Rows to correct") + ".xlsx"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(record.state in (*RUNNING, "done") for record in self):
            raise UserError(
                self.env._(
                    "This import is the record of what came in; without it the same "
                    "files would come in twice. Keep it."
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_read(self):
        """Look into the uploaded files: what they hold, column by column."""
        for record in self:
            record._check_state("draft", "columns", "checked")
            if not record.attachment_ids:
                raise UserError(self.env._("Upload at least one file first."))
            record._forget_rows()
            record.file_ids.unlink()
            record.attachment_ids.write({"res_model": self._name, "res_id": record.id})
            for attachment in record.attachment_ids:
                self.env["salon.import.file"]._create_from(record, attachment)
            receipts = "receipts" in record.file_ids.mapped("kind")
            record.past_bookings = "cancelled" if receipts else "done"
            record.state = "columns"

    def action_check(self):
        """Start the dry run: read everything, count what would come, save nothing."""
        for record in self:
            record._check_state("columns", "checked")
            record.file_ids._check_ready()
            record._forget_rows()
            record.state = "checking"
        self._wake()

    def action_import(self):
        """Start the import of what was checked."""
        for record in self:
            record._check_state("checked")
            record._check_consent()
            record.write(
                {
                    **dict.fromkeys(self._get_plan_counts(), 0),
                    "state": "importing",
                    "user_id": self.env.user.id,
                    "processed": 0,
                    "total": record._count_rows("pending"),
                    "error": False,
                }
            )
        self._wake()

    def action_back(self):
        """Go back to the columns, to correct them."""
        for record in self:
            record._check_state("checked", "checking")
            record.state = "columns"

    def action_open_visits(self):
        """Open the visits that came with this import."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_visit_action"
        )
        rows = self.env["salon.import.row"]._search([("import_id", "=", self.id)])
        return {**action, "domain": [("id", "in", rows.subselect("visit_id"))]}

    def _check_state(self, *states):
        if self.state not in states:
            raise UserError(
                self.env._("%(name)s has moved on. Reload the page.", name=self.name)
            )

    def _check_consent(self):
        if self.consent == "yes" and not (self.consent_source and self.consent_wording):
            raise UserError(
                self.env._(
                    "Say where the consent of these people is recorded and what they "
                    "were asked; it goes into the ledger."
                )
            )
        if not self.consent_source:
            self.consent_source = self.name
        if not self.consent_wording:
            self.consent_wording = self.company_id._salon_wording().text or "-"

    def _forget_rows(self):
        """Forget what was read; nothing of it is imported yet."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "DELETE FROM salon_import_row WHERE import_id = %s RETURNING 1", self.id
            )
        )
        self.file_ids.write({"staged_count": 0, "is_staged": False})
        self.write(
            {
                **dict.fromkeys(self._get_plan_counts(), 0),
                "check_block": 0,
                "is_sorted": False,
                "processed": 0,
                "error": False,
                "failed_file": False,
                "total": 0,
            }
        )

    def _wake(self):
        # The job is the system's; the manager only asks for it to run.
        self.env.ref("salon_reminders.ir_cron_import").sudo()._trigger()
