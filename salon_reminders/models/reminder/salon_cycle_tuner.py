from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.survival import get_survival
from .salon_cycle_norm import HISTORY

# With fewer gaps, or fewer waits that could be followed to the end, nothing is said.
MIN_GAPS = 10
MONTH = 30.44


class SalonCycleTuner(models.Model):
    """What the salon's visits say about a cycle, beside what the salon has set.

    The median answers: of those who come back at all, after how many days is half of
    them back? Back at all means within the longest gap that counts as a rhythm, half
    a year or the lapse days. Clients who have not come yet count as still waiting.
    In a short history nobody can have come back late; the median of the gaps seen so
    far is then much too short.
    """

    _name = "salon.cycle.tuner"
    _description = "Cycle Tuner"
    _rec_name = "cycle_id"
    _order = "zone_id, cycle_id, id"
    _check_company_auto = True

    cycle_id = fields.Many2one(
        "salon.cycle", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    zone_id = fields.Many2one(related="cycle_id.zone_id", store=True, index=True)
    ideal_days = fields.Integer(related="cycle_id.ideal_days")

    # What was learned
    median_days = fields.Integer(
        "Real median",
        readonly=True,
        help="Days after which half of those who come back are back. Clients who may "
        "still come are taken into account. 0 means not known yet.",
    )
    naive_days = fields.Integer(
        "Median of gaps seen",
        readonly=True,
        help="The middle of the gaps seen so far, for comparison. In a young history "
        "it is much too short, because long gaps are not over yet.",
    )
    gap_count = fields.Integer(
        "Gaps", readonly=True, help="Times a client has come back."
    )
    open_count = fields.Integer(
        "Still open", readonly=True, help="Clients who have not come back so far."
    )
    first_date = fields.Date(
        "First visit", readonly=True, help="Of the last two and a half years."
    )
    is_complete = fields.Boolean(
        "Followed long enough",
        readonly=True,
        help="The history is long enough to tell those who do not come back from those "
        "who are still awaited. Where it is not, all are taken to come back, and the "
        "median may really be a little lower.",
    )

    # What it means
    history = fields.Char(compute="_compute_texts")
    remark = fields.Char("What it means", compute="_compute_texts")
    proposal = fields.Char(
        "Accept sets",
        compute="_compute_texts",
        help="The median becomes the ideal days, but never less than the earliest "
        "days: they are a safety limit and stay. Late days change in proportion, "
        "lapsed days follow their usual rule. The call stays as many days before.",
    )

    _cycle_company_uniq = models.Constraint(
        "UNIQUE(cycle_id, company_id)", "Each cycle is tuned once per salon."
    )

    @api.depends_context("lang")
    @api.depends("median_days", "gap_count", "first_date", "is_complete", "ideal_days")
    def _compute_texts(self):
        for tuner in self:
            tuner.history = tuner._get_history_text()
            tuner.remark = tuner._get_remark()
            tuner.proposal = tuner._get_proposal_text()

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    def _get_history_text(self):
        if not self.first_date:
            return False
        days = (self.company_id._salon_today() - self.first_date).days
        return self.env._("%(months).1f months", months=days / MONTH)

    def _get_remark(self):
        """Return in a sentence how far the median can be trusted."""
        if self.gap_count < MIN_GAPS:
            return self.env._("Not known yet: too few gaps.")
        if not self.median_days:
            return self.env._("Not known yet: the history is too short.")
        if self.median_days < self.cycle_id.earliest_days:
            return self.env._("Sooner than earliest; ideal stops there.")
        if not self.is_complete:
            return self.env._("Young history: may be a little lower.")
        return self.env._("Long enough a history to rely on.")

    def _get_proposal_text(self):
        days = self._get_accepted_days()
        if not days:
            return False
        return self.env._(
            "ideal %(ideal_days)s, late %(late_days)s, lapsed %(lapse_days)s", **days
        )

    # ------------------------------------------------------------
    # ACCEPTING
    # ------------------------------------------------------------

    def _get_accepted_days(self):
        """Return the days of the cycle once the median is accepted, if they differ.

        The median becomes ideal. Earliest stays, for it protects the client, and
        ideal never goes below. Late scales with ideal. The call stays as many days
        before, if there are so many. Lapse days follow their usual rule; what the
        salon has set otherwise is only raised to the late days.
        """
        cycle = self.cycle_id
        ideal = max(self.median_days, cycle.earliest_days)
        if not self.median_days or ideal == cycle.ideal_days:
            return {}
        late = max(ideal, round(cycle.late_days * ideal / cycle.ideal_days))
        usual = cycle._get_usual_lapse(cycle.ideal_days, cycle.late_days)
        return {
            "earliest_days": cycle.earliest_days,
            "ideal_days": ideal,
            "late_days": late,
            "lead_days": min(cycle.lead_days, ideal - 1),
            "lapse_days": cycle._get_usual_lapse(ideal, late)
            if cycle.lapse_days == usual
            else max(cycle.lapse_days, late),
        }

    def action_accept(self):
        """Make the real median the ideal days of the cycle."""
        for tuner in self:
            if days := tuner._get_accepted_days():
                tuner.cycle_id.write(days)

    def action_try(self):
        """Show what accepting would do to the call lists."""
        self.ensure_one()
        return self.cycle_id._try_days(self.company_id, self._get_accepted_days())

    # ------------------------------------------------------------
    # LEARNING
    # ------------------------------------------------------------

    def action_learn(self):
        """Learn anew from all visits, as the monthly job does.

        :raise AccessError: for others than managers
        """
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(self.env._("Only a manager can have the cycles learned."))
        # What is learned is the system's; the manager only asks for it now.
        self.env["salon.cycle.norm"].sudo()._cron_refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _learn(self):
        """Write what the visits say about every cycle, at every salon."""
        existing = {(t.company_id.id, t.cycle_id.id): t for t in self.search([])}
        counts = self._get_counts()
        missing = []
        for company_id, cycle_id in self._get_pairs():
            vals = self._prepare_figures(*counts.get((company_id, cycle_id), ()))
            if tuner := existing.get((company_id, cycle_id)):
                tuner.write(vals)
            else:
                missing.append({"company_id": company_id, "cycle_id": cycle_id, **vals})
        self.create(missing)

    @api.model
    def _get_pairs(self):
        """Return all (company, cycle) with the cycle in use at the salon."""
        companies = self.env["res.company"].search([])
        return [
            (company.id, cycle.id)
            for cycle in self.env["salon.cycle"].search([])
            for company in cycle.company_id or companies
        ]

    @api.model
    def _get_counts(self):
        """Return {(company, cycle): (longest gap, first date, waits by length)}.

        What follows a session of a course is left out: the course sets it. Waits are
        (days, came back, all, still open, begun long enough ago to be known
        to the end). A gap longer than the longest one that counts is a client who
        stayed away that long, and so is a long wait.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH %(visits)s
                SELECT company_id, cycle_id, cap, MIN(date),
                       LEAST(COALESCE(gap, day - date), cap + 1) AS days,
                       COUNT(*) FILTER (WHERE gap <= cap),
                       COUNT(*),
                       COUNT(*) FILTER (WHERE gap IS NULL),
                       COUNT(*) FILTER (WHERE date <= day - cap)
                  FROM visit
                 WHERE date >= day - %(history)s AND NOT in_course
              GROUP BY company_id, cycle_id, cap, days
              ORDER BY days""",
                visits=self.env["salon.cycle.norm"]._sql_visits(None),
                history=HISTORY,
            )
        )
        counts = {}
        for company_id, cycle_id, cap, first, *wait in rows:
            known = counts.setdefault((company_id, cycle_id), (cap, first, []))
            waits = [*known[2], tuple(wait)]
            counts[company_id, cycle_id] = (cap, min(first, known[1]), waits)
        return counts

    @api.model
    def _prepare_figures(self, cap=0, first_date=False, waits=()):
        """Return what is known of one cycle; see ``_get_counts``."""
        ends = {days: (back, count) for days, back, count, *_rest in waits}
        gap_count = sum(back for back, _count in ends.values())
        is_complete = sum(wait[4] for wait in waits) >= MIN_GAPS
        median = self._get_median(get_survival(ends, cap), is_complete)
        return {
            "median_days": median if gap_count >= MIN_GAPS else 0,
            "naive_days": self._get_naive_median(ends, gap_count),
            "gap_count": gap_count,
            "open_count": sum(wait[3] for wait in waits),
            "first_date": first_date,
            "is_complete": is_complete,
        }

    @api.model
    def _get_median(self, curve, is_complete):
        """Return when half of those who come back are back; 0 is not known yet.

        :param list curve: share still waiting, by days
        :param bool is_complete: the end of the curve is the share that stays away;
            otherwise that is not known, and taken as nobody
        """
        stay_away = curve[-1] if is_complete else 0
        half = stay_away + (1 - stay_away) / 2
        return next((days for days, share in enumerate(curve) if share <= half), 0)

    @api.model
    def _get_naive_median(self, ends, gap_count):
        """Return the middle of the completed gaps, which forgets all open ones."""
        reached = 0
        for days in sorted(ends):
            reached += ends[days][0]
            if reached and reached >= gap_count / 2:
                return days
        return 0
