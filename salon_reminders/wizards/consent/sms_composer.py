from odoo import api, models
from odoo.exceptions import UserError

from ...tools.server_flags import SERVER_SAYS, is_flagged


class SmsComposer(models.TransientModel):
    """Text messages pass the salon's gate, also those of one person to another.

    What is left out here is told to the sender. The last door, for every other way to
    send one, is the message itself (``sms.sms``).
    """

    _name = "sms.composer"
    _inherit = ["salon.mailing", "sms.composer"]

    _salon_channel = "sms"
    _salon_model_field = "res_model"

    @api.depends("composition_mode", "res_model", "res_id", "res_ids")
    def _compute_salon_left_out(self):
        return super()._compute_salon_left_out()

    def _get_salon_records(self):
        return self._get_records() if self.res_model else self.env["res.partner"]

    def _get_salon_held(self, records):
        held = super()._get_salon_held(records)
        if not records or self._is_salon_mailing(records):
            return held
        clients = self._get_salon_clients(records)
        partners = self.env["res.partner"].browse(set(clients.values()))
        holds = (
            self.env["salon.gate"]
            .sudo()
            ._get_text_holds(partners, is_flagged(self.env, "salon_transactional"))
        )
        holds = {partner.id: hold for partner, hold in holds.items()}
        return {
            key: "texts" if holds[client] == "consent" else holds[client]
            for key, client in clients.items()
            if holds[client]
        }

    @api.model
    def _text_salon_hold(self, hold):
        if hold == "texts":
            return self.env._("The client has not agreed to text messages.")
        return super()._text_salon_hold(hold)

    def _action_send_sms(self):
        """Say of each message of a mailing that it is one: it obeys the law's hours."""
        composer = self
        if self._is_salon_mailing(self._get_salon_records()):
            composer = self.with_context(salon_mailing=SERVER_SAYS)
        return super(SmsComposer, composer)._action_send_sms()

    def _action_send_sms_numbers(self):
        messages_sudo = super()._action_send_sms_numbers()
        held = messages_sudo.filtered(lambda sms: sms.failure_type == "sms_optout")
        # Others do not learn by it whose number it is.
        if held and self.env.user.has_group("salon_reminders.group_receptionist"):
            raise UserError(
                self.env._(
                    "Nothing was sent. Clients with these numbers have not agreed to "
                    "text messages: %(numbers)s. Take them out, or ask the clients.",
                    numbers=", ".join(held.mapped("number")),
                )
            )
        return messages_sudo

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
