from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge what a client may have only once, then follow the merged visits."""
        # Merging contacts is allowed to people who may know nothing of the salon.
        self.sudo()._salon_merge_calls(src_partners, dst_partner)
        self.sudo()._salon_merge_reminders(src_partners, dst_partner)
        self.sudo()._salon_merge_promotions(src_partners, dst_partner)
        consents_sudo = self.env["salon.consent"].sudo()
        refused = consents_sudo._get_refused(src_partners | dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        consents_sudo._keep_refused(dst_partner, refused)
        self.env["salon.visit"]._after_change(dst_partner)
        # Who has her on the phone sees under which card she goes on.
        dst_partner.sudo().salon_call_ids._notify_desk()
        return result

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let salon managers merge clients with one number and different e-mails."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if partners._is_salon_duplicate():
            extra_checks = False
        return super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)

    def _update_values(self, src_partners, dst_partner):
        """Cancel calls that the merged consents or numbers do not allow any more."""
        result = super()._update_values(src_partners, dst_partner)
        # As above.
        self.sudo()._salon_merge_cards(src_partners, dst_partner)
        self.env["salon.call"].sudo()._cancel_without_consent(dst_partner)
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
        dst_partner.write(vals)

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
