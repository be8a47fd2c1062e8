import random
from datetime import timedelta

from odoo import api, models

from .salon_demo_data import PAUSE_REASONS, PRICES, PROCESSING, STYLISTS, ZONES

# New calls on today's list; open calls of earlier days come on top.
DAILY_CALLS = 20


class SalonDemo(models.AbstractModel):
    """Makes up a believable salon, with its history up to today.

    The same day gives the same salon. It is called by the demo data only; a salon
    that has visits is left alone.
    """

    _name = "salon.demo"
    _description = "Demo Salon"

    @api.model
    def _generate(self, client_count=300):
        """Fill the current company with clients, visits and calls."""
        company = self.env.company
        if self.env["salon.visit"].search_count([("company_id", "=", company.id)]):
            return
        demo = self.with_context(tracking_disable=True, no_reset_password=True)
        # Free of a quota until the history of calls is told.
        company.salon_daily_quota = 0
        rng = random.Random(f"{company._salon_today()} {client_count}")
        services = demo._set_up_salon()
        clients = demo.env["salon.demo.client"]._generate(rng, client_count)
        diary = demo.env["salon.demo.visit"]._generate(rng, clients, services)
        demo.env["salon.cycle.norm"]._cron_refresh()
        demo._pause_some(rng)
        demo.env["salon.demo.course"]._generate(services)
        demo.env["salon.demo.call"]._generate(rng, diary)
        demo.env["salon.demo.missed"]._generate(diary)
        demo.env["salon.demo.report"]._generate(rng)
        company.salon_daily_quota = DAILY_CALLS
        demo._plan_today()
        demo.env["salon.client.standing"]._refresh(company)
        demo.env["salon.demo.promotion"]._generate(rng, services)
        demo.env["salon.demo.report"]._tell_moves()
        demo.env["salon.demo.lost"]._generate(rng, diary)

    def _set_up_salon(self):
        """Load the starter set, set prices and the stylists' zones.

        :return: {service key: product}
        """
        records, _added = self.env["salon.starter.set"].create({})._load(ZONES)
        services = {}
        for (model, key), record in records.items():
            if model == "product.template" and key in PRICES:
                after, minutes = PROCESSING.get(key, (0, 0))
                record.write(
                    {
                        "list_price": PRICES[key],
                        "salon_processing_after": after,
                        "salon_processing_minutes": minutes,
                    }
                )
                services[key] = record.product_variant_id
        for name, zone_keys in STYLISTS.items():
            zones = [records["salon.zone", key].id for key in zone_keys]
            self._get_stylist(name).salon_zone_ids = zones
        return services

    @api.model
    def _get_stylist(self, name):
        return self.env.ref(f"salon_reminders.{name}")

    def _pause_some(self, rng):
        """Pause some reminders, for a reason and a time, and stop some others."""
        today = self.env.company._salon_today()
        reminders = self.env["salon.reminder"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("due", "late", "lapsed")),
            ],
            order="id",
        )
        chosen = rng.sample(list(reminders), k=min(len(reminders) // 6, 14))
        for reminder in chosen[::2]:
            reminder.write(
                {
                    "pause_until": today + timedelta(days=rng.randint(20, 120)),
                    "pause_reason": rng.choice(PAUSE_REASONS),
                }
            )
        for reminder in chosen[1::2]:
            reminder.is_stopped = True

    def _plan_today(self):
        """Put today's calls on the list by the rules of the daily job."""
        # Not the job itself: it commits, and demo data load in one transaction.
        planner = self.env["salon.call.planner"]
        planner._prepare_day()
        planner._create_calls(self.env["salon.follow.up"]._get_clients())
        planner._create_calls(planner._get_due_clients())
