from odoo import fields, models


class ResCompany(models.Model):
    """When a client is called who missed or cancelled a visit."""

    _inherit = "res.company"

    salon_follow_up_days = fields.Integer(
        string="Follow-up calls",
        default=2,
        groups="salon_reminders.group_stylist",
        help="Call a client so many days after a missed or cancelled visit that was "
        "not booked again; 0 means no such calls.",
    )

    _salon_follow_up_positive = models.Constraint(
        "CHECK(salon_follow_up_days >= 0)",
        "The days of follow-up calls can't be negative.",
    )
