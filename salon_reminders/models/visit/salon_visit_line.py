from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, float_compare, format_amount

from ...tools.company_check import foreign_links
from ...tools.server_flags import is_flagged

# What a line is worth, to whom and for what.
MONEY_FIELDS = {
    *("product_id", "quantity", "amount", "visit_id"),
    *("refunded_line_id", "net_quantity"),
}
# Each course sold is a record of its own; more is a slip of the finger.
MAX_COURSES = 20
# So is more of one service at one visit.
MAX_SERVICES = 20


class SalonVisitLine(models.Model):
    """One service or product of a visit.

    A negative quantity or amount takes something back. When it names the line it
    refunds, that line's ``net_quantity`` falls; at zero it renews no cycle any more.
    """

    _name = "salon.visit.line"
    _description = "Salon Visit Line"
    # Not by visit: reading the lines of a moved visit would write its new start
    # before its new end is known.
    _order = "sequence, id"
    _check_company_auto = True

    visit_id = fields.Many2one(
        "salon.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="visit_id.company_id")
    date = fields.Date(related="visit_id.date")
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Service or product",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("salon_kind", "!=", False)],
        check_company=True,
    )
    salon_kind = fields.Selection(related="product_id.salon_kind")
    stylist_id = fields.Many2one(
        "resource.resource",
        compute="_compute_stylist_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain=[("is_stylist", "=", True)],
        check_company=True,
    )
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    minutes = fields.Integer(
        compute="_compute_minutes",
        store=True,
        readonly=False,
        precompute=True,
        aggregator="sum",
        help="Length of the service with this stylist. The services of a visit follow "
        "one after the other.",
    )
    start = fields.Datetime(compute="_compute_times")
    stop = fields.Datetime(compute="_compute_times")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What was paid for the line, after discounts. Nothing is proposed for a "
        "session of a course, which is paid already.",
    )

    # Refunds
    refunded_line_id = fields.Many2one(
        "salon.visit.line",
        string="Refunds",
        index="btree_not_null",
        ondelete="set null",
        help="The earlier line that this line takes back.",
    )
    refund_line_ids = fields.One2many(
        "salon.visit.line", "refunded_line_id", string="Refunded by"
    )
    net_quantity = fields.Float(
        compute="_compute_net_quantity",
        store=True,
        digits="Product Unit",
        help="Quantity less what was refunded.",
    )

    @api.depends("visit_id.stylist_id")
    def _compute_stylist_id(self):
        for line in self:
            line.stylist_id = line.stylist_id or line.visit_id.stylist_id

    @api.depends("product_id", "quantity", "stylist_id")
    def _compute_minutes(self):
        own = self.env["salon.stylist.duration"]._get_all(self.stylist_id)
        for line in self:
            line.minutes = line.product_id._get_salon_minutes(
                line.stylist_id, line.quantity, own
            )

    @api.depends("minutes", "sequence", "visit_id.start", "visit_id.stop")
    def _compute_times(self):
        times = {
            line: (start, stop)
            for visit in self.visit_id
            if visit.start and visit.stop
            for line, _stylist, start, stop in visit._get_schedule()
        }
        for line in self:
            line.start, line.stop = times.get(line, (False, False))

    @api.depends("product_id", "quantity")
    def _compute_amount(self):
        prepaid = self._get_prepaid()
        for line in self:
            price = 0 if line in prepaid else line.product_id.lst_price
            line.amount = line.quantity * price

    @api.depends("quantity", "refund_line_ids.quantity")
    def _compute_net_quantity(self):
        for line in self:
            back = sum(refund.quantity for refund in line.refund_line_ids)
            line.net_quantity = line.quantity + back

    @api.constrains("refunded_line_id")
    def _check_refund(self):
        for line in self.filtered("refunded_line_id"):
            refunded = line.refunded_line_id
            if line.quantity >= 0 or refunded.refunded_line_id:
                raise ValidationError(
                    self.env._(
                        "A refund needs a quantity below zero, and can't take back "
                        "another refund."
                    )
                )

    @api.constrains("refunded_line_id", "quantity")
    def _check_refunded_quantity(self):
        """Nothing is taken back twice: neither by one refund nor by several."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for line in self.refunded_line_id | self.filtered("refund_line_ids"):
            back = -sum(line.refund_line_ids.mapped("quantity"))
            if float_compare(back, line.quantity, precision_digits=digits) > 0:
                raise ValidationError(
                    self.env._(
                        "%(service)s was sold %(sold)s times on %(date)s, so it can't "
                        "be taken back %(back)s times. Check the refunds.",
                        service=line.product_id.display_name,
                        sold=f"{line.quantity:g}",
                        date=line.date,
                        back=f"{back:g}",
                    )
                )

    @api.constrains("product_id", "quantity")
    def _check_course_quantity(self):
        courses = self.product_id.filtered("salon_course_sessions")
        for line in self.filtered(lambda line: line.product_id in courses):
            if line.quantity > MAX_COURSES or line.quantity % 1:
                raise ValidationError(
                    self.env._(
                        "%(course)s is sold as a whole, at most %(most)s on one line.",
                        course=line.product_id.name,
                        most=MAX_COURSES,
                    )
                )

    @api.constrains("product_id", "quantity")
    def _check_service_quantity(self):
        if self.visit_id._is_taken_over():
            return
        for line in self.filtered(lambda line: line.salon_kind == "service"):
            if line.quantity > MAX_SERVICES:
                raise ValidationError(
                    self.env._(
                        "%(quantity)s times %(service)s is more than one visit takes. "
                        "Enter at most %(most)s.",
                        quantity=f"{line.quantity:g}",
                        service=line.product_id.name,
                        most=MAX_SERVICES,
                    )
                )

    @api.constrains("product_id", "quantity", "minutes")
    def _check_visit_length(self):
        self.visit_id._check_length()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_visit_access(vals_list)
        # Nothing is refunded yet: no second statement for what is left of a line.
        lines = super().create(
            [{**vals, "net_quantity": vals.get("quantity", 1.0)} for vals in vals_list]
        )
        lines._check_past()
        lines._note_past(lines._get_past_texts(self.env._("Added: %s")))
        lines._after_change()
        return lines

    def write(self, vals):
        self._check_visit_access([vals])
        is_money = not MONEY_FIELDS.isdisjoint(vals)
        before = self._begin_money() if is_money else []
        result = super().write(vals)
        if is_money:
            self._end_money(before)
        if not {"product_id", "quantity", "visit_id", "refunded_line_id"}.isdisjoint(
            vals
        ):
            self._after_change()
        elif not {"minutes", "sequence", "stylist_id"}.isdisjoint(vals):
            self._take_times()
        return result

    def unlink(self):
        self._check_past()
        self._note_past(self._get_past_texts(self.env._("Removed: %s")))
        visits = (self | self.refunded_line_id).visit_id
        result = super().unlink()
        visits._after_change(visits.partner_id)
        return result

    # ------------------------------------------------------------
    # DAYS GONE BY
    # ------------------------------------------------------------

    def _is_by_server(self):
        """Tell whether these lines come with their visit, from an import or a till."""
        return self.env.su or is_flagged(self.env, "salon_lines_by")

    def _check_past(self):
        if not self._is_by_server():
            self.visit_id._check_past()

    def _begin_money(self):
        self._check_past()
        return self._get_past_texts(self.env._("Before: %s"))

    def _end_money(self, before):
        # The lines may have come to another visit.
        self._check_past()
        self._note_past(before + self._get_past_texts(self.env._("Now: %s")))

    def _get_past_texts(self, text):
        """Return [(visit, what a line of it is worth)] of the days gone by.

        :param str text: what is said of each line, with its place in it
        """
        if self._is_by_server():
            return []
        past = self.visit_id._get_past()
        return [
            (line.visit_id, text % line._text_worth())
            for line in self
            if line.visit_id in past
        ]

    def _text_worth(self):
        amount = format_amount(self.env, self.amount, self.currency_id)
        return f"{self.product_id.name}, {self.quantity:g}, {amount}"

    def _note_past(self, texts):
        """Keep in the history of each visit what was said of its lines."""
        for visit, text in texts:
            visit._message_log(body=text)

    def _check_visit_access(self, vals_list):
        """Refuse lines on visits the user may not change.

        Otherwise a stylist would open any visit by adding a line of her own to it.
        """
        ids = {vals["visit_id"] for vals in vals_list if vals.get("visit_id")}
        if ids and not self.env.su:
            self.env["salon.visit"].browse(ids).check_access("write")

    def _check_company(self, fnames=None):
        # An import creates thousands at once.
        return super(SalonVisitLine, foreign_links(self))._check_company(fnames)

    def _after_change(self):
        # Within a change of the visit, the visit does it once at the end.
        if is_flagged(self.env, "salon_visit_batch"):
            return
        visits = (self | self.refunded_line_id).visit_id
        self._take_times()
        visits._after_change(visits.partner_id)

    def _take_times(self):
        if not is_flagged(self.env, "salon_visit_batch"):
            self.visit_id._take_times()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_prepaid(self):
        """Return the lines that were paid before. Empty here: courses fill it."""
        return self.browse()

    def _get_minutes(self):
        """Return the length of the services among these lines, in minutes."""
        return sum(self.mapped("minutes"))

    @api.model
    def _sql_join_cycles(self):
        """Return the joins from visit ``v`` to the cycles ``c`` its services renew."""
        return SQL(
            """JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
               JOIN product_product p ON p.id = l.product_id
               JOIN product_template pt
                 ON pt.id = p.product_tmpl_id AND pt.salon_kind = 'service'
               JOIN salon_cycle_product_rel rel ON rel.product_tmpl_id = pt.id
               JOIN salon_cycle c ON c.id = rel.cycle_id
                AND (c.company_id IS NULL OR c.company_id = v.company_id)"""
        )
