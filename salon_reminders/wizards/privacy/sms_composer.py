from odoo import api, models


class SmsComposer(models.TransientModel):
    """Text messages to several clients at once are sent by managers.

    The number of the one client to whom somebody writes is shown, and so it is noted
    and counted as others are.
    """

    _inherit = "sms.composer"

    @api.depends("res_model", "number_field_name")
    def _compute_recipient_single_stored(self):
        result = super()._compute_recipient_single_stored()
        for composer in self:
            if not composer._takes_salon_numbers():
                composer.recipient_single_number_itf = ""
        return result

    @api.depends("res_model", "number_field_name")
    def _compute_recipient_single_non_stored(self):
        result = super()._compute_recipient_single_non_stored()
        for composer in self:
            if not composer._takes_salon_numbers():
                composer.recipient_single_number = ""
        return result

    def _takes_salon_numbers(self):
        """Note the number of the one client written to; tell whether it is shown."""
        clients = self._get_salon_one()
        logs = self.env["salon.card.log"]
        return not clients or logs._take_numbers(clients) == clients

    def _get_salon_one(self):
        """Return the client whose number somebody of the salon is shown here."""
        clients = self.env["res.partner"]
        if self.comment_single_recipient and clients._is_salon_user():
            found = self._get_salon_clients(self._get_salon_records())
            clients = clients.browse(found.values())
        return clients

    def action_send_sms(self):
        for composer in self:
            if clients := composer._get_salon_one():
                self.env["salon.card.log"]._check_numbers(clients)
        return super().action_send_sms()

    def _action_send_sms(self):
        self._check_salon_audience()
        return super()._action_send_sms()
