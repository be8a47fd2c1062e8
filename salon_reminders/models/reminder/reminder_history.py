"""What visits and courses tell of each need: days, gaps, rhythm, weekday.

The parts of the engine's statements, as SQL over whole sets.
"""

from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES, OPEN_STATES

# The slightly early middle of the gaps; lower hits more often within a week, higher
# errs less in days on average.
RHYTHM_POINT = 0.45
# Sums of powers are compared with this tolerance.
TINY = 1e-9

# ------------------------------------------------------------
# VISITS AND COURSES
# ------------------------------------------------------------


def sql_done(env, partners=None, cycles=None):
    """Return the days on which each client met each need: the done visits.

    Several visits of one day count once. The last session of a course counts for
    its maintenance cycle, too. ``in_course``: the day was set by a course. Cycles of
    one family are one need, see ``sql_one_need``.
    """
    done = sql_done_cycles(env, partners, cycles)
    return sql_one_need(env, done) if env["salon.cycle"]._has_families() else done


def sql_one_need(env, done):
    """Return these days, those of each need under the cycle that the newest tells.

    Had on one day, the cycle that the others name stands for all: a colour for the
    toner within it. The cycles that the client has moved on from have no days.
    """
    return SQL(
        """SELECT partner_id, company_id, cycle_id, date,
                  BOOL_OR(in_course) AS in_course
             FROM (
                SELECT d.partner_id, d.company_id, d.date, d.in_course,
                       FIRST_VALUE(d.cycle_id) OVER (
                           PARTITION BY d.partner_id, d.company_id, %(family)s
                           ORDER BY d.date DESC, y.family_id IS NOT NULL,
                                    y.sequence, y.id) AS cycle_id
                  FROM (%(done)s) d
                  JOIN salon_cycle y ON y.id = d.cycle_id) need
         GROUP BY partner_id, company_id, cycle_id, date""",
        family=env["salon.cycle"]._sql_family(SQL("y")),
        done=done,
    )


def sql_done_cycles(env, partners=None, cycles=None):
    """Return the days on which each client had each cycle."""
    visit_scope = SQL("v.partner_id IS NOT NULL")
    if partners is not None:
        visit_scope = SQL("v.partner_id = ANY(%s)", partners.ids)
    return SQL(
        """SELECT partner_id, company_id, cycle_id, date,
                  BOOL_OR(in_course) AS in_course
             FROM (
                SELECT v.partner_id, v.company_id, c.id AS cycle_id, v.date,
                       l.course_id IS NOT NULL AS in_course
                  FROM salon_visit v
                  %(cycles)s
                 WHERE v.state IN %(made)s AND %(visit_scope)s AND %(cycle_scope)s
             UNION ALL
                SELECT v.partner_id, v.company_id, c.id, v.last_session_date, TRUE
                  FROM salon_course v
                  JOIN salon_cycle c ON c.id = v.maintenance_cycle_id
                 WHERE v.state = 'finished' AND %(visit_scope)s AND %(cycle_scope)s
             ) d
         GROUP BY partner_id, company_id, cycle_id, date""",
        cycles=env["salon.visit.line"]._sql_join_cycles(),
        made=MADE_STATES,
        visit_scope=visit_scope,
        cycle_scope=sql_cycle_scope(cycles),
    )


def sql_course(partners=None, cycles=None):
    """Return the course that sets each client's next date for each need.

    The oldest one in progress; it replaces rhythm and usual weekday.
    """
    return SQL(
        """SELECT DISTINCT ON (k.partner_id, k.company_id, rel.cycle_id)
                  k.partner_id, k.company_id, rel.cycle_id, k.id AS course_id,
                  k.start_date, k.interval_days, k.next_due_date
             FROM salon_course k
             %(cycles)s
            WHERE k.state = 'active' AND k.next_due_date IS NOT NULL AND %(scope)s
         ORDER BY k.partner_id, k.company_id, rel.cycle_id, k.start_date, k.id""",
        cycles=sql_join_course_cycles(),
        scope=sql_course_scope(partners, cycles),
    )


def sql_ended(partners=None, cycles=None):
    """Return the needs that ended with a course and go on as another cycle."""
    return SQL(
        """SELECT k.partner_id, k.company_id, rel.cycle_id,
                  MAX(k.last_session_date) AS session_date
             FROM salon_course k
             %(cycles)s
            WHERE k.state = 'finished' AND k.maintenance_cycle_id != rel.cycle_id
              AND %(scope)s
         GROUP BY k.partner_id, k.company_id, rel.cycle_id""",
        cycles=sql_join_course_cycles(),
        scope=sql_course_scope(partners, cycles),
    )


def sql_join_course_cycles():
    """Return the joins from course ``k`` to the cycles of its sessions."""
    return SQL(
        """JOIN product_product p ON p.id = k.product_id
           JOIN salon_course_service_rel s ON s.course_tmpl_id = p.product_tmpl_id
           JOIN salon_cycle_product_rel rel
             ON rel.product_tmpl_id = s.service_tmpl_id"""
    )


def sql_course_scope(partners, cycles):
    conditions = [SQL("TRUE")]
    if partners is not None:
        conditions.append(SQL("k.partner_id = ANY(%s)", partners.ids))
    if cycles is not None:
        conditions.append(SQL("rel.cycle_id = ANY(%s)", cycles.ids))
    return SQL(" AND ").join(conditions)


def sql_booked(env, partners=None, cycles=None):
    """Return the latest day each client is booked for each need.

    A booking that does not say what for covers every need of the client; one for a
    cycle covers all that are the same need.
    """
    visit_scope = SQL("v.partner_id IS NOT NULL")
    if partners is not None:
        visit_scope = SQL("v.partner_id = ANY(%s)", partners.ids)
    return SQL(
        """SELECT partner_id, company_id, cycle_id, MAX(date) AS booked_date
             FROM (
                SELECT v.partner_id, v.company_id, m.id AS cycle_id, v.date
                  FROM salon_visit v
                  %(cycles)s
                  JOIN salon_cycle m ON %(same)s
                 WHERE v.state IN %(open)s AND %(visit_scope)s AND %(cycle_scope)s
             UNION ALL
                SELECT v.partner_id, v.company_id, c.id, v.date
                  FROM salon_visit v
                  JOIN salon_cycle c
                    ON c.company_id IS NULL OR c.company_id = v.company_id
                 WHERE v.state IN %(open)s AND %(visit_scope)s AND %(cycle_scope)s
                   AND NOT EXISTS (
                       SELECT FROM salon_visit_line l WHERE l.visit_id = v.id)
             ) b
         GROUP BY partner_id, company_id, cycle_id""",
        cycles=env["salon.visit.line"]._sql_join_cycles(),
        same=SQL("%s = %s", *map(env["salon.cycle"]._sql_family, (SQL("m"), SQL("c")))),
        open=OPEN_STATES,
        visit_scope=visit_scope,
        cycle_scope=sql_cycle_scope(cycles),
    )


def sql_cycle_scope(cycles):
    return SQL("TRUE") if cycles is None else SQL("c.id = ANY(%s)", cycles.ids)


# ------------------------------------------------------------
# RHYTHM
# ------------------------------------------------------------


def sql_history():
    """Return the steps from done visits (``done``) to what is known of each need.

    Result ``history``: last visit, visits, visits of the last year, the weight of
    the own gaps, rhythm and usual weekday.
    """
    return SQL(
        """visit AS (
            SELECT *, date - LAG(date) OVER need AS gap,
                   ROW_NUMBER() OVER newest - 1 AS age
              FROM done
            WINDOW need AS (PARTITION BY partner_id, company_id, cycle_id
                            ORDER BY date),
                   newest AS (PARTITION BY partner_id, company_id, cycle_id
                              ORDER BY date DESC)),
        own_gap AS (
            SELECT v.partner_id, v.company_id, v.cycle_id, v.gap,
                   power(0.5::float8, (ROW_NUMBER() OVER (
                       PARTITION BY v.partner_id, v.company_id, v.cycle_id
                       ORDER BY v.date DESC) - 1) / 4.0::float8) AS weight
              FROM visit v
              JOIN rule ON rule.cycle_id = v.cycle_id
               AND rule.company_id = v.company_id
             WHERE v.gap BETWEEN 1 AND rule.cap AND rule.own_rhythm
               AND NOT v.in_course),
        %(point)s,
        weekday AS (
            SELECT DISTINCT ON (partner_id, company_id, cycle_id)
                   partner_id, company_id, cycle_id, isodow
              FROM (
                SELECT partner_id, company_id, cycle_id,
                       EXTRACT(ISODOW FROM date)::int AS isodow,
                       SUM(power(0.5::float8, age / 6.0::float8)) AS weight,
                       SUM(SUM(power(0.5::float8, age / 6.0::float8))) OVER need
                           AS total,
                       SUM(COUNT(*)) OVER need AS visits
                  FROM visit
              GROUP BY partner_id, company_id, cycle_id, isodow
                WINDOW need AS (PARTITION BY partner_id, company_id, cycle_id)) d
             WHERE visits >= 4 AND weight >= 0.4 * total - %(tiny)s
          ORDER BY partner_id, company_id, cycle_id, weight DESC, isodow),
        history AS (
            SELECT s.*, COALESCE(g.gaps, 0) AS gaps, d.isodow AS usual_weekday,
                   GREATEST(COALESCE(g.rhythm, rule.norm), rule.earliest_days)
                       AS rhythm
              FROM (SELECT partner_id, company_id, cycle_id,
                           MAX(date) AS last_date, COUNT(*) AS visits,
                           COUNT(*) FILTER (WHERE date > newest - 365)
                               AS year_visits
                      FROM (SELECT *, MAX(date) OVER (
                                PARTITION BY partner_id, company_id, cycle_id)
                                AS newest
                              FROM visit) v
                  GROUP BY partner_id, company_id, cycle_id) s
              JOIN rule USING (company_id, cycle_id)
         LEFT JOIN point g USING (partner_id, company_id, cycle_id)
         LEFT JOIN weekday d
                ON d.partner_id = s.partner_id AND d.company_id = s.company_id
               AND d.cycle_id = s.cycle_id AND rule.own_rhythm)""",
        point=sql_point(),
        tiny=TINY,
    )


def sql_point():
    """Return the weighted 45 % point of own and typical gaps, as ``point``.

    The smallest gap at which the cumulated weight reaches 45 % of the total; the
    nine typical gaps of the salon weigh 2/9 each.
    """
    return SQL(
        """gap AS (
            SELECT partner_id, company_id, cycle_id, gap, weight, 1 AS own
              FROM own_gap
         UNION ALL
            SELECT o.partner_id, o.company_id, o.cycle_id, typical.gap,
                   2.0::float8 / 9, 0
              FROM (SELECT DISTINCT partner_id, company_id, cycle_id
                      FROM own_gap) o
              JOIN rule USING (company_id, cycle_id)
        CROSS JOIN LATERAL unnest(rule.typical) AS typical (gap)),
        point AS (
            SELECT partner_id, company_id, cycle_id, SUM(own) AS gaps,
                   MIN(gap) FILTER (
                       WHERE reached >= %(point)s * total - %(tiny)s) AS rhythm
              FROM (SELECT *, SUM(weight) OVER (need ORDER BY gap) AS reached,
                           SUM(weight) OVER need AS total
                      FROM gap
                    WINDOW need AS (
                        PARTITION BY partner_id, company_id, cycle_id)) w
          GROUP BY partner_id, company_id, cycle_id)""",
        point=RHYTHM_POINT,
        tiny=TINY,
    )


def sql_rules(cycles):
    """Return per salon and cycle what the salon set and what is typical there.

    ``norm`` is the rhythm of a client without own gaps: the middle typical gap,
    or the ideal days where own rhythms are switched off.
    """
    return SQL(
        """SELECT t.company_id, c.id AS cycle_id, t.own_rhythm,
                  c.earliest_days, c.lead_days, c.late_days, c.lapse_days,
                  %(cap)s AS cap,
                  COALESCE(n.gaps, array_fill(c.ideal_days, ARRAY[9])) AS typical,
                  CASE WHEN t.own_rhythm THEN COALESCE(n.gaps[5], c.ideal_days)
                       ELSE c.ideal_days END AS norm
             FROM clock t
             JOIN salon_cycle c
               ON (c.company_id IS NULL OR c.company_id = t.company_id)
        LEFT JOIN (SELECT company_id, cycle_id,
                          ARRAY(SELECT jsonb_array_elements_text(gaps)::int)
                              AS gaps
                     FROM salon_cycle_norm
                    WHERE jsonb_typeof(gaps) = 'array') n
               ON n.company_id = t.company_id AND n.cycle_id = c.id
            WHERE %(cycle_scope)s""",
        cap=sql_cap(),
        cycle_scope=sql_cycle_scope(cycles),
    )


def sql_cap():
    """Return the longest gap that counts as a rhythm, for cycle ``c``."""
    return SQL("GREATEST(180, c.lapse_days)")
