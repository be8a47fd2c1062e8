from odoo import fields, models


class IrActionsActWindowView(models.Model):
    """Lets an action name a cohort view."""

    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[("salon_cohort", "Cohorts")],
        ondelete={"salon_cohort": "cascade"},
    )
