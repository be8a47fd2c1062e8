from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.upsert import sql_columns
from ..visit.salon_visit import MADE_STATES, YEAR
from .salon_client_standing import OFTEN, refresh_set

COLUMNS = ("standing_id", "state", "first_date", "last_date", "visit_count", "amount")


class SalonClientZone(models.Model):
    """One client and one zone of one salon: used, or a white spot on the map.

    There is a row for every zone the salon has, so that what is missing can be
    listed, counted and called about. Kept by the daily job.
    """

    _name = "salon.client.zone"
    _description = "Zone of a Client"
    _order = "standing_id desc, id"
    _rec_name = "zone_id"
    # Written by the daily job only, by the hundred thousand.
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    zone_id = fields.Many2one(
        "salon.zone", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    standing_id = fields.Many2one(
        "salon.client.standing", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("used", "Used"),
            ("former", "Not for a year"),
            ("white", "White spot"),
            ("unused", "Never used"),
        ],
        required=True,
        help="White spot: the client comes often, but was never there.",
    )
    first_date = fields.Date("First time")
    last_date = fields.Date("Last time")
    visit_count = fields.Integer("Times")
    amount = fields.Monetary("Spent there")

    # Of the client, to filter and group by
    segment = fields.Selection(related="standing_id.segment")
    frequency = fields.Integer(related="standing_id.frequency", aggregator=None)
    year_count = fields.Integer(related="standing_id.year_count", aggregator=None)
    amount_year = fields.Monetary(related="standing_id.amount_year", aggregator=None)
    client_last_date = fields.Date(
        "Last visit", related="standing_id.last_date", aggregator=None
    )
    stylist_id = fields.Many2one(related="standing_id.stylist_id")

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_zone_uniq = models.Constraint(
        "UNIQUE(partner_id, zone_id, company_id)",
        "A client has each zone of a salon once.",
    )
    _state_idx = models.Index("(company_id, zone_id, state)")

    # ------------------------------------------------------------
    # WHICH ZONES SHE USES
    # ------------------------------------------------------------

    @api.model
    def _refresh_zones(self, company):
        """Bring the map of a salon's clients and zones up to date, white spots too."""
        zones = self._get_zones(company)
        refresh_set(
            self,
            SQL(
                """DELETE FROM salon_client_zone
                    WHERE company_id = %s AND zone_id != ALL(%s)""",
                company.id,
                zones.ids,
            ),
        )
        refresh_set(
            self,
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
                **sql_columns("c", COLUMNS),
            ),
        )

    @api.model
    def _get_zones(self, company):
        """Return the zones in which the salon has something to sell."""
        self.env.flush_all()
        rows = self.env.execute_query(self._sql_zones(company))
        return self.env["salon.zone"].browse(row[0] for row in rows).sorted()

    @api.model
    def _sql_zones(self, company, audience=None):
        """Return the ids of the zones of ``_get_zones``.

        :param audience: of a client: only zones with something for them
        """
        return SQL(
            """SELECT DISTINCT z.id
                 FROM salon_zone z
                 JOIN (%(zones)s) pz ON pz.zone_id = z.id
                 JOIN product_template pt
                   ON pt.id = pz.product_tmpl_id AND pt.active
                WHERE z.active
                  AND (z.company_id IS NULL OR z.company_id = %(company)s)
                  AND (pt.company_id IS NULL OR pt.company_id = %(company)s)
                  AND %(is_meant)s""",
            zones=self._sql_product_zones(),
            company=company.id,
            is_meant=SQL("COALESCE(pt.salon_audience, 'all') IN ('all', %s)", audience)
            if audience and audience != "all"
            else SQL("TRUE"),
        )

    @api.model
    def _get_used(self, partners, company):
        """Return {client id: ids of the zones she has ever used} at a salon."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, array_agg(zone_id)
                     FROM (%s) used GROUP BY partner_id""",
                self._sql_used(company, partners),
            )
        )
        return {partner_id: set(zone_ids) for partner_id, zone_ids in rows}

    @api.model
    def _get_ignored_names(self, partner, company):
        """Return the names of the zones a client could like and has never used."""
        audience = partner.with_company(company)._get_salon_audiences()[partner.id]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT %(name)s FROM salon_zone ignored
                    WHERE ignored.id IN (%(zones)s)
                      AND ignored.id NOT IN (SELECT zone_id FROM (%(used)s) used)
                 ORDER BY ignored.sequence, 1, ignored.id""",
                name=self.env["salon.zone"]._field_to_sql("ignored", "name"),
                zones=self._sql_zones(company, audience),
                used=self._sql_used(company, partner),
            )
        )
        return [name for (name,) in rows]

    @api.model
    def _sql_product_zones(self):
        """Return the zones of each service: its own, else those of its cycles.

        For counting and money, of which each service has one share.
        """
        return SQL(
            "SELECT product_tmpl_id, zone_id FROM (%s) z WHERE is_main",
            self._sql_touched_zones(),
        )

    @api.model
    def _sql_touched_zones(self):
        """Return the zones a client has tried with each service.

        Colour and cut, sold in the zone Colour, is a cut, too: its cycles say so.
        ``is_main``: the zone it is sold in.
        """
        return SQL(
            """SELECT product_tmpl_id, zone_id, bool_or(is_main) AS is_main
                 FROM (
                    SELECT pt.id AS product_tmpl_id, pt.salon_zone_id AS zone_id,
                           TRUE AS is_main
                      FROM product_template pt
                     WHERE pt.salon_kind = 'service' AND pt.salon_zone_id IS NOT NULL
                 UNION ALL
                    SELECT pt.id, c.zone_id, pt.salon_zone_id IS NULL
                      FROM product_template pt
                      JOIN salon_cycle_product_rel rel ON rel.product_tmpl_id = pt.id
                      JOIN salon_cycle c ON c.id = rel.cycle_id
                     WHERE pt.salon_kind = 'service' AND c.zone_id IS NOT NULL) t
             GROUP BY product_tmpl_id, zone_id"""
        )

    @api.model
    def _sql_used(self, company, partners=None):
        """Return how each client used each zone: days, first, last, money.

        The money of a service is told of the zone it is sold in.
        """
        return SQL(
            """SELECT v.partner_id, z.zone_id, MIN(v.date) AS first_date,
                      MAX(v.date) AS last_date, COUNT(DISTINCT v.date) AS visit_count,
                      COALESCE(SUM(l.amount) FILTER (WHERE z.is_main), 0) AS amount
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product p ON p.id = l.product_id
                 JOIN (%(zones)s) z ON z.product_tmpl_id = p.product_tmpl_id
                WHERE v.company_id = %(company)s AND v.state IN %(made)s
                  AND %(scope)s
             GROUP BY v.partner_id, z.zone_id""",
            zones=self._sql_touched_zones(),
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
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
