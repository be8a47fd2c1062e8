from odoo import api, models
from odoo.fields import Domain

from ...tools.each import work_each


class SalonPromotion(models.Model):
    """The job that follows the days of promotions."""

    _inherit = "salon.promotion"

    @api.model
    def _cron_follow(self):
        """End what is over and take in who came into the audience of what runs.

        Asked every hour, as midnight differs from salon to salon. One promotion that
        fails, such as for a filter on a field that is gone, does not stop the others.

        :raise Exception: the last error, after all others
        """
        self._end_past()
        running = self.search([("state", "=", "running")])
        work_each(running, lambda one: one._refresh_members(), "The audience")

    @api.model
    def _end_past(self):
        """End running promotions whose last day is over at their salon."""
        companies = self.env["res.company"].search([])
        self.search(
            Domain("state", "=", "running")
            & Domain.OR(
                Domain("company_id", "=", company.id)
                & Domain("date_to", "<", company._salon_today())
                for company in companies
            )
        ).action_end()
