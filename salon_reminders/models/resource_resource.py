from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Of Odoo's palette, without grey
COLORS = 11


class ResourceResource(models.Model):
    """A stylist is a resource: working hours and days off come with it."""

    _inherit = "resource.resource"

    @api.model
    def _default_salon_color(self):
        """Return the next colour, so that stylists are told apart in the book."""
        # All count, also those of other salons and those who left.
        stylists = self.sudo().with_context(active_test=False)
        return stylists.search_count([("is_stylist", "=", True)]) % COLORS + 1

    is_stylist = fields.Boolean("Stylist", index=True)
    salon_color = fields.Integer(
        "Colour", default=lambda self: self._default_salon_color()
    )
    salon_zone_ids = fields.Many2many(
        "salon.zone",
        "salon_stylist_zone_rel",
        "resource_id",
        "zone_id",
        string="Zones",
        help="The departments the stylist works in.",
    )
    salon_service_ids = fields.Many2many(
        "product.template",
        "salon_stylist_service_rel",
        "resource_id",
        "service_id",
        string="Services",
        domain=[("salon_kind", "in", ("service", "fee"))],
        help="What the stylist does. Leave empty for all services of her zones; "
        "without zones she does everything.",
    )
    salon_duration_ids = fields.One2many(
        "salon.stylist.duration",
        "stylist_id",
        string="Own durations",
        help="Services for which the stylist needs more or less time than usual.",
    )

    @api.constrains("is_stylist", "calendar_id")
    def _check_stylist_hours(self):
        # A resource without working hours counts as free day and night.
        for resource in self:
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
