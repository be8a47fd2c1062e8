from odoo import fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import MADE_STATES


class SalonPromotionReport(models.Model):
    """What each promotion brought: one row per promotion.

    Followed are the clients who were offered it, and, to compare with, those who were
    in its audience while it ran and were not: the same days for both, from when each
    came into the audience.
    """

    _name = "salon.promotion.report"
    _inherit = ["salon.report"]
    _description = "Promotions Analysis"
    _auto = False
    _order = "date_from desc, id desc"
    _rec_name = "promotion_id"
    _depends = {
        "salon.promotion": [
            *("company_id", "currency_id", "kind", "state", "campaign_id"),
            *("date_from", "date_to", "follow_days"),
        ],
        "salon.promotion.member": ["promotion_id", "partner_id", "date"],
        "salon.promotion.participation": [
            *("promotion_id", "partner_id", "date", "answer", "state", "visit_id"),
        ],
        "salon.visit": [
            *("company_id", "partner_id", "state", "date", "is_purchase"),
            "amount_total",
        ],
        "salon.visit.line": [
            *("visit_id", "product_id", "amount", "net_quantity", "promotion_id"),
            "usual_amount",
        ],
        "res.company": ["resource_calendar_id"],
    }

    promotion_id = fields.Many2one("salon.promotion", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    kind = fields.Selection(
        lambda self: self.env["salon.promotion"]._fields["kind"].selection,
        readonly=True,
    )
    state = fields.Selection(
        lambda self: self.env["salon.promotion"]._fields["state"].selection,
        readonly=True,
    )
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    offered_count = fields.Integer(
        "Offered", readonly=True, help="Clients who were offered it."
    )
    interested_count = fields.Integer(
        "Interested",
        readonly=True,
        help="Of them, those who were interested or used it.",
    )
    used_count = fields.Integer(
        "Used",
        readonly=True,
        help="Visits made on which it was used. Bookings to come are not counted.",
    )
    first_zone_count = fields.Integer(
        "First in zone",
        readonly=True,
        help="Of these visits, those on which it opened a zone the client had never "
        "used.",
    )
    known_count = fields.Integer(
        "Return known",
        readonly=True,
        help="Of these visits, those after which the days of following are over.",
    )
    returned_count = fields.Integer(
        "Returned",
        readonly=True,
        help="Of the visits whose return is known, those after which the client came "
        "again within these days and paid.",
    )
    zone_known_count = fields.Integer(
        "Zone return known",
        readonly=True,
        help="Of the visits that opened a zone, those after which the days of "
        "following are over.",
    )
    zone_returned_count = fields.Integer(
        "Zone again",
        readonly=True,
        help="Of these, those after which the client paid for a second visit in that "
        "zone within these days.",
    )
    brought = fields.Monetary(
        readonly=True, help="What was paid on the visits on which it was used."
    )
    cost = fields.Monetary(
        readonly=True, help="What was taken off usual prices on these visits."
    )
    offered_amount = fields.Monetary(
        "Each offered",
        readonly=True,
        aggregator=None,
        help="What a client who was offered it paid on average, all visits and "
        "purchases together, from the day of coming into the audience (or of the "
        "offer, if that was earlier) for the days of following, at most until today.",
    )
    compared_count = fields.Integer(
        "Not offered",
        readonly=True,
        help="Clients who were in the audience while it ran and were not offered it: "
        "the group to compare with.",
    )
    compared_amount = fields.Monetary(
        "Each other",
        readonly=True,
        aggregator=None,
        help="The same for the clients who were in the audience and were not offered "
        "it, over as many days. Who was offered it was not chosen by chance: read the "
        "difference with care.",
    )
    difference = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="What each client who was offered it paid, less each other client of the "
        "audience. Empty without clients "
        "to compare with.",
    )

    @property
    def _table_query(self):
        return SQL(
            """WITH client AS (%(clients)s),
                paid AS (%(paid)s),
                used AS (%(used)s),
                opened AS (%(opened)s)
            SELECT p.id, p.id AS promotion_id, p.company_id, p.currency_id, p.kind,
                   p.state, p.campaign_id, p.date_from, p.date_to,
                   COALESCE(c.offered_count, 0) AS offered_count,
                   COALESCE(c.interested_count, 0) AS interested_count,
                   COALESCE(u.used_count, 0) AS used_count,
                   COALESCE(o.first_zone_count, 0) AS first_zone_count,
                   COALESCE(u.known_count, 0) AS known_count,
                   COALESCE(u.returned_count, 0) AS returned_count,
                   COALESCE(o.known_count, 0) AS zone_known_count,
                   COALESCE(o.returned_count, 0) AS zone_returned_count,
                   COALESCE(u.brought, 0) AS brought, COALESCE(u.cost, 0) AS cost,
                   c.offered_amount, COALESCE(c.compared_count, 0) AS compared_count,
                   c.compared_amount,
                   c.offered_amount - c.compared_amount AS difference
              FROM salon_promotion p
         LEFT JOIN paid c ON c.promotion_id = p.id
         LEFT JOIN (%(uses)s) u ON u.promotion_id = p.id
         LEFT JOIN (%(openings)s) o ON o.promotion_id = p.id""",
            clients=self._sql_clients(),
            paid=self._sql_paid(),
            used=self._sql_used(),
            opened=self._sql_opened(),
            uses=self._sql_uses(),
            openings=self._sql_openings(),
        )

    def _sql_clients(self):
        """Return the clients of each promotion: since when, offered it or not."""
        return SQL(
            """SELECT f.promotion_id, f.partner_id, p.company_id, salon.today,
                      p.follow_days, MIN(f.date) AS date,
                      BOOL_OR(f.offered) AS offered, BOOL_OR(f.interested) AS interested
                 FROM (SELECT promotion_id, partner_id, date, FALSE AS offered,
                              FALSE AS interested
                         FROM salon_promotion_member
                    UNION ALL
                       SELECT o.promotion_id, o.partner_id, (%(local)s)::date, TRUE,
                              o.state = 'used' OR o.answer IS NOT DISTINCT FROM
                                  'interested'
                         FROM salon_promotion_participation o
                         JOIN %(salons)s salon ON salon.id = o.company_id) f
                 JOIN salon_promotion p ON p.id = f.promotion_id
                 JOIN %(salons)s salon ON salon.id = p.company_id
             GROUP BY f.promotion_id, f.partner_id, p.company_id, salon.today,
                      p.follow_days""",
            local=self._sql_local(SQL("o.date")),
            salons=self._sql_salons(),
        )

    def _sql_paid(self):
        """Return per promotion how many clients of each group, and what they paid."""
        return SQL(
            """SELECT promotion_id,
                      COUNT(*) FILTER (WHERE offered) AS offered_count,
                      COUNT(*) FILTER (WHERE interested) AS interested_count,
                      COUNT(*) FILTER (WHERE NOT offered) AS compared_count,
                      AVG(amount) FILTER (WHERE offered) AS offered_amount,
                      AVG(amount) FILTER (WHERE NOT offered) AS compared_amount
                 FROM (SELECT c.promotion_id, c.partner_id, c.offered, c.interested,
                              COALESCE(SUM(v.amount_total), 0) AS amount
                         FROM client c
                    LEFT JOIN salon_visit v
                           ON v.partner_id = c.partner_id
                          AND v.company_id = c.company_id AND v.state IN %(made)s
                          AND v.date >= c.date AND v.date < c.date + c.follow_days
                          AND v.date <= c.today
                     GROUP BY c.promotion_id, c.partner_id, c.offered, c.interested) s
             GROUP BY promotion_id""",
            made=MADE_STATES,
        )

    def _sql_used(self):
        """Return the visits made on which promotions were used."""
        return SQL(
            """SELECT o.promotion_id, o.partner_id, o.company_id, v.id AS visit_id,
                      v.date, v.amount_total AS brought, p.follow_days,
                      v.date + p.follow_days < salon.today AS known
                 FROM salon_promotion_participation o
                 JOIN salon_promotion p ON p.id = o.promotion_id
                 JOIN salon_visit v ON v.id = o.visit_id AND v.state IN %s
                 JOIN %s salon ON salon.id = o.company_id
                WHERE o.state = 'used'""",
            MADE_STATES,
            self._sql_salons(),
        )

    def _sql_uses(self):
        return SQL(
            """SELECT u.promotion_id, COUNT(*) AS used_count,
                      COUNT(*) FILTER (WHERE u.known) AS known_count,
                      COUNT(*) FILTER (WHERE u.known AND EXISTS (
                          SELECT FROM salon_visit v
                           WHERE v.partner_id = u.partner_id
                             AND v.company_id = u.company_id AND %(is_visit)s
                             AND v.date > u.date AND v.date <= u.date + u.follow_days
                             AND v.amount_total > 0)) AS returned_count,
                      SUM(u.brought) AS brought,
                      SUM((SELECT SUM(%(saving)s) FROM salon_visit_line l
                            WHERE l.visit_id = u.visit_id
                              AND l.promotion_id = u.promotion_id)) AS cost
                 FROM used u
             GROUP BY u.promotion_id""",
            saving=self.env["salon.visit.line"]._sql_promotion_saving("l"),
            is_visit=self._sql_is_visit("v"),
        )

    def _sql_opened(self):
        """Return the uses that opened a zone: no line in it on a day before."""
        return SQL(
            """SELECT DISTINCT u.promotion_id, u.visit_id, u.partner_id, u.company_id,
                      u.date, u.follow_days, u.known, z.zone_id
                 FROM used u
                 JOIN salon_visit_line l ON l.visit_id = u.visit_id
                  AND l.promotion_id = u.promotion_id
                 JOIN product_product pp ON pp.id = l.product_id
                 JOIN (%(zones)s) z ON z.product_tmpl_id = pp.product_tmpl_id
                WHERE NOT EXISTS (
                      SELECT FROM salon_visit v
                        JOIN salon_visit_line vl ON vl.visit_id = v.id
                         AND vl.net_quantity > 0
                        JOIN product_product vp ON vp.id = vl.product_id
                        JOIN (%(zones)s) vz ON vz.product_tmpl_id = vp.product_tmpl_id
                         AND vz.zone_id = z.zone_id
                       WHERE v.partner_id = u.partner_id
                         AND v.company_id = u.company_id
                         AND v.state IN %(made)s AND v.date < u.date)""",
            zones=self.env["salon.client.zone"]._sql_product_zones(),
            made=MADE_STATES,
        )

    def _sql_openings(self):
        """Return per promotion the visits that opened a zone, and what followed."""
        return SQL(
            """SELECT promotion_id, COUNT(*) AS first_zone_count,
                      COUNT(*) FILTER (WHERE known) AS known_count,
                      COUNT(*) FILTER (WHERE known AND returned) AS returned_count
                 FROM (SELECT o.promotion_id, o.visit_id, o.known,
                              BOOL_OR(EXISTS (
                                  SELECT FROM salon_visit v
                                    JOIN salon_visit_line l ON l.visit_id = v.id
                                     AND l.amount > 0 AND l.net_quantity > 0
                                    JOIN product_product pp ON pp.id = l.product_id
                                    JOIN (%(zones)s) z
                                      ON z.product_tmpl_id = pp.product_tmpl_id
                                     AND z.zone_id = o.zone_id
                                   WHERE v.partner_id = o.partner_id
                                     AND v.company_id = o.company_id
                                     AND v.state IN %(made)s AND v.date > o.date
                                     AND v.date <= o.date + o.follow_days)) AS returned
                         FROM opened o
                     GROUP BY o.promotion_id, o.visit_id, o.known) s
             GROUP BY promotion_id""",
            zones=self.env["salon.client.zone"]._sql_product_zones(),
            made=MADE_STATES,
        )

    def action_open_participations(self):
        """Open who was offered the promotion."""
        self.ensure_one()
        return self.promotion_id.action_open_participations()
