import logging
from itertools import cycle

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from .salon_reminder import CALLABLE_STATES

_logger = logging.getLogger(__name__)


class SalonCallPlanner(models.AbstractModel):
    """The daily job: puts on the list whom the salon should call today.

    Running it again on the same day, or after days without a run, adds exactly what
    is missing: whoever is due on or before today and not yet handled.
    """

    _name = "salon.call.planner"
    _description = "Salon Call Planner"

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_plan_calls(self, batch_size=500):
        """Plan today's calls of every salon, each by its own clock."""
        commit_progress = self.env["ir.cron"]._commit_progress
        for company in self.env["res.company"].search([]):
            planner = self.with_company(company)
            planner._prepare_day()
            rows = planner._get_due_clients()
            commit_progress(remaining=len(rows))
            for batch in split_every(batch_size, rows, list):
                planner._create_calls(batch)
                commit_progress(len(batch))
            planner._record_holds()
        commit_progress(remaining=0)

    def _prepare_day(self):
        """Move states on to today and repair calls that lost their activity."""
        company = self.env.company
        self.env["salon.reminder"]._move_on(company)
        self.env["salon.call"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )._ensure_activities()

    def _create_calls(self, rows):
        """Create the calls of one batch; a failing client does not stop the others."""
        try:
            with self.env.cr.savepoint():
                self.env["salon.call"].create(self._prepare_calls(rows))
        except Exception:
            if len(rows) == 1:
                _logger.exception("No call could be planned for client %s", rows[0][0])
                return
            for row in rows:
                self._create_calls([row])

    def _prepare_calls(self, rows):
        receptionists = cycle(self._get_receptionists() or self.env["res.users"])
        today = self.env.company._salon_today()
        return [
            {
                "partner_id": partner_id,
                "company_id": self.env.company.id,
                "kind": "lapsed" if lapsed else "reminder",
                "date": today,
                "opened_date": today,
                "due_date": due_date,
                "value": value,
                "stylist_id": stylist_id,
                "reminder_ids": [fields.Command.set(reminder_ids)],
                "user_id": next(receptionists, self.env["res.users"]).id,
            }
            for partner_id, reminder_ids, due_date, lapsed, value, stylist_id in rows
        ]

    def _get_receptionists(self):
        """Return who takes calls: receptionists, or managers where there are none.

        Who has the fewest open calls comes first.
        """
        company = self.env.company
        receptionists = self.env.ref("salon_reminders.group_receptionist").all_user_ids
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        users = (receptionists - managers or managers).filtered(
            lambda user: company in user.company_ids and user.active and not user.share
        )
        load = dict(
            self.env["salon.call"]._read_group(
                [("state", "=", "open"), ("user_id", "in", users.ids)],
                ["user_id"],
                ["__count"],
            )
        )
        return users.sorted(lambda user: (load.get(user, 0), user.id))

    # ------------------------------------------------------------
    # WHO IS DUE
    # ------------------------------------------------------------

    def _get_due_clients(self):
        """Return the clients to call, best first, within today's free places.

        :return: list of (client, reminders, due date, lapsed, value, stylist)
        """
        free = self._get_free_places()
        if free == 0:
            return []
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """WITH candidate AS (%(candidates)s)
                SELECT partner_id, reminder_ids, due_date, lapsed, value, stylist_id
                  FROM candidate
                 WHERE hold IS NULL
              ORDER BY lapsed, value DESC, due_date, partner_id
                 LIMIT %(free)s""",
                candidates=self._sql_candidates(),
                free=free,
            )
        )

    def _get_free_places(self):
        """Return how many new calls today still takes; None means no limit."""
        company = self.env.company
        if not company.salon_daily_quota:
            return None
        opened = self.env["salon.call"].search_count(
            [
                ("company_id", "=", company.id),
                ("opened_date", "=", company._salon_today()),
            ]
        )
        return max(company.salon_daily_quota - opened, 0)

    def _record_holds(self):
        """Write on each reminder that is due why it is not on the list."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """WITH candidate AS (%(candidates)s),
                found AS (
                    SELECT unnest(reminder_ids) AS id, COALESCE(hold, 'quota') AS hold
                      FROM candidate)
                UPDATE salon_reminder r
                   SET hold = found.hold
                  FROM salon_reminder o
             LEFT JOIN found ON found.id = o.id
                 WHERE o.id = r.id
                   AND o.company_id = %(company)s
                   AND (o.state IN %(states)s OR o.hold IS NOT NULL)
                   AND o.hold IS DISTINCT FROM found.hold""",
                candidates=self._sql_candidates(),
                company=self.env.company.id,
                states=CALLABLE_STATES,
            )
        )
        self.env["salon.reminder"].invalidate_model(["hold"])

    def _sql_candidates(self):
        """Return one row per client with something due, and what holds her back.

        ``hold`` is empty for those to call. Of clients who share a number only the
        first is called. Needs that come due within the bundling window join a call
        but do not cause one.
        """
        company = self.env.company
        today = company._salon_today()
        reminders = self.env["salon.reminder"]
        return SQL(
            """SELECT d.*, w.value, w.stylist_id,
                      COALESCE(%(hold)s, CASE WHEN ROW_NUMBER() OVER (
                          PARTITION BY d.phone, %(hold)s IS NULL
                          ORDER BY d.lapsed, w.value DESC, d.due_date, d.partner_id
                      ) > 1 THEN 'gap' END) AS hold
                 FROM (
                    SELECT r.partner_id, p.phone_sanitized AS phone,
                           array_agg(r.id ORDER BY r.due_date, r.id) AS reminder_ids,
                           COALESCE(MIN(r.due_date) FILTER (
                               WHERE r.state != 'lapsed'), MIN(r.due_date)) AS due_date,
                           bool_and(r.state = 'lapsed') AS lapsed
                      FROM salon_reminder r
                      JOIN salon_cycle c ON c.id = r.cycle_id AND c.active
                      JOIN res_partner p ON p.id = r.partner_id AND p.active
                     WHERE r.company_id = %(company)s AND %(callable)s
                  GROUP BY r.partner_id, p.phone_sanitized
                    HAVING bool_or(r.state IN %(states)s)
                 ) d
   CROSS JOIN LATERAL (%(worth)s) w""",
            hold=self._sql_hold(company, today),
            callable=reminders._sql_callable(today, company.salon_bundling_days),
            company=company.id,
            states=CALLABLE_STATES,
            worth=self._sql_worth(company, today),
        )

    def _sql_hold(self, company, today):
        """Return what holds back client ``d``, or NULL: the one rule of the gate.

        The first line that holds is the one told to people.
        """
        consents = self.env["salon.consent"]
        return SQL(
            """CASE
                 WHEN NOT %(consent)s THEN 'consent'
                 WHEN COALESCE(d.phone, '') = '' THEN 'phone'
                 WHEN EXISTS (
                     SELECT FROM phone_blacklist b
                      WHERE b.number = d.phone AND b.active) THEN 'blacklist'
                 WHEN EXISTS (
                     SELECT FROM salon_call oc
                       JOIN res_partner op ON op.id = oc.partner_id
                      WHERE oc.company_id = %(company)s AND oc.state = 'open'
                        AND (oc.partner_id = d.partner_id
                             OR op.phone_sanitized = d.phone)) THEN 'call'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.company_id = %(company)s
                        AND (a.partner_id = d.partner_id OR a.phone = d.phone)
                        AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                            > %(since)s) THEN 'gap'
               END""",
            consent=consents._sql_valid(
                SQL("d.partner_id"), SQL("%s", company.id), SQL("%s", today)
            ),
            company=company.id,
            tz=company._salon_timezone().zone,
            since=fields.Date.subtract(today, days=company.salon_contact_gap_days),
        )

    def _sql_worth(self, company, today):
        """Return what client ``d`` spent in a year and who mostly served her."""
        return SQL(
            """SELECT COALESCE(SUM(v.amount_total), 0) AS value,
                      MODE() WITHIN GROUP (ORDER BY v.stylist_id) AS stylist_id
                 FROM salon_visit v
                WHERE v.partner_id = d.partner_id AND v.company_id = %(company)s
                  AND v.state = 'done' AND v.date > %(since)s""",
            company=company.id,
            since=fields.Date.subtract(today, years=1),
        )

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    @api.model
    def action_plan_calls(self):
        """Run the daily job now, as the scheduler would.

        :raise UserError: when it is running already
        """
        self.env["salon.call"].check_access("create")
        # The job is the system's; the person only asks for it to run.
        self.env.ref(
            "salon_reminders.ir_cron_plan_calls"
        ).sudo().method_direct_trigger()
