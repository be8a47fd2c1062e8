from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime


class SalonCall(models.Model):
    """The list on paper: printed in the morning, typed in afterwards."""

    _inherit = "salon.call"

    promise = fields.Char(
        "Promised for",
        compute="_compute_promise",
        help="When the client was promised a call, by the salon's clock.",
    )

    @api.depends("priority", "date", "call_at", "company_id")
    @api.depends_context("lang")
    def _compute_promise(self):
        for call in self:
            call.promise = call._get_promise_text()

    def action_print_today(self):
        """Print what is to be called today, or the calls chosen from the list.

        :raise UserError: when there is nobody to call
        """
        calls = self or self._get_todays_calls()
        if not calls:
            raise UserError(self.env._("There is nobody to call today."))
        report = self.env.ref("salon_reminders.salon_call_list_report")
        return report.report_action(calls)

    def action_enter_paper(self):
        """Type in what was ticked on the printed list."""
        calls = self or self._get_todays_calls()
        return self.env["salon.call.entry"]._open(
            calls.filtered(lambda call: call.state == "open")
        )

    @api.model
    def _get_todays_calls(self):
        """Return the open calls of today, in the order of the list."""
        company = self.env.company
        return self.search(
            [
                ("state", "=", "open"),
                ("company_id", "=", company.id),
                ("date", "<=", company._salon_today()),
            ]
        )

    def _get_promise_text(self):
        self.ensure_one()
        if self.priority != "1":
            return False
        if not self.call_at:
            return format_date(self.env, self.date)
        return format_datetime(
            self.env,
            self.call_at,
            tz=self.company_id._salon_timezone().zone,
            dt_format="EEE d MMM, HH:mm",
        )
