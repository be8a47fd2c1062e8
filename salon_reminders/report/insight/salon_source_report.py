from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import MADE_STATES, YEAR
from ...tools.arguments import lenient, months

# So that there are clients whose first year is over.
DEFAULT_MONTHS = 24


class SalonSourceReport(models.Model):
    """What brings clients, and what that costs: one row per source and salon.

    Clients are those whose first visit lies in the period; the context key
    ``salon_months`` says how many months back it begins, 0 means all.
    """

    _name = "salon.source.report"
    _inherit = ["salon.summary.report"]
    _description = "Sources"
    _auto = False
    _order = "amount desc, id"
    _rec_name = "source_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "state", "start", "date", "is_purchase"),
            "amount_total",
        ],
        "res.partner": ["salon_source_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
        "salon.source.cost": ["source_id", "company_id", "date", "amount"],
    }

    name = fields.Char("Source", compute="_compute_name")
    source_id = fields.Many2one("utm.source", string="Marketing source", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    client_count = fields.Integer(
        "New clients",
        readonly=True,
        help="Clients of this source whose first visit lies in the period.",
    )
    visit_count = fields.Integer(
        "Visit days",
        readonly=True,
        help="Days on which these clients have been here so far; two visits of a "
        "client on one day count once.",
    )
    amount = fields.Monetary(
        "Money", readonly=True, help="All that these clients have paid so far."
    )
    year_known_count = fields.Integer(
        "First year known",
        readonly=True,
        help="Of these clients, those whose first year is over.",
    )
    first_year_amount = fields.Monetary(
        "First-year value",
        readonly=True,
        aggregator=None,
        help="What a client pays in the 365 days from the first visit: the average of "
        "those whose first year is over. Empty: not yet known.",
    )
    cost = fields.Monetary(
        readonly=True, help="Costs entered for this source in the period."
    )
    client_cost = fields.Monetary(
        "Cost per client",
        readonly=True,
        aggregator=None,
        help="Cost divided by new clients. Empty when no cost was entered.",
    )

    @api.depends("source_id")
    def _compute_name(self):
        for row in self:
            row.name = row.source_id.name or self.env._("Not stated")

    # Clients of no source are counted under 0, which joins; NULL would not.
    @property
    def _table_query(self):
        return SQL(
            """WITH client AS (%(clients)s),
                found AS (%(found)s),
                cost AS (%(costs)s)
            SELECT (ROW_NUMBER() OVER (ORDER BY company_id, source))::int AS id,
                   company_id, NULLIF(source, 0) AS source_id, company.currency_id,
                   COALESCE(found.client_count, 0) AS client_count,
                   COALESCE(found.visit_count, 0) AS visit_count,
                   COALESCE(found.amount, 0) AS amount,
                   COALESCE(found.year_known_count, 0) AS year_known_count,
                   found.year_amount / NULLIF(found.year_known_count, 0)
                       AS first_year_amount,
                   cost.amount AS cost,
                   cost.amount / NULLIF(found.client_count, 0) AS client_cost
              FROM found FULL JOIN cost USING (company_id, source)
              JOIN res_company company ON company.id = company_id""",
            clients=self._sql_clients(),
            found=self._sql_found(),
            costs=self._sql_costs(),
        )

    @api.model
    def _sql_since(self):
        """Return the day on which the period begins; the salon is joined as salon."""
        months = self._get_months()
        if not months:
            return SQL("'-infinity'::date")
        return SQL("(salon.today - make_interval(months => %s))::date", months)

    @api.model
    def _get_months(self):
        """Return how many months back to look, 0 for all; the caller may say it."""
        wanted = self.env.context.get("salon_months", DEFAULT_MONTHS)
        return lenient(months, DEFAULT_MONTHS)(wanted)

    @api.model
    def _sql_clients(self):
        """Return the clients gained in the period, and what they have brought."""
        return SQL(
            """SELECT client.*, salon.today
                 FROM %(clients)s client
                 JOIN %(salons)s salon ON salon.id = client.company_id
                WHERE client.date >= %(since)s""",
            clients=self._sql_client_totals(),
            salons=self._sql_salons(),
            since=self._sql_since(),
        )

    @api.model
    def _sql_found(self):
        return SQL(
            """SELECT client.company_id, COALESCE(p.salon_source_id, 0) AS source,
                   COUNT(*) AS client_count, SUM(client.visit_count) AS visit_count,
                   SUM(client.amount) AS amount,
                   COUNT(*) FILTER (WHERE client.date + %(year)s <= client.today)
                       AS year_known_count,
                   SUM(paid.amount) AS year_amount
                 FROM client
                 JOIN res_partner p ON p.id = client.partner_id
            LEFT JOIN (
                    SELECT c.company_id, c.partner_id, SUM(v.amount_total) AS amount
                      FROM client c
                      JOIN salon_visit v ON v.partner_id = c.partner_id
                       AND v.company_id = c.company_id AND v.state IN %(made)s
                       AND v.date >= c.date AND v.date < c.date + %(year)s
                     WHERE c.date + %(year)s <= c.today
                  GROUP BY c.company_id, c.partner_id) paid
                   ON paid.company_id = client.company_id
                  AND paid.partner_id = client.partner_id
             GROUP BY client.company_id, COALESCE(p.salon_source_id, 0)""",
            made=MADE_STATES,
            year=YEAR,
        )

    @api.model
    def _sql_costs(self):
        return SQL(
            """SELECT c.company_id, c.source_id AS source, SUM(c.amount) AS amount
                 FROM salon_source_cost c
                 JOIN %(salons)s salon ON salon.id = c.company_id
                WHERE c.date >= %(since)s AND c.date <= salon.today
             GROUP BY c.company_id, c.source_id""",
            salons=self._sql_salons(),
            since=self._sql_since(),
        )

    def action_open_clients(self):
        """Open the clients of this source, gained in the period."""
        self.ensure_one()
        months = self._get_months()
        domain = [
            ("source_id", "=", self.source_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        if months:
            since = fields.Date.subtract(self.company_id._salon_today(), months=months)
            domain.append(("date", ">=", since))
        return self._open_list(
            "salon_reminders.salon_client_report_action",
            self.env._("New clients: %(name)s", name=self.name),
            domain,
            ("list", "pivot", "graph"),
        )
