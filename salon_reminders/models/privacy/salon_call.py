from odoo import api, models

from .res_partner import mask_number


class SalonCall(models.Model):
    """Which numbers of the call list count among those somebody is shown in a day.

    Those of the own list of today don't, for work must go on. Those of colleagues and
    of other days do, and who puts a client on the list by hand is shown a number by it.
    """

    _inherit = "salon.call"

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        # Also when an action of the salon made them for the user.
        clients = calls.partner_id.with_env(self.env(su=False))
        if clients._is_salon_staff():
            clients.env["salon.card.log"]._check_numbers(clients)
        return calls

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load=load)
        if "phone" in fnames and self.env["res.partner"]._is_salon_staff():
            refused = self._get_refused_numbers()
            for row in rows if refused else ():
                if row["id"] in refused:
                    row["phone"] = mask_number(row["phone"])
        return rows

    def _get_refused_numbers(self):
        """Return the ids of the calls whose numbers are not shown like this.

        As on cards: one at a time is noted and counted, of several the end is shown.
        """
        shown = self.filtered("phone")
        clients = shown.partner_id
        refused = clients - clients._get_salon_work()
        if len(refused) == 1:
            refused -= self.env["salon.card.log"]._take_numbers(refused)
        return set(shown.filtered(lambda call: call.partner_id in refused).ids)
