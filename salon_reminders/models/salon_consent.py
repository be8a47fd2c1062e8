from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SalonConsent(models.Model):
    """Append-only ledger of what a client agreed to and what she withdrew.

    The newest row per client, company, purpose and channel tells what holds now; a
    correction is a new row. Nothing is ever written or deleted, not even by a manager.
    """

    _name = "salon.consent"
    _description = "Salon Consent"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    purpose = fields.Selection(
        [
            ("reminder", "Service reminders"),
            ("promotion", "Promotions"),
            ("feedback", "Feedback"),
        ],
        required=True,
        default="reminder",
    )
    channel = fields.Selection(
        [("phone", "Phone calls"), ("sms", "SMS"), ("email", "E-mail")],
        required=True,
        default="phone",
    )
    decision = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")],
        required=True,
        default="given",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    expiry_date = fields.Date(
        "Valid until", help="The last day on which it holds. Empty: no end."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    method = fields.Selection(
        [
            ("desk", "At the desk"),
            ("phone", "On the phone"),
            ("writing", "In writing"),
            ("import", "Imported"),
            ("link", "By the client's own link"),
        ],
        required=True,
        default="desk",
    )
    wording = fields.Text(
        required=True,
        default=lambda self: self.env.company.salon_consent_wording,
        help="What the client was asked, word for word.",
    )
    source = fields.Char(help="Where an imported consent comes from.")

    _newest_idx = models.Index(
        "(partner_id, company_id, purpose, channel, date DESC, id DESC)"
    )

    @api.depends("partner_id", "purpose", "channel", "decision")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("purpose", "channel", "decision")
        }
        for consent in self:
            parts = (labels[name].get(consent[name], "") for name in labels)
            consent.display_name = ", ".join([consent.partner_id.name or "", *parts])

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(vals_list)
        withdrawn = consents.filtered(lambda c: c.decision == "withdrawn")
        if withdrawn:
            # Whoever records a withdrawal ends the calls, also those of colleagues.
            self.env["salon.call"].sudo()._cancel_without_consent(withdrawn.partner_id)
        return consents

    def write(self, vals):
        if vals:
            raise UserError(self._text_append_only())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._text_append_only())

    def _text_append_only(self):
        return self.env._(
            "Consents are never changed or deleted. Record a new one that says what "
            "holds now."
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _sql_valid(self, partner, company, today, purpose="reminder", channel="phone"):
        """Return the SQL condition "a consent for this holds today".

        The one rule of consent: used by the daily job, by the number shown for
        dialling and by the filters.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        :param SQL today: expression of the salon's date
        """
        return SQL(
            """EXISTS (
                SELECT FROM (
                    SELECT c.decision, c.expiry_date
                      FROM salon_consent c
                     WHERE c.partner_id = %(partner)s
                       AND c.company_id = %(company)s
                       AND c.purpose = %(purpose)s
                       AND c.channel = %(channel)s
                  ORDER BY c.date DESC, c.id DESC
                     LIMIT 1
                ) newest
                 WHERE newest.decision = 'given'
                   AND (newest.expiry_date IS NULL OR newest.expiry_date >= %(today)s)
            )""",
            partner=partner,
            company=company,
            today=today,
            purpose=purpose,
            channel=channel,
        )

    @api.model
    def _get_newest(self, partners, purpose="reminder", channel="phone"):
        """Return {partner: newest consent of the current company}."""
        newest = {}
        for consent in self.search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.env.company.id),
                ("purpose", "=", purpose),
                ("channel", "=", channel),
            ],
            order="date, id",
        ):
            newest[consent.partner_id] = consent
        return newest

    def _is_valid(self):
        """Tell whether this row, the newest of its kind, still holds today."""
        self.ensure_one()
        today = self.company_id._salon_today()
        return self.decision == "given" and (
            not self.expiry_date or self.expiry_date >= today
        )

    @api.model
    def _prepare_vals(self, partner, decision, method, **extra):
        """Return the values of a consent row for calls, as recorded now."""
        company = self.env.company
        return {
            "partner_id": partner.id,
            "company_id": company.id,
            "decision": decision,
            "method": method,
            "wording": company.salon_consent_wording or "-",
            **extra,
        }
