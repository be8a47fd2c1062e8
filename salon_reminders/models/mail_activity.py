from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """The activity of a call is done when the call has an outcome."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        activities = self.filtered(lambda a: a.res_model == "salon.call")
        calls = self.env["salon.call"].browse(activities.mapped("res_id"))
        open_calls = calls.filtered(lambda call: call.state == "open")
        if open_calls:
            raise UserError(
                self.env._(
                    "What came of the call? Open it and choose the outcome: %(calls)s",
                    calls=", ".join(open_calls.mapped("display_name")),
                )
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
