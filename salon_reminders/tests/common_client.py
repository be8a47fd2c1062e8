from datetime import date, timedelta

from odoo.tests import freeze_time

from .common import SalonCase

TODAY = date(2026, 3, 10)


@freeze_time("2026-03-10 09:00:00")
class SalonClientCase(SalonCase):
    """A salon with clients of its own: fifths compare all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._create_company("Fifths")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.company.resource_calendar_id.tz = "Europe/Budapest"
        cls.receptionist.company_ids = cls.manager.company_ids = (
            cls.company | cls.receptionist.company_id
        )
        cls.stylist_user.company_ids = cls.receptionist.company_ids
        cls.stylist = cls._create_stylist("Mia")
        cls.stylist.user_id = cls.stylist_user
        cls.stylist.company_id = cls.company

    def _come(self, name, *days_ago, price=50.0, state="done"):
        """Create a client with a visit so many days ago each."""
        partner = self.env["res.partner"].create({"name": name})
        for days in days_ago:
            self._visit(partner, days, price, state)
        return partner

    def _visit(self, partner, days, price=50.0, state="done", product=None):
        product = product or self.roots_service
        day = (TODAY - timedelta(days=days)).isoformat()
        line = {"product_id": product.id, "amount": price}
        return self._create_visit(
            partner,
            day,
            state=state,
            company_id=self.company.id,
            line_ids=[(0, 0, line)],
        )

    def _refresh(self):
        self.env["salon.client.standing"]._refresh(self.company)

    def _get(self, partner):
        return self.env["salon.client.standing"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def _segments(self, *partners):
        return [self._get(partner).segment for partner in partners]
