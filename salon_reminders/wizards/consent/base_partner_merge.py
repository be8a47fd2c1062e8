from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of merged cards the most restrictive answers stay."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Whoever merges contacts need not know the salon.
        consents_sudo = self.env["salon.consent"].sudo()
        partners_sudo = (src_partners | dst_partner).sudo()
        # One person from now on, who can't be their own guardian.
        partners_sudo.filtered(
            lambda partner: partner.salon_guardian_id in partners_sudo
        ).salon_guardian_id = False
        refused = consents_sudo._get_refused(partners_sudo)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        consents_sudo._keep_refused(dst_partner, refused)
        return result
