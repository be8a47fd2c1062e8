from odoo import fields, models


class IrActionsActWindowView(models.Model):
    """Lets an action name a cohort view."""

    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[("salon_cohort", "Cohorts")],
        ondelete={"salon_cohort": "cascade"},
    )


class IrUiView(models.Model):
    """Adds the cohort view: shares by group, as a table with colours."""

    _inherit = "ir.ui.view"

    type = fields.Selection(selection_add=[("salon_cohort", "Cohorts")])

    def _get_view_info(self):
        return {
            "salon_cohort": {"icon": "oi oi-view-cohort"}
        } | super()._get_view_info()

    def _validate_tag_salon_cohort(self, node, name_manager, node_info):
        if not node_info["validate"]:
            return
        for child in node.iterchildren(tag="*"):
            if child.tag != "field":
                self._raise_view_error(
                    self.env._(
                        "A cohort view holds fields only, not %(tag)s.", tag=child.tag
                    ),
                    child,
                )
