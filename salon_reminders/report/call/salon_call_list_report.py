from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime


class SalonCallListReport(models.AbstractModel):
    """The call list on paper: what to say, boxes to tick, room for notes.

    One part per receptionist. Only what is still to be called is printed, and a
    number only for clients who may be called now.
    """

    _name = "report.salon_reminders.call_list"
    _description = "Printed Call List"

    @api.model
    def _get_report_values(self, docids, data=None):
        calls = self.env["salon.call"].browse(docids).exists()
        calls = calls.filtered(lambda call: call.state == "open").sorted()
        if not calls:
            raise UserError(
                self.env._("There is nobody to call. Print the list when it has calls.")
            )
        company = calls.company_id[:1]
        return {
            "doc_ids": calls.ids,
            "doc_model": "salon.call",
            "docs": calls,
            "numbers": calls._get_paper_numbers(),
            "parts": list(calls.grouped("user_id").items()),
            # On paper free times would be taken before they are offered.
            "scripts": self.env["salon.call.script"]._get_texts(
                calls, own_names=True, free_times={}
            ),
            "outcomes": self._get_outcomes(calls.company_id),
            "handovers": self._get_handovers(calls.company_id),
            "title_date": format_date(self.env, company._salon_today()),
            "printed": format_datetime(
                self.env,
                self.env.cr.now().replace(microsecond=0),
                tz=company._salon_timezone().zone,
                dt_format="short",
            ),
        }

    @api.model
    def _get_outcomes(self, companies):
        """Return {company: its outcomes} in the order of the boxes."""
        outcomes = self.env["salon.call.outcome"].search(
            [("company_id", "in", [False, *companies.ids])]
        )
        return {
            company: outcomes.filtered(
                lambda outcome, company=company: (
                    outcome.company_id in (company, outcome.company_id.browse())
                )
            )
            for company in companies
        }

    @api.model
    def _get_handovers(self, companies):
        """Return what the last shifts left for today."""
        handovers = self.env["salon.handover"]
        return [
            handover
            for company in companies
            if (handover := handovers._get_last(company))
        ]
