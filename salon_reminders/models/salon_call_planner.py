import logging
from itertools import cycle

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL, format_date, split_every

from .salon_reminder import CALLABLE_STATES, GONE

_logger = logging.getLogger(__name__)


class SalonCallPlanner(models.AbstractModel):
    """The daily job: puts on the list whom the salon should call today.

    Running it again on the same day, or after days without a run, adds exactly what
    is missing: whoever is due on or before today and not yet handled. It runs every
    hour, so that each salon gets its list soon after its own midnight and a failed
    run costs an hour, not a day.
    """

    _name = "salon.call.planner"
    _description = "Salon Call Planner"

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_plan_calls(self, batch_size=500):
        """Plan today's calls of every salon; one that fails does not stop the others.

        :raise Exception: the last error, when there was one, after all other salons
        """
        error = None
        for company in self.env["res.company"].search([]):
            planner = self.with_company(company)
            planner._claim_day()
            try:
                planner._plan_day(batch_size)
            except Exception as raised:
                self.env.cr.rollback()
                _logger.exception("Today's calls of %s failed", company.name)
                error = raised
            finally:
                planner._release_day()
        if error:
            raise error
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _claim_day(self):
        """Wait until no other process plans this salon's day, and keep it waiting.

        The scheduler runs one job at a time; this also holds for a run by hand from
        a shell. The claim outlives commits and ends with the process at the latest.
        """
        self.env.cr.execute(
            "SELECT pg_advisory_lock(hashtext(%s), %s)",
            (self._name, self.env.company.id),
        )
        # What the other process did must be seen: a new snapshot.
        self.env["ir.cron"]._commit_progress()
        self.env.invalidate_all()

    def _release_day(self):
        self.env.cr.execute(
            "SELECT pg_advisory_unlock(hashtext(%s), %s)",
            (self._name, self.env.company.id),
        )

    def _plan_day(self, batch_size):
        """Plan the current company's day, committing batch by batch."""
        commit_progress = self.env["ir.cron"]._commit_progress
        self._prepare_day()
        # Before the others: who missed a visit is not called about her needs, too.
        self.env["salon.follow.up"]._plan()
        clients = self._get_due_clients()
        commit_progress(remaining=len(clients))
        for batch in split_every(batch_size, clients, list):
            self._create_calls(batch)
            commit_progress(len(batch))
            # Ten thousand calls must not pile up in memory.
            self.env.invalidate_all()

    def _prepare_day(self):
        """Move states on to today, end calls whose consent expired, repair others."""
        company = self.env.company
        self.env["salon.reminder.engine"]._move_on(company)
        calls = self.env["salon.call"]
        calls._cancel_without_consent(self._get_expired_clients())
        calls.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("activity_ids", "=", False),
            ]
        )._ensure_activities()

    def _get_expired_clients(self):
        """Return the clients with an open call who do not agree to calls any more.

        A consent that is withdrawn ends them at once; one that expires, here.
        """
        company = self.env.company
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT k.partner_id
                     FROM salon_call k
                    WHERE k.company_id = %(company)s AND k.state = 'open'
                      AND NOT %(consent)s""",
                company=company.id,
                consent=self.env["salon.consent"]._sql_valid(
                    SQL("k.partner_id"),
                    SQL("%s", company.id),
                    SQL("%s", company._salon_today()),
                ),
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)

    # ------------------------------------------------------------
    # CREATING CALLS
    # ------------------------------------------------------------

    def _create_calls(self, clients):
        """Create the calls of one batch; a failing client does not stop the others.

        :param list clients: rows of ``_get_due_clients``
        """
        try:
            with self.env.cr.savepoint():
                # The list is the message: no e-mail "assigned to you" for every call.
                quiet = self.env["salon.call"].with_context(tracking_disable=True)
                quiet.create(self._prepare_calls(clients))
        except Exception as error:
            if len(clients) > 1:
                for client in clients:
                    self._create_calls([client])
                return
            # With an open call she is on the list: a colleague was faster.
            if not isinstance(error, UniqueViolation):
                self._record_failure(clients[0], error)

    def _prepare_calls(self, clients):
        receptionists = self._get_receptionists()
        turns = cycle(receptionists or [self.env["res.users"]])
        own = self.env.company.salon_assignment == "own"
        today = self.env.company._salon_today()
        return [
            {
                "partner_id": client["partner_id"],
                "company_id": self.env.company.id,
                "kind": client["kind"],
                "date": today,
                "opened_date": today,
                "due_date": client["due_date"],
                "birthday": client["birthday"],
                "value": client["value"],
                "stylist_id": client["stylist_id"],
                "reminder_ids": [fields.Command.set(client["reminder_ids"] or [])],
                "user_id": client["user_id"]
                if own and client["user_id"] in receptionists.ids
                else next(turns).id,
            }
            for client in clients
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

    def _record_failure(self, client, error):
        """Write the error on the reminders and tell a manager, once."""
        _logger.warning(
            "No call could be planned for client %s: %s", client["partner_id"], error
        )
        reminders = self.env["salon.reminder"].browse(client["reminder_ids"] or [])
        # She was counted among those who get a call.
        reminders.hold = False
        if all(reminders.mapped("error")):
            return
        reminders.error = str(error)
        partner = self.env["res.partner"].browse(client["partner_id"])
        partner.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("No call could be planned"),
            note=str(error),
            user_id=self._get_manager().id,
        )

    def _get_manager(self):
        managers = self.env.ref("salon_reminders.group_manager").all_user_ids
        company = self.env.company
        own = managers.filtered(
            lambda user: company in user.company_ids and user.active and not user.share
        )
        return own[:1] or self.env.ref("base.user_admin")

    # ------------------------------------------------------------
    # WHO IS DUE
    # ------------------------------------------------------------

    def _get_due_clients(self):
        """Return the clients to call, best first, within today's free places.

        On the way it is written on each reminder that is due what holds it back: the
        gate is worked out once for both.
        """
        self.env.flush_all()
        self._run_uncompiled()
        clients = self.env.execute_query_dict(
            SQL(
                """WITH clock AS (%(clock)s),
                candidate AS MATERIALIZED (%(candidates)s),
                chosen AS MATERIALIZED (
                    SELECT *
                      FROM candidate
                     WHERE hold IS NULL
                  ORDER BY %(order)s
                     LIMIT %(free)s),
                held AS (%(held)s)
                SELECT * FROM chosen ORDER BY %(order)s""",
                clock=self.env["salon.reminder.engine"]._sql_clock(),
                candidates=self._sql_candidates(),
                order=self._sql_order(),
                free=self._get_free_places(),
                held=self._sql_record_holds(),
            )
        )
        self.env["salon.reminder"].invalidate_model(["hold"])
        return clients

    def _sql_record_holds(self):
        """Return the statement that writes what holds back each reminder that is due.

        Those ``chosen`` get a call now; the others without another reason wait for a
        free place.
        """
        return SQL(
            """UPDATE salon_reminder r
                  SET hold = found.hold
                 FROM salon_reminder o
            LEFT JOIN (
                   SELECT unnest(d.reminder_ids) AS id,
                          CASE WHEN c.partner_id IS NOT NULL THEN 'call'
                               ELSE COALESCE(d.hold, 'quota') END AS hold
                     FROM candidate d
                LEFT JOIN chosen c ON c.partner_id = d.partner_id) found
                   ON found.id = o.id AND o.state IN %(states)s
                WHERE o.id = r.id
                  AND o.company_id = %(company)s
                  AND (o.state IN %(states)s OR o.hold IS NOT NULL)
                  AND o.hold IS DISTINCT FROM found.hold""",
            company=self.env.company.id,
            states=CALLABLE_STATES,
        )

    def _run_uncompiled(self):
        """Keep PostgreSQL from compiling (jit), which takes longer than running."""
        self.env.cr.execute("SET LOCAL jit = off")

    def _sql_order(self):
        """Return the order of candidates.

        Reminders before lapsed clients and birthdays, those who will probably still
        come before those who are probably gone, then worth, then lateness.
        """
        return SQL(
            "kind != 'reminder', gone > %s, value DESC, due_date, partner_id", GONE
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

    def _sql_candidates(self, partners=None):
        """Return one row per client with something to call about.

        ``hold`` says what holds her back and is empty for those to call. Of clients
        who share a number only the first is called. Needs that come due within the
        bundling window join a call but do not cause one.

        :param partners: only these clients, to explain their case
        """
        company = self.env.company
        return SQL(
            # OFFSET 0 keeps the gate from being worked out twice per client.
            """SELECT d.*, w.value, w.stylist_id,
                      COALESCE(gate.hold, CASE WHEN ROW_NUMBER() OVER (
                          PARTITION BY d.day, d.phone, gate.hold IS NULL
                          ORDER BY %(order)s) > 1 THEN 'call' END) AS hold
                 FROM (%(reasons)s) d
   CROSS JOIN LATERAL (SELECT %(hold)s AS hold OFFSET 0) gate
   CROSS JOIN LATERAL (%(worth)s) w""",
            hold=self._sql_hold(company, self._sql_day(SQL("d"))),
            order=self._sql_order(),
            reasons=self._sql_reasons(company, partners),
            worth=self._sql_worth(company, self._sql_day(SQL("d"))),
        )

    def _sql_day(self, row):
        """Return the day a row is worked out for: today.

        :param SQL row: the row, for those who work out several days at once
        """
        return SQL("%s::date", self.env.company._salon_today())

    def _sql_followed(self):
        """Return reminders ``h`` with the clock ``t`` to work them out by."""
        return SQL("salon_reminder h JOIN clock t ON t.company_id = h.company_id")

    def _sql_clients(self):
        """Return clients ``p`` with the clock ``t`` to work them out by."""
        return SQL(
            "res_partner p JOIN clock t ON t.company_id = %s", self.env.company.id
        )

    def _sql_reasons(self, company, partners):
        """Return per client ``d`` all that speaks for a call: reminders, birthday."""
        return SQL(
            """SELECT p.id AS partner_id, p.phone_sanitized AS phone,
                      p.salon_wrong_number AS wrong_number,
                      COALESCE(g.day, b.day) AS day, p.user_id, g.reminder_ids,
                      g.due_date, b.birthday,
                      COALESCE(g.gone, 0) AS gone,
                      CASE WHEN g.due THEN 'reminder' WHEN g.lapsed THEN 'lapsed'
                           ELSE 'birthday' END AS kind
                 FROM (%(reminders)s) g
            FULL JOIN (%(birthdays)s) b
                   ON b.partner_id = g.partner_id AND b.day = g.day
                 JOIN res_partner p
                   ON p.id = COALESCE(g.partner_id, b.partner_id) AND p.active
                WHERE (g.due OR g.lapsed OR b.birthday IS NOT NULL) AND %(scope)s""",
            reminders=self._sql_due_reminders(company),
            birthdays=self._sql_birthdays(company),
            scope=SQL("TRUE")
            if partners is None
            else SQL("p.id = ANY(%s)", partners.ids),
        )

    def _sql_due_reminders(self, company):
        """Return per client the reminders that may be called about."""
        engine = self.env["salon.reminder.engine"]
        return SQL(
            """SELECT h.partner_id, t.day,
                      array_agg(h.id ORDER BY h.due_date, h.id) AS reminder_ids,
                      bool_or(h.state IN ('due', 'late')) AS due,
                      bool_or(h.state = 'lapsed') AS lapsed,
                      COALESCE(MIN(h.due_date) FILTER (WHERE h.state != 'lapsed'),
                               MIN(h.due_date)) AS due_date,
                      MIN(%(gone)s) AS gone
                 FROM %(followed)s
                 JOIN salon_cycle c ON c.id = h.cycle_id AND c.active
                 %(norm)s
                WHERE h.company_id = %(company)s AND %(callable)s
             GROUP BY h.partner_id, t.day""",
            followed=self._sql_followed(),
            gone=engine._sql_gone(),
            norm=engine._sql_join_norm(),
            company=company.id,
            callable=engine._sql_callable(
                self._sql_day(SQL("t")), company.salon_bundling_days
            ),
        )

    def _sql_birthdays(self, company):
        """Return the clients whose birthday is near and not yet called about.

        Who was born on 29 February has her birthday on the 28th in other years. The
        call of a birthday is made once, whatever came of it.
        """
        return SQL(
            """SELECT p.id AS partner_id, t.day, near.day AS birthday
                 FROM %(clients)s
                 %(near)s
                WHERE %(days)s > 0
                  AND near.day BETWEEN %(today)s AND %(today)s + %(days)s
                  AND EXISTS (
                      SELECT FROM salon_visit v
                       WHERE v.partner_id = p.id AND v.company_id = %(company)s
                         AND v.state = 'done')
                  AND NOT EXISTS (
                      SELECT FROM salon_call k
                       WHERE k.partner_id = p.id AND k.company_id = %(company)s
                         AND k.birthday = near.day)""",
            clients=self._sql_clients(),
            near=self._sql_join_birthdays(),
            days=company.salon_birthday_days,
            today=self._sql_day(SQL("t")),
            company=company.id,
        )

    def _sql_join_birthdays(self):
        """Return the join from client ``p`` to her next birthdays, ``near.day``."""
        in_year = (
            "(p.salon_birthdate + make_interval(years => (%s::int"
            " - EXTRACT(YEAR FROM p.salon_birthdate)::int)))::date"
        )
        year = self.env.company._salon_today().year
        return SQL(
            """JOIN LATERAL (VALUES (%s), (%s)) AS near (day)
                   ON p.salon_birthdate IS NOT NULL""",
            SQL(in_year, year),
            SQL(in_year, year + 1),
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
                 WHEN d.wrong_number = d.phone THEN 'wrong_number'
                 WHEN EXISTS (
                     SELECT FROM phone_blacklist b
                      WHERE b.number = d.phone AND b.active) THEN 'blacklist'
                 WHEN %(left)s THEN 'left'
                 WHEN EXISTS (
                     SELECT FROM res_partner op
                       JOIN salon_call oc ON oc.partner_id = op.id
                      WHERE op.phone_sanitized = d.phone
                        AND oc.company_id = %(company)s
                        AND oc.state = 'open') THEN 'call'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.phone = d.phone AND %(lately)s) THEN 'gap'
                 WHEN EXISTS (
                     SELECT FROM salon_call_attempt a
                      WHERE a.partner_id = d.partner_id AND %(lately)s) THEN 'gap'
               END""",
            consent=consents._sql_valid(
                SQL("d.partner_id"), SQL("%s", company.id), today
            ),
            company=company.id,
            left=self.env["salon.call.attempt"]._sql_left(
                SQL("d.partner_id"), SQL("%s", company.id)
            ),
            lately=SQL(
                """a.company_id = %s
                   AND a.undone_at IS NULL
                   AND (a.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date > %s - %s""",
                company.id,
                company._salon_timezone().zone,
                today,
                company.salon_contact_gap_days,
            ),
        )

    def _sql_worth(self, company, today):
        """Return what client ``d`` spent in a year and who mostly served her."""
        return SQL(
            """SELECT COALESCE(SUM(v.amount_total), 0) AS value,
                      MODE() WITHIN GROUP (ORDER BY v.stylist_id) AS stylist_id
                 FROM salon_visit v
                WHERE v.partner_id = d.partner_id AND v.company_id = %(company)s
                  AND v.state = 'done'
                  AND v.date > (%(today)s - INTERVAL '1 year')::date""",
            company=company.id,
            today=today,
        )

    # ------------------------------------------------------------
    # WHY IS SHE (NOT) ON THE LIST
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    @api.model
    def action_plan_calls(self):
        """Run the daily job now, as the scheduler would.

        :raise UserError: when it is running already
        """
        self.env["salon.call"].check_access("create")
        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        # The job is the system's; the person only asks for it to run.
        cron.sudo().method_direct_trigger()
