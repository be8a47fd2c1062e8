from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL

from .salon_cycle_norm import (
    BUCKETS,
    CURVE_STEPS,
    DEFAULT_CURVES,
    LATE_EDGES,
    LATE_MULTIPLES,
)


class SalonReminderForecast(models.AbstractModel):
    """When a late client can still be expected, and whether she is gone.

    Both given the days that have passed, from the waits of the salon's own clients
    (``salon.cycle.norm``) or the default curves.
    """

    _name = "salon.reminder.forecast"
    _description = "Forecast of Late Clients"

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
                clock=self._sql_clock(),
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
