from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging cards: each room keeps what a client may have only once.

    Merging contacts is allowed to people who may know nothing of the salon.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let salon managers merge clients with one number and different e-mails."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if partners._is_salon_duplicate():
            extra_checks = False
        return super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        self.sudo()._salon_merge_cards(src_partners, dst_partner)
        return result

    def _salon_merge_cards(self, src_partners, dst_partner):
        """Keep what the cards say; Odoo keeps only what the user may read."""
        dst_partner, vals = dst_partner.sudo(), {}
        for name, field in dst_partner._fields.items():
            is_ours = "salon_reminders." in (field.groups or "") and field.column_type
            if not is_ours or not field.store or dst_partner[name]:
                continue
            # Odoo too prefers the last of the merged contacts.
            for partner in src_partners.sudo():
                value = field.convert_to_write(partner[name], partner)
                if value and not (field.relational and value == dst_partner.id):
                    vals[name] = value
        if dst_partner.salon_note:
            # What is said of a note goes with the note that is kept.
            vals.pop("salon_note_is_health", None)
        dst_partner.write(vals)
