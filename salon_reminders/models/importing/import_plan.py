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
from dataclasses import dataclass, field, replace
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
    parts: list = field(default_factory=list)  # rows of what else was paid for it

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
    numbers: set = field(default_factory=set)  # of its bookings in the database
    is_cut: bool = False  # a booking of it is told anew, and stands elsewhere

    @property
    def rows(self):
        rows = [row for line in self.lines for row in (line.row, *line.parts)]
        return rows + self.booking_rows

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


def place_known(plans, rows):
    """Return the bookings that are known, each where the rows have it.

    A booking that the rows tell anew, by its number, is what they say it is: alone on
    its day, its visit goes where they have it; with others, it leaves them.

    :param plans: the visits in the database
    :return: ({client: {day: visit}}, visits of which nothing is left)
    """
    numbers = {row.vals["booking"]: row for row in rows if row.vals.get("booking")}
    known, moved, gone = defaultdict(dict), [], []
    for plan in plans:
        told = {
            number: numbers[number]
            for number in plan.numbers & numbers.keys()
            if _is_told_anew(plan, numbers[number])
        }
        kept = [line for line in plan.lines if line.row.vals["booking"] not in told]
        if told and not kept:
            moved.append((plan, next(iter(told.values()))))
            continue
        plan.is_cut = len(kept) < len(plan.lines)
        plan.lines = kept
        known[plan.client_key][plan.day] = plan
    for plan, row in moved:
        if not row.client_key or row.day in known[row.client_key]:
            gone.append(replace(plan, state="cancelled", lines=[]))
        else:
            start = plan.start if row.day == plan.day else None
            known[row.client_key][row.day] = Visit(
                *(row.client_key, row.day, "booked", "", start), visit_id=plan.visit_id
            )
    return known, gone


def _is_told_anew(plan, row):
    # A row that only says how it ended names its booking: ``_missed``.
    return row.kind == "bookings" or row.day != plan.day


def plan_client(rows, known_days=()):
    """Return the visits that the rows of one client become, oldest first.

    :param known_days: {day: ``Visit``} bookings that are in the database already
    """
    days = defaultdict(list)
    for day, plan in dict(known_days).items():
        if plan.is_cut:
            days[day] = []
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
            _lines(mine),
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
    is_cut = known and known.is_cut
    if bookings and (visits or kinds["bookings"] or is_cut):
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
    numbers = [one.vals.get("booking") for one in (row, booking)]
    if all(numbers):
        return numbers[0] == numbers[1]
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


def _lines(rows):
    """Return the lines of a receipt; what was paid in several ways is one line."""
    lines, paid = [], {}
    for row in rows:
        line = _line(row)
        vals = row.vals
        key = row.item, line.quantity, vals.get("stylist"), vals.get("time")
        whole = paid.get(key)
        if whole and _is_part(whole, line):
            whole.parts.append(row)
            whole.amount += line.amount
            continue
        lines.append(line)
        if vals.get("payment") and line.quantity > 0:
            paid[key] = line
    return lines


def _is_part(whole, line):
    """Tell whether a row is another part of what was paid for a line.

    Paid in another way, and together not more than it costs, if that is known.
    """
    ways = {row.vals.get("payment") for row in (whole.row, *whole.parts)}
    price = _price(line.row) * line.quantity
    fits = not price or whole.amount + line.amount <= price
    return line.row.vals.get("payment") not in {None, *ways} and fits


def _price(row):
    price = row.vals.get("price")
    return row.item.price if price is None else Decimal(price)


def _discount(vals, amount):
    discount = vals.get("discount", "0")
    if discount.endswith("%"):
        return amount * Decimal(discount[:-1]) / 100
    return min(Decimal(discount), abs(amount)).copy_sign(amount)


def _line(row):
    """Return the line of a row: what was sold, with the sign of a refund."""
    quantity = Decimal(row.vals.get("quantity") or 1)
    amount = row.vals.get("amount")
    if amount is None:
        amount = quantity * _price(row)
        amount -= _discount(row.vals, amount)
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
