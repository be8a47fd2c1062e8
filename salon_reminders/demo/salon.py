import random
from datetime import timedelta

from .calls import Calls
from .clients import Clients
from .courses import Courses
from .lost import Lost
from .missed import Missed
from .promotions import Promotions
from .reports import Reports
from .tables import PAUSE_REASONS, PRICES, PROCESSING, STYLISTS, ZONES
from .teller import Teller
from .visits import Visits

# New calls on today's list; open calls of earlier days come on top.
DAILY_CALLS = 20
BIRTHDAY_DAYS = 5


class Salon(Teller):
    """Makes up a believable salon, with its history up to today.

    The same day gives the same salon; a salon that has visits is left alone.
    """

    def __init__(self, env, company, client_count=300):
        context = {
            **env.context,
            "allowed_company_ids": company.ids,
            "tracking_disable": True,
            "no_reset_password": True,
        }
        rng = random.Random(f"{company._salon_today()} {client_count}")
        super().__init__(env(context=context), rng)
        self.client_count = client_count

    def make(self):
        """Fill the company with clients, visits and calls."""
        if self._search("salon.visit", limit=1):
            return
        # Free of a quota until the history of calls is told.
        self.company.salon_daily_quota = 0
        services = self._set_up()
        stories = Clients(self.env, self.rng).tell(self.client_count)
        diary = Visits(self.env, self.rng).tell(stories, services)
        self.env["salon.cycle.norm"]._cron_refresh()
        self._pause_some()
        Courses(self.env, self.rng).tell(services)
        Calls(self.env, self.rng, diary).tell()
        Missed(self.env, self.rng, diary).tell()
        reports = Reports(self.env, self.rng)
        reports.tell()
        self.company.salon_daily_quota = DAILY_CALLS
        self._plan_today()
        self.env["salon.client.standing"]._refresh(self.company)
        Promotions(self.env, self.rng).tell(services)
        reports.tell_moves()
        Lost(self.env, self.rng, diary).tell()
        self._plan_birthdays()

    def _plan_birthdays(self):
        """Put two of those on the list whose birthday is near, beyond the day's places.

        Those only who agreed to calls about offers, as the daily job does it.
        """
        self.company.salon_birthday_days = BIRTHDAY_DAYS
        rows = self.env["salon.call.candidate"]._get_rows()
        near = [row for row in rows if row["kind"] == "birthday" and not row["hold"]]
        self.env["salon.call.planner"]._create_calls(near[:2])

    def _set_up(self):
        """Load the starter set, set prices and the stylists' zones.

        :return: {service key: product}
        """
        records, _added = self.env["salon.starter.set"].create({})._load(ZONES)
        services = {
            key: self._set_price(key, record)
            for (model, key), record in records.items()
            if model == "product.template" and key in PRICES
        }
        for name, zone_keys in STYLISTS.items():
            zones = [records["salon.zone", key].id for key in zone_keys]
            self._ref(name).salon_zone_ids = zones
        return services

    def _set_price(self, key, template):
        after, minutes = PROCESSING.get(key, (0, 0))
        template.write(
            {
                "list_price": PRICES[key],
                "salon_processing_after": after,
                "salon_processing_minutes": minutes,
            }
        )
        return template.product_variant_id

    def _pause_some(self):
        """Pause some reminders, for a reason and a time, and stop some others."""
        reminders = self._search(
            "salon.reminder", ("state", "in", ("due", "late", "lapsed"))
        )
        count = min(len(reminders) // 6, 14)
        chosen = self.rng.sample(list(reminders), k=count)
        for reminder in chosen[::2]:
            days = self.rng.randint(20, 120)
            reminder.write(
                {
                    "pause_until": self.today + timedelta(days=days),
                    "pause_reason": self.rng.choice(PAUSE_REASONS),
                }
            )
        for reminder in chosen[1::2]:
            reminder.is_stopped = True

    def _plan_today(self):
        """Put today's calls on the list by the rules of the daily job."""
        # Not the job itself: it commits, and demo data load in one transaction.
        planner = self.env["salon.call.planner"]
        planner._prepare_day()
        planner._create_calls(planner._get_missed_clients())
        planner._create_calls(self.env["salon.call.candidate"]._get_due_clients())
