from odoo import api, models


class MailComposeMessage(models.TransientModel):
    """E-mails to several clients at once are sent by managers.

    And nobody reads in a reply what they may not read: Odoo takes the subject and the
    receivers from the message that is replied to, whoever asks.
    """

    _inherit = "mail.compose.message"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_salon_parent(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_salon_parent(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_salon_parent(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_salon_parent(self, values):
        """Refuse a reply to what the salon wrote, unless the user may read that.

        :raise AccessError: as Odoo says it
        """
        parent_id = {**self._get_salon_defaults(), **values}.get("parent_id")
        if self.env.su or not parent_id or not isinstance(parent_id, int):
            return
        parent = self.env["mail.message"].browse(parent_id)
        # What other apps write is left to Odoo.
        about = parent.sudo().exists().model or ""
        if about == "res.partner" or about.startswith("salon."):
            parent.check_access("read")

    def _action_send_mail(self, auto_commit=False):
        for composer in self:
            composer._check_salon_audience()
        return super()._action_send_mail(auto_commit=auto_commit)
