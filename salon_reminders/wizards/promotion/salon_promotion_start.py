from odoo import fields, models


class SalonPromotionStart(models.TransientModel):
    """Asks before a promotion starts that looks wrong: for nobody, for everybody…"""

    _name = "salon.promotion.start"
    _description = "Start a Promotion"

    promotion_id = fields.Many2one("salon.promotion", required=True, ondelete="cascade")
    question = fields.Text(readonly=True)

    def action_start(self):
        """Start the promotion all the same."""
        self.ensure_one()
        self.promotion_id._check_startable()
        self.promotion_id.state = "running"
        return {"type": "ir.actions.act_window_close"}
