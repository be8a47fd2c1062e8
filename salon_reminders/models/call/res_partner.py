from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .salon_call import NEAR_DAYS


class ResPartner(models.Model):
    """Calls with a client, and what they have told."""

    _inherit = "res.partner"

    salon_call_ids = fields.One2many(
        "salon.call",
        "partner_id",
        string="Calls",
        groups="salon_reminders.group_receptionist",
    )
    salon_call_status = fields.Text(
        "On the call list?",
        compute="_compute_salon_call_status",
        groups="salon_reminders.group_receptionist",
    )
    salon_is_lost = fields.Boolean(
        "Left us",
        compute="_compute_salon_is_lost",
        search="_search_salon_is_lost",
        groups="salon_reminders.group_stylist",
        help="The client said that they left, and has not come or booked since.",
    )
    salon_is_unreachable = fields.Boolean(
        "Unreachable",
        compute="_compute_salon_is_unreachable",
        search="_search_salon_is_unreachable",
        groups="salon_reminders.group_receptionist",
        help="Nobody answered the last calls: the client is not on the call list any "
        "more. Write a message, or correct the number.",
    )
    salon_leaving_text = fields.Char(
        "Why they left",
        compute="_compute_salon_is_lost",
        groups="salon_reminders.group_stylist",
    )

    @api.depends_context("company", "lang")
    def _compute_salon_call_status(self):
        texts = self._origin._salon_explain_calls()
        for partner in self:
            partner.salon_call_status = texts.get(partner._origin)

    @api.depends_context("company", "lang")
    def _compute_salon_is_lost(self):
        lost = self._origin.filtered_domain(self._search_salon_is_lost("in", [True]))
        # What she said is shown on her card to whoever sees the card.
        attempts = self.env["salon.call.attempt"].sudo()
        said = attempts._get_said_last(lost, self.env.company)
        for partner in self:
            attempt = said.get((partner._origin, self.env.company))
            partner.salon_is_lost = bool(attempt)
            partner.salon_leaving_text = attempt and self._salon_text_left(attempt)

    @api.depends_context("company")
    def _compute_salon_is_unreachable(self):
        found = self._search_salon_is_unreachable("in", [True])
        unreachable = self._origin.filtered_domain(found)
        for partner in self:
            partner.salon_is_unreachable = partner._origin in unreachable

    @api.model
    def _search_salon_is_unreachable(self, operator, value):
        # As below.
        self._check_field_access(self._fields["salon_is_unreachable"], "read")
        if operator != "in":
            return NotImplemented
        unreachable = Domain.custom(to_sql=self._sql_unreachable)
        parts = {True: unreachable, False: ~unreachable}
        return Domain.OR(parts[bool(wanted)] for wanted in value)

    @api.model
    def _sql_unreachable(self, _model, alias, _query):
        """Return the condition that a client left the call list, never answering."""
        company = self.env.company
        client, salon = SQL.identifier(alias, "id"), SQL("%s", company.id)
        today = SQL("%s::date", company._salon_today())
        calls = self.env["salon.call"]
        # What decides stands in four tables.
        self.env.flush_all()
        return SQL(
            """(%(most)s > 0 AND %(client)s IN (
                    SELECT k.partner_id FROM salon_call k
                     WHERE k.company_id = %(salon)s AND k.close_reason = 'unreachable'
                  GROUP BY k.partner_id HAVING COUNT(*) >= %(most)s)
                AND (SELECT COUNT(*) FROM (%(row)s) k) >= %(most)s)""",
            most=company.salon_unreachable_calls,
            client=client,
            salon=salon,
            row=calls._sql_unanswered(
                client,
                self._sql_called_number(SQL.identifier(alias), salon, today),
                company,
            ),
        )

    @api.model
    def _salon_text_left(self, attempt):
        text = self.env._(
            "%(reason)s (said on %(date)s)",
            reason=attempt.leaving_reason_id.name,
            date=format_date(self.env, attempt.company_id._salon_date(attempt.date)),
        )
        said = attempt._get_said()
        return f"{text}: {said}" if said else text

    @api.model
    def _search_salon_is_lost(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_is_lost"], "read")
        if operator != "in":
            return NotImplemented
        attempts, company = self.env["salon.call.attempt"], self.env.company
        lost = Domain.custom(
            to_sql=lambda model, alias, query: attempts._sql_left(
                SQL.identifier(alias, "id"), SQL("%s", company.id)
            )
        )
        parts = {True: lost, False: ~lost}
        return Domain.OR(parts[bool(wanted)] for wanted in value)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            # Whoever archives a contact need not know the calls.
            self.env["salon.call"].sudo()._cancel_archived(self)
        return result

    def action_open_salon_calls(self):
        """Open the client's calls, the closed ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_call_action_all"
        )
        return {**action, "domain": [("partner_id", "=", self.id)]}

    # ------------------------------------------------------------
    # WHY SHE IS, OR IS NOT, ON THE CALL LIST
    # ------------------------------------------------------------

    def _salon_explain_calls(self):
        """Return {client: why she is or is not on the current company's call list}.

        From the rules that decide: the same candidates and holds as the daily job.
        """
        rows = self.env["salon.call.candidate"]._get_rows(self)
        # Who shares a number with somebody who waits, waits, too.
        waits = {None: "quota", "shared": "quota"}
        candidates = {
            row["partner_id"]: (waits.get(row["hold"], row["hold"]), row["kind"])
            for row in rows
        }
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
        ]
        calls = self.env["salon.call"].search_fetch(
            [*domain, ("state", "=", "open")],
            [
                *("partner_id", "company_id", "opened_date", "date"),
                *("state", "kind", "priority"),
            ],
        )
        reminders = self.env["salon.reminder"].search(domain, order="call_date, id")
        by_call, waiting = calls.grouped("partner_id"), calls._get_waiting_texts()
        by_reminder = reminders.grouped("partner_id")
        return {
            partner: self._salon_text_called(by_call[partner], waiting)
            if partner in by_call
            else self._salon_text_held(*candidates[partner.id])
            if partner.id in candidates
            else self._salon_text_not_due(by_reminder.get(partner, reminders.browse()))
            for partner in self
        }

    @api.model
    def _salon_text_called(self, call, waiting):
        """Return since when a call is on the list, and when it is to be made.

        :param dict waiting: {call: which visit it waits for, in words}
        """
        since = format_date(self.env, call.opened_date)
        if call in waiting:
            return self.env._(
                "On the call list since %(date)s. %(why)s",
                date=since,
                why=waiting[call],
            )
        return self.env._(
            "On the call list since %(date)s, to be called on %(day)s.",
            date=since,
            day=format_date(self.env, call.date),
        )

    @api.model
    def _salon_text_held(self, hold, kind):
        """Return why somebody who is due is not called: what holds her back.

        :param str kind: the kind of call that it would be
        """
        company = self.env.company
        return {
            "consent": self._salon_text_not_agreed(kind),
            "guardian": self.env._(
                "Due, but under age: link the guardian's card, and ask the guardian."
            ),
            "phone": self.env._("Due, but there is no valid phone number."),
            "blacklist": self.env._("Due, but the number is on the do-not-call list."),
            "wrong_number": self.env._(
                "Due, but the number is wrong. Enter the right one."
            ),
            "left": self.env._(
                "Due, but the client said that they do not come any more."
            ),
            "visit": self.env._(
                "Due, but the client was here, or comes, within %(days)s days. The "
                "visit shows what to ask about; the call waits.",
                days=NEAR_DAYS,
            ),
            "call": self.env._(
                "Due, but somebody with the same number is on the list."
            ),
            "gap": self.env._(
                "Due, but the client, or somebody with the same number, was called "
                "less than %(days)s days ago.",
                days=company.salon_contact_gap_days,
            ),
            "unreachable": self.env._(
                "Due, but nobody answered the last calls: the rest between them "
                "doubles, and from the %(calls)s. on there is one in half a year. "
                "Write to the client, or correct the number.",
                calls=company.salon_unreachable_calls or "∞",
            ),
            "control": self.env._(
                "Due, but chance put the client in the control group: left uncalled "
                "for two weeks, to learn what calls bring."
            ),
            "quota": self.env._(
                "Due, and waits in the backlog: at most %(calls)s new calls are put "
                "on the list in a day.",
                calls=company.salon_daily_quota or "∞",
            ),
        }[hold]

    @api.model
    def _salon_text_not_agreed(self, kind):
        """Return in words to which calls the client has not agreed."""
        if kind == "birthday":
            return self.env._(
                "The birthday is near, but the client has not agreed to calls about "
                "offers. Ask for it: Consents, What the client agrees to."
            )
        if kind == "lapsed":
            return self.env._(
                "The client has stayed away, but has not agreed to calls that ask why."
            )
        return self.env._("Due, but the client has not agreed to be phoned.")

    @api.model
    def _salon_text_not_due(self, reminders):
        """Return why nothing is due: the reminder that comes next says it."""
        followed = reminders.filtered(
            lambda r: r.state != "idle" or r.due_date and r.cycle_id.is_given_up
        )
        if not followed:
            return self.env._(
                "No reminder follows the client: no service with a cycle was done yet."
            )
        return followed.sorted(self._salon_get_explain_order)[0]._get_state_text()

    @api.model
    def _salon_get_explain_order(self, reminder):
        """Sort first what would bring her on the list soonest."""
        order = [
            *("due", "late", "lapsed", "scheduled"),
            *("booked", "paused", "stopped", "idle"),
        ]
        return order.index(reminder.state), reminder.call_date, reminder.id
