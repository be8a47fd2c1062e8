from odoo import fields, models


class ResCompany(models.Model):
    """How long a time that was proposed on a call is kept."""

    _inherit = "res.company"

    salon_hold_minutes = fields.Integer(
        string="Proposed times are kept for",
        default=10,
        groups="salon_reminders.group_stylist",
        help="Minutes in which a time proposed on a call is not proposed to others.",
    )

    _salon_hold_positive = models.Constraint(
        "CHECK(salon_hold_minutes >= 0)",
        "The minutes for which proposed times are kept can't be negative.",
    )
