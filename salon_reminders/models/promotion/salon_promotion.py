from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import arguments
from ...tools.each import work_each
from ..catalogue.product_template import is_meant_for
from ..insight.salon_client_standing import SEGMENTS
from .promotion_terms import Audience, Terms
from .salon_promotion_hour import WEEKS_BACK

KINDS = [
    ("percent", "Percent off"),
    ("amount", "Amount off"),
    ("gift_service", "Gift service"),
    ("gift_product", "Gift product"),
    ("bundle", "Bundle price"),
]
# What was promised to clients, and to whom, stays as it was.
TERMS = {
    *("kind", "percent", "amount", "product_ids", "company_id", "date_from"),
    *("zone_id", "zone_use", "cycle_id", "is_birthday", "birthday_days"),
    *("leaving_reason_ids", "filter_id", "domain", "segment_new", "segment_regular"),
    *("segment_key", "segment_at_risk", "segment_lost", "segment_one_visit"),
}


def _is_meant(promotion, audience):
    """Tell whether something that a promotion is about is for a client."""
    given = promotion.product_ids.mapped("salon_audience")
    # What names no products is about every service.
    return not promotion.product_ids or any(
        is_meant_for(one, audience) for one in given
    )


class SalonPromotion(models.Model):
    """An offer to some of the clients: for whom, what, how long, how often.

    What it gives is told by its ``Terms``, for whom by its ``Audience``, to whom it is
    open by its participations; it is used on a visit. Limits and budget are kept by
    the database. Who comes into the audience while it runs is kept as a member:
    segments and needs change, and the report compares with those who were in it and
    were not offered it.
    """

    _name = "salon.promotion"
    _description = "Promotion"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        required=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # Stored: its amounts stay in it when the salon changes its currency.
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        required=True,
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env.company._salon_today(),
        tracking=True,
    )
    date_to = fields.Date(
        "Until",
        required=True,
        default=lambda self: fields.Date.add(self.env.company._salon_today(), months=1),
        tracking=True,
        help="The last day on which it is offered, and on which it can be used.",
    )

    # What
    kind = fields.Selection(KINDS, required=True, default="percent", tracking=True)
    percent = fields.Float(default=10.0, aggregator=None, tracking=True)
    amount = fields.Monetary(
        aggregator=None,
        tracking=True,
        help="What is taken off; of a bundle, what all its services cost together.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Services and products",
        domain=[("salon_kind", "!=", False)],
        check_company=True,
        help="What it is about. A gift is one of them, a bundle all of them. Empty: "
        "every service, for percent and amount off.",
    )
    text = fields.Char(
        "What to say",
        translate=True,
        help="How it is told to clients. Empty: put together from what it gives.",
    )
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null")

    # For whom
    segment_new = fields.Boolean("New")
    segment_regular = fields.Boolean("Regular")
    segment_key = fields.Boolean("Key")
    segment_at_risk = fields.Boolean("At risk")
    segment_lost = fields.Boolean("Lost")
    segment_one_visit = fields.Boolean("One visit")
    zone_id = fields.Many2one("salon.zone", check_company=True, ondelete="restrict")
    zone_use = fields.Selection(
        [
            ("ignored", "never used"),
            ("former", "not used for a year"),
            ("used", "used in the last year"),
        ],
        string="Use of the zone",
        default="ignored",
        help="As of the last daily job.",
    )
    cycle_id = fields.Many2one(
        "salon.cycle", string="Due or late in", check_company=True, ondelete="restrict"
    )
    is_birthday = fields.Boolean("Around the birthday")
    birthday_days = fields.Integer("Days before and after", default=7, aggregator=None)
    leaving_reason_ids = fields.Many2many(
        "salon.leaving.reason",
        string="Left because of",
        help="Clients who left for one of these reasons and have not come back.",
    )
    filter_id = fields.Many2one(
        "ir.filters",
        string="Saved filter",
        domain=[("model_id", "=", "res.partner")],
        ondelete="set null",
        help="A search on clients that somebody saved as a favorite. It is copied: "
        "changing the favorite later does not change the promotion.",
    )
    domain = fields.Char(
        "Clients who",
        compute="_compute_domain",
        store=True,
        readonly=False,
        precompute=True,
    )
    audience_count = fields.Integer(
        "Audience",
        compute="_compute_audience_count",
        help="Clients who fit today, whether they agreed to promotions or not.",
    )
    reachable_count = fields.Integer(
        "May be called",
        compute="_compute_audience_count",
        help="Those of them who agreed to be phoned about promotions and have a valid "
        "number.",
    )
    member_ids = fields.One2many("salon.promotion.member", "promotion_id")

    # When
    quiet_only = fields.Boolean(
        "Quiet hours only", help="It can be used in these hours only."
    )
    quiet_share = fields.Integer(
        "Quiet up to (%)",
        default=60,
        aggregator=None,
        help="An hour is quiet as long as no more of the stylists' working time is "
        "taken. Asked again for the very day when the promotion is used.",
    )
    hour_ids = fields.One2many(
        "salon.promotion.hour", "promotion_id", string="Quiet hours", copy=True
    )

    # Limits
    limit_client = fields.Integer(
        "Uses per client", default=1, help="0 means no limit."
    )
    limit_total = fields.Integer("Uses in total", help="0 means no limit.")
    budget = fields.Monetary(
        help="What may be given away altogether, at usual prices, bookings to come "
        "included. 0 means no limit."
    )
    used_count = fields.Integer(
        "Used", readonly=True, copy=False, help="Bookings to come included."
    )
    spent = fields.Monetary(
        "Given away",
        readonly=True,
        copy=False,
        help="What was taken off usual prices, bookings to come included.",
    )
    follow_days = fields.Integer(
        "Followed for (days)",
        default=90,
        aggregator=None,
        help="For so many days it is followed whether clients come back and what they "
        "pay.",
    )

    participation_ids = fields.One2many("salon.promotion.participation", "promotion_id")
    offered_count = fields.Integer("Offered", compute="_compute_counts")
    interested_count = fields.Integer("Interested", compute="_compute_counts")

    _end_after_start = models.Constraint(
        "CHECK(date_to >= date_from)",
        "A promotion can't end before it starts. Check its dates.",
    )
    _percent_range = models.Constraint(
        "CHECK(kind != 'percent' OR (percent > 0 AND percent <= 100))",
        "Enter the percent that are taken off: more than 0, at most 100.",
    )
    _amount_positive = models.Constraint(
        "CHECK(kind NOT IN ('amount', 'bundle') OR COALESCE(amount, 0) > 0)",
        "Enter the amount of the promotion; it must be more than zero.",
    )
    _limits_positive = models.Constraint(
        "CHECK(limit_client >= 0 AND limit_total >= 0 AND budget >= 0"
        " AND follow_days > 0)",
        "Limits and budget can't be negative, and clients are followed for at least "
        "one day.",
    )
    _limit_kept = models.Constraint(
        "CHECK(limit_total = 0 OR COALESCE(used_count, 0) <= limit_total)",
        "The promotion was used as often as its limit allows.",
    )
    _budget_kept = models.Constraint(
        "CHECK(COALESCE(budget, 0) = 0 OR COALESCE(spent, 0) <= budget)",
        "The budget of the promotion does not allow it any more.",
    )
    _birthday_days_range = models.Constraint(
        "CHECK(birthday_days BETWEEN 0 AND 90)",
        "A birthday is near for at most 90 days.",
    )
    _quiet_share_range = models.Constraint(
        "CHECK(quiet_share BETWEEN 1 AND 100)",
        "Say from 1 to 100 percent how full a quiet hour may be.",
    )
    _running_idx = models.Index("(company_id, date_to) WHERE state = 'running'")

    @api.depends("company_id")
    def _compute_currency_id(self):
        for promotion in self:
            promotion.currency_id = promotion.company_id.currency_id

    @api.depends("participation_ids.state", "participation_ids.answer")
    def _compute_counts(self):
        groups = self.env["salon.promotion.participation"]._read_group(
            [("promotion_id", "in", self.ids)],
            ["promotion_id", "state", "answer"],
            ["__count"],
        )
        for promotion in self:
            own = [row for row in groups if row[0] == promotion._origin]
            promotion.offered_count = sum(count for *_key, count in own)
            promotion.interested_count = sum(
                count
                for _promotion, state, answer, count in own
                if state == "used" or answer == "interested"
            )

    @api.depends("filter_id")
    def _compute_domain(self):
        for promotion in self:
            promotion.domain = promotion.filter_id.domain or promotion.domain or "[]"

    @api.depends(
        *(f"segment_{segment}" for segment, _label in SEGMENTS),
        *("zone_id", "zone_use", "cycle_id", "is_birthday", "birthday_days"),
        *("leaving_reason_ids", "domain", "company_id"),
    )
    def _compute_audience_count(self):
        for promotion in self:
            try:
                counts = promotion.company_id and Audience(promotion).count() or (0, 0)
            except (ValidationError, ValueError):
                # Said when it is saved.
                counts = (0, 0)
            promotion.audience_count, promotion.reachable_count = counts

    @api.constrains("kind", "product_ids", "amount")
    def _check_products(self):
        for promotion in self:
            error = Terms(promotion).get_error()
            if error:
                raise ValidationError(error)

    @api.constrains("domain")
    def _check_domain(self):
        for promotion in self:
            # With the rights of whoever wrote it: later it is asked by the system.
            partners = self.env["res.partner"].with_company(promotion.company_id)
            audience = Audience(promotion)
            domain = audience.parse()
            try:
                partners.search(domain, limit=1)
            except (ValueError, TypeError, KeyError) as error:
                raise ValidationError(audience.text_wrong()) from error

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        promotions = super().create(vals_list)
        promotions._follow_state(promotions.filtered(lambda p: p.state == "running"))
        return promotions

    def write(self, vals):
        if not TERMS.isdisjoint(vals):
            self._check_unused(vals)
        if vals.get("active") is False:
            vals = {**vals, "state": "ended"}
        before = {promotion: promotion.state for promotion in self}
        result = super().write(vals)
        if "state" in vals:
            self._follow_state(self.filtered(lambda p: before[p] != p.state))
        return result

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=vals["name"])}
            for vals in super().copy_data(default)
        ]

    def _check_unused(self, vals):
        """Refuse to change what was promised to clients already.

        :raise UserError: naming the promotion
        """
        offered = self.filtered("participation_ids")
        if offered and any(name in vals for name in TERMS):
            raise UserError(
                self.env._(
                    "%(name)s was offered to clients already: its terms and audience "
                    "can't change. End it and make a new one.",
                    name=offered[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_offered(self):
        offered = self.filtered("participation_ids")
        if offered:
            raise UserError(
                self.env._(
                    "%(name)s was offered to clients and belongs to their history. "
                    "End or archive it instead.",
                    name=offered[0].name,
                )
            )

    def _follow_state(self, changed):
        """Take in the audience of what starts, close the offers of what ends."""
        started = changed.filtered(lambda p: p.state == "running")
        self.env["salon.promotion.member"]._refresh(started)
        ended = changed.filtered(lambda p: p.state != "running")
        if ended:
            # Offers are the system's to close.
            participations = self.env["salon.promotion.participation"].sudo()
            participations.search(
                [("promotion_id", "in", ended.ids), ("state", "=", "open")]
            )._close()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_start(self):
        """Start the promotion, or ask first when something looks wrong with it."""
        self.ensure_one()
        self._check_startable()
        starts = self.env["salon.promotion.start"]
        questions = starts._get_questions(self)
        if not questions:
            self.state = "running"
            return False
        start = starts.create(
            {"promotion_id": self.id, "question": "\n".join(questions)}
        )
        return start._get_records_action(
            name=self.env._("Start %(name)s?", name=self.name), target="new"
        )

    def action_end(self):
        """End the promotion; offers that are still open are over."""
        self.write({"state": "ended"})

    def action_open_participations(self):
        """Open who was offered the promotion and what came of it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_promotion_participation_action"
        )
        return {**action, "domain": [("promotion_id", "=", self.id)], "context": {}}

    def action_propose_hours(self):
        """Put the hours that were quiet in the last weeks into the promotion."""
        self.ensure_one()
        load = self.env["salon.load"].with_company(self.company_id)
        cells = load._get_past_hours(WEEKS_BACK)
        quiet = self.hour_ids._prepare_quiet(cells, self.quiet_share)
        self.hour_ids = [
            fields.Command.clear(),
            *(fields.Command.create(vals) for vals in quiet),
        ]
        self.quiet_only = True

    @api.model
    @arguments.checked(
        promotion_id=arguments.record_id,
        partner_id=arguments.record_id,
        answer=arguments.optional(arguments.text),
        call_id=arguments.optional(arguments.record_id),
    )
    def answer_offer(self, promotion_id, partner_id, answer=False, call_id=False):
        """Note that a client was offered a promotion, and what she said.

        :param answer: interested, later or declined; False: offered, no answer yet
        :param call_id: the call on which it was offered
        :return: what is open to her now
        """
        promotion = self.browse(promotion_id).exists()
        partner = self.env["res.partner"].browse(partner_id).exists()
        call = self.env["salon.call"].browse(call_id or []).exists()
        offers = self.env["salon.promotion.participation"]
        offers._check_reception()
        for record in (promotion, partner, call):
            record.check_access("read")
        if call.partner_id - partner or promotion.company_id - self.env.company:
            raise UserError(self.env._("Reload the page: the client has changed."))
        answers = dict(offers._fields["answer"].selection)
        if not promotion or not partner or (answer and answer not in answers):
            raise UserError(
                self.env._("This promotion is not there any more. Reload the page.")
            )
        channel = "phone" if call else None
        offers._offer(promotion, partner, answer, call, channel)
        return offers._get_rows(partner, channel)

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_follow(self):
        """End what is over and take in who came into the audience of what runs.

        Asked every hour, as midnight differs from salon to salon. One promotion that
        fails, such as for a filter on a field that is gone, does not stop the others.

        :raise Exception: the last error, after all others
        """
        self._end_past()
        running = self.search([("state", "=", "running")])
        work_each(running, self.env["salon.promotion.member"]._refresh, "The audience")

    @api.model
    def _end_past(self):
        """End running promotions whose last day is over at their salon."""
        companies = self.env["res.company"].search([])
        self.search(
            Domain("state", "=", "running")
            & Domain.OR(
                Domain("company_id", "=", company.id)
                & Domain("date_to", "<", company._salon_today())
                for company in companies
            )
        ).action_end()

    # ------------------------------------------------------------
    # WHETHER IT RUNS
    # ------------------------------------------------------------

    @api.model
    def _get_running(self, day=None):
        """Return what runs and is not used up, what ends first before the others."""
        company = self.env.company
        day = day or company._salon_today()
        promotions = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "running"),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            order="date_to, id",
        )
        return promotions.filtered(lambda promotion: not promotion._is_used_up())

    def _filter_meant_for(self, clients):
        """Return {client: those of these that are not about services for others}."""
        audiences = clients._get_salon_audiences()
        return {
            client: self.filtered(partial(_is_meant, audience=audiences.get(client.id)))
            for client in clients
        }

    def _is_used_up(self):
        self.ensure_one()
        limit, budget = self.limit_total, self.budget
        return bool(limit and self.used_count >= limit) or bool(
            budget and self.currency_id.compare_amounts(self.spent, budget) >= 0
        )

    def _check_startable(self):
        """Refuse to start what is over already, or counts in another currency.

        :raise UserError: saying what to change
        """
        if self.date_to < self.company_id._salon_today():
            raise UserError(
                self.env._(
                    "%(name)s ended on %(date)s. Choose a later end, or copy it.",
                    name=self.name,
                    date=format_date(self.env, self.date_to),
                )
            )
        self._check_currency()

    def _check_currency(self):
        """Refuse to mix two currencies.

        :raise UserError: when the salon has changed its currency since
        """
        currency = self.company_id.currency_id
        if self.currency_id != currency:
            raise UserError(
                self.env._(
                    "%(name)s was made in %(old)s, but %(salon)s counts in %(new)s "
                    "now. End it and make a new one.",
                    name=self.name,
                    old=self.currency_id.name,
                    salon=self.company_id.name,
                    new=currency.name,
                )
            )

    # ------------------------------------------------------------
    # HOW OFTEN IT WAS USED
    # ------------------------------------------------------------

    def _lock_uses(self):
        """Let one use after the other be counted."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "SELECT id FROM salon_promotion WHERE id = ANY(%s) FOR UPDATE",
                self.ids,
            )
        )

    def _sync_uses(self):
        """Count uses and what was given away anew; the database keeps the limits.

        :raise CheckViolation: when a limit or the budget is exceeded
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE salon_promotion p
                      SET used_count = (
                              SELECT COUNT(*) FROM salon_promotion_participation u
                               WHERE u.promotion_id = p.id AND u.state = 'used'),
                          spent = (
                              SELECT COALESCE(SUM(%s), 0)
                                FROM salon_visit_line l
                               WHERE l.promotion_id = p.id)
                    WHERE p.id = ANY(%s)""",
                self.env["salon.visit.line"]._sql_promotion_saving("l"),
                self.ids,
            )
        )
        self.invalidate_recordset(["used_count", "spent"], flush=False)
