from odoo import api, fields, models


class SalonNumber(models.TransientModel):
    """A client's number, shown once because somebody asked for it."""

    _name = "salon.number"
    _description = "Salon Phone Number"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    further_id = fields.Many2one(
        "salon.client.number", readonly=True, ondelete="cascade"
    )
    hold_text = fields.Char("Why not to be called", readonly=True)
    is_allowed = fields.Boolean("May be called", readonly=True)
    number = fields.Char(compute="_compute_number")

    @api.depends("partner_id", "further_id")
    @api.depends_context("uid")
    def _compute_number(self):
        for shown in self:
            # What is noted was noted when she asked; this does not count again.
            further_sudo = shown.further_id.sudo()
            shown.number = shown.create_uid == self.env.user and (
                further_sudo.number if further_sudo else shown.partner_id.sudo().phone
            )
