from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .promotion_terms import Terms

# A change of these moves what the promotions of the lines have given away.
PRICED = {"amount", "product_id", "quantity", "visit_id", "usual_amount"}
OWN = {"promotion_id", "usual_amount", "promotion_saving"}


class SalonVisitLine(models.Model):
    """A line keeps the promotion it used, and what it would have cost without."""

    _inherit = "salon.visit.line"

    promotion_id = fields.Many2one(
        "salon.promotion",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    usual_amount = fields.Monetary(
        "Usual price",
        compute="_compute_usual_amount",
        store=True,
        readonly=False,
        copy=False,
        help="What the line would cost without its promotion.",
    )
    promotion_saving = fields.Monetary(
        "Taken off",
        compute="_compute_promotion_saving",
        help="Usual price less what was paid for the line.",
    )

    @api.depends("amount", "usual_amount", "promotion_id")
    def _compute_promotion_saving(self):
        for line in self:
            saving = line.usual_amount - line.amount
            line.promotion_saving = max(saving, 0) if line.promotion_id else 0

    @api.model
    def _sql_promotion_saving(self, alias):
        """Return what was taken off a line that has a promotion, as SQL.

        Worked out rather than stored: few lines have one, all would carry it.
        """
        return SQL(
            "GREATEST(%s - %s, 0)",
            SQL.identifier(alias, "usual_amount"),
            SQL.identifier(alias, "amount"),
        )

    @api.depends("product_id", "quantity")
    def _compute_usual_amount(self):
        for line in self:
            usual = line.quantity * line.product_id.lst_price
            line.usual_amount = usual if line.promotion_id else 0

    @api.depends("product_id", "quantity")
    def _compute_amount(self):
        """Keep the promotion when quantity or service change."""
        result = super()._compute_amount()
        for line in self.filtered("promotion_id"):
            # Whoever may change the line may have its price worked out.
            terms = Terms(line.promotion_id.sudo())
            line.amount -= terms.get_saving(line, line.amount)
        return result

    @api.constrains("product_id", "quantity", "promotion_id")
    def _check_promotion(self):
        for line in self.filtered("promotion_id"):
            promotion_sudo = line.promotion_id.sudo()
            if not Terms(promotion_sudo).fits(line.product_id) or line.quantity <= 0:
                raise ValidationError(
                    self.env._(
                        "%(line)s is no part of the promotion %(promotion)s. Take the "
                        "promotion off the visit first.",
                        line=line.product_id.name,
                        promotion=promotion_sudo.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_promotion_access(*vals_list)
        lines = super().create(vals_list)
        # Most lines use none: nothing is worked out, and written, for them.
        plain = lines.filtered(lambda line: not line.promotion_id)
        self.env.remove_to_compute(self._fields["usual_amount"], plain)
        return lines

    def write(self, vals):
        self._check_promotion_access(vals)
        promotions = self.env["salon.promotion"]
        # What writes the promotion itself counts its uses afterwards.
        if not PRICED.isdisjoint(vals) and "promotion_id" not in vals:
            promotions = self.sudo().promotion_id
            promotions._lock_uses()
        result = super().write(vals)
        promotions._sync_uses()
        return result

    def unlink(self):
        # Gone with its last line, a bundle with any.
        for line_sudo in self.sudo().filtered("promotion_id"):
            promotion, visit = line_sudo.promotion_id, line_sudo.visit_id
            left = visit.line_ids.filtered("promotion_id") - self.sudo()
            if promotion.kind == "bundle" or promotion not in left.promotion_id:
                visit._take_off_promotions(promotion)
        promotions = self.sudo().promotion_id
        result = super().unlink()
        promotions._sync_uses()
        return result

    def _check_promotion_access(self, *vals_list):
        """Refuse promotions that did not pass the rule.

        :raise UserError: when somebody writes them on a line herself
        """
        if not self.env.su and any(not OWN.isdisjoint(vals) for vals in vals_list):
            raise UserError(
                self.env._("Use the promotion on the visit; its price follows.")
            )
