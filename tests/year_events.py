"""What the manager does in the course of a life, each at its share of the days."""

from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError

from .year_founding import MANAGER

# {what: at which share of the days}
PLAN = {
    "start_promotion": 0.05,
    "archive_service": 0.15,
    "enter_departure": 0.25,
    "change_cycle": 0.40,
    "move_bookings": 0.42,
    "fix_reasons": 0.55,
    "close_by_surprise": 0.60,
    "start_second_promotion": 0.70,
}
GIVEN_UP = "Lashes"
CHANGED, DAYS = "Cut", {"earliest_days": 14, "ideal_days": 28, "late_days": 40}


class Events:
    """The manager's doings, and what the world must remember of them."""

    def __init__(self, world):
        self.world = world
        self.plan = {}
        for what, share in PLAN.items():
            self.plan.setdefault(int(share * world.days), []).append(what)
        # {stylist id: last day}
        self.leaving = {}
        self.departure = None

    def happen(self, number):
        for what in self.plan.get(number, []):
            getattr(self, what)()
            self.world.tell(what.replace("_", " "))

    def request(self, salon):
        return self.world.request(MANAGER, salon)

    # ---- a stylist leaves ----

    def enter_departure(self):
        """The first stylist of the largest salon leaves; all clients are called."""
        salon = self.world.salons[0]
        last_day = self.world.today + timedelta(max(7, self.world.days // 8))
        with self.request(salon) as env:
            departure = env["salon.departure"].create(
                {
                    "stylist_id": salon.stylist_ids[0],
                    "company_id": salon.id,
                    "last_date": last_day,
                }
            )
            departure.action_call()
            self.departure = departure.id
        self.leaving[salon.stylist_ids[0]] = last_day

    def move_bookings(self):
        """What was booked after the last day goes to the others."""
        with self.request(self.world.salons[0]) as env:
            departure = env["salon.departure"].browse(self.departure)
            departure.action_move_bookings()

    def get_stylists(self, salon, day):
        """Who still works on that day."""
        return [
            stylist
            for stylist in salon.stylist_ids
            if self.leaving.get(stylist, date.max) >= day
        ]

    def get_gone(self, salon):
        """The names of those who have left."""
        gone = [
            stylist
            for stylist in salon.stylist_ids
            if self.leaving.get(stylist, date.max) < self.world.today
        ]
        return [f"Stylist{salon.name}{salon.stylist_ids.index(one)}" for one in gone]

    # ---- what is offered ----

    def archive_service(self):
        """A service is given up, and whoever had it needs it no more."""
        with self.request(self.world.salons[0]) as env:
            product = env["product.product"].browse(self.world.products[GIVEN_UP])
            product.product_tmpl_id.action_archive()
        self.world.town.offered.discard(GIVEN_UP)
        for person in self.world.town.people:
            person.give_up(GIVEN_UP)

    def change_cycle(self):
        with self.request(self.world.salons[0]) as env:
            cycle = env["salon.cycle"].search([("name", "=", CHANGED)])
            cycle.write(DAYS)

    # ---- offers ----

    def start_promotion(self):
        for salon in self.world.salons:
            with self.request(salon) as env:
                today = env.company._salon_today()
                promotion = env["salon.promotion"].create(
                    {
                        "name": "A fifth off",
                        "company_id": salon.id,
                        "date_from": today,
                        "date_to": today + timedelta(max(14, self.world.days // 6)),
                        "percent": 20,
                    }
                )
                question = promotion.action_start()
                if question:
                    env["salon.promotion.start"].browse(
                        question["res_id"]
                    ).action_start()

    start_second_promotion = start_promotion

    def use_promotions(self, visits):
        """Some of today's clients use what is open to them."""
        for visit in visits:
            if self.world.chance.random() < 0.3:
                self.use_promotion(visit)

    def use_promotion(self, visit):
        running = visit.env["salon.promotion"].search(
            [("company_id", "=", visit.company_id.id), ("state", "=", "running")],
            limit=1,
        )
        if not running:
            return
        try:
            with visit.env.cr.savepoint():
                visit.use_promotion(running.id)
            self.world.tell("promotions used")
        except (UserError, ValidationError):
            self.world.tell("promotions not open")

    # ---- news ----

    def fix_reasons(self):
        """What clients left for is mended: each reason at the salon that heard it."""
        for salon in self.world.salons:
            with self.request(salon) as env:
                for reason in env["salon.leaving.reason"].search([]):
                    env["salon.leaving.fix"].create(
                        {
                            "reason_id": reason.id,
                            "company_id": salon.id,
                            "argument": "we open at seven",
                        }
                    )

    def close_by_surprise(self):
        """The water is off the day after tomorrow."""
        day = self.world.today + timedelta(2)
        for salon in self.world.salons[:1]:
            self.world.close(salon, day)
