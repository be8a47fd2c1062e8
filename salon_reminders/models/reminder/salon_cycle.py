from odoo import fields, models


class SalonCycle(models.Model):
    """The clients who are followed in a cycle."""

    _inherit = "salon.cycle"

    reminder_count = fields.Integer(
        "Clients followed", compute="_compute_reminder_count"
    )

    def _compute_reminder_count(self):
        counts = dict(
            self.env["salon.reminder"]._read_group(
                [("cycle_id", "in", self.ids), ("state", "!=", "idle")],
                ["cycle_id"],
                ["__count"],
            )
        )
        for cycle in self:
            cycle.reminder_count = counts.get(cycle, 0)

    def action_open_reminders(self):
        """Open the clients followed in this cycle."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_reminder_action"
        )
        return {**action, "domain": [("cycle_id", "in", self.ids)], "context": {}}

    def _refresh_reminders(self):
        # The reminders of a cycle are the system's; whoever may change the cycle
        # changes them, and could not otherwise.
        self.env["salon.reminder.engine"].sudo()._refresh(cycles=self)
        return super()._refresh_reminders()

    def _try_days(self, company, days=None):
        """Return the action that tries other days. Empty here: filled where one calls.

        :param dict days: the days to try, if any are proposed
        """
