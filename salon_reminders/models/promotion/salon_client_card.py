from odoo import api, models
from odoo.tools import format_date

MAX_OFFERS = 5


class SalonClientCard(models.AbstractModel):
    """Promotions on the client's card: what is open to her and what she took."""

    _inherit = "salon.client.card"

    @api.model
    def _get(self, partner):
        card = super()._get(partner)
        if card:
            # Whoever may see the card may see what was offered to the client.
            card["promotions"] = self.sudo()._get_promotions(partner.sudo())
        return card

    def _get_promotions(self, partner):
        """Return what is open to a client now, and her newest offers."""
        offers = self.env["salon.promotion.participation"].search_fetch(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.env.company.id),
            ],
            ["promotion_id", "date", "state", "answer"],
            limit=MAX_OFFERS,
        )
        states = dict(offers._fields["state"]._description_selection(self.env))
        answers = dict(offers._fields["answer"]._description_selection(self.env))
        company = self.env.company
        return {
            "partner_id": partner.id,
            "open": offers._get_rows(partner),
            "history": [
                {
                    "id": offer.id,
                    "name": offer.promotion_id.name,
                    "date": format_date(self.env, company._salon_date(offer.date)),
                    "state": offer.state,
                    "text": answers[offer.answer]
                    if offer.state == "open" and offer.answer
                    else states[offer.state],
                }
                for offer in offers
            ],
        }
