from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SalonVisitLine(models.Model):
    """One service or product of a visit.

    A negative quantity or amount takes something back. When it names the line it
    refunds, that line's ``net_quantity`` falls; at zero it renews no cycle any more.
    """

    _name = "salon.visit.line"
    _description = "Salon Visit Line"
    # Not by visit: reading the lines of a moved visit would write its new start
    # before its new end is known.
    _order = "sequence, id"
    _check_company_auto = True

    visit_id = fields.Many2one(
        "salon.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="visit_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Service or product",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("salon_kind", "!=", False)],
        check_company=True,
    )
    salon_kind = fields.Selection(related="product_id.salon_kind")
    stylist_id = fields.Many2one(
        "resource.resource",
        compute="_compute_stylist_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain=[("is_stylist", "=", True)],
        check_company=True,
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What was paid for the line, after discounts.",
    )

    # Refunds
    refunded_line_id = fields.Many2one(
        "salon.visit.line",
        string="Refunds",
        index="btree_not_null",
        ondelete="set null",
        help="The earlier line that this line takes back.",
    )
    refund_line_ids = fields.One2many(
        "salon.visit.line", "refunded_line_id", string="Refunded by"
    )
    net_quantity = fields.Float(
        compute="_compute_net_quantity",
        store=True,
        precompute=True,
        digits="Product Unit",
        help="Quantity less what was refunded.",
    )

    @api.depends("visit_id.stylist_id")
    def _compute_stylist_id(self):
        for line in self:
            line.stylist_id = line.stylist_id or line.visit_id.stylist_id

    @api.depends("product_id", "quantity")
    def _compute_amount(self):
        for line in self:
            line.amount = line.quantity * line.product_id.lst_price

    @api.depends("quantity", "refund_line_ids.quantity")
    def _compute_net_quantity(self):
        for line in self:
            line.net_quantity = line.quantity + sum(
                line.refund_line_ids.mapped("quantity")
            )

    @api.constrains("refunded_line_id")
    def _check_refund(self):
        for line in self.filtered("refunded_line_id"):
            refunded = line.refunded_line_id
            if line.quantity >= 0 or refunded.refunded_line_id:
                raise ValidationError(
                    self.env._(
                        "A refund needs a quantity below zero, and can't take back "
                        "another refund."
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._after_change()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not {"product_id", "quantity", "visit_id", "refunded_line_id"}.isdisjoint(
            vals
        ):
            self._after_change()
        return result

    def unlink(self):
        visits = (self | self.refunded_line_id).visit_id
        result = super().unlink()
        visits._after_change(visits.partner_id)
        return result

    def _after_change(self):
        visits = (self | self.refunded_line_id).visit_id
        visits._after_change(visits.partner_id)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_minutes(self):
        """Return the length of the services among these lines, in minutes."""
        return sum(
            line.product_id.salon_duration * max(1, round(line.quantity))
            for line in self
            if line.product_id.salon_kind in ("service", "fee") and line.quantity > 0
        )
