from odoo import api, models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    """People below a manager do not take the client base along as a file."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        if self._name == "res.partner" or self._name.startswith("salon."):
            self._check_salon_export()
        return super().export_data(fields_to_export)

    @api.model
    def _check_salon_export(self):
        user = self.env.user
        if (
            not self.env.su
            and user.has_group("salon_reminders.group_stylist")
            and not user.has_group("salon_reminders.group_manager")
        ):
            raise AccessError(
                self.env._("Only managers export clients and their history.")
            )
