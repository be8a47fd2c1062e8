from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.times import subtract_times

PROPOSALS = 3
# Days looked at before and after the day she is due.
DAYS_BEFORE = 6
DAYS_AFTER = 15
# Nobody can be there at once.
NOTICE = timedelta(minutes=60)
HISTORY = 8
# A weekday is her usual one if she came on it so often, in so many visits.
USUAL_SHARE = 0.4
USUAL_VISITS = 3
# A rest shorter than this is hard to sell.
USELESS = timedelta(minutes=30)
# What a proposal loses in points, as compared with one day off the due date.
WEIGHTS = {"weekday": 2.5, "hour": 0.8, "rest": 2.0, "taken": 2.0, "stranger": 5.0}
FAR_HOURS = 4


@dataclass
class Wish:
    """What is known about a client when a time is looked for."""

    company: models.Model
    services: models.Model
    own: models.Model
    due: date
    earliest: date
    weekday: int | None = None
    hour: float | None = None


@dataclass(order=True)
class Candidate:
    points: float
    start: datetime
    stop: datetime = field(compare=False)
    parts: dict = field(compare=False)
    plan: list = field(compare=False)
    day: date = field(compare=False, default=None)
    facts: dict = field(compare=False, default_factory=dict)

    @property
    def stylist(self):
        return self.plan[0][1]


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
                      AND state = 'done' AND NOT is_purchase
                 ORDER BY date DESC LIMIT %s) v
                    WHERE k.id = ANY(%s)""",
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
        start = company._salon_utc(datetime.combine(first, time()))
        stop = company._salon_utc(datetime.combine(last, time()))
        return max(start, fields.Datetime.now() + NOTICE), stop

    def _get_candidates(self, wish, plans):
        """Return every time at which one of the plans can be carried out."""
        finder = self.env["salon.slot.finder"]
        start, stop = self._get_span(wish)
        stylists = wish.own.union(*(who for plan in plans for _service, who in plan))
        work = finder._get_work(stylists, start, stop)
        busy = finder._get_busy(stylists, start, stop)
        free = {who.id: subtract_times(work[who.id], busy[who.id]) for who in stylists}
        found = []
        for plan in plans:
            parts, length = self._get_parts(plan)
            for pair in finder._find_starts(parts, free):
                for moment in finder._get_grid(*pair):
                    one = Candidate(0, moment, moment + length, parts, plan)
                    self._rate(wish, one, free, (work, busy))
                    found.append(one)
        return found

    def _get_parts(self, plan):
        if plan[0][0]:
            return self.env["salon.slot.finder"]._get_parts(plan)
        hour = timedelta(minutes=60)
        return {plan[0][1]: [(timedelta(), hour)]}, hour

    def _rate(self, wish, one, free, book):
        """Note on a time how many points it loses, and what speaks for it."""
        local = wish.company._salon_local(one.start)
        hour = local.hour + local.minute / 60
        windows = free[one.stylist.id]
        window = next(
            ((a, b) for a, b in windows if a <= one.start < b), (one.start, one.stop)
        )
        taken = self._get_taken(wish.company, one.stylist, local, book)
        one.day = local.date()
        one.facts = {
            "days": (one.day - wish.due).days,
            "weekday": wish.weekday == local.weekday(),
            "hour": wish.hour is not None and abs(hour - wish.hour) <= 1,
            "own": one.stylist == wish.own,
            "empty": not taken,
            "fits": window == (one.start, one.stop),
        }
        rests = (one.start - window[0], window[1] - one.stop)
        one.points = WEIGHTS["taken"] * taken
        one.points += WEIGHTS["rest"] * sum(timedelta() < r < USELESS for r in rests)
        one.points += self._get_strangeness(wish, one.facts, hour)

    @api.model
    def _get_strangeness(self, wish, facts, hour):
        """Return the points for all that is not as she is used to."""
        points = abs(facts["days"])
        if wish.weekday is not None and not facts["weekday"]:
            points += WEIGHTS["weekday"]
        if wish.hour is not None:
            points += WEIGHTS["hour"] * min(abs(hour - wish.hour), FAR_HOURS)
        if wish.own and not facts["own"]:
            points += WEIGHTS["stranger"]
        return points

    def _get_taken(self, company, stylist, local, book):
        """Return the share of the stylist's half-day that is taken already."""
        noon = company._salon_utc(datetime.combine(local.date(), time(13)))
        morning = local.hour < 13
        span = [noon - timedelta(hours=13), noon] if morning else [noon, noon]
        if not morning:
            span[1] += timedelta(hours=11)
        work, busy = (self._cut(times[stylist.id], span) for times in book)
        return min(busy / work, 1) if work else 1

    @api.model
    def _cut(self, times, span):
        return sum(
            max((min(b, span[1]) - max(a, span[0])).total_seconds(), 0)
            for a, b in times
        )

    @api.model
    def _choose(self, candidates, count):
        """Return the best ones that are really different: other days, then hours."""
        chosen, spare = [], []
        for candidate in sorted(candidates):
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
        facts, reasons = candidate.facts, []
        if wish.own:
            reasons.append(
                self.env._("her stylist")
                if facts["own"]
                else self.env._("%(own)s is not free near then", own=wish.own.name)
            )
        if facts["weekday"] and facts["hour"]:
            reasons.append(self.env._("her usual day and hour"))
        elif facts["weekday"]:
            reasons.append(self.env._("her usual weekday"))
        elif facts["hour"]:
            reasons.append(self.env._("her usual hour"))
        reasons.append(self._get_due_reason(facts["days"]))
        if facts["fits"]:
            reasons.append(self.env._("fills a gap exactly"))
        elif facts["empty"]:
            reasons.append(self.env._("nothing else booked around it"))
        return reasons

    def _get_due_reason(self, days):
        if days == 1:
            return self.env._("the day after she is due")
        if days == -1:
            return self.env._("the day before she is due")
        if days > 0:
            return self.env._("%(days)s days after she is due", days=days)
        if days < 0:
            return self.env._("%(days)s days before she is due", days=-days)
        return self.env._("on the day she is due")
