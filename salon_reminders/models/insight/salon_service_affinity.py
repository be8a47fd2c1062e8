from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.upsert import sql_columns, sql_stamp
from ..visit.salon_visit import MADE_STATES
from .salon_client_standing import refresh_set

# Services of the last two years, and pairs of so many clients at least, are compared.
YEARS = 730
MIN_BOTH = 3
COLUMNS = (
    *("client_count", "having_count", "other_count", "both_count"),
    *("support", "confidence", "lift"),
)


class SalonServiceAffinity(models.Model):
    """How many of those who take one service also take another one.

    Learned weekly from the salon's own visits of two years, never entered by hand.
    """

    _name = "salon.service.affinity"
    _description = "Services Taken Together"
    _order = "lift desc, id"
    _rec_name = "other_tmpl_id"

    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Those who take",
        required=True,
        index=True,
        ondelete="cascade",
    )
    other_tmpl_id = fields.Many2one(
        "product.template",
        string="also take",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    client_count = fields.Integer("Clients", aggregator="max")
    having_count = fields.Integer("Take the first", aggregator=None)
    other_count = fields.Integer("Take the second", aggregator=None)
    both_count = fields.Integer("Take both")
    support = fields.Float(aggregator=None, help="Share of all clients who take both.")
    confidence = fields.Float(
        "Share",
        aggregator=None,
        help="Share of those who take the first who also take the second.",
    )
    lift = fields.Float(
        aggregator=None,
        help="How many times as often as among all clients; above 1 they go together.",
    )

    _services_uniq = models.Constraint(
        "UNIQUE(product_tmpl_id, other_tmpl_id, company_id)",
        "Two services are compared once per salon.",
    )

    @api.model
    def _refresh_affinities(self, company):
        """Learn anew which services a salon's clients take together."""
        refresh_set(
            self,
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
                stamp=sql_stamp(self.env),
                **sql_columns("a", COLUMNS),
            ),
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
            years=YEARS,
            least=MIN_BOTH,
            made=MADE_STATES,
        )
