from odoo import api, models


class SalonHandoverReport(models.AbstractModel):
    """The note to the next shift, with every promise, on paper."""

    _name = "report.salon_reminders.handover"
    _description = "Printed Hand-over Note"

    @api.model
    def _get_report_values(self, docids, data=None):
        handovers = self.env["salon.handover"].browse(docids)
        return {
            "doc_ids": handovers.ids,
            "doc_model": "salon.handover",
            "docs": handovers,
        }
