from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

# A due date moves by at most so many days to the client's usual weekday.
WEEKDAY_REACH = timedelta(days=3)


class ResCompany(models.Model):
    """Whether own rhythms are followed; reminders keep to the salon's days."""

    _inherit = "res.company"

    salon_own_rhythm = fields.Boolean(
        string="Follow own rhythms",
        default=True,
        groups="salon_reminders.group_stylist",
        help="Learn from each client's visits how often they come. Otherwise the "
        "ideal days of the cycle count for everybody.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "salon_own_rhythm" in vals:
            # Reminders are the system's; whoever may switch the rule moves them all.
            self.env["salon.reminder.engine"].sudo()._refresh()
        return result

    def _salon_follow_clock(self):
        """Let the states of reminders follow what "today" is at the salon."""
        result = super()._salon_follow_clock()
        if not self:
            return result
        # Whoever may change the hours of the salon moves what follows from them.
        engine = self.env["salon.reminder.engine"].sudo()
        engine._refresh_states(SQL("r.company_id = ANY(%s)", self.ids))
        return result

    def _salon_follow_days(self, days=()):
        """Move the due dates that keep to a usual weekday and lie near these days."""
        result = super()._salon_follow_days(days)
        if not self:
            return result
        near = []
        if days:
            near = [
                ("due_date", ">=", min(days) - WEEKDAY_REACH),
                ("due_date", "<=", max(days) + WEEKDAY_REACH),
            ]
        # As above.
        reminders = (
            self.env["salon.reminder"]
            .sudo()
            .search(
                [("company_id", "in", self.ids), ("usual_weekday", "!=", False), *near]
            )
        )
        engine = self.env["salon.reminder.engine"].sudo()
        engine._refresh(partners=reminders.partner_id)
        return result
