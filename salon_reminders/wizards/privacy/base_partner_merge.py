from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging clients is for managers, also where others may merge contacts."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        self.env["res.partner"].browse(partner_ids)._check_one_at_a_time()
        return super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
