from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list, format_time

from odoo.addons.base.models.res_partner import _tz_get

from ...tools.time_zones import fits_country, get_country_zones, keep_same_time

# Of a country with more time zones, none is proposed.
FEW_ZONES = 3


class ResCompany(models.Model):
    """The salon's clock, to be seen and set: days, calls and free times follow it."""

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
    salon_has_other_clocks = fields.Boolean(
        "Stylists keep other times",
        compute="_compute_salon_clock_question",
        groups="salon_reminders.group_manager",
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
            others = company._salon_stylists_off_clock()
            texts = [
                company._salon_text_country_clock(),
                others and company._salon_text_stylist_clocks(others),
            ]
            company.salon_clock_question = "\n".join(filter(None, texts))
            company.salon_has_other_clocks = bool(others)

    def _inverse_salon_tz(self):
        for company in self:
            if not company.salon_tz:
                raise UserError(
                    self.env._("Choose the time zone of %(salon)s.", salon=company.name)
                )
            if company.salon_tz != company._salon_timezone().zone:
                company._salon_set_clock(company.salon_tz)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_align_clocks(self):
        """Let the hours of all stylists count in the time zone of their salon."""
        self.check_access("write")
        for company in self:
            company._salon_stylists_off_clock().tz = company.salon_tz

    # ------------------------------------------------------------
    # SETTING THE CLOCK
    # ------------------------------------------------------------

    def _salon_set_clock(self, name):
        """Set the time zone of the salon, and of its stylists who kept the old one.

        Hours that other salons keep too stay as they are; this one gets its own.
        """
        self.ensure_one()
        old = self._salon_timezone().zone
        stylists = self._salon_own_stylists().filtered(lambda one: one.tz == old)
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
        stylists.tz = name

    def _salon_own_stylists(self):
        """Return the stylists who work at this salon only."""
        return self.env["resource.resource"].search(
            [("is_stylist", "=", True), ("company_id", "in", self._origin.ids)]
        )

    def _salon_stylists_off_clock(self):
        """Return the stylists whose hours would not count by the salon's clock.

        Those who keep the salon's present time zone follow when it is changed.
        """
        now, present = fields.Datetime.now(), self._origin._salon_timezone().zone
        stylists = self._salon_own_stylists().filtered(lambda one: one.tz != present)
        zones = {
            zone
            for zone in set(stylists.mapped("tz"))
            if self.salon_tz and not keep_same_time(zone, self.salon_tz, now)
        }
        return stylists.filtered(lambda one: one.tz in zones)

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

    def _salon_text_stylist_clocks(self, stylists):
        return self.env._(
            "The working hours of %(stylists)s count in another time zone than those "
            "of the salon (%(zones)s).",
            stylists=format_list(self.env, stylists.mapped("name")),
            zones=format_list(self.env, sorted(set(stylists.mapped("tz")))),
        )
