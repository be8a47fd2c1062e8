from odoo import fields, models
from odoo.exceptions import UserError


class SalonReminderPause(models.TransientModel):
    """Asks until when reminders rest, and why."""

    _name = "salon.reminder.pause"
    _description = "Pause Reminders"

    reminder_ids = fields.Many2many("salon.reminder", required=True)
    pause_until = fields.Date(
        "Until", required=True, help="From this day on the client is reminded again."
    )
    pause_reason = fields.Char("Why", required=True)

    def action_pause(self):
        """Pause the reminders.

        :raise UserError: when the day is not to come
        """
        self.ensure_one()
        self.reminder_ids.check_access("read")
        days = [c._salon_today() for c in self.reminder_ids.company_id]
        if not days or self.pause_until <= min(days):
            raise UserError(self.env._("Choose a day to come."))
        # Reminders are written by the system only; this is the one thing asked for.
        self.reminder_ids.sudo().write(
            {"pause_until": self.pause_until, "pause_reason": self.pause_reason}
        )
        return {"type": "ir.actions.act_window_close"}
