from odoo import fields, models


class SalonVisit(models.Model):
    """Asking for the client's consent while she is here."""

    _inherit = "salon.visit"

    consent_to_ask = fields.Boolean(related="partner_id.salon_consent_to_ask")
    consent_sentence = fields.Text(related="partner_id.salon_ask_sentence")

    def action_consent_give(self):
        """Record that the client of this visit agrees to what was asked."""
        self._get_clients_to_ask().action_salon_ask_agree()

    def action_consent_later(self):
        """Record that the client of this visit did not want to decide."""
        self._get_clients_to_ask().action_salon_consent_later()

    def action_consent_withdraw(self):
        """Record that the client of this visit refuses what was asked."""
        self._get_clients_to_ask().action_salon_ask_refuse()

    def action_consent_answers(self):
        """Open the form for all that the client of this visit may be asked."""
        self.ensure_one()
        return self._get_clients_to_ask().action_salon_consent_answers()

    def _get_clients_to_ask(self):
        """Return the clients, with the salon of the visit as the one that asks."""
        self.check_access("write")
        company = self.company_id[:1] or self.env.company
        return self.partner_id.with_company(company)
