from odoo import api, models


class SmsComposer(models.TransientModel):
    """Text messages to an audience pass the salon's gate."""

    _name = "sms.composer"
    _inherit = ["salon.mailing", "sms.composer"]

    _salon_channel = "sms"
    _salon_model_field = "res_model"

    @api.depends("composition_mode", "res_model", "res_id", "res_ids")
    def _compute_salon_left_out(self):
        return super()._compute_salon_left_out()

    def _get_salon_records(self):
        return self._get_records() if self.res_model else self.env["res.partner"]

    def _action_send_sms_comment(self, records=None):
        records = records if records is not None else self._get_records()
        held = self._get_salon_held(records)
        self._log_salon_left_out(held)
        return super()._action_send_sms_comment(
            records.filtered(lambda record: record.id not in held)
        )

    def _get_optout_record_ids(self, records, recipients_info):
        refused = super()._get_optout_record_ids(records, recipients_info)
        return [*refused, *self._get_salon_held(records)]
