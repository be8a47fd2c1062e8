from odoo import api, fields, models

from ...tools.server_flags import is_flagged


class SalonReminder(models.Model):
    """Open calls follow the reminders that they are about."""

    _inherit = "salon.reminder"

    def _follow_wishes(self):
        """Take what is paused, stopped or skipped off the open calls, at once.

        Not while a call is logged: what its outcome decides ends the call itself.
        """
        if not is_flagged(self.env, "salon_from_call"):
            put_off = self.filtered(lambda reminder: reminder._is_put_off())
            self.env["salon.call"]._drop_put_off(put_off)
        return super()._follow_wishes()

    @api.model
    def _follow_norms(self):
        self.env["salon.call"]._follow_reminders()
        return super()._follow_norms()

    def _is_met(self):
        """Return whether it is booked, or next due too late for a call of today.

        What comes due within the bundling window is told on the call of other needs.
        """
        self.ensure_one()
        company = self.company_id
        today, days = company._salon_today(), company.salon_bundling_days
        is_booked = bool(self.booked_date) and self.booked_date >= today
        until = fields.Date.add(today, days=days)
        is_later = self.state == "scheduled" and self.call_date > until
        return is_booked or self.state == "idle" or is_later

    def _get_purpose(self):
        """Return what must have been agreed to for a call about it.

        In SQL it is ``_sql_agreed`` of the candidates.
        """
        self.ensure_one()
        return "feedback" if self.state == "lapsed" else "reminder"

    def _absorb(self, others):
        """Take over the calls, too."""
        calls = self.env["salon.call"].search([("reminder_ids", "in", others.ids)])
        # Nobody writes what a call is about; the reminders say it.
        calls.sudo().write({"reminder_ids": [fields.Command.link(self.id)]})
        return super()._absorb(others)
