from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import YEAR

WINDOWS = (30, 60, 90, 180)


class SalonRetentionReport(models.Model):
    """Who came back: one row per client and month in which she visited the salon.

    The row stands for her first visit of that month. A window counts only when it is
    over for her: until then it is not yet known whether she comes back, even if she
    already has, for otherwise the quick ones would be counted and the slow ones not.
    """

    _name = "salon.retention.report"
    _inherit = ["salon.report"]
    _description = "Retention"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "stylist_id", "state", "start", "date"),
            "is_purchase",
        ],
        "salon.visit.line": ["visit_id", "product_id", "net_quantity", "amount"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_zone_id"],
        "res.partner": ["salon_source_id", "salon_recommended_by_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    visit_id = fields.Many2one("salon.visit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [("new", "New"), ("returning", "Returning")],
        string="New or returning",
        readonly=True,
        help="New: the client's first visit to the salon. Returning: the first visit "
        "of the month of a client who had been there in an earlier month.",
    )
    source_id = fields.Many2one("utm.source", readonly=True)
    recommended_by_id = fields.Many2one("res.partner", readonly=True)
    stylist_id = fields.Many2one("resource.resource", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        string="Service",
        readonly=True,
        help="The costliest service of the visit.",
    )
    zone_id = fields.Many2one("salon.zone", readonly=True)
    next_date = fields.Date("Next visit", readonly=True)

    days_to_next = fields.Integer(
        "Days to next visit",
        readonly=True,
        aggregator="avg",
        help="Of those who have come back so far.",
    )
    back_30 = fields.Float(
        "30 days",
        readonly=True,
        aggregator="avg",
        help="Retention: share of clients who came back within 30 days of the visit. "
        "Clients whose 30 days are not over are not counted.",
    )
    back_60 = fields.Float(
        "60 days",
        readonly=True,
        aggregator="avg",
        help="Retention: share of clients who came back within 60 days of the visit. "
        "Clients whose 60 days are not over are not counted.",
    )
    back_90 = fields.Float(
        "90 days",
        readonly=True,
        aggregator="avg",
        help="Retention: share of clients who came back within 90 days of the visit. "
        "Clients whose 90 days are not over are not counted.",
    )
    back_180 = fields.Float(
        "180 days",
        readonly=True,
        aggregator="avg",
        help="Retention: share of clients who came back within 180 days of the visit. "
        "Clients whose 180 days are not over are not counted.",
    )
    second_visit = fields.Float(
        "Next visit in a year",
        readonly=True,
        aggregator="avg",
        help="Share of clients who came at least once more within 365 days: the second "
        "visit of a new client. Clients whose year is not over are not counted.",
    )
    third_visit = fields.Float(
        "Two more in a year",
        readonly=True,
        aggregator="avg",
        help="Share of clients who came at least twice more within 365 days: the third "
        "visit of a new client. Clients whose year is not over are not counted.",
    )

    @api.model
    def _select(self):
        windows = {
            **{f"back_{days}": (days, "next_date") for days in WINDOWS},
            "second_visit": (YEAR, "next_date"),
            "third_visit": (YEAR, "third_date"),
        }
        return SQL(
            """SELECT day.visit_id AS id, day.visit_id, day.company_id, day.partner_id,
                   day.date, day.kind,
                   partner.salon_source_id AS source_id,
                   partner.salon_recommended_by_id AS recommended_by_id, v.stylist_id,
                   %(product)s AS product_id, %(zone)s AS zone_id, day.next_date,
                   day.next_date - day.date AS days_to_next, %(windows)s""",
            product=self._sql_main_service(SQL("day.visit_id"), SQL("l.product_id")),
            zone=self._sql_main_service(SQL("day.visit_id"), SQL("t.salon_zone_id")),
            windows=SQL(", ").join(
                SQL("%s AS %s", self._sql_back(*window), SQL.identifier(name))
                for name, window in windows.items()
            ),
        )

    @api.model
    def _sql_back(self, days, column):
        """Return 1 or 0, once it is known; today is not over yet."""
        return SQL(
            """CASE WHEN day.date + %(days)s < salon.today
                    THEN (COALESCE(%(column)s, 'infinity') <= day.date + %(days)s
                         )::int::float8 END""",
            days=days,
            column=SQL.identifier("day", column),
        )

    @api.model
    def _from(self):
        # Each kind by itself: PostgreSQL leaves out the one that is not asked for.
        return SQL("FROM (%s UNION ALL %s) day", self._sql_new(), self._sql_returning())

    @api.model
    def _sql_new(self):
        """Return the first days of the clients and the two that follow."""

        def day(column, condition):
            return SQL(
                """LEFT JOIN LATERAL (
                    SELECT MIN(%(column)s) AS %(column)s FROM salon_visit made
                     WHERE %(is_visit)s AND made.partner_id = client.partner_id
                       AND made.company_id = client.company_id
                       AND %(condition)s)""",
                column=SQL.identifier(column),
                is_visit=self._sql_is_visit("made"),
                condition=condition,
            )

        return SQL(
            """SELECT 'new' AS kind, client.company_id, client.partner_id, client.date,
                   visit.id AS visit_id, following.date AS next_date,
                   third.date AS third_date
                 FROM %(clients)s client
                 %(visit)s visit ON TRUE
                 %(following)s following ON TRUE
                 %(third)s third ON TRUE""",
            clients=self._sql_client_totals(),
            visit=day("id", SQL("made.date = client.date")),
            following=day("date", SQL("made.date > client.date")),
            third=day("date", SQL("made.date > following.date")),
        )

    @api.model
    def _sql_returning(self):
        """Return the first days in later months and the two that follow.

        Several visits on a day are one; the first entered stands for it.
        """
        return SQL(
            """SELECT 'returning' AS kind, company_id, partner_id, date, visit_id,
                   next_date, third_date
                 FROM (
                    SELECT MIN(id) AS visit_id, company_id, partner_id, date,
                           LAG(date) OVER client AS previous_date,
                           LEAD(date) OVER client AS next_date,
                           LEAD(date, 2) OVER client AS third_date
                      FROM salon_visit made
                     WHERE %s AND partner_id IS NOT NULL
                  GROUP BY company_id, partner_id, date
                    WINDOW client AS (
                        PARTITION BY company_id, partner_id ORDER BY date)) visit
                WHERE previous_date <= date - EXTRACT(DAY FROM date)::int""",
            self._sql_is_visit("made"),
        )

    @api.model
    def _join(self):
        return SQL(
            """LEFT JOIN salon_visit v ON v.id = day.visit_id
               LEFT JOIN res_partner partner ON partner.id = day.partner_id
               LEFT JOIN %s salon ON salon.id = day.company_id""",
            self._sql_salons(),
        )

    def action_open_partner(self):
        """Open the client's card."""
        return self._open_record(self.partner_id)
