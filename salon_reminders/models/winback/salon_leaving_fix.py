from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..call.salon_call_outcome import UNANSWERED
from ..visit.salon_visit import MADE_STATES


class SalonLeavingFix(models.Model):
    """What a salon has changed about a reason for which clients leave.

    Everybody who had left for it by then, still agrees to calls and has not come
    since is called once about it, with the change as the argument.
    """

    _name = "salon.leaving.fix"
    _description = "Change for Who Left"
    _order = "date desc, id desc"
    _rec_name = "argument"
    _check_company_auto = True

    reason_id = fields.Many2one(
        "salon.leaving.reason",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Changed on",
        required=True,
        default=lambda self: self.env.company._salon_today(),
        help="Who left for this reason later is not called: the change did not help "
        "them.",
    )
    argument = fields.Char(
        "What was changed",
        required=True,
        help="Said on the phone, after: we have changed it. Such as: you can now book "
        "until nine in the evening.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    active = fields.Boolean(
        default=True, help="Archived: nobody else is called about it."
    )

    who_text = fields.Text(
        "Who is called",
        compute="_compute_who_text",
        help="Who left for it is called about it, and who is not, and why.",
    )

    # What came of it
    waiting_count = fields.Integer(
        "To call",
        compute="_compute_figures",
        help="Clients who left for it, have not come since and were not called about "
        "it yet. Who does not agree to calls stays among them.",
    )
    called_count = fields.Integer(
        "Called",
        compute="_compute_figures",
        help="Clients who were dialled about it at least once.",
    )
    reached_count = fields.Integer(
        "Reached",
        compute="_compute_figures",
        help="Clients who were spoken to: any outcome but no answer and wrong number.",
    )
    booked_count = fields.Integer(
        "Booked",
        compute="_compute_figures",
        help="Clients who booked on this call.",
    )
    returned_count = fields.Integer(
        "Returned",
        compute="_compute_figures",
        help="Clients who came to the salon after the call was put on the list, "
        "however they booked.",
    )
    amount = fields.Monetary(
        "Money",
        compute="_compute_figures",
        help="All that those who returned have paid since.",
    )

    _one_a_day = models.Constraint(
        "UNIQUE(reason_id, company_id, date)",
        "This reason is marked as changed on that day already. Change the text there.",
    )

    @api.constrains("date")
    def _check_date(self):
        for fix in self:
            if fix.date > fix.company_id._salon_today():
                raise ValidationError(
                    self.env._(
                        "Mark the reason when it has been changed: clients are told "
                        "that it is. The day can't lie in the future."
                    )
                )

    @api.constrains("argument")
    def _check_argument(self):
        if any(not (fix.argument or "").strip() for fix in self):
            raise ValidationError(
                self.env._("Write what was changed; it is said on the phone.")
            )

    # ------------------------------------------------------------
    # WHOM TO CALL
    # ------------------------------------------------------------

    @api.model
    def _sql_to_call(self):
        """Return the rows of whom the current company has to tell, see win-back."""
        company = self.env.company
        return SQL(
            """SELECT left_us.partner_id, %(phone)s AS phone, p.user_id,
                      %(today)s::date AS day, 'fixed' AS kind, left_us.fix_id,
                      left_us.fix_date AS due_date, usual.stylist_id,
                      -(%(year)s) AS rank
                 FROM (%(left)s) left_us
                 JOIN res_partner p ON p.id = left_us.partner_id AND p.active
    LEFT JOIN salon_client_standing usual
                   ON usual.partner_id = p.id AND usual.company_id = %(company)s""",
            today=company._salon_today(),
            phone=self.env["salon.call.candidate"]._sql_number(
                SQL("%s", company._salon_today())
            ),
            left=self._sql_left(company),
            year=self.env["salon.report"]._sql_last_year(
                SQL("p.id"), SQL("%s", company.id)
            ),
            company=company.id,
        )

    @api.model
    def _sql_left(self, company):
        """Return who left for a reason that was changed since, and was not told yet.

        The newest change of her reason counts, so that nobody is told of an older one.
        """
        attempts = self.env["salon.call.attempt"]
        return SQL(
            """SELECT said.partner_id, said.id AS attempt_id, fix.id AS fix_id,
                      fix.date AS fix_date
                 FROM (%(said)s) said
         CROSS JOIN LATERAL (
                      SELECT f.id, f.date, f.active
                        FROM salon_leaving_fix f
                       WHERE f.reason_id = said.leaving_reason_id
                         AND f.company_id = %(company)s
                         AND f.date >= (said.date AT TIME ZONE 'UTC'
                                        AT TIME ZONE %(zone)s)::date
                    ORDER BY f.date DESC LIMIT 1) fix
                WHERE fix.active
                  AND NOT %(came)s
                  AND NOT EXISTS (
                      SELECT FROM salon_call k
                       WHERE k.partner_id = said.partner_id AND k.fix_id = fix.id
                         AND k.close_reason IS DISTINCT FROM 'consent')""",
            said=attempts._sql_said_last(SQL("%s", company.id)),
            company=company.id,
            zone=company._salon_timezone().zone,
            came=attempts._sql_came_since(SQL("said")),
        )

    def _get_waiting(self):
        """Return {fix id: clients who left for it and were not told yet}."""
        self.check_access("read")
        self.env.flush_all()
        found = {fix.id: [] for fix in self}
        for company in self.company_id:
            for partner_id, fix_id in self.env.execute_query(
                SQL(
                    """SELECT w.partner_id, w.fix_id FROM (%s) w
                         JOIN res_partner p ON p.id = w.partner_id AND p.active
                        WHERE w.fix_id = ANY(%s)""",
                    self._sql_left(company),
                    self.ids,
                )
            ):
                found[fix_id].append(partner_id)
        return found

    # ------------------------------------------------------------
    # WHO IS CALLED, IN WORDS
    # ------------------------------------------------------------

    @api.depends("reason_id", "company_id", "date")
    @api.depends_context("lang", "uid")
    def _compute_who_text(self):
        waiting = self._origin._get_waiting()
        for fix in self:
            if fix._origin:
                ids = waiting.get(fix._origin.id, ())
            else:
                ids = fix._find_left()
            fix.who_text = fix._text_who(self.env["res.partner"].browse(ids))

    def _find_left(self):
        """Return the ids of who left for the reason by the day of a new change."""
        company = self._get_salon()
        if not (self.reason_id and self.date):
            return []
        # Also while it is entered: by who may say that it is changed.
        self.check_access("create")
        self.env.flush_all()
        attempts = self.env["salon.call.attempt"]
        rows = self.env.execute_query(
            SQL(
                """SELECT said.partner_id FROM (%(said)s) said
                     JOIN res_partner p ON p.id = said.partner_id AND p.active
                    WHERE said.leaving_reason_id = %(reason)s
                      AND (said.date AT TIME ZONE 'UTC'
                           AT TIME ZONE %(zone)s)::date <= %(date)s
                      AND NOT %(came)s""",
                said=attempts._sql_said_last(SQL("%s", company.id)),
                reason=self.reason_id.id,
                zone=company._salon_timezone().zone,
                date=self.date,
                came=attempts._sql_came_since(SQL("said")),
            )
        )
        return [partner_id for (partner_id,) in rows]

    def _get_salon(self):
        """Return the salon, also while a form without it is filled in."""
        return self.company_id or self.env.company

    def _text_who(self, partners):
        """Return who of these is called, who is not, and why."""
        if not partners:
            return self.env._("Nobody who left for it is still to be called.")
        company = self._get_salon()
        # Who may be called is worked out by the system, as every day.
        candidates = self.env["salon.call.candidate"].with_company(company).sudo()
        lost = self.env["salon.lost.client"].with_company(company)
        holds = {
            row["partner_id"]: row["hold"]
            for row in candidates._get_asked(partners, "fixed")
        }
        called = partners.filtered(lambda one: not holds.get(one.id))
        texts = {
            one: lost._text_hold(holds[one.id])
            for one in partners.sorted("name") - called
        }
        lines = lost._text_refused(texts)
        if called:
            lines[:0] = [
                self.env._(
                    "Called in the next days, within the quota: %(clients)s.",
                    clients=lost._text_names(called),
                )
            ]
        return "\n".join(lines)

    # ------------------------------------------------------------
    # WHAT CAME OF IT
    # ------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_figures(self):
        waiting = self._get_waiting()
        figures = self._get_figures()
        for fix in self:
            rows = figures.get(fix.id, [])
            fix.waiting_count = len(waiting.get(fix.id, ()))
            fix.called_count = sum(row["called"] for row in rows)
            fix.reached_count = sum(row["reached"] for row in rows)
            fix.booked_count = sum(row["booked"] for row in rows)
            fix.returned_count = sum(bool(row["visit_ids"]) for row in rows)
            fix.amount = sum(row["amount"] for row in rows)

    def _get_figures(self):
        """Return {fix id: rows of its calls with what came of each}."""
        self.check_access("read")
        self.env.flush_all()
        figures = {}
        for row in self.env.execute_query_dict(
            SQL(
                """SELECT k.id, k.fix_id, k.partner_id, COALESCE(tried.called, FALSE)
                          AS called, COALESCE(tried.reached, FALSE) AS reached,
                          k.outcome_kind IS NOT DISTINCT FROM 'booked' AS booked,
                          came.visit_ids, COALESCE(came.amount, 0) AS amount
                     FROM salon_call k
        LEFT JOIN LATERAL (
                   SELECT TRUE AS called,
                          bool_or(o.kind NOT IN %s) AS reached
                     FROM salon_call_attempt a
                     JOIN salon_call_outcome o ON o.id = a.outcome_id
                    WHERE a.call_id = k.id AND a.undone_at IS NULL
                   HAVING COUNT(*) > 0) tried ON TRUE
        LEFT JOIN LATERAL (
                   SELECT array_agg(v.id) FILTER (WHERE v.is_purchase IS NOT TRUE)
                              AS visit_ids,
                          SUM(v.amount_total) AS amount
                     FROM salon_visit v
                    WHERE v.partner_id = k.partner_id AND v.company_id = k.company_id
                      AND v.state IN %s AND v.date >= k.opened_date) came ON TRUE
                    WHERE k.fix_id = ANY(%s)""",
                UNANSWERED,
                MADE_STATES,
                self.ids,
            )
        ):
            if not row["visit_ids"]:
                row["amount"] = 0
            figures.setdefault(row["fix_id"], []).append(row)
        return figures

    def _get_calls(self, name):
        """Return the calls that a figure counts."""
        rows = [row for rows in self._get_figures().values() for row in rows]
        return self.env["salon.call"].browse(row["id"] for row in rows if row[name])

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_waiting(self):
        """Open who left for it and was not told yet."""
        ids = [one for found in self._get_waiting().values() for one in found]
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_lost_client_action",
            self.env._("Left for it, to call"),
            [("partner_id", "in", ids), ("company_id", "in", self.company_id.ids)],
        )

    def action_open_called(self):
        """Open the calls about it that were dialled."""
        return self._open_calls("called", self.env._("Called about it"))

    def action_open_reached(self):
        """Open the calls about it on which somebody was spoken to."""
        return self._open_calls("reached", self.env._("Reached"))

    def action_open_booked(self):
        """Open the calls about it on which a visit was booked."""
        return self._open_calls("booked", self.env._("Booked"))

    def action_open_returned(self):
        """Open the visits of those who came back."""
        rows = [row for rows in self._get_figures().values() for row in rows]
        ids = [one for row in rows for one in row["visit_ids"] or ()]
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_visit_action",
            self.env._("Visits of who returned"),
            [("id", "in", ids)],
        )

    def _open_calls(self, name, title):
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_call_action_all",
            title,
            [("id", "in", self._get_calls(name).ids)],
        )
