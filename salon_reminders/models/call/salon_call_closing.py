from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, format_list

from ..reminder.salon_reminder import CALLABLE_STATES
from ..visit.salon_visit import KEPT_STATES, OPEN_STATES

# Calls about something else than what is due.
WIN_BACK_KINDS = ("fixed", "departure")


class SalonCallClosing(models.AbstractModel):
    """Ends calls that nobody has to make any more, and says how it came."""

    _name = "salon.call.closing"
    _description = "Closing of Calls"

    def _close(self, reason, state="done"):
        if not self:
            # Every activity that Odoo deletes asks for its calls, also while the
            # addon is being removed and half of it is gone.
            return
        self._close_activities()
        self._drop_claims()
        self.write(
            {
                "state": state,
                "close_reason": reason,
                "closed_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _close_settled(self, partners):
        """Close the calls whose every reason is gone, as the client booked or came."""
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
        for call in self:
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
        return Domain("salon_cycle_ids", "in", self.cycle_ids.ids) | Domain(
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
        """Take reminders off open calls; close those that have no other reason.

        A closed call keeps its reminders: they say what it was about.
        """
        calls = self.search(
            [("reminder_ids", "in", reminders.ids), ("state", "=", "open")]
        )
        for call in calls:
            left = call.reminder_ids - reminders
            if call._has_reason(left):
                call._drop_reminders(call.reminder_ids & reminders)
            else:
                call._close("put_off", state="cancelled")

    @api.model
    def _follow_reminders(self):
        """Bring open calls in line with reminders that were worked out anew.

        Nobody is called about what is due later than was thought. A promised call
        stays, and one that somebody has already tried.
        """
        calls = self.search([("state", "=", "open"), ("reminder_ids", "!=", False)])
        early = calls.filtered(
            lambda call: not (call.attempt_ids or call._has_reason(call.reminder_ids))
        )
        early._close("not_due", state="cancelled")
        for call in calls - early:
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

    def _drop_reminders(self, reminders):
        """Go on without some of the reminders, and say so in the history."""
        self.ensure_one()
        needs = format_list(self.env, reminders.mapped("need"))
        self.reminder_ids -= reminders
        self.due_date = self._get_due_date()
        self.message_post(
            body=self.env._(
                "%(needs)s: paused, stopped or skipped, no reason for this call any "
                "more.",
                needs=needs,
            )
        )

    @api.model
    def _cancel_without_consent(self, partners):
        """Cancel the open calls of clients who do not agree to calls any more."""
        calls = self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        for company, company_calls in calls.grouped("company_id").items():
            clients = company_calls.partner_id.with_company(company)
            allowed = clients._filter_callable()
            company_calls.filtered(
                lambda call, allowed=allowed: call.partner_id not in allowed
            )._close("consent", state="cancelled")

    @api.model
    def _cancel_archived(self, partners):
        """Cancel the open calls of clients who were archived."""
        self.search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )._close("archived", state="cancelled")

    def action_cancel(self):
        """Take calls off the list by hand; they come back after the contact gap.

        Where somebody was called, the attempt keeps the gap by itself.
        """
        opened = self.filtered(lambda c: c.state == "open")
        for company, calls in opened.grouped("company_id").items():
            gap = max(company.salon_contact_gap_days, 1)
            until = fields.Date.add(company._salon_today(), days=gap)
            # Reminders are written by the system only; the receptionist decides.
            untried = calls.filtered(lambda call: not call.attempt_count)
            untried.reminder_ids.sudo().with_context(
                salon_from_call=True
            ).skip_until = until
        opened._close("person", state="cancelled")
