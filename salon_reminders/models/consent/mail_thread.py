from odoo import models
from odoo.tools import format_list

from ...tools.server_flags import SERVER_SAYS, is_flagged

# What is written on the card of a contact is the salon's word, not a document's.
OWN_DOCUMENT = "res.partner"


class MailThread(models.AbstractModel):
    """What other apps tell about their own documents leaves as it did before."""

    _inherit = "mail.thread"

    def _message_sms_with_template(
        self,
        template=False,
        template_xmlid=False,
        template_fallback="",
        partner_ids=False,
        **kwargs,
    ):
        """Send the text of a template that an app tied to a step of its document.

        A delivery, a meeting, a task: about something the client asked for. No person
        chose receiver or words, so it needs no consent.
        """
        told = self
        if self._name != OWN_DOCUMENT and not self._name.startswith("salon."):
            told = self.with_context(salon_transactional=SERVER_SAYS)
        return super(MailThread, told)._message_sms_with_template(
            template=template,
            template_xmlid=template_xmlid,
            template_fallback=template_fallback,
            partner_ids=partner_ids,
            **kwargs,
        )

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self._name == OWN_DOCUMENT or self._name.startswith("salon."):
            self._note_personal(message)
        return result

    def _note_personal(self, message):
        """Say in the history of a client what one person wrote to them themselves.

        No consent was asked for it, unlike for what leaves as the salon's.
        """
        is_written = message.message_type == "comment" and message.author_id
        if self.env.su or not is_written or is_flagged(self.env, "salon_mailing"):
            return
        # Who writes need not know what we noted.
        clients_sudo = message.sudo().partner_ids.filtered("is_salon_client")
        if clients_sudo:
            body = self.env._(
                "A personal message of %(user)s to %(clients)s, not one of the salon.",
                user=self.env.user.name,
                clients=format_list(self.env, clients_sudo.mapped("name")),
            )
            self._message_log(body=body)
