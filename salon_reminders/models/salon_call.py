from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SalonCall(models.Model):
    """A task to phone one client, for one or more reasons.

    A client has one open call per salon, guaranteed by the database. Every open call
    carries one ``mail.activity``. Calls are closed, never deleted.

    What is done with a call is in files of its own: activities, claims, the ladder of
    tries, logging, undoing, closing.
    """

    _name = "salon.call"
    _description = "Salon Call"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "salon.call.activity",
        "salon.call.claiming",
        "salon.call.ladder",
        "salon.call.logging",
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
    state_order = fields.Integer(
        compute="_compute_state_order", store=True, precompute=True
    )
    kind = fields.Selection(
        [
            ("reminder", "Reminder"),
            ("course", "Course"),
            ("lapsed", "Lapsed client"),
            ("birthday", "Birthday"),
            ("missed", "Missed visit"),
            ("cancelled", "Cancelled visit"),
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
    _closed_idx = models.Index("(company_id, closed_at) WHERE state = 'done'")

    @api.depends("state")
    def _compute_state_order(self):
        for call in self:
            call.state_order = 0 if call.state == "open" else 1

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

    @api.depends("partner_id", "reminder_ids", "birthday")
    def _compute_explanation(self):
        consents = self._get_consents()
        for call in self:
            lines = [call._text_reminder(reminder) for reminder in call.reminder_ids]
            if call.birthday:
                lines.append(
                    self.env._(
                        "Her birthday is on %(date)s.",
                        date=format_date(self.env, call.birthday),
                    )
                )
            lines.append(call._text_consent(consents.get(call)))
            call.explanation = "\n".join(lines)

    @api.depends("partner_id", "company_id")
    def _compute_phone(self):
        for company, calls in self.grouped("company_id").items():
            partners = calls.partner_id.with_company(company)
            allowed = partners._filter_callable()
            for call in calls:
                partner = call.partner_id
                call.phone = partner in allowed and partner.phone_sanitized

    @api.depends("reminder_ids", "partner_id", "stylist_id", "kind", "priority")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        texts = self.env["salon.call.script"]._get_texts(self)
        for call in self:
            call.script = texts[call]

    def _compute_last_visit_ids(self):
        visits = self.env["salon.visit"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "done"),
            ]
        )
        for call in self:
            own = visits.filtered(
                lambda v, call=call: (
                    v.partner_id == call.partner_id and v.company_id == call.company_id
                )
            )
            call.last_visit_ids = own[:5]

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
        calls = super(SalonCall, silent).create(vals_list).with_env(self.env)
        calls._check_allowed()
        calls._notify_desk()
        # The consent may be withdrawn at this very moment, in another transaction.
        self.env["salon.consent"]._cancel_after_commit(calls.partner_id)
        calls._ensure_activities()
        failed = calls.reminder_ids.filtered("error")
        if failed:
            # Reminders are written by the system only.
            failed.sudo().error = False
        return calls

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

    # ------------------------------------------------------------
    # WHAT THE RECEPTIONIST READS
    # ------------------------------------------------------------

    def _get_consents(self):
        """Return {call: the newest consent of its client}."""
        newest = {}
        for company, calls in self.grouped("company_id").items():
            consents = self.env["salon.consent"].with_company(company)
            found = consents._get_newest(calls.partner_id)
            newest.update({call: found.get(call.partner_id) for call in calls})
        return newest

    def _text_reminder(self, reminder):
        """Return one line that says why this reminder is on the list."""
        if reminder.course_id:
            return reminder.course_id._get_call_text(reminder.need)
        return self.env._(
            "%(need)s: last visit %(last)s, comes back every %(rhythm)s days "
            "(%(basis)s), due %(due)s, %(when)s.",
            need=reminder.need,
            last=format_date(self.env, reminder.last_date),
            rhythm=reminder.rhythm_days,
            basis=reminder.basis,
            due=format_date(self.env, reminder.due_date),
            when=self._text_when(reminder),
        )

    def _text_when(self, reminder):
        """Return how far the due date lies from today, in words."""
        if not reminder.due_date:
            return ""
        days = (reminder.due_date - reminder.company_id._salon_today()).days
        if days > 0:
            return self.env._("in %(days)s days", days=days)
        if days < 0:
            return self.env._("%(days)s days ago", days=-days)
        return self.env._("today")

    def _text_consent(self, consent):
        """Return one line about the consent this call rests on."""
        if not consent or not consent._is_valid():
            return self.env._("She does not agree to calls at present.")
        local = consent.company_id._salon_date(consent.date)
        return self.env._(
            "Agreed to calls on %(date)s (%(method)s, recorded by %(user)s).",
            date=format_date(self.env, local),
            method=dict(consent._fields["method"]._description_selection(self.env))[
                consent.method
            ],
            user=consent.user_id.name,
        )

    def _get_last_services(self):
        """Return the services with which the client last met these needs."""
        self.ensure_one()
        lines = self.env["salon.visit.line"].search(
            [
                ("visit_id.partner_id", "=", self.partner_id.id),
                ("visit_id.company_id", "=", self.company_id.id),
                ("visit_id.state", "=", "done"),
                ("product_id.salon_cycle_ids", "in", self.cycle_ids.ids),
                ("net_quantity", ">", 0),
            ],
            order="visit_id desc, id",
            limit=10,
        )
        services = self._get_course_services()
        for line in lines:
            if line.product_id.salon_cycle_ids - services.salon_cycle_ids:
                services |= line.product_id
        return services

    def _get_course_services(self):
        """Return the session of each course that is a reason of its own."""
        courses = self.reminder_ids.filtered(lambda r: not r.cycle_id).course_id
        services = courses.mapped(lambda course: course.service_ids[:1])
        return services.product_variant_id

    def _get_script_free_times(self):
        """Return {call: free times to offer, in words}; to be overridden."""
        return {}

    def _get_script_promotions(self):
        """Return {call: the offer open to the client, in words}; to be overridden."""
        return {}
