from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_list, format_time

from odoo.addons.base.models.res_partner import _tz_get

from ...tools.time_zones import fits_country, get_country_zones

NOON = 12
# Of a salon without working hours: always open, but nobody is called at night.
USUAL_HOURS = range(9, 20)
# Of a country with more time zones, none is proposed.
FEW_ZONES = 3


class ResCompany(models.Model):
    """A salon: its clock, and what "today" is there.

    Its settings belong to its manager, all else of a company to others. Each room adds
    its own.
    """

    _inherit = "res.company"

    salon_tz = fields.Selection(
        _tz_get,
        string="Time zone",
        compute="_compute_salon_tz",
        inverse="_inverse_salon_tz",
        groups="salon_reminders.group_manager",
        help="The time zone of the salon and of its working hours.",
    )
    salon_clock = fields.Char(
        "Time at the salon",
        compute="_compute_salon_clock",
        groups="salon_reminders.group_manager",
    )
    salon_clock_question = fields.Text(
        "Is the clock right?",
        compute="_compute_salon_clock_question",
        groups="salon_reminders.group_manager",
        help="What country, time zone and stylists disagree about.",
    )

    @api.depends("resource_calendar_id.tz", "partner_id.tz")
    def _compute_salon_tz(self):
        for company in self:
            company.salon_tz = company._salon_timezone().zone

    @api.depends("salon_tz")
    def _compute_salon_clock(self):
        now = fields.Datetime.now()
        for company in self:
            zone = company.salon_tz
            company.salon_clock = zone and company._salon_text_clock(now, zone)

    @api.depends("salon_tz", "country_id")
    def _compute_salon_clock_question(self):
        for company in self:
            texts = company._salon_get_clock_doubts()
            company.salon_clock_question = "\n".join(filter(None, texts))

    def _inverse_salon_tz(self):
        for company in self:
            if not company.salon_tz:
                raise UserError(
                    self.env._("Choose the time zone of %(salon)s.", salon=company.name)
                )
            if company.salon_tz != company._salon_timezone().zone:
                company._salon_set_clock(company.salon_tz)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self._salon_follow_clock()
            self._salon_follow_days()
        return result

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

    # ------------------------------------------------------------
    # WHAT FOLLOWS THE CLOCK
    # ------------------------------------------------------------

    def _salon_follow_clock(self):
        """Follow a changed time zone; each room moves what depends on the date."""

    def _salon_follow_days(self, days=()):
        """Follow changed working days or days off; each room moves what it keeps.

        :param days: days that are closed, or open again; all if there are none
        """

    @api.model
    def _sql_salon_days(self):
        """Return one row per salon: ``company_id``, time zone ``tz``, date ``day``.

        Every salon has its own clock, whoever asks.
        """
        return SQL(
            "SELECT * FROM (VALUES %s) AS clock (company_id, tz, day)",
            SQL(", ").join(
                SQL(
                    "(%s, %s, %s::date)",
                    company.id,
                    company._salon_timezone().zone,
                    company._salon_today(),
                )
                for company in self.sudo().search([])
            ),
        )

    # ------------------------------------------------------------
    # DAYS AND TIMES
    # ------------------------------------------------------------

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
        attendances = (
            self.env["resource.calendar.attendance"]
            .sudo()
            .search_fetch(
                [("calendar_id", "=", self.sudo().resource_calendar_id.id)],
                ["dayofweek", "day_period"],
            )
        )
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
        closed = {company: set() for company in self}
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        for leave in leaves_sudo.search(self._salon_closing_domain()):
            company = leave.company_id
            closed[company].update(company._salon_noons(leave))
        return {company: sorted(days) for company, days in closed.items()}

    def _salon_closing_domain(self):
        """Return the domain of the times off that close these salons.

        They close everybody there, whatever hours they keep.
        """
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("resource_id", "=", False)
            & Domain("calendar_id", "in", (False, company.resource_calendar_id.id))
            & Domain("time_type", "=", "leave")
            for company in self.sudo()
        )

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
        start = self._salon_local(self._salon_midnight(first))
        stop = self._salon_local(self._salon_midnight(last + timedelta(days=1)))
        # Opening hours are no secret; not everybody may read calendars of others.
        calendar = self.sudo().resource_calendar_id
        # Of nobody in particular, Odoo would take those of every company.
        closings = [*self._salon_closing_domain()]
        intervals = calendar._work_intervals_batch(start, stop, domain=closings)[False]
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

    # ------------------------------------------------------------
    # SETTINGS
    # ------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        if operation == "write" and self._is_salon_manager_only():
            is_setting = field.name.startswith("salon_") and not field.readonly
            return is_setting and super()._has_field_access(field, operation)
        return super()._has_field_access(field, operation)

    @api.model
    def _is_salon_manager_only(self):
        """Tell whether the user may write companies just because of the salon."""
        user = self.env.user
        return (
            not self.env.su
            and user.has_group("salon_reminders.group_manager")
            and not user.has_group("base.group_erp_manager")
        )

    @api.model
    def _action_salon_settings(self):
        """Open the settings of the current salon."""
        action = self.env.company._get_records_action(name=self.env._("Settings"))
        view = self.env.ref("salon_reminders.res_company_view_form_salon")
        return {**action, "views": [(view.id, "form")]}

    # ------------------------------------------------------------
    # SETTING THE CLOCK
    # ------------------------------------------------------------

    def _salon_set_clock(self, name):
        """Set the time zone of the salon.

        Hours that other salons keep too stay as they are; this one gets its own.
        """
        self.ensure_one()
        hours = self.resource_calendar_id
        if not hours:
            self.partner_id.tz = name
        elif hours._get_salons() - self:
            # Which hours a company keeps, and when it is closed, is not for managers
            # to change; its clock is.
            own_sudo = hours.sudo().copy({"company_id": self.id, "tz": name})
            own_sudo.name = self.env._(
                "%(hours)s (%(salon)s)", hours=hours.name, salon=self.name
            )
            self.sudo().resource_calendar_id = own_sudo
        else:
            hours.tz = name

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _salon_text_clock(self, moment, zone):
        day = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return self.env._(
            "%(day)s, %(time)s",
            day=format_date(self.env, day.date(), date_format="EEEE d MMMM"),
            time=format_time(self.env, moment, tz=zone, time_format="short"),
        )

    def _salon_get_clock_doubts(self):
        """Return what speaks against the clock, in words; some may be empty."""
        return [self._salon_text_country_clock()]

    def _salon_text_country_clock(self):
        """Return what is wrong between the country and the clock, or nothing."""
        country = self.country_id
        if not country:
            return self.env._(
                "This salon has no country. Nobody can tell whether its clock is "
                "right, nor read phone numbers that are written without a country "
                "code. Ask an administrator to enter its address in Settings > "
                "Companies."
            )
        if not self.salon_tz or fits_country(
            self.salon_tz, country.code, fields.Datetime.now()
        ):
            return None
        text = self.env._(
            "The salon is in %(country)s, but its working hours count in the time zone "
            "%(zone)s. Calls, reminders and free times would come at the wrong hour. "
            "Choose the time zone of the salon here.",
            country=country.name,
            zone=self.salon_tz,
        )
        zones = get_country_zones(country.code)
        if len(zones) > FEW_ZONES:
            return text
        proposal = self.env._(
            "In %(country)s it is %(zones)s.",
            country=country.name,
            zones=format_list(self.env, zones, style="or"),
        )
        return f"{text} {proposal}"
