from odoo import models


class MailComposeMessage(models.TransientModel):
    """Mailings to clients of the salon pass its gate."""

    _inherit = "mail.compose.message"

    def _get_optout_emails(self, mail_values_dict):
        """Leave out, of a mailing, the clients who did not agree to promotions."""
        refused = list(super()._get_optout_emails(mail_values_dict))
        if self.model not in self.env or not isinstance(
            self.env[self.model], self.pool["mail.thread"]
        ):
            return refused
        records = self.env[self.model].browse(mail_values_dict)
        clients = records._get_salon_clients()
        allowed = self.env["salon.gate"]._filter(clients, "promotion", "email")
        unwanted = (clients - allowed).filtered("email_normalized")
        return refused + unwanted.mapped("email_normalized")
