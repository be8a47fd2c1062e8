"""Segments and zones of a salon's clients in plain Python, from a list of events."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from .reference import OPEN


@dataclass(frozen=True)
class Came:
    """One done visit: who, on which day and hour of the salon, what for how much."""

    client: int
    day: date
    hour: int
    amount: float
    zone: str | None  # None: a purchase of retail products only
    stylist: int | None = None


@dataclass(frozen=True)
class Rules:
    new_days: int = 90
    risk: float = 1.5
    lost: float = 3.0
    lost_days: int = 90


def booked(bookings, today):
    """The clients with an open booking of today or later."""
    return {client for client, state, day in bookings if state in OPEN and day >= today}


def standings(events, booked, today, rules):
    """{client: what is known of her and her segment}."""
    facts = {
        client: facts_of([e for e in events if e.client == client], today)
        for client in {e.client for e in events if e.zone}
    }
    usual = usual_gap([fact["gaps"] for fact in facts.values()])
    for client, fact in facts.items():
        own = sorted(fact.pop("gaps"))
        fact["rhythm_days"] = middle(own) if own else usual
        fact["is_booked"] = client in booked
    for name, source in (
        ("recency", "last_date"),
        ("frequency", "year_count"),
        ("money", "amount_year"),
    ):
        values = [fact[source] for fact in facts.values()]
        for fact in facts.values():
            fact[name] = fifth(fact[source], values)
    for fact in facts.values():
        fact["segment"] = segment(fact, today, rules)
    return facts


def usual_gap(gap_lists):
    every = sorted(gap for gaps in gap_lists for gap in gaps)
    return middle(every) if every else 42


def middle(values):
    return values[(len(values) - 1) // 2]


def facts_of(events, today):
    visits = [event for event in events if event.zone]
    days = sorted({event.day for event in visits})
    year = today - timedelta(days=365)
    gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
    return {
        "first_date": days[0],
        "last_date": days[-1],
        "visit_count": len(days),
        "year_count": sum(day > year for day in days),
        "amount_total": sum(event.amount for event in events),
        "amount_year": sum(event.amount for event in events if event.day > year),
        "gaps": [gap for gap in gaps if gap <= 180],
        "stylist_id": usual(event.stylist for event in visits),
        **habits(visits),
    }


def habits(visits):
    """When she usually comes, by her last eight visits; 0 where there is no habit."""
    last = sorted(visits, key=lambda event: (event.day, event.hour))[-8:]
    weekdays = [event.day.isoweekday() for event in last]
    hours = [event.hour + 0.5 for event in last]
    weekday, hour = usual(weekdays), median(hours)

    def is_usual(count):
        return len(last) >= 3 and 5 * count >= 2 * len(last)

    near = sum(abs(one - hour) <= 1 for one in hours)
    return {
        "usual_weekday": weekday if is_usual(weekdays.count(weekday)) else 0,
        "usual_hour": int(hour) if is_usual(near) else 0,
    }


def usual(values):
    """The most frequent value; of equally frequent ones the smallest."""
    counts = Counter(value for value in values if value is not None)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else False


def fifth(value, values):
    """Where the middle of those with an equal value stands among all."""
    less = sum(other < value for other in values)
    equal = sum(other == value for other in values)
    return 1 + 5 * (2 * less + equal - 1) // (2 * len(values))


def segment(fact, today, rules):
    waited = (today - fact["last_date"]).days
    rhythm, booked = fact["rhythm_days"], fact["is_booked"]
    if fact["visit_count"] == 1 and waited > rules.new_days and not booked:
        return "one_visit"
    if (today - fact["first_date"]).days <= rules.new_days:
        return "new"
    if not booked and waited > max(rules.lost * rhythm, rules.lost_days):
        return "lost"
    if not booked and waited > rules.risk * rhythm:
        return "at_risk"
    return "key" if fact["money"] == 5 and fact["frequency"] >= 4 else "regular"


def zone_states(events, facts, zones, today):
    """{(client, zone): state} for every client with a standing."""
    last = defaultdict(lambda: date.min)
    for event in events:
        if event.zone:
            key = event.client, event.zone
            last[key] = max(last[key], event.day)
    return {
        (client, zone): zone_state(last.get((client, zone)), fact, today)
        for client, fact in facts.items()
        for zone in zones
    }


def zone_state(last, fact, today):
    if last:
        return "used" if last > today - timedelta(days=365) else "former"
    often = fact["frequency"] >= 4 and fact["segment"] not in ("lost", "one_visit")
    return "white" if often else "unused"


def affinities(had):
    """{(service, other): (both, confidence, lift)} from {client: services}."""
    takes = Counter(service for services in had.values() for service in services)
    pairs = Counter(
        (one, other)
        for services in had.values()
        for one in services
        for other in services
        if one != other
    )
    return {
        (one, other): (
            both,
            both / takes[one],
            both * len(had) / takes[one] / takes[other],
        )
        for (one, other), both in pairs.items()
        if both >= 3
    }
