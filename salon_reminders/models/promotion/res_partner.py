from odoo import api, fields, models


class ResPartner(models.Model):
    """The promotions of a client."""

    _inherit = "res.partner"

    salon_participation_ids = fields.One2many(
        "salon.promotion.participation",
        "partner_id",
        string="Promotions",
        groups="salon_reminders.group_stylist",
    )
    salon_participation_count = fields.Integer(
        "Promotions offered",
        compute="_compute_salon_participation_count",
        groups="salon_reminders.group_stylist",
    )

    @api.depends("salon_participation_ids")
    @api.depends_context("company", "uid")
    def _compute_salon_participation_count(self):
        groups = self.env["salon.promotion.participation"]._read_group(
            [
                ("partner_id", "in", self.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = {partner: count for partner, count in groups}
        for partner in self:
            partner.salon_participation_count = counts.get(partner._origin, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._close_salon_offers()
        return result

    def _close_salon_offers(self):
        """End the open offers of clients who are put away."""
        # Whoever archives a contact need not know the promotions.
        offers = self.env["salon.promotion.participation"].sudo()
        offers.search([("partner_id", "in", self.ids), ("state", "=", "open")])._close()

    def action_open_salon_participations(self):
        """Open what was offered to the client and what came of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_promotion_participation_action"
        )
        return {**action, "domain": [("partner_id", "=", self.id)], "context": {}}
