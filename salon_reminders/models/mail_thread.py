from odoo import models


class MailThread(models.AbstractModel):
    """Finds the clients of the salon that a message on any record would reach."""

    _inherit = "mail.thread"

    def _get_salon_clients(self):
        """Return the salon clients whom these records are about."""
        partners = self.env["res.partner"].sudo()
        field = self._fields.get("partner_id")
        if self._name == "res.partner":
            partners = self.sudo()
        elif field and field.comodel_name == "res.partner":
            # Whom a message reaches does not depend on who writes it.
            partners = self.sudo().partner_id
        return partners.filtered("is_salon_client").with_env(self.env)
