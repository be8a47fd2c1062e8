from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_time

NOON = 12
# A due date moves by at most so many days to the client's usual weekday.
WEEKDAY_REACH = timedelta(days=3)
# Of a salon without working hours: always open, but nobody is called at night.
USUAL_HOURS = range(9, 20)


class ResCompany(models.Model):
    """A salon: its rules for calls, and what "today" is there."""

    _inherit = "res.company"

    salon_contact_gap_days = fields.Integer(
        string="Contact gap",
        default=14,
        groups="salon_reminders.group_stylist",
        help="Days in which a client, or a phone number, is not called again.",
    )
    salon_bundling_days = fields.Integer(
        string="Bundling window",
        default=7,
        groups="salon_reminders.group_stylist",
        help="Needs that come due within so many days are put into the same call.",
    )
    salon_max_attempts = fields.Integer(
        string="Attempts per call",
        default=3,
        groups="salon_reminders.group_stylist",
        help="After so many calls without an answer the client counts as unreachable.",
    )
    salon_claim_minutes = fields.Integer(
        string="Call is yours for",
        default=10,
        groups="salon_reminders.group_stylist",
        help="Minutes for which nobody else can call a client whose call was opened.",
    )
    salon_daily_quota = fields.Integer(
        string="New calls per day",
        default=30,
        groups="salon_reminders.group_stylist",
        help="New calls put on the list in one day; 0 means no limit.",
    )
    salon_hold_minutes = fields.Integer(
        string="Proposed times are kept for",
        default=10,
        groups="salon_reminders.group_stylist",
        help="Minutes in which a time proposed on a call is not proposed to others.",
    )
    salon_late_cancel_hours = fields.Integer(
        string="Late cancellation",
        default=24,
        groups="salon_reminders.group_stylist",
        help="A visit cancelled less than so many hours before counts as late.",
    )
    salon_follow_up_days = fields.Integer(
        string="Follow-up calls",
        default=2,
        groups="salon_reminders.group_stylist",
        help="Call a client so many days after a missed or cancelled visit, when she "
        "has not booked again; 0 means no such calls.",
    )
    salon_birthday_days = fields.Integer(
        string="Birthday calls",
        groups="salon_reminders.group_stylist",
        help="Call clients so many days before their birthday; 0 means no such calls.",
    )
    salon_assignment = fields.Selection(
        [("turns", "In turns"), ("own", "The client's own receptionist")],
        string="Calls are given",
        required=True,
        default="turns",
        groups="salon_reminders.group_stylist",
        help="The client's own receptionist is the one on her contact; clients without "
        "one are given in turns.",
    )
    salon_own_rhythm = fields.Boolean(
        string="Follow own rhythms",
        default=True,
        groups="salon_reminders.group_stylist",
        help="Learn from each client's visits how often she comes. Otherwise the ideal "
        "days of the cycle count for everybody.",
    )
    # Consent and privacy
    salon_consent_months = fields.Integer(
        string="Consents hold for",
        groups="salon_reminders.group_stylist",
        help="Months after which a new consent must be asked for again; 0 means no "
        "end.",
    )
    salon_ask_again_days = fields.Integer(
        string="Ask again after",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days after which a client who did not want to decide is asked again.",
    )
    salon_link_days = fields.Integer(
        string="Own link works for",
        default=90,
        groups="salon_reminders.group_stylist",
        help="Days for which the link works that a client sees her consents with.",
    )
    salon_stylist_days = fields.Integer(
        string="Stylists see clients for",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days before and after a visit in which its stylist sees the card.",
    )
    salon_card_limit = fields.Integer(
        string="Cards a day",
        default=80,
        groups="salon_reminders.group_stylist",
        help="Who opens more client cards in a day is shown to the manager.",
    )
    salon_number_limit = fields.Integer(
        string="Numbers a day",
        default=15,
        groups="salon_reminders.group_stylist",
        help="Who opens more numbers outside a call in a day is shown to the manager.",
    )
    salon_retention_months = fields.Integer(
        string="Notes are kept for",
        default=36,
        groups="salon_reminders.group_stylist",
        help="Months after which the notes of calls and dialled numbers are deleted; "
        "what came of the calls stays. 0 means for good.",
    )

    _salon_call_rules_positive = models.Constraint(
        "CHECK(salon_contact_gap_days >= 0 AND salon_bundling_days >= 0"
        " AND salon_max_attempts > 0 AND salon_daily_quota >= 0"
        " AND salon_birthday_days >= 0 AND salon_claim_minutes > 0"
        " AND salon_hold_minutes >= 0 AND salon_late_cancel_hours >= 0"
        " AND salon_follow_up_days >= 0)",
        "The contact gap, the bundling window and the daily limit can't be negative, "
        "and there must be at least one attempt per call and one minute to call.",
    )
    _salon_privacy_rules_positive = models.Constraint(
        "CHECK(salon_consent_months >= 0 AND salon_ask_again_days > 0"
        " AND salon_link_days > 0 AND salon_stylist_days >= 0"
        " AND salon_card_limit >= 0 AND salon_number_limit >= 0"
        " AND salon_retention_months >= 0)",
        "Times and limits can't be negative; asking again and the client's own link "
        "take at least one day.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "salon_own_rhythm" in vals:
            # Reminders are the system's; whoever may switch the rule moves them all.
            self.env["salon.reminder.engine"].sudo()._refresh()
        if "resource_calendar_id" in vals:
            self._salon_follow_clock()
            self._salon_follow_weekdays()
        if "salon_stylist_days" in vals:
            # The record rules of stylists are made with it.
            self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _salon_consent_expiry(self, day=None):
        """Return the last day of a consent, or False for no end.

        :param date day: when it was given; today when left out
        """
        months = self.salon_consent_months
        return months and fields.Date.add(day or self._salon_today(), months=months)

    def _salon_ask_again_date(self):
        """Return when somebody who did not want to decide today is asked again."""
        return fields.Date.add(self._salon_today(), days=self.salon_ask_again_days)

    def _salon_wording(self, purpose="reminder", channel="phone"):
        """Return the wording this salon uses now for a purpose and a channel."""
        wordings = self.env["salon.consent.wording"].with_company(self)
        return wordings._get_current(purpose, channel)

    # ------------------------------------------------------------
    # THE SALON'S CLOCK
    # ------------------------------------------------------------

    def _salon_timezone(self):
        """Return the pytz zone of the salon, from its working hours.

        A company without working hours falls back to the time zone of its
        contact and then to UTC, so that "today" is always defined.
        """
        self.ensure_one()
        company_sudo = self.sudo()
        name = company_sudo.resource_calendar_id.tz or company_sudo.partner_id.tz
        return pytz.timezone(name or "UTC")

    def _salon_today(self):
        """Return the date it is now at the salon."""
        return self._salon_date(fields.Datetime.now())

    def _salon_date(self, moment):
        """Return the salon's date of a naive UTC datetime."""
        return self._salon_local(moment).date()

    def _salon_local(self, moment):
        """Return the aware local datetime of a naive UTC datetime."""
        return pytz.utc.localize(moment).astimezone(self._salon_timezone())

    def _salon_utc(self, local_naive):
        """Return the naive UTC datetime of a naive local one.

        In the hour that daylight saving repeats, the first one is meant; a time
        inside the skipped hour moves forward by that hour.
        """
        zone = self._salon_timezone()
        try:
            aware = zone.localize(local_naive, is_dst=None)
        except pytz.AmbiguousTimeError:
            aware = zone.localize(local_naive, is_dst=True)
        except pytz.NonExistentTimeError:
            aware = zone.localize(local_naive, is_dst=False)
        return aware.astimezone(pytz.utc).replace(tzinfo=None)

    def _salon_midnight(self, day):
        """Return the naive UTC datetime at which a day of the salon begins."""
        return self._salon_utc(datetime.combine(day, time.min))

    def _salon_follow_clock(self):
        """Move visits to the days they are on in a changed time zone, and reminders.

        Set-based: a salon's whole history may move.
        """
        if not self:
            return
        self.env.flush_all()
        moved = self.env["res.partner"]
        for company in self:
            rows = self.env.execute_query(company._sql_move_visits())
            moved |= moved.browse({partner for (partner,) in rows if partner})
        self.env["salon.visit"].invalidate_model(["date"])
        # Whoever may change the hours of the salon moves what follows from them.
        engine = self.env["salon.reminder.engine"].sudo()
        engine._refresh(partners=moved)
        engine._refresh_states(SQL("r.company_id = ANY(%s)", self.ids))
        self.env["salon.call"].sudo()._close_settled(moved.sudo())

    def _sql_move_visits(self):
        """Return the statement that sets the days of all visits of this salon."""
        self.ensure_one()
        return SQL(
            """UPDATE salon_visit v
                  SET date = d.day
                 FROM (SELECT id, (start AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
                              AS day
                         FROM salon_visit WHERE company_id = %s) d
                WHERE v.id = d.id AND v.date IS DISTINCT FROM d.day
            RETURNING v.partner_id""",
            self._salon_timezone().zone,
            self.id,
        )

    def _salon_follow_weekdays(self):
        """Move the due dates that keep to a usual weekday to the new working hours."""
        self._salon_follow_days([])

    def _salon_follow_days(self, days):
        """Move the due dates that keep to a usual weekday and lie near these days.

        :param days: days that are closed, or open again; all if there are none
        """
        if not self:
            return
        near = []
        if days:
            near = [
                ("due_date", ">=", min(days) - WEEKDAY_REACH),
                ("due_date", "<=", max(days) + WEEKDAY_REACH),
            ]
        # As above.
        reminders = (
            self.env["salon.reminder"]
            .sudo()
            .search(
                [("company_id", "in", self.ids), ("usual_weekday", "!=", False), *near]
            )
        )
        engine = self.env["salon.reminder.engine"].sudo()
        engine._refresh(partners=reminders.partner_id)

    def _salon_parse_day(self, day):
        """Return the day that a browser sent, today when there is none.

        :param str day: "2026-03-12"
        :raise UserError: when it is no day
        """
        if not day:
            return self._salon_today()
        try:
            return fields.Date.to_date(day)
        except (TypeError, ValueError):
            raise UserError(
                self.env._("%(day)s is no day. Choose one in the calendar.", day=day)
            ) from None

    def _salon_format_day(self, moment):
        """Return the salon's day of a naive UTC datetime, in words."""
        return format_date(self.env, self._salon_date(moment), date_format="EEE d MMM")

    def _salon_format_time(self, moment):
        """Return the salon's time of a naive UTC datetime, as people write it."""
        zone = self._salon_timezone().zone
        return format_time(self.env, moment, tz=zone, time_format="short")

    def _salon_format_moment(self, moment):
        return f"{self._salon_format_day(moment)}, {self._salon_format_time(moment)}"

    def _salon_open_weekdays(self):
        """Return the weekdays with working hours, 1 being Monday.

        A salon without working hours is never closed.
        """
        self.ensure_one()
        attendances = self.sudo().resource_calendar_id.attendance_ids
        days = {
            int(attendance.dayofweek) + 1
            for attendance in attendances
            if attendance.day_period != "lunch"
        }
        return sorted(days) or list(range(1, 8))

    def _salon_closed_days(self):
        """Return {company: sorted days on which the whole salon is or was closed}.

        A day counts as closed when a day off of everybody covers its noon. Past days
        too: the due date of a client who is late must not move any more.
        """
        leaves = self.env["resource.calendar.leaves"].sudo()
        closed = {company: set() for company in self}
        for leave in leaves.search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", self.ids),
            ]
        ):
            company = leave.company_id
            if leave.calendar_id in (leaves.calendar_id, company.resource_calendar_id):
                closed[company].update(company._salon_noons(leave))
        return {company: sorted(days) for company, days in closed.items()}

    def _salon_noons(self, leave):
        """Return the days whose noon at the salon lies in the leave."""
        start = self._salon_local(leave.date_from)
        stop = self._salon_local(leave.date_to)
        first = start.date() + timedelta(days=start.hour >= NOON)
        last = stop.date() - timedelta(days=stop.hour < NOON)
        return {
            first + timedelta(days=number) for number in range((last - first).days + 1)
        }

    # ------------------------------------------------------------
    # OPENING HOURS
    # ------------------------------------------------------------

    def _salon_intervals(self, first, last):
        """Return the (start, stop) in which the salon is open, aware, by its clock.

        :param date first: first day
        :param date last: last day, included
        """
        self.ensure_one()
        zone = self._salon_timezone()
        start = zone.localize(datetime.combine(first, time.min))
        stop = zone.localize(datetime.combine(last + timedelta(days=1), time.min))
        # Opening hours are no secret; not everybody may read calendars of others.
        calendar = self.sudo().resource_calendar_id
        intervals = calendar._work_intervals_batch(start, stop)[False]
        return [
            (begin.astimezone(zone), end.astimezone(zone))
            for begin, end, _attendance in intervals
        ]

    def _salon_has_hours(self):
        self.ensure_one()
        return bool(self.sudo().resource_calendar_id.attendance_ids)

    def _salon_is_open(self, moment):
        """Return whether the salon is open at a naive UTC moment."""
        if not self._salon_has_hours():
            return True
        local = self._salon_local(moment)
        day = local.date()
        return any(
            begin <= local < end for begin, end in self._salon_intervals(day, day)
        )

    def _salon_open_hours(self, first, last):
        """Return {day: full hours at which the salon is open} of these days."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if not self._salon_has_hours():
            return {day: list(USUAL_HOURS) for day in days}
        hours = {day: [] for day in days}
        for begin, end in self._salon_intervals(first, last):
            full = begin.hour + (begin.minute > 0)
            stop = end.hour + (end.minute > 0) if end.date() == begin.date() else 24
            hours[begin.date()] += range(full, stop)
        return hours
