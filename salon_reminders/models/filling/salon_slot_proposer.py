from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from statistics import median

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.half_days import HalfDays
from ..book.salon_slot_finder import NOTICE
from ..visit.salon_visit import MADE_STATES

PROPOSALS = 3
# Days looked at before and after the day she is due.
DAYS_BEFORE = 6
DAYS_AFTER = 15
HISTORY = 8
# A weekday is her usual one if she came on it so often, in so many visits.
USUAL_SHARE = 0.4
USUAL_VISITS = 3
# A rest shorter than this is hard to sell.
USELESS = timedelta(minutes=30)
# What a proposal loses in points, as compared with one day off the due date.
WEIGHTS = {"weekday": 2.5, "hour": 0.8, "rest": 2.0, "taken": 2.0, "stranger": 5.0}
FAR_HOURS = 4
# Where a stylist's day is cut in halves.
NOON = time(13)


@dataclass
class Wish:
    """What is known about a client when a time is looked for."""

    company: models.Model
    services: models.Model
    own: models.Model
    due: date
    earliest: date
    # The day she was due is past, or there is none: due is today.
    is_over: bool = False
    weekday: int | None = None
    hour: float | None = None


@dataclass(slots=True)
class Candidate:
    start: datetime
    stop: datetime
    parts: dict
    plan: list
    # As the salon's clock shows the start.
    local: datetime
    # The free time of her stylist in which it lies, and how full her half-day is.
    window: tuple
    taken: float
    points: float = 0.0

    @property
    def stylist(self):
        return self.plan[0][1]

    @property
    def day(self):
        return self.local.date()

    @property
    def hour(self):
        return self.local.hour + self.local.minute / 60


class SalonSlotProposer(models.AbstractModel):
    """Proposes the two or three times that suit a client best, each with its reason.

    Her stylist comes first, then her usual weekday and hour, near the day she is due
    and never before it is safe. Among equals a stylist's empty half-day is filled
    first, and no rest is left that is too short for anybody.
    """

    _name = "salon.slot.proposer"
    _description = "Times to Propose"

    @api.model
    def _propose(self, calls):
        """Return {call: proposals} for these calls.

        :return: dicts of start, stop, stylist_id, stylist, label, reason, and times:
            (stylist id, start, stop) of all that is kept busy
        """
        habits = self._get_habits(calls)
        return {
            call: self._get_proposals(self._get_wish(call, habits.get(call, [])))
            for call in calls
        }

    # ------------------------------------------------------------
    # WHAT SHE WISHES
    # ------------------------------------------------------------

    def _get_habits(self, calls):
        """Return {call: rows of the client's last visits}, in one query."""
        rows = self.env.execute_query(
            SQL(
                """SELECT k.id, v.start, v.stylist_id
                     FROM salon_call k
             CROSS JOIN LATERAL (
                   SELECT start, stylist_id FROM salon_visit
                    WHERE partner_id = k.partner_id AND company_id = k.company_id
                      AND state IN %s AND NOT is_purchase
                 ORDER BY date DESC LIMIT %s) v
                    WHERE k.id = ANY(%s)""",
                MADE_STATES,
                HISTORY,
                calls.ids,
            )
        )
        habits = {}
        for call_id, *row in rows:
            habits.setdefault(calls.browse(call_id), []).append(row)
        return habits

    def _get_wish(self, call, visits):
        company = call.company_id
        today = company._salon_today()
        reminders = call.reminder_ids
        weekday, hour = self._get_usual(company, [start for start, _who in visits])
        stylists = [who for _start, who in visits if who]
        own = call._get_wished_stylist()
        if not own and stylists:
            own = own.browse(Counter(stylists).most_common(1)[0][0])
        earliest = [day for day in reminders.mapped("earliest_date") if day]
        return Wish(
            company=company,
            services=call._get_last_services(),
            own=own if own.active else own.browse(),
            # Once she is overdue, the sooner the better.
            due=max(call.due_date or today, today),
            is_over=not call.due_date or call.due_date < today,
            earliest=max([today, *earliest]),
            weekday=weekday,
            hour=hour,
        )

    @api.model
    def _get_usual(self, company, starts):
        """Return her usual weekday and hour, as far as she has such."""
        if len(starts) < USUAL_VISITS:
            return None, None
        locals_ = [company._salon_local(start) for start in starts]
        day, times = Counter(one.weekday() for one in locals_).most_common(1)[0]
        hour = median(one.hour + one.minute / 60 for one in locals_)
        return (day if times >= USUAL_SHARE * len(starts) else None), hour

    # ------------------------------------------------------------
    # WHAT IS FREE
    # ------------------------------------------------------------

    def _get_proposals(self, wish):
        """Return the best times, her own stylist's first."""
        finder = self.env["salon.slot.finder"]
        stylists = finder._get_stylists(wish.company)
        plans = finder._plan_work(wish.services, stylists, wish.own)
        if not wish.services:
            plans = [[(wish.services, one)] for one in wish.own or stylists]
        chosen = []
        own = [plan for plan in plans if plan[0][1] == wish.own]
        for some in (own, [plan for plan in plans if plan not in own]):
            if len(chosen) < PROPOSALS and some:
                chosen += self._choose(
                    self._get_candidates(wish, some), PROPOSALS - len(chosen)
                )
        return [self._describe(wish, candidate) for candidate in chosen]

    def _get_span(self, wish):
        """Return from when to when times are looked for."""
        company = wish.company
        first = max(wish.earliest, wish.due - timedelta(days=DAYS_BEFORE))
        last = max(first, wish.due) + timedelta(days=DAYS_AFTER)
        start, stop = company._salon_midnight(first), company._salon_midnight(last)
        return max(start, fields.Datetime.now() + NOTICE), stop

    def _get_candidates(self, wish, plans):
        """Return every time at which one of the plans can be carried out."""
        finder = self.env["salon.slot.finder"]
        start, stop = self._get_span(wish)
        stylists = wish.own.union(*(who for plan in plans for _service, who in plan))
        work, busy, free = finder._get_book(stylists, start, stop)
        halves = HalfDays(self._get_edges(wish.company, start, stop), work, busy)
        durations = self.env["salon.stylist.duration"]._get_all(stylists)
        zone = wish.company._salon_timezone()
        found = []
        for plan in plans:
            stylist, (parts, length) = plan[0][1], self._get_parts(plan, durations)
            for pair in finder._find_starts(parts, free):
                window = self._get_window(free[stylist.id], pair[0], length)
                found += [
                    Candidate(
                        moment,
                        moment + length,
                        parts,
                        plan,
                        local,
                        window,
                        halves.get_share(stylist.id, moment),
                    )
                    for moment, local in self._get_grid(zone, *pair)
                ]
        for candidate in found:
            candidate.points = self._rate(wish, candidate)
        return found

    def _get_parts(self, plan, durations):
        if plan[0][0]:
            return self.env["salon.slot.finder"]._get_parts(plan, durations)
        hour = timedelta(minutes=60)
        return {plan[0][1]: [(timedelta(), hour)]}, hour

    def _get_grid(self, zone, first, last):
        """Return the times to propose within a pair, and what the clock shows then."""

        def read(moment):
            return pytz.utc.localize(moment).astimezone(zone)

        moments = self.env["salon.slot.finder"]._get_grid(first, last)
        opens, closes = read(first), read(last)
        # Reading the clock takes long; between two clock changes it runs evenly.
        if opens.utcoffset() == closes.utcoffset():
            shift = opens.replace(tzinfo=None) - first
            return [(moment, moment + shift) for moment in moments]
        return [(moment, read(moment).replace(tzinfo=None)) for moment in moments]

    @api.model
    def _get_edges(self, company, start, stop):
        """Return where the half-days of a span begin and end."""
        first = company._salon_date(start)
        count = (company._salon_date(stop) - first).days + 1
        days = [first + timedelta(days=nr) for nr in range(count)]
        edges = [datetime.combine(day, at) for day in days for at in (time(), NOON)]
        edges.append(datetime.combine(days[-1] + timedelta(days=1), time()))
        return [company._salon_utc(edge) for edge in edges]

    @api.model
    def _get_window(self, windows, start, length):
        """Return the free time in which work that begins then lies."""
        return next(
            ((a, b) for a, b in windows if a <= start < b), (start, start + length)
        )

    # ------------------------------------------------------------
    # WHAT SUITS HER BEST
    # ------------------------------------------------------------

    @api.model
    def _rate(self, wish, one):
        """Return how many points a time loses: for the book, and for the client."""
        rests = (one.start - one.window[0], one.window[1] - one.stop)
        points = WEIGHTS["taken"] * one.taken
        points += WEIGHTS["rest"] * sum(timedelta() < r < USELESS for r in rests)
        points += abs((one.day - wish.due).days)
        if wish.weekday is not None and wish.weekday != one.local.weekday():
            points += WEIGHTS["weekday"]
        if wish.hour is not None:
            points += WEIGHTS["hour"] * min(abs(one.hour - wish.hour), FAR_HOURS)
        if wish.own and one.stylist != wish.own:
            points += WEIGHTS["stranger"]
        return points

    @api.model
    def _choose(self, candidates, count):
        """Return the best ones that are really different: other days, then hours."""
        chosen, spare = [], []
        for candidate in sorted(candidates, key=attrgetter("points", "start")):
            if len(chosen) == count:
                break
            if all(candidate.day != one.day for one in chosen):
                chosen.append(candidate)
            elif all(
                abs(candidate.start - one.start) >= timedelta(hours=2)
                for one in chosen + spare
            ):
                spare.append(candidate)
        return (chosen + spare)[:count]
