from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...models.call.salon_call import NEAR_DAYS
from ...models.insight.salon_client_standing import SEGMENTS
from ...models.visit.salon_visit import YEAR

# So many are told by name.
FEW = 3

GONE = ("lost", "one_visit")
# Two kinds of rows, so that no two share an id.
KINDS = 2


class SalonLostClient(models.Model):
    """Who has lapsed, altogether or in one cycle, and what is known about why.

    ``all``: one row per client and salon who is lost or came only once, by her
    segment, or who said on the phone that she left. Who came back within a year stays
    listed, as returned. ``cycle``: one row per client and cycle that has lapsed,
    whether or not she still comes for something else.
    """

    _name = "salon.lost.client"
    _inherit = ["salon.report"]
    _description = "Lost Client"
    _auto = False
    _order = "last_date desc, id"
    _rec_name = "partner_id"
    _depends = {
        "salon.call": ["partner_id", "company_id", "state"],
        "salon.call.attempt": [
            *("partner_id", "company_id", "date", "leaving_reason_id", "note"),
            *("bring_back", "gift", "undone_at"),
        ],
        "salon.client.standing": [
            *("partner_id", "company_id", "segment", "last_date", "stylist_id"),
        ],
        "salon.consent": ["partner_id", "company_id", "decision"],
        "salon.reminder": ["partner_id", "company_id", "cycle_id", "state"],
        "salon.segment.move": ["partner_id", "company_id", "date", "from_segment"],
        "salon.visit": [
            *("partner_id", "company_id", "date", "state", "amount_total"),
            *("is_purchase", "stylist_id"),
        ],
        "res.partner": [
            *("phone_sanitized", "active", "salon_birthdate", "salon_guardian_id"),
        ],
        "res.company": [
            *("currency_id", "resource_calendar_id", "salon_consent_age"),
        ],
    }

    scope = fields.Selection(
        [("all", "Altogether"), ("cycle", "In one cycle")], readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    segment = fields.Selection(
        SEGMENTS, readonly=True, help="As the last night has worked it out."
    )
    last_date = fields.Date(
        "Last visit",
        readonly=True,
        help="To the salon; of a lapsed cycle, the last time in it.",
    )
    days_away = fields.Integer("Days away", readonly=True, aggregator="avg")
    amount_year = fields.Monetary(
        "Money a year",
        readonly=True,
        help="What the client paid in the 365 days up to the last visit.",
    )
    stylist_id = fields.Many2one(
        "resource.resource", string="Usual stylist", readonly=True
    )
    cycle_id = fields.Many2one(
        "salon.cycle",
        readonly=True,
        help="The cycle that has lapsed; of clients lost altogether, the last of them.",
    )
    zone_id = fields.Many2one(
        "salon.zone", readonly=True, help="The zone of that cycle."
    )

    # What she said
    leaving_reason_id = fields.Many2one(
        "salon.leaving.reason", string="Why they left", readonly=True
    )
    left_date = fields.Date("Said on", readonly=True)
    comment = fields.Text(readonly=True)
    bring_back = fields.Char("What would bring them back", readonly=True)
    gift = fields.Char("Promised gift", readonly=True)

    # May she be called, is she
    hold = fields.Selection(
        [
            ("consent", "No consent"),
            ("guardian", "Under age, no guardian"),
            ("phone", "No valid number"),
            ("wrong_number", "Wrong number"),
            ("blacklist", "Do not call"),
        ],
        string="Why not to call",
        readonly=True,
        help="Empty: the client agrees to be called.",
    )
    may_call = fields.Boolean("Agrees to calls", readonly=True)
    call_id = fields.Many2one("salon.call", string="Open call", readonly=True)
    returned_date = fields.Date(
        "Returned on",
        readonly=True,
        help="The first visit after the client was lost or said that they left.",
    )
    is_returned = fields.Boolean("Returned", readonly=True)

    # ------------------------------------------------------------
    # THE QUESTION
    # ------------------------------------------------------------

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._sql_altogether(), self._sql_in_cycles())

    @api.model
    def _sql_altogether(self):
        """Return one row per client and salon who is lost, or was and came back."""
        reminder = SQL(
            """SELECT r.cycle_id FROM salon_reminder r
                WHERE r.partner_id = s.partner_id AND r.company_id = s.company_id
                  AND r.cycle_id IS NOT NULL AND r.state != 'idle'
             ORDER BY r.last_date DESC NULLS LAST, r.id LIMIT 1"""
        )
        return SQL(
            """SELECT s.id * %(kinds)s AS id, 'all' AS scope, %(client)s,
                      s.segment, s.last_date, salon.today - s.last_date AS days_away,
                      cycle.cycle_id, cycle.zone_id, %(said)s,
                      back.date AS returned_date, back.date IS NOT NULL AS is_returned
                 FROM salon_client_standing s
                 %(joins)s
        LEFT JOIN LATERAL (
                   SELECT c.id AS cycle_id, c.zone_id FROM salon_cycle c
                    WHERE c.id = (%(reminder)s)) cycle ON TRUE
        LEFT JOIN LATERAL (
                   SELECT MAX(m.date) AS date FROM salon_segment_move m
                    WHERE m.partner_id = s.partner_id AND m.company_id = s.company_id
                      AND m.from_segment IN %(gone)s AND s.segment NOT IN %(gone)s
                      AND m.date > salon.today - %(year)s) moved ON TRUE
        LEFT JOIN LATERAL (%(back)s) back ON TRUE
                WHERE s.segment IN %(gone)s OR said.date IS NOT NULL
                   OR (moved.date IS NOT NULL AND back.date IS NOT NULL)""",
            kinds=KINDS,
            client=self._sql_client(),
            said=self._sql_said_columns(),
            joins=self._sql_joins(),
            reminder=reminder,
            gone=GONE,
            year=YEAR,
            back=self._sql_back(),
        )

    @api.model
    def _sql_back(self):
        """Return the first visit after she said that she left, or left her segment.

        The segments of a day are worked out in the night that follows.
        """
        return SQL(
            """SELECT MIN(v.date) AS date FROM salon_visit v
                WHERE v.partner_id = s.partner_id AND v.company_id = s.company_id
                  AND %s
                  AND (v.start > said.date
                       OR said.date IS NULL AND v.date >= moved.date - 1)""",
            self._sql_is_visit("v"),
        )

    @api.model
    def _sql_in_cycles(self):
        """Return one row per client, salon and cycle that has lapsed."""
        return SQL(
            """SELECT r.id * %(kinds)s + 1 AS id, 'cycle' AS scope, %(client)s,
                      s.segment, r.last_date, salon.today - r.last_date AS days_away,
                      r.cycle_id, c.zone_id, %(said)s,
                      NULL::date AS returned_date, FALSE AS is_returned
                 FROM salon_reminder r
                 JOIN salon_cycle c ON c.id = r.cycle_id AND c.active
                 JOIN salon_client_standing s
                   ON s.partner_id = r.partner_id AND s.company_id = r.company_id
                 %(joins)s
                WHERE r.state = 'lapsed'""",
            kinds=KINDS,
            client=self._sql_client(),
            said=self._sql_said_columns(),
            joins=self._sql_joins(),
        )

    @api.model
    def _sql_joins(self):
        """Join what is known of a standing s: its salon, client and what she said."""
        return SQL(
            """JOIN %(salons)s salon ON salon.id = s.company_id
               JOIN res_company company ON company.id = s.company_id
               JOIN res_partner p ON p.id = s.partner_id AND p.active
          LEFT JOIN LATERAL (
                   SELECT a.date, a.leaving_reason_id, a.note, a.bring_back, a.gift
                     FROM salon_call_attempt a
                    WHERE a.partner_id = s.partner_id AND a.company_id = s.company_id
                      AND a.leaving_reason_id IS NOT NULL AND a.undone_at IS NULL
                 ORDER BY a.date DESC, a.id DESC LIMIT 1) said ON TRUE""",
            salons=self._sql_salons(),
        )

    @api.model
    def _sql_client(self):
        """Return the columns of the client that both kinds of rows have."""
        hold = self.env["salon.gate"]._sql_hold(
            SQL("s.partner_id"),
            self.env["res.partner"]._sql_called_number(
                SQL("p"), SQL("s.company_id"), SQL("salon.today")
            ),
            SQL("s.company_id"),
            SQL("salon.today"),
            # As a lapsed client is called: to ask why.
            "feedback",
            "phone",
        )
        return SQL(
            """s.partner_id, s.company_id, company.currency_id, s.stylist_id,
               %(year)s AS amount_year, %(hold)s AS hold, %(hold)s IS NULL AS may_call,
               (SELECT k.id FROM salon_call k
                 WHERE k.partner_id = s.partner_id AND k.company_id = s.company_id
                   AND k.state = 'open' LIMIT 1) AS call_id""",
            year=self._sql_last_year(SQL("s.partner_id"), SQL("s.company_id")),
            hold=hold,
        )

    @api.model
    def _sql_said_columns(self):
        return SQL(
            """said.leaving_reason_id, (%s)::date AS left_date, said.note AS comment,
               said.bring_back, said.gift""",
            self._sql_local(SQL("said.date")),
        )

    # ------------------------------------------------------------
    # WINNING HER BACK
    # ------------------------------------------------------------

    def action_open_partner(self):
        """Open the client's card."""
        return self._open_record(self.partner_id)

    def action_call(self):
        """Open the call desk with this client's call, made now if there is none.

        :raise UserError: when she may not be called, with the reason
        """
        self.ensure_one()
        self._check_caller()
        call = self.call_id
        if not call:
            calls, refused = self._plan_calls()
            if not calls:
                raise UserError(next(iter(refused.values())))
            call = calls
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "salon_reminders.salon_call_desk_action"
            ),
            "context": {"call_id": call.id},
        }

    def action_plan_calls(self):
        """Put these clients on the call list; say who can't be called, and why."""
        self._check_caller()
        calls, refused = self._plan_calls()
        lines = [
            self.env._("Put on the call list: %(count)s.", count=len(calls)),
            *self._shorten(self._text_refused(refused)),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": "\n".join(lines),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _text_refused(self, refused):
        """Return in lines who can't be called, by the reason.

        :param dict refused: {client: why}
        """
        reasons = {}
        for partner, text in refused.items():
            reasons.setdefault(text, []).append(partner)
        return [
            f"{self._text_names(partners)}: {text}"
            for text, partners in reasons.items()
        ]

    @api.model
    def _shorten(self, lines):
        """Return the first lines, and of more how many: a message is read at a glance.

        Each card says why its client is not called.
        """
        if len(lines) <= FEW:
            return lines
        more = self.env._(
            "%(count)s more reasons; each card tells its own.", count=len(lines) - FEW
        )
        return [*lines[:FEW], more]

    @api.model
    def _text_names(self, partners):
        """Return the names of some clients, and of more how many."""
        names = [partner.name or "?" for partner in partners]
        shown, more = format_list(self.env, names[:FEW]), len(names) - FEW
        if more <= 0:
            return shown
        return self.env._("%(names)s and %(count)s more", names=shown, count=more)

    def _check_caller(self):
        self.check_access("read")
        self.env["salon.call"].check_access("create")

    def _plan_calls(self):
        """Create the win-back calls of these rows.

        :return: the calls, and {client: why she can't be called}
        """
        calls, refused = self.env["salon.call"], {}
        for company, rows in self.grouped("company_id").items():
            made, held = rows._plan_company_calls(company)
            calls |= made
            refused.update(held)
        return calls, refused

    def _plan_company_calls(self, company):
        # Who may be called is worked out by the system, as every day.
        candidates = self.env["salon.call.candidate"].with_company(company).sudo()
        found = candidates._get_asked(self.partner_id)
        held = {
            row["partner_id"]: self.with_company(company)._text_hold(row["hold"])
            for row in found
            if row["hold"]
        }
        rows = [{**row, "user_id": self.env.uid} for row in found if not row["hold"]]
        calls = self.env["salon.call"].with_company(company)
        planner = self.env["salon.call.planner"].with_company(company).sudo()
        vals_list = planner._prepare_calls(rows)
        vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        made = calls.sudo().create(vals_list).sudo(False)
        partners = self.env["res.partner"]
        return made, {partners.browse(number): text for number, text in held.items()}

    @api.model
    def _text_hold(self, hold):
        """Return why somebody who is lost can't be called now."""
        if hold == "call":
            return self.env._(
                "The client, or somebody with the same number, is on the list already."
            )
        if hold == "gap":
            return self.env._(
                "The client, or somebody with the same number, was called less than "
                "%(days)s days ago.",
                days=self.env.company.salon_contact_gap_days,
            )
        if hold == "visit":
            return self.env._(
                "The client was here, or comes, within %(days)s days.", days=NEAR_DAYS
            )
        if hold == "unreachable":
            return self.env._(
                "Nobody answered the last calls. Write to the client, or correct the "
                "number."
            )
        if hold == "control":
            return self.env._(
                "Chance has left the client uncalled for two weeks, to learn what "
                "calls bring."
            )
        return self.env["salon.gate"]._text_hold(hold)
