from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.bulk_insert import bulk_insert


class SalonCall(models.Model):
    """A task to phone one client, for one or more reasons.

    A client has one open call per salon, guaranteed by the database. Every open call
    carries one ``mail.activity``. Calls are closed, never deleted.

    What is done with a call is in files of its own: what is read of it, activities,
    claims, the ladder of tries, logging, undoing, closing.
    """

    _name = "salon.call"
    _description = "Salon Call"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "salon.call.reading",
        "salon.call.activity",
        "salon.call.claiming",
        "salon.call.ladder",
        "salon.call.logging",
        "salon.call.kinds",
        "salon.call.undo",
        "salon.call.closing",
        "salon.call.desk.card",
    ]
    _order = "state_order, date, priority desc, value desc, due_date, id"
    _check_company_auto = True
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Receptionist", index="btree_not_null", tracking=True
    )
    state = fields.Selection(
        [("open", "To call"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        default="open",
        index=True,
        tracking=True,
    )
    state_order = fields.Integer(compute="_compute_state_order", store=True)
    kind = fields.Selection(
        [
            ("reminder", "Reminder"),
            ("course", "Course"),
            ("lapsed", "Lapsed client"),
            ("birthday", "Birthday"),
            ("missed", "Missed visit"),
            ("cancelled", "Cancelled visit"),
            ("fixed", "We changed it"),
            ("departure", "Stylist leaves"),
        ],
        required=True,
        default="reminder",
    )

    # When
    date = fields.Date(
        "Call on",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._salon_today(),
    )
    call_at = fields.Datetime(
        "Call at",
        tracking=True,
        help="The hour promised to the client, or chosen for the next try.",
    )
    opened_date = fields.Date(
        "On the list since",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._salon_today(),
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Promised")],
        default="0",
        help="A promised call comes before the others of its day.",
    )

    # Why
    reminder_ids = fields.Many2many(
        "salon.reminder",
        "salon_call_reminder_rel",
        "call_id",
        "reminder_id",
        string="Reminders",
    )
    cycle_ids = fields.Many2many(
        "salon.cycle", compute="_compute_cycle_ids", string="Cycles"
    )
    need_ids = fields.Many2many(
        "salon.reminder", compute="_compute_need_ids", string="Needs"
    )
    due_date = fields.Date("Due", readonly=True, index=True)
    days_over = fields.Integer(
        compute="_compute_days_over", help="Days since the due date."
    )
    birthday = fields.Date(
        readonly=True, help="The birthday that is one of the reasons."
    )
    value = fields.Monetary(
        readonly=True, help="What the client spent in the year before the call."
    )
    explanation = fields.Text("Why this call", compute="_compute_explanation")

    # What the receptionist needs on the phone
    phone = fields.Char(
        compute="_compute_phone",
        help="Shown only while the client agrees to be called.",
    )
    stylist_id = fields.Many2one(
        "resource.resource", string="Own stylist", readonly=True, ondelete="set null"
    )
    script = fields.Text(compute="_compute_script")
    last_visit_ids = fields.Many2many(
        "salon.visit", compute="_compute_last_visit_ids", string="Last visits"
    )
    note = fields.Text(help="What should be known at the next call.")

    # What came of it
    claim_user_id = fields.Many2one(
        "res.users",
        string="On the phone",
        compute="_compute_claim_user_id",
        help="Who is calling this client, or her number, at this moment.",
    )
    attempt_ids = fields.One2many("salon.call.attempt", "call_id", string="Attempts")
    attempt_count = fields.Integer(
        "Attempts made", compute="_compute_attempts", store=True
    )
    last_attempt = fields.Datetime(compute="_compute_attempts", store=True)
    outcome_id = fields.Many2one(
        "salon.call.outcome", readonly=True, index="btree_not_null", tracking=True
    )
    outcome_kind = fields.Selection(
        related="outcome_id.kind", string="Kind of outcome", store=True
    )
    closed_at = fields.Datetime(readonly=True)
    close_reason = fields.Selection(
        [
            ("outcome", "By its outcome"),
            ("unreachable", "Unreachable"),
            ("settled", "Booked or came another way"),
            ("consent", "No consent any more"),
            ("put_off", "Paused, stopped or skipped"),
            ("not_due", "Not due any more"),
            ("person", "Cancelled by hand"),
            ("merged", "Client merged with another"),
            ("archived", "Client archived"),
        ],
        readonly=True,
    )
    close_note = fields.Char(
        "How it was settled",
        readonly=True,
        help="Which booking or visit made the call unnecessary.",
    )
    settled_visit_id = fields.Many2one(
        "salon.visit", string="Settled by", readonly=True, ondelete="set null"
    )
    can_undo = fields.Boolean(compute="_compute_can_undo")
    visit_id = fields.Many2one(
        "salon.visit", string="Booked visit", readonly=True, ondelete="set null"
    )

    _one_open_per_client = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "This client already has an open call. Use that one.",
    )
    _worklist_idx = models.Index("(company_id, date) WHERE state = 'open'")
    # Serve the queue of the call desk, each part of it in its order.
    _value_idx = models.Index(
        "(company_id, value DESC NULLS LAST, due_date, id) WHERE state = 'open'"
    )
    _promise_idx = models.Index(
        "(company_id, call_at, id) WHERE state = 'open' AND priority = '1'"
    )
    _hour_idx = models.Index(
        "(company_id, call_at, id) WHERE state = 'open' AND call_at IS NOT NULL"
    )
    _closed_idx = models.Index("(company_id, closed_at) WHERE state = 'done'")

    @api.depends("state")
    def _compute_state_order(self):
        for call in self:
            call.state_order = self._get_state_order(call.state)

    @api.model
    def _get_state_order(self, state):
        """Return the place of a state in lists: open calls come first."""
        return 0 if state == "open" else 1

    @api.depends("reminder_ids")
    def _compute_cycle_ids(self):
        for call in self:
            call.cycle_ids = call.reminder_ids.cycle_id

    @api.depends("reminder_ids")
    def _compute_need_ids(self):
        for call in self:
            call.need_ids = call.reminder_ids

    @api.depends("due_date", "company_id")
    def _compute_days_over(self):
        for call in self:
            today = call.company_id._salon_today()
            over = (today - call.due_date).days if call.due_date else 0
            call.days_over = max(over, 0)

    @api.depends("attempt_ids.date", "attempt_ids.undone_at")
    def _compute_attempts(self):
        for call in self:
            made = call.attempt_ids.filtered(lambda attempt: not attempt.undone_at)
            call.attempt_count = len(made)
            call.last_attempt = max(made.mapped("date"), default=False)

    @api.depends("partner_id", "kind", "reminder_ids.need")
    def _compute_display_name(self):
        for call in self:
            needs = ", ".join(call.reminder_ids.mapped("need"))
            name = call.partner_id.name or self.env._("Client without a name")
            call.display_name = f"{name}: {needs}" if needs else name

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        # The activity tells the receptionist; a mail for every call would be noise.
        silent = self.with_context(mail_auto_subscribe_no_notify=True)
        calls = super(SalonCall, silent).create(
            [self._complete_vals(vals) for vals in vals_list]
        )
        calls = calls.with_env(self.env)
        if not any("attempt_ids" in vals for vals in vals_list):
            for name in ("attempt_count", "last_attempt"):
                self.env.remove_to_compute(self._fields[name], calls)
        calls._after_create()
        return calls

    @api.model
    def _insert(self, vals_list):
        """Insert calls in bulk, as ``create`` makes them: the thousands of a morning.

        :param list vals_list: dicts with the same keys, see ``bulk_insert``
        """
        defaults = self.default_get(["state", "priority"])
        calls = bulk_insert(
            self, [self._complete_vals({**defaults, **vals}) for vals in vals_list]
        )
        calls._check_company()
        calls._after_create()
        return calls

    def _after_create(self):
        self._check_allowed()
        self._notify_desk()
        # The consent may be withdrawn at this very moment, in another transaction.
        self.env["salon.consent"]._cancel_after_commit(self.partner_id)
        self._ensure_activities()
        failed = self.reminder_ids.filtered("error")
        if failed:
            # Reminders are written by the system only.
            failed.sudo().error = False

    @api.model
    def _complete_vals(self, vals):
        """Return the values of a new call with what its computed fields come to.

        They are saved with the call. Computed afterwards they would take a second
        statement, computed before (``precompute``) a record in memory for each call.
        """
        order = self._get_state_order(vals.get("state", "open"))
        return {
            **vals,
            "state_order": order,
            "attempt_count": 0,
            "last_attempt": False,
        }

    def write(self, vals):
        silent = self.with_context(mail_auto_subscribe_no_notify=True)
        result = super(SalonCall, silent).write(vals)
        if "call_at" in vals and "date" not in vals:
            self._follow_hour()
        elif "date" in vals and "call_at" not in vals:
            self._follow_date()
        if not {"date", "user_id"}.isdisjoint(vals):
            self._sync_activities()
        self._notify_desk()
        return result

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Let nobody follow a call because it was given to her.

        The list and the activity tell her; as a follower she would get the messages
        of every call she ever had.
        """
        if self.env.context.get("mail_activity_quick_update"):
            return True
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    def _follow_hour(self):
        """The day to call is the salon's day of the hour to call at."""
        for (company, moment), calls in self.grouped(
            lambda call: (call.company_id, call.call_at)
        ).items():
            day = moment and company._salon_date(moment)
            moved = calls.filtered(lambda call, day=day: day and call.date != day)
            if moved:
                moved.date = day

    def _follow_date(self):
        """Moved to another day, the hour stays the same by the salon's clock."""
        for call in self.filtered("call_at"):
            local = call.company_id._salon_local(call.call_at)
            if local.date() != call.date:
                moved = datetime.combine(call.date, local.time())
                call.call_at = call.company_id._salon_utc(moved)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Calls stay in the history. Cancel the call instead.")
        )

    def _check_allowed(self):
        """Refuse a call to somebody who did not agree to it.

        :raise UserError: naming the clients
        """
        for company, calls in self.grouped("company_id").items():
            partners = calls.partner_id.with_company(company)
            refused = partners - partners._filter_callable()
            if refused:
                raise UserError(
                    self.env._(
                        "These clients can't be called, as they have not agreed to it "
                        "or have no valid number: %(clients)s",
                        clients=", ".join(p.name or "?" for p in refused),
                    )
                )
