from odoo import api, fields, models
from odoo.tools import SQL


class SalonLeavingReport(models.Model):
    """Why clients leave: one row per client and time she said that she left.

    Said again without having come meanwhile, it is the same leaving and the last
    answer counts. What was undone was never said.
    """

    _name = "salon.leaving.report"
    _inherit = ["salon.report"]
    _description = "Leaving Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "salon.call.attempt": [
            *("partner_id", "company_id", "date", "leaving_reason_id", "undone_at"),
            *("note", "bring_back", "gift"),
        ],
        "salon.cycle": ["zone_id"],
        "salon.leaving.fix": ["reason_id", "company_id", "date"],
        "salon.visit": [
            *("partner_id", "company_id", "stylist_id", "start", "date", "state"),
            *("is_purchase", "amount_total"),
        ],
        "salon.visit.line": ["visit_id", "product_id", "net_quantity"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["salon_zone_id", "salon_kind"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    attempt_id = fields.Many2one("salon.call.attempt", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason_id = fields.Many2one("salon.leaving.reason", readonly=True)
    date = fields.Date("Said on", readonly=True)
    last_date = fields.Date(
        "Last visit", readonly=True, help="Before the client said that they left."
    )
    stylist_id = fields.Many2one(
        "resource.resource",
        readonly=True,
        help="Who served the client most often in the 365 days up to that visit.",
    )
    zone_id = fields.Many2one(
        "salon.zone",
        readonly=True,
        help="The zone the client used most often in the 365 days up to that visit.",
    )
    comment = fields.Text(readonly=True)
    bring_back = fields.Char("What would bring them back", readonly=True)
    gift = fields.Char("Promised gift", readonly=True)
    is_fixed = fields.Boolean(
        "Changed since",
        readonly=True,
        help="The salon has marked the reason as changed on that day or later.",
    )
    left_count = fields.Integer(
        "Left", readonly=True, help="Clients who said on the phone that they left."
    )
    returned_count = fields.Integer(
        "Came back",
        readonly=True,
        help="Of those, clients who have made a visit to the salon since.",
    )
    returned_rate = fields.Float(
        "Share that came back",
        readonly=True,
        aggregator="avg",
        help="Came back divided by left.",
    )
    returned_date = fields.Date("Came back on", readonly=True)
    amount_year = fields.Monetary(
        "Money of the year before",
        readonly=True,
        help="What the client paid in the 365 days up to the last visit before saying "
        "that they left: what leaving costs the salon in a year.",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT said.id, said.id AS attempt_id, said.partner_id,
                   said.company_id, company.currency_id,
                   said.leaving_reason_id AS reason_id, said.day AS date,
                   said.note AS comment, said.bring_back, said.gift, %(last)s
                   AS last_date, %(year)s AS amount_year, %(stylist)s AS stylist_id,
                   %(zone)s AS zone_id, %(fixed)s AS is_fixed,
                   1 AS left_count, (%(back)s IS NOT NULL)::int AS returned_count,
                   (%(back)s IS NOT NULL)::int::float8 AS returned_rate,
                   %(back)s AS returned_date""",
            last=self._sql_last_day(),
            year=SQL(
                """(SELECT COALESCE(SUM(v.amount_total), 0) FROM salon_visit v
                     WHERE %s)""",
                self._sql_year(),
            ),
            stylist=self._sql_stylist(),
            zone=self._sql_zone(),
            fixed=self._sql_fixed(),
            back=self._sql_back(),
        )

    @api.model
    def _from(self):
        return SQL(
            """FROM (
                SELECT a.*, (%(local)s)::date AS day
                  FROM salon_call_attempt a
                  JOIN %(salons)s salon ON salon.id = a.company_id
                 WHERE a.leaving_reason_id IS NOT NULL AND a.undone_at IS NULL
                   AND NOT EXISTS (
                       SELECT FROM salon_call_attempt again
                        WHERE again.partner_id = a.partner_id
                          AND again.company_id = a.company_id
                          AND again.leaving_reason_id IS NOT NULL
                          AND again.undone_at IS NULL
                          AND (again.date, again.id) > (a.date, a.id)
                          AND NOT EXISTS (
                              SELECT FROM salon_visit between_them
                               WHERE between_them.partner_id = a.partner_id
                                 AND between_them.company_id = a.company_id
                                 AND %(is_visit)s
                                 AND between_them.start > a.date
                                 AND between_them.start <= again.date))) said""",
            local=self._sql_local(SQL("a.date")),
            salons=self._sql_salons(),
            is_visit=self._sql_is_visit("between_them"),
        )

    @api.model
    def _join(self):
        return SQL("LEFT JOIN res_company company ON company.id = said.company_id")

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    @api.model
    def _sql_own(self, visit):
        """Return the condition that a visit is of the client who left."""
        return SQL(
            "%(v)s.partner_id = said.partner_id AND %(v)s.company_id = said.company_id",
            v=SQL.identifier(visit),
        )

    @api.model
    def _sql_last_day(self):
        return SQL(
            """(SELECT MAX(last.date) FROM salon_visit last
                 WHERE %s AND %s AND last.start <= said.date)""",
            self._sql_own("last"),
            self._sql_is_visit("last"),
        )

    @api.model
    def _sql_year(self):
        """Return the condition that visit v lies in the year she was still a client."""
        return SQL(
            "%s AND %s",
            self._sql_own("v"),
            self.env["salon.visit"]._sql_in_year("v", self._sql_last_day()),
        )

    @api.model
    def _sql_stylist(self):
        return SQL(
            """(SELECT v.stylist_id FROM salon_visit v
                 WHERE %s AND %s AND v.stylist_id IS NOT NULL
              GROUP BY v.stylist_id
              ORDER BY COUNT(DISTINCT v.date) DESC, MAX(v.date) DESC, v.stylist_id
                 LIMIT 1)""",
            self._sql_year(),
            self._sql_is_visit("v"),
        )

    @api.model
    def _sql_zone(self):
        return SQL(
            """(SELECT z.zone_id FROM salon_visit v
                  JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                  JOIN product_product p ON p.id = l.product_id
                  JOIN (%s) z ON z.product_tmpl_id = p.product_tmpl_id
                 WHERE %s AND %s
              GROUP BY z.zone_id
              ORDER BY COUNT(DISTINCT v.date) DESC, MAX(v.date) DESC, z.zone_id
                 LIMIT 1)""",
            self.env["salon.client.zone"]._sql_product_zones(),
            self._sql_year(),
            self._sql_is_visit("v"),
        )

    @api.model
    def _sql_fixed(self):
        return SQL(
            """EXISTS (SELECT FROM salon_leaving_fix f
                        WHERE f.reason_id = said.leaving_reason_id
                          AND f.company_id = said.company_id AND f.date >= said.day)"""
        )

    @api.model
    def _sql_back(self):
        return SQL(
            """(SELECT MIN(back.date) FROM salon_visit back
                 WHERE %s AND %s AND back.start > said.date)""",
            self._sql_own("back"),
            self._sql_is_visit("back"),
        )

    def action_open_partner(self):
        """Open the client's card."""
        return self._open_record(self.partner_id)
