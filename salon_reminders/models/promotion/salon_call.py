from odoo import models


class SalonCall(models.Model):
    """Promotions on a call: in its script and on the card at the call desk."""

    _inherit = "salon.call"

    def _get_script_promotions(self):
        """Return {call: the first promotion open to the client, in words}."""
        texts = super()._get_script_promotions()
        for company, calls in self.grouped("company_id").items():
            promotions = self.env["salon.promotion"].with_company(company)
            clients = calls.partner_id._origin
            found = promotions._get_open_promotions(clients, "phone")
            for call in calls:
                first = found.get(call.partner_id._origin, promotions)[:1]
                if first:
                    texts[call] = first._get_text()
        return texts

    def _get_desk_promotions(self):
        """Return what can be offered to the client on this call."""
        promotions = self.env["salon.promotion"].with_company(self.company_id)
        return promotions._get_rows(self.partner_id, "phone")
