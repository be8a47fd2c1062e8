from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging clients is for managers, also where others may merge contacts."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        self.env["res.partner"].browse(partner_ids)._check_one_at_a_time()
        return super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)

    def _salon_merge_cards(self, src_partners, dst_partner):
        """Keep the numbers of all the cards: what is not on the card is further."""
        phones = {
            partner.phone_sanitized or partner.phone: partner.phone
            for partner in src_partners.sudo()
            if partner.phone
        }
        result = super()._salon_merge_cards(src_partners, dst_partner)
        numbers = self.env["salon.client.number"].search(
            [("partner_id", "=", dst_partner.id)]
        )
        known = {(one.number_key, one.words): one for one in numbers}
        (numbers - numbers.browse(one.id for one in known.values())).unlink()
        own = {dst_partner.phone_sanitized or dst_partner.phone}
        own.update(numbers.exists().mapped("number_key"))
        numbers.create(
            [
                {"partner_id": dst_partner.id, "number": phone}
                for key, phone in phones.items()
                if key not in own
            ]
        )
        return result
