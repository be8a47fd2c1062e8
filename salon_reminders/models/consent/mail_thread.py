from odoo import models

from ...tools.server_flags import SERVER_SAYS

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
