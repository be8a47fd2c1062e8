from itertools import cycle

from odoo import fields

from .teller import Teller

# So many sessions of her course each client in turn has used by now.
USED = (2, 6, 5, 1, 3)
CLIENTS = 6


class Courses(Teller):
    """Sells courses to clients of the demo salon who came for single sessions."""

    def tell(self, services):
        """Sell two kinds of courses, so that some run, end soon and are over."""
        laser = services["laser_face"]
        upkeep = self.env["salon.cycle"].create(
            {
                "name": "Laser upkeep, face",
                "zone_id": laser.salon_zone_id.id,
                "company_id": self.company.id,
                "earliest_days": 90,
                "ideal_days": 180,
                "late_days": 270,
            }
        )
        self._sell(
            laser,
            "Laser, face: 6 sessions",
            list_price=560.0,
            salon_course_interval_days=30,
            salon_course_validity_days=300,
            salon_course_maintenance_id=upkeep.id,
        )
        self._sell(
            services["blow_dry"],
            "Blow-dry 5+1",
            list_price=225.0,
            salon_course_interval_days=14,
            salon_course_validity_days=365,
        )

    def _sell(self, service, name, **terms):
        """Sell a course to those who had most of this service; it has six sessions."""
        course = self.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "salon_kind": "fee",
                "salon_zone_id": service.salon_zone_id.id,
                "company_id": self.company.id,
                "salon_course_sessions": 6,
                "salon_course_service_ids": service.product_tmpl_id.ids,
                **terms,
            }
        )
        line = {"product_id": course.id, "amount": course.lst_price}
        visits = self._choose_visits(service)
        visits.write({"line_ids": [fields.Command.create(line)]})
        courses = self.env["salon.course"].search([("product_id", "=", course.id)])
        courses.session_line_ids.write({"amount": 0.0})

    def _choose_visits(self, service):
        """Return the visits of the sale, one per client."""
        visits = self._search_made(
            ("line_ids.product_id", "=", service.id), order="date, id"
        )
        regulars = sorted(
            visits.grouped("partner_id").values(), key=lambda own: (-len(own), own.ids)
        )
        chosen = self.env["salon.visit"]
        for own, used in zip(regulars[:CLIENTS], cycle(USED), strict=False):
            chosen |= own[-min(used, len(own))]
        return chosen
