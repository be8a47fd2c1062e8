from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from .salon_reminder import CALLABLE_STATES


class SalonCall(models.Model):
    """A task to phone one client, for one or more reasons.

    A client has one open call per salon, guaranteed by the database. Every open call
    carries one ``mail.activity``. Calls are closed, never deleted.
    """

    _name = "salon.call"
    _description = "Salon Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
            ("lapsed", "Lapsed client"),
            ("birthday", "Birthday"),
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
        "salon.cycle", compute="_compute_cycle_ids", string="Needs"
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
            ("person", "Cancelled by hand"),
            ("merged", "Client merged with another"),
        ],
        readonly=True,
    )
    visit_id = fields.Many2one(
        "salon.visit", string="Booked visit", readonly=True, ondelete="set null"
    )

    _one_open_per_client = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "This client already has an open call. Use that one.",
    )
    _worklist_idx = models.Index("(company_id, date) WHERE state = 'open'")

    @api.depends("state")
    def _compute_state_order(self):
        for call in self:
            call.state_order = 0 if call.state == "open" else 1

    @api.depends("reminder_ids")
    def _compute_cycle_ids(self):
        for call in self:
            call.cycle_ids = call.reminder_ids.cycle_id

    @api.depends("due_date", "company_id")
    def _compute_days_over(self):
        for call in self:
            today = call.company_id._salon_today()
            over = (today - call.due_date).days if call.due_date else 0
            call.days_over = max(over, 0)

    @api.depends("partner_id", "reminder_ids", "birthday")
    def _compute_explanation(self):
        for call in self:
            consent = call._get_consent()
            lines = [call._text_reminder(reminder) for reminder in call.reminder_ids]
            if call.birthday:
                lines.append(
                    self.env._(
                        "Her birthday is on %(date)s.",
                        date=format_date(self.env, call.birthday),
                    )
                )
            lines.append(call._text_consent(consent))
            call.explanation = "\n".join(lines)

    @api.depends("partner_id", "company_id")
    def _compute_phone(self):
        for company, calls in self.grouped("company_id").items():
            partners = calls.partner_id.with_company(company)
            allowed = partners._filter_callable()
            for call in calls:
                partner = call.partner_id
                call.phone = partner in allowed and partner.phone_sanitized

    @api.depends("reminder_ids", "partner_id", "stylist_id", "kind")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        for call in self:
            cycle = call.cycle_ids
            # Several needs are named in one sentence instead of greeting her twice.
            own = cycle.script if len(cycle) == 1 and call.kind == "reminder" else False
            text = own or call._get_default_script()
            for name, value in call._get_script_values().items():
                text = text.replace(f"{{{name}}}", value)
            call.script = text

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

    @api.depends("attempt_ids.date")
    def _compute_attempts(self):
        for call in self:
            call.attempt_count = len(call.attempt_ids)
            call.last_attempt = max(call.attempt_ids.mapped("date"), default=False)

    @api.depends("partner_id", "kind", "reminder_ids")
    def _compute_display_name(self):
        for call in self:
            needs = ", ".join(call.reminder_ids.cycle_id.mapped("name"))
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
        if not {"date", "user_id"}.isdisjoint(vals):
            self._sync_activities()
        return result

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
    # ACTIVITIES
    # ------------------------------------------------------------

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
            "activity_type_id": activity_type.id,
            "summary": self.display_name,
            "date_deadline": self.date,
            "user_id": self.user_id.id,
            "automated": True,
        }

    def _sync_activities(self):
        """Bring day and receptionist of the activities in line with the calls."""
        for (date, user), calls in self.grouped(lambda c: (c.date, c.user_id)).items():
            # A receptionist hands her call to a colleague, whose activity it is.
            calls.activity_ids.sudo().with_context(
                mail_activity_quick_update=True, salon_from_call=True
            ).write({"date_deadline": date, "user_id": user.id})

    def _close_activities(self):
        # As above; done activities stay as archived records.
        self.activity_ids.sudo().with_context(salon_from_call=True).write(
            {"active": False}
        )

    # ------------------------------------------------------------
    # WHAT THE RECEPTIONIST READS
    # ------------------------------------------------------------

    def _get_consent(self):
        self.ensure_one()
        consents = self.env["salon.consent"].with_company(self.company_id)
        return consents._get_newest(self.partner_id).get(self.partner_id)

    def _text_reminder(self, reminder):
        """Return one line that says why this reminder is on the list."""
        if reminder.course_id:
            return reminder.course_id._get_call_text(reminder.cycle_id.name)
        return self.env._(
            "%(need)s: last visit %(last)s, comes back every %(rhythm)s days "
            "(%(basis)s), due %(due)s, %(when)s.",
            need=reminder.cycle_id.name,
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
        services = self.env["product.product"]
        for line in lines:
            if line.product_id.salon_cycle_ids - services.salon_cycle_ids:
                services |= line.product_id
        return services

    def _get_default_script(self):
        """Return the script of a call that has none of its own."""
        if self.kind == "lapsed":
            return self.env._(
                "Hello {client}, this is {receptionist} from {salon}. We have not seen "
                "you for a while and miss you. May I ask what kept you away, and what "
                "we could do better?"
            )
        if self.kind == "birthday":
            return self.env._(
                "Hello {client}, this is {receptionist} from {salon}. Happy birthday! "
                "May we make you beautiful for it?"
            )
        return self.env._(
            "Hello {client}, this is {receptionist} from {salon}. It is time for your "
            "{service}. Shall we find you a time with {stylist}?"
        )

    def _get_script_values(self):
        """Return what stands for each placeholder of a script."""
        self.ensure_one()
        return {
            "client": self.partner_id.name or "",
            "service": format_list(self.env, self.cycle_ids.mapped("name")),
            "stylist": self.stylist_id.name or self.env._("your stylist"),
            "salon": self.company_id.name,
            "receptionist": self.env.user.name,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_no_answer(self):
        """Log "No answer" in one tap."""
        outcome = self.env["salon.call.outcome"]._get_default("no_answer")
        for call in self:
            call._log_attempt(outcome)

    def action_log(self):
        """Ask for the outcome of the call; the context may name its kind."""
        self.ensure_one()
        kind = self.env.context.get("salon_outcome_kind")
        context = {"default_call_id": self.id}
        if kind:
            outcome = self.env["salon.call.outcome"]._get_default(kind)
            context["default_outcome_id"] = outcome.id
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "salon.call.log",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_cancel(self):
        """Take calls off the list by hand; the reminders stay due."""
        self.filtered(lambda c: c.state == "open")._close("person", state="cancelled")

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------
    # OUTCOMES
    # ------------------------------------------------------------

    def _log_attempt(self, outcome, note=False, **details):
        """Record one dial and do what its outcome asks for.

        :param details: what this kind of outcome needs, see ``_after_<kind>``
        :raise UserError: when the call was closed meanwhile
        """
        self.ensure_one()
        if self.state != "open":
            raise UserError(
                self.env._(
                    "This call was closed meanwhile: %(call)s. Nothing was logged.",
                    call=self.display_name,
                )
            )
        self.env["salon.call.attempt"].create(
            {
                "call_id": self.id,
                "phone": self.partner_id.phone_sanitized,
                "outcome_id": outcome.id,
                "note": note,
            }
        )
        self.outcome_id = outcome
        getattr(self, f"_after_{outcome.kind}")(**details)

    def _after_booked(self, **visit_vals):
        """Book the visit; its reminders are booked with it."""
        # Closed first, so that the booking does not settle it as somebody else's.
        self._close("outcome")
        self.visit_id = self.env["salon.visit"].create(
            {
                **visit_vals,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "call_id": self.id,
            }
        )

    def _after_call_back(self, date):
        """She is called again on the promised day, before the others."""
        self.write({"date": date, "priority": "1", "user_id": self.env.uid})

    def _after_no_answer(self):
        """Back tomorrow; after the last attempt she counts as unreachable."""
        company = self.company_id
        today = company._salon_today()
        if self.attempt_count < company.salon_max_attempts:
            self.write({"date": fields.Date.add(today, days=1), "priority": "0"})
            return
        self._skip_reminders(
            lambda reminder: fields.Date.add(
                today, days=max(company.salon_contact_gap_days, 1)
            )
        )
        self._close("unreachable")

    def _after_declined(self, stop=False):
        """These needs are skipped once, or stopped when she wants no reminders."""
        if stop:
            # Reminders are written by the system only; the receptionist decides.
            self.reminder_ids.sudo().is_stopped = True
        else:
            today = self.company_id._salon_today()
            self._skip_reminders(
                lambda reminder: fields.Date.add(today, days=reminder.rhythm_days)
            )
        self._close("outcome")

    def _after_do_not_call(self):
        """The consent is withdrawn in the ledger, which cancels her open calls."""
        self._close("outcome")
        consents = self.env["salon.consent"].with_company(self.company_id)
        consents.create(consents._prepare_vals(self.partner_id, "withdrawn", "phone"))

    def _skip_reminders(self, until):
        # As in _after_declined.
        for reminder in self.reminder_ids.sudo():
            reminder.skip_until = until(reminder)

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    def _close(self, reason, state="done"):
        self._close_activities()
        self.write(
            {
                "state": state,
                "close_reason": reason,
                "closed_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _close_settled(self, partners):
        """Close the calls whose every reason is gone, as the client booked or came."""
        calls = self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        calls.filtered(
            lambda call: (
                call.reminder_ids
                and not any(r.state in CALLABLE_STATES for r in call.reminder_ids)
            )
        )._close("settled")

    @api.model
    def _cancel_without_consent(self, partners):
        """Cancel the open calls of clients who do not agree to calls any more."""
        calls = self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        for company, company_calls in calls.grouped("company_id").items():
            clients = company_calls.partner_id.with_company(company)
            allowed = clients._filter_callable()
            company_calls.filtered(
                lambda call, allowed=allowed: call.partner_id not in allowed
            )._close("consent", state="cancelled")
