import pytz

from odoo import fields, models


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
    salon_consent_wording = fields.Text(
        string="Consent wording",
        translate=True,
        default=lambda self: self.env._(
            "May we phone you when it is time for your next visit?"
        ),
        help="The sentence the client is asked; it is kept with her answer.",
    )

    _salon_call_rules_positive = models.Constraint(
        "CHECK(salon_contact_gap_days >= 0 AND salon_bundling_days >= 0"
        " AND salon_max_attempts > 0 AND salon_daily_quota >= 0)",
        "The contact gap, the bundling window and the daily limit can't be negative, "
        "and there must be at least one attempt per call.",
    )

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
