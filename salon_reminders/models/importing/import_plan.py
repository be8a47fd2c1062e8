"""What the rows of one client become: visits, purchases, bookings and refunds.

Pure Python without a database: the dry run counts these plans and the import
carries the same plans out, so that neither has rules of its own.

- One receipt of one client is one visit.
- The bookings of a client on one day are one visit. A receipt of that client and day
  proves that she came: it takes the booking's time and replaces what was planned.
- Without a receipt, a cancellation or no-show takes away the booking that it names.
- A negative line takes back the latest earlier line of the same thing.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from ...tools.server_flags import SERVER_SAYS

NOON = time(12)
# A history is not news: nobody follows it and no message is written about it.
NO_TRACKING = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "salon_taken_over": SERVER_SAYS,
}


@dataclass(eq=False)
class Item:
    """A service or product; made in the database when first needed."""

    name: str
    kind: str
    code: str = ""
    price: Decimal = Decimal(0)
    minutes: int = 0
    product_id: int = 0


@dataclass(eq=False)
class Row:
    """A staged row, as the plan needs it."""

    id: int
    kind: str
    number: int
    client_key: str
    day: date
    receipt: str
    vals: dict
    item: Item = None


@dataclass(eq=False)
class Line:
    row: Row
    quantity: Decimal
    amount: Decimal
    refunds: "Line | None" = None
    left: Decimal = Decimal(0)
    line_id: int = 0

    @property
    def item(self):
        return self.row.item

    @property
    def stylist(self):
        return self.row.vals.get("stylist", "")

    @property
    def minutes(self):
        """Return how long it was booked for, 0 if nothing says so."""
        return int(self.row.vals.get("duration") or 0)


@dataclass(eq=False)
class Visit:
    client_key: str
    day: date
    state: str
    receipt: str = ""
    start: time | None = None
    lines: list = field(default_factory=list)
    booking_rows: list = field(default_factory=list)
    visit_id: int = 0  # of the booking in the database that this one changes
    append_id: int = 0  # of the visit in the database that has this receipt already

    @property
    def rows(self):
        return [line.row for line in self.lines] + self.booking_rows

    @property
    def note(self):
        notes = dict.fromkeys(row.vals.get("note") for row in self.rows)
        return "\n".join(filter(None, notes))

    @property
    def is_purchase(self):
        """Tell whether nothing was done to the client, as ``salon.visit`` has it."""
        return bool(self.lines) and not any(
            line.item.kind != "retail" and line.quantity > 0 and line.amount >= 0
            for line in self.lines
        )

    @property
    def stylist(self):
        """Return who did most of it, services before anything else."""
        counts = defaultdict(int)
        for line in self.lines:
            counts[line.stylist] += 100 if line.item.kind == "service" else 1
        return max(counts, key=counts.get, default="")


def plan_client(rows, known_days=()):
    """Return the visits that the rows of one client become, oldest first.

    :param known_days: {day: ``Visit``} bookings that are in the database already
    """
    days = defaultdict(list)
    for row in rows:
        days[row.day].append(row)
    visits = []
    for day in sorted(days):
        kinds = defaultdict(list)
        for row in sorted(days[day], key=lambda row: row.number):
            kinds[row.kind].append(row)
        known = dict(known_days).get(day)
        plan = plan_day if rows[0].client_key else plan_nobody
        visits += plan(kinds, known)
    link_refunds(visits)
    return visits


def plan_day(kinds, known=None):
    """Return the visits of one client on one day."""
    done = plan_receipts(kinds["receipts"])
    came = next((visit for visit in done if not visit.is_purchase), None)
    if came:
        return done + plan_kept(kinds, came, known)
    return done + plan_booked(kinds, known)


def plan_nobody(kinds, _known=None):
    """Return the visits of a day without a client: each booking stands alone."""
    visits = plan_receipts(kinds["receipts"])
    left = {
        kind: list(kinds[kind]) for kind in ("cancellations", "no_shows", "bookings")
    }
    for row in kinds["bookings"] + kinds["done"]:
        part = {kind: _take(rows, row) for kind, rows in left.items()}
        part["bookings"], part["done"] = [row], []
        if row.kind == "done":
            part["bookings"], part["done"] = [], [row]
        visits += plan_booked(defaultdict(list, part), None)
    for kind in ("cancellations", "no_shows"):
        visits += plan_booked(defaultdict(list, {kind: left[kind]}), None)
    return visits


def _take(rows, named):
    """Take the first row that names this booking out of the list."""
    found = [row for row in rows if _names(row, named)][:1]
    for row in found:
        rows.remove(row)
    return found


def plan_receipts(rows):
    """Return one visit per receipt."""
    receipts = defaultdict(list)
    for row in rows:
        receipts[row.receipt].append(row)
    return [
        Visit(
            mine[0].client_key,
            mine[0].day,
            "done",
            receipt,
            min(filter(None, map(_time, mine)), default=None),
            [_line(row) for row in mine],
        )
        for receipt, mine in receipts.items()
    ]


def plan_kept(kinds, came, known):
    """Give the booking of the day to the visit; the rest stands on its own."""
    bookings = kinds["bookings"] + kinds["done"]
    came.booking_rows = bookings
    booked_at = min(filter(None, map(_time, bookings)), default=None)
    if known:
        came.visit_id = known.visit_id
        booked_at = booked_at or known.start
    came.start = came.start or booked_at
    return _missed(kinds["cancellations"], "cancelled", [], booked_at) + _missed(
        kinds["no_shows"], "no_show", [], booked_at
    )


def plan_booked(kinds, known):
    """Return cancelled, missed, kept and open bookings of a day without receipt."""
    bookings = [line.row for line in known.lines] if known else []
    bookings += kinds["bookings"]
    visits = _missed(kinds["cancellations"], "cancelled", bookings)
    visits += _missed(kinds["no_shows"], "no_show", bookings)
    visits = _missed(kinds["done"], "done", bookings) + visits
    if bookings and (visits or kinds["bookings"]):
        visits.insert(0, _planned(bookings, "booked"))
    if visits and known:
        visits[0].visit_id = known.visit_id
        visits[0].start = visits[0].start or known.start
    return visits


def _missed(rows, state, bookings, start=None):
    """Return the visit of these rows that say how a booking ended, if there are any.

    Each takes the booking it names, and its time, out of ``bookings``.
    """
    if not rows:
        return []
    visit = _planned(rows, state)
    for row in rows:
        for booking in [other for other in bookings if _names(row, other)][:1]:
            bookings.remove(booking)
            visit.booking_rows.append(booking)
    times = filter(None, map(_time, visit.booking_rows))
    visit.start = min(times, default=None) or visit.start or start
    return [visit]


def _planned(rows, state, visit_id=0):
    start = min(filter(None, map(_time, rows)), default=None)
    lines = [_line(row) for row in rows if row.item]
    rest = [row for row in rows if not row.item]
    first = rows[0]
    return Visit(first.client_key, first.day, state, "", start, lines, rest, visit_id)


def _names(row, booking):
    """Tell whether a cancellation or no-show means this booking."""
    return (
        (not row.item or not booking.item or row.item is booking.item)
        and _agree(row.vals.get("stylist"), booking.vals.get("stylist"))
        and _agree(row.vals.get("time"), booking.vals.get("time"))
    )


def _agree(one, other):
    return not one or not other or one == other


def _time(row):
    text = row.vals.get("time")
    return time.fromisoformat(text) if text else None


def _line(row):
    """Return the line of a row: what was sold, with the sign of a refund."""
    quantity = Decimal(row.vals.get("quantity") or 1)
    amount = row.vals.get("amount")
    if amount is None:
        price = row.vals.get("price")
        amount = quantity * (row.item.price if price is None else Decimal(price))
    amount = Decimal(amount)
    if quantity < 0 < amount:
        amount = -amount
    elif amount < 0 < quantity and row.item.kind != "fee":
        # Money for a service or product given back; a negative fee is a voucher.
        quantity = -quantity
    return Line(row, quantity, amount, left=quantity)


def link_refunds(visits):
    """Tie each negative line to the latest earlier line of the same thing."""
    sold = defaultdict(list)
    for visit in visits:
        lines = visit.lines if visit.state == "done" else ()
        for line in lines:
            if line.quantity > 0:
                sold[line.item].append(line)
    days = {line: visit.day for visit in visits for line in visit.lines}
    for line, day in days.items():
        if line.quantity < 0:
            earlier = [one for one in sold[line.item] if days[one] <= day]
            _refund(line, earlier)


def _refund(line, earlier):
    back = -line.quantity
    whole = [one for one in earlier if one.left >= back]
    same = [one for one in whole if one.amount == -line.amount]
    for found in (same or whole)[-1:]:
        line.refunds = found
        found.left -= back
