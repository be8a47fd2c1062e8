from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from operator import attrgetter

import pytz

from odoo import fields, models

from ...tools.half_days import HalfDays
from ..book.salon_slot_finder import NOTICE

PROPOSALS = 3
# Days looked at before and after the day she is due.
DAYS_BEFORE = 6
DAYS_AFTER = 15
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
    # With whom she is offered a time, and her usual stylist if it is another one.
    own: models.Model
    former: models.Model
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


class SlotProposer:
    """Proposes the two or three times that suit a client best, each with its reason.

    Her stylist comes first, then her usual weekday and hour, near the day she is due
    and never before it is safe. Among equals a stylist's empty half-day is filled
    first, and no rest is left that is too short for anybody.
    """

    def __init__(self, env):
        self.env = env

    def propose(self, calls):
        """Return {call: proposals} for these calls.

        :return: dicts of start, stop, stylist_id, stylist, label, reason, and times:
            (stylist id, start, stop) of all that is kept busy
        """
        proposals = {}
        for company, own in calls.grouped("company_id").items():
            standings = self.env["salon.client.standing"].with_company(company)
            habits = standings._get_habits(own.partner_id)
            for call in own:
                weekday, hour, _who = habits.get(call.partner_id.id, (None,) * 3)
                proposals[call] = self._get_proposals(
                    self._get_wish(call, weekday, hour)
                )
        return proposals

    # ------------------------------------------------------------
    # WHAT SHE WISHES
    # ------------------------------------------------------------

    def _get_wish(self, call, weekday, hour):
        company = call.company_id
        today = company._salon_today()
        reminders = call.reminder_ids
        own = call.wished_stylist_id
        earliest = [day for day in reminders.mapped("earliest_date") if day]
        return Wish(
            company=company,
            services=call._get_last_services(),
            own=own,
            former=call.stylist_id - own,
            # Once she is overdue, the sooner the better.
            due=max(call.due_date or today, today),
            is_over=not call.due_date or call.due_date < today,
            earliest=max([today, *earliest]),
            weekday=weekday,
            hour=hour,
        )

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

    def _get_edges(self, company, start, stop):
        """Return where the half-days of a span begin and end."""
        first = company._salon_date(start)
        count = (company._salon_date(stop) - first).days + 1
        days = [first + timedelta(days=nr) for nr in range(count)]
        edges = [datetime.combine(day, at) for day in days for at in (time(), NOON)]
        edges.append(datetime.combine(days[-1] + timedelta(days=1), time()))
        return [company._salon_utc(edge) for edge in edges]

    def _get_window(self, windows, start, length):
        """Return the free time in which work that begins then lies."""
        return next(
            ((a, b) for a, b in windows if a <= start < b), (start, start + length)
        )

    # ------------------------------------------------------------
    # WHAT SUITS HER BEST
    # ------------------------------------------------------------

    def _rate(self, wish, one):
        """Return how many points a time loses: for the book, and for the client."""
        rests = (one.start - one.window[0], one.window[1] - one.stop)
        points = WEIGHTS["taken"] * one.taken
        points += WEIGHTS["rest"] * sum(timedelta() < r < USELESS for r in rests)
        points += abs((one.day - wish.due).days)
        if wish.weekday is not None and wish.weekday != one.local.isoweekday():
            points += WEIGHTS["weekday"]
        if wish.hour is not None:
            points += WEIGHTS["hour"] * min(abs(one.hour - wish.hour), FAR_HOURS)
        if wish.own and one.stylist != wish.own:
            points += WEIGHTS["stranger"]
        return points

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

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _describe(self, wish, candidate):
        names = dict.fromkeys(who.name for _service, who in candidate.plan)
        return {
            "start": candidate.start,
            "stop": candidate.stop,
            "stylist_id": candidate.stylist.id,
            "stylist": " + ".join(names),
            "times": [
                (who.id, candidate.start + begin, candidate.start + end)
                for who, parts in candidate.parts.items()
                for begin, end in parts
            ],
            "label": wish.company._salon_format_moment(candidate.start),
            "reason": ", ".join(self._get_reasons(wish, candidate)),
        }

    def _get_reasons(self, wish, candidate):
        """Return what speaks for a time, the strongest first."""
        reasons = []
        weekday = wish.weekday == candidate.local.isoweekday()
        hour = wish.hour is not None and abs(candidate.hour - wish.hour) <= 1
        if wish.own:
            reasons.append(self._get_stylist_reason(wish, candidate))
        if weekday and hour:
            reasons.append(self.env._("usual day and hour"))
        elif weekday:
            reasons.append(self.env._("usual weekday"))
        elif hour:
            reasons.append(self.env._("usual hour"))
        days = (candidate.day - wish.due).days
        if wish.is_over:
            reasons.append(self._get_soon_reason(days))
        else:
            reasons.append(self._get_due_reason(days))
        if candidate.window == (candidate.start, candidate.stop):
            reasons.append(self.env._("fills a gap exactly"))
        elif not candidate.taken:
            reasons.append(self.env._("nothing else booked around it"))
        return reasons

    def _get_stylist_reason(self, wish, candidate):
        if candidate.stylist != wish.own:
            return self.env._("%(own)s is not free near then", own=wish.own.name)
        if wish.former:
            return self.env._("in the place of %(stylist)s", stylist=wish.former.name)
        return self.env._("usual stylist")

    def _get_soon_reason(self, days):
        if days > 1:
            return self.env._("in %(days)s days", days=days)
        return self.env._("tomorrow") if days else self.env._("today")

    def _get_due_reason(self, days):
        if days == 1:
            return self.env._("the day after the due day")
        if days == -1:
            return self.env._("the day before the due day")
        if days > 0:
            return self.env._("%(days)s days after the due day", days=days)
        if days < 0:
            return self.env._("%(days)s days before the due day", days=-days)
        return self.env._("on the due day")
