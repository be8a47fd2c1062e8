from odoo import models


class ProductProduct(models.Model):
    """Variants take everything that concerns the salon from their product."""

    _inherit = "product.product"

    def write(self, vals):
        # Odoo would write inherited fields one by one; the terms of a course are
        # right or wrong only together.
        salon_vals = {name: vals[name] for name in vals if name.startswith("salon_")}
        if salon_vals:
            self.product_tmpl_id.write(salon_vals)
            vals = {name: vals[name] for name in vals if name not in salon_vals}
        return super().write(vals)
