"""What clients do by themselves: book, come, miss, cancel, change their minds."""

from datetime import timedelta

from .year_diary import Diary
from .year_founding import QUIET, RECEPTION, Welcome
from .year_people import ASSUMED

# Days ahead for which somebody books.
AHEAD = range(1, 12)
# A booking lies ahead for so many days; who has left cancels sooner.
USUALLY_AHEAD, CANCELS_IF_GONE = 6, 0.4
COMING = ("booked", "confirmed")
# Of those without any consent, at a visit.
AGREES_LATER = 0.1


class Clients:
    """The clients of all salons, as they act without being phoned."""

    def __init__(self, world):
        self.world, self.chance = world, world.chance

    def happens(self, what):
        return self.chance.random() < ASSUMED[what]

    def of(self, salon):
        return [p for p in self.world.town.people if p.salon == salon.name]

    def request(self, salon, login=RECEPTION[0]):
        return self.world.request(login, salon, **QUIET)

    # ------------------------------------------------------------
    # DURING THE DAY
    # ------------------------------------------------------------

    def noon(self, salon, day):
        for person in self.of(salon):
            self.strike(person, salon)
        self.answer_for_bookings(salon)
        ahead = [
            (person, services)
            for person, services in self.get_coming(salon, day)
            if self.happens("books ahead")
        ]
        if ahead:
            self.book(salon, ahead, day)

    def strike(self, person, salon):
        """What happens to a few in a year."""
        strikes, tell = self.world.town.strikes, self.world.tell
        if not person.gone and strikes("goes silently"):
            person.gone = True
            tell("clients gone silently")
        if strikes("changes the number"):
            self.give_number(person, salon)
            tell("numbers changed")
        if person.consents and strikes("withdraws consent"):
            with self.request(salon) as env:
                self.card(env, person).action_salon_consent_withdraw()
            tell("consents withdrawn")

    def card(self, env, person):
        return env["res.partner"].browse(person.id)

    def give_number(self, person, salon):
        """Nobody else has the new one."""
        self.world.numbers += 1
        person.phone, person.is_wrong = salon.phone(5000 + self.world.numbers), False
        with self.request(salon) as env:
            self.card(env, person).phone = person.phone

    def answer_for_bookings(self, salon):
        """Some cancel days ahead, others confirm when asked the day before."""
        with self.request(salon, RECEPTION[1]) as env:
            visits = env["salon.visit"].search(
                [
                    ("company_id", "=", salon.id),
                    ("state", "in", COMING),
                    ("start", ">", self.world.now),
                ]
            )
            cancelled = visits.filtered(self.is_cancelled)
            cancelled.action_cancel()
            (visits - cancelled).filtered(self.is_confirmed).action_confirm()
            self.world.tell("visits cancelled", len(cancelled))

    def is_cancelled(self, visit):
        is_gone = self.world.by_id[visit.partner_id.id].gone
        share = ASSUMED["cancels"] / USUALLY_AHEAD
        return self.chance.random() < (CANCELS_IF_GONE if is_gone else share)

    def is_confirmed(self, visit):
        is_near = visit.start - self.world.now < timedelta(2)
        return is_near and self.happens("confirms")

    def get_coming(self, salon, day):
        """Who wants to come, and what for; who has a booking waits for that."""
        booked = self.get_booked(salon)
        return [
            (person, services)
            for person in self.of(salon)
            if person.id not in booked and (services := person.wants(day))
        ]

    def get_booked(self, salon):
        with self.world.registry.cursor() as cr:
            cr.execute(
                """SELECT DISTINCT partner_id FROM salon_visit
                    WHERE company_id = %s AND state IN %s""",
                (salon.id, COMING),
            )
            return {partner_id for (partner_id,) in cr.fetchall()}

    def book(self, salon, people, day):
        """Online or by telephone, some days ahead: (person, services)."""
        diary = Diary(self.world, salon)
        with self.request(salon, RECEPTION[1]) as env:
            bookings = []
            for person, services in people:
                days = [day + timedelta(n) for n in self.chance.sample(AHEAD, 5)]
                place = diary.find(env.cr, person, days, len(services))
                if place:
                    bookings.append(self.prepare(salon, person, services, *place))
            env["salon.visit"].create(bookings)
        self.world.tell("booked without a call", len(bookings))

    def prepare(self, salon, person, services, stylist, moment):
        products = self.get_products(services)
        return {
            "partner_id": person.id,
            "company_id": salon.id,
            "stylist_id": stylist,
            "start": moment,
            "line_ids": [(0, 0, {"product_id": product}) for product in products],
        }

    def get_products(self, services):
        return [self.world.products[name] for name in services]

    # ------------------------------------------------------------
    # THE EVENING
    # ------------------------------------------------------------

    def close_day(self, salon, day):
        """Who was booked came or did not; others came as they were passing by."""
        self.close_visits(salon, day)
        self.take_walk_ins(salon, day)
        share = len(self.of(salon)) * ASSUMED["is new"] * self.world.haste / 365
        if self.chance.random() < share:
            self.take_new(salon, day)

    def close_visits(self, salon, day):
        with self.request(salon) as env:
            visits = env["salon.visit"].search(
                [
                    ("company_id", "=", salon.id),
                    ("state", "in", (*COMING, "arrived")),
                    ("date", "<=", day),
                ]
            )
            missed = visits.filtered(self.is_missed)
            missed.action_no_show()
            made = visits - missed
            self.world.events.use_promotions(made)
            made.action_done()
            for visit in made:
                names = visit.line_ids.product_id.mapped("name")
                person = self.world.by_id[visit.partner_id.id]
                person.served(names, day, self.chance)
            here = made.partner_id.ids
        for partner_id in here:
            self.ask_for_more(self.world.by_id[partner_id], salon)
        self.world.tell("visits missed", len(missed))
        self.world.tell("visits made as booked", len(made))

    def is_missed(self, visit):
        is_gone = self.world.by_id[visit.partner_id.id].gone
        return is_gone or self.happens("misses")

    def ask_for_more(self, person, salon):
        """Who is here may correct the number, and think again about calls."""
        if person.is_wrong:
            self.give_number(person, salon)
            self.world.tell("numbers corrected")
        if not person.consents and self.chance.random() < AGREES_LATER:
            with self.request(salon) as env:
                self.card(env, person).action_salon_consent_give()
            person.consents = frozenset({"reminder"})

    def take_walk_ins(self, salon, day):
        coming = [
            (person, services)
            for person, services in self.get_coming(salon, day)
            if not self.happens("books ahead")
        ]
        self.enter(salon, day, coming)
        self.world.tell("walked in", len(coming))

    def take_new(self, salon, day):
        """Somebody new comes, perhaps to begin a course."""
        person = self.world.town.settle(salon, day)
        self.world.welcome(salon, [person])
        self.enter(salon, day, [(person, person.get_first_services())])
        self.world.tell("new clients")

    def enter(self, salon, day, coming):
        """Visits that are made already."""
        visits = [
            (person, self.get_products(services), day) for person, services in coming
        ]
        with self.world.request(salon=salon, **QUIET) as env:
            Welcome(env, salon).remember(visits)
        for person, services in coming:
            person.served(services, day, self.chance)
