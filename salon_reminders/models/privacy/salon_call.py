from odoo import api, models


class SalonCall(models.Model):
    """Who puts a client on the call list by hand is shown the number by it."""

    _inherit = "salon.call"

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        # Also when an action of the salon made them for the user.
        clients = calls.partner_id.with_env(self.env(su=False))
        if clients._is_salon_staff():
            clients.env["salon.card.log"]._check_numbers(clients)
        return calls
