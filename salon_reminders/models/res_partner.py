from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .salon_visit import MADE_STATES


class ResPartner(models.Model):
    """A client: a person with visits, or marked as a salon client."""

    _inherit = "res.partner"

    is_salon_client = fields.Boolean(
        "Salon client",
        index=True,
        copy=False,
        groups="salon_reminders.group_stylist,salon_reminders.group_phone_numbers",
    )
    salon_birthdate = fields.Date(
        "Date of birth", groups="salon_reminders.group_stylist"
    )
    salon_note = fields.Text(
        "Formula and preferences", groups="salon_reminders.group_stylist"
    )
    salon_import_ref = fields.Char(
        "Number in the old system",
        index="btree_not_null",
        copy=False,
        groups="salon_reminders.group_stylist",
    )

    # Left out of what is read by who has no access to them.
    salon_visit_ids = fields.One2many(
        "salon.visit",
        "partner_id",
        string="Visits",
        groups="salon_reminders.group_stylist",
    )
    salon_reminder_ids = fields.One2many(
        "salon.reminder",
        "partner_id",
        string="Reminders",
        groups="salon_reminders.group_stylist",
    )
    salon_course_ids = fields.One2many(
        "salon.course",
        "partner_id",
        string="Courses",
        groups="salon_reminders.group_stylist",
    )
    salon_call_ids = fields.One2many(
        "salon.call",
        "partner_id",
        string="Calls",
        groups="salon_reminders.group_receptionist",
    )
    salon_consent_ids = fields.One2many(
        "salon.consent",
        "partner_id",
        string="Consents",
        groups="salon_reminders.group_receptionist",
    )

    salon_visit_count = fields.Integer(
        "Visits made",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_last_date = fields.Date(
        "Last visit",
        compute="_compute_salon_visits",
        groups="salon_reminders.group_stylist",
    )
    salon_no_show_count = fields.Integer(
        "No-shows",
        compute="_compute_salon_missed",
        groups="salon_reminders.group_stylist",
    )
    salon_late_cancel_count = fields.Integer(
        "Cancelled late",
        compute="_compute_salon_missed",
        groups="salon_reminders.group_stylist",
    )
    salon_spent = fields.Monetary(
        "Spent",
        compute="_compute_salon_visits",
        currency_field="salon_currency_id",
        groups="salon_reminders.group_stylist",
    )
    salon_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_salon_visits",
        string="Salon currency",
        groups="salon_reminders.group_stylist",
    )
    salon_call_consent = fields.Selection(
        [
            ("none", "Not asked"),
            ("given", "Agrees"),
            ("withdrawn", "Does not agree"),
            ("expired", "Expired"),
        ],
        string="Consent to calls",
        compute="_compute_salon_call_consent",
        search="_search_salon_call_consent",
        groups="salon_reminders.group_receptionist",
        help="Whether the client agrees to be phoned when her next visit is due.",
    )

    salon_call_status = fields.Text(
        "On the call list?",
        compute="_compute_salon_call_status",
        groups="salon_reminders.group_receptionist",
    )

    # What calls have told
    salon_wrong_number = fields.Char(
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
        help="The number that turned out to be wrong. Calls go on with another one.",
    )
    salon_has_wrong_number = fields.Boolean(
        "Wrong number",
        compute="_compute_salon_has_wrong_number",
        # Told without the number, which not everybody may read.
        compute_sudo=True,
        groups="salon_reminders.group_stylist",
    )
    salon_is_lost = fields.Boolean(
        "Left us",
        compute="_compute_salon_is_lost",
        search="_search_salon_is_lost",
        groups="salon_reminders.group_stylist",
        help="She said that she left, and has not come or booked since.",
    )
    salon_leaving_text = fields.Char(
        "Why she left",
        compute="_compute_salon_is_lost",
        groups="salon_reminders.group_stylist",
    )

    # Gate, gap and shared numbers all look clients up by number. An index of our own
    # goes with us; one on the field would stay behind.
    _salon_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    @api.depends_context("company")
    def _compute_salon_visits(self):
        groups = self.env["salon.visit"]._read_group(
            [
                ("partner_id", "in", self.ids),
                ("state", "in", MADE_STATES),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "is_purchase"],
            ["__count", "date:max", "amount_total:sum"],
        )
        visits = {partner: row for partner, purchase, *row in groups if not purchase}
        spent = {}
        for partner, _purchase, _count, _last, amount in groups:
            spent[partner] = spent.get(partner, 0) + amount
        self.salon_currency_id = self.env.company.currency_id
        for partner in self:
            count, last, _amount = visits.get(partner, (0, False, 0))
            partner.salon_visit_count = count
            partner.salon_last_date = last
            partner.salon_spent = spent.get(partner, 0)

    @api.depends_context("company")
    def _compute_salon_missed(self):
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
        ]
        missed = Domain("state", "=", "no_show") | Domain("is_late_cancel", "=", True)
        counts = {
            (partner, state): count
            for partner, state, count in self.env["salon.visit"]._read_group(
                Domain(domain) & missed, ["partner_id", "state"], ["__count"]
            )
        }
        for partner in self:
            own = partner._origin
            partner.salon_no_show_count = counts.get((own, "no_show"), 0)
            partner.salon_late_cancel_count = counts.get((own, "cancelled"), 0)

    @api.depends("salon_consent_ids")
    @api.depends_context("company")
    def _compute_salon_call_consent(self):
        newest = self.env["salon.consent"]._get_newest(self)
        for partner in self:
            consent = newest.get(partner)
            if not consent:
                partner.salon_call_consent = "none"
            elif consent.decision == "withdrawn":
                partner.salon_call_consent = "withdrawn"
            else:
                valid = consent._is_valid()
                partner.salon_call_consent = "given" if valid else "expired"

    @api.depends_context("company", "lang")
    def _compute_salon_call_status(self):
        texts = self.env["salon.call.planner"]._explain(self._origin)
        for partner in self:
            partner.salon_call_status = texts.get(partner._origin)

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # The clock of a salon without working hours; whoever may set it moves it.
            companies = self.env["res.company"].sudo()
            companies.search(
                [("partner_id", "in", self.ids), ("resource_calendar_id", "=", False)]
            )._salon_follow_clock()
        if vals.get("active") is False:
            # Whoever archives a contact need not know the calls.
            self.env["salon.call"].sudo()._cancel_archived(self)
        return result

    @api.model
    def _search_salon_call_consent(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_call_consent"], "read")
        if operator != "in":
            return NotImplemented
        company = self.env.company
        parts = [
            Domain.custom(
                to_sql=lambda model, alias, query, state=state: self._sql_call_consent(
                    state, SQL.identifier(alias, "id")
                )
            )
            for state in value
        ]
        return Domain.OR(parts) if company else Domain.FALSE

    @api.model
    def _sql_call_consent(self, state, partner):
        """Return the condition that the newest consent to calls says this."""
        company = self.env.company
        valid = self.env["salon.consent"]._sql_valid(
            partner, SQL("%s", company.id), SQL("%s", company._salon_today())
        )
        if state == "given":
            return valid
        newest = SQL(
            """(SELECT c.decision FROM salon_consent c
                 WHERE c.partner_id = %s AND c.company_id = %s
                   AND c.purpose = 'reminder' AND c.channel = 'phone'
              ORDER BY c.date DESC, c.id DESC LIMIT 1)""",
            partner,
            company.id,
        )
        return {
            "none": SQL("%s IS NULL", newest),
            "withdrawn": SQL("%s = 'withdrawn'", newest),
            "expired": SQL("(%s = 'given' AND NOT %s)", newest, valid),
        }.get(state, SQL("FALSE"))

    # ------------------------------------------------------------
    # THE GATE
    # ------------------------------------------------------------

    def _filter_callable(self):
        """Return the clients who may be phoned now by the current company.

        With a valid consent to calls and a valid number, not known to be wrong and
        not on the blacklist.
        """
        return self.env["salon.gate"]._filter(self, "reminder", "phone")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_consent_give(self):
        """Record that the client agreed, at the desk, to be phoned."""
        self._salon_record_consent("given")

    def action_salon_consent_withdraw(self):
        """Record that the client does not want calls; open calls are cancelled."""
        self._salon_record_consent("withdrawn")

    def _salon_record_consent(self, decision):
        consents = self.env["salon.consent"]
        consents.create(
            [consents._prepare_vals(partner, decision, "desk") for partner in self]
        )
        self.invalidate_recordset(["salon_consent_state_ids", "salon_consent_to_ask"])

    def action_open_salon_visits(self):
        """Open the client's visits and purchases."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_visit_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_open_salon_calls(self):
        """Open the client's calls, the closed ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_call_action_all"
        )
        return {**action, "domain": [("partner_id", "=", self.id)]}

    # ------------------------------------------------------------
    # WHAT CALLS HAVE TOLD
    # ------------------------------------------------------------

    @api.depends("salon_wrong_number", "phone_sanitized")
    def _compute_salon_has_wrong_number(self):
        for partner in self:
            wrong = partner.salon_wrong_number
            partner.salon_has_wrong_number = wrong and wrong == partner.phone_sanitized

    @api.depends_context("company", "lang")
    def _compute_salon_is_lost(self):
        lost = self._origin.filtered_domain(self._search_salon_is_lost("in", [True]))
        # What she said is shown on her card to whoever sees the card.
        attempts = self.env["salon.call.attempt"].sudo()
        newest = {}
        for attempt in attempts.search(
            [
                ("partner_id", "in", lost.ids),
                ("company_id", "=", self.env.company.id),
                ("leaving_reason_id", "!=", False),
                ("undone_at", "=", False),
            ],
            order="date, id",
        ):
            newest[attempt.partner_id.id] = attempt
        for partner in self:
            attempt = newest.get(partner._origin.id)
            partner.salon_is_lost = bool(attempt)
            partner.salon_leaving_text = attempt and self._salon_text_left(attempt)

    @api.model
    def _salon_text_left(self, attempt):
        text = self.env._(
            "%(reason)s (said on %(date)s)",
            reason=attempt.leaving_reason_id.name,
            date=format_date(self.env, attempt.company_id._salon_date(attempt.date)),
        )
        said = attempt._get_said()
        return f"{text}: {said}" if said else text

    @api.model
    def _search_salon_is_lost(self, operator, value):
        # As above.
        self._check_field_access(self._fields["salon_is_lost"], "read")
        if operator != "in":
            return NotImplemented
        attempts, company = self.env["salon.call.attempt"], self.env.company
        lost = Domain.custom(
            to_sql=lambda model, alias, query: attempts._sql_left(
                SQL.identifier(alias, "id"), SQL("%s", company.id)
            )
        )
        parts = {True: lost, False: ~lost}
        return Domain.OR(parts[bool(wanted)] for wanted in value)
