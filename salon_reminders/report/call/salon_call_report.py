from odoo import api, fields, models
from odoo.tools import SQL

from ...models.call.salon_call_outcome import UNANSWERED
from ...models.visit.salon_visit import MADE_STATES
from ...tools.times import WEEKDAYS


class SalonCallReport(models.Model):
    """What calling comes to: one row per attempt."""

    _name = "salon.call.report"
    _inherit = ["salon.report"]
    _description = "Calls Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "call_id"
    _depends = {
        "salon.call.attempt": [
            *("call_id", "partner_id", "company_id", "date", "user_id", "outcome_id"),
            "undone_at",
        ],
        "salon.call": ["kind", "visit_id"],
        "salon.call.outcome": ["kind"],
        "salon.visit": ["state", "amount_total"],
        "res.company": ["currency_id", "resource_calendar_id"],
    }

    call_id = fields.Many2one("salon.call", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    user_id = fields.Many2one("res.users", string="Receptionist", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["salon.call"]._fields["kind"].selection,
        string="Kind of call",
        readonly=True,
    )
    outcome_id = fields.Many2one("salon.call.outcome", readonly=True)
    outcome_kind = fields.Selection(
        selection=lambda self: self.env["salon.call.outcome"]._fields["kind"].selection,
        string="Kind of outcome",
        readonly=True,
    )
    date = fields.Date(readonly=True)
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    hour = fields.Char(readonly=True, help="The hour in which it was dialled.")

    attempt_count = fields.Integer(
        "Attempts", readonly=True, help="Times a number was dialled."
    )
    call_count = fields.Integer(
        "Calls",
        readonly=True,
        aggregator="count_distinct",
        help="Different calls; one call may take several attempts.",
    )
    reached_count = fields.Integer(
        "Reached",
        readonly=True,
        help="Attempts at which somebody was spoken to: all but no answer and wrong "
        "number.",
    )
    booked_count = fields.Integer(
        "Booked", readonly=True, help="Attempts that ended in a booking."
    )
    reached_rate = fields.Float(
        readonly=True, aggregator="avg", help="Reached divided by attempts."
    )
    booked_rate = fields.Float(
        "Booking rate",
        readonly=True,
        aggregator="avg",
        help="Booked divided by reached.",
    )
    attempts_per_contact = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Attempts divided by reached: how often one dials to speak to somebody.",
    )
    amount = fields.Monetary(
        "Money",
        readonly=True,
        help="What was paid at the visits booked on the call, once they are done. How "
        "many would have come anyway is not known.",
    )

    @api.model
    def _select(self):
        moment = self._sql_local(SQL("a.date"))
        return SQL(
            """SELECT a.id, a.call_id, a.company_id, company.currency_id, a.partner_id,
                   a.user_id, call.kind, a.outcome_id, outcome.kind AS outcome_kind,
                   (%(moment)s)::date AS date, %(weekday)s AS weekday, %(hour)s AS hour,
                   1 AS attempt_count, a.call_id AS call_count,
                   (%(reached)s)::int AS reached_count,
                   (outcome.kind = 'booked')::int AS booked_count,
                   (%(reached)s)::int::float8 AS reached_rate,
                   CASE WHEN %(reached)s
                        THEN (outcome.kind = 'booked')::int::float8 END AS booked_rate,
                   NULL::float8 AS attempts_per_contact,
                   CASE WHEN outcome.kind = 'booked' AND visit.state IN %(made)s
                        THEN visit.amount_total ELSE 0 END AS amount""",
            made=MADE_STATES,
            moment=moment,
            weekday=self._sql_weekday(moment),
            hour=self._sql_hour(SQL("a.date")),
            reached=SQL("outcome.kind NOT IN %s", UNANSWERED),
        )

    @api.model
    def _from(self):
        return SQL("FROM salon_call_attempt a")

    @api.model
    def _where(self):
        return SQL("WHERE a.undone_at IS NULL")

    @api.model
    def _join(self):
        return SQL(
            """LEFT JOIN salon_call call ON call.id = a.call_id
               LEFT JOIN salon_call_outcome outcome ON outcome.id = a.outcome_id
               LEFT JOIN salon_visit visit ON visit.id = call.visit_id
               LEFT JOIN res_company company ON company.id = a.company_id
               LEFT JOIN %s salon ON salon.id = a.company_id""",
            self._sql_salons(),
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "attempts_per_contact:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "COUNT(*)::float8 / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "reached_count", query),
        )

    def action_open_call(self):
        """Open the call behind the figure."""
        return self._open_record(self.call_id)
