from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

# Of Odoo's palette, without grey
COLORS = 11


class ResourceResource(models.Model):
    """A stylist is a resource: working hours and days off come with it."""

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
        help="What the stylist does. Leave empty for all services of her zones; "
        "without zones she does everything.",
    )
    salon_duration_ids = fields.One2many(
        "salon.stylist.duration",
        "stylist_id",
        string="Own durations",
        groups="salon_reminders.group_stylist",
        help="Services for which the stylist needs more or less time than usual.",
    )

    def _auto_init(self):
        # Nobody is a stylist yet: no resource of other apps needs a colour.
        if not column_exists(self.env.cr, self._table, "salon_color"):
            create_column(self.env.cr, self._table, "salon_color", "int4")
        return super()._auto_init()

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
                        "The working hours of %(stylist)s must say from when to when "
                        "she works; flexible hours can't be booked.",
                        stylist=resource.name,
                    )
                )

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
