from contextlib import nullcontext

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.pg_settings import pg_settings
from . import reminder_history as history
from .course_engine import CourseEngine
from .salon_cycle_norm import (
    BUCKETS,
    CURVE_STEPS,
    DEFAULT_CURVES,
    LATE_EDGES,
    LATE_MULTIPLES,
)
from .salon_reminder import CALLABLE_STATES

# So many clients are looked up one by one; more are joined as a set.
FEW = 500
# A discouraged join looks so dear that compiling it would seem worth it.
SET_SETTINGS = {"enable_nestloop": "off", "jit": "off", "work_mem": "128MB"}


class SalonReminderEngine(models.AbstractModel):
    """Works out when a client is due: reminders from visits, in SQL over whole sets.

    Own rhythm, in one sentence: her recent gaps plus two typical gaps of our salon,
    the slightly early middle; breaks over half a year are not counted.
    """

    _name = "salon.reminder.engine"
    _description = "Salon Reminder Engine"

    # ------------------------------------------------------------
    # THE DOOR
    # ------------------------------------------------------------

    @api.model
    def _refresh(self, partners=None, cycles=None):
        """Bring the reminders of these clients, or in these cycles, up to date.

        Without arguments everything is rebuilt. A constant number of set-based
        statements, whatever the number of clients.

        Rows are never deleted: a client's wish to stop outlives a corrected visit.
        """
        if (partners is not None and not partners) or (
            cycles is not None and not cycles
        ):
            return
        if cycles is not None:
            cycles = cycles._get_family()
        courses = CourseEngine(self.env)
        with self._hash_joins(partners is None or len(partners) > FEW):
            if cycles is None:
                # First, as the courses of a client set her rhythm.
                courses.refresh(partners)
            self.env.flush_all()
            self.env.execute_query(self._sql_upsert(partners, cycles))
            self.env.execute_query(self._sql_idle(partners, cycles))
            self._share_wishes(partners, cycles)
            courses.refresh_reminders(partners)
            self._refresh_states(self._sql_scope(partners, cycles, SQL("r")))

    def _share_wishes(self, partners, cycles):
        """Let what a client said of a need hold for all cycles that are this need."""
        if not self.env["salon.cycle"]._has_families():
            return
        self.env.execute_query(
            SQL(
                """UPDATE salon_reminder r
                      SET is_stopped = said.is_stopped, pause_until = said.pause_until,
                          pause_reason = said.pause_reason
                     FROM salon_cycle c,
                          (SELECT o.partner_id, o.company_id, %(other)s AS family,
                                  bool_or(o.is_stopped) AS is_stopped,
                                  MAX(o.pause_until) AS pause_until,
                                  (array_agg(o.pause_reason ORDER BY
                                       o.pause_until DESC NULLS LAST))[1]
                                      AS pause_reason
                             FROM salon_reminder o
                             JOIN salon_cycle y ON y.id = o.cycle_id
                            WHERE %(scope)s
                         GROUP BY o.partner_id, o.company_id, family
                           HAVING bool_or(o.is_stopped)
                               OR MAX(o.pause_until) IS NOT NULL) said
                    WHERE c.id = r.cycle_id AND said.partner_id = r.partner_id
                      AND said.company_id = r.company_id AND said.family = %(own)s
                      AND (r.is_stopped, r.pause_until) IS DISTINCT FROM (
                          said.is_stopped, said.pause_until)""",
                other=self.env["salon.cycle"]._sql_family(SQL("y")),
                own=self.env["salon.cycle"]._sql_family(SQL("c")),
                scope=self._sql_scope(partners, cycles, SQL("o")),
            )
        )

    def _hash_joins(self, wanted):
        """Let PostgreSQL join whole sets by hashing inside this block.

        Tables that were just filled have no statistics; the planner takes them for
        nearly empty and would go through them row by row, for minutes.
        """
        return pg_settings(self.env.cr, SET_SETTINGS) if wanted else nullcontext()

    @api.model
    def _refresh_states(self, scope):
        """Set the states that today's date gives, where they differ.

        What waits for no call is held back by nothing.

        :param SQL scope: condition on salon_reminder ``r``
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE salon_reminder r
                      SET state = %(state)s,
                          hold = CASE WHEN %(state)s IN %(callable)s THEN r.hold END
                     FROM (%(clock)s) t
                    WHERE r.company_id = t.company_id
                      AND %(scope)s
                      AND r.state IS DISTINCT FROM %(state)s""",
                state=self._sql_state(),
                callable=CALLABLE_STATES,
                clock=self._sql_clock(),
                scope=scope,
            )
        )
        self.env["salon.reminder"].invalidate_model()

    @api.model
    def _move_on(self, company):
        """Move the states of a salon's reminders on to today.

        Touches only rows whose date has come or whose pause or booking is over, and
        the clients whose course expired.
        """
        CourseEngine(self.env).move_on(company)
        self._refresh_states(
            SQL(
                """r.company_id = %(company)s AND (
                    (r.state = 'scheduled' AND r.call_date <= t.day)
                    OR (r.state = 'due' AND LEAST(r.late_date, r.lapse_date) <= t.day)
                    OR (r.state = 'late' AND r.lapse_date <= t.day)
                    OR (r.state = 'paused' AND r.pause_until <= t.day)
                    OR (r.state = 'booked' AND r.booked_date < t.day))""",
                company=company.id,
            )
        )

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    @api.model
    def _sql_state(self):
        """Return the state of reminder ``r`` on day ``t.day``.

        The one rule of states; the first line that holds counts. Nothing is due of
        what is not offered any more.
        """
        return SQL(
            """CASE
                 WHEN r.due_date IS NULL THEN 'idle'
                 WHEN r.is_stopped THEN 'stopped'
                 WHEN r.pause_until > t.day THEN 'paused'
                 WHEN r.booked_date >= t.day THEN 'booked'
                 WHEN r.cycle_id IN (%s) THEN 'idle'
                 WHEN r.call_date > t.day THEN 'scheduled'
                 WHEN r.lapse_date <= t.day THEN 'lapsed'
                 WHEN r.late_date <= t.day THEN 'late'
                 ELSE 'due'
               END""",
            self.env["salon.cycle"]._sql_given_up(),
        )

    @api.model
    def _sql_callable(self, today, days_ahead=0):
        """Return the condition "this may be called about" on reminder ``h``.

        Everything due on or before the day and not yet handled, so that a missed
        day loses nobody. Rests on states that ``_move_on`` has brought to today.

        :param SQL today: the day
        :param int days_ahead: also what comes due within so many days
        """
        return SQL(
            """(h.state IN ('due', 'late', 'lapsed')
                OR (h.state = 'scheduled' AND h.call_date <= %(today)s + %(ahead)s
                    AND h.earliest_date <= %(today)s))
               AND (h.skip_until IS NULL OR h.skip_until <= %(today)s)""",
            today=today,
            ahead=days_ahead,
        )

    @api.model
    def _sql_moved(self, day):
        """Return a date moved by at most three days to the client's usual weekday.

        Never to a day the salon is closed, and only where clients' own rhythms are
        followed.

        :param SQL day: the date to move; ``h.usual_weekday`` (1 is Monday) and the
            clock ``t`` must be in scope
        """
        moved = SQL(
            "(%(day)s + (h.usual_weekday - EXTRACT(ISODOW FROM %(day)s)::int + 10) %% 7"
            " - 3)",
            day=day,
        )
        return SQL(
            """CASE WHEN h.usual_weekday IS NULL
                      OR h.usual_weekday != ALL (t.open_weekdays)
                      OR %(moved)s = ANY (t.closed_days)
                    THEN %(day)s ELSE %(moved)s END""",
            day=day,
            moved=moved,
        )

    # ------------------------------------------------------------
    # WHAT THE RULES START FROM
    # ------------------------------------------------------------

    @api.model
    def _sql_clock(self, companies=None):
        """Return one row per salon: its date today, its open days, its switch.

        Every salon has its own clock, whoever asks.

        :param companies: only these salons
        """
        salons = self.env["res.company"].sudo()
        companies = companies.sudo() if companies else salons.search([])
        closed_days = companies._salon_closed_days()
        return SQL(
            """SELECT * FROM (VALUES %s) AS clock (
                 company_id, day, own_rhythm, open_weekdays, closed_days)""",
            SQL(",").join(
                SQL(
                    "(%s, %s::date, %s, %s::int[], %s::date[])",
                    company.id,
                    company._salon_today(),
                    company.salon_own_rhythm,
                    company._salon_open_weekdays(),
                    closed_days[company],
                )
                for company in companies
            ),
        )

    @api.model
    def _sql_scope(self, partners, cycles, table):
        """Return the condition that limits a statement to what changed."""
        conditions = [SQL("TRUE")]
        if partners is not None:
            conditions.append(SQL("%s.partner_id = ANY(%s)", table, partners.ids))
        if cycles is not None:
            # Which courses stand alone follows from the cycles there are.
            conditions.append(
                SQL(
                    "(%(cycle)s = ANY(%(cycles)s) OR %(cycle)s IS NULL)",
                    cycle=SQL("%s.cycle_id", table),
                    cycles=cycles.ids,
                )
            )
        return SQL(" AND ").join(conditions)

    # ------------------------------------------------------------
    # WRITING REMINDERS
    # ------------------------------------------------------------

    @api.model
    def _sql_upsert(self, partners, cycles):
        """Return the statement that writes what visits and cycles say."""
        columns = [
            "last_date",
            "visit_count",
            "year_visits",
            "gap_count",
            "rhythm_days",
            "usual_weekday",
            "course_id",
            "booked_date",
            "earliest_date",
            "due_date",
            "call_date",
            "late_date",
            "lapse_date",
        ]
        names = [SQL.identifier(name) for name in columns]
        comma = SQL(", ")
        return SQL(
            """WITH clock AS (%(clock)s),
            rule AS (%(rules)s),
            done AS (%(done)s),
            booked AS (%(booked)s),
            course AS (%(course)s),
            ended AS (%(ended)s),
            %(history)s,
            fresh AS (%(fresh)s)
            INSERT INTO salon_reminder AS r (
                partner_id, company_id, cycle_id, %(names)s,
                state, create_uid, create_date, write_uid, write_date)
            SELECT partner_id, company_id, cycle_id, last_date, visits, year_visits,
                   gaps, rhythm, usual_weekday, course_id, booked_date, earliest_date,
                   due_date, call_date, late_date, lapse_date,
                   %(state)s, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM (SELECT *, GREATEST(due_date - lead_days, earliest_date)
                                  AS call_date,
                           since + late_days AS late_date,
                           since + lapse_days AS lapse_date,
                           FALSE AS is_stopped, NULL::date AS pause_until
                      FROM fresh) r
              JOIN clock t USING (company_id)
          ORDER BY partner_id, company_id, cycle_id
            ON CONFLICT (partner_id, cycle_id, company_id) DO UPDATE
               SET (%(names)s) = ROW(%(new)s),
                   skip_until = CASE WHEN %(same)s THEN r.skip_until END,
                   hold = CASE WHEN %(same)s THEN r.hold END,
                   write_uid = excluded.write_uid,
                   write_date = excluded.write_date
             WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            clock=self._sql_clock(),
            rules=history.sql_rules(cycles),
            done=history.sql_done(self.env, partners, cycles),
            booked=history.sql_booked(self.env, partners, cycles),
            course=history.sql_course(partners, cycles),
            ended=history.sql_ended(partners, cycles),
            history=history.sql_history(),
            fresh=self._sql_fresh(),
            state=self._sql_state(),
            same=SQL(
                "(r.last_date, r.course_id)"
                " IS NOT DISTINCT FROM (excluded.last_date, excluded.course_id)"
            ),
            names=comma.join(names),
            old=comma.join(SQL("r.%s", name) for name in names),
            new=comma.join(SQL("excluded.%s", name) for name in names),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
    def _sql_fresh(self):
        """Return what each reminder should say, from ``history`` and ``course``.

        Within a course its interval counts, from the last session or, before the
        first, from the sale. Nothing is due where maintenance took over, until she
        comes for this need again.
        """
        return SQL(
            """SELECT partner_id, company_id, cycle_id, h.last_date,
                      COALESCE(h.visits, 0) AS visits, rule.lead_days,
                      COALESCE(h.year_visits, 0) AS year_visits,
                      CASE WHEN k.course_id IS NULL THEN h.gaps ELSE 0 END AS gaps,
                      CASE WHEN k.course_id IS NULL THEN h.rhythm
                           ELSE GREATEST(k.interval_days, rule.earliest_days)
                      END AS rhythm,
                      h.usual_weekday, k.course_id, b.booked_date,
                      CASE WHEN %(open)s THEN COALESCE(
                               h.last_date + rule.earliest_days, k.start_date)
                      END AS earliest_date,
                      CASE WHEN k.course_id IS NOT NULL THEN GREATEST(
                               k.next_due_date, h.last_date + k.interval_days,
                               h.last_date + rule.earliest_days)
                           WHEN %(open)s THEN GREATEST(
                               %(due)s, h.last_date + rule.earliest_days)
                      END AS due_date,
                      CASE WHEN %(open)s THEN GREATEST(h.last_date, k.start_date)
                      END AS since,
                      rule.late_days, rule.lapse_days
                 FROM history h
            FULL JOIN course k USING (partner_id, company_id, cycle_id)
                 JOIN rule USING (company_id, cycle_id)
                 JOIN clock t USING (company_id)
            LEFT JOIN booked b USING (partner_id, company_id, cycle_id)
            LEFT JOIN ended e USING (partner_id, company_id, cycle_id)""",
            open=SQL(
                "(k.course_id IS NOT NULL OR e.session_date IS NULL"
                " OR h.last_date > e.session_date)"
            ),
            due=self._sql_moved(SQL("(h.last_date + h.rhythm)")),
        )

    @api.model
    def _sql_idle(self, partners, cycles):
        """Return the statement for reminders whose visits are all taken back.

        And whose course, where there was one, is over without a visit.
        """
        return SQL(
            # Materialized: planned as one hash join even while the tables' statistics
            # are stale, as they are in the middle of an import.
            """WITH done AS MATERIALIZED (%(done)s),
               course AS MATERIALIZED (%(course)s)
               UPDATE salon_reminder r
                  SET last_date = NULL, visit_count = 0, booked_date = NULL,
                      year_visits = 0, gap_count = 0, usual_weekday = NULL,
                      earliest_date = NULL, due_date = NULL, call_date = NULL,
                      late_date = NULL, lapse_date = NULL, skip_until = NULL,
                      hold = NULL, course_id = NULL
                WHERE %(scope)s AND r.cycle_id IS NOT NULL
                  AND (r.last_date IS NOT NULL OR r.due_date IS NOT NULL)
                  AND NOT EXISTS (
                      SELECT FROM done d
                       WHERE d.partner_id = r.partner_id
                         AND d.company_id = r.company_id
                         AND d.cycle_id = r.cycle_id)
                  AND NOT EXISTS (
                      SELECT FROM course k
                       WHERE k.partner_id = r.partner_id
                         AND k.company_id = r.company_id
                         AND k.cycle_id = r.cycle_id)""",
            scope=self._sql_scope(partners, cycles, SQL("r")),
            done=history.sql_done(self.env, partners, cycles),
            course=history.sql_course(partners, cycles),
        )

    # ------------------------------------------------------------
    # LATE CLIENTS: WHEN THEY CAN STILL BE EXPECTED
    # ------------------------------------------------------------

    # Given the days that have passed, from the waits of the salon's own clients
    # (``salon.cycle.norm``) or the default curves.

    @api.model
    def _get_forecasts(self, reminders):
        """Return {reminder id: (expected date, probability that she is gone)}."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH clock AS (%(clock)s)
                SELECT h.id, %(expected)s, %(gone)s
                  FROM salon_reminder h
                  JOIN clock t ON t.company_id = h.company_id
                  %(norm)s
                 WHERE h.id = ANY(%(ids)s) AND h.last_date IS NOT NULL
                   AND h.due_date IS NOT NULL""",
                clock=self._sql_clock(reminders.company_id),
                expected=self._sql_expected(),
                gone=self._sql_gone(),
                norm=self._sql_join_norm(),
                ids=reminders.ids,
            )
        )
        return {row_id: (expected, gone) for row_id, expected, gone in rows}

    @api.model
    def _sql_join_norm(self):
        """Return the join from reminder ``h`` to the norm ``n`` of its cycle."""
        return SQL(
            """LEFT JOIN salon_cycle_norm n
                      ON n.company_id = h.company_id AND n.cycle_id = h.cycle_id"""
        )

    @api.model
    def _sql_expected(self):
        """Return the day on which client ``h`` is expected on day ``t.day``.

        Up to 85 % of the rhythm the due date holds. Later it is today plus the part
        of the rhythm that others as late as she still needed, at least tomorrow.
        """
        day = SQL(
            """(t.day + GREATEST(1, round(h.rhythm_days * %(multiple)s)::int))""",
            multiple=SQL(
                """(COALESCE(NULLIF(n.multiples, 'null'), %(default)s)
                    ->> (width_bucket((t.day - h.last_date) / h.rhythm_days::float8,
                                      %(edges)s::float8[]) - 1))::float8""",
                default=Json(LATE_MULTIPLES),
                edges=LATE_EDGES,
            ),
        )
        return SQL(
            """CASE WHEN (t.day - h.last_date) / h.rhythm_days::float8 < %(first)s
                    THEN h.due_date
                    ELSE GREATEST(t.day + 1, %(moved)s) END""",
            first=LATE_EDGES[0],
            moved=self._sql_moved(day),
        )

    @api.model
    def _sql_gone(self):
        """Return the probability that ``h`` does not come within 180 days.

        P = S((e + 180)/rhythm) / S(e/rhythm) after e days, with the curve S of
        clients with as many visits in a year (Kaplan and Meier, 1958).
        """

        def share(days):
            return SQL(
                """(curve.steps ->> LEAST(%(last)s, GREATEST(0, floor(
                       10 * (%(days)s) / h.rhythm_days::float8)::int)))::float8""",
                last=CURVE_STEPS,
                days=days,
            )

        waited = SQL("t.day - h.last_date")
        return SQL(
            # OFFSET 0: the curve is unpacked once and read three times.
            """(SELECT CASE WHEN %(now)s > 0 THEN %(later)s / %(now)s ELSE 1 END
                  FROM (SELECT COALESCE(n.curves -> %(bucket)s,
                                        %(default)s::jsonb -> %(bucket)s) AS steps
                          OFFSET 0) curve)""",
            now=share(waited),
            later=share(SQL("%s + 180", waited)),
            default=Json(DEFAULT_CURVES),
            bucket=SQL(
                "(width_bucket(GREATEST(h.year_visits, 1), %s::int[]) - 1)", BUCKETS
            ),
        )
