from odoo import fields, models


class ResPartner(models.Model):
    """What a client is due for, and the courses that are running."""

    _inherit = "res.partner"

    salon_reminder_ids = fields.One2many(
        "salon.reminder",
        "partner_id",
        string="Reminders",
        groups="salon_reminders.group_stylist",
    )
    salon_course_ids = fields.One2many(
        "salon.course",
        "partner_id",
        string="Courses",
        groups="salon_reminders.group_stylist",
    )
