from odoo import fields, models
from odoo.tools import SQL

from .salon_consent import CHANNELS, PURPOSES


class SalonConsentState(models.Model):
    """What holds now: the newest row of the ledger per client, purpose and channel."""

    _name = "salon.consent.state"
    _description = "Salon Consent State"
    _auto = False
    _order = "partner_id, purpose, channel"
    _depends = {
        "salon.consent": [
            "partner_id",
            "company_id",
            "purpose",
            "channel",
            "decision",
            "date",
            "expiry_date",
            "method",
            "user_id",
            "restored_id",
        ],
    }

    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    purpose = fields.Selection(PURPOSES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    state = fields.Selection(
        [("given", "Agrees"), ("withdrawn", "Does not agree"), ("expired", "Expired")],
        readonly=True,
    )
    date = fields.Datetime("Said on", readonly=True)
    expiry_date = fields.Date("Valid until", readonly=True)
    method = fields.Selection(
        lambda self: self.env["salon.consent"]._fields["method"].selection,
        string="How",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True)

    @property
    def _table_query(self):
        consents = self.env["salon.consent"]
        return SQL(
            """WITH clock AS (%(clock)s)
            SELECT c.id, c.partner_id, c.company_id, c.purpose, c.channel,
                   CASE WHEN c.decision = 'given' AND NOT %(holds)s
                        THEN 'expired' ELSE c.decision END AS state,
                   said.date, c.expiry_date, said.method, said.user_id
              FROM salon_consent c
              JOIN clock t ON t.company_id = c.company_id
              JOIN salon_consent said ON said.id = COALESCE(c.restored_id, c.id)
             WHERE %(newest)s""",
            clock=self.env["res.company"]._sql_salon_days(),
            holds=consents._sql_holds(SQL("c"), SQL("t.day")),
            # Row by row: those of one client must be found without the others.
            newest=consents._sql_is_newest(SQL("c")),
        )
