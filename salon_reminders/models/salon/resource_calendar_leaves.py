from odoo import api, fields, models

# What the reception enters itself, as it can't wait for a manager.
DESK_KINDS = ("ill", "blocked")


class ResourceCalendarLeaves(models.Model):
    """Time off: of everybody, it closes the salon and nobody is due on that day."""

    _inherit = "resource.calendar.leaves"

    salon_kind = fields.Selection(
        [
            ("off", "Day off"),
            ("ill", "Ill"),
            ("blocked", "Blocked time"),
            ("closed", "Salon closed"),
        ],
        "Entered as",
        readonly=True,
        # That somebody is ill is nothing for colleagues.
        groups="salon_reminders.group_receptionist",
        help="Empty for what was entered elsewhere, and is changed there.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._move_due_dates(leaves._get_closed_days())
        return leaves

    def write(self, vals):
        days = self._get_closed_days()
        result = super().write(vals)
        self._move_due_dates(days, self._get_closed_days())
        return result

    def unlink(self):
        days = self._get_closed_days()
        result = super().unlink()
        self._move_due_dates(days)
        return result

    def _get_closed_days(self):
        """Return {salon: days that these leaves close}."""
        days = {}
        for leave in self.filtered(lambda leave: not leave.resource_id):
            # Whoever may close the salon moves what follows from it.
            company = leave.company_id.sudo()
            if company and leave.date_from and leave.date_to:
                days.setdefault(company, set()).update(company._salon_noons(leave))
        return days

    @api.model
    def _move_due_dates(self, *closed):
        """Move the due dates near days that were, or are now, closed."""
        for company in {company for days in closed for company in days}:
            days = set().union(*(days.get(company, ()) for days in closed))
            if days:
                company._salon_follow_days(days)
