from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.last_export import get_losses


class BaseModuleUninstall(models.TransientModel):
    """Says before it is too late what the salon would lose, and hands it out."""

    _inherit = "base.module.uninstall"

    salon_losses = fields.Html(
        compute="_compute_salon_losses", groups="base.group_system"
    )

    @api.depends("module_ids")
    def _compute_salon_losses(self):
        for wizard in self:
            names = wizard._get_modules().mapped("name")
            leaves = "salon_reminders" in names
            wizard.salon_losses = leaves and self.env["ir.qweb"]._render(
                "salon_reminders.base_module_uninstall_losses",
                {"losses": get_losses(self.env)},
            )

    def action_salon_last_export(self):
        """Download what can't be made again: consents, card texts and photos.

        :raise AccessError: for who may not uninstall
        """
        if not self.env.is_system():
            raise AccessError(
                self.env._("Only administrators take the data of all salons along.")
            )
        return {
            "type": "ir.actions.act_url",
            "url": "/salon/last_export",
            "target": "download",
        }
