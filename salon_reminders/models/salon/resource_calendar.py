from odoo import models


class ResourceCalendar(models.Model):
    """Working hours: of a company they are the salon's clock and its open days."""

    _inherit = "resource.calendar"

    def write(self, vals):
        # Other time zones only: a form sends all it shows.
        moved = self.filtered(lambda calendar: calendar.tz != vals.get("tz"))
        result = super().write(vals)
        if "tz" in vals:
            moved._get_salons()._salon_follow_clock()
        return result

    def _get_salons(self):
        """Return the companies that keep these hours."""
        # Whoever may change the hours changes them for all who share them.
        companies = self.env["res.company"].sudo()
        return companies.search([("resource_calendar_id", "in", self.ids)])
