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

    def _salon_read_names(self):
        """Have the names at hand; of contacts, with their many columns, nothing else.

        As Odoo does it, a user is named to whoever meets one.
        """
        users_sudo = self.sudo()
        users_sudo.fetch(["partner_id"])
        users_sudo.partner_id.fetch(["name"])

    def _salon_hand_over_calls(self):
        # Whoever may archive users need not know the calls.
        self.env["salon.call"].sudo()._hand_over(self)
