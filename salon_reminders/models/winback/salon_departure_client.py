from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.upsert import sql_columns
from ..visit.salon_visit import MADE_STATES, OPEN_STATES

# She is told until so many days after the last day of her stylist.
TOLD_DAYS = 28
# What is worked out of her visits.
TIE = ("visit_count", "away_count", "share", "amount", "last_date")


class SalonDepartureClient(models.Model):
    """A client of a stylist who leaves: her tie, who takes over, whether she stayed.

    Worked out from visits, over all clients of a stylist at once: days count by the
    salon's clock, several visits on a day are one. A person chooses another successor
    or leaves the client out.
    """

    _name = "salon.departure.client"
    _description = "Client of a Stylist Who Leaves"
    _order = "share desc, visit_count desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    departure_id = fields.Many2one(
        "salon.departure", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    stylist_id = fields.Many2one(
        related="departure_id.stylist_id", string="Stylist who leaves"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )

    # The tie
    share = fields.Float(
        "Tie",
        readonly=True,
        aggregator="avg",
        help="Share of the client's days at the salon in the last year on which this "
        "stylist served them.",
    )
    visit_count = fields.Integer(
        "With the stylist", readonly=True, help="Days in the last year."
    )
    away_count = fields.Integer(
        "With others",
        readonly=True,
        help="Days in the last year on which somebody else served the client, who "
        "also comes when the stylist is away.",
    )
    amount = fields.Monetary(
        "Spent in a year", readonly=True, help="In the last year, with whomever."
    )
    last_date = fields.Date("Last visit", readonly=True)

    # Who takes over
    successor_id = fields.Many2one(
        "resource.resource",
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_stylist', '=', True), ('id', '!=', stylist_id)]",
        check_company=True,
    )
    is_chosen = fields.Boolean(
        "Chosen by hand", readonly=True, help="The proposal does not change it."
    )
    reason = fields.Char(
        "Why this one", readonly=True, help="What speaks for the proposed successor."
    )
    is_left_out = fields.Boolean("Do not call")

    # What came of it
    call_id = fields.Many2one(
        "salon.call", string="Call about it", compute="_compute_call"
    )
    call_state = fields.Char("Call", compute="_compute_call")
    next_date = fields.Date(
        "Booked for",
        compute="_compute_next_date",
        help="The client's first booking after the last day, with somebody else.",
    )
    is_stayed = fields.Boolean(
        "Stayed", readonly=True, help="The client came to the salon after the last day."
    )
    stayed_date = fields.Date("Came on", readonly=True)
    stayed_with_id = fields.Many2one(
        "resource.resource",
        string="Stayed with",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who served the client on the first visit after the last day.",
    )

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_uniq = models.Constraint(
        "UNIQUE(departure_id, partner_id)", "Each client is listed once."
    )

    def _compute_call(self):
        calls = self.env["salon.call"].search_fetch(
            [
                ("departure_id", "in", self.departure_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ],
            ["departure_id", "partner_id", "state", "outcome_id", "close_reason"],
            order="id",
        )
        found = {(call.departure_id.id, call.partner_id.id): call for call in calls}
        for line in self:
            call = found.get((line.departure_id.id, line.partner_id.id), calls.browse())
            line.call_id = call
            line.call_state = call._get_short_state() if call else False

    def _compute_next_date(self):
        visits = self.env["salon.visit"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN_STATES),
            ],
            ["partner_id", "company_id", "stylist_id", "date"],
            order="date desc, id",
        )
        for line in self:
            own = visits.filtered(
                lambda visit, line=line: (
                    visit.partner_id == line.partner_id
                    and visit.company_id == line.company_id
                    and visit.stylist_id != line.stylist_id
                    and visit.date > line.departure_id.last_date
                )
            )
            line.next_date = own[-1:].date

    @api.depends("departure_id", "partner_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.name

    def write(self, vals):
        if "successor_id" in vals:
            vals = {**vals, "is_chosen": True, "reason": False}
        return super().write(vals)

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------
    # TIES
    # ------------------------------------------------------------

    @api.model
    def _refresh_ties(self, departure):
        """List the clients of a stylist in the year before her last day."""
        self.env.flush_all()
        self.env.cr.execute(self._sql_ties(departure))
        self.invalidate_model(flush=False)
        departure.invalidate_recordset(["line_ids"], flush=False)

    @api.model
    def _sql_ties(self, departure):
        """Return the statement that writes one line per client, and drops the others.

        Lines of clients who are none of hers any more, say as a visit was corrected,
        go; those of clients she had stay as they were on the last day.
        """
        return SQL(
            """WITH served AS (%(served)s),
            day AS (
                SELECT partner_id, date,
                       bool_or(stylist_id = %(stylist)s) AS own,
                       bool_or(stylist_id != %(stylist)s) AS others
                  FROM served GROUP BY partner_id, date),
            tie AS (
                SELECT day.partner_id, COUNT(*) FILTER (WHERE own) AS visit_count,
                       COUNT(*) FILTER (WHERE others) AS away_count,
                       AVG(own::int) AS share, MAX(date) AS last_date,
                       (SELECT SUM(v.amount_total) FROM salon_visit v
                         WHERE v.partner_id = day.partner_id
                           AND v.company_id = %(company)s AND %(in_year)s) AS amount
                  FROM day
                  JOIN res_partner p ON p.id = day.partner_id AND p.active
              GROUP BY day.partner_id
                HAVING bool_or(own)),
            gone AS (
                DELETE FROM salon_departure_client l
                 WHERE l.departure_id = %(id)s
                   AND l.partner_id NOT IN (SELECT partner_id FROM tie))
            INSERT INTO salon_departure_client AS l (
                departure_id, company_id, partner_id, %(names)s,
                create_uid, create_date, write_uid, write_date)
            SELECT %(id)s, %(company)s, partner_id, %(names)s,
                   %(uid)s, now(), %(uid)s, now()
              FROM tie
            ON CONFLICT (departure_id, partner_id) DO UPDATE
               SET (%(names)s) = ROW(%(new)s)
             WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            served=departure._sql_served(),
            stylist=departure.stylist_id.id,
            company=departure.company_id.id,
            id=departure.id,
            uid=self.env.uid,
            in_year=departure._sql_in_year(),
            **sql_columns("l", TIE),
        )

    # ------------------------------------------------------------
    # WHO STAYED
    # ------------------------------------------------------------

    @api.model
    def _refresh_stays(self, departures):
        """Write who came to the salon after the last day, and to whom."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE salon_departure_client l
                      SET is_stayed = came.date IS NOT NULL, stayed_date = came.date,
                          stayed_with_id = came.stylist_id
                     FROM salon_departure_client o
                     JOIN salon_departure d ON d.id = o.departure_id
            LEFT JOIN LATERAL (
                   SELECT v.date, v.stylist_id FROM salon_visit v
                    WHERE v.partner_id = o.partner_id AND v.company_id = d.company_id
                      AND v.state IN %s AND v.is_purchase IS NOT TRUE
                      AND v.date > d.last_date
                 ORDER BY v.date, v.id LIMIT 1) came ON TRUE
                    WHERE o.id = l.id AND d.id = ANY(%s)
                      AND (l.stayed_date, l.stayed_with_id)
                          IS DISTINCT FROM (came.date, came.stylist_id)""",
                MADE_STATES,
                departures.ids,
            )
        )
        self.invalidate_model(flush=False)

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @api.model
    def _sql_to_call(self):
        """Return the rows of whom the current company has to tell.

        Until four weeks after the last day. Who has booked or come after it knows.
        """
        company = self.env.company
        return SQL(
            """SELECT l.partner_id, %(phone)s AS phone, p.user_id,
                      %(today)s::date AS day, 'departure' AS kind, d.id AS departure_id,
                      %(today)s::date AS due_date, d.stylist_id,
                      ROW_NUMBER() OVER (ORDER BY l.share DESC, l.visit_count DESC,
                                         l.id) AS rank
                 FROM salon_departure_client l
                 JOIN salon_departure d ON d.id = l.departure_id
                 JOIN res_partner p ON p.id = l.partner_id AND p.active
                WHERE d.company_id = %(company)s AND d.active AND d.is_calling
                  AND d.last_date >= %(today)s::date - %(days)s
                  AND 100 * l.share >= d.min_share
                  AND l.is_left_out IS NOT TRUE AND l.is_stayed IS NOT TRUE
                  AND NOT EXISTS (
                      SELECT FROM salon_visit v
                       WHERE v.partner_id = l.partner_id
                         AND v.company_id = d.company_id
                         AND v.state IN %(open)s
                         AND v.date > d.last_date
                         AND v.stylist_id IS DISTINCT FROM d.stylist_id)
                  AND NOT EXISTS (
                      SELECT FROM salon_call k
                       WHERE k.partner_id = l.partner_id AND k.departure_id = d.id
                         AND k.close_reason IS DISTINCT FROM 'consent')""",
            today=company._salon_today(),
            phone=self.env["salon.call.candidate"]._sql_number(
                SQL("%s", company._salon_today())
            ),
            company=company.id,
            days=TOLD_DAYS,
            open=OPEN_STATES,
        )
