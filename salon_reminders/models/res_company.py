from datetime import timedelta

import pytz

from odoo import fields, models

NOON = 12


class ResCompany(models.Model):
    """A salon: its rules for calls, and what "today" is there."""

    _inherit = "res.company"

    salon_contact_gap_days = fields.Integer(
        string="Contact gap",
        default=14,
        help="Days in which a client, or a phone number, is not called again.",
    )
    salon_bundling_days = fields.Integer(
        string="Bundling window",
        default=7,
        help="Needs that come due within so many days are put into the same call.",
    )
    salon_max_attempts = fields.Integer(
        string="Attempts per call",
        default=3,
        help="After so many calls without an answer the client counts as unreachable.",
    )
    salon_daily_quota = fields.Integer(
        string="New calls per day",
        default=30,
        help="New calls put on the list in one day; 0 means no limit.",
    )
    salon_birthday_days = fields.Integer(
        string="Birthday calls",
        help="Call clients so many days before their birthday; 0 means no such calls.",
    )
    salon_assignment = fields.Selection(
        [("turns", "In turns"), ("own", "The client's own receptionist")],
        string="Calls are given",
        required=True,
        default="turns",
        help="The client's own receptionist is the one on her contact; clients without "
        "one are given in turns.",
    )
    salon_own_rhythm = fields.Boolean(
        string="Follow own rhythms",
        default=True,
        help="Learn from each client's visits how often she comes. Otherwise the ideal "
        "days of the cycle count for everybody.",
    )
    # Consent and privacy
    salon_consent_months = fields.Integer(
        string="Consents hold for",
        help="Months after which a new consent must be asked for again; 0 means no "
        "end.",
    )
    salon_ask_again_days = fields.Integer(
        string="Ask again after",
        default=30,
        help="Days after which a client who did not want to decide is asked again.",
    )
    salon_link_days = fields.Integer(
        string="Own link works for",
        default=90,
        help="Days for which the link works that a client sees her consents with.",
    )
    salon_stylist_days = fields.Integer(
        string="Stylists see clients for",
        default=30,
        help="Days before and after a visit in which its stylist sees the card.",
    )
    salon_card_limit = fields.Integer(
        string="Cards a day",
        default=80,
        help="Who opens more client cards in a day is shown to the manager.",
    )
    salon_number_limit = fields.Integer(
        string="Numbers a day",
        default=15,
        help="Who opens more numbers outside a call in a day is shown to the manager.",
    )
    salon_retention_months = fields.Integer(
        string="Notes are kept for",
        default=36,
        help="Months after which the notes of calls and dialled numbers are deleted; "
        "what came of the calls stays. 0 means for good.",
    )

    _salon_call_rules_positive = models.Constraint(
        "CHECK(salon_contact_gap_days >= 0 AND salon_bundling_days >= 0"
        " AND salon_max_attempts > 0 AND salon_daily_quota >= 0"
        " AND salon_birthday_days >= 0)",
        "The contact gap, the bundling window and the daily limit can't be negative, "
        "and there must be at least one attempt per call.",
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
        if "salon_stylist_days" in vals:
            # The record rules of stylists are made with it.
            self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _salon_consent_expiry(self):
        """Return the last day of a consent given today, or False for no end."""
        months = self.salon_consent_months
        return months and fields.Date.add(self._salon_today(), months=months)

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
        """Return {company: sorted days to come on which the whole salon is closed}.

        A day counts as closed when a day off of everybody covers its noon.
        """
        leaves = self.env["resource.calendar.leaves"].sudo()
        closed = {company: set() for company in self}
        for leave in leaves.search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", self.ids),
                ("date_to", ">=", fields.Datetime.now()),
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
