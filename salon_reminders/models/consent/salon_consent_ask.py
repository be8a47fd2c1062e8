from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class SalonConsentAsk(models.Model):
    """Somebody asked the client, who did not want to decide: ask again later.

    Neither a consent nor a refusal, so it is no row of the ledger; like the ledger
    it is only added to.
    """

    _name = "salon.consent.ask"
    _description = "Salon Consent Asked"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    again_date = fields.Date(
        "Ask again on",
        required=True,
        default=lambda self: self.env.company._salon_ask_again_date(),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Asked by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    _partner_idx = models.Index("(partner_id, company_id, again_date)")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Defaults of the context are the caller's word as well.
            self = self.with_env(self.env(context=clean_context(self.env.context)))
            vals_list = [self._prepare_ask(vals) for vals in vals_list]
        self.env["res.partner"]._check_salon_clients(vals_list)
        return super().create(vals_list)

    @api.model
    def _prepare_ask(self, vals):
        """Return the values of a row that a person records: only whom they asked."""
        companies = self.env["res.company"]
        company = companies.browse(vals.get("company_id")) or self.env.company
        return {
            "partner_id": vals.get("partner_id"),
            "company_id": company.id,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
            "again_date": company._salon_ask_again_date(),
        }

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("What was asked stays as it is. Ask again instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was asked stays in the history."))
