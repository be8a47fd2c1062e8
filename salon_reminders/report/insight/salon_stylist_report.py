from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ...models.visit.salon_visit import MADE_STATES
from ...tools.arguments import lenient, months
from ..visit.salon_report import USUAL_WINDOW

# Normal quantile of a range that holds the truth 95 times in a hundred.
Z = 1.959964
# Where all of a cycle's clients are hers, both sides are equal but for rounding.
ROUNDING = 1e-9
DEFAULT_MONTHS = 12


class SalonStylistReport(models.Model):
    """Whose clients come back, said no more surely than the numbers allow.

    Only first visits are compared: they did not choose her because they like her. Each
    has as much time to come back as the cycle of its service gives. Who does slow
    services is not blamed for it: what is expected of her is what first visits for the
    same cycles brought at the whole salon (indirect standardisation). The range is the
    score interval of E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22 (1927),
    moved by the same factor.

    The context key ``salon_months`` says how many months back to look; 0 means all.
    """

    _name = "salon.stylist.report"
    _inherit = ["salon.summary.report"]
    _description = "Stylists Compared"
    _auto = False
    _order = "adjusted_rate desc, known_count desc, id"
    _rec_name = "stylist_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "stylist_id", "state", "start", "date"),
            *("is_purchase", "rating"),
        ],
        "salon.visit.line": [
            *("visit_id", "product_id", "stylist_id", "net_quantity", "amount"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_cycle_ids"],
        "salon.cycle": ["company_id", "lapse_days"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    stylist_id = fields.Many2one("resource.resource", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    visit_count = fields.Integer(
        "Visits", readonly=True, help="Visits of known clients done by the stylist."
    )
    # First visits
    first_count = fields.Integer(
        "First visits",
        readonly=True,
        help="Clients whose first visit to the salon was with the stylist.",
    )
    known_count = fields.Integer(
        "Known",
        readonly=True,
        help="First visits whose time to come back is over: the lapse days of the "
        "cycle of the service, 90 days if it has none. All shares are of these. The "
        "others are not yet known.",
    )
    returned_rate = fields.Float(
        "Came back",
        readonly=True,
        aggregator=None,
        help="Retention: share of known first visits after which the client came back "
        "to the salon in time, to whomever.",
    )
    same_rate = fields.Float(
        "Same stylist",
        readonly=True,
        aggregator=None,
        help="Share of known first visits after which the client came back in time to "
        "the same stylist.",
    )
    expected_rate = fields.Float(
        "Expected",
        readonly=True,
        aggregator=None,
        help="The share that came back after first visits for the same cycles at the "
        "whole salon.",
    )
    adjusted_rate = fields.Float(
        "Adjusted",
        readonly=True,
        aggregator=None,
        help="Share that came back, divided by the expected share and multiplied by "
        "the share of the whole salon: what the stylist would have if everybody did "
        "the same services.",
    )
    low_rate = fields.Float("Range from", readonly=True, aggregator=None)
    high_rate = fields.Float("Range to", readonly=True, aggregator=None)
    salon_rate = fields.Float(
        "Whole salon",
        readonly=True,
        aggregator=None,
        help="Share of all known first visits that came back.",
    )
    range_text = fields.Char(
        "Range",
        compute="_compute_range_text",
        help="The adjusted share lies in this range with 95 % confidence (Wilson).",
    )
    verdict = fields.Selection(
        [
            ("better", "Above the salon"),
            ("open", "No difference shown"),
            ("worse", "Below the salon"),
            ("unknown", "Not yet known"),
        ],
        readonly=True,
        help="Above or below only when the whole range lies above or below the share "
        "of the whole salon.",
    )
    # All visits
    rebooking_known_count = fields.Integer(
        "Visits with known booking",
        readonly=True,
        help="Visits that were entered by the end of their day. Of an imported history "
        "it is not known when the next visit was booked.",
    )
    rebooking_rate = fields.Float(
        "Rebooking",
        readonly=True,
        aggregator=None,
        help="Rebooking rate: share of visits after which the client left with a next "
        "appointment, booked that day or before.",
    )
    amount = fields.Monetary(
        "Money", readonly=True, help="Of the stylist's lines, less refunds."
    )
    retail_rate = fields.Float(
        "Retail share",
        readonly=True,
        aggregator=None,
        help="Money of the stylist's retail products divided by all their money.",
    )
    rating_count = fields.Integer(
        "Ratings", readonly=True, help="Visits of known clients that were rated."
    )
    rating_average = fields.Float(
        "Average rating",
        readonly=True,
        aggregator=None,
        help="Average of the ratings, 1 to 5 stars. A few ratings say little.",
    )
    rating_text = fields.Char(
        "Rating",
        compute="_compute_rating_text",
        help="Average of the ratings of the stylist's visits, 1 to 5 stars, and of "
        "how many. A few ratings say little.",
    )
    left_count = fields.Integer(
        "Left",
        readonly=True,
        help="Left afterwards (churn): clients whose last visit was with the stylist "
        "and who are lost: away for longer than the lapse days of that visit's cycle, "
        "90 days if it has none, and not booked.",
    )

    @api.depends("low_rate", "high_rate", "known_count")
    def _compute_range_text(self):
        for row in self:
            row.range_text = bool(row.known_count) and self.env._(
                "%(low)s to %(high)s %%",
                low=round(100 * row.low_rate),
                high=round(100 * row.high_rate),
            )

    @api.depends("rating_average", "rating_count")
    def _compute_rating_text(self):
        for row in self:
            row.rating_text = bool(row.rating_count) and self.env._(
                "%(average)s (%(count)s)",
                average=formatLang(self.env, row.rating_average, digits=1),
                count=row.rating_count,
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_first(self):
        """Open the first visits with this stylist."""
        self.ensure_one()
        months = self._get_months()
        domain = [
            ("stylist_id", "=", self.stylist_id.id),
            ("company_id", "=", self.company_id.id),
            ("kind", "=", "new"),
        ]
        if months:
            since = fields.Date.subtract(self.company_id._salon_today(), months=months)
            domain.append(("date", ">=", since))
        return self._open_list(
            "salon_reminders.salon_retention_report_action",
            self.env._("First visits with %(name)s", name=self.stylist_id.name),
            domain,
            ("list", "pivot", "graph"),
        )

    def action_open_left(self):
        """Open the clients who left after a visit with this stylist."""
        self.ensure_one()
        return self._open_list(
            "salon_reminders.res_partner_action_clients",
            self.env._("Left after %(name)s", name=self.stylist_id.name),
            [("id", "in", self._get_left_partner_ids())],
        )

    def _get_left_partner_ids(self):
        # The row itself was read under the rules of the reader.
        rows = self.env.execute_query(
            SQL(
                """WITH client AS (%s)
                SELECT partner_id FROM (%s) g
                 WHERE company_id = %s AND stylist_id = %s""",
                self._sql_clients(),
                self._sql_gone(),
                self.company_id.id,
                self.stylist_id.id,
            )
        )
        return [partner_id for (partner_id,) in rows]

    # ------------------------------------------------------------
    # THE QUESTION
    # ------------------------------------------------------------

    # Each part is joined by itself: what no column needs is not worked out.
    @property
    def _table_query(self):
        return SQL(
            """WITH client AS MATERIALIZED (%(clients)s),
                first AS (%(first)s),
                tally AS MATERIALIZED (%(tally)s),
                cycle AS (
                    SELECT company_id, cycle_id,
                           SUM(returned_count) / NULLIF(SUM(known_count), 0) AS rate
                      FROM tally GROUP BY company_id, cycle_id),
                salon_rate AS (
                    SELECT company_id,
                           SUM(returned_count) / NULLIF(SUM(known_count), 0) AS rate
                      FROM tally GROUP BY company_id),
                kept AS (%(kept)s),
                visit AS (%(visits)s),
                rebooking AS (%(rebookings)s),
                money AS (%(money)s),
                gone AS (
                    SELECT company_id, stylist_id, COUNT(*) AS left_count
                      FROM (%(gone)s) g GROUP BY company_id, stylist_id)
            %(rows)s""",
            clients=self._sql_clients(),
            first=self._sql_first(),
            tally=self._sql_tally(),
            kept=self._sql_kept(),
            visits=self._sql_visits(),
            rebookings=self._sql_rebookings(),
            money=self._sql_money(),
            gone=self._sql_gone(),
            rows=self._sql_rows(),
        )

    # ------------------------------------------------------------
    # THE PERIOD
    # ------------------------------------------------------------

    @api.model
    def _get_months(self):
        wanted = self.env.context.get("salon_months", DEFAULT_MONTHS)
        return lenient(months, DEFAULT_MONTHS)(wanted)

    @api.model
    def _sql_period(self, day, company):
        """Return the condition that a day at a salon lies in the period looked at."""
        months = self._get_months()
        if not months:
            return SQL("TRUE")

        def since(salon):
            return fields.Date.subtract(salon._salon_today(), months=months)

        return SQL("%s >= %s", day, self._sql_by_salon(company, since))

    # ------------------------------------------------------------
    # FIRST AND LAST VISITS
    # ------------------------------------------------------------

    @api.model
    def _sql_clients(self):
        """Return the first and the last day of each client who came in the period."""
        return SQL(
            """SELECT company_id, partner_id, MIN(date) AS first_date,
                   MAX(date) AS last_date
                 FROM salon_visit made
                WHERE %(is_visit)s AND partner_id IS NOT NULL
                  AND company_id = ANY(%(salons)s)
             GROUP BY company_id, partner_id
               HAVING %(period)s""",
            is_visit=self._sql_is_visit("made"),
            salons=self._get_salons().ids,
            period=self._sql_period(SQL("MAX(date)"), SQL("company_id")),
        )

    @api.model
    def _sql_visit_of(self, day):
        """Return the visit of a client's day: of several the first entered.

        LIMIT lets PostgreSQL find it in the index.
        """
        return SQL(
            """(SELECT id AS visit_id, stylist_id
                  FROM salon_visit made
                 WHERE %(is_visit)s AND made.partner_id = client.partner_id
                   AND made.company_id = client.company_id AND made.date = %(day)s
              ORDER BY id
                 LIMIT 1)""",
            is_visit=self._sql_is_visit("made"),
            day=day,
        )

    @api.model
    def _sql_first(self):
        """Return the very first visits and what came of them in their time."""
        return SQL(
            """SELECT f.*, date + window_days < %(today)s AS is_known,
                   back.returned, COALESCE(back.returned_same, FALSE) AS returned_same
                 FROM (
                    SELECT client.company_id, client.partner_id,
                           client.first_date AS date, visit.stylist_id, need.cycle_id,
                           COALESCE(need.lapse_days, %(usual)s) AS window_days
                      FROM client
                CROSS JOIN LATERAL %(visit)s visit
                 LEFT JOIN LATERAL %(need)s need ON TRUE
                     WHERE %(period)s) f
           CROSS JOIN LATERAL (
                    SELECT COUNT(*) > 0 AS returned,
                           BOOL_OR(again.stylist_id = f.stylist_id) AS returned_same
                      FROM salon_visit again
                     WHERE %(is_again)s AND again.partner_id = f.partner_id
                       AND again.company_id = f.company_id AND again.date > f.date
                       AND again.date <= f.date + f.window_days) back""",
            today=self._sql_today(SQL("f.company_id")),
            usual=USUAL_WINDOW,
            visit=self._sql_visit_of(SQL("client.first_date")),
            need=self._sql_need(SQL("visit.visit_id"), SQL("client.company_id")),
            period=self._sql_period(SQL("client.first_date"), SQL("client.company_id")),
            is_again=self._sql_is_visit("again"),
        )

    @api.model
    def _sql_tally(self):
        """Return what came of the first visits of each stylist, cycle by cycle."""
        return SQL(
            """SELECT company_id, stylist_id, cycle_id, COUNT(*) AS first_count,
                   COUNT(*) FILTER (WHERE is_known) AS known_count,
                   COUNT(*) FILTER (WHERE is_known AND returned) AS returned_count,
                   COUNT(*) FILTER (WHERE is_known AND returned_same) AS same_count
                 FROM first
             GROUP BY company_id, stylist_id, cycle_id"""
        )

    @api.model
    def _sql_kept(self):
        """Return what came of the first visits of each stylist."""
        return SQL(
            """SELECT tally.company_id, tally.stylist_id,
                   SUM(first_count)::int AS first_count,
                   SUM(known_count)::int AS known_count,
                   SUM(returned_count) AS returned_count,
                   SUM(same_count) AS same_count,
                   SUM(known_count * cycle.rate) AS expected_count
                 FROM tally
            LEFT JOIN cycle ON cycle.company_id = tally.company_id
                  AND cycle.cycle_id IS NOT DISTINCT FROM tally.cycle_id
             GROUP BY tally.company_id, tally.stylist_id"""
        )

    @api.model
    def _sql_gone(self):
        """Return the clients who did not come back after their last visit."""
        return SQL(
            """SELECT client.company_id, visit.stylist_id, client.partner_id
                 FROM client
           CROSS JOIN LATERAL %(visit)s visit
                WHERE %(is_away)s AND NOT %(is_booked)s""",
            visit=self._sql_visit_of(SQL("client.last_date")),
            is_away=self._sql_is_away(
                SQL("client.last_date"),
                SQL("visit.visit_id"),
                SQL("client.company_id"),
            ),
            is_booked=self._sql_is_booked("client"),
        )

    # ------------------------------------------------------------
    # ALL VISITS
    # ------------------------------------------------------------

    @api.model
    def _sql_visits(self):
        """Return the visits of each stylist, and how they were rated."""
        return SQL(
            """SELECT v.company_id, v.stylist_id, COUNT(*) AS visit_count,
                   COUNT(v.rating) AS rating_count,
                   AVG(v.rating::int)::float8 AS rating_average
                 FROM salon_visit v
                WHERE %(is_visit)s AND v.partner_id IS NOT NULL
                  AND v.stylist_id IS NOT NULL AND v.company_id = ANY(%(salons)s)
                  AND %(period)s
             GROUP BY v.company_id, v.stylist_id""",
            salons=self._get_salons().ids,
            is_visit=self._sql_is_visit("v"),
            period=self._sql_period(SQL("v.date"), SQL("v.company_id")),
        )

    @api.model
    def _sql_rebookings(self):
        """Return after how many of each stylist's visits a next one was booked."""
        # Latest first: the earliest entry of those that follow then only grows by a
        # row. OFFSET keeps the time zone from being worked out twice.
        return SQL(
            """SELECT company_id, stylist_id, COUNT(*) AS known_count,
                   COUNT(*) FILTER (WHERE next_entered <= date) AS rebooked_count
                 FROM (
                    SELECT v.company_id, v.stylist_id, v.state, v.date, v.entered,
                           MIN(v.entered) OVER (
                               PARTITION BY v.partner_id, v.company_id
                               ORDER BY v.date DESC
                               GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                           ) AS next_entered
                      FROM (
                        SELECT v.company_id, v.partner_id, v.stylist_id, v.state,
                               v.date, (%(entered)s)::date AS entered
                          FROM salon_visit v
                          JOIN %(salons)s salon ON salon.id = v.company_id
                         WHERE v.partner_id IS NOT NULL AND %(period)s
                           AND v.is_purchase IS NOT TRUE
                        OFFSET 0) v) v
                WHERE state IN %(made)s AND stylist_id IS NOT NULL AND entered <= date
             GROUP BY company_id, stylist_id""",
            made=MADE_STATES,
            entered=self._sql_local(SQL("v.create_date")),
            salons=self._sql_salons(),
            period=self._sql_period(SQL("v.date"), SQL("v.company_id")),
        )

    @api.model
    def _sql_money(self):
        """Return the money of each stylist's lines, and of her retail products."""
        # Added up by product first: what is joined then is little.
        return SQL(
            """SELECT m.company_id, m.stylist_id, SUM(m.amount) AS amount,
                   SUM(m.amount) FILTER (WHERE t.salon_kind = 'retail') AS retail
                 FROM (
                    SELECT v.company_id, l.product_id, SUM(l.amount) AS amount,
                           COALESCE(l.stylist_id, v.stylist_id) AS stylist_id
                      FROM salon_visit v
                      JOIN salon_visit_line l ON l.visit_id = v.id
                     WHERE v.state IN %(made)s AND v.company_id = ANY(%(salons)s)
                       AND %(period)s
                  GROUP BY 1, 2, 4) m
                 JOIN product_product p ON p.id = m.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
             GROUP BY m.company_id, m.stylist_id""",
            made=MADE_STATES,
            salons=self._get_salons().ids,
            period=self._sql_period(SQL("v.date"), SQL("v.company_id")),
        )

    # ------------------------------------------------------------
    # SIDE BY SIDE
    # ------------------------------------------------------------

    @api.model
    def _sql_rows(self):
        return SQL(
            """SELECT (ROW_NUMBER() OVER (ORDER BY company_id, stylist_id))::int AS id,
                   *, CASE WHEN COALESCE(known_count, 0) = 0 THEN 'unknown'
                           WHEN low_rate > salon_rate + %(tiny)s THEN 'better'
                           WHEN high_rate < salon_rate - %(tiny)s THEN 'worse'
                           ELSE 'open' END AS verdict
                 FROM (
                    SELECT s.*, s.rate * s.factor AS adjusted_rate,
                           LEAST(%(low)s * s.factor, 1) AS low_rate,
                           LEAST(%(high)s * s.factor, 1) AS high_rate
                      FROM (%(shares)s) s) s""",
            low=self._sql_wilson(SQL("-1")),
            high=self._sql_wilson(SQL("1")),
            tiny=ROUNDING,
            shares=self._sql_shares(),
        )

    @api.model
    def _sql_wilson(self, side):
        """Return an end of Wilson's range of s.rate, seen in s.known_count cases."""
        return SQL(
            """((s.rate + %(z2)s / (2 * s.n)
                 + %(side)s * %(z)s * sqrt(s.rate * (1 - s.rate) / s.n
                                           + %(z2)s / (4 * s.n ^ 2)))
                / (1 + %(z2)s / s.n))""",
            z=Z,
            z2=Z * Z,
            side=side,
        )

    @api.model
    def _sql_shares(self):
        return SQL(
            """SELECT visit.company_id, visit.stylist_id, company.currency_id,
                   visit.visit_count, COALESCE(kept.first_count, 0) AS first_count,
                   COALESCE(kept.known_count, 0) AS known_count,
                   NULLIF(kept.known_count, 0)::float8 AS n,
                   kept.returned_count::float8 / NULLIF(kept.known_count, 0) AS rate,
                   kept.returned_count::float8 / NULLIF(kept.known_count, 0)
                       AS returned_rate,
                   kept.same_count::float8 / NULLIF(kept.known_count, 0) AS same_rate,
                   kept.expected_count::float8 / NULLIF(kept.known_count, 0)
                       AS expected_rate,
                   salon_rate.rate::float8 AS salon_rate,
                   COALESCE(salon_rate.rate::float8 * kept.known_count
                            / NULLIF(kept.expected_count, 0)::float8, 1) AS factor,
                   COALESCE(rebooking.known_count, 0) AS rebooking_known_count,
                   rebooking.rebooked_count::float8 / rebooking.known_count
                       AS rebooking_rate,
                   money.amount,
                   COALESCE(money.retail, 0)::float8 / NULLIF(money.amount, 0)::float8
                       AS retail_rate,
                   visit.rating_count, visit.rating_average,
                   COALESCE(gone.left_count, 0) AS left_count
                 FROM visit
            LEFT JOIN kept USING (company_id, stylist_id)
            LEFT JOIN salon_rate USING (company_id)
            LEFT JOIN rebooking USING (company_id, stylist_id)
            LEFT JOIN money USING (company_id, stylist_id)
            LEFT JOIN gone USING (company_id, stylist_id)
                 JOIN res_company company ON company.id = visit.company_id"""
        )
