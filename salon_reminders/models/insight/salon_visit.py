from odoo import api, fields, models

from ..visit.salon_visit import OPEN_STATES


class SalonVisit(models.Model):
    """What the person who books should know and may offer."""

    _inherit = "salon.visit"

    contraindications = fields.Text(related="partner_id.salon_contraindications")
    health_consent = fields.Selection(related="partner_id.salon_health_consent")
    health_sentence = fields.Text(related="partner_id.salon_health_sentence")
    offer_text = fields.Char("Offer as well", compute="_compute_offer_text")

    def action_health_agree(self):
        """Record that the client of this visit lets the card keep notes on health."""
        self._get_clients_of_salon().action_salon_health_agree()

    def action_health_refuse(self):
        """Record that the client refuses it; such notes are hidden at once."""
        self._get_clients_of_salon().action_salon_health_refuse()

    def _get_clients_of_salon(self):
        """Return the clients, with the salon of the visit as the one that asks."""
        self.check_access("read")
        return self.partner_id.with_company(self.company_id[:1] or self.env.company)

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
