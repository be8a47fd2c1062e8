from odoo import fields, models

from .salon_client_standing import SEGMENTS


class SalonSegmentMove(models.Model):
    """The day on which a client came into a segment, and from which one."""

    _name = "salon.segment.move"
    _description = "Move between Segments"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, index=True)
    from_segment = fields.Selection(
        SEGMENTS, string="From", help="Empty: she had none before."
    )
    to_segment = fields.Selection(
        SEGMENTS, string="To", help="Empty: all her visits were taken back."
    )

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
