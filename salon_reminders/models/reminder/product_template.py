from odoo import api, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """Courses that clients bought follow what the product says of them."""

    _inherit = "product.template"

    @api.constrains("salon_course_sessions")
    def _check_salon_course_sold(self):
        plain = self.filtered(lambda product: not product.salon_course_sessions)
        # Courses of every salon count, whoever asks.
        sold = (
            self.env["salon.course"]
            .sudo()
            .search([("product_id.product_tmpl_id", "in", plain.ids)], limit=1)
        )
        if sold:
            raise ValidationError(
                self.env._(
                    "%(course)s was sold as a course and stays one. Archive it and "
                    "make a new product instead.",
                    course=sold.product_id.name,
                )
            )

    def _refresh_courses(self):
        """Follow a change of what a course is, for every client who bought it."""
        lines = (
            self.env["salon.visit.line"]
            .sudo()
            .search(
                [
                    ("product_id.product_tmpl_id", "in", self.ids),
                    ("visit_id.partner_id", "!=", False),
                ]
            )
        )
        self.env["salon.reminder.engine"].sudo()._refresh(
            partners=lines.visit_id.partner_id
        )
        return super()._refresh_courses()
