from odoo import api, fields, models

from ..visit.salon_visit import OPEN_STATES


class SalonVisit(models.Model):
    """What the person who books should know and may offer."""

    _inherit = "salon.visit"

    contraindications = fields.Text(related="partner_id.salon_contraindications")
    offer_text = fields.Char("Offer as well", compute="_compute_offer_text")

    @api.depends("partner_id", "state", "line_ids.product_id")
    @api.depends_context("company", "lang")
    def _compute_offer_text(self):
        cards = self.env["salon.client.card"]
        for visit in self:
            services = visit.line_ids.product_id.product_tmpl_id
            partner = visit.partner_id
            offers = []
            if visit.state in OPEN_STATES and partner:
                # A booking is looked at alone; lists do not show what to offer.
                offers = cards._get_offers(partner, services)[partner.id]
            visit.offer_text = ", ".join(
                self.env._(
                    "%(service)s (%(why)s)", service=offer["name"], why=offer["why"]
                )
                for offer in offers
            )
