from odoo import api, models

from .salon_consent import CHANNELS


class SalonConsent(models.Model):
    """Of cards that are merged into one, the most restrictive answers stay."""

    _inherit = "salon.consent"

    @api.model
    def _get_refused(self, partners):
        """Return what any of these clients refuses now: (company, purpose, channel)."""
        channels = tuple(channel for channel, _label in CHANNELS)
        return {
            (row["company_id"], row["purpose"], row["channel"])
            for row in self._get_newest_rows(partners, channels)
            if row["decision"] == "withdrawn"
        }

    @api.model
    def _keep_refused(self, partner, refused):
        """Keep the most restrictive answer of cards that were merged into one."""
        still = self._get_refused(partner)
        self.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company_id,
                    "purpose": purpose,
                    "channel": channel,
                    "decision": "withdrawn",
                    "method": "merge",
                    "wording": "-",
                }
                for company_id, purpose, channel in sorted(refused - still)
            ]
        )
