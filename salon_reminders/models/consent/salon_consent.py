import logging
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PURPOSES = [
    ("reminder", "Service reminders"),
    ("promotion", "Promotions"),
    ("feedback", "Feedback"),
]
CHANNELS = [("phone", "Phone calls"), ("sms", "SMS"), ("email", "E-mail")]
# What a person may record; the other ways belong to the system.
PERSONAL_METHODS = ("desk", "phone", "writing")
# A client who says so herself reaches the blacklists, a file does not.
OWN_WORD = (*PERSONAL_METHODS, "link")


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
    purpose = fields.Selection(PURPOSES, required=True, default="reminder")
    channel = fields.Selection(CHANNELS, required=True, default="phone")
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
            ("blacklist", "By a blacklist"),
            ("merge", "By merging two cards"),
        ],
        required=True,
        default="desk",
    )
    wording_id = fields.Many2one(
        "salon.consent.wording",
        string="Wording version",
        compute="_compute_wording_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('purpose', '=', purpose), ('channel', '=', channel),"
        " ('company_id', 'in', (company_id, False))]",
        check_company=True,
    )
    wording = fields.Text(
        compute="_compute_wording",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="What the client was asked, word for word.",
    )
    # A file of this row: it can't be changed or deleted without writing the row.
    document = fields.Binary("Signed form", attachment=True)
    document_name = fields.Char("Name of the signed form")
    source = fields.Char(help="Where the answer comes from, if not from herself.")

    _newest_idx = models.Index(
        "(partner_id, company_id, purpose, channel, date DESC, id DESC)"
    )

    @api.depends("purpose", "channel", "company_id")
    def _compute_wording_id(self):
        for consent in self:
            wordings = consent.env["salon.consent.wording"].with_company(
                consent.company_id
            )
            consent.wording_id = consent.method in OWN_WORD and wordings._get_current(
                consent.purpose, consent.channel
            )

    @api.depends("wording_id")
    def _compute_wording(self):
        for consent in self:
            consent.wording = consent.wording_id.text or consent.wording or "-"

    @api.depends("partner_id", "purpose", "channel", "decision")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("purpose", "channel", "decision")
        }
        for consent in self:
            parts = (labels[name].get(consent[name], "") for name in labels)
            consent.display_name = ", ".join([consent.partner_id.name or "", *parts])

    @api.constrains("date")
    def _check_date(self):
        # A row of tomorrow would overrule every answer until then.
        latest = fields.Datetime.add(fields.Datetime.now(), minutes=5)
        if any(consent.date > latest for consent in self):
            raise ValidationError(
                self.env._("An answer can't be dated later than now. Check the date.")
            )

    @api.constrains("method", "decision", "document")
    def _check_document(self):
        for consent in self:
            written = consent.method == "writing" and consent.decision == "given"
            if written and not consent.document:
                raise ValidationError(
                    self.env._("Attach the signed form of a consent given in writing.")
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        vals_list = [self._complete_vals(vals) for vals in vals_list]
        consents = super().create(vals_list)
        consents._after_create()
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

    def _complete_vals(self, vals):
        """Return the values of a row, with nothing in it that only others may say.

        :raise UserError: when a person claims what only the system records
        """
        vals = dict(vals)
        if "wording" in vals:
            vals.setdefault("wording_id", False)
        if not self.env.su:
            vals["user_id"] = self.env.uid
            if vals.get("method", "desk") not in PERSONAL_METHODS:
                raise UserError(
                    self.env._(
                        "Say how the client answered: at the desk, on the phone or in "
                        "writing."
                    )
                )
        return vals

    def _after_create(self):
        """Let withdrawals end calls, and bring Odoo's blacklists in line."""
        withdrawn = self.filtered(lambda consent: consent.decision == "withdrawn")
        if withdrawn:
            # Whoever records a withdrawal ends the calls, also those of colleagues.
            self.env["salon.call"].sudo()._cancel_without_consent(withdrawn.partner_id)
            self._cancel_after_commit(withdrawn.partner_id)
        if not self.env.context.get("salon_from_blacklist"):
            # The blacklists are Odoo's; the ledger decides on the salon's part.
            own = self.sudo().filtered(lambda consent: consent.method in OWN_WORD)
            own.filtered(lambda c: c.decision == "given")._lift_blacklists()
            own.filtered(lambda c: c.decision == "withdrawn")._reach_blacklists()

    def _cancel_after_commit(self, partners):
        """Look again once this is committed: a job may be making a call right now.

        Neither of two transactions at the same time sees what the other does. Both
        look again after their commit, so whichever is the later one sees both.
        """
        job = partial(_cancel_unwanted, self.env.registry, tuple(partners.ids))
        self.env.cr.postcommit.add(job)

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
        domain = Domain(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.env.company.id),
                ("purpose", "=", purpose),
                ("channel", "=", channel),
            ]
        )
        for consent in self.search(domain, order="date, id"):
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
        """Return the values of a consent row, for calls unless said otherwise."""
        company = self.env.company
        vals = {
            "partner_id": partner.id,
            "company_id": company.id,
            "decision": decision,
            "method": method,
            **extra,
        }
        if decision == "given":
            # A form signed last week holds from last week on.
            moment = fields.Datetime.to_datetime(vals.get("date"))
            day = moment and company._salon_date(moment)
            vals.setdefault("expiry_date", company._salon_consent_expiry(day))
        return vals


def _cancel_unwanted(registry, partner_ids):
    """Cancel, in a transaction of its own, calls that consent does not allow."""
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = env["res.partner"].browse(partner_ids).exists()
            env["salon.call"]._cancel_without_consent(partners)
    except Exception:
        # The hourly job cancels what is left; the withdrawal itself is safe.
        _logger.exception("Calls of clients %s could not be checked", partner_ids)
