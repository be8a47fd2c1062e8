from datetime import timedelta

from odoo import models


class ProductProduct(models.Model):
    """Variants take everything that concerns the salon from their product."""

    _inherit = "product.product"

    def write(self, vals):
        # Odoo would write inherited fields one by one; the terms of a course are
        # right or wrong only together.
        salon_vals = {name: vals[name] for name in vals if name.startswith("salon_")}
        if salon_vals:
            self.product_tmpl_id.write(salon_vals)
            vals = {name: vals[name] for name in vals if name not in salon_vals}
        return super().write(vals)

    def _get_salon_minutes(self, stylist, quantity, durations):
        """Return how long this service takes with a stylist, in minutes.

        Selling a course takes no time; its sessions do.

        :param dict durations: see ``salon.stylist.duration._get_all``
        """
        service = self.product_tmpl_id
        if (
            service.salon_kind not in ("service", "fee")
            or service.salon_course_sessions
            or quantity <= 0
        ):
            return 0
        key = (stylist._origin.id, service._origin.id)
        minutes = durations.get(key, service.salon_duration)
        return minutes * max(1, round(quantity))

    def _get_salon_busy(self, start, stop):
        """Return the stretches of a service that keep the stylist busy.

        In between the treatment works by itself, and she can take another client. At
        the end she cleans up, when the client has left.
        """
        clean = stop + timedelta(minutes=self.salon_cleaning_minutes)
        if not self.salon_processing_minutes:
            return [(start, clean)]
        begin = start + timedelta(minutes=self.salon_processing_after)
        end = begin + timedelta(minutes=self.salon_processing_minutes)
        stretches = [(start, min(begin, stop)), (end, clean)]
        return [(first, last) for first, last in stretches if first < last]
