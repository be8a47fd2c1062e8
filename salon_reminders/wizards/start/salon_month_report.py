from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# So many months back can be chosen.
MONTHS = 24


class SalonMonthReport(models.TransientModel):
    """Asks for the month of the owner's report and prints it, or shows it."""

    _name = "salon.month.report"
    _description = "Monthly Report"

    month = fields.Selection(
        selection="_get_months", required=True, default=lambda self: self._get_last()
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    @api.model
    def _get_months(self):
        """Return the months that can be chosen, the newest first."""
        today = self.env.company._salon_today().replace(day=1)
        days = [fields.Date.subtract(today, months=number) for number in range(MONTHS)]
        return [
            (str(day), format_date(self.env, day, date_format="LLLL y")) for day in days
        ]

    @api.model
    def _get_last(self):
        """Return the last month that is over."""
        today = self.env.company._salon_today().replace(day=1)
        return str(fields.Date.subtract(today, months=1))

    @api.depends("month")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Monthly report %(month)s", month=report._get_month_name()
            )

    def _get_month_name(self):
        day = fields.Date.to_date(self.month)
        return format_date(self.env, day, date_format="LLLL y")

    def _check_salon(self):
        """Refuse figures of a salon that is not chosen at the top right."""
        self.env["salon.visit.report"].check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose this salon at the top right first."))

    def action_print(self):
        """Print the report as a PDF."""
        self._check_salon()
        report = self.env.ref("salon_reminders.salon_month_report")
        return report.report_action(self)

    def action_show(self):
        """Show the report as a page of the browser, which can print it too."""
        self._check_salon()
        return {
            "type": "ir.actions.act_url",
            "url": f"/report/html/salon_reminders.month_report/{self.id}",
            "target": "new",
        }
