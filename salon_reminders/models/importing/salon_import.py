import logging
import time

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools.read_files import holds_sign
from .import_catalogue import Catalogue
from .import_closer import Changes, Closer, FailedRows, Gaps
from .import_stager import Stager
from .import_writer import Undoer, Writer

_logger = logging.getLogger(__name__)

RUNNING = ("checking", "importing", "undoing")
# So long an import can be taken back.
UNDO_DAYS = 7

# The scheduler stops the whole server when a job takes two minutes.
SECONDS_PER_RUN = 20


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
            ("undoing", "Taking back"),
            ("undone", "Taken back"),
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
    doubt_row_ids = fields.One2many(
        "salon.import.row",
        "import_id",
        string="Rows with cells left empty",
        domain=[("doubt", "!=", False), ("state", "!=", "failed")],
    )
    change_row_ids = fields.One2many(
        "salon.import.row",
        "import_id",
        string="Rows that say something else now",
        domain=[("change", "!=", False)],
    )
    status_ids = fields.One2many("salon.import.status", "import_id", string="Statuses")
    has_open_statuses = fields.Boolean(compute="_compute_has_open_statuses")
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
    changes = fields.Selection(
        [("take", "Take it over"), ("leave", "Leave it as it is")],
        string="What the file says otherwise now",
        required=True,
        default="take",
        help="Amounts, lengths and names that an earlier import brought. What somebody "
        "has changed here since then stays in any case.",
    )
    strangers = fields.Json(
        readonly=True, help="Sentences by client key: numbers that others have here."
    )
    stranger_text = fields.Text("Other people?", compute="_compute_stranger_text")
    strangers_are = fields.Selection(
        [
            ("same", "The same people, with a new name and number"),
            ("other", "Other people: each gets a card"),
        ],
        string="They are",
        help="The old system may have given the number of a client to somebody else.",
    )
    strangers_applied = fields.Char(readonly=True)
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
    # What it made, to take it back; by the clock of the database, as records have it
    started_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    made = fields.Json(readonly=True, copy=False, help="Ids by model of masters.")
    can_undo = fields.Boolean(compute="_compute_can_undo")
    kept_row_ids = fields.One2many(
        "salon.import.row",
        "import_id",
        string="What stays",
        domain=[("state", "=", "done")],
    )
    # What it brings
    first_day = fields.Date("From", readonly=True)
    last_day = fields.Date("To", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    known_count = fields.Integer("Known already", readonly=True)
    failed_count = fields.Integer("Can't be imported", readonly=True)
    change_count = fields.Integer("Saying something else now", readonly=True)
    doubt_count = fields.Integer("With cells left empty", readonly=True)
    erased_count = fields.Integer(
        "Of erased clients",
        readonly=True,
        help="Rows of people who were erased here: what was done is counted, as of "
        "walk-ins, without a name.",
    )
    unnamed_count = fields.Integer(
        "Naming no service",
        readonly=True,
        help="Visits without a service renew no cycle: they remind nobody.",
    )
    several_count = fields.Integer(
        "With several services, perhaps",
        readonly=True,
        help="Cells such as Cut, Colour, of which a part is not known by itself.",
    )
    client_count = fields.Integer("New clients", readonly=True)
    further_count = fields.Integer(
        "Further numbers",
        readonly=True,
        help="Kept on the cards, where they are found and not dialled by themselves.",
    )
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
    tip_amount = fields.Monetary(
        "Tips, not counted",
        readonly=True,
        help="Tips are the stylists': they are no sales of the salon.",
    )
    # What it could not give
    numberless_count = fields.Integer(
        "Clients without a usable number", compute="_compute_gaps"
    )
    unasked_count = fields.Integer(
        "Clients who did not agree to calls", compute="_compute_gaps"
    )
    cycleless_count = fields.Integer(
        "Services without a cycle",
        compute="_compute_gaps",
        help="They renew nothing and so remind nobody.",
    )
    plan_text = fields.Text("The next plan", readonly=True)
    new_stylist_ids = fields.Many2many(
        "resource.resource",
        string="Do they still work here?",
        compute="_compute_new_stylist_ids",
    )
    failed_file = fields.Binary("Rows to correct", readonly=True, copy=False)
    failed_filename = fields.Char(compute="_compute_failed_filename")

    @api.depends("processed", "total", "state")
    def _compute_progress(self):
        for record in self:
            share = record.processed / record.total if record.total else 0
            record.progress = 100 if record.state == "done" else min(100 * share, 100)

    @api.depends("status_ids.means")
    def _compute_has_open_statuses(self):
        for record in self:
            record.has_open_statuses = not all(record.status_ids.mapped("means"))

    @api.depends("strangers")
    def _compute_stranger_text(self):
        for record in self:
            record.stranger_text = "\n".join((record.strangers or {}).values())

    @api.depends("state", "done_at")
    def _compute_can_undo(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=UNDO_DAYS)
        for record in self:
            is_fresh = record.done_at and record.done_at >= limit
            record.can_undo = record.state == "done" and is_fresh

    @api.depends("state")
    def _compute_gaps(self):
        for record in self:
            domains = Gaps(record).get_domains()
            for name, (model, domain) in domains.items():
                is_done = record.state == "done"
                record[name] = is_done and self.env[model].search_count(domain)

    @api.depends("state", "made")
    def _compute_new_stylist_ids(self):
        for record in self:
            ids = (record.made or {}).get("resource.resource", [])
            stylists = self.env["resource.resource"].search([("id", "in", ids)])
            record.new_stylist_ids = stylists if record.state == "done" else False

    @api.depends("name")
    def _compute_failed_filename(self):
        for record in self:
            record.failed_filename = self.env._("Rows to correct") + ".xlsx"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(record.state in (*RUNNING, "done", "undone") for record in self):
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
            record._check_statuses()
            record._check_strangers()
            record._check_consent()
            record.write(
                {
                    **dict.fromkeys(self._get_plan_counts(), 0),
                    "state": "importing",
                    "started_at": False,
                    "user_id": self.env.user.id,
                    "processed": 0,
                    "total": record._count_rows("pending"),
                    "error": False,
                }
            )
        self._wake()

    def action_undo(self):
        """Take back what the import made and nobody has touched since.

        :raise UserError: when it is too late
        """
        for record in self:
            if not record.can_undo:
                raise UserError(
                    self.env._(
                        "An import can be taken back for %(days)s days. Correct what "
                        "is wrong by hand, or import a better file.",
                        days=UNDO_DAYS,
                    )
                )
            record.write(
                {
                    "state": "undoing",
                    "is_sorted": False,
                    "processed": 0,
                    "total": record._count_rows("done"),
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

    def action_open_numberless(self):
        """Open the clients whom nobody can call."""
        return self._open_gap("numberless_count", "res_partner_action_clients")

    def action_open_unasked(self):
        """Open the clients who have to be asked first."""
        return self._open_gap("unasked_count", "res_partner_action_clients")

    def action_open_cycleless(self):
        """Open the services that remind nobody."""
        return self._open_gap("cycleless_count", "product_template_action_services")

    def _open_gap(self, name, xml_id):
        self.ensure_one()
        model, domain = Gaps(self).get_domains()[name]
        ids = self.env[model].search(domain).ids
        return self.env["salon.report"]._open_list(
            f"salon_reminders.{xml_id}",
            self._fields[name]._description_string(self.env),
            [("id", "in", ids)],
        )

    def action_plan_now(self):
        """Put on the call list at once whom the daily job would call tomorrow."""
        self.ensure_one()
        self._check_state("done")
        self.env["salon.call.planner"].action_plan_calls()
        self.plan_text = Gaps(self).describe_plan()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_call_action"
        )

    def _check_state(self, *states):
        if self.state not in states:
            raise UserError(
                self.env._("%(name)s has moved on. Reload the page.", name=self.name)
            )

    def _check_statuses(self):
        unknown = self.status_ids.filtered(lambda status: not status.means)
        if unknown:
            raise UserError(
                self.env._(
                    "Say what these statuses mean, then press Check again: %(names)s",
                    names=", ".join(unknown.mapped("name")),
                )
            )
        if any(status.means != status.applied for status in self.status_ids):
            raise UserError(
                self.env._("The statuses were changed. Press Check again first.")
            )

    def _set_strangers(self, texts):
        """Note who may be somebody else, and what was said of them so far."""
        answer = bool(texts) and self.strangers_are
        self.write(
            {"strangers": texts, "strangers_are": answer, "strangers_applied": answer}
        )

    def _check_strangers(self):
        if not self.strangers:
            return
        if not self.strangers_are:
            raise UserError(
                self.env._(
                    "Say below whether these are the same people, then press Check "
                    "again:\n%(people)s",
                    people=self.stranger_text,
                )
            )
        if self.strangers_are != self.strangers_applied:
            raise UserError(
                self.env._(
                    "You said something else of the people with a number of somebody "
                    "else. Press Check again first."
                )
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
                "erased_count": 0,
                "processed": 0,
                "error": False,
                "failed_file": False,
                "total": 0,
            }
        )

    # ------------------------------------------------------------
    # FORGETTING FILES
    # ------------------------------------------------------------

    @api.autovacuum
    def _gc_files(self):
        """Delete the files that are older than their salon keeps them."""
        now = fields.Datetime.now()
        for company in self.env["res.company"].search(
            [("salon_import_file_days", ">", 0)]
        ):
            days = company.salon_import_file_days
            old = self.search(
                [
                    ("company_id", "=", company.id),
                    ("create_date", "<", fields.Datetime.subtract(now, days=days)),
                    ("state", "not in", RUNNING),
                    ("attachment_ids", "!=", False),
                ]
            )
            old._forget_files()
            old.failed_file = False
            self.env["salon.import.row"]._forget_raw(old)

    def _forget_files(self):
        """Delete the uploaded files and what is shown of them.

        What became of the rows is kept. An import that is not finished begins anew.
        """
        (self.attachment_ids | self.file_ids.attachment_id).unlink()
        self.file_ids.column_ids.samples = False
        for file in self.file_ids:
            file.head = (file.head or [[]])[:1]
        for record in self.filtered(lambda record: record.state != "done"):
            record._forget_rows()
            record.file_ids.unlink()
            record.state = "draft"
            record.error = self.env._(
                "The files were deleted, because they were old or held a client who "
                "was erased meanwhile. Export and upload them again."
            )

    def _forget_client(self, signs):
        """Delete the files of these imports, and unread ones, that hold a client.

        An import that runs deletes its files in the end.

        :param signs: numbers, addresses and the name of the client
        """
        for record in self.filtered(lambda record: record.state in RUNNING):
            record.erased_count += 1
        held = self.filtered(lambda record: record.state not in RUNNING)
        (held | self._find_unread(signs))._forget_files()
        for record in held.filtered("failed_file"):
            record.failed_file = FailedRows(self.env).make_failed_file(record)

    @api.model
    def _find_unread(self, signs):
        """Return the imports whose files, not read through yet, hold one of these."""
        waiting = self.search(
            [("state", "in", ["draft", "columns"]), ("attachment_ids", "!=", False)]
        )
        return waiting.filtered(
            lambda record: any(
                holds_sign(data, signs) for data in record.attachment_ids.mapped("raw")
            )
        )

    def _wake(self):
        # The job is the system's; the manager only asks for it to run.
        self.env.ref("salon_reminders.ir_cron_import").sudo()._trigger()

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_import(self):
        """Check and import what managers have started, for some seconds.

        One run ends here and asks for the next one: the scheduler by itself would
        call ten times in a row, however long a call takes, and then rest for a minute.
        """
        until = time.monotonic() + SECONDS_PER_RUN
        for record in self.search([("state", "in", RUNNING)], order="id"):
            record._work(until)
        if self.search_count([("state", "in", RUNNING)]):
            self._wake()
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _work(self, until=float("inf")):
        """Do the next steps until the time is over; say what stopped it, if any."""
        record = self._as_user()
        try:
            for count in record._iter_steps():
                record.processed += count
                self.env["ir.cron"]._commit_progress(count, remaining=1)
                if time.monotonic() > until:
                    return
        except OperationalError:
            # Somebody changed the same records: the next call takes the batch again.
            self.env.cr.rollback()
            _logger.info("The import %s goes on in a moment", self.id)
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("The import %s stopped", record.id)
            back = {"checking": "columns", "importing": "checked", "undoing": "done"}
            record.write({"error": str(error), "state": back[record.state]})

    def _as_user(self):
        """Return the import as its manager sees it: her name on all records.

        Her rights were checked when she started it; record by record they would
        cost more than the import.
        """
        self.ensure_one()
        record = self.with_user(self.user_id).with_company(self.company_id).sudo()
        return record.with_context(
            lang=self.user_id.lang, allowed_company_ids=self.company_id.ids
        )

    def _iter_steps(self):
        """Do one step after the other; yield how many rows each was about."""
        if self.state == "checking":
            yield from self._iter_check()
        elif self.state == "importing":
            yield from self._iter_import()
        else:
            yield from self._iter_undo()

    def _iter_check(self):
        stager = Stager(self.env)
        writer = Writer(self.env)
        unread = self.file_ids.filtered(lambda file: not file.is_staged)
        if not self.total:
            # Each row is read and counted.
            self.total = 2 * sum(file._guess_row_count() for file in unread)
        for file in unread:
            for count in stager.stage(file):
                self.total = max(self.total, 2 * (self.processed + count))
                yield count
            yield 0
        if not self.is_sorted:
            stager.sort(self)
            self.is_sorted = True
            self.total = self.processed + self._count_rows("pending")
            yield 0
        catalogue = Catalogue(self)
        for batch in writer.get_batches(self, self.check_block):
            self._add_counts(writer.count_batch(self, catalogue, batch))
            done = self._count_rows("pending", *batch)
            self.check_block = batch[1]
            yield done
        self._finish_check(catalogue)
        yield 0

    def _iter_import(self):
        self.started_at = self.started_at or self.env.cr.now()
        writer = Writer(self.env)
        catalogue = Catalogue(self)
        for batch in writer.get_batches(self):
            count = self._count_rows("pending", *batch)
            self._add_counts(writer.write_batch(self, catalogue, batch))
            yield count
        closer = Closer(self.env)
        Changes(self).take()
        while closer.settle(self):
            yield 0
        while closer.record_consents(self):
            yield 0
        self.write(closer.count_states(self))
        self.failed_file = FailedRows(self.env).make_failed_file(self)
        self.plan_text = Gaps(self).describe_plan()
        # What was written a moment ago is not later than the end.
        self.done_at = fields.Datetime.add(self.env.cr.now(), seconds=1)
        self.state = "done"
        if self.erased_count:
            self._forget_files()
        # A history that has just come in says what is typical for this salon, who is
        # regular and who is lost; the company is not the importer's to write.
        self.company_id.sudo().write(
            {"salon_standing_date": False, "salon_affinity_date": False}
        )
        for job in ("ir_cron_refresh_norms", "ir_cron_refresh_standings"):
            self.env.ref(f"salon_reminders.{job}").sudo()._trigger()
        yield 0

    def _iter_undo(self):
        undoer = Undoer(self)
        if not self.is_sorted:
            undoer.mark_touched()
            self.is_sorted = True
            yield 0
        for take in (undoer.take_visits, undoer.take_consents, undoer.take_clients):
            while count := take():
                yield count
        undoer.take_catalogue()
        self.state = "undone"
        self.company_id.sudo().write(
            {"salon_standing_date": False, "salon_affinity_date": False}
        )
        yield 0

    def _finish_check(self, catalogue):
        closer = Closer(self.env)
        self.write(
            {
                **closer.count_states(self),
                **closer.count_masters(self, catalogue),
                **closer.describe_rows(self),
                "failed_file": FailedRows(self.env).make_failed_file(self),
                "state": "checked",
            }
        )

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @api.model
    def _get_plan_counts(self):
        """Return the figures that come from the plans of visits."""
        return (
            "client_count",
            "visit_count",
            "walkin_count",
            "purchase_count",
            "line_count",
            "refund_count",
            "booked_count",
            "cancelled_count",
            "no_show_count",
            "amount",
        )

    def _add_counts(self, counts):
        for name, value in counts.items():
            self[name] += float(value) if name == "amount" else value

    def _count_rows(self, state, first=None, last=None):
        domain = [("import_id", "=", self.id), ("state", "=", state)]
        if first is not None:
            domain += [("block", ">=", first), ("block", "<=", last)]
        return self.env["salon.import.row"].search_count(domain)

    def _get_settled_until(self):
        """Return the day before which open bookings count as past, or None."""
        if self.past_bookings == "done":
            return self.company_id._salon_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT MAX(date) FROM salon_import_row
                    WHERE kind = 'receipts' AND company_id = %s
                      AND (state = 'done' OR (import_id = %s AND state != 'failed'))""",
                self.company_id.id,
                self.id,
            )
        )
        return rows[0][0]
