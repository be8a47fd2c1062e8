from datetime import datetime
from itertools import cycle

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, clean_context, format_list

from ...tools.bulk_insert import bulk_insert
from ...tools.server_flags import SERVER_SAYS, is_flagged
from ..consent.salon_consent import CONTACT_PURPOSES

# Who is called before whom: the one order of calls, and of the clients who come on the
# list. What was promised comes at its hour, before all others.
WORTH_FIRST = "value desc nulls last, due_date"
# What each role writes on a call by itself, beside what roles below it may; all else
# follows from actions: what came of a call is worth nothing if it can be written.
WRITABLE = {
    "salon_reminders.group_receptionist": ("date", "call_at", "user_id", "note"),
    "salon_reminders.group_manager": ("priority",),
}
# Of a call that is over.
WRITABLE_CLOSED = {"note"}
# With these a new call begins; the server knows the rest.
GIVEN = {"partner_id", "company_id"}
# Calls about news: they are about something else than what is due.
WIN_BACK_KINDS = ("fixed", "departure")
# Calls about a visit that was not made.
VISIT_KINDS = ("missed", "cancelled")
# So many days before and after a visit nobody is phoned: what there is to say is said
# at the visit. It holds in every salon, as it is what clients find right.
NEAR_DAYS = 3
# Calls that do not wait for a visit: who missed one was not there to be told.
NEAR_KINDS = ("missed",)
# What a client must have agreed to, by the kind of call.
KIND_PURPOSES = {
    "reminder": "reminder",
    "course": "reminder",
    "missed": "reminder",
    "cancelled": "reminder",
    # It names who takes over; an offer is said to those only who agreed to offers.
    "departure": "reminder",
    # It asks why.
    "lapsed": "feedback",
    "birthday": "promotion",
    "fixed": "promotion",
}


class SalonCall(models.Model):
    """A task to phone one client, for one or more reasons.

    A client has one open call per salon, guaranteed by the database. Every open call
    carries one ``mail.activity``. Calls are closed, never deleted.

    Beside it stands what is read of a call, how its outcome is logged and undone, and
    how it is claimed, tried again and closed.
    """

    _name = "salon.call"
    _description = "Salon Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = f"state_order, date, priority desc, {WORTH_FIRST}, id"
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
    purpose = fields.Selection(
        CONTACT_PURPOSES,
        compute="_compute_purpose",
        store=True,
        help="What the client must have agreed to. It follows from the kind.",
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

    # What the receptionist needs on the phone
    stylist_id = fields.Many2one(
        "resource.resource", string="Own stylist", readonly=True, ondelete="set null"
    )
    note = fields.Text(help="What should be known at the next call.")

    # What came of it
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
            ("left", "Said that they left"),
            ("given_up", "Service not offered any more"),
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
    visit_id = fields.Many2one(
        "salon.visit", string="Booked visit", readonly=True, ondelete="set null"
    )

    _one_open_per_client = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "This client already has an open call. Use that one.",
    )
    _worklist_idx = models.Index("(company_id, date) WHERE state = 'open'")
    # Serve the queue of the call desk, each part of it in its order.
    _value_idx = models.Index(f"(company_id, {WORTH_FIRST}, id) WHERE state = 'open'")
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

    @api.depends("kind")
    def _compute_purpose(self):
        purposes = self._get_kind_purposes()
        for call in self:
            call.purpose = purposes.get(call.kind)

    @api.model
    def _get_kind_purposes(self):
        """Return {kind of call: purpose}; who adds a kind adds its purpose here.

        A kind that is not among them is called nobody about.
        """
        return KIND_PURPOSES

    @api.model
    def _sql_purpose(self, kind):
        """Return the SQL expression of the purpose of a kind of call.

        :param SQL kind: expression of the kind
        """
        whens = SQL(" ").join(
            SQL("WHEN %s THEN %s", *pair) for pair in self._get_kind_purposes().items()
        )
        return SQL("CASE %s %s END", kind, whens)

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

    @api.constrains("date")
    def _check_date(self):
        """However the day came to be: by an outcome, by the form, by its activity."""
        for call in self.filtered(lambda call: call.state == "open"):
            call._check_near(call.date)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [self._keep_given(vals) for vals in vals_list]
            # Defaults of the caller's context would come in behind.
            self = self.with_context(clean_context(self.env.context))  # noqa: PLW0642
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
        calls.partner_id._salon_become_clients()
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
        kind = vals.get("kind", "reminder")
        return {
            **vals,
            "state_order": order,
            "purpose": self._get_kind_purposes().get(kind, False),
            "attempt_count": 0,
            "last_attempt": False,
        }

    def write(self, vals):
        if not self.env.su:
            self._check_writable(vals)
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

    @api.model
    def _get_writable(self):
        """Return the fields that the current user writes on an open call."""
        return {
            name
            for group, names in WRITABLE.items()
            if self.env.user.has_group(group)
            for name in names
        }

    @api.model
    def _get_conversation_fields(self):
        """Return the fields of messages, followers and activities: they are Odoo's."""
        return {
            *self.env["mail.thread"]._fields,
            *self.env["mail.activity.mixin"]._fields,
        }

    @api.model
    def _keep_given(self, vals):
        """Return of the values of a new call those that a person may give.

        The others are left out, not refused: a form sends its defaults along.
        """
        kept = GIVEN | self._get_writable() | self._get_conversation_fields()
        return {name: value for name, value in vals.items() if name in kept}

    def _check_writable(self, vals):
        """Refuse what only actions change.

        :raise AccessError: naming the fields
        """
        refused = set(vals) - self._get_writable()
        if any(call.state != "open" for call in self):
            refused |= set(vals) - WRITABLE_CLOSED
        if refused := refused - self._get_conversation_fields():
            labels = [
                self._fields[name]._description_string(self.env) for name in refused
            ]
            raise AccessError(
                self.env._(
                    "Nobody writes this on a call: %(fields)s. Log its outcome, undo "
                    "it, or cancel the call.",
                    fields=format_list(self.env, sorted(labels)),
                )
            )

    @api.model
    def _get_occasion_fields(self):
        """Return the fields that say what a call of a kind of its own is about.

        Empty here: rooms that know such an occasion name the field they add. A source
        of the planner gives it as a column.
        """
        return ()

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

    def _group_by_purpose(self):
        """Return [((company, purpose), calls)]: what the gate is asked for at once."""
        groups = self.grouped(lambda call: (call.company_id, call.purpose))
        return groups.items()

    def _check_allowed(self):
        """Refuse a call to somebody who did not agree to it.

        :raise UserError: naming the clients
        """
        for (company, purpose), calls in self._group_by_purpose():
            partners = calls.partner_id.with_company(company)
            gate = self.env["salon.gate"].with_company(company)
            holds = gate._get_holds(partners, purpose)
            refused = partners.filtered(lambda one, holds=holds: holds[one])
            if "guardian" in holds.values():
                raise UserError(
                    self.env._(
                        "%(clients)s: %(reason)s",
                        clients=", ".join(p.name or "?" for p in refused),
                        reason=gate._text_hold("guardian"),
                    )
                )
            if refused:
                raise UserError(
                    self.env._(
                        "These clients can't be called, as they have not agreed to it "
                        "or have no valid number: %(clients)s",
                        clients=", ".join(p.name or "?" for p in refused),
                    )
                )

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    def _get_activities(self):
        """Return the activities that stand for these calls, not others made by hand."""
        kind = self.env.ref("salon_reminders.mail_activity_type_call")
        # A receptionist hands her call to a colleague, whose activity it is.
        return self.activity_ids.sudo().filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _ensure_activities(self):
        """Give every open call its one activity, batch by batch.

        Repairs what was lost too: archiving a user deletes the user's activities.
        """
        missing = self.filtered(lambda c: c.state == "open" and not c.activity_ids)
        # Warm names keep the activities from reading them one by one.
        missing.mapped("display_name")
        kind = self.env.ref("salon_reminders.mail_activity_type_call")
        # The daily job and whoever books work for their colleagues.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create([call._prepare_activity_vals(kind) for call in missing])

    def _prepare_activity_vals(self, activity_type):
        self.ensure_one()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            # What Odoo would work out, and save in a second statement.
            "res_model": self._name,
            "res_name": self.display_name,
            "activity_type_id": activity_type.id,
            "summary": self.display_name,
            "date_deadline": self.date,
            "user_id": self.user_id.id,
            "automated": True,
        }

    def _sync_activities(self):
        """Bring day and receptionist of the activities in line with the calls."""
        if is_flagged(self.env, "salon_from_activity"):
            return
        opened = self.filtered(lambda call: call.state == "open")
        for (date, user), calls in opened.grouped(
            lambda c: (c.date, c.user_id)
        ).items():
            calls._get_activities().with_context(
                mail_activity_quick_update=True, salon_from_call=SERVER_SAYS
            ).write({"date_deadline": date, "user_id": user.id})

    def _close_activities(self):
        # Done activities stay as archived records.
        self._get_activities().with_context(salon_from_call=SERVER_SAYS).write(
            {"active": False}
        )

    def _follow_activities(self, vals):
        """Move or hand over the calls as their activities were.

        :param dict vals: what was written on the activities
        """
        moved = {}
        if vals.get("date_deadline"):
            moved["date"] = fields.Date.to_date(vals["date_deadline"])
        if "user_id" in vals:
            moved["user_id"] = vals["user_id"]
        opened = self.filtered(lambda call: call.state == "open")
        if moved and opened:
            opened.with_context(salon_from_activity=SERVER_SAYS).write(moved)

    # ------------------------------------------------------------
    # HANDING OVER
    # ------------------------------------------------------------

    @api.model
    def _hand_over(self, users):
        """Give the open calls of users who leave to the others, in turns.

        Without anybody left they belong to nobody and stay on the list.
        """
        calls = self.search([("user_id", "in", users.ids), ("state", "=", "open")])
        for company, company_calls in calls.grouped("company_id").items():
            planner = self.env["salon.call.planner"].with_company(company)
            turns = cycle((planner._get_receptionists() - users) or [users.browse()])
            by_user = {}
            for call in company_calls:
                user = next(turns)
                by_user[user] = by_user.get(user, self.browse()) | call
            for user, own in by_user.items():
                own.user_id = user
