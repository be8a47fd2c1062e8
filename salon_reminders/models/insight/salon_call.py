from odoo import api, models


class SalonCall(models.Model):
    """What we know of the client, on a call."""

    _inherit = "salon.call"

    @api.model
    def _get_desk_client_fields(self):
        return [*super()._get_desk_client_fields(), "salon_contraindications"]

    def _get_desk_client(self):
        """Tell also what must be known before a service is promised."""
        warning = self.partner_id.salon_contraindications or ""
        return {**super()._get_desk_client(), "warning": warning}

    def _get_ignored_zones(self):
        self.ensure_one()
        spots = self.env["salon.client.zone"]
        return spots._get_ignored_names(self.partner_id, self.company_id)
