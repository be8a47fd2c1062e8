from odoo import api, fields, models
from odoo.tools import SQL, format_date

# Above this probability a date would promise too much.
GONE = 0.6
# Percent of a page of the table that is filled at first.
FILL_FACTOR = 60
# What a person decides about a need, for all cycles that are this need.
WISH_FIELDS = ("pause_until", "pause_reason", "is_stopped")
# A reminder in one of these states waits for a call.
CALLABLE_STATES = ("due", "late", "lapsed")


class SalonReminder(models.Model):
    """Where one client stands in one cycle at one salon.

    Or, without a cycle, in one course whose sessions renew no cycle: what she paid for
    is a reason of its own to call her.

    Reminders follow from visits and cycles and are kept by ``_refresh`` alone, with
    SQL over the clients that changed. A person only pauses, stops or skips one.

    All dates are the salon's. ``state`` is what the dates mean today; the daily job
    moves it on with the calendar.
    """

    _name = "salon.reminder"
    _description = "Salon Reminder"
    _order = "call_date, id"
    _rec_names_search = [
        "partner_id.name",
        "cycle_id.name",
        "course_id.product_id.name",
    ]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="restrict"
    )
    cycle_id = fields.Many2one("salon.cycle", index=True, ondelete="restrict")
    zone_id = fields.Many2one(related="cycle_id.zone_id")
    need = fields.Char(
        compute="_compute_need",
        help="What the client is reminded of: a cycle or a course.",
    )
    color = fields.Integer(compute="_compute_color")
    company_id = fields.Many2one("res.company", required=True, index=True)
    state = fields.Selection(
        [
            ("scheduled", "Scheduled"),
            ("due", "Due"),
            ("late", "Late"),
            ("lapsed", "Lapsed"),
            ("booked", "Booked"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("idle", "Nothing due"),
        ],
        required=True,
        default="idle",
        readonly=True,
    )

    # Where it comes from
    last_date = fields.Date("Last visit", readonly=True)
    visit_count = fields.Integer("Visits", readonly=True)
    year_visits = fields.Integer(
        "Visits of the last year",
        readonly=True,
        help="In the 365 days up to and including the last visit.",
    )
    rhythm_days = fields.Integer(
        "Rhythm",
        readonly=True,
        aggregator="avg",
        help="Days from one visit to the next.",
    )
    gap_count = fields.Integer(
        "Own gaps",
        readonly=True,
        help="From how many of the client's own gaps the rhythm is taken; 0 means the "
        "salon's norm.",
    )
    course_id = fields.Many2one(
        "salon.course",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The course in progress, whose interval stands for the rhythm.",
    )
    usual_weekday = fields.Integer(
        readonly=True, aggregator=None, help="1 is Monday; empty when there is none."
    )
    booked_date = fields.Date(
        "Booked for",
        readonly=True,
        help="The latest day booked for a service of this cycle.",
    )

    # What follows
    earliest_date = fields.Date("Not before", readonly=True)
    due_date = fields.Date("Due", readonly=True)
    call_date = fields.Date("Call from", readonly=True)
    late_date = fields.Date("Late from", readonly=True)
    lapse_date = fields.Date("Lapsed from", readonly=True)
    days_over = fields.Integer(
        "Days over", compute="_compute_days_over", help="Days since the due date."
    )

    # What is to be expected
    expected_date = fields.Date(
        "Expected",
        compute="_compute_forecast",
        help="When the client can be expected, given the days that have already "
        "passed.",
    )
    gone_probability = fields.Float(
        "Probably gone",
        compute="_compute_forecast",
        help="How likely it is that the client does not come in the next 180 days.",
    )
    forecast = fields.Char(compute="_compute_forecast")
    basis = fields.Char("Rhythm from", compute="_compute_basis")

    # What people decide
    pause_until = fields.Date("Paused until", help="No calls before this day.")
    pause_reason = fields.Char()
    is_stopped = fields.Boolean(
        "Stopped", help="The client does not want to be reminded of this."
    )
    skip_until = fields.Date(
        "Next call not before",
        help="Set by the last call; forgotten at the next visit.",
    )

    error = fields.Char(
        readonly=True, help="Why the last daily job could not plan a call."
    )

    # What the last daily job found
    hold = fields.Selection(
        [
            ("consent", "No consent to calls"),
            ("guardian", "Under age, no guardian"),
            ("phone", "No valid phone number"),
            ("wrong_number", "Wrong number"),
            ("blacklist", "Number on the do-not-call list"),
            ("left", "Said that they left"),
            ("visit", "Was here, or comes, within three days"),
            ("call", "A call is open"),
            ("gap", "Called a short while ago"),
            ("unreachable", "Never answers"),
            ("control", "In the control group"),
            ("quota", "Waits for a free place on the list"),
        ],
        string="Held back by",
        readonly=True,
    )

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_cycle_uniq = models.Constraint(
        "UNIQUE(partner_id, cycle_id, company_id)",
        "There is one reminder per client, cycle and salon.",
    )
    _course_uniq = models.UniqueIndex(
        "(course_id) WHERE cycle_id IS NULL", "There is one reminder per course."
    )
    _cycle_or_course = models.Constraint(
        "CHECK(cycle_id IS NOT NULL OR course_id IS NOT NULL)",
        "A reminder needs a cycle or a course.",
    )
    # The daily job reads what is due, not what exists.
    _open_idx = models.Index(
        "(company_id, call_date) WHERE state IN ('scheduled', 'due', 'late', 'lapsed')"
    )
    _moving_idx = models.Index("(company_id, state, call_date)")

    @api.depends("cycle_id", "course_id")
    def _compute_need(self):
        for reminder in self:
            name = reminder.cycle_id.name
            reminder.need = name or reminder.course_id.product_id.name

    @api.depends("cycle_id", "course_id")
    def _compute_color(self):
        for reminder in self:
            zone = reminder.cycle_id.zone_id
            if not zone:
                zone = reminder.course_id.product_id.salon_zone_id
            reminder.color = zone.color

    @api.depends("due_date", "company_id")
    def _compute_days_over(self):
        for reminder in self:
            today = reminder.company_id._salon_today()
            due = reminder.due_date
            reminder.days_over = max((today - due).days, 0) if due else 0

    @api.depends("due_date", "rhythm_days", "last_date", "course_id")
    def _compute_forecast(self):
        forecasts = self.env["salon.reminder.engine"]._get_forecasts(self)
        for reminder in self:
            expected, gone = forecasts.get(reminder.id, (False, 0.0))
            reminder.expected_date = expected
            reminder.gone_probability = gone
            reminder.forecast = reminder._get_forecast_text()

    def _get_forecast_text(self):
        """Return a date, or how likely she is gone where no date can be trusted.

        Who has paid for sessions is not given up; nobody is lost for certain.
        """
        if not self.expected_date:
            return False
        if self.gone_probability > GONE and not self.course_id:
            return self.env._(
                "%(percent)s %% likely not to come back without a call",
                percent=min(round(100 * self.gone_probability), 99),
            )
        return self.env._(
            "expected around %(date)s", date=format_date(self.env, self.expected_date)
        )

    def _get_state_text(self):
        """Return why this reminder alone puts nobody on the call list today."""
        self.ensure_one()
        need = self.need
        dates = {
            name: format_date(self.env, self[name])
            for name in ("skip_until", "booked_date", "pause_until", "call_date")
        }
        if self.cycle_id and not self.cycle_id.active:
            return self.env._("%(need)s: the cycle is archived.", need=need)
        if self.cycle_id.is_given_up:
            return self.env._(
                "%(need)s: no call, as all its services are archived.", need=need
            )
        if self.state in CALLABLE_STATES:
            return self.env._(
                "%(need)s: was answered; the next call comes from %(skip_until)s on.",
                need=need,
                **dates,
            )
        return {
            "scheduled": self.env._(
                "%(need)s: not due yet, the call comes on %(call_date)s.",
                need=need,
                **dates,
            ),
            "booked": self.env._(
                "%(need)s: booked for %(booked_date)s.", need=need, **dates
            ),
            "paused": self.env._(
                "%(need)s: paused until %(pause_until)s (%(reason)s).",
                need=need,
                reason=self.pause_reason or "-",
                **dates,
            ),
            "stopped": self.env._(
                "%(need)s: the client does not want to be reminded of this.", need=need
            ),
        }[self.state]

    @api.depends("gap_count", "course_id")
    def _compute_basis(self):
        for reminder in self:
            if reminder.course_id:
                reminder.basis = self.env._("the interval of the course")
            elif reminder.gap_count:
                reminder.basis = self.env._(
                    "from %(gaps)s of the client's own gaps", gaps=reminder.gap_count
                )
            else:
                reminder.basis = self.env._("the salon's norm")

    @api.depends("partner_id", "need")
    @api.depends_context("salon_need_only")
    def _compute_display_name(self):
        """As a tag of a call, whose client is known, only the need is said."""
        need_only = self.env.context.get("salon_need_only")
        for reminder in self:
            name = reminder.partner_id.name or ""
            reminder.display_name = (
                reminder.need if need_only else f"{name}: {reminder.need}"
            )

    def init(self):
        """Leave room on the table's pages for the daily job.

        It marks tens of thousands of reminders. A row that finds room on its own page
        is changed without touching the indexes (HOT), in a fraction of the time.
        """
        self.env.cr.execute(
            SQL(
                "ALTER TABLE %s SET (fillfactor = %s)",
                SQL.identifier(self._table),
                FILL_FACTOR,
            )
        )
        return super().init()

    def write(self, vals):
        result = super().write(vals)
        wishes = {name: vals[name] for name in WISH_FIELDS if name in vals}
        if wishes:
            same = self._get_same_needs()
            super(SalonReminder, same).write(wishes)
            engine = self.env["salon.reminder.engine"]
            engine._refresh_states(SQL("r.id = ANY(%s)", (self | same).ids))
        if not {"pause_until", "is_stopped", "skip_until"}.isdisjoint(vals):
            self._follow_wishes()
        return result

    def _get_same_needs(self):
        """Return the other reminders of these clients that are the same needs."""
        if not self.env["salon.cycle"]._has_families():
            return self.browse()

        def get_key(reminder):
            family = reminder.cycle_id.family_id or reminder.cycle_id
            return reminder.partner_id, reminder.company_id, family

        keys = {get_key(reminder) for reminder in self.filtered("cycle_id")}
        found = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("cycle_id", "in", self.cycle_id._get_family().ids),
            ]
        )
        return found.filtered(lambda reminder: get_key(reminder) in keys) - self

    def _follow_wishes(self):
        """Follow what is paused, stopped or skipped. Empty here: calls let go of it."""

    @api.model
    def _follow_norms(self):
        """Follow reminders that were all worked out anew. Empty here: calls do."""

    def _is_put_off(self):
        """Return whether somebody decided that nobody calls about this now."""
        self.ensure_one()
        today = self.company_id._salon_today()
        return self.state in ("paused", "stopped") or bool(
            self.skip_until and self.skip_until > today
        )

    def _wants_call(self):
        """Return whether this alone is a reason to call her today."""
        self.ensure_one()
        return self.state in CALLABLE_STATES and not self._is_put_off()

    def _is_due_by(self, day):
        """Return whether the client is to be asked about this on a day to come."""
        self.ensure_one()
        begins = [self.call_date, self.earliest_date, self.skip_until]
        is_offered = not self.cycle_id or self.cycle_id.active
        return is_offered and all(begin <= day for begin in begins if begin)

    def _get_ask_text(self):
        """Return what to ask about at a visit: the need, and when it is due."""
        values = {"need": self.need, "date": format_date(self.env, self.due_date)}
        if self.due_date > self.company_id._salon_today():
            return self.env._("%(need)s (due on %(date)s)", **values)
        return self.env._("%(need)s (due since %(date)s)", **values)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_stop(self):
        """Stop these reminders: the client does not want them."""
        self.check_access("read")
        # Reminders are written by the system only; this is the one thing asked for.
        self.sudo().is_stopped = True

    def action_skip(self):
        """Skip this need once: no call for the length of a rhythm."""
        self.check_access("read")
        # As above.
        for reminder in self.sudo():
            today = reminder.company_id._salon_today()
            reminder.skip_until = fields.Date.add(today, days=reminder.rhythm_days)

    def action_pause(self):
        """Ask until when, and why."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause"),
            "res_model": "salon.reminder.pause",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reminder_ids": self.ids},
        }

    def action_resume(self):
        """Take back a stop, a pause or a skip."""
        self.check_access("read")
        # As above.
        self.sudo().write(
            {
                "is_stopped": False,
                "pause_until": False,
                "pause_reason": False,
                "skip_until": False,
            }
        )

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------
    # MERGING CLIENTS
    # ------------------------------------------------------------

    def _absorb(self, others):
        """Take over the wishes of reminders of the same need, and what hangs on them.

        For clients who are merged; the dates follow from the merged visits.
        """
        self.ensure_one()
        if not others:
            return
        if any(others.mapped("is_stopped")):
            self.is_stopped = True
        self._absorb_pause(others)
        self._absorb_skip(others)
        others.unlink()

    def _absorb_pause(self, others):
        """The longer pause holds, with its reason."""
        paused = (self | others).filtered("pause_until")
        if paused:
            longest = max(paused, key=lambda reminder: reminder.pause_until)
            self.pause_until = longest.pause_until
            self.pause_reason = longest.pause_reason

    def _absorb_skip(self, others):
        """A skip said after the newest visit still holds."""
        skipped = (self | others).filtered(lambda r: r.skip_until and r.last_date)
        if skipped:
            newest = max(skipped, key=lambda r: (r.last_date, r.skip_until))
            self.skip_until = newest.skip_until
            # The refresh that follows forgets the skip if there is a newer visit.
            self.last_date = newest.last_date
