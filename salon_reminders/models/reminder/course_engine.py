from dataclasses import dataclass
from datetime import date, timedelta

from odoo import fields
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES, OPEN_STATES
from . import reminder_history as history

# As many days before a session is due as a new cycle has, and as many after it until
# the client counts as late.
COURSE_LEAD_DAYS = 7
COLUMNS = (
    "partner_id",
    "company_id",
    "last_date",
    "visit_count",
    "year_visits",
    "gap_count",
    "rhythm_days",
    "booked_date",
    "earliest_date",
    "due_date",
    "call_date",
    "late_date",
)


@dataclass
class Account:
    """What is known of one course while sessions are charged to it."""

    id: int
    partner_id: int
    company_id: int
    services: list
    start: date
    expiry: date
    refund: date
    is_sold: bool
    sessions: int
    interval: int
    used: int = 0
    last_session: date = None
    last_visit: date = None

    def take(self, service, day, units):
        """Charge up to so many sessions of a day; return how many were taken."""
        if service not in self.services:
            return 0
        self.last_visit = day
        taken = min(units, self.sessions - self.used) if self.is_open(day) else 0
        if taken:
            self.used += taken
            self.last_session = day
        return taken

    def is_open(self, day):
        """Return whether a session of this day can be charged.

        The day of expiry still counts, the day of a refund does not.
        """
        return (
            self.is_sold
            and self.start <= day
            and (not self.expiry or day <= self.expiry)
            and (not self.refund or day < self.refund)
        )

    def get_state(self, today):
        if not self.is_sold or self.refund:
            return "cancelled"
        if self.used >= self.sessions:
            return "finished"
        if self.expiry and self.expiry < today:
            return "expired"
        return "active"

    def get_next_due(self):
        """Return when the next session is due: an interval after the last visit.

        A visit before the sale counts when it lies less than an interval back; else
        the first session is due an interval after the sale.
        """
        step = timedelta(days=self.interval)
        if self.last_visit and self.last_visit + step >= self.start:
            return self.last_visit + step
        return self.start + step

    def get_book_by(self):
        """Return the latest day for the next session, so that the others fit."""
        if not self.expiry:
            return None
        return self.expiry - timedelta(
            days=(self.sessions - self.used - 1) * self.interval
        )


class CourseEngine:
    """Works out courses from visits: what was sold, what is used, what is next.

    Deterministic: a client's courses always follow from her visits as they are now,
    so that a corrected, moved or refunded visit needs no rule of its own. Sessions
    are charged by date, each to the oldest course that takes it.
    """

    def __init__(self, env):
        self.env = env

    # ------------------------------------------------------------
    # THE DOOR
    # ------------------------------------------------------------

    def refresh(self, partners=None):
        """Bring the courses of these clients, or of all, up to date.

        A constant number of statements, whatever the number of clients.
        """
        self.env.flush_all()
        self.env.execute_query(self._sql_sold(partners))
        accounts = [
            Account(*row) for row in self.env.execute_query(self._sql_courses(partners))
        ]
        if not accounts:
            return
        charged = self._charge(accounts)
        self.env.execute_query(self._sql_update(accounts))
        self.env.execute_query(self._sql_charge(accounts, charged))
        self.env["salon.course"].invalidate_model()
        self.env["salon.visit.line"].invalidate_model(["course_id"])

    def move_on(self, company):
        """End the courses of a salon that expired; her ordinary rhythm is back."""
        expired = self.env["salon.course"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("expiry_date", "<", company._salon_today()),
            ]
        )
        self.env["salon.reminder.engine"]._refresh(partners=expired.partner_id)

    # ------------------------------------------------------------
    # CHARGING SESSIONS
    # ------------------------------------------------------------

    def _charge(self, accounts):
        """Charge every session to the oldest course that takes it.

        :return: {visit line: course} of the lines that could be sessions. A line of
            several sessions is shown under the first course it used.
        """
        by_client = {}
        for account in accounts:
            key = account.partner_id, account.company_id
            by_client.setdefault(key, []).append(account)
        charged = {}
        rows = self.env.execute_query(self._sql_sessions(accounts))
        for line_id, partner_id, company_id, service, day, units in rows:
            charged[line_id] = None
            for account in by_client.get((partner_id, company_id), ()):
                taken = account.take(service, day, units)
                units -= taken
                if taken:
                    charged[line_id] = charged[line_id] or account.id
        return charged

    def _get_results(self, accounts):
        """Yield where each course stands: the values of its row, in columns' order.

        Of two courses for one service the older is used first; the other waits.
        """
        companies = self.env["res.company"].sudo()
        today = {
            company_id: companies.browse(company_id)._salon_today()
            for company_id in {account.company_id for account in accounts}
        }
        taken = {}
        for account in accounts:
            state = account.get_state(today[account.company_id])
            is_active = state == "active"
            served = taken.setdefault((account.partner_id, account.company_id), set())
            waits = not served.isdisjoint(account.services)
            if is_active:
                served.update(account.services)
            yield (
                account.id,
                state,
                account.used,
                0 if state == "cancelled" else account.sessions - account.used,
                account.last_session,
                account.get_next_due() if is_active and not waits else None,
                account.get_book_by() if is_active else None,
            )

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def _sql_scope(self, partners, column):
        if partners is None:
            return SQL("%s IS NOT NULL", column)
        return SQL("%s = ANY(%s)", column, partners.ids)

    def _sql_sold(self, partners):
        """Return the statement that makes one course per course sold.

        The terms are kept as sold, unless the line now sells another course; an
        expiry that a manager moved stays moved.
        """
        return SQL(
            """INSERT INTO salon_course AS k (
                   visit_line_id, number, product_id, partner_id, company_id,
                   start_date, expiry_date, sessions, interval_days,
                   maintenance_cycle_id, state, sessions_used, sessions_left,
                   create_uid, create_date, write_uid, write_date)
               SELECT l.id, n.number, l.product_id, v.partner_id, v.company_id,
                      v.date, v.date + NULLIF(pt.salon_course_validity_days, 0),
                      pt.salon_course_sessions, pt.salon_course_interval_days,
                      pt.salon_course_maintenance_id, 'active', 0, 0,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.quantity >= 1
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template pt
                   ON pt.id = p.product_tmpl_id AND pt.salon_course_sessions > 0
           CROSS JOIN generate_series(1, floor(l.quantity)::int) AS n (number)
                WHERE v.state IN %(made)s AND %(scope)s
             ORDER BY v.date, v.start, l.id, n.number
               ON CONFLICT (visit_line_id, number) DO UPDATE
                  SET partner_id = excluded.partner_id,
                      company_id = excluded.company_id,
                      product_id = excluded.product_id,
                      start_date = excluded.start_date,
                      expiry_date = CASE WHEN %(same)s
                          THEN k.expiry_date + (excluded.start_date - k.start_date)
                          ELSE excluded.expiry_date END,
                      %(terms)s
                WHERE (k.partner_id, k.company_id, k.product_id, k.start_date)
                   IS DISTINCT FROM (excluded.partner_id, excluded.company_id,
                                     excluded.product_id, excluded.start_date)""",
            uid=self.env.uid,
            now=fields.Datetime.now(),
            made=MADE_STATES,
            scope=self._sql_scope(partners, SQL("v.partner_id")),
            same=SQL("k.product_id = excluded.product_id"),
            terms=SQL(", ").join(
                SQL(
                    """%(name)s = CASE WHEN k.product_id = excluded.product_id
                          THEN k.%(name)s ELSE excluded.%(name)s END""",
                    name=SQL.identifier(name),
                )
                for name in ("sessions", "interval_days", "maintenance_cycle_id")
            ),
        )

    def _sql_courses(self, partners):
        """Return the columns of ``Account`` of every course, the oldest first.

        A course is sold while its line, its client and its visit still say so. Of
        several on one line the last are taken back first.
        """
        return SQL(
            """SELECT k.id, k.partner_id, k.company_id,
                      ARRAY(SELECT s.service_tmpl_id
                              FROM salon_course_service_rel s
                             WHERE s.course_tmpl_id = p.product_tmpl_id),
                      k.start_date, k.expiry_date,
                      CASE WHEN k.number > l.net_quantity
                           THEN COALESCE(refund.date, k.start_date) END,
                      v.id IS NOT NULL AND k.number <= l.quantity,
                      k.sessions, k.interval_days
                 FROM salon_course k
                 JOIN product_product p ON p.id = k.product_id
            LEFT JOIN salon_visit_line l
                   ON l.id = k.visit_line_id AND l.product_id = k.product_id
            LEFT JOIN salon_visit v
                   ON v.id = l.visit_id AND v.state IN %(made)s
                  AND v.partner_id = k.partner_id AND v.company_id = k.company_id
    LEFT JOIN LATERAL (SELECT MAX(rv.date) AS date
                         FROM salon_visit_line rl
                         JOIN salon_visit rv ON rv.id = rl.visit_id
                        WHERE rl.refunded_line_id = l.id) refund ON TRUE
                WHERE %(scope)s
             ORDER BY k.start_date, k.id""",
            made=MADE_STATES,
            scope=self._sql_scope(partners, SQL("k.partner_id")),
        )

    def _sql_sessions(self, accounts):
        """Return the lines of done visits that can be sessions, by date."""
        services = {service for account in accounts for service in account.services}
        return SQL(
            """SELECT l.id, v.partner_id, v.company_id, p.product_tmpl_id, v.date,
                      GREATEST(1, round(l.net_quantity))::int
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product p ON p.id = l.product_id
                WHERE v.state IN %(made)s
                  AND v.partner_id = ANY(%(partners)s)
                  AND p.product_tmpl_id = ANY(%(services)s)
             ORDER BY v.date, v.start, l.id""",
            partners=list({account.partner_id for account in accounts}),
            services=list(services),
            made=MADE_STATES,
        )

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def _sql_update(self, accounts):
        """Return the statement that writes where courses stand, if they moved."""
        columns = {
            "state": SQL("varchar"),
            "sessions_used": SQL("int"),
            "sessions_left": SQL("int"),
            "last_session_date": SQL("date"),
            "next_due_date": SQL("date"),
            "book_by_date": SQL("date"),
        }
        names = [SQL.identifier(name) for name in columns]
        ids, *values = zip(*self._get_results(accounts), strict=True)
        return SQL(
            """UPDATE salon_course k
                  SET (%(names)s) = ROW(%(new)s),
                      write_uid = %(uid)s, write_date = %(now)s
                 FROM unnest(%(ids)s::int[], %(values)s) AS f (id, %(names)s)
                WHERE f.id = k.id AND (%(old)s) IS DISTINCT FROM (%(new)s)""",
            names=SQL(", ").join(names),
            old=SQL(", ").join(SQL("k.%s", name) for name in names),
            new=SQL(", ").join(SQL("f.%s", name) for name in names),
            ids=list(ids),
            values=SQL(", ").join(
                SQL("%s::%s[]", list(column), kind)
                for column, kind in zip(values, columns.values(), strict=True)
            ),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _sql_charge(self, accounts, charged):
        """Return the statement that notes on each visit line which course it used."""
        return SQL(
            """UPDATE salon_visit_line l
                  SET course_id = f.course_id
                 FROM salon_visit_line o
            LEFT JOIN unnest(%(lines)s::int[], %(courses)s::int[])
                        AS f (line_id, course_id) ON f.line_id = o.id
                WHERE o.id = l.id
                  AND (o.course_id = ANY(%(ids)s) OR o.id = ANY(%(lines)s::int[]))
                  AND o.course_id IS DISTINCT FROM f.course_id""",
            lines=list(charged),
            courses=list(charged.values()),
            ids=[account.id for account in accounts],
        )

    # ------------------------------------------------------------
    # REMINDERS OF COURSES THAT RENEW NO CYCLE
    # ------------------------------------------------------------

    def refresh_reminders(self, partners):
        """Bring the reminders of courses whose sessions renew no cycle up to date.

        A course whose services renew a cycle is that cycle's reminder. Any other is a
        reason of its own: due by its own interval, at the latest when it expires, and
        gone with its last session. It never makes a client lapsed, as she has paid.
        """
        self.env.execute_query(self._sql_upsert_courses(partners))
        self.env.execute_query(self._sql_idle_courses(partners))

    def _sql_own_course(self, partners):
        """Return the courses in progress that are a reason of their own."""
        return SQL(
            """SELECT k.*, p.product_tmpl_id
                 FROM salon_course k
                 JOIN product_product p ON p.id = k.product_id
                WHERE k.state = 'active' AND k.next_due_date IS NOT NULL AND %(scope)s
                  AND NOT EXISTS (
                      SELECT FROM salon_course_service_rel s
                        JOIN salon_cycle_product_rel rel
                          ON rel.product_tmpl_id = s.service_tmpl_id
                        JOIN salon_cycle c ON c.id = rel.cycle_id AND c.active
                         AND (c.company_id IS NULL OR c.company_id = k.company_id)
                       WHERE s.course_tmpl_id = p.product_tmpl_id)""",
            scope=history.sql_course_scope(partners, None),
        )

    def _sql_course_state(self):
        """Return what the reminder of each course ``k`` should say."""
        return SQL(
            """SELECT k.id AS course_id, k.partner_id, k.company_id,
                      k.last_session_date AS last_date, used.visits AS visit_count,
                      used.year_visits, 0 AS gap_count,
                      k.interval_days AS rhythm_days, booked.date AS booked_date,
                      since.date AS earliest_date, due.date AS due_date,
                      GREATEST(since.date, due.date - LEAST(
                          %(lead)s, k.interval_days - 1)) AS call_date,
                      due.date + %(lead)s AS late_date
                 FROM own_course k
   CROSS JOIN LATERAL (SELECT COALESCE(k.last_session_date, k.start_date) AS date) since
   CROSS JOIN LATERAL (SELECT LEAST(k.next_due_date, k.expiry_date) AS date) due
   CROSS JOIN LATERAL (
                   SELECT COUNT(DISTINCT v.date) AS visits,
                          COUNT(DISTINCT v.date) FILTER (
                              WHERE v.date > k.last_session_date - 365) AS year_visits
                     FROM salon_visit_line l
                     JOIN salon_visit v ON v.id = l.visit_id
                    WHERE l.course_id = k.id) used
   CROSS JOIN LATERAL (%(booked)s) booked""",
            lead=COURSE_LEAD_DAYS,
            booked=self._sql_course_booked(),
        )

    def _sql_course_booked(self):
        """Return the latest day booked for a session of course ``k``.

        A booking that does not say what for covers every need of the client.
        """
        return SQL(
            """SELECT MAX(v.date) AS date
                 FROM salon_visit v
            LEFT JOIN salon_visit_line l ON l.visit_id = v.id
            LEFT JOIN product_product p ON p.id = l.product_id AND l.net_quantity > 0
            LEFT JOIN salon_course_service_rel s
                   ON s.service_tmpl_id = p.product_tmpl_id
                  AND s.course_tmpl_id = k.product_tmpl_id
                WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
                  AND v.state IN %(open)s
                  AND (l.id IS NULL OR s.course_tmpl_id IS NOT NULL)""",
            open=OPEN_STATES,
        )

    def _sql_upsert_courses(self, partners):
        """Return the statement that writes what these courses say."""
        rules = self.env["salon.reminder.engine"]
        names = [SQL.identifier(name) for name in COLUMNS]
        comma = SQL(", ")
        return SQL(
            """WITH clock AS (%(clock)s),
            own_course AS (%(courses)s),
            fresh AS (
                SELECT *, FALSE AS is_stopped, NULL::date AS pause_until,
                       NULL::date AS lapse_date, NULL::int AS cycle_id
                  FROM (%(fresh)s) f)
            INSERT INTO salon_reminder AS r (
                course_id, %(names)s,
                state, create_uid, create_date, write_uid, write_date)
            SELECT course_id, %(values)s, %(state)s, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM fresh r
              JOIN clock t ON t.company_id = r.company_id
          ORDER BY course_id
            ON CONFLICT (course_id) WHERE cycle_id IS NULL DO UPDATE
               SET (%(names)s) = ROW(%(new)s),
                   skip_until = CASE WHEN %(same)s THEN r.skip_until END,
                   hold = CASE WHEN %(same)s THEN r.hold END,
                   write_uid = excluded.write_uid,
                   write_date = excluded.write_date
             WHERE (%(values)s) IS DISTINCT FROM (%(new)s)""",
            clock=rules._sql_clock(),
            courses=self._sql_own_course(partners),
            fresh=self._sql_course_state(),
            state=rules._sql_state(),
            same=SQL("r.last_date IS NOT DISTINCT FROM excluded.last_date"),
            names=comma.join(names),
            values=comma.join(SQL("r.%s", name) for name in names),
            new=comma.join(SQL("excluded.%s", name) for name in names),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _sql_idle_courses(self, partners):
        """Return the statement for courses that are over, or a cycle's by now."""
        return SQL(
            """WITH own_course AS MATERIALIZED (%(courses)s)
               UPDATE salon_reminder r
                  SET booked_date = NULL, earliest_date = NULL, due_date = NULL,
                      call_date = NULL, late_date = NULL, skip_until = NULL,
                      hold = NULL
                WHERE r.cycle_id IS NULL AND r.due_date IS NOT NULL AND %(scope)s
                  AND NOT EXISTS (
                      SELECT FROM own_course k WHERE k.id = r.course_id)""",
            courses=self._sql_own_course(partners),
            scope=self._sql_scope(partners, SQL("r.partner_id")),
        )
