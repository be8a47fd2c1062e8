from odoo import api, fields, models


class SalonImportCategory(models.Model):
    """A category in the files, and what its goods are sold as in the salon."""

    _name = "salon.import.category"
    _description = "Salon Import Category"
    _order = "name"

    import_id = fields.Many2one(
        "salon.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id")
    name = fields.Char("Category", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    examples = fields.Char(readonly=True)
    sold_as = fields.Selection(
        [
            ("service", "Salon services"),
            ("fee", "Consultations and fees"),
            ("retail", "Retail products"),
        ],
        string="Holds",
        required=True,
        default="service",
        help="Services renew cycles. Consultations and fees are charged but renew "
        "nothing. Retail products are taken home and make no visit.",
    )

    @api.model
    def _get_answers(self, company):
        """Return {category: what it holds} as the salon imported it last."""
        categories = self.search(
            [
                ("import_id.company_id", "=", company.id),
                ("import_id.state", "=", "done"),
            ],
            order="id",
        )
        return {category.name: category.sold_as for category in categories}
