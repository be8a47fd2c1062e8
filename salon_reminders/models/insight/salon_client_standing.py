from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.each import work_each
from ...tools.upsert import sql_columns, sql_stamp
from ..visit.salon_visit import MADE_STATES, OPEN_STATES, YEAR

SEGMENTS = [
    ("new", "New"),
    ("regular", "Regular"),
    ("key", "Key"),
    ("at_risk", "At risk"),
    ("lost", "Lost"),
    ("one_visit", "One visit"),
]
# What goes together changes slowly.
AFFINITY_DAYS = 7
# Longer gaps are breaks, not a rhythm; without any gap at the salon, six weeks.
LONGEST_GAP = 180
USUAL_GAP = 42
# The upper two fifths come often; the uppermost pays most.
OFTEN = 4
BEST = 5
# So many of the last visits tell a client's habits: a weekday or an hour is usual when
# so large a share of them agrees, once there are so many.
HABIT_VISITS = 8
USUAL_VISITS = 3
USUAL_SHARE = 0.4
# What is worked out; only rows that differ are written.
COLUMNS = (
    *("segment", "recency", "frequency", "money", "score", "first_date"),
    *("last_date", "visit_count", "year_count", "amount_total", "amount_year"),
    *("rhythm_days", "stylist_id", "usual_weekday", "usual_hour", "is_booked"),
)


class SalonClientStanding(models.Model):
    """How one client stands at one salon: how recently, how often, for how much.

    Worked out by the daily job for the whole salon at once, never at a sale: the
    fifths compare a client with all the others. The card of a client counts her
    visits itself and is never a day behind.
    """

    _name = "salon.client.standing"
    _description = "Standing of a Client"
    _order = "amount_year desc, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment = fields.Selection(SEGMENTS, required=True, index=True)
    segment_date = fields.Date("In this segment since")

    # The salon's own fifths; 5 is best
    recency = fields.Integer(aggregator="avg", help="5: the latest fifth of clients.")
    frequency = fields.Integer(
        aggregator="avg", help="5: the fifth that came most often in a year."
    )
    money = fields.Integer(
        aggregator="avg", help="5: the fifth that spent most in a year."
    )
    score = fields.Integer(
        aggregator="avg", help="Recency, frequency and money together, 3 to 15."
    )

    # What they rest on
    first_date = fields.Date("First visit")
    last_date = fields.Date("Last visit")
    visit_count = fields.Integer("Visits", help="Days with a visit.")
    year_count = fields.Integer("Visits in a year", help="In the last 365 days.")
    amount_total = fields.Monetary("Spent", help="Services and retail products.")
    amount_year = fields.Monetary("Spent in a year", help="In the last 365 days.")
    rhythm_days = fields.Integer(
        "Comes every (days)",
        aggregator="avg",
        help="The middle of the client's own gaps up to half a year, else that of the "
        "salon.",
    )
    stylist_id = fields.Many2one(
        "resource.resource",
        string="Usual stylist",
        index="btree_not_null",
        ondelete="set null",
    )
    usual_weekday = fields.Integer(
        "Usual weekday", aggregator=None, help="1 is Monday."
    )
    usual_hour = fields.Integer("Usual hour", aggregator=None)
    is_booked = fields.Boolean("Booked", help="The client has a booking to come.")
    zone_ids = fields.One2many("salon.client.zone", "standing_id", string="Zones")

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_company_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A client stands once at each salon."
    )
    _segment_idx = models.Index("(company_id, segment, amount_year DESC)")

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Work the segments and zones of every salon out, once on each of its days.

        It is asked every hour, as midnight differs from salon to salon; a salon that
        fails does not stop the others and is tried again in an hour.

        :raise Exception: the last error, when there was one, after all other salons
        """
        companies = self.env["res.company"].search([])
        waiting = companies.filtered(
            lambda one: one.salon_standing_date != one._salon_today()
        )
        work_each(waiting, self._refresh, "The segments")

    @api.model
    def _refresh(self, companies):
        """Bring segments, zones and, once a week, affinities of salons up to date."""
        for company in companies:
            today = company._salon_today()
            self._refresh_standings(company)
            self.env["salon.client.zone"]._refresh_zones(company)
            compared = company.salon_affinity_date
            if not compared or compared <= today - timedelta(days=AFFINITY_DAYS):
                self.env["salon.service.affinity"]._refresh_affinities(company)
                company.salon_affinity_date = today
            company.salon_standing_date = today

    # ------------------------------------------------------------
    # HABITS
    # ------------------------------------------------------------

    @api.model
    def _get_habits(self, partners):
        """Return {client id: (usual weekday, usual hour, stylist id)} at this salon.

        Clients without a visit are not in it. What there is no habit of is None; 1 is
        Monday, and half past two is 14.5. The stylist is who served most of the last
        visits.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            self._sql_habits(self._sql_recent(self.env.company, partners))
        )
        return {partner_id: habit for partner_id, *habit in rows}

    @api.model
    def _sql_recent(self, company, partners):
        """Return the last visits of clients: partner_id, moment, stylist_id.

        The moment is by the salon's clock.
        """
        return SQL(
            """SELECT p.id AS partner_id, v.stylist_id,
                      v.start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s AS moment
                 FROM unnest(%(partners)s::int[]) AS p (id)
           CROSS JOIN LATERAL (
                      SELECT x.start, x.stylist_id FROM salon_visit x
                       WHERE x.partner_id = p.id AND x.company_id = %(company)s
                         AND x.state IN %(made)s AND NOT x.is_purchase
                    ORDER BY x.date DESC, x.start DESC, x.id DESC
                       LIMIT %(visits)s) v""",
            zone=company._salon_timezone().zone,
            partners=partners.ids,
            company=company.id,
            made=MADE_STATES,
            visits=HABIT_VISITS,
        )

    @api.model
    def _sql_habits(self, recent):
        """Return when clients usually come: partner_id, weekday, hour, stylist_id.

        The one rule of habits. A weekday is usual on which she came on at least two in
        five of her last visits, of several the one with most of them, then the first
        of the week. The usual hour is the middle one, when as many visits began within
        an hour of it. Of less than three visits nothing is known.

        :param SQL recent: the last visits, as rows of ``_sql_recent``
        """
        return SQL(
            """SELECT partner_id,
                      CASE WHEN cardinality(array_positions(days, day))
                                >= %(share)s * visits THEN day END AS weekday,
                      CASE WHEN (SELECT COUNT(*) FROM unnest(hours) AS h
                                  WHERE abs(h - hour) <= 1)
                                >= %(share)s * visits THEN hour END AS hour,
                      stylist_id
                 FROM (
                    SELECT partner_id, array_agg(day) AS days,
                           array_agg(hour) AS hours,
                           MODE() WITHIN GROUP (ORDER BY stylist_id) AS stylist_id,
                           MODE() WITHIN GROUP (ORDER BY day) AS day,
                           PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY hour) AS hour,
                           -- Of too few no share is enough.
                           CASE WHEN COUNT(*) >= %(visits)s THEN COUNT(*) END AS visits
                      FROM (SELECT partner_id, stylist_id,
                                   EXTRACT(ISODOW FROM moment)::int AS day,
                                   EXTRACT(EPOCH FROM moment::time)::float8 / 3600
                                       AS hour
                              FROM (%(recent)s) r) v
                  GROUP BY partner_id) u""",
            share=USUAL_SHARE,
            visits=USUAL_VISITS,
            recent=recent,
        )

    # ------------------------------------------------------------
    # SEGMENTS, IN SQL OVER THE WHOLE SALON
    # ------------------------------------------------------------

    @api.model
    def _refresh_standings(self, company):
        """Bring the standings of a salon's clients up to date, and note the moves."""
        refresh_set(
            self,
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
                stamp=sql_stamp(self.env),
                **sql_columns("s", COLUMNS),
            ),
            self.env["salon.segment.move"],
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
                           AS moment,
                       ROW_NUMBER() OVER (
                           PARTITION BY v.partner_id, v.is_purchase
                           ORDER BY v.date DESC, v.start DESC, v.id DESC) AS age
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
                           FILTER (WHERE NOT is_purchase) AS stylist_id
                  FROM done
              GROUP BY partner_id),
            habit AS (%(habits)s),
            coming AS (
                SELECT DISTINCT partner_id
                  FROM salon_visit
                 WHERE company_id = %(company)s AND state IN %(open)s
                   AND date >= %(day)s),
            fact AS (
                SELECT came.*, paid.amount_total, paid.amount_year, paid.stylist_id,
                       habit.weekday AS usual_weekday,
                       floor(habit.hour)::int AS usual_hour,
                       COALESCE(came.own_gap, norm.gap, %(usual)s) AS rhythm_days,
                       coming.partner_id IS NOT NULL AS is_booked
                  FROM came
                  JOIN paid USING (partner_id)
            CROSS JOIN norm
             LEFT JOIN habit USING (partner_id)
             LEFT JOIN coming USING (partner_id))""",
            habits=self._sql_habits(
                SQL(
                    """SELECT partner_id, stylist_id, moment FROM done
                        WHERE NOT is_purchase AND age <= %s""",
                    HABIT_VISITS,
                )
            ),
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
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()


def refresh_set(model, statement, *others):
    """Run a statement over a whole salon; forget what was read of these models."""
    model.env.flush_all()
    with model.env["salon.reminder.engine"]._hash_joins(True):
        model.env.execute_query(statement)
    for one in (model, *others):
        one.invalidate_model()
