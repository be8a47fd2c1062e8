from odoo import models


class ResPartner(models.Model):
    """The contact of a salon keeps its clock where there are no working hours."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            # Whoever may set it moves the clock.
            companies = self.env["res.company"].sudo()
            companies.search(
                [("partner_id", "in", self.ids), ("resource_calendar_id", "=", False)]
            )._salon_follow_clock()
        return result
