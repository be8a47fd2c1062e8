from odoo import api, fields, models
from odoo.tools import SQL

# A reminder in one of these states waits for a call.
CALLABLE_STATES = ("due", "late", "lapsed")


class SalonReminder(models.Model):
    """Where one client stands in one cycle at one salon.

    Reminders follow from visits and cycles and are kept by ``_refresh`` alone, with
    SQL over the clients that changed. A person only pauses, stops or skips one.

    All dates are the salon's. ``state`` is what the dates mean today; the daily job
    moves it on with the calendar.
    """

    _name = "salon.reminder"
    _description = "Salon Reminder"
    _order = "call_date, id"
    _rec_names_search = ["partner_id.name", "cycle_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, ondelete="restrict"
    )
    cycle_id = fields.Many2one(
        "salon.cycle", required=True, index=True, ondelete="restrict"
    )
    zone_id = fields.Many2one(related="cycle_id.zone_id")
    company_id = fields.Many2one("res.company", required=True, index=True)
    state = fields.Selection(
        [
            ("scheduled", "Scheduled"),
            ("due", "Due"),
            ("late", "Late"),
            ("lapsed", "Lapsed"),
            ("booked", "Booked"),
            ("paused", "Paused"),
            ("stopped", "Stopped"),
            ("idle", "No visit"),
        ],
        required=True,
        default="idle",
        readonly=True,
    )

    # Where it comes from
    last_date = fields.Date("Last visit", readonly=True)
    visit_count = fields.Integer("Visits", readonly=True)
    rhythm_days = fields.Integer(
        "Rhythm", readonly=True, help="Days from one visit to the next."
    )
    booked_date = fields.Date(
        "Booked for",
        readonly=True,
        help="The latest day booked for a service of this cycle.",
    )

    # What follows
    earliest_date = fields.Date("Not before", readonly=True)
    due_date = fields.Date("Due", readonly=True)
    call_date = fields.Date("Call from", readonly=True)
    late_date = fields.Date("Late from", readonly=True)
    lapse_date = fields.Date("Lapsed from", readonly=True)
    days_over = fields.Integer(
        compute="_compute_days_over", help="Days since the due date."
    )

    # What people decide
    pause_until = fields.Date("Paused until", help="No calls before this day.")
    pause_reason = fields.Char()
    is_stopped = fields.Boolean(
        "Stopped", help="The client does not want to be reminded of this."
    )
    skip_until = fields.Date(
        "Next call not before",
        help="Set by the last call; forgotten at the next visit.",
    )

    # What the last daily job found
    hold = fields.Selection(
        [
            ("consent", "No consent to calls"),
            ("phone", "No valid phone number"),
            ("blacklist", "Number on the do-not-call list"),
            ("call", "A call is open"),
            ("gap", "Called a short while ago"),
            ("quota", "Waits for a free place on the list"),
        ],
        string="Held back by",
        readonly=True,
    )

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_cycle_uniq = models.Constraint(
        "UNIQUE(partner_id, cycle_id, company_id)",
        "There is one reminder per client, cycle and salon.",
    )
    # The daily job reads what is due, not what exists.
    _open_idx = models.Index(
        "(company_id, call_date) WHERE state IN ('scheduled', 'due', 'late', 'lapsed')"
    )
    _moving_idx = models.Index("(company_id, state, call_date)")

    @api.depends("due_date", "company_id")
    def _compute_days_over(self):
        for reminder in self:
            today = reminder.company_id._salon_today()
            due = reminder.due_date
            reminder.days_over = max((today - due).days, 0) if due else 0

    @api.depends("partner_id", "cycle_id")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = (
                f"{reminder.partner_id.name or ''}: {reminder.cycle_id.name}"
            )

    def write(self, vals):
        result = super().write(vals)
        if not {"pause_until", "is_stopped"}.isdisjoint(vals):
            self._refresh_states(SQL("r.id IN %s", tuple(self.ids)))
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_stop(self):
        """Stop these reminders: the client does not want them."""
        self.check_access("read")
        # Reminders are written by the system only; this is the one thing asked for.
        self.sudo().is_stopped = True

    def action_resume(self):
        """Take back a stop or a pause."""
        self.check_access("read")
        # As above.
        self.sudo().write(
            {"is_stopped": False, "pause_until": False, "pause_reason": False}
        )

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------
    # KEEPING THEM RIGHT
    # ------------------------------------------------------------

    @api.model
    def _refresh(self, partners=None, cycles=None):
        """Bring the reminders of these clients, or in these cycles, up to date.

        Without arguments everything is rebuilt. A constant number of set-based
        statements, whatever the number of clients.

        Rows are never deleted: a client's wish to stop outlives a corrected visit.
        """
        if (partners is not None and not partners) or (
            cycles is not None and not cycles
        ):
            return
        self.env.flush_all()
        self.env.execute_query(self._sql_upsert(partners, cycles))
        self.env.execute_query(self._sql_idle(partners, cycles))
        self._refresh_states(self._sql_scope(partners, cycles, SQL("r")))

    @api.model
    def _refresh_states(self, scope):
        """Set the states that today's date gives, where they differ.

        :param SQL scope: condition on salon_reminder ``r``
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE salon_reminder r
                      SET state = %(state)s
                     FROM (VALUES %(today)s) AS t (company_id, day)
                    WHERE r.company_id = t.company_id
                      AND %(scope)s
                      AND r.state IS DISTINCT FROM %(state)s""",
                state=self._sql_state(),
                today=self._sql_today(),
                scope=scope,
            )
        )
        self.invalidate_model()

    @api.model
    def _sql_state(self):
        """Return the state of reminder ``r`` on day ``t.day``.

        The one rule of states; the first line that holds counts.
        """
        return SQL(
            """CASE
                 WHEN r.last_date IS NULL THEN 'idle'
                 WHEN r.is_stopped THEN 'stopped'
                 WHEN r.pause_until > t.day THEN 'paused'
                 WHEN r.booked_date >= t.day THEN 'booked'
                 WHEN r.call_date > t.day THEN 'scheduled'
                 WHEN r.lapse_date <= t.day THEN 'lapsed'
                 WHEN r.late_date <= t.day THEN 'late'
                 ELSE 'due'
               END"""
        )

    @api.model
    def _sql_today(self):
        """Return the rows (company, its date today) for a VALUES list."""
        # Every salon has its own clock, whoever runs this.
        companies = self.env["res.company"].sudo().search([])
        return SQL(",").join(
            SQL("(%s, %s::date)", company.id, company._salon_today())
            for company in companies
        )

    @api.model
    def _sql_scope(self, partners, cycles, table):
        """Return the condition that limits a statement to what changed."""
        conditions = [SQL("TRUE")]
        if partners is not None:
            conditions.append(SQL("%s.partner_id = ANY(%s)", table, partners.ids))
        if cycles is not None:
            conditions.append(SQL("%s.cycle_id = ANY(%s)", table, cycles.ids))
        return SQL(" AND ").join(conditions)

    @api.model
    def _sql_services(self, partners, cycles):
        """Return every service taken or booked: client, salon, cycle, day, state.

        A booking that does not say what for covers every need of the client.
        """
        visit_scope = SQL("v.partner_id IS NOT NULL")
        if partners is not None:
            visit_scope = SQL("v.partner_id = ANY(%s)", partners.ids)
        cycle_scope = SQL("TRUE")
        if cycles is not None:
            cycle_scope = SQL("c.id = ANY(%s)", cycles.ids)
        return SQL(
            """SELECT v.partner_id, v.company_id, c.id AS cycle_id, v.date, v.state
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product p ON p.id = l.product_id
                 JOIN product_template t
                   ON t.id = p.product_tmpl_id AND t.salon_kind = 'service'
                 JOIN salon_cycle_product_rel rel ON rel.product_tmpl_id = t.id
                 JOIN salon_cycle c ON c.id = rel.cycle_id
                  AND (c.company_id IS NULL OR c.company_id = v.company_id)
                WHERE v.state IN ('done', 'booked')
                  AND %(visit_scope)s AND %(cycle_scope)s
            UNION ALL
               SELECT v.partner_id, v.company_id, c.cycle_id, v.date, v.state
                 FROM salon_visit v
                 JOIN (SELECT partner_id, company_id, cycle_id, cycle_id AS id
                         FROM salon_reminder) c
                   ON c.partner_id = v.partner_id AND c.company_id = v.company_id
                WHERE v.state = 'booked'
                  AND NOT EXISTS (
                      SELECT FROM salon_visit_line l WHERE l.visit_id = v.id)
                  AND %(visit_scope)s AND %(cycle_scope)s""",
            visit_scope=visit_scope,
            cycle_scope=cycle_scope,
        )

    @api.model
    def _sql_upsert(self, partners, cycles):
        """Return the statement that writes what visits and cycles say."""
        return SQL(
            """WITH service AS (%(services)s),
            stand AS (
                SELECT partner_id, company_id, cycle_id,
                       MAX(date) FILTER (WHERE state = 'done') AS last_date,
                       COUNT(DISTINCT date) FILTER (WHERE state = 'done') AS visits,
                       MAX(date) FILTER (WHERE state = 'booked') AS booked_date
                  FROM service
              GROUP BY partner_id, company_id, cycle_id
                HAVING bool_or(state = 'done')
            ),
            fresh AS (
                SELECT s.*, c.ideal_days AS rhythm,
                       s.last_date + c.earliest_days AS earliest_date,
                       s.last_date + c.ideal_days AS due_date,
                       s.last_date + GREATEST(
                           c.ideal_days - c.lead_days, c.earliest_days) AS call_date,
                       s.last_date + c.late_days AS late_date,
                       s.last_date + c.lapse_days AS lapse_date
                  FROM stand s
                  JOIN salon_cycle c ON c.id = s.cycle_id
            )
            INSERT INTO salon_reminder AS r (
                partner_id, company_id, cycle_id, last_date, visit_count, booked_date,
                rhythm_days, earliest_date, due_date, call_date, late_date, lapse_date,
                state, create_uid, create_date, write_uid, write_date)
            SELECT partner_id, company_id, cycle_id, last_date, visits, booked_date,
                   rhythm, earliest_date, due_date, call_date, late_date, lapse_date,
                   'idle', %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM fresh
            ON CONFLICT (partner_id, cycle_id, company_id) DO UPDATE
               SET last_date = excluded.last_date,
                   visit_count = excluded.visit_count,
                   booked_date = excluded.booked_date,
                   rhythm_days = excluded.rhythm_days,
                   earliest_date = excluded.earliest_date,
                   due_date = excluded.due_date,
                   call_date = excluded.call_date,
                   late_date = excluded.late_date,
                   lapse_date = excluded.lapse_date,
                   skip_until = CASE WHEN r.last_date = excluded.last_date
                                     THEN r.skip_until END,
                   hold = CASE WHEN r.last_date = excluded.last_date THEN r.hold END,
                   write_uid = excluded.write_uid,
                   write_date = excluded.write_date
             WHERE (r.last_date, r.visit_count, r.booked_date, r.rhythm_days,
                    r.earliest_date, r.due_date, r.call_date, r.late_date, r.lapse_date)
                   IS DISTINCT FROM
                   (excluded.last_date, excluded.visit_count, excluded.booked_date,
                    excluded.rhythm_days, excluded.earliest_date, excluded.due_date,
                    excluded.call_date, excluded.late_date, excluded.lapse_date)""",
            services=self._sql_services(partners, cycles),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
    def _sql_idle(self, partners, cycles):
        """Return the statement for reminders whose visits are all taken back."""
        # NOT IN: looked up in a hash, whatever the planner knows of fresh tables.
        return SQL(
            """UPDATE salon_reminder r
                  SET last_date = NULL, visit_count = 0, booked_date = NULL,
                      earliest_date = NULL, due_date = NULL, call_date = NULL,
                      late_date = NULL, lapse_date = NULL, skip_until = NULL,
                      hold = NULL
                WHERE %(scope)s
                  AND r.last_date IS NOT NULL
                  AND (r.partner_id, r.company_id, r.cycle_id) NOT IN (
                      SELECT partner_id, company_id, cycle_id
                        FROM (%(services)s) s
                       WHERE s.state = 'done')""",
            scope=self._sql_scope(partners, cycles, SQL("r")),
            services=self._sql_services(partners, cycles),
        )

    def _absorb(self, others):
        """Take over the calls and wishes of reminders of the same need.

        For clients who are merged; the dates follow from the merged visits.
        """
        self.ensure_one()
        if not others:
            return
        calls = self.env["salon.call"].search([("reminder_ids", "in", others.ids)])
        calls.write({"reminder_ids": [fields.Command.link(self.id)]})
        if any(others.mapped("is_stopped")):
            self.is_stopped = True
        pauses = [pause for pause in (self | others).mapped("pause_until") if pause]
        self.pause_until = max(pauses, default=False)
        others.unlink()

    # ------------------------------------------------------------
    # WHO IS DUE
    # ------------------------------------------------------------

    @api.model
    def _sql_callable(self, today, days_ahead=0):
        """Return the condition "this may be called about" on reminder ``r``.

        Everything due on or before the day and not yet handled, so that a missed
        day loses nobody. Rests on states that ``_move_on`` has brought to today.

        :param int days_ahead: also what comes due within so many days
        """
        return SQL(
            """(r.state IN %(states)s
                OR (r.state = 'scheduled' AND r.call_date <= %(latest)s
                    AND r.earliest_date <= %(today)s))
               AND (r.skip_until IS NULL OR r.skip_until <= %(today)s)""",
            states=CALLABLE_STATES,
            today=today,
            latest=fields.Date.add(today, days=days_ahead),
        )

    @api.model
    def _move_on(self, company):
        """Move the states of a salon's reminders on to today.

        Touches only rows whose date has come or whose pause or booking is over.
        """
        self._refresh_states(
            SQL(
                """r.company_id = %(company)s AND (
                    (r.state = 'scheduled' AND r.call_date <= t.day)
                    OR (r.state = 'due' AND LEAST(r.late_date, r.lapse_date) <= t.day)
                    OR (r.state = 'late' AND r.lapse_date <= t.day)
                    OR (r.state = 'paused' AND r.pause_until <= t.day)
                    OR (r.state = 'booked' AND r.booked_date < t.day))""",
                company=company.id,
            )
        )
