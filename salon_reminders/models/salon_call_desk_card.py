from odoo import models


class SalonCall(models.Model):
    _inherit = "salon.call"
