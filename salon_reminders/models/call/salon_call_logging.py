from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

TOKEN_LENGTH = 64


class SalonCallLogging(models.AbstractModel):
    """Logs what came of a call and does what its kind of outcome asks for.

    What each kind of outcome needs and does is in ``salon.call.kinds``.
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
        if self.state == "open":
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
