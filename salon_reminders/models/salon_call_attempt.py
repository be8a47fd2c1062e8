from odoo import fields, models


class SalonCallAttempt(models.Model):
    """One dial: when, by whom, what came of it. Kept for good."""

    _name = "salon.call.attempt"
    _description = "Salon Call Attempt"
    _order = "date desc, id desc"
    _rec_name = "outcome_id"

    call_id = fields.Many2one(
        "salon.call", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="call_id.partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="call_id.company_id", store=True, index=True, precompute=True
    )
    phone = fields.Char("Number dialled", index="btree_not_null", readonly=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="Called by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    outcome_id = fields.Many2one(
        "salon.call.outcome", required=True, index=True, ondelete="restrict"
    )
    note = fields.Text()
