from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """A client: a person with visits, or marked as a salon client."""

    _inherit = "res.partner"

    is_salon_client = fields.Boolean("Salon client", index=True, copy=False)
    salon_birthdate = fields.Date("Date of birth")
    salon_note = fields.Text("Formula and preferences")
    salon_import_ref = fields.Char(
        "Number in the old system", index="btree_not_null", copy=False
    )

    salon_source_id = fields.Many2one(
        "utm.source",
        string="Source",
        index="btree_not_null",
        ondelete="restrict",
        help="What brought the client to the salon.",
    )
    salon_recommended_by_id = fields.Many2one(
        "res.partner",
        string="Recommended by",
        index="btree_not_null",
        ondelete="set null",
        help="The client who recommended the salon.",
    )

    salon_visit_ids = fields.One2many("salon.visit", "partner_id", string="Visits")
    salon_reminder_ids = fields.One2many(
        "salon.reminder", "partner_id", string="Reminders"
    )
    salon_course_ids = fields.One2many("salon.course", "partner_id", string="Courses")
    salon_call_ids = fields.One2many("salon.call", "partner_id", string="Calls")
    salon_consent_ids = fields.One2many(
        "salon.consent", "partner_id", string="Consents"
    )

    salon_visit_count = fields.Integer("Visits made", compute="_compute_salon_visits")
    salon_last_date = fields.Date("Last visit", compute="_compute_salon_visits")
    salon_spent = fields.Monetary(
        "Spent",
        compute="_compute_salon_visits",
        currency_field="salon_currency_id",
    )
    salon_currency_id = fields.Many2one(
        "res.currency", compute="_compute_salon_visits", string="Salon currency"
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
        help="Whether the client agrees to be phoned when her next visit is due.",
    )

    salon_call_status = fields.Text(
        "On the call list?", compute="_compute_salon_call_status"
    )

    # Gate, gap and shared numbers all look clients up by number.
    phone_sanitized = fields.Char(index="btree_not_null")

    @api.depends_context("company")
    def _compute_salon_visits(self):
        groups = self.env["salon.visit"]._read_group(
            [
                ("partner_id", "in", self.ids),
                ("state", "=", "done"),
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

    @api.model
    def _search_salon_call_consent(self, operator, value):
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

        With a valid consent to calls, a valid number, and neither on the blacklist.
        """
        if not self:
            return self
        self.env.flush_all()
        company = self.env.company
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id
                     FROM res_partner p
                    WHERE p.id = ANY(%(ids)s) AND p.active
                      AND COALESCE(p.phone_sanitized, '') != ''
                      AND NOT EXISTS (
                          SELECT FROM phone_blacklist b
                           WHERE b.number = p.phone_sanitized AND b.active)
                      AND %(consent)s""",
                ids=self.ids,
                consent=self.env["salon.consent"]._sql_valid(
                    SQL("p.id"),
                    SQL("%s", company.id),
                    SQL("%s", company._salon_today()),
                ),
            )
        )
        allowed = {row[0] for row in rows}
        return self.filtered(lambda partner: partner._origin.id in allowed)

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
