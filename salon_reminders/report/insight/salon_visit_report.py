from odoo import api, fields, models
from odoo.tools import SQL

from ...models.insight.salon_client_standing import SEGMENTS


class SalonVisitReport(models.Model):
    """Visits and money by what is known of the client."""

    _inherit = "salon.visit.report"
    _depends = {
        "res.partner": ["salon_source_id", "salon_recommended_by_id"],
        "salon.client.standing": ["partner_id", "company_id", "segment"],
    }

    segment = fields.Selection(
        SEGMENTS,
        readonly=True,
        help="The segment in which the client is now, not at the time of the visit.",
    )
    source_id = fields.Many2one("utm.source", readonly=True)
    recommended_by_id = fields.Many2one("res.partner", readonly=True)

    @api.model
    def _select(self):
        return SQL(
            """%s, standing.segment, partner.salon_source_id AS source_id,
               partner.salon_recommended_by_id AS recommended_by_id""",
            super()._select(),
        )

    @api.model
    def _join(self):
        return SQL(
            """%s
               LEFT JOIN salon_client_standing standing
                      ON standing.partner_id = v.partner_id
                     AND standing.company_id = v.company_id""",
            super()._join(),
        )
