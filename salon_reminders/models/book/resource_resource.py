from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_list
from odoo.tools.sql import column_exists, create_column

from ..visit.salon_visit import DESK

# Of Odoo's palette, without grey
COLORS = 11


class ResourceResource(models.Model):
    """A stylist is a resource: working hours and days off come with it.

    Employees and other resources that are there already are chosen as stylists. Time
    off is entered on the resource of an employee: a stylist made anew is a second
    resource of the same person, and works right through it.
    """

    _inherit = "resource.resource"

    is_stylist = fields.Boolean(
        "Stylist", index=True, groups="salon_reminders.group_stylist"
    )
    salon_color = fields.Integer(
        "Colour",
        compute="_compute_salon_color",
        store=True,
        readonly=False,
        groups="salon_reminders.group_stylist",
    )
    salon_zone_ids = fields.Many2many(
        "salon.zone",
        "salon_stylist_zone_rel",
        "resource_id",
        "zone_id",
        string="Zones",
        groups="salon_reminders.group_stylist",
        help="The departments the stylist works in.",
    )
    salon_service_ids = fields.Many2many(
        "product.template",
        "salon_stylist_service_rel",
        "resource_id",
        "service_id",
        string="Services",
        domain=[("salon_kind", "in", ("service", "fee"))],
        groups="salon_reminders.group_stylist",
        help="What the stylist does. Leave empty for all services of the zones; "
        "without zones the stylist does everything.",
    )
    salon_duration_ids = fields.One2many(
        "salon.stylist.duration",
        "stylist_id",
        string="Own durations",
        groups="salon_reminders.group_stylist",
        help="Services for which the stylist needs more or less time than usual.",
    )

    # For the manager to say, not for an admin
    salon_sees_numbers = fields.Boolean(
        "Sees phone numbers",
        compute="_compute_salon_sees_numbers",
        inverse="_inverse_salon_sees_numbers",
        groups="salon_reminders.group_manager",
        help="Lets the user of this stylist see the numbers of their clients. "
        "Receptionists and managers see them anyway.",
    )

    # Choosing a resource that is there already
    salon_choice_note = fields.Char(
        "To note",
        compute="_compute_salon_choice_note",
        groups="salon_reminders.group_manager",
        help="What to think of before this resource is a stylist.",
    )

    @api.depends("is_stylist")
    def _compute_salon_color(self):
        """Give new stylists the next colours, so that the book tells them apart."""
        new = self.filtered(lambda one: one.is_stylist and not one.salon_color)
        # All count, also those of other salons and those who left.
        stylists = self.with_context(active_test=False)
        others = [("is_stylist", "=", True), ("id", "not in", new._origin.ids)]
        number = stylists.search_count(others) if new else 0
        for resource in self - new:
            resource.salon_color = resource.salon_color
        for resource in new:
            resource.salon_color = number % COLORS + 1
            number += 1

    @api.constrains("is_stylist", "calendar_id")
    def _check_stylist_hours(self):
        # A resource without working hours counts as free day and night. Whoever
        # changes the hours of an employee need not know that this one is a stylist.
        for resource in self.sudo():
            if resource.is_stylist and not resource.calendar_id:
                raise ValidationError(
                    self.env._(
                        "Set the working hours of %(stylist)s; without them every "
                        "hour would look free.",
                        stylist=resource.name,
                    )
                )
            if resource.is_stylist and resource.calendar_id.flexible_hours:
                raise ValidationError(
                    self.env._(
                        "The working hours of %(stylist)s must say from when to when; "
                        "flexible hours can't be booked.",
                        stylist=resource.name,
                    )
                )

    @api.depends("user_id.group_ids")
    def _compute_salon_sees_numbers(self):
        for stylist in self:
            # Groups are for administrators; this one is told.
            user_sudo = stylist.user_id.sudo()
            stylist.salon_sees_numbers = user_sudo and user_sudo.has_group(
                "salon_reminders.group_phone_numbers"
            )

    def _inverse_salon_sees_numbers(self):
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(self.env._("Only managers say who sees phone numbers."))
        group = self.env.ref("salon_reminders.group_phone_numbers")
        for stylist in self:
            stylist.user_id.check_access("read")
            stylist._check_sees_numbers()
            command = (
                fields.Command.link(group.id)
                if stylist.salon_sees_numbers
                else fields.Command.unlink(group.id)
            )
            # This group only, and only of a stylist: nobody becomes more than that.
            stylist.user_id.sudo().group_ids = [command]

    @api.depends("user_id", "company_id", "calendar_id", "is_stylist")
    @api.depends_context("lang")
    def _compute_salon_choice_note(self):
        twins = self._get_salon_twins()
        employed = self._origin._filter_salon_employed()
        for resource in self:
            texts = [
                resource._text_hours_missing(),
                resource._text_twins(twins[resource], resource._origin in employed),
            ]
            resource.salon_choice_note = " ".join(filter(None, texts))

    @api.constrains("is_stylist")
    def _check_stylist_bookings(self):
        """Keep whoever has bookings: nobody would see them in the book."""
        former = self.filtered(lambda resource: not resource.is_stylist)
        # Whoever keeps resources need not know the book.
        busy = (
            self.env["salon.visit.busy"]
            .sudo()
            .search(
                [
                    ("stylist_id", "in", former.ids),
                    ("stop", ">", fields.Datetime.now()),
                ],
                limit=1,
            )
        )
        if busy:
            raise ValidationError(
                self.env._(
                    "%(stylist)s still has bookings. Hand them over first: open the "
                    "stylist and use Leaves.",
                    stylist=busy.stylist_id.name,
                )
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def _auto_init(self):
        # Nobody is a stylist yet: no resource of other apps needs a colour.
        if not column_exists(self.env.cr, self._table, "salon_color"):
            create_column(self.env.cr, self._table, "salon_color", "int4")
        return super()._auto_init()

    def write(self, vals):
        """Say in plain words whose hours a manager of the salon can't change.

        Hours of employees are theirs: the app that keeps them refuses the change.
        """
        try:
            return super().write(vals)
        except AccessError as error:
            if "calendar_id" not in vals or not self._filter_salon_employed():
                raise
            raise UserError(
                self.env._(
                    "The working hours of %(people)s are kept with the employee, which "
                    "you may not change. Ask whoever manages the employees for hours "
                    "that say from when to when.",
                    people=format_list(self.env, self.mapped("name")),
                )
            ) from error

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_archive(self):
        """Ask the salon first what becomes of the bookings of these stylists."""
        # The system, such as another app that archives an employee, is not asked.
        if not self.env.su and self.env.user.has_group(DESK):
            visits = self.env["salon.visit"]
            bookings = visits._get_coming([("busy_ids.stylist_id", "in", self.ids)])
            if question := visits._ask_archiving(bookings, stylist_ids=self):
                return question
        return super().action_archive()

    def action_salon_choose(self):
        """Make stylists of these people.

        :raise AccessError: for anybody but managers
        :raise UserError: when one has no hours to be booked at, or is chosen twice
        """
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(self.env._("Only managers choose stylists."))
        new = self.filtered(lambda resource: not resource.is_stylist)
        new._check_salon_people()
        new._check_salon_hours()
        twins = new._get_salon_twins()
        new._check_salon_twins(twins)
        new.is_stylist = True
        for resource in new:
            for former in twins[resource].filtered("is_stylist"):
                resource._take_over_stylist(former)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "salon_reminders.resource_resource_action_stylists"
        )
        return {**action, "target": "main"}

    def _check_salon_people(self):
        things = self.filtered(lambda resource: resource.resource_type != "user")
        if things:
            raise UserError(
                self.env._(
                    "Only people are stylists, not %(things)s.",
                    things=format_list(self.env, things.mapped("name")),
                )
            )

    def _check_salon_hours(self):
        """Refuse people without hours at which they can be booked, all at once."""
        without = self.filtered(lambda resource: resource._text_hours_missing())
        if without:
            raise UserError(
                self.env._(
                    "Nobody can be booked without working hours that say from when to "
                    "when. Choose such hours in the column Working hours for "
                    "%(people)s, or take them out of the choice. Hours of employees "
                    "are kept in the Employees app.",
                    people=format_list(self.env, without.mapped("name")),
                )
            )

    def _check_salon_twins(self, twins):
        """Refuse two resources of one person, and any but that of the employee.

        :param dict twins: see ``_get_salon_twins``
        """
        employed = (self | self.union(*twins.values()))._filter_salon_employed()
        for resource in self:
            others = twins[resource]
            better = resource not in employed and others & employed
            if better or others & self:
                keep = better or others & self
                raise UserError(
                    self.env._(
                        "%(one)s and %(other)s are the same person, the user %(user)s. "
                        "Choose one of them: the one of the employee, for whom time "
                        "off is entered.",
                        one=resource.name,
                        other=keep[0].name,
                        user=resource.user_id.name,
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_ends(self, company):
        """Return {stylist id: end of the last day at a salon}, naive UTC.

        Empty here: who leaves is known above.
        """
        return {}

    def _is_gone(self, day, company):
        """Return which of these stylists do not work at a salon any more on a day.

        Nobody here: who leaves is known above.
        """
        return self.browse()

    def _can_do(self, service):
        """Return whether the stylist does this product or template."""
        self.ensure_one()
        template = (
            service.product_tmpl_id if service._name == "product.product" else service
        )
        if self.salon_service_ids:
            return template in self.salon_service_ids
        zones = self.salon_zone_ids
        return (
            not zones or not template.salon_zone_id or template.salon_zone_id in zones
        )

    # ------------------------------------------------------------
    # WHO SEES NUMBERS
    # ------------------------------------------------------------

    def _check_sees_numbers(self):
        """Refuse for whom the answer is given by another role.

        :raise UserError: naming the user
        """
        user_sudo = self.user_id.sudo()
        is_stylist = user_sudo.has_group("salon_reminders.group_stylist")
        if not is_stylist or user_sudo.has_group("salon_reminders.group_receptionist"):
            raise UserError(
                self.env._(
                    "This can be set for users with the role of a stylist only; "
                    "%(user)s has another one.",
                    user=user_sudo.name or self.name,
                )
            )

    # ------------------------------------------------------------
    # SEVERAL RESOURCES OF ONE PERSON
    # ------------------------------------------------------------

    def _get_salon_twins(self):
        """Return {resource: other resources of the same user at the same salon}.

        An employee of two companies rightly has two.
        """
        people = self.env["resource.resource"].search(
            [("user_id", "in", self.user_id.ids), ("resource_type", "=", "user")]
        )
        by_user = people.grouped("user_id")
        nobody = people.browse()
        return {
            resource: (
                by_user.get(resource.user_id, nobody) - resource._origin
            ).filtered(
                lambda other, salon=resource.company_id: (
                    not salon or not other.company_id or other.company_id == salon
                )
            )
            for resource in self
        }

    def _filter_salon_employed(self):
        """Return those that stand for a record of another app, such as an employee."""
        mixin, found = self.env.registry["resource.mixin"], set()
        for name, model in self.env.registry.items():
            if model._auto and not model._abstract and issubclass(model, mixin):
                # That there is an employee is no secret.
                owners = self.env[name].sudo().with_context(active_test=False)
                groups = owners._read_group(
                    [("resource_id", "in", self.ids)], ["resource_id"]
                )
                found.update(resource.id for (resource,) in groups)
        return self.filtered(lambda resource: resource.id in found)

    def _take_over_stylist(self, former):
        """Let this resource of the same person stand where another stylist stood.

        Bookings, history and all else go along; the other resource stays, as none of
        the salon's any more.
        """
        self.ensure_one()
        self.write(
            {
                "salon_color": former.salon_color,
                "salon_zone_ids": former.salon_zone_ids.ids,
                "salon_service_ids": former.salon_service_ids.ids,
            }
        )
        self.env.flush_all()
        # Set-based: the history of years comes along, and nothing follows from it.
        for model, name in self._get_stylist_links():
            table, field = SQL.identifier(model._table), SQL.identifier(name)
            new, old = self.id, former.id
            self.env.cr.execute(
                SQL("UPDATE %s SET %s=%s WHERE %s=%s", table, field, new, field, old)
            )
        self.env.invalidate_all()
        former.is_stylist = False

    @api.model
    def _get_stylist_links(self):
        """Return the (model, name) of all fields of the salon that name a stylist."""
        return [
            (self.env[name], field.name)
            for name, model in self.env.registry.items()
            if name.startswith("salon.") and model._auto and not model._abstract
            for field in self.env[name]._fields.values()
            if field.store
            and field.type == "many2one"
            and field.comodel_name == "resource.resource"
        ]

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _text_hours_missing(self):
        """Return what keeps these hours from being booked, or nothing."""
        hours = self.calendar_id
        if not hours:
            return self.env._("Has no working hours.")
        if hours.flexible_hours:
            return self.env._("Has flexible hours, which can't be booked.")
        if not hours.attendance_ids:
            return self.env._("Has working hours without a single hour.")
        return None

    def _text_twins(self, twins, is_employed):
        """Return what another resource of the same person means, or nothing."""
        former = twins.filtered("is_stylist")
        if self.is_stylist and twins:
            return self.env._(
                "The same person is also %(other)s, whose time off is not seen here. "
                "Choose that one instead.",
                other=twins[0].name,
            )
        if former and is_employed:
            return self.env._(
                "Is a stylist as %(other)s already. Choose this one, and it takes over "
                "the bookings and clients, with its own working hours and time off.",
                other=former[0].name,
            )
        if twins:
            return self.env._(
                "The same person is also %(other)s. Choose the one of the employee.",
                other=twins[0].name,
            )
        return None
