from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.arguments import lenient, plain_id
from .salon_call_logging import ASIDE, TEXT_LENGTH
from .salon_call_queue import CHANGES, MOST, PAGE

SCOPES = ("mine", "all")
# What is no number names nothing: a desk that is out of date goes on.
as_number = lenient(plain_id)
# What the queue asks of the salon, which has many more settings.
SALON_FIELDS = (
    *("name", "partner_id", "currency_id", "resource_calendar_id"),
    *("salon_call_start", "salon_call_stop", "salon_call_days", "salon_call_reason"),
)


class SalonCallDesk(models.AbstractModel):
    """What the screen for the phone asks the server; one request per step.

    Every method is open to the web client, so each checks its user and what it is
    given. The queue comes page by page; a step sends what it changed, not the queue.
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
            "currency_id": self.env.company.currency_id.id,
            "timezone": self.env.company._salon_timezone().zone,
            "limits": self._get_limits(),
            "outcomes": self._get_outcomes(),
            "reasons": self._get_reasons(),
            "stylists": self._get_stylists(),
        }

    @api.model
    def get_queue(self, scope="mine", limit=PAGE):
        """Return the first calls to make, what was logged today, and the counters.

        :param int limit: so many calls, at most some pages
        """
        self._check_user()
        self.env.company.sudo().fetch(SALON_FIELDS)
        scope = self._check_scope(scope)
        limit = as_number(limit) or PAGE
        return {
            "calls": self.env["salon.call.queue"]._get_page(scope, limit),
            "done": self._get_done(scope),
            "counters": self._get_counters(scope),
            "today": fields.Date.to_string(self.env.company._salon_today()),
        }

    @api.model
    def get_more(self, scope="mine", offset=0):
        """Return the next page of calls to make.

        :param int offset: so many are there already
        """
        self._check_user()
        queue = self.env["salon.call.queue"]
        offset = as_number(offset) or 0
        return {"calls": queue._get_page(self._check_scope(scope), offset=offset)}

    @api.model
    def get_changes(self, scope="mine", call_ids=()):
        """Return what has become of these calls; those not in it left the queue."""
        self._check_user()
        calls = self.env["salon.call"].browse(self._get_numbers(call_ids)[:MOST])
        return self._get_changes(calls, self._check_scope(scope))

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
        """Claim the best call that is free and return her card.

        :param list skip_ids: calls that were left for later
        """
        self._check_user()
        queue = self.env["salon.call.queue"]
        skipped = self._get_numbers(skip_ids)
        for call in queue._get_best(self._check_scope(scope), skipped):
            if call._claim_quietly():
                return {"card": call._get_desk_card()}
        return {"card": False, "held": self._get_held_text(scope)}

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
    def get_times(self, call_id):
        """Return times to offer, kept for her meanwhile, and the script with them."""
        self._check_user()
        return self._check_call(call_id)._get_desk_times()

    @api.model
    def log_outcome(
        self, call_id, outcome_id, token, values=None, scope="mine", seen=None
    ):
        """Log what came of a call.

        Sent again with the same token it logs nothing twice.

        :param dict values: what was entered; days and hours by the salon's clock
        :param int seen: ``attempt_id`` of the card on which it was logged; what the
            same person logged on this call since then, in another window, is refused
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
            seen=None if seen is None else as_number(seen) or 0,
            **details,
        )
        return {
            "attempt_id": attempt.id,
            "text": call._text_logged(attempt),
            "state": call.state,
            # Said during the call, which goes on.
            "stays": call.state == "open" and outcome.kind == ASIDE,
            "changes": self._get_changes(
                call | call._get_changed(), self._check_scope(scope)
            ),
        }

    @api.model
    def undo_outcome(self, attempt_id, scope="mine"):
        """Take back an outcome with all it did; return its call."""
        self._check_user()
        attempt = self._check_record("salon.call.attempt", attempt_id)
        attempt.action_undo()
        calls = attempt.call_id | attempt.call_id._get_changed()
        return {
            "call_id": attempt.call_id.id,
            "changes": self._get_changes(calls, self._check_scope(scope)),
        }

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
        record = self.env[model].browse(as_number(number) or []).exists()
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
                "stylist_id": as_number(values.get("stylist_id")),
                "product_ids": self._get_numbers(values.get("product_ids")),
                "outside_hours": values.get("confirmed") is True,
            },
            "call_back": {
                "call_at": moment,
                "outside_hours": values.get("confirmed") is True,
            },
            "declined": {
                "stop": values.get("stop") is True,
                "reminder_ids": self._get_numbers(values["reminder_ids"])
                if "reminder_ids" in values
                else None,
            },
            "left_us": {
                "reason_id": as_number(values.get("reason_id")),
                "gift": values.get("gift"),
                "bring_back": values.get("bring_back"),
            },
        }.get(outcome.kind, {})

    @api.model
    def _get_numbers(self, values):
        values = values if isinstance(values, list | tuple) else []
        return [value for value in values if as_number(value)]

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
        # What is refused is not asked about first.
        call._check_near(call.company_id._salon_date(moment))
        return call._get_hours_warning(moment)

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    def _get_limits(self):
        last = self.env.company._salon_last_promise()
        return {
            "page": PAGE,
            "changes": CHANGES,
            "text": TEXT_LENGTH,
            "promise": fields.Date.to_string(last),
        }

    def _get_changes(self, calls, scope):
        """Return what has become of these calls; those not in it left the queue."""
        return {
            "changed": calls.ids,
            "calls": self.env["salon.call.queue"]._get_rows(calls, scope),
            "done": self._get_done(scope, calls),
            "counters": self._get_counters(scope),
        }

    def _get_held_text(self, scope):
        """Return that the law holds back the calls that are left, or nothing."""
        queue = self.env["salon.call.queue"]
        held = [row for row in queue._get_page(self._check_scope(scope)) if row["held"]]
        if not held:
            return ""
        call = self.env["salon.call"].browse(held[0]["id"])
        return self.env._(
            "Nobody who is left may be called at this hour. %(client)s: %(why)s",
            client=held[0]["name"],
            why=call.hold_text,
        )

    def _get_outcomes(self):
        outcomes = self.env["salon.call.outcome"].search_fetch(
            [("company_id", "in", [False, self.env.company.id])],
            ["name", "kind", "shortcut"],
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
        reasons = self.env["salon.leaving.reason"].search_fetch(
            [("company_id", "in", [False, self.env.company.id])],
            ["name", "needs_comment"],
        )
        return [
            {"id": reason.id, "name": reason.name, "comment": reason.needs_comment}
            for reason in reasons
        ]

    def _get_stylists(self):
        stylists = self.env["resource.resource"].search_fetch(
            [
                ("is_stylist", "=", True),
                ("company_id", "in", [False, self.env.company.id]),
            ],
            ["name"],
        )
        company = self.env.company
        stylists -= stylists._is_gone(company._salon_today(), company)
        return [{"id": stylist.id, "name": stylist.name} for stylist in stylists]

    # ------------------------------------------------------------
    # HOW FAR TODAY'S LIST IS DONE
    # ------------------------------------------------------------

    @api.model
    def _get_day_start(self):
        company = self.env.company
        return company._salon_midnight(company._salon_today())

    @api.model
    def _get_counters(self, scope):
        """Return the counters of today, in one query."""
        company = self.env.company
        mine = SQL("(k.user_id = %s OR k.user_id IS NULL)", self.env.uid)
        self.env["salon.call"].flush_model()
        self.env["salon.visit"].flush_model()
        counters = self.env.execute_query_dict(
            SQL(
                """SELECT q.*, d.*
                     FROM (SELECT COUNT(*) FILTER (WHERE NOT later) AS todo,
                                  COUNT(*) FILTER (WHERE later) AS later
                             FROM (SELECT COALESCE(k.call_at > %(now)s, FALSE) AS later
                                     FROM salon_call k
                                    WHERE k.company_id = %(company)s
                                      AND k.state = 'open' AND k.date <= %(today)s
                                      AND NOT %(waiting)s AND %(scope)s) o) q
               CROSS JOIN (
                   SELECT COUNT(*) AS done,
                          COUNT(*) FILTER (WHERE k.outcome_kind = 'booked') AS booked,
                          COUNT(*) FILTER (WHERE k.close_reason = 'unreachable')
                              AS unreachable
                     FROM salon_call k
                    WHERE k.company_id = %(company)s AND k.state = 'done'
                      AND k.closed_at >= %(start)s AND %(scope)s
                      AND k.close_reason IN ('outcome', 'unreachable')) d""",
                now=fields.Datetime.now(),
                company=company.id,
                today=company._salon_today(),
                start=self._get_day_start(),
                waiting=self.env["salon.call"]._sql_waiting(SQL("k"), company),
                scope=SQL("TRUE") if scope == "all" else mine,
            )
        )[0]
        done = counters["done"]
        counters["share"] = round(100 * counters["booked"] / done) if done else 0
        return counters

    @api.model
    def _get_done(self, scope, calls=None):
        """Return what was logged today, newest first, to be undone.

        In one query: clients and users have many columns.

        :param calls: only of these calls
        """
        company = self.env.company
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT a.id, a.call_id, a.date, a.note, a.gift,
                          a.bring_back, o.kind,
                          %(outcome)s AS outcome, p.name AS name, up.name AS user,
                          a.undone_at IS NOT NULL AS undone,
                          a.user_id = %(user)s AS mine
                     FROM salon_call_attempt a
                     JOIN salon_call_outcome o ON o.id = a.outcome_id
                     JOIN res_partner p ON p.id = a.partner_id
                     JOIN res_users u ON u.id = a.user_id
                     JOIN res_partner up ON up.id = u.partner_id
                    WHERE a.company_id = %(company)s AND a.date >= %(start)s
                      AND %(mine)s AND %(calls)s
                 ORDER BY a.date DESC, a.id DESC
                    LIMIT %(limit)s""",
                outcome=self.env["salon.call.outcome"]._field_to_sql("o", "name"),
                company=company.id,
                user=self.env.uid,
                start=self._get_day_start(),
                mine=SQL("TRUE")
                if scope == "all"
                else SQL("a.user_id = %s", self.env.uid),
                calls=SQL("TRUE")
                if calls is None
                else SQL("a.call_id = ANY(%s)", calls.ids),
                limit=PAGE,
            )
        )
        said = self.env["salon.call.attempt"]._text_said
        return [
            {
                **row,
                "name": row["name"] or "",
                "time": company._salon_local(row["date"]).strftime("%H:%M"),
                "note": said(row["note"], row.pop("bring_back"), row.pop("gift")),
                "date": row["date"].isoformat(),
            }
            for row in rows
        ]
