from odoo import api, fields, models
from odoo.tools import SQL


class SalonVisitReport(models.Model):
    """Visits and money by the promotions that were used."""

    _inherit = "salon.visit.report"
    _depends = {"salon.visit.line": ["promotion_id"]}

    promotion_id = fields.Many2one(
        "salon.promotion",
        readonly=True,
        help="The promotion that was used for this line.",
    )

    @api.model
    def _select(self):
        return SQL("%s, l.promotion_id", super()._select())
