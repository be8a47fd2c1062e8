from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of merged cards nothing stays in sight that one of the clients refused."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _salon_merge_cards(self, src_partners, dst_partner):
        result = super()._salon_merge_cards(src_partners, dst_partner)
        dst_partner.sudo()._salon_after_card_answers()
        return result
