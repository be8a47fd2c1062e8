from odoo import api, fields, models
from odoo.tools import SQL


class SalonReminderReport(models.Model):
    """Where the clients stand: one row per reminder, as of today."""

    _name = "salon.reminder.report"
    _inherit = ["salon.report"]
    _description = "Reminders Analysis"
    _auto = False
    _order = "due_date, id"
    _rec_name = "reminder_id"
    _depends = {
        "salon.reminder": [
            *("company_id", "partner_id", "cycle_id", "state", "hold", "due_date"),
            *("last_date", "booked_date", "rhythm_days"),
        ],
        "salon.cycle": ["zone_id"],
    }

    reminder_id = fields.Many2one("salon.reminder", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    cycle_id = fields.Many2one("salon.cycle", readonly=True)
    zone_id = fields.Many2one("salon.zone", readonly=True)
    state = fields.Selection(
        selection=lambda self: self.env["salon.reminder"]._fields["state"].selection,
        readonly=True,
    )
    hold = fields.Selection(
        selection=lambda self: self.env["salon.reminder"]._fields["hold"].selection,
        string="Held back by",
        readonly=True,
    )
    due_date = fields.Date("Due", readonly=True)
    last_date = fields.Date("Last visit", readonly=True)

    client_count = fields.Integer(
        "Clients", readonly=True, aggregator="count_distinct", help="Different clients."
    )
    due_count = fields.Integer(
        "Due and late",
        readonly=True,
        help="Needs that are due or late today and not booked.",
    )
    lapsed_count = fields.Integer(
        "Lapsed", readonly=True, help="Needs not met for longer than the lapse days."
    )
    booked_count = fields.Integer(
        "Covered by a booking",
        readonly=True,
        help="Needs for which a visit to come is booked.",
    )
    booked_rate = fields.Float(
        "Booked share",
        readonly=True,
        aggregator="avg",
        help="Needs covered by a booking, divided by those covered, due, late or "
        "lapsed. Needs not due yet, paused or stopped are left out.",
    )
    days_over = fields.Integer(
        "Days over",
        readonly=True,
        aggregator="avg",
        help="Days since the due date, of needs that are due, late or lapsed.",
    )

    @api.model
    def _select(self):
        return SQL(
            """SELECT r.id, r.id AS reminder_id, r.company_id, r.partner_id, r.cycle_id,
                   cycle.zone_id, r.state, r.hold, r.due_date, r.last_date,
                   r.partner_id AS client_count,
                   (r.state IN ('due', 'late'))::int AS due_count,
                   (r.state = 'lapsed')::int AS lapsed_count,
                   (r.state = 'booked')::int AS booked_count,
                   CASE WHEN r.state IN ('due', 'late', 'lapsed', 'booked')
                        THEN (r.state = 'booked')::int::float8 END AS booked_rate,
                   CASE WHEN r.state IN ('due', 'late', 'lapsed')
                        THEN GREATEST(salon.today - r.due_date, 0) END AS days_over"""
        )

    @api.model
    def _from(self):
        return SQL("FROM salon_reminder r")

    @api.model
    def _join(self):
        return SQL(
            """LEFT JOIN salon_cycle cycle ON cycle.id = r.cycle_id
               LEFT JOIN %s salon ON salon.id = r.company_id""",
            self._sql_salons(),
        )

    @api.model
    def _where(self):
        return SQL("WHERE r.state != 'idle'")

    def action_open_reminder(self):
        """Open the reminder behind the figure."""
        return self._open_record(self.reminder_id)
