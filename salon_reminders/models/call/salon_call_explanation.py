from odoo import api, models
from odoo.tools import SQL, format_date


class SalonCallExplanation(models.AbstractModel):
    """Why a client is, or is not, on the call list, in words of the reception."""

    _name = "salon.call.explanation"
    _description = "Explanation of the Call List"

    @api.model
    def _explain(self, partners):
        """Return {client: why she is or is not on the current company's call list}.

        From the rules that decide: the same candidates and holds as the daily job.
        """
        self.env.flush_all()
        candidates = {
            row["partner_id"]: row["hold"] or "quota"
            for row in self.env.execute_query_dict(
                SQL(
                    "WITH clock AS (%s) %s",
                    self.env["salon.reminder.engine"]._sql_clock(),
                    self._sql_candidates(partners),
                )
            )
        }
        domain = [
            ("partner_id", "in", partners.ids),
            ("company_id", "=", self.env.company.id),
        ]
        calls = self.env["salon.call"].search([*domain, ("state", "=", "open")])
        reminders = self.env["salon.reminder"].search(domain, order="call_date, id")
        by_call = calls.grouped("partner_id")
        by_reminder = reminders.grouped("partner_id")
        return {
            partner: self._text_called(by_call[partner])
            if partner in by_call
            else self._text_held(candidates[partner.id])
            if partner.id in candidates
            else self._text_not_due(by_reminder.get(partner, reminders.browse()))
            for partner in partners
        }

    def _text_called(self, call):
        return self.env._(
            "She is on the call list since %(date)s, to be called on %(day)s.",
            date=format_date(self.env, call.opened_date),
            day=format_date(self.env, call.date),
        )

    def _text_held(self, hold):
        """Return why somebody who is due is not called: what holds her back."""
        company = self.env.company
        return {
            "consent": self.env._("She is due, but has not agreed to be phoned."),
            "phone": self.env._("She is due, but there is no valid phone number."),
            "blacklist": self.env._(
                "She is due, but her number is on the do-not-call list."
            ),
            "wrong_number": self.env._(
                "She is due, but her number is wrong. Enter the right one."
            ),
            "left": self.env._(
                "She is due, but she said that she does not come any more."
            ),
            "call": self.env._(
                "She is due, but somebody with the same number is on the list."
            ),
            "gap": self.env._(
                "She is due, but she, or somebody with her number, was called less "
                "than %(days)s days ago.",
                days=company.salon_contact_gap_days,
            ),
            "control": self.env._(
                "She is due, but chance put her in the control group: she is left "
                "uncalled for two weeks, to learn what calls bring."
            ),
            "quota": self.env._(
                "She is due and waits in the backlog: at most %(calls)s new calls are "
                "put on the list in a day.",
                calls=company.salon_daily_quota or "∞",
            ),
        }[hold]

    def _text_not_due(self, reminders):
        """Return why nothing is due: the reminder that comes next says it."""
        followed = reminders.filtered(lambda r: r.state != "idle")
        if not followed:
            return self.env._(
                "No reminder follows her: no service with a cycle was done yet."
            )
        return followed.sorted(self._get_explain_order)[0]._get_state_text()

    @api.model
    def _get_explain_order(self, reminder):
        """Sort first what would bring her on the list soonest."""
        order = ["due", "late", "lapsed", "scheduled", "booked", "paused", "stopped"]
        return order.index(reminder.state), reminder.call_date, reminder.id
