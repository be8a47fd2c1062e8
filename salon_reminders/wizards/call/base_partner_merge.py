from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merged cards have one open call, if they may be called at all."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Whoever merges contacts need not know the salon.
        self.sudo()._salon_merge_calls(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # Who has the client on the phone sees under which card the call goes on.
        dst_partner.sudo().salon_call_ids._notify_desk()
        return result

    def _update_values(self, src_partners, dst_partner):
        """Cancel calls that the merged consents or numbers do not allow any more."""
        result = super()._update_values(src_partners, dst_partner)
        # As above.
        self.env["salon.call"].sudo()._cancel_without_consent(dst_partner)
        return result

    def _salon_merge_calls(self, src_partners, dst_partner):
        """Keep one open call per salon, the destination's own if there is one."""
        calls = self.env["salon.call"].search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("state", "=", "open"),
            ]
        )
        for company_calls in calls.grouped("company_id").values():
            keep = company_calls.sorted(lambda c: (c.partner_id != dst_partner, c.id))
            keep[1:]._close("merged", state="cancelled")
        self.env.flush_all()
