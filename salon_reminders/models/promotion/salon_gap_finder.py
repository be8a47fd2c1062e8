from odoo import api, fields, models


class SalonGapFinder(models.AbstractModel):
    """Gaps and gifts: an empty hour is when a gift visit opens an ignored zone."""

    _inherit = "salon.gap.finder"

    @api.model
    def get_gaps(self, day=False, days=3, stylist_id=False, part=False):
        result = super().get_gaps(day, days, stylist_id, part)
        self._name_gifts(result["windows"])
        return result

    def _name_gifts(self, windows):
        """Name the gift that is open to a client and could be given in a window."""
        ids = {row["partner_id"] for window in windows for row in window["clients"]}
        partners = self.env["res.partner"].browse(ids)
        found = self.env["salon.promotion.participation"]._get_open_promotions(
            partners, "phone"
        )
        gifts = {
            partner.id: promotions.filtered(lambda p: p.kind == "gift_service")
            for partner, promotions in found.items()
        }
        stylists = self.env["resource.resource"].browse(
            {window["stylist_id"] for window in windows}
        )
        able = {
            (stylist.id, gift.id)
            for stylist in stylists
            for gift in self.env["salon.promotion"].union(*gifts.values())
            if any(stylist._can_do(service) for service in gift.product_ids)
        }
        for window in windows:
            for row in window["clients"]:
                if gifts[row["partner_id"]]:
                    self._name_gift(window, row, gifts[row["partner_id"]], able)

    def _name_gift(self, window, row, gifts, able):
        start = fields.Datetime.to_datetime(row["start"])
        local = self.env.company._salon_local(start)
        for gift in gifts:
            is_quiet = not gift.quiet_only or any(h._has(local) for h in gift.hour_ids)
            if is_quiet and (window["stylist_id"], gift.id) in able:
                text = self.env._("gift: %(name)s", name=gift.name)
                row["reason"] = f"{row['reason']}, {text}"
                return
