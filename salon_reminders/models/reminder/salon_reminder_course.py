from odoo import api, fields, models
from odoo.tools import SQL

from ..visit.salon_visit import OPEN_STATES

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


class SalonReminderEngine(models.AbstractModel):
    """Reminders of courses whose sessions renew no cycle: blow-dry 5+1.

    A course whose services renew a cycle is that cycle's reminder. Any other is a
    reason of its own: due by its own interval, at the latest when it expires, and
    gone with its last session. It never makes a client lapsed, as she has paid.
    """

    _inherit = "salon.reminder.engine"

    @api.model
    def _refresh_courses(self, partners):
        """Bring the reminders of courses of their own up to date."""
        self.env.execute_query(self._sql_upsert_courses(partners))
        self.env.execute_query(self._sql_idle_courses(partners))

    @api.model
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
            scope=self._sql_course_scope(partners, None),
        )

    @api.model
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

    @api.model
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

    @api.model
    def _sql_upsert_courses(self, partners):
        """Return the statement that writes what these courses say."""
        names = [SQL.identifier(name) for name in COLUMNS]
        comma = SQL(", ")
        return SQL(
            """WITH clock AS (%(clock)s),
            own_course AS (%(courses)s),
            fresh AS (
                SELECT *, FALSE AS is_stopped, NULL::date AS pause_until,
                       NULL::date AS lapse_date
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
            clock=self._sql_clock(),
            courses=self._sql_own_course(partners),
            fresh=self._sql_course_state(),
            state=self._sql_state(),
            same=SQL("r.last_date IS NOT DISTINCT FROM excluded.last_date"),
            names=comma.join(names),
            values=comma.join(SQL("r.%s", name) for name in names),
            new=comma.join(SQL("excluded.%s", name) for name in names),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
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
            scope=self._sql_scope(partners, None, SQL("r")),
        )
