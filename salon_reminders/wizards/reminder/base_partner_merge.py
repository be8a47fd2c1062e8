from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merged cards have one reminder for each need."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Whoever merges contacts need not know the salon.
        self.sudo()._salon_merge_reminders(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _salon_merge_reminders(self, src_partners, dst_partner):
        """Keep one reminder per cycle and salon, with every stop and every call."""
        reminders = self.env["salon.reminder"].search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        by_cycle = reminders.filtered("cycle_id").grouped(
            lambda r: (r.cycle_id, r.company_id)
        )
        for same in by_cycle.values():
            same = same.sorted(lambda r: (r.partner_id != dst_partner, r.id))
            same[0]._absorb(same[1:])
        self.env.flush_all()
