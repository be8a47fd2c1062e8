from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# As many as a list shows.
LIMIT = 80
MAX_ID = 2**31
SCOPES = ("mine", "all")


class SalonCallDesk(models.AbstractModel):
    """What the screen for the phone asks the server; one request per step.

    Every method is open to the web client, so each checks its user and what it is
    given. Calls are chosen in one order: promises whose hour has come, then the most
    valuable and longest due, then those that wait for their hour today.
    """

    _name = "salon.call.desk"
    _description = "Call Desk"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    def open_desk(self, scope="mine"):
        """Return all that the desk shows when it opens."""
        self._check_user()
        return {
            **self.get_queue(scope),
            "company_id": self.env.company.id,
            "salon": self.env.company.name,
            "timezone": self.env.company._salon_timezone().zone,
            "outcomes": self._get_outcomes(),
            "reasons": self._get_reasons(),
            "stylists": self._get_stylists(),
        }

    @api.model
    def get_queue(self, scope="mine"):
        """Return the calls to make, what was logged today, and the counters."""
        self._check_user()
        calls = self._get_calls(self._check_scope(scope))
        return {
            "calls": calls._get_desk_rows(),
            "done": self._get_done(scope),
            "counters": self._get_counters(scope),
            "today": fields.Date.to_string(self.env.company._salon_today()),
        }

    @api.model
    def take_call(self, call_id):
        """Claim one call and return her card, or who has her on the phone."""
        self._check_user()
        call = self._check_call(call_id)
        if not call._claim():
            claim = call._get_foreign_claim()
            return {"taken_by": claim.user_id.name or self.env._("A colleague")}
        return {"card": call._get_desk_card()}

    @api.model
    def take_next(self, scope="mine", skip_ids=()):
        """Claim the best call that is free and return her card with the queue.

        :param list skip_ids: calls that were left for later
        """
        self._check_user()
        skipped = set(self._get_numbers(skip_ids))
        calls = self._get_calls(self._check_scope(scope), waiting=False)
        card = False
        for call in calls.filtered(lambda call: call.id not in skipped):
            free = call.claim_user_id in (call.claim_user_id.browse(), self.env.user)
            if free and call._claim_quietly():
                card = call._get_desk_card()
                break
        return {**self.get_queue(scope), "card": card}

    @api.model
    def release_call(self, call_id):
        """Give the call back to the others."""
        self._check_user()
        self._check_call(call_id)._release()
        return True

    @api.model
    def renew_call(self, call_id):
        """Keep the call for some more minutes; return until when, if it is hers."""
        self._check_user()
        call = self._check_call(call_id)
        return call._claim_quietly() and call._get_claim_until()

    @api.model
    def show_call(self, call_id):
        """Return the card of a call without claiming it, to look or to undo."""
        self._check_user()
        return {"card": self._check_call(call_id)._get_desk_card()}

    @api.model
    def log_outcome(self, call_id, outcome_id, token, values=None):
        """Log what came of a call.

        Sent again with the same token it logs nothing twice.

        :param dict values: what was entered; days and hours by the salon's clock
        :return: the attempt, or a question that must be confirmed first
        """
        self._check_user()
        call = self._check_call(call_id)
        outcome = self._check_record("salon.call.outcome", outcome_id)
        values = values if isinstance(values, dict) else {}
        details = self._get_details(call, outcome, values)
        question = self._get_question(call, outcome, details)
        if question:
            return {"question": question}
        note = values.get("note")
        attempt = call._log_attempt(
            outcome,
            note=note.strip() if isinstance(note, str) else False,
            token=token,
            **details,
        )
        return {
            "attempt_id": attempt.id,
            "text": call._text_logged(attempt),
            "state": call.state,
        }

    @api.model
    def undo_outcome(self, attempt_id):
        """Take back an outcome with all it did; return the call's card."""
        self._check_user()
        attempt = self._check_record("salon.call.attempt", attempt_id)
        attempt.action_undo()
        return {"call_id": attempt.call_id.id}

    # ------------------------------------------------------------
    # WHAT IS GIVEN
    # ------------------------------------------------------------

    def _check_user(self):
        """Only who works the call list has a desk.

        :raise AccessError: for everybody else
        """
        if not self.env["salon.call"].has_access("write"):
            raise AccessError(self.env._("The call desk is for receptionists."))

    @api.model
    def _check_scope(self, scope):
        return scope if scope in SCOPES else "mine"

    def _check_call(self, call_id):
        return self._check_record("salon.call", call_id)

    def _check_record(self, model, number):
        """Return the record of the current company, or say that it is gone."""
        record = self.env[model].browse(self._get_number(number) or []).exists()
        if not record or record.company_id - self.env.company:
            raise UserError(
                self.env._("This call is not there any more. Reload the call desk.")
            )
        record.check_access("read")
        return record

    def _get_details(self, call, outcome, values):
        """Return the details this kind of outcome needs, as entered at the desk."""
        moment = call._parse_local(values.get("day"), values.get("hour"))
        return {
            "booked": {
                "start": moment,
                "stylist_id": self._get_number(values.get("stylist_id")),
                "product_ids": self._get_numbers(values.get("product_ids")),
                "outside_hours": values.get("confirmed") is True,
            },
            "call_back": {
                "call_at": moment,
                "outside_hours": values.get("confirmed") is True,
            },
            "declined": {"stop": values.get("stop") is True},
            "left_us": {"reason_id": self._get_number(values.get("reason_id"))},
        }.get(outcome.kind, {})

    @api.model
    def _get_number(self, value):
        """Return what may be an id of the database, or False."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return is_number and 0 < value < MAX_ID and value

    @api.model
    def _get_numbers(self, values):
        values = values if isinstance(values, list | tuple) else []
        return [value for value in values if self._get_number(value)]

    def _get_question(self, call, outcome, details):
        """Return what the receptionist must confirm before this is logged."""
        if details.get("outside_hours"):
            return False
        if outcome.kind == "booked":
            return call._get_booking_question(
                details["start"], details["stylist_id"], details["product_ids"]
            )
        moment = details.get("call_at")
        if not moment or moment <= fields.Datetime.now():
            return False
        return call._get_hours_warning(moment)

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    def _get_calls(self, scope, waiting=True):
        """Return the first calls of today's queue.

        :param bool waiting: also those whose hour is still to come
        """
        calls = self.env["salon.call"]
        calls.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT k.id FROM salon_call k
                    WHERE %(domain)s AND (%(waiting)s OR NOT %(later)s)
                 ORDER BY %(later)s,
                          k.priority != '1',
                          CASE WHEN k.priority = '1' OR %(later)s THEN k.call_at END,
                          k.value DESC NULLS LAST, k.due_date, k.id
                    LIMIT %(limit)s""",
                domain=self._sql_queue(scope),
                waiting=waiting,
                later=self._sql_later(),
                limit=LIMIT,
            )
        )
        # Rules of access decide, too.
        return calls.browse(row[0] for row in rows)._filtered_access("read")

    def _sql_queue(self, scope):
        company = self.env.company
        return SQL(
            "k.company_id = %s AND k.state = 'open' AND k.date <= %s AND %s",
            company.id,
            company._salon_today(),
            self._sql_scope(scope),
        )

    def _sql_scope(self, scope):
        """Return the condition "mine or nobody's", unless all are asked for."""
        if scope == "all":
            return SQL("TRUE")
        return SQL("(k.user_id = %s OR k.user_id IS NULL)", self.env.uid)

    def _sql_later(self):
        """Return the condition that the hour of call ``k`` is still to come."""
        return SQL("COALESCE(k.call_at > %s, FALSE)", fields.Datetime.now())

    def _get_day_start(self):
        company = self.env.company
        return company._salon_utc(datetime.combine(company._salon_today(), time.min))

    def _get_counters(self, scope):
        """Return the counters of today, in one query."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT q.*, d.*
                     FROM (SELECT COUNT(*) FILTER (WHERE NOT %(later)s) AS todo,
                                  COUNT(*) FILTER (WHERE %(later)s) AS later
                             FROM salon_call k WHERE %(queue)s) q
               CROSS JOIN (
                   SELECT COUNT(*) AS done,
                          COUNT(*) FILTER (WHERE k.outcome_kind = 'booked') AS booked,
                          COUNT(*) FILTER (WHERE k.close_reason = 'unreachable')
                              AS unreachable
                     FROM salon_call k
                    WHERE k.company_id = %(company)s AND k.state = 'done'
                      AND k.closed_at >= %(start)s AND %(scope)s
                      AND k.close_reason IN ('outcome', 'unreachable')) d""",
                later=self._sql_later(),
                queue=self._sql_queue(scope),
                company=self.env.company.id,
                start=self._get_day_start(),
                scope=self._sql_scope(scope),
            )
        )
        counters = rows[0]
        done = counters["done"]
        counters["share"] = round(100 * counters["booked"] / done) if done else 0
        return counters

    def _get_done(self, scope):
        """Return what was logged today, newest first, to be undone."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("date", ">=", self._get_day_start()),
        ]
        if scope != "all":
            domain.append(("user_id", "=", self.env.uid))
        attempts = self.env["salon.call.attempt"].search(domain, limit=LIMIT)
        return [
            {
                "id": attempt.id,
                "call_id": attempt.call_id.id,
                "name": attempt.partner_id.name or "",
                "outcome": attempt.outcome_id.name,
                "kind": attempt.outcome_id.kind,
                "user": attempt.user_id.name,
                "time": attempt._get_local_time(),
                "note": attempt.note or "",
                "undone": bool(attempt.undone_at),
            }
            for attempt in attempts
        ]

    def _get_outcomes(self):
        outcomes = self.env["salon.call.outcome"].search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        return [
            {
                "id": outcome.id,
                "name": outcome.name,
                "kind": outcome.kind,
                "key": outcome.shortcut or "",
            }
            for outcome in outcomes
        ]

    def _get_reasons(self):
        reasons = self.env["salon.leaving.reason"].search(
            [("company_id", "in", [False, self.env.company.id])]
        )
        return [
            {"id": reason.id, "name": reason.name, "comment": reason.needs_comment}
            for reason in reasons
        ]

    def _get_stylists(self):
        stylists = self.env["resource.resource"].search(
            [
                ("is_stylist", "=", True),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )
        return [{"id": stylist.id, "name": stylist.name} for stylist in stylists]
