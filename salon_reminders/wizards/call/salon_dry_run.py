from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import format_date

CYCLE_FIELDS = ("earliest_days", "ideal_days", "late_days", "lead_days", "lapse_days")
COMPANY_FIELDS = (
    "salon_daily_quota",
    "salon_contact_gap_days",
    "salon_bundling_days",
)
WEEKS = 4


class SalonDryRun(models.TransientModel):
    """Shows what other days or another daily limit would do to the call lists.

    The values are tried inside a savepoint that is always rolled back. They are saved
    only by ``action_apply``, and only after their effect was shown.
    """

    _name = "salon.dry.run"
    _description = "Dry Run"
    _rec_name = "cycle_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    cycle_id = fields.Many2one(
        "salon.cycle", check_company=True, help="The cycle whose days you want to try."
    )

    # The days of the cycle: as they are, and to try
    current_earliest_days = fields.Integer(
        "Earliest now", related="cycle_id.earliest_days"
    )
    current_ideal_days = fields.Integer("Ideal now", related="cycle_id.ideal_days")
    current_late_days = fields.Integer("Late now", related="cycle_id.late_days")
    current_lead_days = fields.Integer("Call before, now", related="cycle_id.lead_days")
    current_lapse_days = fields.Integer(
        "Lapsed after, now", related="cycle_id.lapse_days"
    )
    earliest_days = fields.Integer(
        "Earliest", compute="_compute_days", store=True, readonly=False
    )
    ideal_days = fields.Integer(
        "Ideal", compute="_compute_days", store=True, readonly=False
    )
    late_days = fields.Integer(
        "Late", compute="_compute_days", store=True, readonly=False
    )
    lead_days = fields.Integer(
        "Call before", compute="_compute_days", store=True, readonly=False
    )
    lapse_days = fields.Integer(
        "Lapsed after", compute="_compute_days", store=True, readonly=False
    )

    # The rules of the salon: as they are, and to try
    current_daily_quota = fields.Integer(
        "New calls per day now", related="company_id.salon_daily_quota"
    )
    current_contact_gap_days = fields.Integer(
        "Contact gap now", related="company_id.salon_contact_gap_days"
    )
    current_bundling_days = fields.Integer(
        "Bundling window now", related="company_id.salon_bundling_days"
    )
    salon_daily_quota = fields.Integer(
        "New calls per day", compute="_compute_rules", store=True, readonly=False
    )
    salon_contact_gap_days = fields.Integer(
        "Contact gap", compute="_compute_rules", store=True, readonly=False
    )
    salon_bundling_days = fields.Integer(
        "Bundling window", compute="_compute_rules", store=True, readonly=False
    )

    line_ids = fields.One2many("salon.dry.run.line", "dry_run_id", "Call lists")
    tried_values = fields.Json(readonly=True)
    is_tried = fields.Boolean(compute="_compute_is_tried")
    is_changed = fields.Boolean(compute="_compute_is_tried")
    has_norm = fields.Boolean(
        compute="_compute_has_norm",
        help="The salon's typical gaps are known and count instead of the ideal days.",
    )

    @api.depends("cycle_id")
    def _compute_days(self):
        for run in self:
            for name in CYCLE_FIELDS:
                run[name] = run.cycle_id[name]

    @api.depends("company_id")
    def _compute_rules(self):
        for run in self:
            for name in COMPANY_FIELDS:
                run[name] = run.company_id[name]

    @api.depends("cycle_id", "tried_values", *CYCLE_FIELDS, *COMPANY_FIELDS)
    def _compute_is_tried(self):
        for run in self:
            run.is_tried = run.tried_values == run._get_values()
            run.is_changed = bool(run._get_cycle_vals() or run._get_company_vals())

    @api.depends("cycle_id", "company_id")
    def _compute_has_norm(self):
        norms = self.env["salon.cycle.norm"].search(
            [("cycle_id", "in", self.cycle_id.ids)]
        )
        known = {(n.company_id, n.cycle_id) for n in norms if n.gaps}
        for run in self:
            is_known = (run.company_id, run.cycle_id) in known
            run.has_norm = is_known and run.company_id.salon_own_rhythm

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open(self):
        """Open a dry run of the salon's rules, with the lists as they will be."""
        return self._open()

    @api.model
    def _open(self, cycle=None, company=None, values=None):
        """Create a dry run, calculate it and open it.

        :param dict values: days and limits to start with, where they differ
        """
        # Before anything else, so that others get a clear answer.
        self._check_manager()
        run = self.create(
            {
                "company_id": (company or self.env.company).id,
                "cycle_id": cycle and cycle.id,
            }
        )
        # Given at creation, they would leave the others without a value.
        run.write(values or {})
        return run.action_calculate()

    def action_calculate(self):
        """Show what the values would do; nothing is saved."""
        self.ensure_one()
        self._check_manager()
        now = self._get_forecast()
        new = self._try_values() if self.is_changed else now
        self.line_ids = [
            Command.clear(),
            *(Command.create(vals) for vals in self._prepare_lines(now, new)),
        ]
        self.tried_values = self._get_values()
        return self._get_dialog()

    def action_apply(self):
        """Save the values."""
        self.ensure_one()
        self._check_manager()
        self._save_values()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try other days and limits"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _check_manager(self):
        """Check that the user decides for this salon.

        :raise AccessError: when not
        """
        is_manager = self.env.user.has_group("salon_reminders.group_manager")
        if not is_manager or self.company_id - self.env.companies:
            raise AccessError(
                self.env._("Only a manager of the salon can try and change its rules.")
            )

    # ------------------------------------------------------------
    # THE VALUES
    # ------------------------------------------------------------

    def _get_values(self):
        """Return all values to try, to know them again."""
        names = (*CYCLE_FIELDS, *COMPANY_FIELDS)
        return {"cycle_id": self.cycle_id.id, **{name: self[name] for name in names}}

    def _get_cycle_vals(self):
        """Return all days of the cycle when one differs.

        All, because a cycle left alone with new ideal days sets its own lapse days.
        """
        days = {name: self[name] for name in CYCLE_FIELDS}
        same = all(self.cycle_id[name] == value for name, value in days.items())
        return {} if same or not self.cycle_id else days

    def _get_company_vals(self):
        return {
            name: self[name]
            for name in COMPANY_FIELDS
            if self[name] != self.company_id[name]
        }

    def _save_values(self):
        company_vals, cycle_vals = self._get_company_vals(), self._get_cycle_vals()
        if company_vals:
            # Managers may not write companies; these rules of the calls are theirs.
            self.company_id.sudo().write(company_vals)
        if cycle_vals:
            self.cycle_id.write(cycle_vals)

    def _try_values(self):
        """Return the forecast with the values saved, and take them back."""
        with self.env.cr.savepoint() as savepoint:
            self._save_values()
            forecast = self._get_forecast()
            savepoint.rollback()
        return forecast

    def _get_forecast(self):
        forecaster = self.env["salon.call.forecast"].with_company(self.company_id)
        return forecaster._get_forecast()

    # ------------------------------------------------------------
    # THE TABLE
    # ------------------------------------------------------------

    def _prepare_lines(self, now, new):
        """Return the lines of the table.

        :param list now: forecast as it is, by days from today
        :param list new: forecast with the change
        """
        return [
            {
                "name": name,
                "is_total": first == 1 and last > 7,
                **self._prepare_figures(now[first : last + 1], "now"),
                **self._prepare_figures(new[first : last + 1], "new"),
            }
            for name, first, last in self._get_periods()
        ]

    @api.model
    def _prepare_figures(self, days, suffix):
        """Return all new calls of a period and the backlog at its end."""
        return {
            f"calls_{suffix}": sum(day.calls for day in days),
            f"backlog_{suffix}": days[-1].backlog,
        }

    def _get_periods(self):
        """Return names, first and last days of the periods, in days from today."""
        weeks = [
            (
                self.env._(
                    "Week %(number)s, from %(date)s",
                    number=week + 1,
                    date=self._format_day(7 * week + 1),
                ),
                7 * week + 1,
                7 * week + 7,
            )
            for week in range(WEEKS)
        ]
        return [
            (self.env._("Today, still to come"), 0, 0),
            (self.env._("Tomorrow, %(date)s", date=self._format_day(1)), 1, 1),
            *weeks,
            (self.env._("The next four weeks"), 1, 7 * WEEKS),
        ]

    def _format_day(self, ahead):
        today = self.company_id._salon_today()
        day = fields.Date.add(today, days=ahead)
        return format_date(self.env, day, date_format="d MMM")
