from odoo import api, fields, models


class SalonStylistDuration(models.Model):
    """How long a stylist takes for a service, where that differs from the others."""

    _name = "salon.stylist.duration"
    _description = "Own Duration of a Stylist"
    _order = "stylist_id, service_id"

    stylist_id = fields.Many2one(
        "resource.resource",
        required=True,
        ondelete="cascade",
        domain=[("is_stylist", "=", True)],
        index=True,
    )
    service_id = fields.Many2one(
        "product.template",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("salon_kind", "in", ("service", "fee"))],
    )
    minutes = fields.Integer(required=True, aggregator=None)

    _stylist_service_uniq = models.Constraint(
        "UNIQUE(stylist_id, service_id)",
        "The stylist has an own duration for this service already.",
    )
    _minutes_positive = models.Constraint(
        "CHECK(minutes > 0)", "A service takes at least one minute."
    )

    @api.model
    def _get_all(self, stylists):
        """Return {(stylist id, service id): minutes} of these stylists."""
        if not stylists._origin:
            return {}
        # How long a colleague takes is no secret of hers, and decides her bookings.
        rows = self.sudo().search_fetch(
            [("stylist_id", "in", stylists._origin.ids)],
            ["stylist_id", "service_id", "minutes"],
        )
        return {(row.stylist_id.id, row.service_id.id): row.minutes for row in rows}
