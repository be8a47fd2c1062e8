from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of merged cards the most restrictive answers stay."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Whoever merges contacts need not know the salon.
        consents_sudo = self.env["salon.consent"].sudo()
        refused = consents_sudo._get_refused(src_partners | dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        consents_sudo._keep_refused(dst_partner, refused)
        return result
