from odoo import api, fields, models

from ...tools.server_flags import is_flagged


class SalonBlacklist(models.AbstractModel):
    """What is put on a blacklist of Odoo withdraws the consents of all who have it.

    For phone.blacklist and mail.blacklist, which Odoo keeps as two models.
    """

    _name = "salon.blacklist"
    _description = "Blacklist Known to the Ledger"

    # Of the blacklist, of the client, and the channels that it ends.
    _salon_address = None
    _salon_partner_address = None
    _salon_channels = ()

    salon_by_consent = fields.Boolean(
        "Put here by a withdrawn consent",
        readonly=True,
        copy=False,
        groups="salon_reminders.group_receptionist",
        help="It is taken off again when the client agrees anew.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries.filtered("active")._salon_after_block()
        return entries

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") or self._salon_address in vals:
            self.filtered("active")._salon_after_block()
        elif "active" in vals:
            # As below.
            super(SalonBlacklist, self.sudo()).write({"salon_by_consent": False})
        return result

    def _salon_after_block(self):
        if is_flagged(self.env, "salon_from_consent"):
            return
        # Whoever keeps the blacklist need not know the salon's ledger.
        by_consent_sudo = self.sudo().filtered("salon_by_consent")
        # Put there by somebody, it takes more than a new consent to take it off.
        by_consent_sudo.salon_by_consent = False
        self.env["salon.consent"].sudo()._withdraw_blocked(
            [(self._salon_partner_address, "in", self.mapped(self._salon_address))],
            self._salon_channels,
        )


class PhoneBlacklist(models.Model):
    _name = "phone.blacklist"
    # First: it must see what Odoo makes of a number or address put there again.
    _inherit = ["salon.blacklist", "phone.blacklist"]

    _salon_address = "number"
    _salon_partner_address = "phone_sanitized"
    _salon_channels = ("phone", "sms")


class MailBlacklist(models.Model):
    _name = "mail.blacklist"
    # As above.
    _inherit = ["salon.blacklist", "mail.blacklist"]

    _salon_address = "email"
    _salon_partner_address = "email_normalized"
    _salon_channels = ("email",)
