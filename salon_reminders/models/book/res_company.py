from odoo import fields, models


class ResCompany(models.Model):
    """When a cancelled visit counts as cancelled late."""

    _inherit = "res.company"

    salon_late_cancel_hours = fields.Integer(
        string="Late cancellation",
        default=24,
        groups="salon_reminders.group_stylist",
        help="A visit cancelled less than so many hours before counts as late.",
    )

    _salon_late_cancel_positive = models.Constraint(
        "CHECK(salon_late_cancel_hours >= 0)",
        "The hours of a late cancellation can't be negative.",
    )
