from odoo import models


class SmsComposer(models.TransientModel):
    """Text messages to several clients at once are sent by managers."""

    _inherit = "sms.composer"

    def _action_send_sms(self):
        self._check_salon_audience()
        return super()._action_send_sms()
