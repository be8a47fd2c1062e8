from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import MADE_STATES, YEAR

REGULAR_VISITS = 3


class SalonClientReport(models.Model):
    """Where each client came from and what became of her: one row per salon."""

    _name = "salon.client.report"
    _inherit = ["salon.report"]
    _description = "Clients Analysis"
    _auto = False
    _order = "amount desc, id"
    _rec_name = "partner_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "state", "start", "date", "is_purchase"),
            "amount_total",
        ],
        "salon.visit.line": ["visit_id", "product_id", "net_quantity"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_cycle_ids"],
        "salon.cycle": ["company_id", "lapse_days"],
        "res.partner": ["salon_source_id", "salon_recommended_by_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    recommended_by_id = fields.Many2one("res.partner", readonly=True)
    date = fields.Date("First visit", readonly=True)
    last_date = fields.Date("Last visit", readonly=True)
    status = fields.Selection(
        [("new", "New"), ("regular", "Regular"), ("lost", "Lost")],
        readonly=True,
        help="Lost (churn): away for longer than the lapse days of the cycles that the "
        "last visit renewed, 90 days if it renewed none, and not booked. Regular: not "
        "lost, on at least three days at the salon. New: not lost, once or twice.",
    )

    client_count = fields.Integer("Clients", readonly=True)
    visit_count = fields.Integer(
        "Visit days",
        readonly=True,
        help="Days on which the client came; purchases without a service do not count.",
    )
    amount = fields.Monetary(
        "Money",
        readonly=True,
        help="All that the client has paid so far, purchases included.",
    )
    first_year_amount = fields.Monetary(
        "First-year value",
        readonly=True,
        aggregator="avg",
        help="What the client paid in the 365 days from the first visit. Clients "
        "whose first year is not over are not counted.",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT client.id, client.company_id, company.currency_id,
                   client.partner_id, partner.salon_source_id AS source_id,
                   partner.salon_recommended_by_id AS recommended_by_id, client.date,
                   client.last_date, %(status)s AS status, 1 AS client_count,
                   client.visit_count, client.amount,
                   %(first_year)s AS first_year_amount""",
            status=self._sql_status(),
            first_year=self._sql_first_year(),
        )

    @api.model
    def _sql_status(self):
        return SQL(
            """CASE WHEN %(is_away)s AND NOT %(is_booked)s THEN 'lost'
                    WHEN client.visit_count >= %(regular)s THEN 'regular'
                    ELSE 'new' END""",
            is_away=self._sql_is_away(
                SQL("client.last_date"),
                self._sql_last_visit(),
                SQL("client.company_id"),
            ),
            is_booked=self._sql_is_booked("client"),
            regular=REGULAR_VISITS,
        )

    @api.model
    def _sql_last_visit(self):
        return SQL(
            """(SELECT MIN(last.id) FROM salon_visit last
                 WHERE %s AND last.partner_id = client.partner_id
                   AND last.company_id = client.company_id
                   AND last.date = client.last_date)""",
            self._sql_is_visit("last"),
        )

    @api.model
    def _sql_first_year(self):
        """Return the money of the first year, once it is over."""
        return SQL(
            """CASE WHEN client.date + %(year)s <= salon.today THEN (
                    SELECT COALESCE(SUM(early.amount_total), 0)
                      FROM salon_visit early
                     WHERE early.partner_id = client.partner_id
                       AND early.company_id = client.company_id
                       AND early.state IN %(made)s
                       AND early.date >= client.date
                       AND early.date < client.date + %(year)s) END""",
            year=YEAR,
            made=MADE_STATES,
        )

    @api.model
    def _from(self):
        return SQL("FROM %s client", self._sql_client_totals())

    @api.model
    def _join(self):
        return SQL(
            """LEFT JOIN res_partner partner ON partner.id = client.partner_id
               LEFT JOIN res_company company ON company.id = client.company_id
               LEFT JOIN %s salon ON salon.id = client.company_id""",
            self._sql_salons(),
        )

    def action_open_partner(self):
        """Open the client's card."""
        return self._open_record(self.partner_id)
