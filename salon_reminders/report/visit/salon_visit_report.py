from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.times import WEEKDAYS
from .salon_report import QUESTION_SETTINGS


class SalonVisitReport(models.Model):
    """Visits and money: one row per line of a visit, or per visit without lines."""

    _name = "salon.visit.report"
    _inherit = ["salon.report"]
    _description = "Visits and Money"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "visit_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "stylist_id", "state", "start", "date"),
            *("is_purchase", "call_id"),
        ],
        "salon.visit.line": [
            *("visit_id", "product_id", "stylist_id", "quantity", "amount"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_kind", "salon_zone_id", "categ_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }
    # The lines of a period lie close together: for a short one PostgreSQL should look
    # them up instead of going through those of all years.
    _question_settings = {**QUESTION_SETTINGS, "random_page_cost": "1.1"}

    visit_id = fields.Many2one("salon.visit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["salon.visit"]._fields["state"].selection,
        readonly=True,
    )

    # When
    date = fields.Date(readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Char(readonly=True, help="The hour in which the visit begins.")

    # Who
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    client_kind = fields.Selection(
        [("new", "New"), ("returning", "Returning"), ("walk_in", "Walk-in")],
        string="New or returning",
        readonly=True,
        help="New: the day of the client's first visit to the salon. Returning: any "
        "later day. Walk-in: the client is not known.",
    )
    stylist_id = fields.Many2one("resource.resource", readonly=True)

    # What
    product_id = fields.Many2one(
        "product.product", string="Service or product", readonly=True
    )
    zone_id = fields.Many2one("salon.zone", readonly=True)
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    salon_kind = fields.Selection(
        selection=lambda self: (
            self.env["product.template"]._fields["salon_kind"].selection
        ),
        string="Sold as",
        readonly=True,
    )
    from_call = fields.Boolean("Booked on a call", readonly=True)

    # How much
    visit_count = fields.Integer(
        "Visits",
        readonly=True,
        aggregator="count_distinct",
        help="Different visits. A receipt with retail products only is a purchase and "
        "does not count as a visit.",
    )
    client_count = fields.Integer(
        "Clients",
        readonly=True,
        aggregator="count_distinct",
        help="Different clients; walk-ins are not counted.",
    )
    quantity = fields.Float(readonly=True, help="Sold less taken back.")
    amount = fields.Monetary(
        "Money",
        readonly=True,
        help="What was paid for the lines, after discounts and less refunds.",
    )
    average_ticket = fields.Monetary(
        readonly=True,
        aggregator="avg",
        help="Money divided by the number of visits (average ticket).",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT COALESCE(l.id, -v.id) AS id, v.id AS visit_id, v.company_id,
                   company.currency_id, v.state, v.date, %(weekday)s AS weekday,
                   %(hour)s AS hour, v.partner_id, %(client_kind)s AS client_kind,
                   COALESCE(l.stylist_id, v.stylist_id) AS stylist_id, l.product_id,
                   template.salon_zone_id AS zone_id, template.categ_id,
                   template.salon_kind,
                   v.call_id IS NOT NULL AS from_call,
                   CASE WHEN v.is_purchase IS NOT TRUE THEN v.id END AS visit_count,
                   v.partner_id AS client_count, l.quantity, l.amount,
                   l.amount AS average_ticket""",
            weekday=self._sql_weekday(SQL("v.date")),
            hour=self._sql_hour(SQL("v.start")),
            client_kind=self._sql_client_kind(),
        )

    @api.model
    def _sql_client_kind(self):
        return SQL(
            """CASE WHEN v.partner_id IS NULL THEN 'walk_in'
                    WHEN v.date > client.date THEN 'returning' ELSE 'new' END"""
        )

    @api.model
    def _from(self):
        return SQL(
            "FROM salon_visit v LEFT JOIN salon_visit_line l ON l.visit_id = v.id"
        )

    @api.model
    def _join(self):
        return SQL(
            """%(visit)s
               LEFT JOIN product_product product ON product.id = l.product_id
               LEFT JOIN product_template template
                      ON template.id = product.product_tmpl_id
               LEFT JOIN %(clients)s client
                      ON client.partner_id = v.partner_id
                     AND client.company_id = v.company_id""",
            visit=self._sql_join_visit(),
            clients=self._sql_client_totals(),
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "average_ticket:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)",
            self._field_to_sql(self._table, "amount", query),
            self._field_to_sql(self._table, "visit_count", query),
        )

    def action_open_visit(self):
        """Open the visit behind the figure."""
        return self._open_record(self.visit_id)
