from uuid import uuid4

from odoo import fields, models
from odoo.tools import format_datetime


class ResCompany(models.Model):
    """The salon's rules for calls, and the share of clients left uncalled.

    Who is left uncalled tells what calls do.
    """

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
    salon_unreachable_calls = fields.Integer(
        string="Unreachable calls",
        default=4,
        groups="salon_reminders.group_stylist",
        help="After so many calls in a row on which nobody answered, the client is "
        "called once in half a year only; 0 means never.",
    )
    salon_claim_minutes = fields.Integer(
        string="Call is yours for",
        default=10,
        groups="salon_reminders.group_stylist",
        help="Minutes for which nobody else can call a client whose call was opened.",
    )
    salon_promise_months = fields.Integer(
        string="Promises ahead",
        default=6,
        groups="salon_reminders.group_stylist",
        help="Months that a promised call may lie ahead at most. Until then the client "
        "is not called for anything else.",
    )
    salon_daily_quota = fields.Integer(
        string="New calls per day",
        default=30,
        groups="salon_reminders.group_stylist",
        help="New calls put on the list in one day; 0 means no limit.",
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
        help="The client's own receptionist is the one on the contact; clients "
        "without one are given in turns.",
    )

    # The control group
    salon_control_share = fields.Integer(
        string="Control group",
        groups="salon_reminders.group_stylist",
        help="Per cent of the due clients that are left uncalled for two weeks, chosen "
        "by chance, so that Reporting > What calling brings can tell what calls really "
        "do. 0 means none.",
    )
    salon_control_seed = fields.Char(
        groups="base.group_system",
        copy=False,
        help="What the draws of this salon are made with; nobody can foretell them.",
    )

    _salon_call_rules_positive = models.Constraint(
        "CHECK(salon_contact_gap_days >= 0 AND salon_bundling_days >= 0"
        " AND salon_max_attempts > 0 AND salon_daily_quota >= 0"
        " AND salon_birthday_days >= 0 AND salon_claim_minutes > 0"
        " AND salon_unreachable_calls >= 0 AND salon_promise_months > 0)",
        "The contact gap, the bundling window, the daily limit and the unreachable "
        "calls can't be negative, and there must be at least one attempt per call, "
        "one minute to call and one month for promises.",
    )
    _salon_control_share_possible = models.Constraint(
        "CHECK(salon_control_share BETWEEN 0 AND 50)",
        "At most half of the due clients can be left uncalled.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "salon_control_share" in vals:
            self._salon_switch_control()
        return result

    def _salon_last_promise(self):
        """Return the last day for which a call may be promised."""
        return fields.Date.add(self._salon_today(), months=self.salon_promise_months)

    def _salon_format_call(self, moment):
        """Return when a call is to be made, in words: it may be another year."""
        zone = self._salon_timezone().zone
        return format_datetime(
            self.env, moment, tz=zone, dt_format="EEE d MMM y, HH:mm"
        )

    def _salon_switch_control(self):
        """Make the seed of a new control group; let go who is in one that ended."""
        # Only the system knows the seed, so that nobody can foretell a draw.
        for company in self.sudo():
            if company.salon_control_share and not company.salon_control_seed:
                company.salon_control_seed = uuid4().hex
        ended = self.filtered(lambda company: not company.salon_control_share)
        self.env["salon.control.draw"]._cut_short(ended)
