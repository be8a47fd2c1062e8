from odoo import api, models


class ResCompany(models.Model):
    """The salon's settings belong to its manager, all else of a company to others."""

    _inherit = "res.company"

    @api.model
    def _has_field_access(self, field, operation):
        if operation == "write" and self._is_salon_manager_only():
            is_setting = field.name.startswith("salon_") and not field.readonly
            return is_setting and super()._has_field_access(field, operation)
        return super()._has_field_access(field, operation)

    @api.model
    def _is_salon_manager_only(self):
        """Tell whether the user may write companies just because of the salon."""
        user = self.env.user
        return (
            not self.env.su
            and user.has_group("salon_reminders.group_manager")
            and not user.has_group("base.group_erp_manager")
        )

    @api.model
    def _action_salon_settings(self):
        """Open the settings of the current salon."""
        action = self.env.company._get_records_action(name=self.env._("Settings"))
        view = self.env.ref("salon_reminders.res_company_view_form_salon")
        return {**action, "views": [(view.id, "form")]}
