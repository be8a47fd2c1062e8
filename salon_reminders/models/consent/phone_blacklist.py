from odoo import models


class PhoneBlacklist(models.Model):
    _name = "phone.blacklist"
    # First: it must see what Odoo makes of a number or address put there again.
    _inherit = ["salon.blacklist", "phone.blacklist"]

    _salon_address = "number"
    _salon_partner_address = "phone_sanitized"
    _salon_channels = ("phone", "sms")
