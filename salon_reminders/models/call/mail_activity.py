from odoo import models
from odoo.exceptions import UserError

from ...tools.server_flags import is_flagged


class MailActivity(models.Model):
    """The activity of a call and the call are always in step.

    Moving or handing over the activity moves or hands over the call; taking it away
    takes the call off the list; it is done when the call has an outcome.
    """

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if not {"date_deadline", "user_id"}.isdisjoint(vals):
            self._get_salon_calls()._follow_activities(vals)
        return result

    def unlink(self):
        calls = self.filtered("active")._get_salon_calls()
        result = super().unlink()
        calls.action_cancel()
        return result

    def _get_salon_calls(self):
        """Return the open calls these activities stand for.

        Nothing when it is the call itself that changes its activity.
        """
        calls = self.env["salon.call"].sudo()
        if is_flagged(self.env, "salon_from_call"):
            return calls
        kind = self.env.ref("salon_reminders.mail_activity_type_call", False)
        activities = self.filtered(
            lambda a: a.res_model == "salon.call" and a.activity_type_id == kind
        )
        # Whoever may change the activity need not have rights on the call.
        found = calls.browse(activities.mapped("res_id")).exists()
        return found.filtered(lambda call: call.state == "open")

    def action_done(self):
        """Ask for what came of the call instead, one call at a time."""
        calls = self._get_salon_calls().sudo(False)
        if len(calls) == 1 and len(self) == 1 and calls.has_access("write"):
            return calls.action_log()
        return super().action_done()

    def _action_done(self, feedback=False, attachment_ids=None):
        calls = self._get_salon_calls()
        if calls:
            raise UserError(
                self.env._(
                    "What came of the call? Open it and choose the outcome: %(calls)s",
                    calls=", ".join(calls.mapped("display_name")),
                )
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
