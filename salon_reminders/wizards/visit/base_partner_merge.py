from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """All that depends on visits follows the merged ones."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        self.env["salon.visit"]._after_change(dst_partner)
        return result
