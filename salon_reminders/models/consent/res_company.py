from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime, format_duration
from odoo.tools.sql import column_exists, create_column

from ...tools import consent_age, legal_hours, proof_years

LONGEST_LINK = 365  # days, whatever was set before
MOST_ERASURE_DAYS = 30
# When calls are made, and why more than the law allows.
HOURS = {
    *("salon_call_start", "salon_call_stop", "salon_call_days", "salon_call_reason"),
}


class ResCompany(models.Model):
    """How long consents hold and are proven, how a salon asks, and when it may call.

    The hours of calls are those of the law. A salon may be stricter; looser only with
    the reason written down.
    """

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
        help="Days for which the link works with which a client sees their consents; "
        "a year at most.",
    )
    salon_proof_years = fields.Integer(
        string="Proof is kept for",
        default=proof_years.USUAL,
        groups="salon_reminders.group_stylist",
        help="Years after the last use of a consent for which it is kept, with the "
        "calls and messages that relied on it.",
    )
    salon_proof_law = fields.Text(
        string="How long the law wants proof",
        compute="_compute_salon_proof_law",
        groups="salon_reminders.group_stylist",
    )

    salon_erasure_days = fields.Integer(
        string="Deleted within",
        default=MOST_ERASURE_DAYS,
        groups="salon_reminders.group_stylist",
        help="Days within which a client who asks for it is deleted; a month at most, "
        "as the law says (GDPR 12(3)).",
    )

    salon_hidden_days = fields.Integer(
        string="Hidden notes and photos are deleted after",
        default=30,
        groups="salon_reminders.group_stylist",
        help="Days after which notes about health and photos are deleted whose client "
        "does not let the card keep them. They are hidden at once. 0 means that they "
        "are deleted at once.",
    )
    salon_missing_days = fields.Integer(
        string="Without consent they are deleted after",
        groups="salon_reminders.group_stylist",
        help="Days after which notes about health and photos are deleted to which "
        "the client has not consented, though nothing was refused. 0 means never: "
        "somebody may have to know of an allergy.",
    )

    salon_consent_age = fields.Integer(
        string="Consent from the age of",
        compute="_compute_salon_consent_age",
        store=True,
        groups="salon_reminders.group_stylist",
        help="For younger clients a guardian agrees and is called.",
    )
    salon_age_law = fields.Char(
        string="Under age",
        compute="_compute_salon_age_law",
        groups="salon_reminders.group_stylist",
    )

    # When nobody is called: stricter than the law, or with a reason
    salon_call_start = fields.Float(
        string="No calls before",
        groups="salon_reminders.group_stylist",
        help="By the clock of the called number. 0 means as the law says.",
    )
    salon_call_stop = fields.Float(
        string="No calls after",
        groups="salon_reminders.group_stylist",
        help="By the clock of the called number. 0 means as the law says.",
    )
    salon_call_days = fields.Selection(
        [
            ("law", "As the law says"),
            ("weekdays", "Monday to Friday"),
            ("all", "Every day, holidays too"),
        ],
        string="Days of calls",
        default="law",
        required=True,
        groups="salon_reminders.group_stylist",
    )
    salon_call_reason = fields.Text(
        string="Why more is allowed",
        groups="salon_reminders.group_stylist",
        help="Needed for hours or days that the law of the salon's country does not "
        "name. With it, the salon's own hours hold for every number.",
    )
    salon_call_history = fields.Text(
        string="Who chose these hours",
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
        help="Every change of the hours of calls, with its reason: who is asked why "
        "somebody was called must be able to answer.",
    )
    salon_call_law = fields.Text(
        string="What the law says",
        compute="_compute_salon_call_law",
        groups="salon_reminders.group_stylist",
    )

    _salon_consent_rules_positive = models.Constraint(
        "CHECK(salon_consent_months >= 0 AND salon_ask_again_days > 0"
        " AND salon_link_days BETWEEN 1 AND 365"
        " AND salon_hidden_days >= 0 AND salon_missing_days >= 0)",
        "Times can't be negative; asking again and the client's own link take at least "
        "one day, and the link a year at most.",
    )

    _salon_erasure_days_possible = models.Constraint(
        f"CHECK(salon_erasure_days BETWEEN 1 AND {MOST_ERASURE_DAYS})",
        "A client who asks for it is deleted within 1 to 30 days.",
    )

    def _auto_init(self):
        cr, name = self.env.cr, "salon_consent_age"
        if not column_exists(cr, self._table, name):
            create_column(cr, self._table, name, "int4")
            self._salon_fill_ages()
        return super()._auto_init()

    @api.model
    def _salon_fill_ages(self):
        """Write the ages at once; for other apps no company was changed."""
        countries, ages = zip(*consent_age.AGES.items(), strict=True)
        self.env.cr.execute(
            SQL(
                """UPDATE res_company c SET salon_consent_age = COALESCE(known.age, %s)
                     FROM res_partner p
                LEFT JOIN res_country country ON country.id = p.country_id
                LEFT JOIN unnest(%s::text[], %s::int[]) AS known (code, age)
                       ON known.code = country.code
                    WHERE p.id = c.partner_id""",
                consent_age.DEFAULT.age,
                list(countries),
                [rule.age for rule in ages],
            )
        )

    @api.depends("country_id")
    def _compute_salon_consent_age(self):
        for company in self:
            company.salon_consent_age = consent_age.get_age(company.country_id.code).age

    @api.depends("country_id")
    @api.depends_context("lang")
    def _compute_salon_age_law(self):
        for company in self:
            age, source = consent_age.get_age(company.country_id.code)
            company.salon_age_law = (
                self.env._("Under %(age)s years. Source: %(law)s.", age=age, law=source)
                if source
                else self.env._(
                    "Under %(age)s years. No age of a law is listed: a default of our "
                    "own.",
                    age=age,
                )
            )

    @api.depends("country_id")
    @api.depends_context("lang")
    def _compute_salon_call_law(self):
        for company in self:
            rule = legal_hours.get_rule(company.country_id.code)
            lines = [company._salon_text_rule(rule)]
            if rule.source:
                lines.append(self.env._("Source: %(law)s.", law=rule.source))
            else:
                lines.append(
                    self.env._("No hours of a law are listed: a default of our own.")
                )
            if not rule.on_holidays:
                lines.append(company._salon_text_holidays())
            company.salon_call_law = "\n".join(lines)

    @api.depends("country_id")
    @api.depends_context("lang")
    def _compute_salon_proof_law(self):
        for company in self:
            rule = proof_years.get_rule(company.country_id.code)
            company.salon_proof_law = (
                self.env._(
                    "Years at least: %(years)s, from the consent and again from each "
                    "use. Source: %(law)s.",
                    years=rule.years,
                    law=rule.source,
                )
                if rule.source
                else self.env._(
                    "No figure of the country's law is listed: choose one year or more."
                )
            )

    @api.constrains("salon_proof_years", "country_id")
    def _check_salon_proof_years(self):
        for company in self:
            rule = proof_years.get_rule(company.country_id.code)
            if company.salon_proof_years < rule.years:
                raise ValidationError(
                    self.env._(
                        "%(salon)s must keep the proof of consents longer: years at "
                        "least: %(years)s. %(law)s",
                        salon=company.name,
                        years=rule.years,
                        law=company.salon_proof_law,
                    )
                )

    @api.constrains(
        *("salon_call_start", "salon_call_stop", "salon_call_days"),
        *("salon_call_reason", "country_id"),
    )
    def _check_salon_call_hours(self):
        for company in self:
            law = legal_hours.get_rule(company.country_id.code)
            own = company._salon_own_rule(law)
            if not 0 <= own.start < own.stop <= 24:
                raise ValidationError(
                    self.env._(
                        "Calls must begin before they end, both within one day. "
                        "Correct the hours of calls of %(salon)s.",
                        salon=company.name,
                    )
                )
            is_looser = legal_hours.get_stricter(law, own)[:4] != own[:4]
            if is_looser and not (company.salon_call_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "These hours are wider than the law allows (%(law)s). Choose "
                        "stricter ones, or write why more is allowed.",
                        law=company._salon_text_rule(law),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create([self._keep_history(vals) for vals in vals_list])
        chosen = [not HOURS.isdisjoint(vals) for vals in vals_list]
        companies.browse(
            company.id for company, one in zip(companies, chosen, strict=True) if one
        )._salon_note_hours({})
        return companies

    def write(self, vals):
        vals = self._keep_history(vals)
        if HOURS.isdisjoint(vals):
            return super().write(vals)
        before = {company: company._salon_text_hours() for company in self.sudo()}
        result = super().write(vals)
        self._salon_note_hours(before)
        return result

    @api.model
    def _keep_history(self, vals):
        """Return the values without the history, which the system alone writes."""
        if self.env.su:
            return vals
        return {name: vals[name] for name in vals if name != "salon_call_history"}

    def _salon_note_hours(self, before):
        """Write down who changed the hours of calls, when, and why.

        :param dict before: {company: its hours in words}
        """
        for company in self.sudo():
            text = company._salon_text_hours()
            if text == before.get(company):
                continue
            line = self.env._(
                "%(when)s, %(user)s: %(hours)s",
                when=format_datetime(
                    self.env,
                    fields.Datetime.now(),
                    tz=company._salon_timezone().zone,
                    dt_format="short",
                ),
                user=self.env.user.name,
                hours=text,
            )
            company.salon_call_history = "\n".join(
                filter(None, (line, company.salon_call_history))
            )

    def _salon_text_hours(self):
        """Return in words which hours the salon has chosen, and why."""
        days = dict(self._fields["salon_call_days"]._description_selection(self.env))
        start, stop = self.salon_call_start, self.salon_call_stop
        chosen = [
            start and self.env._("not before %(hour)s", hour=format_duration(start)),
            stop and self.env._("not after %(hour)s", hour=format_duration(stop)),
            # What the law says is said by itself.
            self.salon_call_days != "law" and days.get(self.salon_call_days),
        ]
        text = ", ".join(filter(None, chosen)) or self.env._("as the law says")
        return f"{text}. {self.salon_call_reason or ''}".strip()

    # ------------------------------------------------------------
    # WHEN NOBODY IS PHONED
    # ------------------------------------------------------------

    def _salon_own_rule(self, law):
        """Return the hours this salon has chosen, those of the law where it has not."""
        days = {
            "weekdays": {"weekdays": legal_hours.WEEKDAYS},
            "all": {"weekdays": legal_hours.EVERY_DAY, "on_holidays": True},
        }.get(self.salon_call_days, {})
        return law._replace(
            start=self.salon_call_start or law.start,
            stop=self.salon_call_stop or law.stop,
            **days,
        )

    def _salon_call_rule(self, country):
        """Return when a number of a country may be phoned from this salon.

        The stricter of both countries, and of what the salon has chosen; with a written
        reason what it has chosen alone.

        :param str country: code of the number's country
        """
        self.ensure_one()
        law = legal_hours.get_stricter(
            legal_hours.get_rule(self._salon_country()), legal_hours.get_rule(country)
        )
        rule = self._salon_own_rule(law)
        if not (self.salon_call_reason or "").strip():
            rule = legal_hours.get_stricter(law, rule)
        # What the salon itself has chosen is written in no law.
        return rule if rule[:4] == law[:4] else rule._replace(source="")

    def _salon_country(self):
        """Return the code of the salon's country.

        As ``country_id``, which reads the whole contact of the company.
        """
        contact_sudo = self.sudo().partner_id
        contact_sudo.fetch(["country_id"])
        return contact_sudo.country_id.code

    def _salon_call_holidays(self, country):
        """Return the days around now on which holidays forbid calls to a number.

        :param str country: code of the number's country
        """
        year = self._salon_today().year
        days = set()
        for code in {country, self._salon_country()}:
            if not legal_hours.get_rule(code).on_holidays:
                known = legal_hours.get_holidays(code, [year - 1, year, year + 1])
                days |= set(self._salon_closed_days()[self]) if known is None else known
        return days

    def _salon_text_rule(self, rule):
        """Return in words when calls are allowed."""
        values = {
            "start": format_duration(rule.start),
            "stop": format_duration(rule.stop),
        }
        if rule.weekdays != legal_hours.WEEKDAYS:
            return self.env._("Calls from %(start)s to %(stop)s, every day", **values)
        if rule.on_holidays:
            return self.env._(
                "Calls from %(start)s to %(stop)s, Monday to Friday", **values
            )
        return self.env._(
            "Calls from %(start)s to %(stop)s, Monday to Friday, not on holidays",
            **values,
        )

    def _salon_text_holidays(self):
        """Return where the holidays come from."""
        if legal_hours.get_holidays(self.country_id.code, [2026]) is None:
            return self.env._(
                "Holidays: the days on which the salon is closed. With the Python "
                "library holidays installed, those of the country."
            )
        return self.env._("Holidays: those of the country, by the library holidays.")

    def _salon_consent_expiry(self, day=None):
        """Return the last day of a consent, or False for no end.

        :param date day: when it was given; today when left out
        """
        months = self.salon_consent_months
        return months and fields.Date.add(day or self._salon_today(), months=months)

    def _salon_proof_limit(self):
        """Return since when, in UTC, uses of consents are still to be proven.

        The salon's day counts to its end: what was used on a 29 February is kept up to
        the last day of February.
        """
        today = self._salon_today()
        return self._salon_midnight(
            fields.Date.subtract(today, years=self.salon_proof_years)
        )

    def _salon_erasure_date(self):
        """Return by when a client who asks for it today is deleted."""
        return fields.Date.add(self._salon_today(), days=self.salon_erasure_days)

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
