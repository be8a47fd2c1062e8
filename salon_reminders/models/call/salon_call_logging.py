from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime

from ...tools.plain_values import plain_values
from ...tools.server_flags import SERVER_SAYS
from ..consent.salon_consent import ADVERTISING
from ..visit.salon_visit import EXPECTED_STATES, HERE_STATES

TOKEN_LENGTH = 64
TEXT_LENGTH = 200
# What an outcome may change, to be taken back the same day.
CALL_FIELDS = (
    *("state", "date", "call_at", "priority", "user_id", "outcome_id"),
    *("close_reason", "closed_at", "visit_id", "birthday"),
)
REMINDER_FIELDS = ("skip_until", "is_stopped")
PARTNER_FIELDS = ("salon_wrong_number", "salon_erasure_date")
# Said during a call, which then goes on.
ASIDE = "no_advertising"


class SalonCall(models.Model):
    """Logs what came of a call, does what its kind of outcome asks for, undoes it.

    Each attempt remembers the values before and after. Taken back is what still is as
    the outcome left it: what somebody decided later stays.
    """

    _inherit = "salon.call"

    can_undo = fields.Boolean(compute="_compute_can_undo")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_no_answer(self):
        """Log "No answer" in one tap."""
        self._log_at_once("no_answer")

    def action_no_advertising(self):
        """Log that the client wants no advertising; the call goes on."""
        self._log_at_once("no_advertising")

    def action_delete_me(self):
        """Log that the client wants to be deleted."""
        self._log_at_once("delete_me")

    def _log_at_once(self, kind):
        outcome = self.env["salon.call.outcome"]._get_default(kind)
        for call in self:
            call._log_attempt(outcome)

    def action_log(self):
        """Ask for the outcome of the call; the context may name its kind."""
        self.ensure_one()
        kind = self.env.context.get("salon_outcome_kind")
        context = {"default_call_id": self.id}
        if kind:
            outcome = self.env["salon.call.outcome"]._get_default(kind)
            context["default_outcome_id"] = outcome.id
        if self.state == "open" and not self._claim():
            self._check_unclaimed()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "salon.call.log",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    # ------------------------------------------------------------
    # LOGGING
    # ------------------------------------------------------------

    def _log_attempt(self, outcome, note=False, token=False, seen=None, **details):
        """Record one dial and do what its outcome asks for.

        :param str token: made by the client for this one outcome; sent again after a
            lost connection it logs nothing twice
        :param int seen: the last attempt that was known when it was logged, if that
            is to be checked
        :param details: what this kind of outcome needs, see ``_get_kinds``
        :return: the attempt
        :raise UserError: when the call was closed meanwhile or something is missing
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_call()
        logged = self._find_logged(token)
        if logged:
            return logged
        self._check_open()
        self._check_unclaimed()
        self._check_seen(seen)
        details = self._check_details(outcome, note, details)
        before = self._get_undo_values()
        attempt = self._create_attempt(outcome, note, token, details)
        # As in _close: what came of a call is logged, not written.
        self.sudo().outcome_id = outcome
        # What it decides about reminders is no reason to take them off this call.
        call = self.with_context(salon_from_call=SERVER_SAYS)
        _check, act = call._get_kinds()[outcome.kind]
        act(attempt, **details)
        attempt._keep_undo(before, self._get_undo_values())
        if self.state == "open" and outcome.kind != ASIDE:
            # Whoever closes a call has dropped every claim.
            self._release()
        return attempt

    def _lock_call(self):
        """Let one outcome after the other be logged on a call.

        Who comes second is started anew by Odoo and sees what the first one did.
        """
        self.env.execute_query(
            SQL("SELECT id FROM salon_call WHERE id = %s FOR UPDATE", self.id)
        )

    def _find_logged(self, token):
        """Return the attempt this token was already used for."""
        if not token:
            return self.env["salon.call.attempt"]
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH:
            raise UserError(self.env._("The outcome could not be read. Log it again."))
        # Also the attempts of colleagues: a token is used once.
        attempt = self.env["salon.call.attempt"].sudo().search([("token", "=", token)])
        if attempt and (attempt.call_id != self or attempt.user_id != self.env.user):
            raise UserError(self.env._("The outcome could not be read. Log it again."))
        return attempt.sudo(False)

    def _check_seen(self, seen):
        """Refuse to log one dial twice, in two windows of the same person.

        :raise UserError: saying what was logged in the other window
        """
        if seen is None:
            return
        attempt = self.attempt_ids.filtered(
            lambda one: (
                one.id > seen and one.user_id == self.env.user and not one.undone_at
            )
        )[:1]
        if attempt:
            raise UserError(
                self.env._(
                    'You logged "%(outcome)s" for %(client)s in another window, and '
                    "nothing was logged now. Open the call again to log one more.",
                    outcome=attempt.outcome_id.name,
                    client=self.partner_id.name,
                )
            )

    def _check_open(self):
        """Refuse to go on with a call that is no longer open.

        :raise UserError: saying how it was closed
        """
        self.ensure_one()
        if self.state == "open":
            return
        reasons = dict(self._fields["close_reason"]._description_selection(self.env))
        by = self.attempt_ids.filtered(lambda a: not a.undone_at)[:1].user_id
        closed = reasons.get(self.close_reason) or "-"
        if self.close_reason in ("outcome", "unreachable") and by:
            closed = f"{self.outcome_id.name} ({by.name})"
        raise UserError(
            self.env._(
                "This call was closed meanwhile: %(call)s. %(how)s. Nothing was "
                "logged.",
                call=self.display_name,
                how=self.close_note or closed,
            )
        )

    def _check_details(self, outcome, note, details):
        """Return what the kind of outcome needs, cleaned; nothing is written yet."""
        self.ensure_one()
        if outcome.company_id and outcome.company_id != self.company_id:
            raise UserError(
                self.env._("This outcome belongs to another salon. Choose another one.")
            )
        check, _act = self._get_kinds()[outcome.kind]
        return check(note=note, **details)

    def _create_attempt(self, outcome, note, token, details):
        """Create the row of this dial; it began when the call was claimed."""
        claim = self._get_own_claim()
        # Attempts are written by the system only: what they remember is acted upon.
        attempt = (
            self.env["salon.call.attempt"]
            .sudo()
            .create(
                {
                    "call_id": self.id,
                    "phone": claim.phone or self._get_called().phone_sanitized,
                    "outcome_id": outcome.id,
                    "date": claim.date or fields.Datetime.now(),
                    "date_end": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "note": note,
                    "token": token,
                    "leaving_reason_id": details.get("reason_id"),
                    "gift": details.get("gift"),
                    "bring_back": details.get("bring_back"),
                    "call_at": details.get("call_at"),
                }
            )
        )
        return attempt.sudo(False)

    def _get_own_claim(self):
        claims = self.env["salon.call.claim"]._get_running(self.company_id)
        return claims.filtered(
            lambda claim: claim.user_id == self.env.user and claim.call_id == self
        )

    @api.model
    def _parse_local(self, day, hour):
        """Return the UTC moment of a salon's day and hour sent by a browser.

        :param str day: "2026-03-12"
        :param str hour: "14:30"
        :raise UserError: when they are no day and hour
        """
        if not day or not hour:
            return False
        try:
            local = datetime.fromisoformat(f"{day} {hour}")
            return self.env.company._salon_utc(local.replace(tzinfo=None, second=0))
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(self.env._("Enter a valid day and hour.")) from error

    # ------------------------------------------------------------
    # WHAT EACH KIND NEEDS
    # ------------------------------------------------------------

    def _get_kinds(self):
        """Return {kind of outcome: (what checks its details, what it does)}.

        The first returns the details cleaned, or says what is missing before anything
        is written; the second acts.
        """
        return {
            "booked": (self._check_booked, self._after_booked),
            "call_back": (self._check_call_back, self._after_call_back),
            "no_answer": (self._check_nothing, self._after_no_answer),
            "declined": (self._check_declined, self._after_declined),
            "wrong_number": (self._check_nothing, self._after_wrong_number),
            "do_not_call": (self._check_nothing, self._after_do_not_call),
            "left_us": (self._check_left_us, self._after_left_us),
            "no_advertising": (self._check_nothing, self._after_no_advertising),
            "delete_me": (self._check_nothing, self._after_delete_me),
        }

    def _check_nothing(self, **_details):
        return {}

    def _check_booked(
        self,
        start=False,
        stylist_id=False,
        product_ids=(),
        outside_hours=False,
        **_other,
    ):
        """A booking lies ahead, with a stylist who works then.

        :param bool outside_hours: it was asked and is wanted all the same
        """
        if not isinstance(start, datetime):
            raise UserError(self.env._("Enter the date and time of the booking."))
        if start <= fields.Datetime.now():
            raise UserError(self.env._("The booking must lie in the future."))
        stylist = self.env["resource.resource"].browse(stylist_id or [])
        if stylist and not stylist.exists().is_stylist:
            raise UserError(self.env._("Choose one of the stylists."))
        products = self.env["product.product"].browse(product_ids).exists()
        if any(product.salon_kind not in ("service", "fee") for product in products):
            raise UserError(self.env._("Only services can be booked."))
        question = self._get_booking_question(start, stylist.id, products.ids)
        if question and not outside_hours:
            raise UserError(question)
        return {"start": start, "stylist_id": stylist.id, "product_ids": products.ids}

    def _get_booking_question(self, start, stylist_id, product_ids):
        """Return what must be confirmed before she is booked at this time, or False.

        Meant to be overridden: the appointment book knows the hours.

        :param start: a UTC datetime, or False as long as it is not known
        """
        return False

    def _check_call_back(self, call_at=False, outside_hours=False, **_other):
        """A promise needs a day and hour to come, when the salon is open.

        :param bool outside_hours: she was asked and wants it all the same
        """
        if not isinstance(call_at, datetime):
            raise UserError(
                self.env._("Enter the day and the hour at which to call again.")
            )
        if call_at <= fields.Datetime.now():
            raise UserError(self.env._("The time to call again is already past."))
        self._check_near(self.company_id._salon_date(call_at))
        if not outside_hours and (warning := self._get_hours_warning(call_at)):
            raise UserError(warning)
        return {"call_at": call_at}

    def _check_near(self, day):
        """Refuse to put off a client for good by a slip of the finger.

        :raise UserError: naming the last day that is possible
        """
        company = self.company_id
        if day > company._salon_last_promise():
            raise UserError(
                self.env._(
                    "A call can be promised at most %(months)s months ahead, until "
                    "%(last)s. You entered %(day)s.",
                    months=company.salon_promise_months,
                    last=format_date(self.env, company._salon_last_promise()),
                    day=format_date(self.env, day),
                )
            )

    def _get_hours_warning(self, moment):
        """Return what to ask before promising a call when the salon is closed."""
        company = self.company_id
        if company._salon_is_open(moment):
            return False
        return self.env._(
            "The salon is closed on %(when)s. Call all the same? Then confirm it.",
            when=company._salon_format_call(moment),
        )

    def _check_declined(self, stop=False, reminder_ids=None, **_other):
        """The client does not want some of the needs, or all.

        :param list reminder_ids: which; None means all that the call is about
        """
        reminders = self.reminder_ids
        if reminder_ids is not None:
            reminders = reminders.filtered(lambda one: one.id in reminder_ids)
        if self.reminder_ids and not reminders:
            raise UserError(self.env._("Choose what the client does not want."))
        return {"stop": bool(stop), "reminders": reminders}

    def _check_left_us(
        self, note=False, reason_id=False, gift=False, bring_back=False, **_other
    ):
        """A reason is needed; a gift may be promised to win her back.

        :param str gift: what was promised, in words
        :param str bring_back: what would bring her back, in her words
        """
        reason = self.env["salon.leaving.reason"].browse(reason_id or []).exists()
        if not reason:
            raise UserError(self.env._("Choose why the client left."))
        if reason.needs_comment and not (note or "").strip():
            raise UserError(
                self.env._(
                    'Write in the note what the client said; the reason "%(reason)s" '
                    "alone tells nobody anything.",
                    reason=reason.name,
                )
            )
        return {
            "reason_id": reason.id,
            "gift": self._clean_text(gift),
            "bring_back": self._clean_text(bring_back),
        }

    def _clean_text(self, text):
        return text.strip()[:TEXT_LENGTH] if isinstance(text, str) else ""

    # ------------------------------------------------------------
    # WHAT EACH KIND DOES
    # ------------------------------------------------------------

    def _after_booked(self, attempt, start, stylist_id, product_ids):
        """Book the visit; its reminders are booked with it."""
        # Closed first, so that the booking does not settle it as somebody else's.
        self._close("outcome")
        visit = self.env["salon.visit"].create(
            {
                "start": start,
                "stylist_id": stylist_id,
                "line_ids": [
                    fields.Command.create({"product_id": product})
                    for product in product_ids
                ],
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "call_id": self.id,
            }
        )
        self.sudo().visit_id = visit
        # As in _create_attempt.
        attempt.sudo().visit_id = visit

    def _after_call_back(self, attempt, call_at):
        """She is called again at the promised hour, by the same person."""
        self.sudo().write(
            {"call_at": call_at, "priority": "1", "user_id": self.env.uid}
        )

    def _after_no_answer(self, attempt):
        """Another try at another hour; after the last one she is unreachable."""
        company = self.company_id
        if self._count_misses() < company.salon_max_attempts:
            self.sudo().write({"call_at": self._get_next_try(), "priority": "0"})
            return
        gap = max(company.salon_contact_gap_days, 1)
        self._skip_reminders(fields.Date.add(company._salon_today(), days=gap))
        self._close("unreachable")

    def _after_declined(self, attempt, stop, reminders):
        """These needs are skipped once, or stopped when she wants no reminders.

        The others come back when the client may be called again, as those do that were
        left out of a booking.
        """
        # Known to come from this call, they are not taken off it.
        reminders = reminders.with_env(self.env)
        if stop:
            # Reminders are written by the system only; the receptionist decides.
            reminders.sudo().is_stopped = True
        else:
            reminders.action_skip()
        self._close("outcome")

    def _after_wrong_number(self, attempt):
        """Nobody dials this number for her again; a new number lifts it by itself."""
        # A fact about the client that ends her calls at other salons, too.
        called_sudo = self._get_called().sudo()
        called_sudo.salon_wrong_number = attempt.sudo().phone
        self._close("outcome")
        self.sudo()._cancel_without_consent(self.partner_id | called_sudo)

    def _after_do_not_call(self, attempt):
        """All consents to calls are withdrawn, which cancels her open calls."""
        self._close("outcome")
        consents = self.env["salon.consent"].with_company(self.company_id)
        withdrawn = consents._withdraw_calls(self.partner_id, "phone")
        # As in _create_attempt.
        attempt.sudo().consent_id = withdrawn[0]

    def _after_left_us(self, attempt, reason_id, gift, bring_back):
        """She counts as lost until she comes again; the attempt keeps the rest."""
        self._close("outcome")

    def _after_no_advertising(self, attempt):
        """Offers and questions end; the call goes on unless it is one of them."""
        if self.purpose in ADVERTISING:
            self._close("outcome")
        consents = self.env["salon.consent"].with_company(self.company_id)
        withdrawn = consents._withdraw_advertising(self.partner_id, "phone")
        # As in _create_attempt.
        attempt.sudo().consent_id = withdrawn[:1]

    def _after_delete_me(self, attempt):
        """Nobody calls or writes any more, and a manager is to delete the client."""
        self._close("outcome")
        partner = self.partner_id.with_company(self.company_id)
        withdrawn = partner._salon_ask_erasure("phone")
        # As in _create_attempt.
        attempt.sudo().consent_id = withdrawn[:1]

    def _skip_reminders(self, until):
        # As in _after_declined.
        self.reminder_ids.sudo().skip_until = until

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def _compute_can_undo(self):
        for call in self:
            call.can_undo = call._get_last_attempt()._is_undoable()

    def _get_last_attempt(self):
        """Return the newest attempt that was not undone."""
        made = self.attempt_ids.filtered(lambda attempt: not attempt.undone_at)
        return made.sorted(lambda attempt: (attempt.date, attempt.id))[-1:]

    def action_undo(self):
        """Take back the last outcome of this call."""
        self.ensure_one()
        self._undo(self._get_last_attempt())

    # ------------------------------------------------------------
    # REMEMBERING
    # ------------------------------------------------------------

    def _get_undo_values(self):
        """Return the values that an outcome may change, as plain data by record."""
        # What is remembered is the system's, whoever logs the outcome.
        call = self.sudo()
        return {
            f"{record._name},{record.id}": plain_values(record, names)
            for records, names in (
                (call, CALL_FIELDS),
                (call.reminder_ids, REMINDER_FIELDS),
                (call._get_called(), PARTNER_FIELDS),
            )
            for record in records
        }

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def _undo(self, attempt):
        """Take back what came of an attempt.

        :raise UserError: when it is too late, or somebody went on since
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_call()
        self._check_undo(attempt)
        # What the system did for the outcome, it takes back.
        attempt_sudo = attempt.sudo()
        attempt_sudo.write(
            {"undone_at": fields.Datetime.now(), "undone_by_id": self.env.uid}
        )
        self._undo_consent(attempt_sudo)
        self._undo_values(attempt_sudo)
        self._undo_booking(attempt_sudo)
        self._undo_activity()
        self._message_log(body=self._text_undone(attempt))
        self.sudo()._cancel_without_consent(self.partner_id)

    def _check_undo(self, attempt):
        """Refuse what can't be taken back any more.

        :raise UserError: saying why
        """
        if not attempt or attempt.call_id != self:
            raise UserError(self.env._("There is no outcome to undo."))
        if attempt.undone_at:
            raise UserError(self.env._("This outcome was undone already."))
        if attempt != self._get_last_attempt():
            raise UserError(
                self.env._("Only the last outcome of a call can be undone. Open it.")
            )
        if not attempt._is_undoable():
            raise UserError(
                self.env._(
                    "An outcome can be undone on its own day only. Log another call or "
                    "correct the booking, the reminder or the consent by itself."
                )
            )
        self._check_undo_state(attempt)

    def _check_undo_state(self, attempt):
        """Refuse when somebody has gone on with the call, the visit or the client."""
        visit = attempt.visit_id
        if visit.state in HERE_STATES:
            raise UserError(
                self.env._(
                    "The client has already come to the visit booked on this call, or "
                    "missed it, so the outcome "
                    "stays. Correct the visit instead."
                )
            )
        other = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
                ("id", "!=", self.id),
            ]
        )
        if other:
            raise UserError(
                self.env._(
                    "%(client)s has another open call by now. Use that one.",
                    client=self.partner_id.name,
                )
            )
        self._check_unclaimed()

    def _undo_values(self, attempt_sudo):
        """Write back what still is as the outcome left it."""
        for reference, names in (attempt_sudo.undo_values or {}).items():
            model, _comma, number = reference.partition(",")
            record = self.env[model].sudo().browse(int(number)).exists()
            now = record and plain_values(record, names)
            back = {
                name: before
                for name, (before, after) in names.items()
                if record and now[name] == after
            }
            if back:
                record.write(back)

    def _undo_booking(self, attempt_sudo):
        """The booking never was: it is removed, not counted as a cancellation."""
        visit = attempt_sudo.visit_id
        if visit.state in EXPECTED_STATES:
            visit.unlink()

    def _undo_consent(self, attempt_sudo):
        """New rows of the ledger say again what held before the withdrawal."""
        for withdrawn in attempt_sudo.consent_id._get_said_together():
            before = withdrawn._get_earlier()
            if before and withdrawn._get_later() == withdrawn:
                self._restore_consent(before)

    def _restore_consent(self, before):
        consents = self.env["salon.consent"].sudo().with_company(self.company_id)
        restored = consents.create(
            consents._prepare_vals(
                self.partner_id,
                before.decision,
                before.method,
                purpose=before.purpose,
                channel=before.channel,
                wording=before.wording,
                expiry_date=before.expiry_date,
                restored_id=(before.restored_id or before).id,
                source=self.env._(
                    "Withdrawal logged by mistake and undone; holds as given on "
                    "%(date)s.",
                    date=format_datetime(self.env, before.date),
                ),
            )
        )
        # The withdrawal put her number there, however she had agreed before.
        restored.filtered(lambda c: c.decision == "given")._lift_blacklists()

    def _undo_activity(self):
        """The activity that was done when the call was closed is to be done again."""
        if self.state != "open":
            return
        kind = self.env.ref("salon_reminders.mail_activity_type_call")
        # As in _get_activities.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        done = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("activity_type_id", "=", kind.id),
            ],
            order="active desc, id desc",
            limit=1,
        )
        if done and not done.active:
            done.with_context(salon_from_call=SERVER_SAYS).active = True
        self.invalidate_recordset(["activity_ids"])
        self._ensure_activities()
        self._sync_activities()

    def _text_undone(self, attempt):
        return self.env._(
            'Undone: "%(outcome)s", logged by %(user)s at %(time)s.',
            outcome=attempt.outcome_id.name,
            user=attempt.user_id.name,
            time=format_datetime(
                self.env,
                attempt.date_end or attempt.date,
                tz=self.company_id._salon_timezone().zone,
                dt_format="HH:mm",
            ),
        )
