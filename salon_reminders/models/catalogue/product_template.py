from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

# Of a service, and from one session of a course to the next, until told otherwise.
USUAL_MINUTES = 60
USUAL_INTERVAL_DAYS = 28
# For whom a service is, and what a client is offered.
AUDIENCES = [
    ("men", "Men"),
    ("women", "Women"),
    ("children", "Children"),
    ("all", "Everybody"),
]


def is_meant_for(audience, client):
    """Tell whether a service is for a client; the unknown excludes nothing.

    :param audience: for whom the service is
    :param client: what the client takes
    """
    return (
        not (audience and client) or "all" in (audience, client) or audience == client
    )


class ProductTemplate(models.Model):
    """Services and retail products of the salon."""

    _inherit = "product.template"

    salon_kind = fields.Selection(
        [
            ("service", "Salon service"),
            ("fee", "Consultation or fee"),
            ("retail", "Retail product"),
        ],
        string="Sold in the salon as",
        index="btree_not_null",
        groups="salon_reminders.group_stylist",
        help="A service makes a visit and renews its cycles. A consultation or fee "
        "is charged but renews nothing. A retail product is taken home.",
    )
    salon_zone_id = fields.Many2one(
        "salon.zone",
        string="Zone",
        index="btree_not_null",
        check_company=True,
        groups="salon_reminders.group_stylist",
    )
    salon_cycle_ids = fields.Many2many(
        "salon.cycle",
        "salon_cycle_product_rel",
        "product_tmpl_id",
        "cycle_id",
        string="Renews cycles",
        groups="salon_reminders.group_stylist",
        help="The needs this service meets: a cut with colour renews two.",
    )
    salon_audience = fields.Selection(
        AUDIENCES,
        string="For whom",
        groups="salon_reminders.group_stylist",
        help="Clients who take services for others only are not offered this one. "
        "Empty or everybody: it is offered to all.",
    )
    salon_duration = fields.Integer(
        "Duration (minutes)",
        compute="_compute_salon_duration",
        store=True,
        readonly=False,
        aggregator=None,
        groups="salon_reminders.group_stylist",
        help="Length of the appointment, in minutes.",
    )
    salon_processing_after = fields.Integer(
        "Processing starts after (minutes)",
        aggregator=None,
        groups="salon_reminders.group_stylist",
        help="Minutes after which the treatment works by itself, e.g. colour.",
    )
    salon_processing_minutes = fields.Integer(
        "Processing time (minutes)",
        aggregator=None,
        groups="salon_reminders.group_stylist",
        help="Minutes in which the stylist can take another client.",
    )
    salon_cleaning_minutes = fields.Integer(
        "Cleaning afterwards (minutes)",
        aggregator=None,
        groups="salon_reminders.group_stylist",
        help="Minutes in which the stylist tidies up after the client has left; nobody "
        "else is booked then.",
    )
    salon_use_days = fields.Integer(
        "Lasts (days)",
        groups="salon_reminders.group_stylist",
        help="Days after which a retail product is probably used up.",
    )

    # Courses
    salon_course_sessions = fields.Integer(
        "Sessions",
        groups="salon_reminders.group_stylist",
        help="How many sessions the client buys at once; 0 when this is no course.",
    )
    salon_course_service_ids = fields.Many2many(
        "product.template",
        "salon_course_service_rel",
        "course_tmpl_id",
        "service_tmpl_id",
        string="Used up by",
        domain=[("salon_kind", "=", "service"), ("salon_course_sessions", "=", 0)],
        groups="salon_reminders.group_stylist",
        help="Each time one of these services is done, it takes one session. Clients "
        "are reminded of their sessions by the cycles that these services renew.",
    )
    salon_course_interval_days = fields.Integer(
        "Interval (days)",
        compute="_compute_salon_course_interval_days",
        store=True,
        readonly=False,
        groups="salon_reminders.group_stylist",
        help="Days from one session to the next; within the course they replace the "
        "client's own rhythm.",
    )
    salon_course_validity_days = fields.Integer(
        "Valid for (days)",
        groups="salon_reminders.group_stylist",
        help="Days after the sale; 0 when it does not expire.",
    )
    salon_course_maintenance_id = fields.Many2one(
        "salon.cycle",
        string="Then",
        groups="salon_reminders.group_stylist",
        help="The cycle that takes over after the last session. Without one, the "
        "ordinary rhythm of the services goes on.",
    )

    _salon_duration_positive = models.Constraint(
        "CHECK(salon_duration >= 0 AND salon_use_days >= 0)",
        "Durations can't be negative.",
    )
    _salon_processing_positive = models.Constraint(
        "CHECK(salon_processing_after >= 0 AND salon_processing_minutes >= 0)",
        "Processing times can't be negative.",
    )
    _salon_cleaning_possible = models.Constraint(
        "CHECK(salon_cleaning_minutes BETWEEN 0 AND 240)",
        "Cleaning takes from 0 to 240 minutes.",
    )
    _salon_course_terms = models.Constraint(
        "CHECK(salon_course_sessions >= 0 AND salon_course_validity_days >= 0"
        " AND (salon_course_sessions = 0 OR salon_course_interval_days > 0))",
        "A course needs an interval of at least one day between its sessions; sessions "
        "and validity can't be negative.",
    )

    def _auto_init(self):
        # Nothing is sold in the salon yet: no product of other apps is worked out.
        for name in ("salon_duration", "salon_course_interval_days"):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "int4")
        return super()._auto_init()

    @api.depends("salon_kind")
    def _compute_salon_duration(self):
        for product in self:
            minutes = product.salon_duration
            if not minutes and product.salon_kind in ("service", "fee"):
                minutes = USUAL_MINUTES
            product.salon_duration = minutes

    @api.depends("salon_course_sessions")
    def _compute_salon_course_interval_days(self):
        for product in self:
            days = product.salon_course_interval_days
            if not days and product.salon_course_sessions:
                days = USUAL_INTERVAL_DAYS
            product.salon_course_interval_days = days

    @api.constrains(
        "salon_course_sessions",
        "salon_course_service_ids",
        "salon_kind",
        "salon_cycle_ids",
    )
    def _check_salon_course(self):
        for course in self.filtered("salon_course_sessions"):
            if error := course._get_salon_course_error():
                raise ValidationError(error)

    def _get_salon_course_error(self):
        """Return what keeps this product from being a course, or nothing."""
        self.ensure_one()
        services = self.salon_course_service_ids
        if self.salon_kind not in ("service", "fee"):
            return self.env._(
                "%(course)s is a course: sell it as a service or a fee.",
                course=self.name,
            )
        if self.salon_cycle_ids:
            return self.env._(
                "Selling %(course)s is not a session yet, so it renews no cycle. Leave "
                "its cycles empty; the services that use it up renew theirs.",
                course=self.name,
            )
        if not services or any(
            s.salon_kind != "service" or s.salon_course_sessions for s in services
        ):
            return self.env._(
                "Choose the services that use up %(course)s: services, not courses.",
                course=self.name,
            )
        return None

    @api.constrains(
        "salon_course_sessions",
        "salon_course_service_ids",
        "salon_course_interval_days",
    )
    def _check_salon_course_interval(self):
        """Refuse sessions that follow faster than is safe."""
        # Who changes a product need not know the salon.
        for course in self.sudo().filtered("salon_course_sessions"):
            cycles = course.salon_course_service_ids.salon_cycle_ids
            for cycle in cycles:
                if course.salon_course_interval_days < cycle.earliest_days:
                    raise ValidationError(
                        self.env._(
                            "The sessions of %(course)s follow each other faster than "
                            "%(cycle)s allows: at least %(days)s days.",
                            course=course.name,
                            cycle=cycle.name,
                            days=cycle.earliest_days,
                        )
                    )

    @api.constrains(
        "salon_duration", "salon_processing_after", "salon_processing_minutes"
    )
    def _check_salon_processing(self):
        # Who changes a product need not know the salon.
        for service in self.sudo().filtered("salon_processing_minutes"):
            after = service.salon_processing_after
            if after + service.salon_processing_minutes > service.salon_duration:
                raise ValidationError(
                    self.env._(
                        "The processing time of %(service)s must lie within its "
                        "duration of %(minutes)s minutes.",
                        service=service.name,
                        minutes=service.salon_duration,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        # As above.
        templates.sudo().salon_cycle_ids._refresh_reminders()
        return templates

    def write(self, vals):
        moving = not {"salon_cycle_ids", "salon_kind", "active"}.isdisjoint(vals)
        # As above.
        cycles = self.sudo().salon_cycle_ids if moving else self.env["salon.cycle"]
        result = super().write(vals)
        if moving:
            (cycles | self.sudo().salon_cycle_ids)._refresh_reminders()
        if not {"salon_course_sessions", "salon_course_service_ids"}.isdisjoint(vals):
            self._refresh_courses()
        return result

    def _refresh_courses(self):
        """Follow a change of what a course is. Empty here: courses are kept above."""
