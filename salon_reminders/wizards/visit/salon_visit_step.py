from odoo import api, fields, models
from odoo.tools import format_list

from ...models.visit.salon_visit import CANCEL_REASONS, MISSED_STATES

CANCELLED, _NO_SHOW = MISSED_STATES


class SalonVisitStep(models.TransientModel):
    """Asks before a step that may be a slip of the finger, and who cancels."""

    _name = "salon.visit.step"
    _description = "Step of a Visit"

    visit_ids = fields.Many2many("salon.visit", string="Visits", required=True)
    state = fields.Selection(
        lambda self: self.env["salon.visit"]._fields["state"].selection, required=True
    )
    is_cancelling = fields.Boolean(compute="_compute_is_cancelling")
    question = fields.Char(compute="_compute_question")
    reason = fields.Selection(CANCEL_REASONS, "Who cancels")
    late_text = fields.Char("Late", compute="_compute_late_text")

    @api.depends("state")
    def _compute_is_cancelling(self):
        for step in self:
            step.is_cancelling = step.state == CANCELLED

    @api.depends("visit_ids", "is_cancelling")
    def _compute_question(self):
        for step in self:
            times = [
                visit.company_id._salon_format_moment(visit.start)
                for visit in step.visit_ids
            ]
            step.question = not step.is_cancelling and self.env._(
                "The visit is on %(times)s, still to come. Go on all the same?",
                times=format_list(self.env, times),
            )

    @api.depends("visit_ids", "reason")
    def _compute_late_text(self):
        for step in self:
            by_client = step.reason == "client"
            step.late_text = by_client and step.visit_ids._get_late_text()

    def action_go_on(self):
        """Make the step."""
        self.ensure_one()
        self.visit_ids._step_to(self.state, self.reason)
        return {"type": "ir.actions.act_window_close"}
