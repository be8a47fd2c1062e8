from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...tools.plain_values import plain_values
from ..visit.salon_visit import EXPECTED_STATES, HERE_STATES

CALL_FIELDS = (
    *("state", "date", "call_at", "priority", "user_id", "outcome_id"),
    *("close_reason", "closed_at", "visit_id"),
)
REMINDER_FIELDS = ("skip_until", "is_stopped")
PARTNER_FIELDS = ("salon_wrong_number",)


class SalonCallUndo(models.AbstractModel):
    """Takes back an outcome on the day it was logged, with all it did.

    Each attempt remembers the values before and after. Taken back is what still is as
    the outcome left it: what somebody decided later stays.
    """

    _name = "salon.call.undo"
    _description = "Undoing of Outcomes"

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
                (call.partner_id, PARTNER_FIELDS),
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
        """A new row of the ledger says again what held before the withdrawal."""
        withdrawn, before = attempt_sudo.consent_id, attempt_sudo.earlier_consent_id
        if not withdrawn or not before:
            return
        consents = self.env["salon.consent"].sudo().with_company(self.company_id)
        if consents._get_newest(self.partner_id).get(self.partner_id) != withdrawn:
            return
        restored = consents.create(
            consents._prepare_vals(
                self.partner_id,
                before.decision,
                before.method,
                wording=before.wording,
                expiry_date=before.expiry_date,
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
            done.with_context(salon_from_call=True).active = True
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
