from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_list


class ResourceResource(models.Model):
    """Employees and other resources that are there already, chosen as stylists.

    Time off is entered on the resource of an employee. A stylist made anew is a second
    resource of the same person, and works right through it.
    """

    _inherit = "resource.resource"

    salon_choice_note = fields.Char(
        "To note",
        compute="_compute_salon_choice_note",
        groups="salon_reminders.group_manager",
        help="What to think of before this resource is a stylist.",
    )

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
