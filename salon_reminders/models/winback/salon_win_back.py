from odoo import api, models
from odoo.tools import SQL

from ..call.salon_call_closing import WIN_BACK_KINDS


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
    def _get_first(self):
        """Return whom to call on half of today's places of the company at most."""
        company = self.env.company
        if not company.salon_daily_quota:
            return self._get_clients()
        taken = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
                ("kind", "in", WIN_BACK_KINDS),
            ]
        )
        return self._get_clients(max(-(-company.salon_daily_quota // 2) - taken, 0))

    @api.model
    def _get_clients(self, places=None):
        """Return whom to call, for the planner.

        :param int places: so many at most; None means as many as the quota allows
        """
        candidates = self.env["salon.call.candidate"]
        company = self.env.company
        today = SQL("%s::date", company._salon_today())
        free = candidates._get_free_places()
        places = min((n for n in (places, free) if n is not None), default=None)
        self.env["salon.departure"]._follow_days(company)
        clients = {}
        # A stylist who leaves will not wait.
        for model, may_have_left in (
            ("salon.departure", False),
            ("salon.leaving.fix", True),
        ):
            if self._has_any(model):
                rows = candidates._choose(
                    self.env[model]._sql_to_call(),
                    places if places is None else places - len(clients),
                    candidates._sql_hold(company, today, may_have_left),
                    self._sql_reminders(company),
                )
                # Who hears of one thing, or shares a number, hears of the other later.
                clients = clients | {
                    row["phone"]: row for row in rows if row["phone"] not in clients
                }
        return list(clients.values())

    @api.model
    def _has_any(self, model):
        """Return whether the salon has any of these; on most days it has not."""
        company = self.env.company
        return self.env[model].search_count([("company_id", "=", company.id)], limit=1)

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
