from odoo import api, fields, models
from odoo.tools import SQL

from .salon_visit import MADE_STATES, MISSED_STATES, OPEN_STATES

KINDS = {"no_show": "missed", "cancelled": "cancelled"}
# What was missed longer ago is left to the reminders.
MOST_DAYS = 30


class SalonFollowUp(models.AbstractModel):
    """Calls clients who missed or cancelled a visit and have not booked again.

    The reminders come back by themselves. This call has a kind and words of its own
    and comes some days after the visit, once per visit: whoever was called about it
    or came meanwhile is not called again.
    """

    _name = "salon.follow.up"
    _description = "Follow-up of Missed Visits"

    @api.model
    def _plan(self):
        """Put the follow-ups of the current company on the list."""
        company = self.env.company
        if not company.salon_follow_up_days:
            return self.env["salon.call"]
        visits = self.env["salon.visit"].browse(self._get_visit_ids())
        # The one gate: consent, number and do-not-call list.
        allowed = visits.partner_id._filter_callable()
        vals_list = self._prepare_calls(
            visits.filtered(lambda visit: visit.partner_id in allowed)
        )
        return self.env["salon.call"]._insert(vals_list)

    def _get_visit_ids(self):
        """Return the newest missed visit of every client to call about one.

        An import is history and brings no follow-ups: only what was missed or
        cancelled in the book counts.
        """
        company = self.env.company
        today = company._salon_today()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (p.phone_sanitized) missed.id
                     FROM (SELECT DISTINCT ON (v.partner_id)
                                  v.id, v.partner_id, v.company_id, v.missed_at,
                                  (v.missed_at AT TIME ZONE 'UTC'
                                   AT TIME ZONE %(zone)s)::date AS day
                             FROM salon_visit v
                            WHERE v.company_id = %(company)s
                              AND v.state IN %(missed)s
                              AND v.missed_at > %(oldest)s
                              AND v.partner_id IS NOT NULL
                         ORDER BY v.partner_id, v.missed_at DESC, v.id DESC) missed
                     JOIN res_partner p ON p.id = missed.partner_id
                    WHERE missed.day <= %(today)s::date - %(days)s
                      AND NOT EXISTS (
                          SELECT FROM salon_visit v
                           WHERE v.partner_id = missed.partner_id
                             AND v.company_id = missed.company_id
                             AND (v.state IN %(open)s AND v.date >= %(today)s
                                  OR v.state IN %(made)s AND v.date >= missed.day))
                      AND NOT EXISTS (
                          SELECT FROM salon_call k
                            JOIN res_partner o ON o.id = k.partner_id
                           WHERE k.company_id = missed.company_id
                             AND (k.partner_id = missed.partner_id
                                  OR o.phone_sanitized = p.phone_sanitized)
                             AND (k.state = 'open'
                                  OR k.missed_visit_id = missed.id))
                      AND NOT EXISTS (
                          SELECT FROM salon_call_attempt a
                           WHERE a.company_id = missed.company_id
                             AND (a.partner_id = missed.partner_id
                                  OR a.phone = p.phone_sanitized)
                             AND a.date >= missed.missed_at)
                      AND %(unstopped)s
                 ORDER BY p.phone_sanitized, missed.missed_at, missed.id""",
                zone=company._salon_timezone().zone,
                company=company.id,
                oldest=fields.Datetime.subtract(fields.Datetime.now(), days=MOST_DAYS),
                today=today,
                days=company.salon_follow_up_days,
                open=OPEN_STATES,
                made=MADE_STATES,
                missed=MISSED_STATES,
                unstopped=self._sql_unstopped(),
            )
        )
        return [row[0] for row in rows]

    def _sql_unstopped(self):
        """Return the condition that she is still reminded of what she missed.

        Paused or stopped needs are not called about, whatever was missed.
        """
        return SQL(
            """NOT EXISTS (
                  SELECT FROM salon_visit_line l
                    JOIN product_product pp ON pp.id = l.product_id
                    JOIN salon_cycle_product_rel r
                      ON r.product_tmpl_id = pp.product_tmpl_id
                    JOIN salon_reminder h
                      ON h.cycle_id = r.cycle_id
                     AND h.partner_id = missed.partner_id
                     AND h.company_id = missed.company_id
                   WHERE l.visit_id = missed.id
                     AND h.state IN ('paused', 'stopped'))"""
        )

    def _prepare_calls(self, visits):
        planner = self.env["salon.call.planner"]
        reminders = self._get_reminders(visits)
        rows = [
            {
                "partner_id": visit.partner_id.id,
                "kind": KINDS[visit.state],
                "due_date": visit.date,
                "birthday": False,
                "value": 0,
                "stylist_id": visit.stylist_id.id,
                "reminder_ids": reminders[visit].ids,
                "user_id": visit.partner_id.user_id.id,
                "missed_visit_id": visit.id,
            }
            for visit in visits
        ]
        return planner._prepare_calls(rows)

    def _get_reminders(self, visits):
        """Return {visit: the reminders of the needs that it would have met}."""
        found = self.env["salon.reminder"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", visits.partner_id.ids),
                ("cycle_id", "in", visits.line_ids.product_id.salon_cycle_ids.ids),
            ]
        )
        return {
            visit: found.filtered(
                lambda reminder, visit=visit: (
                    reminder.partner_id == visit.partner_id
                    and reminder.cycle_id in visit.line_ids.product_id.salon_cycle_ids
                )
            )
            for visit in visits
        }
