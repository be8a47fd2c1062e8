from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_archive(self):
        """Hand over the calls first: Odoo deletes the user's activities."""
        self._salon_hand_over_calls()
        return super().action_archive()

    def write(self, vals):
        if vals.get("active") is False:
            self._salon_hand_over_calls()
        return super().write(vals)

    def _salon_hand_over_calls(self):
        # Whoever may archive users need not know the calls.
        self.env["salon.call"].sudo()._hand_over(self)
