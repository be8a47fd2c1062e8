from odoo import api, fields, models
from odoo.tools import format_list

from ...tools.time_zones import keep_same_time


class ResCompany(models.Model):
    """When a visit is cancelled late, and stylists whose hours keep another clock."""

    _inherit = "res.company"

    salon_late_cancel_hours = fields.Integer(
        string="Late cancellation",
        default=24,
        groups="salon_reminders.group_stylist",
        help="A visit cancelled less than so many hours before counts as late.",
    )
    salon_has_other_clocks = fields.Boolean(
        "Stylists keep other times",
        compute="_compute_salon_has_other_clocks",
        groups="salon_reminders.group_manager",
    )

    _salon_late_cancel_positive = models.Constraint(
        "CHECK(salon_late_cancel_hours >= 0)",
        "The hours of a late cancellation can't be negative.",
    )

    @api.depends("salon_tz")
    def _compute_salon_has_other_clocks(self):
        for company in self:
            company.salon_has_other_clocks = bool(company._salon_stylists_off_clock())

    # ------------------------------------------------------------
    # STYLISTS' CLOCKS
    # ------------------------------------------------------------

    def action_salon_align_clocks(self):
        """Let the hours of all stylists count in the time zone of their salon."""
        self.check_access("write")
        for company in self:
            company._salon_stylists_off_clock().tz = company.salon_tz

    def _salon_set_clock(self, name):
        """Take along the stylists who keep the old time zone."""
        old = self._salon_timezone().zone
        stylists = self._salon_own_stylists().filtered(lambda one: one.tz == old)
        result = super()._salon_set_clock(name)
        stylists.tz = name
        return result

    def _salon_get_clock_doubts(self):
        others = self._salon_stylists_off_clock()
        doubt = others and self._salon_text_stylist_clocks(others)
        return [*super()._salon_get_clock_doubts(), doubt]

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

    def _salon_text_stylist_clocks(self, stylists):
        return self.env._(
            "The working hours of %(stylists)s count in another time zone than those "
            "of the salon (%(zones)s).",
            stylists=format_list(self.env, stylists.mapped("name")),
            zones=format_list(self.env, sorted(set(stylists.mapped("tz")))),
        )
