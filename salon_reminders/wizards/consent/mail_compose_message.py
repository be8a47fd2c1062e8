from odoo import api, models
from odoo.tools.misc import groupby

from ...tools.server_flags import SERVER_SAYS


class MailComposeMessage(models.TransientModel):
    """E-mails to an audience pass the salon's gate."""

    _name = "mail.compose.message"
    _inherit = ["salon.mailing", "mail.compose.message"]

    _salon_channel = "email"
    _salon_model_field = "model"

    @api.depends("composition_mode", "model", "res_ids", "res_domain")
    def _compute_salon_left_out(self):
        return super()._compute_salon_left_out()

    def _get_salon_records(self):
        if not self.model or self.model not in self.env:
            return self.env["res.partner"]
        records = self.env[self.model]
        if self.res_domain:
            return records.search(self._evaluate_res_domain())
        return records.browse(self._evaluate_res_ids())

    def _prepare_mail_values(self, res_ids):
        """Let each message of a mailing leave at an hour that the law allows."""
        values = super()._prepare_mail_values(res_ids)
        if not self.model or self.model not in self.env:
            return values

        def get_planned(res_id):
            planned = values[res_id].get("scheduled_date")
            parse = self.env["mail.mail"]._parse_scheduled_datetime
            parsed = planned and parse(planned)
            return parsed and parsed.replace(tzinfo=None)

        for planned, ids in groupby(values, get_planned):
            records = self.env[self.model].browse(ids)
            moments = self._get_salon_moments(records, planned)
            for res_id, moment in moments.items():
                values[res_id]["scheduled_date"] = moment
        return values

    def _action_send_mail(self, auto_commit=False):
        """Tell messages to an audience from what one person writes to another."""
        composers = self
        if any(
            composer._is_salon_mailing(composer._get_salon_records())
            for composer in self
        ):
            composers = self.with_context(salon_mailing=SERVER_SAYS)
        return super(MailComposeMessage, composers)._action_send_mail(
            auto_commit=auto_commit
        )

    def _action_send_mail_comment(self, res_ids):
        if not self.model or self.model not in self.env:
            return super()._action_send_mail_comment(res_ids)
        held = self._get_salon_held(self.env[self.model].browse(res_ids))
        self._log_salon_left_out(held)
        res_ids = [res_id for res_id in res_ids if res_id not in held]
        if not res_ids:
            return self.env["mail.message"]
        composer = self._flag_salon_offer(self.env[self.model].browse(res_ids))
        return super(MailComposeMessage, composer)._action_send_mail_comment(res_ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        composer = self
        if self.model and self.model in self.env:
            composer = self._flag_salon_offer(self.env[self.model].browse(res_ids))
        return super(MailComposeMessage, composer)._action_send_mail_mass_mail(
            res_ids, auto_commit=auto_commit
        )

    def _flag_salon_offer(self, records):
        """Return the composer in whose e-mails it is known that they are offers."""
        if not self._is_salon_mailing(records):
            return self
        return self.with_context(salon_offer=SERVER_SAYS)

    def _get_optout_emails(self, mail_values_dict):
        refused = list(super()._get_optout_emails(mail_values_dict))
        if self.model not in self.env:
            return refused
        held = self._get_salon_held(self.env[self.model].browse(mail_values_dict))
        clients = self._get_salon_clients(self.env[self.model].browse(held))
        # Whom a message reaches does not depend on who writes it.
        partners_sudo = self.env["res.partner"].sudo().browse(clients.values())
        emails = partners_sudo.filtered("email_normalized").mapped("email_normalized")
        return refused + emails
