from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from .salon_report import USUAL_WINDOW

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
    _inherit = ["salon.report"]
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
            *("visit_id", "product_id", "stylist_id", "quantity", "amount"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_cycle_ids"],
        "salon.cycle": ["lapse_days"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    stylist_id = fields.Many2one("resource.resource", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    visit_count = fields.Integer(
        "Visits", readonly=True, help="Visits of known clients done by her."
    )

    # First visits
    first_count = fields.Integer(
        "First visits",
        readonly=True,
        help="Clients whose first visit to the salon was with her.",
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
        "To her",
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
        "the share of the whole salon: what she would have if everybody did the same "
        "services.",
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
    amount = fields.Monetary("Money", readonly=True, help="Of her lines, less refunds.")
    retail_rate = fields.Float(
        "Retail share",
        readonly=True,
        aggregator=None,
        help="Money of her retail products divided by all her money.",
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
        help="Average of the ratings of her visits, 1 to 5 stars, and of how many. A "
        "few ratings say little.",
    )
    left_count = fields.Integer(
        "Left",
        readonly=True,
        help="Left after her (churn): clients whose last visit was with her and who "
        "are lost: away for longer than the lapse days of that visit's cycle, 90 days "
        "if it has none, and not booked.",
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
    # THE QUESTION
    # ------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL(
            """WITH day AS MATERIALIZED (%(days)s),
                first AS (%(first)s),
                cycle AS (
                    SELECT company_id, cycle_id, AVG(returned::int) AS rate
                      FROM first WHERE is_known GROUP BY company_id, cycle_id),
                salon_rate AS (
                    SELECT company_id, AVG(returned::int) AS rate
                      FROM first WHERE is_known GROUP BY company_id),
                kept AS (%(kept)s),
                visit AS (%(visits)s),
                money AS (%(money)s),
                gone AS (
                    SELECT company_id, stylist_id, COUNT(*) AS left_count
                      FROM (%(gone)s) g GROUP BY company_id, stylist_id)
            %(rows)s""",
            days=self._sql_days(),
            first=self._sql_first(),
            kept=self._sql_kept(),
            visits=self._sql_visits(),
            money=self._sql_money(),
            gone=self._sql_gone(),
            rows=self._sql_rows(),
        )

    @api.model
    def _sql_period(self, day):
        """Return the condition that a day lies in the period looked at."""
        months = self.env.context.get("salon_months", DEFAULT_MONTHS)
        if not months:
            return SQL("TRUE")
        return SQL("%s >= salon.today - make_interval(months => %s)", day, int(months))

    @api.model
    def _sql_days(self):
        """Return first and last visits of the period, with their time to come back."""
        return SQL(
            """SELECT d.*, v.stylist_id, need.cycle_id, salon.today,
                   COALESCE(need.lapse_days, %(usual)s) AS window_days
                 FROM %(days)s d
                 JOIN %(salons)s salon ON salon.id = d.company_id
                 JOIN salon_visit v ON v.id = d.visit_id
            LEFT JOIN LATERAL %(need)s need ON TRUE
                WHERE (d.nth = 1 OR d.next_date IS NULL) AND %(period)s""",
            usual=USUAL_WINDOW,
            days=self._sql_visit_days(),
            salons=self._sql_salons(),
            need=self._sql_need(SQL("d.visit_id")),
            period=self._sql_period(SQL("d.date")),
        )

    @api.model
    def _sql_first(self):
        return SQL(
            """SELECT day.*, date + window_days < today AS is_known,
                   COALESCE(next_date <= date + window_days, FALSE) AS returned,
                   date + window_days < today
                   AND next_date <= date + window_days AND EXISTS (
                        SELECT FROM salon_visit again
                         WHERE %(is_visit)s AND again.partner_id = day.partner_id
                           AND again.company_id = day.company_id
                           AND again.stylist_id = day.stylist_id
                           AND again.date > day.date
                           AND again.date <= day.date + day.window_days
                   ) AS returned_same
                 FROM day WHERE nth = 1""",
            is_visit=self._sql_is_visit("again"),
        )

    @api.model
    def _sql_kept(self):
        """Return what came of the first visits of each stylist."""
        return SQL(
            """SELECT first.company_id, first.stylist_id, COUNT(*) AS first_count,
                   COUNT(*) FILTER (WHERE is_known) AS known_count,
                   COUNT(*) FILTER (WHERE is_known AND returned) AS returned_count,
                   COUNT(*) FILTER (WHERE returned_same) AS same_count,
                   SUM(cycle.rate) FILTER (WHERE is_known) AS expected_count
                 FROM first
            LEFT JOIN cycle ON cycle.company_id = first.company_id
                  AND cycle.cycle_id IS NOT DISTINCT FROM first.cycle_id
             GROUP BY first.company_id, first.stylist_id"""
        )

    @api.model
    def _sql_visits(self):
        """Return the visits of each stylist, and after how many she was rebooked."""
        return SQL(
            """SELECT company_id, stylist_id, COUNT(*) AS visit_count,
                   COUNT(*) FILTER (WHERE entered <= date) AS booking_known_count,
                   COUNT(*) FILTER (WHERE entered <= date AND next_entered <= date)
                       AS rebooked_count,
                   COUNT(rating) AS rating_count,
                   AVG(rating::int)::float8 AS rating_average
                 FROM (
                    SELECT v.company_id, v.stylist_id, v.state, v.date, v.entered,
                           v.rating,
                           MIN(v.entered) OVER (
                               PARTITION BY v.company_id, v.partner_id ORDER BY v.date
                               GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                           ) AS next_entered
                      FROM (
                        SELECT v.*, (%(entered)s)::date AS entered
                          FROM salon_visit v
                          JOIN %(salons)s salon ON salon.id = v.company_id
                         WHERE v.partner_id IS NOT NULL AND %(period)s
                           AND v.is_purchase IS NOT TRUE) v) v
                WHERE state = 'done' AND stylist_id IS NOT NULL
             GROUP BY company_id, stylist_id""",
            entered=self._sql_local(SQL("v.create_date")),
            salons=self._sql_salons(),
            period=self._sql_period(SQL("v.date")),
        )

    @api.model
    def _sql_money(self):
        return SQL(
            """SELECT v.company_id, COALESCE(l.stylist_id, v.stylist_id) AS stylist_id,
                   SUM(l.amount) AS amount,
                   SUM(l.amount) FILTER (WHERE t.salon_kind = 'retail') AS retail
                 FROM salon_visit v
                 JOIN %(salons)s salon ON salon.id = v.company_id
                 JOIN salon_visit_line l ON l.visit_id = v.id
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t ON t.id = p.product_tmpl_id
                WHERE v.state = 'done' AND %(period)s
             GROUP BY v.company_id, COALESCE(l.stylist_id, v.stylist_id)""",
            salons=self._sql_salons(),
            period=self._sql_period(SQL("v.date")),
        )

    @api.model
    def _sql_gone(self):
        """Return the clients who did not come back after their last visit."""
        return SQL(
            """SELECT last.company_id, last.stylist_id, last.partner_id
                 FROM day last
                 JOIN %(salons)s salon ON salon.id = last.company_id
                WHERE last.next_date IS NULL
                  AND last.date + last.window_days < last.today
                  AND NOT %(is_booked)s""",
            salons=self._sql_salons(),
            is_booked=self._sql_is_booked("last"),
        )

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
                   visit.booking_known_count AS rebooking_known_count,
                   visit.rebooked_count::float8 / NULLIF(visit.booking_known_count, 0)
                       AS rebooking_rate,
                   money.amount,
                   COALESCE(money.retail, 0)::float8 / NULLIF(money.amount, 0)::float8
                       AS retail_rate,
                   visit.rating_count, visit.rating_average,
                   COALESCE(gone.left_count, 0) AS left_count
                 FROM visit
            LEFT JOIN kept USING (company_id, stylist_id)
            LEFT JOIN salon_rate USING (company_id)
            LEFT JOIN money USING (company_id, stylist_id)
            LEFT JOIN gone USING (company_id, stylist_id)
                 JOIN res_company company ON company.id = visit.company_id"""
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_first(self):
        """Open the first visits with this stylist."""
        self.ensure_one()
        months = self.env.context.get("salon_months", DEFAULT_MONTHS)
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
                """WITH day AS (%s)
                SELECT partner_id FROM (%s) g
                 WHERE company_id = %s AND stylist_id = %s""",
                self._sql_days(),
                self._sql_gone(),
                self.company_id.id,
                self.stylist_id.id,
            )
        )
        return [partner_id for (partner_id,) in rows]
