from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import KEPT_STATES


class SalonControlReport(models.Model):
    """What came of the draws of the control group: one row per client drawn.

    Both groups are watched alike, from the draw until its two weeks are over: visits
    that were entered in that time, or after it for a day in that time, and were
    neither cancelled nor missed.
    """

    _name = "salon.control.report"
    _inherit = ["salon.report"]
    _description = "Control Group Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "salon.control.draw": [
            *("partner_id", "company_id", "date", "until", "kind"),
            *("is_control", "is_cut_short"),
        ],
        "salon.visit": [
            *("partner_id", "company_id", "date", "state", "amount_total"),
            *("is_purchase", "create_date"),
        ],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Drawn on", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["salon.control.draw"]._fields["kind"].selection,
        string="Why due",
        readonly=True,
    )
    arm = fields.Selection(
        [("called", "Called as usual"), ("control", "Left uncalled")],
        string="Group",
        readonly=True,
    )
    is_known = fields.Boolean(
        "Time is over", readonly=True, help="The two weeks are over."
    )
    client_count = fields.Integer("Clients drawn", readonly=True)
    visit_count = fields.Float(
        "Visits per client",
        readonly=True,
        aggregator="avg",
        help="Visits made or booked within the two weeks after the draw, of clients "
        "whose two weeks are over. What was booked before the draw, was cancelled or "
        "missed does not count.",
    )
    amount = fields.Monetary(
        "Money per client",
        readonly=True,
        aggregator="avg",
        help="Money of those visits; of visits still to come their price.",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT d.id, d.partner_id, d.company_id, company.currency_id, d.date,
                   d.kind, CASE WHEN d.is_control THEN 'control' ELSE 'called' END
                   AS arm, d.until <= salon.today AS is_known, 1 AS client_count,
                   CASE WHEN d.until <= salon.today
                        THEN came.visits::float8 END AS visit_count,
                   CASE WHEN d.until <= salon.today THEN came.amount END AS amount"""
        )

    @api.model
    def _from(self):
        return SQL("FROM salon_control_draw d")

    @api.model
    def _join(self):
        return SQL(
            """LEFT JOIN res_company company ON company.id = d.company_id
               LEFT JOIN %(salons)s salon ON salon.id = d.company_id
               LEFT JOIN LATERAL (
                   SELECT COUNT(*) AS visits, COALESCE(SUM(v.amount_total), 0) AS amount
                     FROM salon_visit v
                    WHERE v.partner_id = d.partner_id
                      AND v.company_id = d.company_id
                      AND v.state IN %(kept)s
                      AND v.is_purchase IS NOT TRUE
                      AND v.date >= d.date
                      AND %(entered)s >= d.date
                      AND (%(entered)s < d.until OR v.date < d.until)) came ON TRUE""",
            kept=KEPT_STATES,
            salons=self._sql_salons(),
            entered=SQL("(%s)::date", self._sql_local(SQL("v.create_date"))),
        )

    @api.model
    def _where(self):
        return SQL("WHERE d.is_cut_short IS NOT TRUE")

    def action_open_partner(self):
        """Open the client's card."""
        return self._open_record(self.partner_id)
