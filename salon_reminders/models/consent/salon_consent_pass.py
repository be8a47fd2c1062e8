from odoo import api, fields, models
from odoo.tools import SQL


class SalonConsentPass(models.Model):
    """What became of a client's own links at a salon: shown, used, revoked.

    One row per client and salon. A link carries the number of the pass at the time it
    was made; revoking raises the number, and every link made before is worth nothing.
    The links themselves are kept nowhere: whoever holds one is the client.
    """

    _name = "salon.consent.pass"
    _description = "Salon Client's Own Link"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Integer(readonly=True, default=0)
    shown_at = fields.Datetime("Last shown", readonly=True)
    expiry_date = fields.Date("Works until", readonly=True)
    answered_at = fields.Datetime("Last used", readonly=True)
    revoked_at = fields.Datetime("Revoked", readonly=True)

    _client_uniq = models.UniqueIndex("(partner_id, company_id)")

    @api.model
    def _get_number(self, partner, company):
        """Return the number that a link must carry to be worth anything now."""
        return self._find(partner, company).number

    @api.model
    def _find(self, partner, company):
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        return self.search(domain, limit=1)

    @api.model
    def _record(self, partner, company, **vals):
        """Write down what became of a client's links; two at once make one row."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                """INSERT INTO salon_consent_pass
                       (partner_id, company_id, number, create_uid, create_date)
                   VALUES (%s, %s, 0, %s, NOW() AT TIME ZONE 'UTC')
                   ON CONFLICT (partner_id, company_id) DO NOTHING
                   RETURNING id""",
                partner.id,
                company.id,
                self.env.uid,
            )
        )
        found = self._find(partner, company)
        found.write(vals)
        return found

    def _revoke(self):
        """Make every link worthless that was made up to now."""
        for one in self:
            one.write({"number": one.number + 1, "revoked_at": fields.Datetime.now()})
