from odoo import fields, models

LIMITS = {
    *("salon_new_days", "salon_risk_rhythms", "salon_lost_rhythms"),
    "salon_lost_days",
}


class ResCompany(models.Model):
    """What makes a client new, at risk or lost at this salon."""

    _inherit = "res.company"

    salon_new_days = fields.Integer(
        string="New for",
        default=90,
        groups="salon_reminders.group_stylist",
        help="Days after the first visit during which a client counts as new.",
    )
    salon_risk_rhythms = fields.Float(
        string="At risk after",
        default=1.5,
        groups="salon_reminders.group_stylist",
        help="Waits of so many times their own rhythm put a client at risk.",
    )
    salon_lost_rhythms = fields.Float(
        string="Lost after",
        default=3.0,
        groups="salon_reminders.group_stylist",
        help="After so many times their own rhythm a client counts as lost.",
    )
    salon_lost_days = fields.Integer(
        string="Never lost before",
        default=90,
        groups="salon_reminders.group_stylist",
        help="Nobody counts as lost earlier than so many days after the last visit.",
    )
    salon_offer_pause_days = fields.Integer(
        string="Offers rest for",
        default=180,
        groups="salon_reminders.group_stylist",
        help="A service that a client declined twice, or did not like, is not offered "
        "again for so many days.",
    )
    salon_standing_date = fields.Date(
        string="Segments worked out on",
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
    )
    salon_affinity_date = fields.Date(
        string="Services compared on",
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
    )

    _salon_segment_rules = models.Constraint(
        "CHECK(salon_new_days > 0 AND salon_risk_rhythms > 0"
        " AND salon_lost_rhythms >= salon_risk_rhythms AND salon_lost_days > 0"
        " AND salon_offer_pause_days >= 0)",
        "Days must be positive, and a client is at risk before being lost.",
    )

    def write(self, vals):
        """Changed limits are worked out by the next hourly run, not the next night."""
        result = super().write(vals)
        if not LIMITS.isdisjoint(vals):
            # When it was worked out is the system's; the limits are the manager's.
            self.sudo().salon_standing_date = False
        return result
