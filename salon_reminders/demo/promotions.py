from datetime import timedelta

from odoo import fields

from ..models.promotion.promotion_terms import Terms
from .teller import Teller

# How many in a hundred of those who agreed to calls agreed to promotions as well
AGREED = 55
AGREED_DAYS_AGO = 90
ANSWERS = ("interested", "interested", "later", "declined", False)
AUTUMN_DAYS, AUTUMN_LENGTH = 130, 60
GIFT_DAYS, GIFTS = 110, 9


class Promotions(Teller):
    """Promotions of the demo salon: one over, three running, one being prepared."""

    def tell(self, services):
        """Create promotions, who was offered them, and the visits that used them."""
        self._agree()
        campaign = self.env["utm.campaign"].create({"name": "Fill the quiet days"})
        self._make_autumn(services)
        self._make_gift(services, campaign)
        self._make_birthday()
        self._make_miss_you()
        self._make_bundle(services)
        self.env["salon.client.standing"]._refresh(self.company)

    def _agree(self):
        """Have clients who agreed to calls agree to be phoned about promotions."""
        consents = self.env["salon.consent"]
        clients = self._get_clients()
        about = {
            "purpose": "promotion",
            "channel": "phone",
            # Before the calls that are told of relied on it.
            "date": self.company._salon_midnight(self._get_day(-AGREED_DAYS_AGO)),
        }
        consents.create(
            [
                consents._prepare_vals(client, "given", "desk", **about)
                for client in clients
                if client.salon_call_consent == "given"
                and self.rng.random() < AGREED / 100
            ]
        )

    def _get_clients(self):
        return self._search("salon.client.standing", order="partner_id").partner_id

    def _get_day(self, days):
        return self.today + timedelta(days=days)

    # ------------------------------------------------------------
    # THE PROMOTIONS
    # ------------------------------------------------------------

    def _make_autumn(self, services):
        """One that is over: percent off what sometimes comes on top."""
        products = services["blow_dry"] | services["hair_treatment"]
        promotion = self._create(
            "Care week",
            date_from=self._get_day(-AUTUMN_DAYS),
            date_to=self._get_day(AUTUMN_LENGTH - AUTUMN_DAYS),
            percent=15,
            product_ids=products.ids,
            follow_days=60,
        )
        promotion.state = "running"
        promotion.member_ids.date = promotion.date_from
        lines = self._find_lines(promotion)
        self._tell_used(promotion, lines)
        others = promotion.member_ids.partner_id - lines.visit_id.partner_id
        self._tell_offers(
            promotion,
            self.rng.sample(list(others), k=min(25, len(others))),
            promotion.date_from,
        )
        promotion.state = "ended"

    def _make_gift(self, services, campaign):
        """A gift visit to a zone that is ignored, in quiet hours."""
        manicure = services["gel_manicure"]
        promotion = self._create(
            "Try our nails",
            kind="gift_service",
            date_from=self._get_day(-GIFT_DAYS),
            date_to=self._get_day(45),
            product_ids=manicure.ids,
            zone_id=manicure.salon_zone_id.id,
            campaign_id=campaign.id,
            limit_total=60,
            budget=3000,
            follow_days=45,
            quiet_only=True,
            hour_ids=[
                fields.Command.create({"weekday": day, "hour_from": 10, "hour_to": 15})
                for day in ("2", "3", "4")
            ],
        )
        promotion.state = "running"
        promotion.member_ids.date = promotion.date_from
        visits = self._find_gift_visits(promotion)
        self._tell_used(promotion, self._add_manicures(visits, manicure))
        for visit in visits[::2]:
            self._add_manicures(self._get_next(visit), manicure)
        others = self._get_reachable(promotion) - visits.partner_id
        chosen = self.rng.sample(list(others), k=min(12, len(others)))
        self._tell_offers(promotion, chosen, self._get_day(-20))

    def _find_gift_visits(self, promotion):
        """Return a visit each of some of the audience who came twice since then."""
        visits = self._search_made(
            ("partner_id", "in", promotion.member_ids.partner_id.ids),
            ("date", ">=", promotion.date_from),
            order="date, id",
        )
        found = visits.browse()
        for own in visits.grouped("partner_id").values():
            if len(own) > 1 and own[1].date > own[0].date:
                found |= own[0]
        return found[:GIFTS]

    def _get_next(self, visit):
        later = visit.partner_id.salon_visit_ids.filtered(
            lambda v: v.state == "done" and not v.is_purchase and v.date > visit.date
        )
        return later.sorted("date")[:1]

    def _add_manicures(self, visits, manicure):
        """Put a manicure on visits that were made; a colleague did it meanwhile."""
        mei = self._ref("resource_resource_mei_demo")
        return self.env["salon.visit.line"].create(
            [
                {
                    "visit_id": visit.id,
                    "product_id": manicure.id,
                    "stylist_id": mei.id,
                    "minutes": 0,
                    "sequence": 20,
                }
                for visit in visits
            ]
        )

    def _make_birthday(self):
        retail = self.env["product.product"].search(
            [
                ("salon_kind", "=", "retail"),
                ("company_id", "in", (False, self.company.id)),
            ],
            order="id",
            limit=1,
        )
        self._create(
            "Happy birthday",
            kind="gift_product",
            product_ids=retail.ids,
            is_birthday=True,
            birthday_days=10,
            date_to=self._get_day(300),
        ).state = "running"

    def _make_miss_you(self):
        promotion = self._create(
            "We miss you",
            percent=20,
            segment_at_risk=True,
            segment_lost=True,
            date_from=self._get_day(-25),
            date_to=self._get_day(35),
            limit_total=40,
        )
        promotion.state = "running"
        promotion.member_ids.date = promotion.date_from
        clients = self._get_reachable(promotion)
        chosen = self.rng.sample(list(clients), k=min(14, len(clients)))
        self._tell_offers(promotion, chosen, promotion.date_from)

    def _make_bundle(self, services):
        products = services["long_cut"] | services["hair_treatment"]
        self._create(
            "Cut and care",
            kind="bundle",
            amount=95,
            product_ids=products.ids,
            segment_regular=True,
            segment_key=True,
            date_from=self._get_day(10),
            date_to=self._get_day(70),
        )

    def _create(self, name, **vals):
        return self.env["salon.promotion"].create({"name": name, **vals})

    # ------------------------------------------------------------
    # WHO WAS OFFERED AND USED THEM
    # ------------------------------------------------------------

    def _get_reachable(self, promotion):
        """Return who is in the audience and may be phoned about it, by card number."""
        partners = promotion.member_ids.partner_id.sorted("id")
        return self.env["salon.gate"]._filter(partners, "promotion", "phone")

    def _find_lines(self, promotion):
        """Return one line per client of visits made that the promotion fits."""
        lines = self.env["salon.visit.line"].search(
            [
                ("visit_id.company_id", "=", self.company.id),
                ("visit_id.state", "=", "done"),
                ("visit_id.partner_id.active", "=", True),
                ("visit_id.date", ">=", promotion.date_from),
                ("visit_id.date", "<=", promotion.date_to),
                ("product_id", "in", promotion.product_ids.ids),
                ("quantity", ">", 0),
                ("amount", ">", 0),
                ("refund_line_ids", "=", False),
            ],
            order="id",
        )
        firsts = {line.visit_id.partner_id.id: line for line in reversed(lines)}
        return lines.browse(sorted(line.id for line in firsts.values()))[:20]

    def _tell_used(self, promotion, lines):
        """Have promotions used on lines of visits that were made."""
        users, terms = self._get_users(), Terms(promotion)
        for line in lines:
            usual = line.amount
            line.write(
                {
                    "promotion_id": promotion.id,
                    "usual_amount": usual,
                    "amount": usual - terms.get_saving(line, usual),
                }
            )
            offered = line.visit_id.start - timedelta(
                days=self.rng.randint(0, 5), hours=1
            )
            self._offer(
                promotion,
                line.visit_id.partner_id,
                offered,
                self.rng.choice(users),
                answer="interested",
                state="used",
                visit_id=line.visit_id.id,
            )
        promotion._sync_uses()

    def _tell_offers(self, promotion, clients, since):
        """Have promotions offered on calls and at booking, with all kinds of answer."""
        users = self._get_users()
        last = min(promotion.date_to, self._get_day(-1))
        for client in clients:
            day = since + timedelta(days=self.rng.randint(0, (last - since).days))
            moment = fields.Datetime.to_datetime(day) + timedelta(
                hours=self.rng.randint(14, 20), minutes=self.rng.randint(0, 59)
            )
            self._offer(
                promotion,
                client,
                moment,
                self.rng.choice(users),
                answer=self.rng.choice(ANSWERS),
                method=self.rng.choice(("call", "call", "desk")),
            )

    def _offer(self, promotion, client, date, user, **vals):
        self.env["salon.promotion.participation"].create(
            {
                "promotion_id": promotion.id,
                "partner_id": client.id,
                "date": date,
                "user_id": user.id,
                "method": "call",
                **vals,
            }
        )
