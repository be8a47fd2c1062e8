"""The people of a lived year: what each client really does, and how often.

Nothing here knows the product. What is assumed of people stands in ``ASSUMED`` alone;
``docs/manager.md`` tells it beside the figures that come of it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

# What a salon offers: (earliest, ideal, late days), and the share of clients with it.
SERVICES = {
    "Cut": ((10, 25, 35), 0.45),
    "Roots": ((21, 35, 49), 0.35),
    "Manicure": ((10, 18, 28), 0.30),
    "Brows": ((14, 25, 42), 0.20),
    "Facial": ((21, 35, 50), 0.15),
    "Lashes": ((12, 20, 28), 0.10),
    "Laser": ((42, 49, 63), 0.10),
}
COURSE, SOLD_AS_COURSE = "Laser, 6 sessions", "Laser"
# What is believed of people, as shares of one unless it says otherwise.
ASSUMED = {
    # Of a year's clients.
    "goes silently": 0.15,
    "is new": 0.15,
    "changes the number": 0.05,
    "withdraws consent": 0.03,
    "never answers": 0.05,
    "shares a number": 0.12,
    # Of all clients.
    "agrees to reminders": 0.85,
    "agrees to questions": 0.75,
    "agrees to offers": 0.60,
    # Of the times that a need comes back.
    "comes without being asked": 0.50,
    "days later, if not asked": 35,
    "books ahead": 0.65,
    # Of bookings.
    "cancels": 0.07,
    "misses": 0.04,
    "confirms": 0.50,
    # Of dials, of those who do answer.
    "answers": 0.45,
    # Of those who answer and feel that it is time; the rest decline.
    "books": 0.55,
    "wants to be called back": 0.15,
    # Of those who answer and do not.
    "books all the same": 0.10,
    # Of all who answer.
    "says left us": 0.02,
    "wants no calls": 0.01,
    "wants no offers": 0.02,
    "does not know the client": 0.01,
    "wants no reminders of it": 0.10,
}
RARE = {
    "wrong_number": "does not know the client",
    "left_us": "says left us",
    "do_not_call": "wants no calls",
    "no_advertising": "wants no offers",
}
LEFT = ("left_us", "do_not_call", "declined")
PURPOSES = {
    "reminder": "agrees to reminders",
    "feedback": "agrees to questions",
    "promotion": "agrees to offers",
}
# Somebody feels that it is time so many days before they would come.
FEELS = 8
BUNDLED = 6


@dataclass
class Person:
    """One client, and what only this client knows."""

    number: int
    salon: str
    phone: str
    name: str
    # {service: days after which it is wanted again}
    needs: dict
    stylist: int
    hour: int
    answers: float
    consents: frozenset
    born: date | None = None
    guardian: "Person | None" = None
    # A row of the database: none before the first visit is entered.
    id: int = 0
    gone: bool = False
    # The number on the card belongs to somebody else.
    is_wrong: bool = False
    # {service: the day it is felt}, {service: the day they come unasked}
    felt: dict = field(default_factory=dict)
    comes: dict = field(default_factory=dict)

    def served(self, services, day, chance):
        """The needs begin anew with a visit."""
        for service in services:
            if service in self.needs:
                days = self.needs[service] * chance.gauss(1, 0.12)
                self.felt[service] = day + timedelta(max(round(days), 5))
                wait = 0
                if chance.random() > ASSUMED["comes without being asked"]:
                    rate = 1 / ASSUMED["days later, if not asked"]
                    wait = 7 + round(chance.expovariate(rate))
                self.comes[service] = self.felt[service] + timedelta(wait)

    def wants(self, day):
        """The services for which the client comes unasked by this day."""
        if self.gone or not any(at <= day for at in self.comes.values()):
            return []
        soon = day + timedelta(BUNDLED)
        return [name for name, at in self.felt.items() if at <= soon]

    def get_first_services(self):
        """What somebody new comes for; who needs sessions buys them as a course."""
        return [*self.needs, *([COURSE] if SOLD_AS_COURSE in self.needs else [])]

    def feels(self, day):
        """The services for which it is about time."""
        soon = day + timedelta(FEELS)
        return [name for name, at in self.felt.items() if at <= soon]

    def give_up(self, service):
        """The client needs this no more."""
        for needs in (self.needs, self.felt, self.comes):
            needs.pop(service, None)

    # ---- on the phone ----

    def picks_up(self, chance):
        return chance.random() < self.answers

    def says(self, day, chance, haste=1):
        """What the client says to the receptionist: a kind of outcome.

        :param haste: so much more often what is rare is said
        """
        if self.is_wrong:
            return "wrong_number"
        if self.gone:
            return chance.choice(LEFT)
        for kind, what in RARE.items():
            if chance.random() < ASSUMED[what] * haste:
                return kind
        return self.answers_question(day, chance)

    def answers_question(self, day, chance):
        dice = chance.random()
        if not self.feels(day):
            return "booked" if dice < ASSUMED["books all the same"] else "declined"
        if dice < ASSUMED["books"]:
            return "booked"
        if dice < ASSUMED["books"] + ASSUMED["wants to be called back"]:
            return "call_back"
        return "declined"


class Town:
    """Who lives there: makes people, and lets chance strike them."""

    def __init__(self, chance, haste=1.0):
        # In a short life chance strikes more often, so that it strikes at all.
        self.chance, self.haste = chance, haste
        self.people, self.offered = [], set(SERVICES)

    def strikes(self, what):
        """Whether what happens to a share of people in a year happens today."""
        return self.chance.random() < ASSUMED[what] * self.haste / 365

    def settle(self, salon, today):
        """Somebody new; some share the telephone of the one who came before."""
        before = self.people[-1] if self.people else None
        shares = (
            before
            and before.salon == salon.name
            and self.chance.random() < ASSUMED["shares a number"]
        )
        person = self.make_person(salon, len(self.people))
        if shares:
            person.phone, person.answers = before.phone, before.answers
            self.make_child(person, before, today)
        self.people.append(person)
        return person

    def make_person(self, salon, number):
        chance = self.chance
        return Person(
            number=number,
            salon=salon.name,
            phone=salon.phone(number),
            name=f"Client {number:04}",
            needs=self.pick_needs(),
            stylist=chance.randrange(salon.stylists),
            hour=chance.choice([9, 10, 11, 12, 14, 15, 16, 17]),
            answers=self.pick_answers(),
            consents=frozenset(
                purpose
                for purpose, share in PURPOSES.items()
                if chance.random() < ASSUMED[share]
            ),
            born=date(1950 + chance.randrange(50), 1, 1)
            + timedelta(chance.randrange(365)),
        )

    def make_child(self, person, parent, today):
        """Every third who shares a number is a child of the one who has it."""
        if parent.guardian is None and self.chance.random() < 0.33:
            person.born = today - timedelta(365 * 9 + self.chance.randrange(2000))
            person.guardian = parent

    def pick_needs(self):
        chosen = [n for n, (_d, share) in SERVICES.items() if self.hits(share)]
        return {
            name: SERVICES[name][0][1] * self.chance.lognormvariate(0, 0.2)
            for name in chosen or ["Cut"]
            if name in self.offered
        }

    def pick_answers(self):
        if self.hits(ASSUMED["never answers"]):
            return 0.0
        return min(max(self.chance.gauss(ASSUMED["answers"], 0.15), 0.1), 0.95)

    def hits(self, share):
        return self.chance.random() < share
