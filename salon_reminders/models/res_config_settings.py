from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    salon_contact_gap_days = fields.Integer(
        related="company_id.salon_contact_gap_days", readonly=False
    )
    salon_bundling_days = fields.Integer(
        related="company_id.salon_bundling_days", readonly=False
    )
    salon_max_attempts = fields.Integer(
        related="company_id.salon_max_attempts", readonly=False
    )
    salon_claim_minutes = fields.Integer(
        related="company_id.salon_claim_minutes", readonly=False
    )
    salon_daily_quota = fields.Integer(
        related="company_id.salon_daily_quota", readonly=False
    )
    salon_hold_minutes = fields.Integer(
        related="company_id.salon_hold_minutes", readonly=False
    )
    salon_late_cancel_hours = fields.Integer(
        related="company_id.salon_late_cancel_hours", readonly=False
    )
    salon_follow_up_days = fields.Integer(
        related="company_id.salon_follow_up_days", readonly=False
    )
    salon_birthday_days = fields.Integer(
        related="company_id.salon_birthday_days", readonly=False
    )
    salon_assignment = fields.Selection(
        related="company_id.salon_assignment", readonly=False
    )
    salon_own_rhythm = fields.Boolean(
        related="company_id.salon_own_rhythm", readonly=False
    )
    salon_consent_wording = fields.Text(
        related="company_id.salon_consent_wording", readonly=False
    )
