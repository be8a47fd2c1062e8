from collections import Counter
from datetime import datetime, time, timedelta
from itertools import takewhile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime, format_list

from ...tools.answer_hours import best_hour, usual_hour
from ...tools.server_flags import SERVER_SAYS
from ..reminder.salon_reminder import CALLABLE_STATES
from ..visit.salon_visit import KEPT_STATES, MADE_STATES, OPEN_STATES
from .salon_call import VISIT_KINDS, WIN_BACK_KINDS
from .salon_call_outcome import UNANSWERED
from .salon_call_queue import CHANGES

# What holds back an open call without ending it.
KEPT_HOLDS = (None, "guardian")
# The next try of the same day comes after so many hours at the earliest.
REST_HOURS = 2
# A salon closed for longer is called again anyway.
DAYS_AHEAD = 14
# From so many of her last calls it is learned when she answers.
ATTEMPTS = 100
# Who never answers is tried again after so many days, and no later.
MOST_REST = 182


class SalonCall(models.Model):
    """How a call goes on: claimed by who dials, tried again, closed by itself.

    Opening a call claims it, so that nobody else rings the same number. Nobody
    answered: first later the same day at another hour, then on the next day the salon
    is open, at the hour at which this client usually answers, else the one farthest
    from those tried in vain. It closes as soon as nobody has to make it any more, and
    says how that came.
    """

    _inherit = "salon.call"

    claim_user_id = fields.Many2one(
        "res.users",
        string="On the phone",
        compute="_compute_claim_user_id",
        help="Who is calling this client, or this number, at this moment.",
    )

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    def _close(self, reason, state="done"):
        if not self:
            # Every activity that Odoo deletes asks for its calls, also while the
            # addon is being removed and half of it is gone.
            return
        self._close_activities()
        self._drop_claims()
        # Nobody writes how a call ended; whoever may end it comes through here.
        self.sudo().write(
            {
                "state": state,
                "close_reason": reason,
                "closed_at": fields.Datetime.now(),
            }
        )

    def _cancel_as(self, reason):
        """Take the calls off the list: nobody has to call, or nobody may."""
        self._close(reason, state="cancelled")

    @api.model
    def _close_settled(self, partners):
        """Bring the open calls of clients who booked or came in line with that.

        Those whose every reason is gone are closed. The others go on without the needs
        that are booked or met, also while somebody works on them.
        """
        calls = self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        settled = calls.filtered(
            lambda call: (
                call.reminder_ids
                and call.kind not in WIN_BACK_KINDS
                and not any(r.state in CALLABLE_STATES for r in call.reminder_ids)
            )
        )
        if settled:
            settled._close("settled")
            settled._note_settled()
        calls -= settled
        left = calls._filter_left()
        left._cancel_as("left")
        for call in calls - left:
            call._drop_met()
        # They wait for the visit now, or no longer.
        (calls - left)._notify_desk()

    def _filter_left(self):
        """Return the calls of clients who left, but those that say "we changed it".

        Such a client had booked again and has cancelled it.
        """
        self.env["salon.visit"].flush_model()
        domain = Domain("id", "in", self.ids) & Domain("kind", "!=", "fixed")
        return self.search(domain & self._get_left_domain())

    @api.model
    def _get_left_domain(self):
        """Return the domain of calls whose clients said that they left."""
        attempts = self.env["salon.call.attempt"]
        return Domain.custom(
            to_sql=lambda model, alias, query: attempts._sql_left(
                SQL.identifier(alias, "partner_id"), SQL.identifier(alias, "company_id")
            )
        )

    def _drop_met(self):
        """Go on without the needs that are booked or met meanwhile."""
        self.ensure_one()
        met = self.reminder_ids.filtered(lambda reminder: reminder._is_met())
        # What was missed is told whatever has become of the need meanwhile.
        if met and self.kind not in VISIT_KINDS:
            self._drop_reminders(
                met,
                self.env._(
                    "%(needs)s: booked or met meanwhile, no reason for this call any "
                    "more.",
                    needs=format_list(self.env, met.mapped("need")),
                ),
            )

    def _note_settled(self):
        """Name the booking or visit that made each call unnecessary."""
        visits = self.env["salon.visit"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", KEPT_STATES),
                ("line_ids.product_id", "any", self._get_meeting_domain()),
            ],
            order="write_date desc, id desc",
        )
        for call in self.sudo():
            own = visits.filtered(lambda visit, call=call: call._is_settled_by(visit))
            if own:
                call.settled_visit_id = own[0]
                call.close_note = call._text_settled(own[0])
                call._message_log(body=call.close_note)

    def _is_settled_by(self, visit):
        return (
            visit.partner_id == self.partner_id
            and visit.company_id == self.company_id
            and bool(
                visit.line_ids.product_id.filtered_domain(self._get_meeting_domain())
            )
        )

    def _get_meeting_domain(self):
        """Return the services that meet the needs of these calls."""
        sessions = self.reminder_ids.course_id.service_ids
        cycles = self.cycle_ids._get_family()
        return Domain("salon_cycle_ids", "in", cycles.ids) | Domain(
            "product_tmpl_id", "in", sessions.ids
        )

    def _text_settled(self, visit):
        """Return how the client came or booked, by which visit and through whom."""
        values = {
            "when": format_datetime(
                self.env, visit.start, tz=visit.company_id._salon_timezone().zone
            ),
            "services": visit.services or "-",
            "stylist": visit.stylist_id.name or "-",
            "user": (visit.write_uid or visit.create_uid).name,
        }
        if visit.state in OPEN_STATES:
            return self.env._(
                "Booked another way: %(when)s, %(services)s with %(stylist)s, entered "
                "by %(user)s.",
                **values,
            )
        return self.env._(
            "Came without a call: %(when)s, %(services)s with %(stylist)s, entered by "
            "%(user)s.",
            **values,
        )

    @api.model
    def _drop_put_off(self, reminders):
        """Take what is paused, stopped or skipped off open calls."""
        self._drop_needs(reminders, "put_off", self._text_put_off)

    @api.model
    def _drop_given_up(self, cycles):
        """Take what is not offered any more off open calls."""
        calls = self.search(
            [("state", "=", "open"), ("reminder_ids.cycle_id", "in", cycles.ids)]
        )
        reminders = calls.reminder_ids.filtered(lambda one: one.cycle_id in cycles)
        self._drop_needs(reminders, "given_up", self._text_given_up)

    @api.model
    def _drop_moved_on(self, cycles):
        """Take off open calls what is another cycle's need by now."""
        calls = self.search(
            [("state", "=", "open"), ("reminder_ids.cycle_id", "in", cycles.ids)]
        )
        moved = calls.reminder_ids.filtered(lambda one: one.state == "idle")
        self._drop_needs(moved, "not_due", self._text_moved_on)

    @api.model
    def _text_moved_on(self, needs):
        return self.env._(
            "%(needs)s: now the same need as another one, no reason for this call any "
            "more.",
            needs=needs,
        )

    @api.model
    def _text_put_off(self, needs):
        return self.env._(
            "%(needs)s: paused, stopped or skipped, no reason for this call any more.",
            needs=needs,
        )

    @api.model
    def _text_given_up(self, needs):
        return self.env._(
            "%(needs)s: not offered any more, no reason for this call any more.",
            needs=needs,
        )

    @api.model
    def _drop_needs(self, reminders, why, get_text):
        """Take reminders off open calls; close those that have no other reason.

        A closed call keeps its reminders: they say what it was about.
        """
        calls = self.search(
            [("reminder_ids", "in", reminders.ids), ("state", "=", "open")]
        )
        for call in calls:
            left = call.reminder_ids - reminders
            if call._has_reason(left):
                dropped = call.reminder_ids & reminders
                needs = format_list(self.env, dropped.mapped("need"))
                call._drop_reminders(dropped, get_text(needs))
            else:
                call._cancel_as(why)

    @api.model
    def _follow_reminders(self):
        """Bring open calls in line with reminders that were worked out anew.

        Nobody is called about what is due later than was thought. A promised call
        stays, and one that somebody has already tried.
        """
        calls = self.search([("state", "=", "open"), ("reminder_ids", "!=", False)])
        early = calls.filtered(
            lambda call: not (call.attempt_count or call._has_reason(call.reminder_ids))
        )
        early._cancel_as("not_due")
        for call in (calls - early).sudo():
            due_date = call._get_due_date()
            if call.due_date != due_date:
                call.due_date = due_date

    def _get_due_date(self):
        """Return the day since which the client is due: of what has not lapsed."""
        self.ensure_one()
        reminders = self.reminder_ids.filtered("due_date")
        fresh = reminders.filtered(lambda reminder: reminder.state != "lapsed")
        return min((fresh or reminders).mapped("due_date"), default=False)

    def _has_reason(self, reminders):
        """Return whether there is something to call about: these, or anything else."""
        self.ensure_one()
        is_promised = self.priority == "1" or self.kind in WIN_BACK_KINDS
        return is_promised or self.birthday or any(r._wants_call() for r in reminders)

    def _drop_reminders(self, reminders, why):
        """Go on without some of the reminders, and say why in the history."""
        self.ensure_one()
        # As in _close.
        call_sudo = self.sudo()
        call_sudo.reminder_ids -= reminders
        call_sudo.due_date = call_sudo._get_due_date()
        self.message_post(body=why)

    @api.model
    def _cancel_without_consent(self, partners):
        """Cancel the open calls of clients who do not agree to calls any more."""
        calls = self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        allowed = self.browse()
        for (company, purpose), some in calls._group_by_purpose():
            gate = self.env["salon.gate"].with_company(company)
            holds = gate._get_holds(some.partner_id, purpose)
            # Who lacks a guardian is held on the list, until one is linked.
            some.filtered(
                lambda call, holds=holds: holds[call.partner_id] not in KEPT_HOLDS
            )._cancel_as("consent")
            allowed |= some.filtered(
                lambda call, holds=holds: not holds[call.partner_id]
            )
        allowed._drop_not_agreed()

    def _drop_not_agreed(self):
        """Take off open calls what their clients did not agree to, and say so.

        A call carries several reasons; that of its own purpose is checked before.
        """
        for company, calls in self.grouped("company_id").items():
            clients = calls.partner_id.with_company(company)
            agreed = {
                purpose: clients._filter_callable(purpose)
                for purpose in ("reminder", "feedback", "promotion")
            }
            for call in calls:
                call._keep_agreed(
                    {name for name, who in agreed.items() if call.partner_id in who}
                )

    def _keep_agreed(self, purposes):
        """Go on with the reasons of these purposes only."""
        self.ensure_one()
        agreed = purposes | {self.purpose}
        if self.birthday and "promotion" not in agreed:
            self.birthday = False
            self.message_post(
                body=self.env._(
                    "The birthday is no reason for this call any more: the client "
                    "does not agree to calls about offers."
                )
            )
        refused = self.reminder_ids.filtered(lambda r: r._get_purpose() not in agreed)
        # What was missed is told whatever has become of the need meanwhile.
        if refused and refused != self.reminder_ids and self.kind not in VISIT_KINDS:
            self._drop_reminders(
                refused,
                self.env._(
                    "%(needs)s: no reason for this call any more, as the client does "
                    "not agree to calls about it.",
                    needs=format_list(self.env, refused.mapped("need")),
                ),
            )

    @api.model
    def _cancel_archived(self, partners):
        """Cancel the open calls of clients who were archived."""
        self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )._cancel_as("archived")

    def action_cancel(self):
        """Take calls off the list by hand; they come back after the contact gap.

        Where somebody was called, the attempt keeps the gap by itself.
        """
        self.check_access("write")
        opened = self.filtered(lambda c: c.state == "open")
        for company, calls in opened.grouped("company_id").items():
            gap = max(company.salon_contact_gap_days, 1)
            until = fields.Date.add(company._salon_today(), days=gap)
            # Reminders are written by the system only; the receptionist decides.
            untried = calls.filtered(lambda call: not call.attempt_count)
            untried.reminder_ids.sudo().with_context(
                salon_from_call=SERVER_SAYS
            ).skip_until = until
        opened._cancel_as("person")

    # ------------------------------------------------------------
    # CLAIMING
    # ------------------------------------------------------------

    def _compute_claim_user_id(self):
        claims = self.env["salon.call.claim"]._get_running(self.company_id)
        for call in self:
            call.claim_user_id = claims._get_holding(call)[:1].user_id

    def _get_foreign_claim(self):
        """Return the claim of a colleague on this client or number, if any."""
        self.ensure_one()
        claims = self.env["salon.call.claim"]._get_running(self.company_id)
        others = claims.filtered(lambda claim: claim.user_id != self.env.user)
        return others._get_holding(self)[:1]

    def _claim(self):
        """Claim this call for the current user.

        :return: whether it is hers; else ``_get_foreign_claim`` says whose it is
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self._fetch_desk_client()
        # Asks the gate anew; the card shows the same answer.
        self.invalidate_recordset(["is_waiting", "phone", "hold_text"])
        if not self.phone:
            self._check_allowed()
        claims = self.env["salon.call.claim"]
        if not claims._take(self, self._get_called().phone_sanitized):
            return False
        self.invalidate_recordset(["claim_user_id"])
        self._notify_desk()
        return True

    def _claim_quietly(self):
        """Claim this call if that is possible; return whether it is hers."""
        try:
            return self._claim()
        except UserError:
            return False

    def _check_unclaimed(self):
        """Refuse what would disturb a colleague who is on the phone.

        :raise UserError: naming her
        """
        claim = self._get_foreign_claim()
        if claim:
            raise UserError(self._text_claimed(claim))

    def _text_claimed(self, claim):
        if claim.partner_id != self.partner_id:
            return self.env._(
                "%(user)s is calling %(client)s on the same number at the moment. "
                "Nothing was logged.",
                user=claim.user_id.name,
                client=claim.partner_id.name,
            )
        return self.env._(
            "%(user)s is calling %(client)s at the moment. Nothing was logged.",
            user=claim.user_id.name,
            client=self.partner_id.name,
        )

    def _release(self):
        """Give up the current user's claims on these calls."""
        self.env["salon.call.claim"]._remove(
            SQL("user_id = %s AND call_id = ANY(%s)", self.env.uid, self.ids)
        )

    def _drop_claims(self):
        """Remove every claim on these calls; for calls that are closed."""
        self.env["salon.call.claim"]._remove(SQL("call_id = ANY(%s)", self.ids))

    # ------------------------------------------------------------
    # TELLING THE OTHERS
    # ------------------------------------------------------------

    def _notify_desk(self):
        """Let open desks know which calls changed, once per transaction.

        Only ids are sent; whoever may see the calls reads them.
        """
        data = self.env.cr.precommit.data
        if self and "salon.call.changed" not in data:
            data["salon.call.changed"] = {}
            self.env.cr.precommit.add(self.env["salon.call"].sudo()._send_changes)
        for company, calls in self.sudo().grouped("company_id").items():
            changed = data["salon.call.changed"].setdefault(company.id, set())
            changed.update(calls.ids)

    def _get_changed(self):
        """Return the calls of the current salon changed in this transaction."""
        changed = self.env.cr.precommit.data.get("salon.call.changed", {})
        return self.browse(sorted(changed.get(self.env.company.id, ())))

    @api.model
    def _send_changes(self):
        group = self.env.ref("salon_reminders.group_receptionist", False)
        for company, ids in self.env.cr.precommit.data.pop(
            "salon.call.changed", {}
        ).items():
            if group:
                group._bus_send(
                    "salon.call/changed",
                    # One more than a desk follows tells it to read everything.
                    {
                        "company_id": company,
                        "call_ids": sorted(ids)[: CHANGES + 1],
                        # The desk that did it knows already.
                        "desk": self.env.context.get("salon_desk") or "",
                    },
                )

    # ------------------------------------------------------------
    # TRYING AGAIN
    # ------------------------------------------------------------

    def _get_next_try(self):
        """Return the UTC moment of the next try; the law allows it for the number."""
        self.ensure_one()
        answered, missed = self._get_answer_hours()
        for day, hours in self._get_try_days():
            hour = best_hour(self._filter_hours(day, hours), answered, missed)
            if hour is not None:
                return self.company_id._salon_utc(datetime.combine(day, time(hour)))
        return self._get_tomorrow()

    def _get_try_days(self):
        """Yield the days that come into question with their open full hours."""
        company = self.company_id
        now = company._salon_local(fields.Datetime.now())
        today = now.date()
        spans = company._salon_open_hours(today, today + timedelta(days=DAYS_AHEAD))
        if self._count_today() < 2:
            yield (
                today,
                [hour for hour in spans[today] if hour >= now.hour + REST_HOURS],
            )
        for number in range(1, DAYS_AHEAD + 1):
            yield today + timedelta(days=number), spans[today + timedelta(days=number)]

    def _filter_hours(self, day, hours):
        """Return those of a day's full hours at which the number may be phoned."""
        company = self.company_id
        gate = self.env["salon.gate"].with_company(company)
        by_moment = {
            company._salon_utc(datetime.combine(day, time(hour))): hour
            for hour in hours
        }
        number = self.partner_id.phone_sanitized
        return [by_moment[one] for one in gate._filter_moments(number, by_moment)]

    def _get_tomorrow(self):
        """Return this hour of tomorrow, or the next one that the law allows."""
        company = self.company_id
        local = company._salon_local(fields.Datetime.now()) + timedelta(days=1)
        moment = company._salon_utc(local.replace(tzinfo=None, microsecond=0))
        gate, number = self.env["salon.gate"], self.partner_id.phone_sanitized
        holds = gate.with_company(company)._get_hour_holds([number], moment)
        return holds.get(number) or moment

    def _get_misses(self):
        """Return the tries in vain since she last answered, newest first."""
        made = self.attempt_ids.filtered(lambda attempt: not attempt.undone_at)
        newest = made.sorted(lambda attempt: (attempt.date, attempt.id), reverse=True)
        return newest.browse(
            attempt.id
            for attempt in takewhile(
                lambda attempt: attempt.outcome_id.kind == "no_answer", newest
            )
        )

    def _count_misses(self):
        return len(self._get_misses())

    def _count_today(self):
        """Return how often nobody answered today, the last time included."""
        company = self.company_id
        today = company._salon_today()
        return len(
            self._get_misses().filtered(
                lambda attempt: company._salon_date(attempt.date) == today
            )
        )

    @api.model
    def _sql_unanswered(self, client, phone, company):
        """Return the calls in a row on which a client was unreachable.

        Since the client last answered or came, and on the number of now: a corrected
        one starts anew.

        :param SQL client: expression of the client's id
        :param SQL phone: expression of the number on which the client is called
        """
        return SQL(
            """SELECT u.last_attempt
                 FROM salon_call u
                WHERE u.partner_id = %(client)s AND u.company_id = %(company)s
                  AND u.close_reason = 'unreachable'
                  AND EXISTS (
                      SELECT FROM salon_call_attempt ua
                       WHERE ua.call_id = u.id AND ua.undone_at IS NULL
                         AND ua.phone = %(phone)s)
                  AND NOT EXISTS (
                      SELECT FROM salon_call_attempt ua
                        JOIN salon_call_outcome uo ON uo.id = ua.outcome_id
                       WHERE ua.partner_id = u.partner_id
                         AND ua.company_id = u.company_id AND ua.undone_at IS NULL
                         AND ua.date > u.last_attempt AND uo.kind NOT IN %(misses)s)
                  AND NOT EXISTS (
                      SELECT FROM salon_visit uv
                       WHERE uv.partner_id = u.partner_id
                         AND uv.company_id = u.company_id AND uv.state IN %(made)s
                         AND uv.start > u.last_attempt)""",
            client=client,
            phone=phone,
            company=company.id,
            misses=UNANSWERED,
            made=MADE_STATES,
        )

    @api.model
    def _sql_rest_until(self, client, phone, company):
        """Return the first day on which who does not answer is called again, or NULL.

        From the second unreachable call in a row on the contact gap doubles with each;
        after as many as the salon says there is one call in half a year.

        :param client: as of ``_sql_unanswered``, as is ``phone``
        """
        return SQL(
            """SELECT CASE WHEN COUNT(*) > 1 THEN
                      (MAX(k.last_attempt) AT TIME ZONE 'UTC'
                       AT TIME ZONE %(zone)s)::date
                      + CASE WHEN %(most)s > 0 AND COUNT(*) >= %(most)s
                             THEN %(longest)s
                             ELSE LEAST(%(longest)s, %(gap)s * power(
                                 2, LEAST(COUNT(*), 10) - 1))::int END END
                 FROM (%(unanswered)s) k""",
            zone=company._salon_timezone().zone,
            most=company.salon_unreachable_calls,
            gap=max(company.salon_contact_gap_days, 1),
            longest=MOST_REST,
            unanswered=self._sql_unanswered(client, phone, company),
        )

    def _get_answer_hours(self, attempts=None):
        """Return at which hours of the salon's clock she answered, and did not.

        :param attempts: read already, as by ``_get_client_attempts``
        :return: two ``Counter`` by hour, from all her calls at this salon
        """
        answered, missed = Counter(), Counter()
        if attempts is None:
            attempts = self._get_client_attempts()
        for attempt in attempts:
            hour = self.company_id._salon_local(attempt.date).hour
            if attempt.outcome_id.kind == "no_answer":
                missed[hour] += 1
            elif attempt.outcome_id.kind not in UNANSWERED:
                answered[hour] += 1
        return answered, missed

    def _get_client_attempts(self):
        """Return the newest attempts to reach this client, on whatever account."""
        self.ensure_one()
        names = (
            "date",
            "user_id",
            "outcome_id",
            "note",
            "gift",
            "bring_back",
            "company_id",
        )
        return self.env["salon.call.attempt"].search_fetch(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("undone_at", "=", False),
            ],
            names,
            limit=ATTEMPTS,
        )

    def _get_usual_hour(self, attempts=None):
        """Return the hour at which she usually answers, once that is known."""
        return usual_hour(self._get_answer_hours(attempts)[0])
