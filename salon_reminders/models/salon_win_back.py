from odoo import api, models
from odoo.tools import SQL

from .salon_call_closing import WIN_BACK_KINDS


class SalonWinBack(models.AbstractModel):
    """Puts on the call list whom the salon has news for: her reason to leave is gone,
    or her stylist leaves.

    These calls obey the gate, the contact gap and the quota as all others do. Before
    the reminders they take half of a day's places at most, so that nobody who is due
    waits for weeks; afterwards they get what is left.
    """

    _name = "salon.win.back"
    _description = "Win-Back Calls"

    @api.model
    def _plan_first(self):
        """Take half of today's places of the current company at most."""
        company = self.env.company
        if not company.salon_daily_quota:
            return self._plan()
        taken = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
                ("kind", "in", WIN_BACK_KINDS),
            ]
        )
        return self._plan(max(-(-company.salon_daily_quota // 2) - taken, 0))

    @api.model
    def _plan(self, places=None):
        """Put the calls of the current company on the list; return how many.

        :param int places: so many at most; None means as many as the quota allows
        """
        free = self.env["salon.call.planner"]._get_free_places()
        places = min((n for n in (places, free) if n is not None), default=None)
        self.env["salon.departure"]._follow_days(self.env.company)
        done = 0
        # A stylist who leaves will not wait.
        for model, may_have_left in (
            ("salon.departure", False),
            ("salon.leaving.fix", True),
        ):
            if self._has_any(model):
                left = None if places is None else places - done
                found = self.env[model]._sql_to_call()
                done += self._create_calls(found, left, may_have_left)
        return done

    @api.model
    def _has_any(self, model):
        """Return whether the salon has any of these; on most days it has not."""
        company = self.env.company
        return self.env[model].search_count([("company_id", "=", company.id)], limit=1)

    @api.model
    def _create_calls(self, found, places, may_have_left):
        """Create the calls of those found who may be called; return how many.

        :param SQL found: rows of partner_id, phone, day, user_id, kind, stylist_id,
            due_date, rank and the column of their occasion
        """
        planner = self.env["salon.call.planner"]
        clients = self._get_clients(found, places, may_have_left)
        planner._create_calls(clients) if clients else None
        return len(clients)

    def _get_clients(self, found, places, may_have_left):
        """Return the rows to call, best first; of a shared number only the first."""
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        planner = self.env["salon.call.planner"]
        self.env.flush_all()
        planner._run_uncompiled()
        return self.env.execute_query_dict(
            SQL(
                """WITH found AS (%(found)s),
                held AS MATERIALIZED (
                    SELECT d.*, %(hold)s AS hold FROM found d),
                chosen AS (
                    SELECT DISTINCT ON (phone) *
                      FROM held WHERE hold IS NULL
                  ORDER BY phone, rank, partner_id)
                SELECT d.*, NULL AS birthday, worth.value, due.reminder_ids
                  FROM chosen d
            CROSS JOIN LATERAL (%(worth)s) worth
            CROSS JOIN LATERAL (%(reminders)s) due
              ORDER BY d.rank, d.partner_id
                 LIMIT %(places)s""",
                found=found,
                hold=planner._sql_hold(company, today, may_have_left),
                worth=planner._sql_worth(company, today),
                reminders=self._sql_reminders(company),
                places=places,
            )
        )

    @api.model
    def _sql_reminders(self, company):
        """Return what else client ``d`` may be reminded of on the same call."""
        return SQL(
            """SELECT array_agg(h.id ORDER BY h.due_date, h.id) AS reminder_ids
                 FROM salon_reminder h
                WHERE h.partner_id = d.partner_id AND h.company_id = %s AND %s""",
            company.id,
            self.env["salon.reminder.engine"]._sql_callable(
                SQL("d.day"), company.salon_bundling_days
            ),
        )
