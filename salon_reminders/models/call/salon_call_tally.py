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
        return company._salon_midnight(company._salon_today())

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

        In one query: clients and users have many columns.

        :param calls: only of these calls
        """
        company = self.env.company
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT a.id, a.call_id, a.date, a.note, a.gift,
                          a.bring_back, o.kind,
                          %(outcome)s AS outcome, p.name AS name, up.name AS user,
                          a.undone_at IS NOT NULL AS undone,
                          a.user_id = %(user)s AS mine
                     FROM salon_call_attempt a
                     JOIN salon_call_outcome o ON o.id = a.outcome_id
                     JOIN res_partner p ON p.id = a.partner_id
                     JOIN res_users u ON u.id = a.user_id
                     JOIN res_partner up ON up.id = u.partner_id
                    WHERE a.company_id = %(company)s AND a.date >= %(start)s
                      AND %(mine)s AND %(calls)s
                 ORDER BY a.date DESC, a.id DESC
                    LIMIT %(limit)s""",
                outcome=self.env["salon.call.outcome"]._field_to_sql("o", "name"),
                company=company.id,
                user=self.env.uid,
                start=self._get_day_start(),
                mine=SQL("TRUE")
                if scope == "all"
                else SQL("a.user_id = %s", self.env.uid),
                calls=SQL("TRUE")
                if calls is None
                else SQL("a.call_id = ANY(%s)", calls.ids),
                limit=PAGE,
            )
        )
        said = self.env["salon.call.attempt"]._text_said
        return [
            {
                **row,
                "name": row["name"] or "",
                "time": company._salon_local(row["date"]).strftime("%H:%M"),
                "note": said(row["note"], row.pop("bring_back"), row.pop("gift")),
                "date": row["date"].isoformat(),
            }
            for row in rows
        ]
