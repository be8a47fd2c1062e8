from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("percent", "Percent off"),
    ("amount", "Amount off"),
    ("gift_service", "Gift service"),
    ("gift_product", "Gift product"),
    ("bundle", "Bundle price"),
]
GIFTS = {"gift_service": "service", "gift_product": "retail"}
# What was promised to clients, and to whom, stays as it was.
TERMS = {
    *("kind", "percent", "amount", "product_ids", "company_id", "date_from"),
    *("zone_id", "zone_use", "cycle_id", "is_birthday", "birthday_days"),
    *("leaving_reason_ids", "filter_id", "domain", "segment_new", "segment_regular"),
    *("segment_key", "segment_at_risk", "segment_lost", "segment_one_visit"),
}


class SalonPromotion(models.Model):
    """An offer to some of the clients: for whom, what, how long, how often.

    Who is in its audience, to whom it is open and what it takes off a price is told
    in the files beside this one. Limits and budget are kept by the database.
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

    @api.constrains("kind", "product_ids", "amount")
    def _check_products(self):
        for promotion in self:
            error = promotion._get_product_error()
            if error:
                raise ValidationError(error)

    def _get_product_error(self):
        """Return what is wrong with the services of the promotion, or False."""
        self.ensure_one()
        wanted = GIFTS.get(self.kind)
        if wanted and not self.product_ids:
            return self.env._("Choose what is given as a gift.")
        if wanted and set(self.product_ids.mapped("salon_kind")) != {wanted}:
            return self.env._(
                "A gift service must be a service, a gift product a retail product."
            )
        if self.kind == "bundle" and len(self.product_ids) < 2:
            return self.env._("A bundle needs at least two services or products.")
        usual = sum(self.product_ids.mapped("lst_price"))
        if self.kind == "bundle" and self.amount >= usual:
            return self.env._(
                "The bundle costs as much as its parts: %(usual)s. Enter a lower "
                "price.",
                usual=self.currency_id.format(usual),
            )
        return False

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
        changed.filtered(lambda p: p.state == "running")._refresh_members()
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
