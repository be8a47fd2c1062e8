from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

TOKEN_LENGTH = 64


class SalonCallLogging(models.AbstractModel):
    """Logs what came of a call and does what its kind of outcome asks for.

    Each kind has a ``_check_<kind>``, which returns the cleaned details or says what
    is missing before anything is written, and an ``_after_<kind>``, which acts.
    """

    _name = "salon.call.logging"
    _description = "Logging of Calls"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_no_answer(self):
        """Log "No answer" in one tap."""
        outcome = self.env["salon.call.outcome"]._get_default("no_answer")
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

    def _log_attempt(self, outcome, note=False, token=False, **details):
        """Record one dial and do what its outcome asks for.

        :param str token: made by the client for this one outcome; sent again after a
            lost connection it logs nothing twice
        :param details: what this kind of outcome needs, see ``_check_<kind>``
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
        details = self._check_details(outcome, note, details)
        before = self._get_undo_values()
        attempt = self._create_attempt(outcome, note, token, details)
        self.outcome_id = outcome
        # What it decides about reminders is no reason to take them off this call.
        call = self.with_context(salon_from_call=True)
        getattr(call, f"_after_{outcome.kind}")(attempt, **details)
        attempt._keep_undo(before, self._get_undo_values())
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
        check = getattr(self, f"_check_{outcome.kind}", None)
        return check(note=note, **details) if check else {}

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
                    "phone": claim.phone or self.partner_id.phone_sanitized,
                    "outcome_id": outcome.id,
                    "date": claim.date or fields.Datetime.now(),
                    "date_end": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "note": note,
                    "token": token,
                    "leaving_reason_id": details.get("reason_id"),
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

    # ------------------------------------------------------------
    # WHAT EACH KIND NEEDS
    # ------------------------------------------------------------

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
        if not outside_hours and (warning := self._get_hours_warning(call_at)):
            raise UserError(warning)
        return {"call_at": call_at}

    def _get_hours_warning(self, moment):
        """Return what to ask before promising a call when the salon is closed."""
        company = self.company_id
        if company._salon_is_open(moment):
            return False
        return self.env._(
            "The salon is closed on %(when)s. Call all the same? Then confirm it.",
            when=format_datetime(
                self.env,
                moment,
                tz=company._salon_timezone().zone,
                dt_format="EEEE d MMM, HH:mm",
            ),
        )

    def _check_declined(self, stop=False, **_other):
        return {"stop": bool(stop)}

    def _check_left_us(self, note=False, reason_id=False, **_other):
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
        return {"reason_id": reason.id}

    # ------------------------------------------------------------
    # WHAT EACH KIND DOES
    # ------------------------------------------------------------

    def _after_booked(self, attempt, start, stylist_id, product_ids):
        """Book the visit; its reminders are booked with it."""
        # Closed first, so that the booking does not settle it as somebody else's.
        self._close("outcome")
        self.visit_id = self.env["salon.visit"].create(
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
        # As in _create_attempt.
        attempt.sudo().visit_id = self.visit_id

    def _after_call_back(self, attempt, call_at):
        """She is called again at the promised hour, by the same person."""
        self.write({"call_at": call_at, "priority": "1", "user_id": self.env.uid})

    def _after_no_answer(self, attempt):
        """Another try at another hour; after the last one she is unreachable."""
        company = self.company_id
        if self._count_misses() < company.salon_max_attempts:
            self.write({"call_at": self._get_next_try(), "priority": "0"})
            return
        gap = max(company.salon_contact_gap_days, 1)
        self._skip_reminders(fields.Date.add(company._salon_today(), days=gap))
        self._close("unreachable")

    def _after_declined(self, attempt, stop):
        """These needs are skipped once, or stopped when she wants no reminders."""
        if stop:
            # Reminders are written by the system only; the receptionist decides.
            self.reminder_ids.sudo().is_stopped = True
        else:
            self.reminder_ids.action_skip()
        self._close("outcome")

    def _after_wrong_number(self, attempt):
        """Nobody dials this number for her again; a new number lifts it by itself."""
        # A fact about the client that ends her calls at other salons, too.
        partner_sudo = self.partner_id.sudo()
        partner_sudo.salon_wrong_number = attempt.phone
        self._close("outcome")
        self.sudo()._cancel_without_consent(partner_sudo)

    def _after_do_not_call(self, attempt):
        """The consent is withdrawn in the ledger, which cancels her open calls."""
        self._close("outcome")
        consents = self.env["salon.consent"].with_company(self.company_id)
        before = consents._get_newest(self.partner_id).get(self.partner_id)
        withdrawn = consents.create(
            consents._prepare_vals(self.partner_id, "withdrawn", "phone")
        )
        # As in _create_attempt.
        attempt.sudo().write(
            {"consent_id": withdrawn.id, "earlier_consent_id": before and before.id}
        )

    def _after_left_us(self, attempt, reason_id):
        """She counts as lost until she comes again; the attempt keeps the reason."""
        self._close("outcome")

    def _skip_reminders(self, until):
        # As in _after_declined.
        self.reminder_ids.sudo().skip_until = until

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
