from datetime import date, timedelta
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.company_check import foreign_links
from ...tools.server_flags import SERVER_SAYS, is_flagged

DEFAULT_MINUTES = 60
# What becomes of a visit is named here only; everything else asks for one of these.
# Not begun yet: such a booking can still be deleted.
EXPECTED_STATES = ("booked", "confirmed")
# Still to be made; only they take the time of a stylist.
OPEN_STATES = (*EXPECTED_STATES, "arrived")
MADE_STATES = ("done",)
MISSED_STATES = ("cancelled", "no_show")
KEPT_STATES = (*OPEN_STATES, *MADE_STATES)
# These can't be said of a visit before its day.
HERE_STATES = ("arrived", *MADE_STATES, "no_show")
# What is said of a year of a client is said of so many days.
YEAR = 365
CANCEL_REASONS = [
    ("client", "The client"),
    ("illness", "The client is ill"),
    ("salon", "The salon"),
]
# Such a cancellation is nobody's fault, or the salon's own.
EXCUSES = ("illness", "salon")
BOOK_FIELDS = {"state", "start", "stop", "stylist_id", "line_ids", "is_overlap"}
# No salon's records go back further, and nobody books longer ahead.
EARLIEST_DATE = date(1970, 1, 1)
MAX_YEARS_AHEAD = 3
# Nobody sits in a salon for longer.
MAX_HOURS = 12
# What is said so long before a visit is a slip of the finger more often than not.
EARLY = timedelta(hours=1)
DESK = "salon_reminders.group_receptionist"
# What decides which day, and whether, the money of a visit is counted.
MONEY_FIELDS = {"state", "start", "company_id", "amount_total", "date", "is_purchase"}


class SalonVisit(models.Model):
    """An appointment of a client and, once done, what was done and bought.

    A visit is the only way in which anything moves a reminder: bookings, receipts
    and imports all become visits, and every change of a visit ends in
    ``_after_change``. A visit without a client is a walk-in. A receipt with retail
    products only is a purchase (``is_purchase``), not a visit.
    """

    _name = "salon.visit"
    _description = "Salon Visit"
    _inherit = ["mail.thread"]
    _order = "start desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Empty for a walk-in.",
    )
    is_walk_in = fields.Boolean(
        "Walk-in",
        compute="_compute_is_walk_in",
        readonly=False,
        help="Somebody who gives no name. Chosen in the form, so that a client who was "
        "forgotten is not taken for one.",
    )
    stylist_id = fields.Many2one(
        "resource.resource",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("is_stylist", "=", True)],
        check_company=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("booked", "Booked"),
            ("confirmed", "Confirmed"),
            ("arrived", "Arrived"),
            ("done", "Done"),
            ("no_show", "No-show"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="booked",
        index=True,
        tracking=True,
    )
    cancel_reason = fields.Selection(
        CANCEL_REASONS,
        "Who cancelled",
        readonly=True,
        copy=False,
        tracking=True,
        help="Empty for what an import brought, and when nobody was asked.",
    )
    # When
    start = fields.Datetime(
        required=True, index=True, default=fields.Datetime.now, tracking=True
    )
    stop = fields.Datetime(
        compute="_compute_stop",
        store=True,
        readonly=False,
        help="Follows from the length of the services unless it is set by hand.",
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        help="The day of the visit at the salon.",
    )
    # What
    line_ids = fields.One2many("salon.visit.line", "visit_id", string="Lines")
    amount_total = fields.Monetary("Total", compute="_compute_amount_total", store=True)
    is_purchase = fields.Boolean(
        compute="_compute_is_purchase",
        store=True,
        help="Only retail products were bought, or money was taken back; this is "
        "not a visit.",
    )
    services = fields.Char(compute="_compute_services")
    receipt = fields.Char("Receipt no.", help="The number of the receipt, if any.")
    note = fields.Text("Formula and notes")
    color = fields.Integer(related="stylist_id.salon_color")

    # What the client thought of it: the stylist neither gives nor sees it, so that
    # clients can be frank.
    rating = fields.Selection(
        [
            ("1", "Bad"),
            ("2", "Poor"),
            ("3", "Fair"),
            ("4", "Good"),
            ("5", "Very good"),
        ],
        copy=False,
        tracking=True,
        groups=DESK,
        help="What the client said when asked: 1 to 5 stars.",
    )
    rating_comment = fields.Text(
        "What the client said",
        copy=False,
        groups=DESK,
        help="In the client's own words.",
    )

    _stop_after_start = models.Constraint(
        "CHECK(stop IS NULL OR stop >= start)", "A visit can't end before it starts."
    )
    # Serves the book: a day or a week of it.
    _company_start_idx = models.Index("(company_id, start)")
    # Serves the history of a client and the rebuild of her reminders.
    _partner_date_idx = models.Index("(partner_id, date) WHERE partner_id IS NOT NULL")
    # Serves the reports, which follow each client from one visit to the next: what they
    # ask stands in it, so that they need not go through the visits themselves.
    _made_idx = models.Index(
        "(company_id, partner_id, date, id)"
        " INCLUDE (is_purchase, stylist_id, amount_total)"
        " WHERE state = 'done' AND partner_id IS NOT NULL"
    )

    @api.model
    def _sql_in_year(self, visit, until):
        """Return the condition that a visit was made in the year up to a day.

        What a client paid in a year is the sum over these visits.

        :param str visit: alias of a row of visits
        :param SQL until: the last day of the year
        """
        return SQL(
            "%(v)s.state IN %(made)s AND %(v)s.date > %(until)s - %(year)s"
            " AND %(v)s.date <= %(until)s",
            v=SQL.identifier(visit),
            made=MADE_STATES,
            until=until,
            year=YEAR,
        )

    @api.depends("partner_id")
    def _compute_is_walk_in(self):
        for visit in self:
            visit.is_walk_in = bool(visit._origin) and not visit.partner_id

    @api.depends("start", "line_ids.minutes")
    def _compute_stop(self):
        for visit in self:
            visit.stop = visit.start and visit.start + timedelta(
                minutes=visit.line_ids._get_minutes() or DEFAULT_MINUTES
            )

    # A changed time zone moves all visits at once: ``_salon_follow_clock``.
    @api.depends("start", "company_id")
    def _compute_date(self):
        for visit in self:
            visit.date = visit.start and visit.company_id._salon_date(visit.start)

    @api.depends("line_ids.amount")
    def _compute_amount_total(self):
        for visit in self:
            visit.amount_total = sum(line.amount for line in visit.line_ids)

    @api.depends(
        "line_ids.product_id.salon_kind", "line_ids.quantity", "line_ids.amount"
    )
    def _compute_is_purchase(self):
        for visit in self:
            visit.is_purchase = bool(visit.line_ids) and not any(
                line.quantity > 0
                and line.amount >= 0
                and line.product_id.salon_kind != "retail"
                for line in visit.line_ids
            )

    @api.depends("line_ids.product_id")
    @api.depends_context("lang")
    def _compute_services(self):
        for visit in self:
            visit.services = ", ".join(visit.line_ids.product_id.mapped("name"))

    @api.depends("partner_id", "services")
    @api.depends_context("salon_services_only")
    def _compute_display_name(self):
        # Where the client's name stands beside it, her visit needs no second one.
        is_short = self.env.context.get("salon_services_only")
        for visit in self:
            who = visit.partner_id.name or self.env._("Walk-in")
            name = f"{who}: {visit.services}" if visit.services else who
            visit.display_name = visit.services if is_short and visit.services else name

    @api.constrains("start")
    def _check_date_range(self):
        # Typing errors: they would make a rhythm of decades or hide the client.
        latest_dates = {
            company: fields.Date.add(company._salon_today(), years=MAX_YEARS_AHEAD)
            for company in self.company_id
        }
        for visit in self:
            latest = latest_dates[visit.company_id]
            if not EARLIEST_DATE <= visit.date <= latest:
                raise ValidationError(
                    self.env._(
                        "Check the date of the visit: %(date)s can't be right. It must "
                        "lie between %(first)s and %(last)s.",
                        date=visit.date,
                        first=EARLIEST_DATE,
                        last=latest,
                    )
                )

    # Also for what follows from its lines, which ask for it.
    @api.constrains("start", "stop")
    def _check_length(self):
        if self._is_taken_over():
            return
        for visit in self.filtered("stop"):
            length = visit.stop - visit.start
            if length > timedelta(hours=MAX_HOURS):
                raise ValidationError(
                    self.env._(
                        "The visit of %(client)s on %(date)s would take %(hours)s "
                        "hours; at most %(most)s are possible. Check its end, and how "
                        "long its services take.",
                        client=visit.partner_id.name or self.env._("a walk-in"),
                        date=visit.date,
                        # A minute too much is more than the whole hours.
                        hours=f"{ceil(length.total_seconds() / 360) / 10:g}",
                        most=MAX_HOURS,
                    )
                )

    def _is_taken_over(self):
        """Tell whether this comes from another system: history was as it was."""
        return is_flagged(self.env, "salon_taken_over")

    @api.constrains("state", "start")
    def _check_done_date(self):
        today = {company: company._salon_today() for company in self.company_id}
        for visit in self:
            if visit.state in HERE_STATES and visit.date > today[visit.company_id]:
                raise ValidationError(
                    self.env._(
                        "The visit of %(client)s on %(date)s is still to come. "
                        "Move it to the right day or leave it booked.",
                        client=visit.partner_id.name or self.env._("a walk-in"),
                        date=visit.date,
                    )
                )

    # Only when it is given: a visit that is reopened keeps its rating for later.
    @api.constrains("rating")
    def _check_rating(self):
        for visit in self:
            if visit.rating and visit.state not in MADE_STATES:
                raise ValidationError(
                    self.env._(
                        "%(visit)s is not done yet. Close the visit, then rate it.",
                        visit=visit.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        # The lines are made inside; one refresh for the whole batch follows.
        batch = self.with_context(
            salon_visit_batch=SERVER_SAYS, salon_lines_by=SERVER_SAYS
        )
        visits = super(SalonVisit, batch).create(vals_list).with_env(self.env)
        visits._complete_new()
        visits._take_times()
        visits._after_change(visits.partner_id)
        return visits

    def write(self, vals):
        self.env["res.partner"]._check_salon_clients([vals])
        self._check_own_clients()
        if not MONEY_FIELDS.isdisjoint(vals):
            self._check_past()
        moving = not self._reminder_fields().isdisjoint(vals)
        partners = self.partner_id if moving else self.env["res.partner"]
        following = "stylist_id" in vals and self._get_following_lines(
            vals.get("line_ids") or ()
        )
        batch = self.with_context(salon_visit_batch=SERVER_SAYS)
        result = super(SalonVisit, batch).write(vals)
        if following:
            # Lines replaced by the same change are gone.
            batch_lines = following.exists().with_context(salon_visit_batch=SERVER_SAYS)
            batch_lines.stylist_id = vals["stylist_id"]
        if not BOOK_FIELDS.isdisjoint(vals):
            self._take_times()
        if moving:
            self._after_change(partners | self.partner_id)
        return result

    def _check_company(self, fnames=None):
        # An import creates thousands at once.
        return super(SalonVisit, foreign_links(self))._check_company(fnames)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if is_flagged(self.env, "salon_taken_back"):
            # An import that was a mistake never was history.
            return
        if any(visit.state not in EXPECTED_STATES for visit in self):
            raise UserError(
                self.env._(
                    "This visit belongs to the client's history. Cancel it or correct "
                    "it instead of deleting it."
                )
            )

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        self._after_change(partners)
        return result

    def _check_own_clients(self):
        """Keep stylists from visits of clients whose cards they see no more.

        Moved to today, such a visit would open the card again.

        :raise AccessError: for stylists
        """
        if self.env.su or self.env.user.has_group(DESK):
            return
        partners = self.partner_id
        if partners != partners._filtered_access("read"):
            raise AccessError(
                self.env._(
                    "This visit lies too far from today for you to change it. Ask the "
                    "reception."
                )
            )

    def _get_past(self):
        """Return the visits whose money was counted on a day that is over."""
        today = {company: company._salon_today() for company in self.company_id}
        return self.filtered(
            lambda visit: (
                visit.state in MADE_STATES and visit.date < today[visit.company_id]
            )
        )

    def _check_past(self):
        """Leave the money of days gone by to managers.

        What comes from a till or an order follows its document, as the system.

        :raise AccessError: for anybody else
        """
        if self.env.su or self.env.user.has_group("salon_reminders.group_manager"):
            return
        if past := self._get_past():
            raise AccessError(
                self.env._(
                    "The day of this visit is over, and its money is counted: "
                    "%(visits)s. Ask a manager to correct it.",
                    visits=", ".join(past.mapped("display_name")),
                )
            )

    @api.model
    def _reminder_fields(self):
        """Return the fields whose change moves reminders."""
        return {"state", "start", "partner_id", "company_id", "line_ids"}

    @api.model
    def _after_change(self, partners):
        """Bring all that depends on the visits of these clients in line with them.

        The single consequence of every change of a visit, whoever makes it.
        """
        if not partners or is_flagged(self.env, "salon_visit_batch"):
            return
        # What follows from visits follows whoever changes them: a stylist who closes
        # a visit has no rights of her own on reminders and calls.
        partners_sudo = partners.sudo()
        partners_sudo._salon_become_clients()
        self.sudo()._follow_visits(partners_sudo)

    @api.model
    def _follow_visits(self, partners):
        """Let follow what a room keeps that depends on these clients' visits.

        Empty here: reminders, then calls, are brought in line.
        """

    def _complete_new(self):
        """Complete visits that were just made, before their times are taken.

        Empty here: what was booked on a call is shared out among stylists.
        """

    def _take_times(self):
        """Keep stylists busy at the times of these visits. Empty here: see the book."""

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_confirm(self):
        """The client said that she will come."""
        self.write({"state": "confirmed"})

    def action_arrive(self):
        """The client is here."""
        self.write({"state": "arrived"})

    def action_done(self):
        """Mark the visit as done; its services renew their cycles.

        :raise UserError: when a visit has no lines, as nothing would be renewed
        """
        empty = self.filtered(lambda visit: not visit.line_ids)
        if empty:
            raise UserError(
                self.env._(
                    "Enter what was done for %(clients)s first, then close the visit.",
                    clients=", ".join(empty.mapped("display_name")),
                )
            )
        self.write({"state": "done"})

    def action_no_show(self):
        """Mark a missed booking; her reminders come back."""
        self.write({"state": "no_show"})

    def action_cancel(self):
        """Cancel the booking; the client's reminders come back."""
        self.write({"state": "cancelled"})

    def action_book(self):
        """Put the visit back to booked, to undo a click."""
        self.write({"state": "booked"})

    # ------------------------------------------------------------
    # STEPS THAT ARE ASKED ABOUT
    # ------------------------------------------------------------

    def action_ask_arrive(self):
        """Let the client arrive; hours before the visit it is asked."""
        return self._ask_early("arrived") or self.action_arrive()

    def action_ask_done(self):
        """Mark the visit as done; hours before it, it is asked."""
        return self._ask_early("done") or self.action_done()

    def action_ask_no_show(self):
        """Mark a missed booking; hours before it, it is asked."""
        return self._ask_early("no_show") or self.action_no_show()

    def action_ask_cancel(self):
        """Ask who cancels, then cancel."""
        return self._ask_step("cancelled")

    def _ask_early(self, state):
        """Return the question whether this is no slip of the finger, or nothing."""
        soon = fields.Datetime.now() + EARLY
        # Of another day it is refused, not asked about.
        early = self.filtered(
            lambda visit: (
                visit.start > soon and visit.date <= visit.company_id._salon_today()
            )
        )
        return self._ask_step(state) if early else None

    def _ask_step(self, state):
        self.check_access("write")
        names = dict(self._fields["state"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": names[state],
            "res_model": "salon.visit.step",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_visit_ids": self.ids, "default_state": state},
        }

    def _step_to(self, state, reason=False):
        """Make a step that was confirmed.

        :param reason: who cancels
        """
        if state == "cancelled":
            self.write({"state": state, "cancel_reason": reason})
            return
        {
            "booked": self.action_book,
            "confirmed": self.action_confirm,
            "arrived": self.action_arrive,
            "done": self.action_done,
            "no_show": self.action_no_show,
        }[state]()

    def _get_late_text(self):
        """Return that a cancellation now counts as late. Empty here: see the book."""
        return ""

    # ------------------------------------------------------------
    # OF WHOM IS ARCHIVED
    # ------------------------------------------------------------

    @api.model
    def _get_coming(self, domain):
        """Return the bookings still to be made, of all salons of the user."""
        coming = Domain("state", "in", OPEN_STATES)
        coming &= Domain("stop", ">", fields.Datetime.now())
        return self.search(coming & Domain(domain), order="start, id")

    @api.model
    def _ask_archiving(self, _bookings, **_whom):
        """Ask what becomes of the bookings of whom is archived.

        Nothing is asked here: see the book.

        :param _whom: the clients or stylists, by the field that takes them
        """
        return None

    @api.model
    def _get_salon_kept_texts(self):
        return super()._get_salon_kept_texts() | {"receipt"}

    # ------------------------------------------------------------
    # ONE SERVICE AFTER THE OTHER
    # ------------------------------------------------------------

    def _get_following_lines(self, commands):
        """Return the lines that go to another stylist together with their visit.

        :param commands: changes of lines; who is named there stays
        """
        named = {
            command[1]
            for command in commands
            if command[0] == fields.Command.UPDATE and "stylist_id" in command[2]
        }
        return self.line_ids.filtered(
            lambda line: (
                line.id not in named and line.stylist_id == line.visit_id.stylist_id
            )
        )

    def _get_schedule(self):
        """Return when each service of the visit is done, one after the other.

        :return: a list of (line, stylist, start, stop); the last one ends with the
            visit. Without timed lines the visit is one block.
        """
        self.ensure_one()
        blocks, start = [], self.start
        for line in self.line_ids.sorted("sequence"):
            if line.minutes and start < self.stop:
                stop = min(start + timedelta(minutes=line.minutes), self.stop)
                blocks.append([line, line.stylist_id or self.stylist_id, start, stop])
                start = stop
        if not blocks:
            blocks = [[self.line_ids[:0], self.stylist_id, self.start, self.stop]]
        blocks[-1][-1] = self.stop
        return [tuple(block) for block in blocks]
