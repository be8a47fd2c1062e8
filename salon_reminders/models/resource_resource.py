from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResourceResource(models.Model):
    """A stylist is a resource: working hours and days off come with it."""

    _inherit = "resource.resource"

    is_stylist = fields.Boolean("Stylist", index=True)
    salon_color = fields.Integer("Colour")
    salon_zone_ids = fields.Many2many(
        "salon.zone",
        "salon_stylist_zone_rel",
        "resource_id",
        "zone_id",
        string="Zones",
        help="The departments the stylist works in.",
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
