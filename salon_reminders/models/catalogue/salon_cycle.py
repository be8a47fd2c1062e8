from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Under two months nobody is called lost, however short the cycle is.
MIN_LAPSE_DAYS = 60


class SalonCycle(models.Model):
    """A need that comes back, such as a root touch-up, with its times in days.

    All times count from the client's last visit for this need.
    """

    _name = "salon.cycle"
    _description = "Salon Cycle"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share it with every salon."
    )
    zone_id = fields.Many2one(
        "salon.zone",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    color = fields.Integer(related="zone_id.color")
    family_id = fields.Many2one(
        "salon.cycle",
        string="Same need as",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain=[("family_id", "=", False)],
        help="Short cut and long cut are one need, as is a toner within a colour: "
        "a client is reminded of one of them only; the newest visit decides which.",
    )
    member_ids = fields.One2many("salon.cycle", "family_id", string="Same need")

    # Times
    earliest_days = fields.Integer(
        "Earliest",
        required=True,
        aggregator=None,
        default=21,
        help="Nobody is reminded before.",
    )
    ideal_days = fields.Integer(
        "Ideal",
        required=True,
        aggregator=None,
        default=35,
        help="When the visit should follow.",
    )
    late_days = fields.Integer(
        "Late",
        required=True,
        aggregator=None,
        default=49,
        help="From here on the client is late.",
    )
    lead_days = fields.Integer(
        "Call before",
        required=True,
        aggregator=None,
        default=7,
        help="Days before the due date at which the call is put on the list.",
    )
    lapse_days = fields.Integer(
        "Lapsed after",
        aggregator=None,
        compute="_compute_lapse_days",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="From here on the client counts as lapsed and is asked why.",
    )

    # What renews it
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "salon_cycle_product_rel",
        "cycle_id",
        "product_tmpl_id",
        string="Services",
        domain=[("salon_kind", "=", "service")],
        help="The services that renew this cycle.",
    )
    is_given_up = fields.Boolean(
        "Not offered any more",
        compute="_compute_is_given_up",
        help="Archived, or all its services are: nobody is called about it.",
    )

    _days_order = models.Constraint(
        "CHECK(earliest_days > 0 AND earliest_days <= ideal_days"
        " AND ideal_days <= late_days)",
        "The days of a cycle must rise: earliest, ideal, late, and be above zero.",
    )
    _lead_range = models.Constraint(
        "CHECK(lead_days >= 0 AND lead_days < ideal_days)",
        "The call must come before the due date, but after the last visit: choose "
        "fewer days for the call than the ideal cycle has.",
    )
    _lapse_range = models.Constraint(
        "CHECK(lapse_days >= late_days)",
        "A client can't be lapsed before being late.",
    )

    @api.depends("ideal_days", "late_days")
    def _compute_lapse_days(self):
        for cycle in self:
            cycle.lapse_days = self._get_usual_lapse(cycle.ideal_days, cycle.late_days)

    @api.model
    def _get_usual_lapse(self, ideal_days, late_days):
        """Return the lapse days of a salon that does not set its own."""
        return max(2 * ideal_days, MIN_LAPSE_DAYS, late_days)

    @api.depends("active", "product_tmpl_ids.active")
    def _compute_is_given_up(self):
        for cycle in self:
            services = cycle.with_context(active_test=False).product_tmpl_ids
            is_offered = not services or any(services.mapped("active"))
            cycle.is_given_up = not (cycle.active and is_offered)

    @api.model
    def _sql_given_up(self):
        """Return the ids of the cycles that are not offered, as ``is_given_up``."""
        return SQL(
            """SELECT y.id
                 FROM salon_cycle y
            LEFT JOIN salon_cycle_product_rel o ON o.cycle_id = y.id
            LEFT JOIN product_template ot ON ot.id = o.product_tmpl_id
             GROUP BY y.id
               HAVING y.active IS NOT TRUE
                   OR COUNT(ot.id) > 0 AND NOT bool_or(ot.active)"""
        )

    @api.constrains("family_id")
    def _check_family(self):
        """A family has one head; more steps would make nobody sure what is one need."""
        for cycle in self.with_context(active_test=False).filtered("family_id"):
            head = cycle.family_id
            if head == cycle or head.family_id or cycle.member_ids:
                raise ValidationError(
                    self.env._(
                        "%(cycle)s can't be the same need as %(other)s: one of them "
                        "belongs to another need already. Choose the one cycle that "
                        "all of them name.",
                        cycle=cycle.name,
                        other=head.name,
                    )
                )

    def _get_family(self):
        """Return these cycles with those that are the same needs."""
        cycles = self.with_context(active_test=False)
        heads = cycles.family_id | cycles.filtered(lambda one: not one.family_id)
        return self | heads | heads.member_ids

    @api.model
    def _has_families(self):
        """Tell whether any cycles are one need; without it nothing has to be sorted."""
        # What is one need does not depend on who asks.
        cycles = self.sudo().with_context(active_test=False)
        return bool(cycles.search_count([("family_id", "!=", False)], limit=1))

    @api.model
    def _sql_family(self, cycle):
        """Return what cycles of one need have in common.

        :param SQL cycle: alias of a cycle
        """
        return SQL("COALESCE(%(cycle)s.family_id, %(cycle)s.id)", cycle=cycle)

    @api.constrains("product_tmpl_ids")
    def _check_services(self):
        for cycle in self:
            wrong = cycle.product_tmpl_ids.filtered(
                lambda p: p.salon_kind != "service" or p.salon_course_sessions
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "Only services renew a cycle. Take these out of %(cycle)s: "
                        "%(products)s",
                        cycle=cycle.name,
                        products=", ".join(wrong.mapped("name")),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cycles = super().create(vals_list)
        cycles.filtered(
            lambda cycle: cycle.product_tmpl_ids or cycle.family_id
        )._refresh_reminders()
        return cycles

    def write(self, vals):
        # Who leaves a family sets the others free.
        family = self._get_family() if "family_id" in vals else self
        result = super().write(vals)
        if not self._reminder_fields().isdisjoint(vals):
            family._refresh_reminders()
        return result

    @api.model
    def _reminder_fields(self):
        """Return the fields whose change moves the reminders of a cycle."""
        return {
            "active",
            "earliest_days",
            "ideal_days",
            "late_days",
            "lead_days",
            "lapse_days",
            "product_tmpl_ids",
            "company_id",
            "family_id",
        }

    def _refresh_reminders(self):
        """Follow changed cycles. Empty here: reminders are kept above."""
