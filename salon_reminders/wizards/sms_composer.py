from odoo import models


class SmsComposer(models.TransientModel):
    """Text messages to clients of the salon pass its gate."""

    _inherit = "sms.composer"

    def _action_send_sms_comment(self, records=None):
        records = records if records is not None else self._get_records()
        records._get_salon_clients()._check_contact("reminder", "sms")
        return super()._action_send_sms_comment(records)

    def _get_optout_record_ids(self, records, recipients_info):
        """Leave out, of a mailing, the clients who did not agree to promotions."""
        refused = super()._get_optout_record_ids(records, recipients_info)
        if not isinstance(records, self.pool["mail.thread"]):
            return refused
        clients = records._get_salon_clients()
        allowed = self.env["salon.gate"]._filter(clients, "promotion", "sms")
        unwanted = clients - allowed
        return refused + [
            record.id for record in records if record._get_salon_clients() & unwanted
        ]
