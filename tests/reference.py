"""The rules of the reminder engine in plain Python: slow, short, without Odoo.

Written from the rules, not from the addon's code, so that the two can be compared.
Everything is worked out anew from the visits; only what people said is remembered.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
TYPICAL_COUNT = 9
LATE_EDGES = [0.85, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0]
LATE_MULTIPLES = [0.30, 0.32, 0.42, 0.53, 0.67, 1.05, 1.6]
# Gone for good, and how closely the others keep to their rhythm, by visits a year.
DEFAULT_CURVES = [(0.45, 0.9), (0.25, 1.0), (0.12, 1.3), (0.05, 1.6)]
STEPS = 200
PROBABLY_GONE = 0.6
# What becomes of a visit: still to be made, made, not made.
OPEN = ("booked", "confirmed", "arrived")
# Who never answers leaves the list after so many calls, but for one in so many days.
UNREACHABLE_CALLS = 4
HALF_A_YEAR = 182
# What a client is asked for, and what each kind of call needs.
PURPOSES = ("reminder", "feedback", "promotion")
PURPOSE_OF = {"reminder": "reminder", "lapsed": "feedback", "birthday": "promotion"}
# So many days before and after a visit nobody is phoned.
NEAR_DAYS = 3
# From this age on clients agree for themselves.
OF_AGE = 16
STATES = (*OPEN, "done", "no_show", "cancelled")
# They can't be said of a visit to come.
HERE = ("arrived", "done", "no_show")


# ---- what there is -------------------------------------------------------------


@dataclass
class Cycle:
    earliest: int
    ideal: int
    late: int
    lead: int
    lapse: int
    salon: str | None = None  # None: every salon

    @property
    def cap(self):
        return max(180, self.lapse)


@dataclass
class Salon:
    zone: str
    weekdays: set = field(default_factory=lambda: {1, 2, 3, 4, 5})
    closed: set = field(default_factory=set)
    own_rhythm: bool = True
    contact_gap: int = 14
    bundling: int = 7
    quota: int = 0
    max_attempts: int = 3
    birthday_days: int = 0

    def day(self, moment):
        """The date at the salon of a naive UTC moment."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()


@dataclass
class Line:
    service: str
    quantity: float = 1
    refunded: float = 0


@dataclass
class Visit:
    client: str
    salon: str
    moment: datetime
    state: str
    lines: list


@dataclass
class Client:
    number: int  # breaks ties
    phone: str | None
    birthdate: date | None = None
    guardian: str | None = None


@dataclass
class Wish:
    """What a person decided about one reminder."""

    stopped: bool = False
    pause_until: date | None = None
    skip_until: date | None = None
    last: date | None = None  # the last visit when the skip was said


@dataclass
class Consent:
    client: str
    salon: str
    moment: datetime
    given: bool
    expiry: date | None = None
    purpose: str = "reminder"
    guardian: str | None = None  # who answered for a client under age


@dataclass
class Call:
    client: str
    salon: str
    kind: str
    needs: set
    opened: date
    birthday: date | None = None
    state: str = "open"
    attempts: list = field(default_factory=list)  # (moment, phone)
    ended: str = ""  # "unreachable" or "answered"


@dataclass
class Reminder:
    last: date
    visits: int
    year_visits: int
    gaps: int
    rhythm: int
    weekday: int | None
    booked: date | None
    earliest: date
    due: date
    call: date
    late: date
    lapse: date
    state: str = ""


# ---- rhythm ----------------------------------------------------------------------


def weighted_point(weighted, point):
    """The smallest value at which the weights up to it reach their share."""
    total = sum(weight for _value, weight in weighted)
    reached = 0.0
    for value, weight in sorted(weighted):
        reached += weight
        if reached >= point * total - 1e-9:
            return value
    raise ValueError("nothing to choose from")


def rhythm_of(gaps, typical, cycle):
    """Her recent gaps plus two typical gaps of the salon, slightly early middle.

    :param list gaps: own gaps that count, oldest first
    """
    weighted = [(gap, 0.5 ** (age / 4)) for age, gap in enumerate(reversed(gaps))]
    weighted += [(gap, 2 / TYPICAL_COUNT) for gap in typical]
    return max(weighted_point(weighted, 0.45), cycle.earliest)


def gaps_of(days):
    return [(after - day).days for day, after in zip(days, days[1:], strict=False)]


def kept(gaps, cap):
    """Breaks of over half a year do not count."""
    return [gap for gap in gaps if 1 <= gap <= cap]


def usual_weekday(days):
    """The weekday with at least 40 % of her visits, the newest counting most."""
    if len(days) < 4:
        return None
    weights = {}
    for age, day in enumerate(reversed(days)):
        weekday = day.isoweekday()
        weights[weekday] = weights.get(weekday, 0) + 0.5 ** (age / 6)
    best = min(weights, key=lambda weekday: (-round(weights[weekday], 9), weekday))
    return best if weights[best] >= 0.4 * sum(weights.values()) - 1e-9 else None


def moved(day, weekday, salon):
    """The nearest such weekday, at most three days off, on which the salon is open."""
    if weekday is None:
        return day
    for shift in (0, 1, -1, 2, -2, 3, -3):
        near = day + timedelta(days=shift)
        if near.isoweekday() == weekday:
            is_open = weekday in salon.weekdays and near not in salon.closed
            return near if is_open else day
    raise ValueError("a week has seven days")


# ---- what is typical at a salon --------------------------------------------------


def completed_gaps(histories, cycle, today, first, last):
    """{client: gaps} after visits made from ``first`` to ``last`` days ago."""
    found = {}
    for client, days in histories.items():
        for day, gap in zip(days, gaps_of(days), strict=False):
            if 1 <= gap <= cycle.cap and last <= (today - day).days <= first:
                found.setdefault(client, []).append(gap)
    return found


def typical_gaps(histories, cycle, today):
    """(clients behind them, nine typical gaps or None)."""
    found = completed_gaps(histories, cycle, today, cycle.cap + 730, cycle.cap)
    if len(found) < 100:
        found = completed_gaps(histories, cycle, today, 910, 0)
    if len(found) < 30:
        return len(found), None
    weighted = [(gap, 1 / len(gaps)) for gaps in found.values() for gap in gaps]
    points = [(number - 0.5) / TYPICAL_COUNT for number in range(1, 10)]
    return len(found), [weighted_point(weighted, point) for point in points]


def waits_of(histories, cycle, today, typical):
    """(day, gap or None, rhythm then, visits of that year) of the last 910 days."""
    for days in histories.values():
        gaps = gaps_of(days)
        for number, day in enumerate(days):
            if (today - day).days > 910:
                continue
            rhythm = rhythm_of(kept(gaps[:number], cycle.cap), typical, cycle)
            year = [d for d in days[: number + 1] if (day - d).days < 365]
            gap = gaps[number] if number < len(gaps) else None
            yield day, gap, rhythm, len(year)


def quantile(values, point):
    """As ``percentile_cont`` does it: between the two nearest values."""
    values = sorted(values)
    place = point * (len(values) - 1)
    low = floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def late_multiples(histories, cycle, today, typical):
    """The part of a rhythm still to wait, by how late a client is."""
    cells = [[] for _edge in LATE_EDGES]
    for day, gap, rhythm, _year in waits_of(histories, cycle, today, typical):
        if gap is None or gap > 2 * cycle.cap:
            continue
        for e in range(0, cycle.cap + 1, 7):
            known = (today - day).days - e >= cycle.cap
            if e < gap <= e + cycle.cap and known and e / rhythm >= LATE_EDGES[0]:
                cells[late_cell(e, rhythm)].append((gap - e) / rhythm)
    return [
        quantile(cell, 0.4) if len(cell) >= 30 else default
        for cell, default in zip(cells, LATE_MULTIPLES, strict=True)
    ]


def late_cell(waited, rhythm):
    return bisect_right(LATE_EDGES, waited / rhythm) - 1


def bucket_of(year_visits):
    """1, 2 to 3, 4 to 7, 8 and more visits in a year."""
    return bisect_right([1, 2, 4, 8], max(year_visits, 1)) - 1


def curves_of(histories, cycle, today, typical):
    """Four Kaplan-Meier curves over tenths of a rhythm."""
    waits = [[], [], [], []]
    for day, gap, rhythm, year in waits_of(histories, cycle, today, typical):
        waited = gap if gap is not None else (today - day).days
        step = min(ceil(10 * waited / rhythm), STEPS + 1)
        waits[bucket_of(year)].append((step, gap is not None))
    return [
        kaplan_meier(bucket) if len(bucket) >= 200 else default_curve(*numbers)
        for bucket, numbers in zip(waits, DEFAULT_CURVES, strict=True)
    ]


def kaplan_meier(waits):
    share, curve = 1.0, []
    for step in range(STEPS + 1):
        waiting = sum(end >= step for end, _back in waits)
        back = sum(end == step and back for end, back in waits)
        share *= 1 - back / waiting if waiting else 1
        curve.append(share)
    return curve


def default_curve(gone, slope):
    """The curve of a salon without history: half are back after 1.05 rhythms."""
    return [
        gone + (1 - gone) * 0.5 ** ((step / 10.5) ** slope) for step in range(STEPS + 1)
    ]


# ---- what is to be expected ------------------------------------------------------


def expected(reminder, salon, today, multiples=LATE_MULTIPLES):
    waited = (today - reminder.last).days
    if waited / reminder.rhythm < LATE_EDGES[0]:
        return reminder.due
    multiple = multiples[late_cell(waited, reminder.rhythm)]
    days = max(1, round(reminder.rhythm * multiple))
    day = moved(today + timedelta(days=days), reminder.weekday, salon)
    return max(day, today + timedelta(days=1))


def gone(reminder, today, curves=None):
    """How likely it is that she does not come within 180 days."""
    bucket = bucket_of(reminder.year_visits)
    curve = curves[bucket] if curves else default_curve(*DEFAULT_CURVES[bucket])
    waited = (today - reminder.last).days

    def share(days):
        return curve[min(STEPS, max(0, floor(10 * days / reminder.rhythm)))]

    return share(waited + 180) / share(waited) if share(waited) > 0 else 1.0


def year_before(day):
    """29 February's year before ends on the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def birthday_in(birthdate, year):
    try:
        return birthdate.replace(year=year)
    except ValueError:
        return birthdate.replace(year=year, day=28)
