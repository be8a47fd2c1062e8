from odoo import fields, models


class SalonServiceAffinity(models.Model):
    """How many of those who take one service also take another one.

    Learned weekly from the salon's own visits of two years, never entered by hand.
    """

    _name = "salon.service.affinity"
    _description = "Services Taken Together"
    _order = "lift desc, id"
    _rec_name = "other_tmpl_id"

    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Those who take",
        required=True,
        index=True,
        ondelete="cascade",
    )
    other_tmpl_id = fields.Many2one(
        "product.template",
        string="also take",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    client_count = fields.Integer("Clients", aggregator="max")
    having_count = fields.Integer("Take the first", aggregator=None)
    other_count = fields.Integer("Take the second", aggregator=None)
    both_count = fields.Integer("Take both")
    support = fields.Float(aggregator=None, help="Share of all clients who take both.")
    confidence = fields.Float(
        "Share",
        aggregator=None,
        help="Share of those who take the first who also take the second.",
    )
    lift = fields.Float(
        aggregator=None,
        help="How many times as often as among all clients; above 1 they go together.",
    )

    _services_uniq = models.Constraint(
        "UNIQUE(product_tmpl_id, other_tmpl_id, company_id)",
        "Two services are compared once per salon.",
    )
