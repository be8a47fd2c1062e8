from odoo import api, fields, models
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES, OPEN_STATES

# Longer gaps are breaks, not a rhythm; without any gap at the salon, six weeks.
LONGEST_GAP = 180
USUAL_GAP = 42
YEAR = 365
# Services of the last two years, and pairs of so many clients at least, are compared.
AFFINITY_YEARS = 730
MIN_BOTH = 3
# The upper two fifths come often; the uppermost pays most.
OFTEN = 4
BEST = 5


class SalonClientEngine(models.AbstractModel):
    """Works out segments, zones and affinities of a salon, in SQL over whole sets.

    Only rows that differ are written. Everything is told of one salon, on its day and
    by its clock; days with several visits count once.
    """

    _name = "salon.client.engine"
    _description = "Salon Client Engine"

    # ------------------------------------------------------------
    # SEGMENTS
    # ------------------------------------------------------------

    STANDING = (
        *("segment", "recency", "frequency", "money", "score", "first_date"),
        *("last_date", "visit_count", "year_count", "amount_total", "amount_year"),
        *("rhythm_days", "stylist_id", "usual_weekday", "usual_hour", "is_booked"),
    )

    @api.model
    def _refresh_standings(self, company):
        """Bring the standings of a salon's clients up to date, and note the moves."""
        self._execute(
            SQL(
                """WITH %(fresh)s,
                moved AS (
                    INSERT INTO salon_segment_move (
                        partner_id, company_id, date, from_segment, to_segment,
                        create_uid, create_date, write_uid, write_date)
                    SELECT COALESCE(f.partner_id, s.partner_id), %(company)s, %(day)s,
                           s.segment, f.segment, %(stamp)s
                      FROM fresh f
                 FULL JOIN (SELECT * FROM salon_client_standing
                             WHERE company_id = %(company)s) s
                        ON s.partner_id = f.partner_id
                     WHERE s.segment IS DISTINCT FROM f.segment),
                gone AS (
                    DELETE FROM salon_client_standing s
                     WHERE s.company_id = %(company)s
                       AND s.partner_id NOT IN (SELECT partner_id FROM fresh))
                INSERT INTO salon_client_standing AS s (
                    partner_id, company_id, %(names)s, segment_date,
                    create_uid, create_date, write_uid, write_date)
                SELECT partner_id, %(company)s, %(names)s, %(day)s, %(stamp)s
                  FROM fresh
                ON CONFLICT (partner_id, company_id) DO UPDATE
                   SET (%(names)s) = ROW(%(new)s),
                       segment_date = CASE WHEN s.segment = excluded.segment
                           THEN s.segment_date ELSE excluded.segment_date END,
                       write_uid = excluded.write_uid,
                       write_date = excluded.write_date
                 WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
                fresh=self._sql_standings(company),
                company=company.id,
                day=company._salon_today(),
                stamp=self._sql_stamp(),
                **self._sql_columns("s", self.STANDING),
            ),
            "salon.client.standing",
            "salon.segment.move",
        )

    @api.model
    def _sql_standings(self, company):
        """Return the steps from done visits to ``fresh``, the standings of a salon."""
        return SQL(
            """%(facts)s,
            fifth AS (
                SELECT *, %(recency)s AS recency, %(frequency)s AS frequency,
                       %(money)s AS money, %(day)s - last_date AS waited
                  FROM fact),
            fresh AS (
                SELECT *, recency + frequency + money AS score,
                       %(segment)s AS segment
                  FROM fifth)""",
            facts=self._sql_facts(company),
            recency=self._sql_fifth("last_date"),
            frequency=self._sql_fifth("year_count"),
            money=self._sql_fifth("amount_year"),
            day=company._salon_today(),
            segment=self._sql_segment(company),
        )

    @api.model
    def _sql_fifth(self, name):
        """Return the fifth of the salon's clients, 1 to 5, a client is in.

        By the share of clients with less; those who are equal share the middle of
        their places, so that they are in the same fifth.
        """
        return SQL(
            """(1 + (5 * (2 * (RANK() OVER (ORDER BY %(name)s) - 1)
                          + COUNT(*) OVER (PARTITION BY %(name)s) - 1))
                    / (2 * COUNT(*) OVER ()))::int""",
            name=SQL.identifier(name),
        )

    @api.model
    def _sql_segment(self, company):
        """Return the segment of a row of ``fifth``: the first line that holds."""
        return SQL(
            """CASE
                 WHEN visit_count = 1 AND waited > %(new)s AND NOT is_booked
                     THEN 'one_visit'
                 WHEN %(day)s - first_date <= %(new)s THEN 'new'
                 WHEN NOT is_booked
                     AND waited > GREATEST(%(lost)s * rhythm_days, %(lost_days)s)
                     THEN 'lost'
                 WHEN NOT is_booked AND waited > %(risk)s * rhythm_days THEN 'at_risk'
                 WHEN money = %(best)s AND frequency >= %(often)s THEN 'key'
                 ELSE 'regular'
               END""",
            day=company._salon_today(),
            new=company.salon_new_days,
            lost=company.salon_lost_rhythms,
            lost_days=company.salon_lost_days,
            risk=company.salon_risk_rhythms,
            best=BEST,
            often=OFTEN,
        )

    @api.model
    def _sql_facts(self, company):
        """Return the steps to ``fact``: what is known of each client by counting."""
        return SQL(
            """done AS MATERIALIZED (
                SELECT v.partner_id, v.date, v.is_purchase, v.amount_total,
                       v.stylist_id, (v.start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)
                           AS moment
                  FROM salon_visit v
                  JOIN res_partner p ON p.id = v.partner_id AND p.active
                 WHERE v.company_id = %(company)s AND v.state IN %(made)s),
            gap AS (
                SELECT *, date - LAG(date) OVER (
                           PARTITION BY partner_id ORDER BY date) AS gap
                  FROM (SELECT DISTINCT partner_id, date
                          FROM done WHERE NOT is_purchase) d),
            came AS (
                SELECT partner_id, MIN(date) AS first_date, MAX(date) AS last_date,
                       COUNT(*) AS visit_count,
                       COUNT(*) FILTER (WHERE date > %(day)s - %(year)s) AS year_count,
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY gap)
                           FILTER (WHERE gap <= %(longest)s) AS own_gap
                  FROM gap
              GROUP BY partner_id),
            norm AS (
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY gap) AS gap
                  FROM gap WHERE gap <= %(longest)s),
            paid AS (
                SELECT partner_id, SUM(amount_total) AS amount_total,
                       COALESCE(SUM(amount_total) FILTER (
                           WHERE date > %(day)s - %(year)s), 0) AS amount_year,
                       MODE() WITHIN GROUP (ORDER BY stylist_id)
                           FILTER (WHERE NOT is_purchase) AS stylist_id,
                       MODE() WITHIN GROUP (ORDER BY EXTRACT(ISODOW FROM moment)::int)
                           FILTER (WHERE NOT is_purchase) AS usual_weekday,
                       MODE() WITHIN GROUP (ORDER BY EXTRACT(HOUR FROM moment)::int)
                           FILTER (WHERE NOT is_purchase) AS usual_hour
                  FROM done
              GROUP BY partner_id),
            coming AS (
                SELECT DISTINCT partner_id
                  FROM salon_visit
                 WHERE company_id = %(company)s AND state IN %(open)s
                   AND date >= %(day)s),
            fact AS (
                SELECT came.*, paid.amount_total, paid.amount_year, paid.stylist_id,
                       paid.usual_weekday, paid.usual_hour,
                       COALESCE(came.own_gap, norm.gap, %(usual)s) AS rhythm_days,
                       coming.partner_id IS NOT NULL AS is_booked
                  FROM came
                  JOIN paid USING (partner_id)
            CROSS JOIN norm
             LEFT JOIN coming USING (partner_id))""",
            zone=company._salon_timezone().zone,
            company=company.id,
            day=company._salon_today(),
            year=YEAR,
            longest=LONGEST_GAP,
            usual=USUAL_GAP,
            made=MADE_STATES,
            open=OPEN_STATES,
        )

    # ------------------------------------------------------------
    # ZONES
    # ------------------------------------------------------------

    ZONE = ("standing_id", "state", "first_date", "last_date", "visit_count", "amount")

    @api.model
    def _refresh_zones(self, company):
        """Bring the map of a salon's clients and zones up to date, white spots too."""
        zones = self._get_zones(company)
        self._execute(
            SQL(
                """DELETE FROM salon_client_zone
                    WHERE company_id = %s AND zone_id != ALL(%s)""",
                company.id,
                zones.ids,
            )
        )
        self._execute(
            SQL(
                """WITH used AS (%(used)s),
                fresh AS (
                    SELECT s.partner_id, z.id AS zone_id, s.id AS standing_id,
                           u.first_date, u.last_date, u.amount,
                           COALESCE(u.visit_count, 0) AS visit_count,
                           %(state)s AS state
                      FROM salon_client_standing s
                CROSS JOIN unnest(%(zones)s::int[]) AS z (id)
                 LEFT JOIN used u ON u.partner_id = s.partner_id AND u.zone_id = z.id
                     WHERE s.company_id = %(company)s)
                INSERT INTO salon_client_zone AS c (
                    partner_id, zone_id, company_id, %(names)s)
                SELECT partner_id, zone_id, %(company)s, %(names)s
                  FROM fresh
                ON CONFLICT (partner_id, zone_id, company_id) DO UPDATE
                   SET (%(names)s) = ROW(%(new)s)
                 WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
                used=self._sql_used(company),
                state=self._sql_zone_state(company),
                zones=zones.ids,
                company=company.id,
                **self._sql_columns("c", self.ZONE),
            ),
            "salon.client.zone",
        )

    @api.model
    def _get_zones(self, company):
        """Return the zones in which the salon has something to sell."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT z.id
                     FROM salon_zone z
                     JOIN (%(zones)s) pz ON pz.zone_id = z.id
                     JOIN product_template pt
                       ON pt.id = pz.product_tmpl_id AND pt.active
                    WHERE z.active
                      AND (z.company_id IS NULL OR z.company_id = %(company)s)
                      AND (pt.company_id IS NULL OR pt.company_id = %(company)s)""",
                zones=self._sql_product_zones(),
                company=company.id,
            )
        )
        return self.env["salon.zone"].browse(row[0] for row in rows).sorted()

    @api.model
    def _sql_product_zones(self):
        """Return the zones of each service: its own, else those of its cycles."""
        return SQL(
            """SELECT pt.id AS product_tmpl_id, pt.salon_zone_id AS zone_id
                 FROM product_template pt
                WHERE pt.salon_kind = 'service' AND pt.salon_zone_id IS NOT NULL
                UNION
               SELECT pt.id, c.zone_id
                 FROM product_template pt
                 JOIN salon_cycle_product_rel rel ON rel.product_tmpl_id = pt.id
                 JOIN salon_cycle c ON c.id = rel.cycle_id
                WHERE pt.salon_kind = 'service' AND pt.salon_zone_id IS NULL
                  AND c.zone_id IS NOT NULL"""
        )

    @api.model
    def _sql_used(self, company, partners=None):
        """Return how each client used each zone: days, first, last, money."""
        return SQL(
            """SELECT v.partner_id, z.zone_id, MIN(v.date) AS first_date,
                      MAX(v.date) AS last_date, COUNT(DISTINCT v.date) AS visit_count,
                      SUM(l.amount) AS amount
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product p ON p.id = l.product_id
                 JOIN (%(zones)s) z ON z.product_tmpl_id = p.product_tmpl_id
                WHERE v.company_id = %(company)s AND v.state IN %(made)s
                  AND %(scope)s
             GROUP BY v.partner_id, z.zone_id""",
            zones=self._sql_product_zones(),
            company=company.id,
            made=MADE_STATES,
            scope=SQL("v.partner_id IS NOT NULL")
            if partners is None
            else SQL("v.partner_id = ANY(%s)", partners.ids),
        )

    @api.model
    def _sql_zone_state(self, company):
        """Return whether client ``s`` uses a zone (``u``), or it is a white spot."""
        return SQL(
            """CASE
                 WHEN u.last_date > %(day)s - %(year)s THEN 'used'
                 WHEN u.last_date IS NOT NULL THEN 'former'
                 WHEN s.frequency >= %(often)s
                  AND s.segment NOT IN ('lost', 'one_visit') THEN 'white'
                 ELSE 'unused'
               END""",
            day=company._salon_today(),
            year=YEAR,
            often=OFTEN,
        )

    # ------------------------------------------------------------
    # AFFINITIES
    # ------------------------------------------------------------

    AFFINITY = (
        *("client_count", "having_count", "other_count", "both_count"),
        *("support", "confidence", "lift"),
    )

    @api.model
    def _refresh_affinities(self, company):
        """Learn anew which services a salon's clients take together."""
        self._execute(
            SQL(
                """WITH %(pairs)s,
                gone AS (
                    DELETE FROM salon_service_affinity a
                     WHERE a.company_id = %(company)s
                       AND (a.product_tmpl_id, a.other_tmpl_id) NOT IN (
                           SELECT product_tmpl_id, other_tmpl_id FROM fresh))
                INSERT INTO salon_service_affinity AS a (
                    product_tmpl_id, other_tmpl_id, company_id, %(names)s,
                    create_uid, create_date, write_uid, write_date)
                SELECT product_tmpl_id, other_tmpl_id, %(company)s, %(names)s, %(stamp)s
                  FROM fresh
                ON CONFLICT (product_tmpl_id, other_tmpl_id, company_id) DO UPDATE
                   SET (%(names)s) = ROW(%(new)s),
                       write_uid = excluded.write_uid,
                       write_date = excluded.write_date
                 WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
                pairs=self._sql_pairs(company),
                company=company.id,
                stamp=self._sql_stamp(),
                **self._sql_columns("a", self.AFFINITY),
            ),
            "salon.service.affinity",
        )

    @api.model
    def _sql_pairs(self, company):
        """Return the steps to ``fresh``: pairs of services with lift and support."""
        return SQL(
            """had AS MATERIALIZED (
                SELECT DISTINCT v.partner_id, pt.id AS service
                  FROM salon_visit v
                  JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template pt
                    ON pt.id = p.product_tmpl_id AND pt.salon_kind = 'service'
                   AND pt.active
                 WHERE v.company_id = %(company)s AND v.state IN %(made)s
                   AND v.partner_id IS NOT NULL AND v.date > %(day)s - %(years)s),
            everybody AS (SELECT COUNT(DISTINCT partner_id) AS clients FROM had),
            one AS (SELECT service, COUNT(*) AS clients FROM had GROUP BY service),
            pair AS (
                SELECT a.service, b.service AS other, COUNT(*) AS clients
                  FROM had a
                  JOIN had b ON b.partner_id = a.partner_id AND b.service != a.service
              GROUP BY a.service, b.service
                HAVING COUNT(*) >= %(least)s),
            fresh AS (
                SELECT pair.service AS product_tmpl_id, pair.other AS other_tmpl_id,
                       e.clients AS client_count, a.clients AS having_count,
                       b.clients AS other_count, pair.clients AS both_count,
                       pair.clients::float8 / e.clients AS support,
                       pair.clients::float8 / a.clients AS confidence,
                       pair.clients::float8 * e.clients / (a.clients * b.clients)
                           AS lift
                  FROM pair
                  JOIN one a ON a.service = pair.service
                  JOIN one b ON b.service = pair.other
            CROSS JOIN everybody e)""",
            company=company.id,
            day=company._salon_today(),
            years=AFFINITY_YEARS,
            least=MIN_BOTH,
            made=MADE_STATES,
        )

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _execute(self, statement, *models):
        """Run a statement over a whole salon; forget what was read of these models."""
        self.env.flush_all()
        with self.env["salon.reminder.engine"]._hash_joins(True):
            self.env.execute_query(statement)
        for model in models:
            self.env[model].invalidate_model()

    @api.model
    def _sql_columns(self, table, columns):
        comma = SQL(", ")
        names = [SQL.identifier(name) for name in columns]
        return {
            "names": comma.join(names),
            "old": comma.join(SQL("%s.%s", SQL.identifier(table), n) for n in names),
            "new": comma.join(SQL("excluded.%s", name) for name in names),
        }

    @api.model
    def _sql_stamp(self):
        now = fields.Datetime.now()
        return SQL("%s, %s, %s, %s", self.env.uid, now, self.env.uid, now)
