from odoo import models


class MailComposeMessage(models.TransientModel):
    """E-mails to several clients at once are sent by managers."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        for composer in self:
            composer._check_salon_audience()
        return super()._action_send_mail(auto_commit=auto_commit)
