from odoo import fields, models


class SalonLeavingReason(models.Model):
    """Why a client left; told on the phone and counted."""

    _name = "salon.leaving.reason"
    _description = "Leaving Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    needs_comment = fields.Boolean(
        "Needs a comment",
        help="What the client said must be written down with this reason.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share it with every salon."
    )
