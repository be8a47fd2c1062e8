from odoo import api, fields, models
from odoo.tools import SQL

from ...models.visit.salon_visit import CANCEL_REASONS, MADE_STATES, MISSED_STATES
from ...tools.times import WEEKDAYS


class SalonBookingReport(models.Model):
    """What became of appointments: one row per visit that is done, missed or off."""

    _name = "salon.booking.report"
    _inherit = ["salon.report"]
    _description = "Cancellations and No-shows"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "visit_id"
    _depends = {
        "salon.visit": [
            *("company_id", "partner_id", "stylist_id", "state", "start", "date"),
            *("is_purchase", "call_id", "amount_total", "cancel_reason"),
        ],
        "res.partner": ["salon_source_id"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    visit_id = fields.Many2one("salon.visit", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        [("done", "Done"), ("no_show", "No-show"), ("cancelled", "Cancelled")],
        string="What became of it",
        readonly=True,
    )
    cancel_reason = fields.Selection(
        CANCEL_REASONS, string="Who cancelled", readonly=True
    )
    date = fields.Date(readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Char(readonly=True, help="The hour in which the visit begins.")
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    source_id = fields.Many2one("utm.source", readonly=True)
    stylist_id = fields.Many2one("resource.resource", readonly=True)
    from_call = fields.Boolean("Booked on a call", readonly=True)

    visit_count = fields.Integer(
        "Appointments",
        readonly=True,
        help="Visits that are done, were missed or were cancelled; purchases without a "
        "service are left out.",
    )
    no_show_count = fields.Integer("No-shows", readonly=True)
    cancelled_count = fields.Integer("Cancellations", readonly=True)
    no_show_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="No-shows divided by appointments.",
    )
    cancellation_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Cancellations divided by appointments.",
    )
    lost_amount = fields.Monetary(
        "Money missed",
        readonly=True,
        help="What the services of missed and cancelled appointments would have cost. "
        "A client who came on another day instead is not deducted.",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT v.id, v.id AS visit_id, v.company_id, company.currency_id,
                   v.state, v.cancel_reason, v.date, %(weekday)s AS weekday,
                   %(hour)s AS hour,
                   v.partner_id, partner.salon_source_id AS source_id, v.stylist_id,
                   v.call_id IS NOT NULL AS from_call, 1 AS visit_count,
                   (v.state = 'no_show')::int AS no_show_count,
                   (v.state = 'cancelled')::int AS cancelled_count,
                   (v.state = 'no_show')::int::float8 AS no_show_rate,
                   (v.state = 'cancelled')::int::float8 AS cancellation_rate,
                   CASE WHEN v.state IN %(missed)s THEN v.amount_total
                        ELSE 0 END AS lost_amount""",
            missed=MISSED_STATES,
            weekday=self._sql_weekday(SQL("v.date")),
            hour=self._sql_hour(SQL("v.start")),
        )

    @api.model
    def _from(self):
        return SQL("FROM salon_visit v")

    @api.model
    def _join(self):
        return self._sql_join_visit()

    @api.model
    def _where(self):
        return SQL(
            "WHERE v.state IN %s AND v.is_purchase IS NOT TRUE",
            (*MADE_STATES, *MISSED_STATES),
        )

    def action_open_visit(self):
        """Open the visit behind the figure."""
        return self._open_record(self.visit_id)
