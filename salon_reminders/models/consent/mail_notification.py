from odoo import fields, models


class MailNotification(models.Model):
    """A text message that was held back says so in the history."""

    _inherit = "mail.notification"

    failure_type = fields.Selection(
        selection_add=[("sms_optout", "Opted Out")],
        ondelete={"sms_optout": "set null"},
    )
