from odoo import api, fields, models
from odoo.fields import Domain

from .salon_client_standing import SEGMENTS

LEFT = ("lost", "one_visit")


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
        SEGMENTS, string="From", help="Empty: there was none before."
    )
    to_segment = fields.Selection(
        SEGMENTS, string="To", help="Empty: all visits were taken back."
    )

    @api.model
    def _get_lost_domain(self):
        """Return the moves of clients who did not come back in time."""
        return Domain("from_segment", "not in", (*LEFT, False)) & Domain(
            "to_segment", "in", LEFT
        )

    @api.model
    def _get_returned_domain(self):
        """Return the moves of clients who came back after all."""
        return Domain("from_segment", "in", LEFT) & Domain(
            "to_segment", "not in", (*LEFT, False)
        )

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
