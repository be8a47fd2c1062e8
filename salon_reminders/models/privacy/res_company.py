from odoo import fields, models


class ResCompany(models.Model):
    """Which cards stylists see, what is unusual, and how long notes are kept."""

    _inherit = "res.company"

    salon_stylist_days = fields.Integer(
        string="Stylists see clients for",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days before and after a visit in which its stylist sees the card.",
    )
    salon_card_limit = fields.Integer(
        string="Cards a day",
        default=80,
        groups="salon_reminders.group_stylist",
        help="Who opens more client cards in a day is shown to the manager.",
    )
    salon_number_limit = fields.Integer(
        string="Numbers a day",
        default=15,
        groups="salon_reminders.group_stylist",
        help="Who opens more numbers outside a call in a day is shown to the manager.",
    )
    salon_retention_months = fields.Integer(
        string="Notes are kept for",
        default=36,
        groups="salon_reminders.group_stylist",
        help="Months after which the notes of calls and dialled numbers are deleted; "
        "what came of the calls stays, and the proof of what allowed them. 0 means for "
        "good.",
    )

    _salon_privacy_rules_positive = models.Constraint(
        "CHECK(salon_stylist_days >= 0 AND salon_card_limit >= 0"
        " AND salon_number_limit >= 0 AND salon_retention_months >= 0)",
        "Times and limits can't be negative.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "salon_stylist_days" in vals:
            # The record rules of stylists are made with it.
            self.env.registry.clear_cache()
        return result
