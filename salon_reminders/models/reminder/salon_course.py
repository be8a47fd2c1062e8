from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class SalonCourse(models.Model):
    """A series of sessions that a client bought: 6 laser sessions, blow-dry 5+1.

    Sold on a line of a visit, used up by the lines of later visits. Rows are kept by
    ``CourseEngine`` alone and never deleted; a sale that is taken back cancels
    its courses.

    The terms (sessions, interval, expiry, maintenance) are those of the day of sale,
    whatever becomes of the product; a manager may change them for one client. Which
    services count as a session is the product's setting.
    """

    _name = "salon.course"
    _description = "Salon Course"
    _order = "start_date desc, id desc"
    _rec_names_search = ["partner_id.name", "product_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Course",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    service_ids = fields.Many2many(related="product_id.salon_course_service_ids")
    cycle_ids = fields.Many2many(
        "salon.cycle",
        compute="_compute_cycle_ids",
        string="Cycles",
        help="The needs that its sessions meet.",
    )
    state = fields.Selection(
        [
            ("active", "Active"),
            ("finished", "Finished"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="active",
        readonly=True,
        index=True,
    )

    # The sale
    visit_line_id = fields.Many2one(
        "salon.visit.line", string="Sold on", readonly=True, ondelete="set null"
    )
    number = fields.Integer(
        readonly=True, default=1, help="Which of several courses sold on one line."
    )
    start_date = fields.Date("Bought on", required=True, readonly=True)

    # The terms
    sessions = fields.Integer(required=True)
    interval_days = fields.Integer(
        "Interval", required=True, help="Days from one session to the next."
    )
    expiry_date = fields.Date(
        "Valid until", help="The last day on which a session can be used."
    )
    maintenance_cycle_id = fields.Many2one(
        "salon.cycle",
        string="Then",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The cycle that takes over after the last session.",
    )

    # Where it stands
    sessions_used = fields.Integer("Used", readonly=True)
    sessions_left = fields.Integer("Left", readonly=True)
    session_line_ids = fields.One2many(
        "salon.visit.line", "course_id", string="Sessions used"
    )
    last_session_date = fields.Date("Last session", readonly=True)
    next_due_date = fields.Date(
        "Next due", readonly=True, help="Empty while an earlier course is used first."
    )
    book_by_date = fields.Date(
        "Book by",
        readonly=True,
        help="The latest day for the next session: after it the sessions left do not "
        "fit before the course expires.",
    )
    summary = fields.Char("Where it stands", compute="_compute_summary")

    _terms_positive = models.Constraint(
        "CHECK(sessions > 0 AND interval_days > 0)",
        "A course has at least one session and an interval of at least one day.",
    )
    _line_number_uniq = models.Constraint(
        "UNIQUE(visit_line_id, number)", "Each course sold on a visit is there once."
    )
    # Serves the daily job, which ends what expired.
    _expiry_idx = models.Index("(company_id, expiry_date) WHERE state = 'active'")

    @api.depends("product_id.salon_course_service_ids.salon_cycle_ids")
    def _compute_cycle_ids(self):
        for course in self:
            course.cycle_ids = course.service_ids.salon_cycle_ids

    @api.depends("state", "sessions", "sessions_used", "expiry_date", "next_due_date")
    @api.depends_context("lang")
    def _compute_summary(self):
        for course in self:
            course.summary = course._get_state_text()

    @api.depends("partner_id", "product_id")
    def _compute_display_name(self):
        for course in self:
            name = course.partner_id.name or ""
            course.display_name = f"{name}: {course.product_id.name}"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        terms = {"sessions", "interval_days", "expiry_date", "maintenance_cycle_id"}
        if not terms.isdisjoint(vals):
            # What follows from the terms is the system's to write.
            self.env["salon.reminder.engine"].sudo()._refresh(partners=self.partner_id)
        return result

    # ------------------------------------------------------------
    # WHAT PEOPLE READ
    # ------------------------------------------------------------

    def _get_state_text(self):
        """Return where the course stands, in words."""
        return {
            "active": self._get_active_text,
            "finished": self._get_finished_text,
            "expired": self._get_expired_text,
            "cancelled": self._get_cancelled_text,
        }[self.state]()

    def _get_active_text(self):
        """Return which session is next, and when the course can't be finished."""
        self.ensure_one()
        if not self.next_due_date:
            text = self.env._("Begins when the earlier course is used up.")
        else:
            text = self.env._(
                "Session %(number)s of %(total)s is due on %(due)s.",
                number=self.sessions_used + 1,
                total=self.sessions,
                due=format_date(self.env, self.next_due_date),
            )
        return f"{text} {self._get_expiry_text()}".strip()

    def _get_finished_text(self):
        text = self.env._(
            "All %(total)s sessions are used, the last on %(date)s.",
            total=self.sessions,
            date=format_date(self.env, self.last_session_date),
        )
        if not self.maintenance_cycle_id:
            return text
        then = self.env._("Then: %(cycle)s.", cycle=self.maintenance_cycle_id.name)
        return f"{text} {then}"

    def _get_expired_text(self):
        return self.env._(
            "Expired on %(date)s with %(left)s of %(total)s sessions left.",
            date=format_date(self.env, self.expiry_date),
            left=self.sessions_left,
            total=self.sessions,
        )

    def _get_cancelled_text(self):
        return self.env._(
            "Taken back after %(used)s of %(total)s sessions.",
            used=self.sessions_used,
            total=self.sessions,
        )

    def _get_expiry_text(self):
        """Return what it takes to finish in time; nothing when it does not expire."""
        self.ensure_one()
        if not self.book_by_date:
            return ""
        fit = self._get_sessions_that_fit()
        expiry = format_date(self.env, self.expiry_date)
        if fit < self.sessions_left:
            return self.env._(
                "It cannot be finished: at its interval, %(fit)s of the %(left)s "
                "sessions left fit before it expires on %(expiry)s.",
                fit=fit,
                left=self.sessions_left,
                expiry=expiry,
            )
        if self.sessions_left == 1:
            return self.env._(
                "It expires unless this last session is booked by %(expiry)s.",
                expiry=expiry,
            )
        return self.env._(
            "It cannot be finished before it expires on %(expiry)s unless the next "
            "session is booked by %(book_by)s.",
            expiry=expiry,
            book_by=format_date(self.env, self.book_by_date),
        )

    def _get_sessions_that_fit(self):
        """Return how many sessions her interval still allows until the expiry."""
        self.ensure_one()
        today = self.company_id._salon_today()
        first = max(today, self.next_due_date or today)
        # Nobody waits longer than she must: an overdue session fits from today on.
        days = (self.expiry_date - first) // timedelta(days=1)
        return max(days // self.interval_days + 1, 0)

    def _get_call_text(self, need):
        """Return the line of a call that says why she is called for this course."""
        self.ensure_one()
        if self.last_session_date:
            text = self.env._(
                "%(need)s: session %(number)s of %(total)s, %(days)s days after the "
                "last one on %(last)s.",
                need=need,
                number=self.sessions_used + 1,
                total=self.sessions,
                days=self.interval_days,
                last=format_date(self.env, self.last_session_date),
            )
        else:
            text = self.env._(
                "%(need)s: the first of %(total)s sessions, bought on %(date)s.",
                need=need,
                total=self.sessions,
                date=format_date(self.env, self.start_date),
            )
        return f"{text} {self._get_expiry_text()}".strip()
