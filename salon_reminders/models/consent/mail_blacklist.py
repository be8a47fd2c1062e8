from odoo import models


class MailBlacklist(models.Model):
    _name = "mail.blacklist"
    # First: it must see what Odoo makes of a number or address put there again.
    _inherit = ["salon.blacklist", "mail.blacklist"]

    _salon_address = "email"
    _salon_partner_address = "email_normalized"
    _salon_channels = ("email",)
