from odoo import fields, models

LONGEST_LINK = 365  # days, whatever was set before


class ResCompany(models.Model):
    """How long consents hold, and with which words a salon asks for them."""

    _inherit = "res.company"

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
        help="Days for which the link works that a client sees her consents with; a "
        "year at most.",
    )

    _salon_consent_rules_positive = models.Constraint(
        "CHECK(salon_consent_months >= 0 AND salon_ask_again_days > 0"
        " AND salon_link_days BETWEEN 1 AND 365)",
        "Times can't be negative; asking again and the client's own link take at least "
        "one day, and the link a year at most.",
    )

    def _salon_consent_expiry(self, day=None):
        """Return the last day of a consent, or False for no end.

        :param date day: when it was given; today when left out
        """
        months = self.salon_consent_months
        return months and fields.Date.add(day or self._salon_today(), months=months)

    def _salon_ask_again_date(self):
        """Return when somebody who did not want to decide today is asked again."""
        return fields.Date.add(self._salon_today(), days=self.salon_ask_again_days)

    def _salon_link_days(self):
        """Return for how many days a client's own link works: a year at most."""
        return min(self.salon_link_days, LONGEST_LINK)

    def _salon_wording(self, purpose="reminder", channel="phone"):
        """Return the wording this salon uses now for a purpose and a channel."""
        wordings = self.env["salon.consent.wording"].with_company(self)
        return wordings._get_current(purpose, channel)
