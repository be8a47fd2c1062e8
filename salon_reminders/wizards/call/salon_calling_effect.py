from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, formatLang

from ...tools.samples import ENOUGH, Sample, get_difference

MONTHS = 12


class SalonCallingEffect(models.TransientModel):
    """Answers what calling brings: what followed, and what would not have otherwise.

    What followed a call is no proof that the call brought it. Only the control group,
    left uncalled by chance, tells how many come by themselves.
    """

    _name = "salon.calling.effect"
    _description = "What Calling Brings"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: fields.Date.subtract(
            self.env.company._salon_today(), months=MONTHS
        ),
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self.env.company._salon_today()
    )
    days = fields.Integer(
        "Within", required=True, default=14, help="Days after the first attempt."
    )
    control_share = fields.Integer(related="company_id.salon_control_share")

    # What followed
    called_count = fields.Integer(
        "Called",
        compute="_compute_called",
        help="Calls with at least one attempt in the period whose days are over.",
    )
    came_count = fields.Integer(
        "Came",
        compute="_compute_called",
        help="Calls after which the client visited the salon within these days.",
    )
    came_rate = fields.Float(compute="_compute_called", help="Came divided by called.")
    amount = fields.Monetary(
        "Money",
        compute="_compute_called",
        help="What was paid at those visits. Of two calls before a visit the newer one "
        "counts.",
    )

    # What calling really brought
    arm_called_count = fields.Integer("Called as usual", compute="_compute_effect")
    arm_control_count = fields.Integer("Left uncalled", compute="_compute_effect")
    arm_called_visits = fields.Float("Visits, called", compute="_compute_effect")
    arm_control_visits = fields.Float("Visits, uncalled", compute="_compute_effect")
    arm_called_amount = fields.Monetary("Money, called", compute="_compute_effect")
    arm_control_amount = fields.Monetary("Money, uncalled", compute="_compute_effect")
    effect = fields.Char(compute="_compute_effect")
    money_effect = fields.Char(compute="_compute_effect")

    def _compute_display_name(self):
        self.display_name = self.env._("What calling brings")

    @api.constrains("date_from", "date_to", "days")
    def _check_period(self):
        for effect in self:
            if effect.date_from > effect.date_to or effect.days < 1:
                raise ValidationError(
                    self.env._("A period begins before it ends; at least one day.")
                )

    # ------------------------------------------------------------
    # WHAT FOLLOWED
    # ------------------------------------------------------------

    @api.depends("company_id", "date_from", "date_to", "days")
    def _compute_called(self):
        for effect in self:
            called, came, amount = effect._count_called()
            effect.called_count = called
            effect.came_count = came
            effect.came_rate = came / called if called else 0
            effect.amount = amount

    def _count_called(self):
        """Return (calls, calls that were followed by a visit, money of the visits)."""
        if not self.date_from or not self.date_to or self.days < 1:
            return 0, 0, 0
        self._check_manager()
        self.env.flush_all()
        report = self.env["salon.call.report"]
        rows = self.env.execute_query(
            SQL(
                """WITH called AS (
                    SELECT call_id, partner_id, MIN(date) AS day
                      FROM %(attempts)s a
                     WHERE company_id = %(company)s
                  GROUP BY call_id, partner_id
                    HAVING MIN(date) BETWEEN %(first)s AND %(last)s),
                came AS (
                    SELECT DISTINCT ON (v.id) k.call_id, v.amount_total
                      FROM called k
                      JOIN salon_visit v
                        ON v.partner_id = k.partner_id AND v.company_id = %(company)s
                       AND v.date > k.day AND v.date <= k.day + %(days)s
                     WHERE %(made)s
                  ORDER BY v.id, k.day DESC, k.call_id DESC)
                SELECT (SELECT COUNT(*) FROM called),
                       COUNT(DISTINCT call_id), COALESCE(SUM(amount_total), 0)
                  FROM came""",
                attempts=SQL("(%s)", report._table_query),
                company=self.company_id.id,
                first=self.date_from,
                last=min(self.date_to, self._get_last_known(self.days)),
                days=self.days,
                made=report._sql_is_visit("v"),
            )
        )
        return rows[0]

    def _get_last_known(self, days):
        """Return the last day from which so many days are over."""
        return self.company_id._salon_today() - timedelta(days=days + 1)

    # ------------------------------------------------------------
    # WHAT CALLING REALLY BROUGHT
    # ------------------------------------------------------------

    @api.depends("company_id", "date_from", "date_to")
    def _compute_effect(self):
        for effect in self:
            samples = effect._get_samples()
            visits = {arm: pair[0] for arm, pair in samples.items()}
            money = {arm: pair[1] for arm, pair in samples.items()}
            for arm in ("called", "control"):
                effect[f"arm_{arm}_count"] = visits[arm].count
                effect[f"arm_{arm}_visits"] = 100 * visits[arm].mean
                effect[f"arm_{arm}_amount"] = 100 * money[arm].mean
            effect.effect = effect._get_sentence(visits, effect._format_visits)
            effect.money_effect = effect._get_sentence(money, effect._format_money)

    def _get_samples(self):
        """Return {group: (sample of visits, sample of money)} of clients known."""
        nothing = Sample(0, 0.0, 0.0)
        samples = {"called": (nothing, nothing), "control": (nothing, nothing)}
        if not self.date_from or not self.date_to:
            return samples
        self._check_manager()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT arm, COUNT(*), AVG(visit_count)::float8,
                          COALESCE(VAR_SAMP(visit_count), 0)::float8,
                          AVG(amount)::float8, COALESCE(VAR_SAMP(amount), 0)::float8
                     FROM (%(report)s) r
                    WHERE company_id = %(company)s AND is_known
                      AND date BETWEEN %(first)s AND %(last)s
                 GROUP BY arm""",
                report=self.env["salon.control.report"]._table_query,
                company=self.company_id.id,
                first=self.date_from,
                last=self.date_to,
            )
        )
        for arm, count, visits, visits_var, amount, amount_var in rows:
            samples[arm] = (
                Sample(count, visits, visits_var),
                Sample(count, amount, amount_var),
            )
        return samples

    def _check_manager(self):
        """Refuse figures of a salon that is not the manager's.

        The figures are summed up in SQL, past the rules of the records.
        """
        self.env["salon.control.report"].check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose this salon at the top right first."))

    def _get_sentence(self, samples, format_range):
        """Return the plain sentence about the difference per 100 clients."""
        try:
            found = get_difference(samples["called"], samples["control"])
        except ValueError:
            return self.env._(
                "Not known yet: at least %(enough)s clients of each group must have "
                "their two weeks behind them.",
                enough=ENOUGH,
            )
        _difference, low, high = (100 * value for value in found)
        return format_range(low, high)

    def _format_visits(self, low, high):
        low, high = round(low), round(high)
        if low > 0:
            return self.env._(
                "With 95 %% confidence calling brought %(low)s to %(high)s more visits "
                "per 100 clients.",
                low=low,
                high=high,
            )
        if high < 0:
            return self.env._(
                "With 95 %% confidence calling brought %(low)s to %(high)s fewer "
                "visits per 100 clients.",
                low=-high,
                high=-low,
            )
        return self.env._(
            "No effect on visits is proven: the difference lies between %(low)s and "
            "%(high)s visits per 100 clients.",
            low=low,
            high=high,
        )

    def _format_money(self, low, high):
        texts = {
            "low": formatLang(self.env, low, currency_obj=self.currency_id),
            "high": formatLang(self.env, high, currency_obj=self.currency_id),
        }
        if low > 0:
            return self.env._(
                "With 95 %% confidence calling brought %(low)s to %(high)s more per "
                "100 clients.",
                **texts,
            )
        return self.env._(
            "No effect on money is proven: the difference lies between %(low)s and "
            "%(high)s per 100 clients.",
            **texts,
        )

    def action_open_draws(self):
        """Open the clients that were drawn."""
        self.ensure_one()
        return self.env["salon.control.report"]._open_list(
            "salon_reminders.salon_control_report_action",
            self.env._("Clients drawn"),
            [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ],
        )
