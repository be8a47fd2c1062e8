from odoo import api, fields, models
from odoo.tools import email_normalize

from ...tools.server_flags import is_flagged


class MailMail(models.Model):
    """An offer of the salon that leaves by e-mail is kept with what allowed it.

    Only what the server has flagged as an offer: what one person writes to another,
    and business documents, are not the salon's.
    """

    _inherit = "mail.mail"

    salon_company_id = fields.Many2one(
        "res.company",
        "Salon whose offer it is",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        if is_flagged(self.env, "salon_offer"):
            # Whoever sends need not know what the salon notes.
            mails.sudo().salon_company_id = self.env.company
        return mails

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # Before Odoo deletes what has been sent.
        self._keep_salon_proofs(success_pids, success_emails)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _keep_salon_proofs(self, partners, emails):
        """Keep what allowed the offers among these that have reached clients.

        :param list partners: contacts who got them
        :param list emails: other addresses that got them, as they were written
        """
        # As above.
        offers_sudo = self.sudo().filtered("salon_company_id")
        people_sudo = self.env["res.partner"].sudo()
        if not offers_sudo:
            return
        groups = [
            partner.sudo() for partner in partners if partner.sudo().is_salon_client
        ]
        addresses = list(filter(None, map(email_normalize, emails)))
        clients = people_sudo.search(
            [("email_normalized", "in", addresses), ("is_salon_client", "=", True)]
        )
        groups += clients.grouped("email_normalized").values()
        self.env["salon.contact.proof"]._record_first(
            [
                [offer._prepare_salon_contact(client) for client in group]
                for offer in offers_sudo
                for group in groups
            ]
        )

    def _prepare_salon_contact(self, client):
        return {
            "partner_id": client.id,
            "company_id": self.salon_company_id.id,
            "channel": "email",
            "purpose": "promotion",
            "address": client.email_normalized,
            "date": fields.Datetime.now(),
            "user_id": self.create_uid.id,
        }
