from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import SQL

from .salon_call_queue import PAGE


class SalonCallTally(models.AbstractModel):
    """How far today's list is done: counters, and what was logged."""

    _name = "salon.call.tally"
    _description = "Tally of Calls"

    @api.model
    def _get_day_start(self):
        company = self.env.company
        return company._salon_utc(datetime.combine(company._salon_today(), time.min))

    @api.model
    def _get_counters(self, scope):
        """Return the counters of today, in one query."""
        company = self.env.company
        mine = SQL("(k.user_id = %s OR k.user_id IS NULL)", self.env.uid)
        self.env["salon.call"].flush_model()
        counters = self.env.execute_query_dict(
            SQL(
                """SELECT q.*, d.*
                     FROM (SELECT COUNT(*) FILTER (WHERE NOT later) AS todo,
                                  COUNT(*) FILTER (WHERE later) AS later
                             FROM (SELECT COALESCE(k.call_at > %(now)s, FALSE) AS later
                                     FROM salon_call k
                                    WHERE k.company_id = %(company)s
                                      AND k.state = 'open' AND k.date <= %(today)s
                                      AND %(scope)s) o) q
               CROSS JOIN (
                   SELECT COUNT(*) AS done,
                          COUNT(*) FILTER (WHERE k.outcome_kind = 'booked') AS booked,
                          COUNT(*) FILTER (WHERE k.close_reason = 'unreachable')
                              AS unreachable
                     FROM salon_call k
                    WHERE k.company_id = %(company)s AND k.state = 'done'
                      AND k.closed_at >= %(start)s AND %(scope)s
                      AND k.close_reason IN ('outcome', 'unreachable')) d""",
                now=fields.Datetime.now(),
                company=company.id,
                today=company._salon_today(),
                start=self._get_day_start(),
                scope=SQL("TRUE") if scope == "all" else mine,
            )
        )[0]
        done = counters["done"]
        counters["share"] = round(100 * counters["booked"] / done) if done else 0
        return counters

    @api.model
    def _get_done(self, scope, calls=None):
        """Return what was logged today, newest first, to be undone.

        :param calls: only of these calls
        """
        domain = [
            ("company_id", "=", self.env.company.id),
            ("date", ">=", self._get_day_start()),
        ]
        if scope != "all":
            domain.append(("user_id", "=", self.env.uid))
        if calls is not None:
            domain.append(("call_id", "in", calls.ids))
        names = ("call_id", "partner_id", "outcome_id", "user_id", "date", "note")
        attempts = self.env["salon.call.attempt"].search_fetch(
            domain, [*names, "gift", "bring_back", "undone_at"], limit=PAGE
        )
        # Few columns of clients, who have many.
        attempts.partner_id.fetch(["name"])
        return [
            {
                "id": attempt.id,
                "call_id": attempt.call_id.id,
                "name": attempt.partner_id.name or "",
                "outcome": attempt.outcome_id.name,
                "kind": attempt.outcome_id.kind,
                "user": attempt.user_id.name,
                "time": attempt._get_local_time(),
                "note": attempt._get_said(),
                "undone": bool(attempt.undone_at),
            }
            for attempt in attempts
        ]
