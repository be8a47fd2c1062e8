from odoo import fields, models


class SalonSourceCost(models.Model):
    """Money spent on a source: an advertisement, a leaflet, a fee of a platform."""

    _name = "salon.source.cost"
    _description = "Cost of a Source"
    _order = "date desc, id desc"
    _rec_name = "source_id"

    source_id = fields.Many2one(
        "utm.source", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._salon_today(),
        help="The day for which the money was spent.",
    )
    amount = fields.Monetary("Cost", required=True)
    note = fields.Char()

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A cost can't be negative."
    )
