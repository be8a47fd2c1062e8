from odoo import api, fields, models


class MailBlacklist(models.Model):
    """An address on the blacklist withdraws the consents of all who have it."""

    _inherit = "mail.blacklist"

    salon_by_consent = fields.Boolean(
        "Put here by a withdrawn consent",
        readonly=True,
        copy=False,
        help="The address is taken off again when the client agrees anew.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries.filtered("active")._salon_after_block()
        return entries

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") or ("email" in vals):
            self.filtered("active")._salon_after_block()
        elif "active" in vals:
            super().write({"salon_by_consent": False})
        return result

    def _salon_after_block(self):
        if self.env.context.get("salon_from_consent"):
            return
        # Put there by somebody, it takes more than a new consent to take it off.
        self.filtered("salon_by_consent").salon_by_consent = False
        # As for numbers.
        self.env["salon.consent"].sudo()._withdraw_blocked(
            [("email_normalized", "in", self.mapped("email"))], ("email",)
        )
