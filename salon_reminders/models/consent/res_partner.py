from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..visit.salon_visit import KEPT_STATES


class ResPartner(models.Model):
    """Asking clients for their consent, and what they have agreed to."""

    _inherit = "res.partner"

    salon_consent_state_ids = fields.One2many(
        "salon.consent.state",
        "partner_id",
        string="What she agrees to",
        groups="salon_reminders.group_receptionist",
    )
    salon_consent_to_ask = fields.Boolean(
        "Consent to collect",
        compute="_compute_salon_consent_to_ask",
        search="_search_salon_consent_to_ask",
        groups="salon_reminders.group_stylist",
        help="She has not been asked about calls, or must be asked again.",
    )
    salon_ask_reason = fields.Char(
        "Why she is asked",
        compute="_compute_salon_ask_reason",
        groups="salon_reminders.group_receptionist",
    )
    salon_ask_sentence = fields.Text(
        "What to say",
        compute="_compute_salon_ask_sentence",
        groups="salon_reminders.group_stylist",
    )
    salon_visits_today = fields.Boolean(
        "Visits today",
        compute="_compute_salon_visit_today",
        search="_search_salon_visits_today",
        groups="salon_reminders.group_stylist",
    )
    salon_visit_today_id = fields.Many2one(
        "salon.visit",
        string="Visit of today",
        compute="_compute_salon_visit_today",
        groups="salon_reminders.group_stylist",
    )

    salon_consent_ids = fields.One2many(
        "salon.consent",
        "partner_id",
        string="Consents",
        groups="salon_reminders.group_receptionist",
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

    @api.depends("salon_consent_ids", "phone")
    @api.depends_context("company")
    def _compute_salon_consent_to_ask(self):
        # Whom to ask follows from the ledger, also for who may not read it.
        asked = self.sudo().search(
            [("id", "in", self._origin.ids), ("salon_consent_to_ask", "=", True)]
        )
        for partner in self:
            partner.salon_consent_to_ask = partner._origin in asked

    @api.model
    def _search_salon_consent_to_ask(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_consent_to_ask"], "read")
        if operator != "in":
            return NotImplemented
        found = Domain.custom(
            to_sql=lambda model, alias, query: self._sql_consent_to_ask(alias)
        )
        return found if True in value else ~found

    @api.model
    def _sql_consent_to_ask(self, alias):
        """Return the condition that somebody should be asked about calls now.

        Nobody who refused, nobody who was asked a short while ago, and nobody whose
        number is on the blacklist: that is a refusal too.
        """
        company = self.env.company
        return SQL(
            """((%(none)s OR %(expired)s)
                AND NOT EXISTS (
                    SELECT FROM salon_consent_ask a
                     WHERE a.partner_id = %(id)s AND a.company_id = %(company)s
                       AND a.again_date > %(today)s)
                AND NOT %(blocked)s)""",
            none=self._sql_call_consent("none", SQL.identifier(alias, "id")),
            expired=self._sql_call_consent("expired", SQL.identifier(alias, "id")),
            id=SQL.identifier(alias, "id"),
            company=company.id,
            today=company._salon_today(),
            blocked=self.env["salon.gate"]._sql_blocked(
                SQL.identifier(alias, "phone_sanitized"), "phone", SQL("TRUE")
            ),
        )

    @api.depends("salon_call_consent")
    @api.depends_context("company", "lang")
    def _compute_salon_ask_reason(self):
        newest = self.env["salon.consent"].sudo()._get_newest(self)
        asked = self._get_last_asked()
        for partner in self:
            consent = newest.get(partner._origin)
            if asked.get(partner._origin):
                reason = self.env._(
                    "Asked on %(date)s, did not want to decide",
                    date=format_date(self.env, asked[partner._origin]),
                )
            elif consent:
                reason = self.env._(
                    "Her consent ended on %(date)s",
                    date=format_date(self.env, consent.expiry_date),
                )
            else:
                reason = self.env._("Not asked yet")
            partner.salon_ask_reason = partner.salon_consent_to_ask and reason

    def _get_last_asked(self):
        """Return {client: the day on which she did not want to decide}."""
        company = self.env.company
        groups = self.env["salon.consent.ask"]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)],
            ["partner_id"],
            ["date:max"],
        )
        return {partner: company._salon_date(date) for partner, date in groups}

    @api.depends_context("company", "lang")
    def _compute_salon_ask_sentence(self):
        self.salon_ask_sentence = self.env.company._salon_wording().text

    @api.depends_context("company", "uid")
    def _compute_salon_visit_today(self):
        visits = self.env["salon.visit"].search(
            [("partner_id", "in", self._origin.ids), *self._get_visits_today_domain()],
            order="start",
        )
        first = {visit.partner_id: visit for visit in reversed(visits)}
        for partner in self:
            visit = first.get(partner._origin, visits.browse())
            partner.salon_visit_today_id = visit
            partner.salon_visits_today = bool(visit)

    @api.model
    def _search_salon_visits_today(self, operator, value):
        # As above.
        self._check_field_access(self._fields["salon_visits_today"], "read")
        if operator != "in":
            return NotImplemented
        found = Domain("salon_visit_ids", "any", self._get_visits_today_domain())
        return found if True in value else ~found

    @api.model
    def _get_visits_today_domain(self):
        company = self.env.company
        return [
            ("company_id", "=", company.id),
            ("date", "=", company._salon_today()),
            ("state", "in", KEPT_STATES),
        ]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_consent_later(self):
        """Record that the client was asked and did not want to decide."""
        self.env["salon.consent.ask"].create(
            [{"partner_id": partner.id} for partner in self]
        )

    def action_open_salon_consents(self):
        """Open all the client ever answered."""
        self.ensure_one()
        self.env["salon.consent"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_consent_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_salon_consent_answers(self):
        """Open the form for all that she may be asked, and for what she has signed."""
        self.ensure_one()
        self.check_access("read")
        talk = self.env["salon.consent.answers"].create({"partner_id": self.id})
        return talk._get_records_action(
            name=self.env._("What she agrees to"), target="new"
        )

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

    def _filter_callable(self):
        """Return the clients who may be phoned now by the current company.

        With a valid consent to calls and a valid number, not known to be wrong and
        not on the blacklist.
        """
        return self.env["salon.gate"]._filter(self, "reminder", "phone")

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
