from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.survival import get_survival
from . import reminder_history as history

# Days of history behind the typical gaps, and behind everything else.
GAP_YEARS = 730
HISTORY = 910
# With fewer clients the next wider basis is used: recent gaps, all gaps, ideal days.
MIN_CLIENTS_RECENT = 100
MIN_CLIENTS = 30
# Cells of (days waited / rhythm) and the share of a rhythm still to wait in each.
LATE_EDGES = [0.85, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0]
LATE_MULTIPLES = [0.30, 0.32, 0.42, 0.53, 0.67, 1.05, 1.6]
LATE_POINT = 0.40
MIN_CASES = 30
# Steps of the curves of clients who have not come back, in tenths of a rhythm.
CURVE_STEPS = 200
MIN_WAITS = 200
# So many waits are enough for a curve; of larger bases every n-th client is taken.
MAX_WAITS = 20000
# Visits of the last year, lower bounds: 1, 2 to 3, 4 to 7, 8 and more.
BUCKETS = [1, 2, 4, 8]


def _default_curve(gone, slope):
    """Return the curve of a salon without history of its own.

    :param float gone: the share of clients that never returns
    :param float slope: how closely the others keep to their rhythm; half of them are
        back after 1.05 rhythms
    """
    return [
        round(gone + (1 - gone) * 0.5 ** ((step / 10.5) ** slope), 6)
        for step in range(CURVE_STEPS + 1)
    ]


# Set so that, as measured in a barbershop of a thousand clients, half of the late
# ones are gone at 2 to 2.5 rhythms, and more of those who came only once.
DEFAULT_CURVES = [
    _default_curve(0.45, 0.9),
    _default_curve(0.25, 1.0),
    _default_curve(0.12, 1.3),
    _default_curve(0.05, 1.6),
]


class SalonCycleNorm(models.Model):
    """What is typical for a cycle at one salon, learned from all of its clients.

    * ``gaps``: nine typical gaps in days, none when there are too few clients
    * ``multiples``: by how late a client is already, the part of her rhythm that is
      expected still to pass
    * ``curves``: by visits of the last year, the share that has not come back after
      so many tenths of the rhythm (Kaplan and Meier)

    Refreshed monthly; the rules are those of ``salon.reminder.engine``.
    """

    _name = "salon.cycle.norm"
    _description = "Salon's Norm of a Cycle"
    _rec_name = "cycle_id"
    _check_company_auto = True

    cycle_id = fields.Many2one(
        "salon.cycle", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    gaps = fields.Json(readonly=True)
    client_count = fields.Integer("Clients behind the gaps", readonly=True)
    multiples = fields.Json(readonly=True)
    curves = fields.Json(readonly=True)
    wait_count = fields.Integer("Waits behind the curves", readonly=True)

    _cycle_company_uniq = models.Constraint(
        "UNIQUE(cycle_id, company_id)", "There is one norm per cycle and salon."
    )

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Learn anew what is typical and bring all reminders in line with it."""
        self._learn()
        self.env["salon.cycle.tuner"]._learn()
        self.env["salon.reminder.engine"]._refresh()
        self.env["salon.reminder"]._follow_norms()

    @api.model
    def _learn(self, cycles=None):
        """Write the norms of these cycles, or of all, at every salon."""
        cycles = cycles and cycles._get_family()
        self.env.flush_all()
        norms = {}
        for key, clients, gaps in self.env.execute_query(self._sql_gaps(cycles)):
            norms.setdefault(tuple(key), {}).update(gaps=gaps, client_count=clients)
        # How late clients come back is measured in rhythms that rest on these gaps.
        self._write_norms(norms)
        for key, cells in self._get_late_cells(cycles).items():
            norms.setdefault(key, {})["multiples"] = cells
        for key, (waits, curves) in self._get_curves(cycles).items():
            norms.setdefault(key, {}).update(wait_count=waits, curves=curves)
        self._write_norms(norms)

    def _write_norms(self, norms):
        empty = {
            "gaps": False,
            "client_count": 0,
            "multiples": False,
            "curves": False,
            "wait_count": 0,
        }
        existing = {(n.company_id.id, n.cycle_id.id): n for n in self.search([])}
        missing = []
        for (company_id, cycle_id), found in norms.items():
            vals = {**empty, **found}
            norm = existing.get((company_id, cycle_id))
            if norm:
                norm.write(vals)
            else:
                missing.append({"company_id": company_id, "cycle_id": cycle_id, **vals})
        self.create(missing)

    # ------------------------------------------------------------
    # TYPICAL GAPS
    # ------------------------------------------------------------

    def _sql_gaps(self, cycles):
        """Return per salon and cycle: clients and nine typical gaps.

        The (i - 0.5)/9 quantiles, every client weighing 1 in total. First of gaps old
        enough that none is cut off by today; with too few clients, of all.
        """
        return SQL(
            """WITH %(gaps)s,
            chosen AS (
                SELECT g.*, 1.0::float8 / COUNT(*) OVER (
                           PARTITION BY company_id, cycle_id, partner_id) AS weight
                  FROM (
                    SELECT g.*, COUNT(*) OVER need AS all_gaps,
                           MAX(recent_rank) OVER need AS recent_clients
                      FROM (SELECT g.*, CASE WHEN recent THEN DENSE_RANK() OVER (
                                       PARTITION BY company_id, cycle_id, recent
                                       ORDER BY partner_id) ELSE 0 END AS recent_rank
                              FROM completed g) g
                    WINDOW need AS (PARTITION BY company_id, cycle_id)) g
                 WHERE recent OR recent_clients < %(min_recent)s),
            ranked AS (
                SELECT *, SUM(weight) OVER (need ORDER BY gap) AS reached,
                       SUM(weight) OVER need AS clients
                  FROM chosen
                WINDOW need AS (PARTITION BY company_id, cycle_id))
            SELECT ARRAY[company_id, cycle_id], round(MAX(clients))::int,
                   CASE WHEN round(MAX(clients)) >= %(min)s THEN ARRAY[%(points)s] END
              FROM ranked
          GROUP BY company_id, cycle_id""",
            gaps=self._sql_completed(cycles),
            min_recent=MIN_CLIENTS_RECENT,
            min=MIN_CLIENTS,
            points=SQL(", ").join(
                SQL(
                    "MIN(gap) FILTER (WHERE reached >= %s * clients - %s)",
                    (number - 0.5) / 9,
                    history.TINY,
                )
                for number in range(1, 10)
            ),
        )

    def _sql_completed(self, cycles):
        """Return the steps up to ``completed``: gaps that may count as typical.

        ``recent`` tells those that today can't have cut off.
        """
        return SQL(
            """%(visits)s,
            completed AS (
                SELECT *
                  FROM (SELECT *, date BETWEEN day - cap - %(years)s AND day - cap
                               AS recent
                          FROM visit) v
                 WHERE gap BETWEEN 1 AND cap
                   AND (recent OR date >= day - %(history)s))""",
            visits=self._sql_visits(cycles),
            years=GAP_YEARS,
            history=HISTORY,
        )

    def _sql_visits(self, cycles):
        """Return the steps up to ``visit``: each visit with the gap that follows."""
        return SQL(
            """clock AS (%(clock)s),
            done AS (%(done)s),
            visit AS (
                SELECT done.*, t.day, %(cap)s AS cap,
                       LEAD(date) OVER need - date AS gap,
                       date - LAG(date) OVER need AS gap_before,
                       COUNT(*) OVER (
                           need RANGE BETWEEN INTERVAL '364 days' PRECEDING
                                          AND CURRENT ROW) AS year_visits
                  FROM done
                  JOIN clock t ON t.company_id = done.company_id
                  JOIN salon_cycle c ON c.id = done.cycle_id
                WINDOW need AS (
                    PARTITION BY done.partner_id, done.company_id, done.cycle_id
                    ORDER BY done.date))""",
            clock=self.env["salon.reminder.engine"]._sql_clock(),
            done=history.sql_done(self.env, cycles=cycles),
            cap=history.sql_cap(),
        )

    # ------------------------------------------------------------
    # WAITS: HOW LONG IT REALLY TOOK, AGAINST THE RHYTHM AT THAT TIME
    # ------------------------------------------------------------

    def _sql_waits(self, cycles):
        """Return the steps up to ``wait``: visits of the last 910 days with the
        rhythm that was known on that day and the gap that followed, if one did.
        """
        return SQL(
            """%(visits)s,
            rule AS (%(rules)s),
            past AS (
                SELECT *, array_agg(gap_before) FILTER (
                           WHERE gap_before BETWEEN 1 AND cap) OVER (
                           PARTITION BY partner_id, company_id, cycle_id
                           ORDER BY date) AS gaps_before
                  FROM visit),
            sample AS (
                SELECT *
                  FROM (SELECT *, COUNT(*) OVER (PARTITION BY company_id, cycle_id)
                               AS waits
                          FROM past
                         WHERE date >= day - %(history)s) p
                 WHERE mod(partner_id, GREATEST(waits / %(most)s, 1)::int) = 0),
            wait AS (
                SELECT s.company_id, s.cycle_id, s.date, s.day, s.cap, s.gap,
                       s.year_visits,
                       GREATEST(rule.earliest_days, CASE WHEN rule.own_rhythm
                           THEN (%(point)s) ELSE rule.norm END) AS rhythm
                  FROM sample s
                  JOIN rule USING (company_id, cycle_id))""",
            visits=self._sql_visits(cycles),
            rules=history.sql_rules(cycles),
            history=HISTORY,
            most=MAX_WAITS,
            point=self._sql_past_point(),
        )

    def _sql_past_point(self):
        """Return the rhythm from ``s.gaps_before`` and ``rule.typical``.

        The same weighted point as that of the engine, for one visit of the past.
        """
        return SQL(
            """SELECT MIN(gap) FILTER (WHERE reached >= %(point)s * total - %(tiny)s)
                 FROM (
                    SELECT gap, SUM(weight) OVER (ORDER BY gap) AS reached,
                           SUM(weight) OVER () AS total
                      FROM (
                        SELECT gap, power(0.5::float8, (
                                   cardinality(s.gaps_before) - number) / 4.0::float8)
                                   AS weight
                          FROM unnest(s.gaps_before) WITH ORDINALITY
                            AS own (gap, number)
                     UNION ALL
                        SELECT gap, 2.0::float8 / 9
                          FROM unnest(rule.typical) AS norm (gap)) g) w""",
            point=history.RHYTHM_POINT,
            tiny=history.TINY,
        )

    def _get_late_cells(self, cycles):
        """Return {(company, cycle): part of the rhythm still to wait, by lateness}."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH %(waits)s
                SELECT company_id, cycle_id,
                       width_bucket(e / rhythm::float8, %(edges)s::float8[]) AS cell,
                       COUNT(*),
                       percentile_cont(%(point)s) WITHIN GROUP (
                           ORDER BY (gap - e) / rhythm::float8)
                  FROM wait
            CROSS JOIN LATERAL generate_series(0, cap, 7) AS e
                 WHERE gap BETWEEN 1 AND 2 * cap AND e < gap AND gap - e <= cap
                   AND date + e <= day - cap
                   AND e / rhythm::float8 >= %(first)s
              GROUP BY company_id, cycle_id, cell""",
                waits=self._sql_waits(cycles),
                edges=LATE_EDGES,
                point=LATE_POINT,
                first=LATE_EDGES[0],
            )
        )
        cells = {}
        for company_id, cycle_id, cell, count, multiple in rows:
            known = cells.setdefault((company_id, cycle_id), list(LATE_MULTIPLES))
            if count >= MIN_CASES:
                known[cell - 1] = round(multiple, 4)
        return cells

    def _get_curves(self, cycles):
        """Return {(company, cycle): (waits, four curves)}."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH %(waits)s
                SELECT company_id, cycle_id,
                       width_bucket(year_visits, %(buckets)s::int[]) - 1 AS bucket,
                       LEAST(%(steps)s, CEIL(
                           10 * COALESCE(gap, day - date) / rhythm::float8))::int
                           AS step,
                       COUNT(gap), COUNT(*)
                  FROM wait
              GROUP BY company_id, cycle_id, bucket, step""",
                waits=self._sql_waits(cycles),
                buckets=[int(bound) for bound in BUCKETS],
                steps=CURVE_STEPS + 1,
            )
        )
        counts = {}
        for company_id, cycle_id, bucket, *cell in rows:
            buckets = counts.setdefault((company_id, cycle_id), [[], [], [], []])
            buckets[bucket].append(cell)
        return {
            key: (
                sum(count for cells in buckets for _step, _back, count in cells),
                [
                    self._get_curve(cells, default)
                    for cells, default in zip(buckets, DEFAULT_CURVES, strict=True)
                ],
            )
            for key, buckets in counts.items()
        }

    @api.model
    def _get_curve(self, cells, default):
        """Return the Kaplan-Meier curve of one bucket.

        :param list cells: (step, came back, all) counts of the waits that end there
        :param list default: the curve to use with fewer than 200 waits
        """
        if sum(count for _step, _back, count in cells) < MIN_WAITS:
            return default
        ends = {step: (back, count) for step, back, count in cells}
        return [round(share, 6) for share in get_survival(ends, CURVE_STEPS)]
