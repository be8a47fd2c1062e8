from odoo.tests import freeze_time

from .common_client import SalonClientCase


@freeze_time("2026-03-10 09:00:00")
class PromotionCase(SalonClientCase):
    """A salon on a Tuesday at ten with two zones and clients who like promotions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"country_id": cls.env.ref("base.hu").id})
        cls.nails = cls.env["salon.zone"].create({"name": "Nails"})
        cls.roots_service.salon_zone_id = cls.zone
        cls.manicure = cls._create_product(
            "Manicure", "service", type="service", salon_zone_id=cls.nails.id
        )
        cls.shampoo = cls._create_product("Shampoo", "retail", list_price=12.0)
        cls.promotions = cls.env["salon.promotion"]
        cls.offers = cls.env["salon.promotion.participation"]

    @classmethod
    def _create_promotion(cls, name="Spring", start=True, **vals):
        promotion = cls.promotions.create(
            {
                "name": name,
                "date_from": "2026-03-01",
                "date_to": "2026-03-31",
                "percent": 20,
                **vals,
            }
        )
        if start:
            promotion.state = "running"
        return promotion

    def _agree(self, partner, channel="phone", decision="given"):
        consents = self.env["salon.consent"]
        about = {"purpose": "promotion", "channel": channel}
        consents.create(consents._prepare_vals(partner, decision, "desk", **about))

    def _create_fan(self, name, *days_ago, phone=None):
        """Create a client with visits who agreed to be phoned about promotions."""
        self.number = getattr(self, "number", 4000) + 1
        partner = self._come(name, *days_ago)
        partner.write(
            {
                "is_salon_client": True,
                "country_id": self.env.ref("base.hu").id,
                "phone": phone or f"+36 30 555 {self.number}",
            }
        )
        self._agree(partner)
        return partner

    def _book(self, partner, *products, day="2026-03-12", **vals):
        products = products or (self.roots_service,)
        lines = [(0, 0, {"product_id": p.id}) for p in products]
        return self._create_visit(
            partner,
            day,
            state="booked",
            company_id=self.company.id,
            line_ids=lines,
            **vals,
        )

    def _open(self, partner, **kwargs):
        return self.offers._get_open_promotions(partner, **kwargs)[partner]

    def _offer(self, promotion, partner, *args, **kwargs):
        return self.offers._offer(promotion, partner, *args, **kwargs)

    def _as(self, record, user):
        ids = self.company.ids
        return record.with_user(user).with_context(allowed_company_ids=ids)
