from odoo import api, models


class SalonVisit(models.Model):
    """A visit moves the reminders of its client, and nothing else does."""

    _inherit = "salon.visit"

    @api.model
    def _follow_visits(self, partners):
        self.env["salon.reminder.engine"]._refresh(partners=partners)
        return super()._follow_visits(partners)
