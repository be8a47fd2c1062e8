from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merged cards have one open offer of a kind."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Whoever merges contacts need not know the salon.
        self.sudo()._salon_merge_promotions(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _salon_merge_promotions(self, src_partners, dst_partner):
        """Keep one open offer of a kind, the one she answered best; all history stays.

        Odoo would delete rows that the database does not let it move.
        """
        offers = self.env["salon.promotion.participation"].search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("state", "=", "open"),
            ]
        )
        for same in offers.grouped(lambda o: (o.company_id, o.kind)).values():
            best = same.sorted(
                lambda o: (o.answer != "interested", o.partner_id != dst_partner, o.id)
            )
            best[1:]._close()
        self.env.flush_all()
