from odoo import models

from .promotion_terms import Terms


class SalonCall(models.Model):
    """Promotions on a call: in its script and on the card at the call desk."""

    _inherit = "salon.call"

    def _get_script_promotions(self):
        """Return {call: the first promotion open to the client, in words}."""
        texts = super()._get_script_promotions()
        for company, calls in self.grouped("company_id").items():
            offers = self.env["salon.promotion.participation"].with_company(company)
            clients = calls.partner_id._origin
            found = offers._get_open_promotions(clients, "phone")
            every = self.env["salon.promotion"].union(*found.values())
            meant = every._filter_meant_for(clients.with_company(company))
            for call in calls:
                client = call.partner_id._origin
                promotions = found[client] & meant[client] if client else every[:0]
                if promotions:
                    texts[call] = Terms(promotions[0]).get_text()
        return texts

    def _get_desk_promotions(self):
        """Return what can be offered to the client on this call."""
        offers = self.env["salon.promotion.participation"]
        return offers.with_company(self.company_id)._get_rows(self.partner_id, "phone")
