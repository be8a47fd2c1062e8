"""The salons, clients and rules of ``reference`` put together and moved by events."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

from . import reference as ref

CALLABLE = ("due", "late", "lapsed")


@dataclass
class World:
    salons: dict
    cycles: dict
    services: dict  # {service: names of the cycles it renews}
    prices: dict
    now: datetime
    typical: dict = field(default_factory=dict)  # {(salon, cycle): nine gaps}
    clients: dict = field(default_factory=dict)
    visits: list = field(default_factory=list)
    wishes: dict = field(default_factory=dict)
    consents: list = field(default_factory=list)
    blacklist: set = field(default_factory=set)
    # Those of them that only a withdrawn consent put there.
    by_consent: set = field(default_factory=set)
    calls: list = field(default_factory=list)

    def today(self, salon):
        return self.salons[salon].day(self.now)

    # ---- reminders ----

    def needs_of(self, visit):
        """The cycles that a visit renews; of an empty booking: all."""
        if not visit.lines and visit.state in ref.OPEN:
            return {name for name in self.cycles if self.serves(visit.salon, name)}
        return {
            name
            for line in visit.lines
            if line.quantity + line.refunded > 0
            for name in self.services[line.service]
            if self.serves(visit.salon, name)
        }

    def serves(self, salon, name):
        return self.cycles[name].salon in (None, salon)

    def days(self, *states):
        """{(client, salon, cycle): sorted days of the visits in these states}."""
        found = {}
        for visit in self.visits:
            if visit.state in states and visit.client:
                day = self.salons[visit.salon].day(visit.moment)
                for name in self.needs_of(visit):
                    key = (visit.client, visit.salon, name)
                    found.setdefault(key, set()).add(day)
        return {key: sorted(days) for key, days in found.items()}

    def reminders(self):
        """{(client, salon, cycle): reminder} as of now."""
        booked = self.days(*ref.OPEN)
        return {
            key: self.reminder(key, days, booked.get(key))
            for key, days in self.days("done").items()
        }

    def reminder(self, key, days, booked):
        _client, salon_name, cycle_name = key
        salon, cycle = self.salons[salon_name], self.cycles[cycle_name]
        last, ahead = days[-1], timedelta
        rhythm, gaps, weekday = cycle.ideal, [], None
        if salon.own_rhythm:
            gaps = ref.kept(ref.gaps_of(days), cycle.cap)
            typical = self.typical.get((salon_name, cycle_name))
            rhythm = ref.rhythm_of(gaps, typical or [cycle.ideal] * 9, cycle)
            weekday = ref.usual_weekday(days)
        earliest = last + ahead(cycle.earliest)
        due = max(ref.moved(last + ahead(rhythm), weekday, salon), earliest)
        reminder = ref.Reminder(
            last=last,
            visits=len(days),
            year_visits=sum((last - day).days < 365 for day in days),
            gaps=len(gaps),
            rhythm=rhythm,
            weekday=weekday,
            booked=booked[-1] if booked else None,
            earliest=earliest,
            due=due,
            call=max(due - ahead(cycle.lead), earliest),
            late=last + ahead(cycle.late),
            lapse=last + ahead(cycle.lapse),
        )
        reminder.state = self.state(reminder, self.wish(key), self.today(salon_name))
        return reminder

    def wish(self, key):
        return self.wishes.setdefault(key, ref.Wish())

    @staticmethod
    def state(reminder, wish, today):
        if wish.stopped:
            return "stopped"
        if wish.pause_until and wish.pause_until > today:
            return "paused"
        if reminder.booked and reminder.booked >= today:
            return "booked"
        if reminder.call > today:
            return "scheduled"
        if reminder.lapse <= today:
            return "lapsed"
        return "late" if reminder.late <= today else "due"

    # ---- what follows from a change ----

    def visits_changed(self, *clients):
        """Skips end with the next visit; open calls go on with what is left to tell."""
        self.lines_moved()
        reminders = self.reminders()
        for call in self.calls:
            if call.state != "open" or call.client not in clients or not call.needs:
                continue
            keys = [(call.client, call.salon, need) for need in call.needs]
            states = [reminders[key].state for key in keys if key in reminders]
            if not any(state in CALLABLE for state in states):
                call.state = "done"
            else:
                call.needs = {key[2] for key in keys if not self.is_met(reminders, key)}

    def is_met(self, reminders, key):
        """Booked, not followed any more, or next due after the bundling window."""
        reminder, salon = reminders.get(key), self.salons[key[1]]
        window = self.today(key[1]) + timedelta(days=salon.bundling)
        state = reminder.state if reminder else "booked"
        return state == "booked" or (state == "scheduled" and reminder.call > window)

    def lines_moved(self):
        """A skip holds as long as her last visit is the one it was said after."""
        reminders = self.reminders()
        for key, wish in self.wishes.items():
            last = reminders[key].last if key in reminders else None
            if wish.skip_until and wish.last != last:
                wish.skip_until = None

    def skip(self, key, until):
        wish = self.wish(key)
        wish.skip_until = until
        wish.last = self.reminders()[key].last

    def skip_once(self, key):
        rhythm = self.reminders()[key].rhythm
        self.skip(key, self.today(key[1]) + timedelta(days=rhythm))

    def put_off(self, key):
        """A paused, stopped or skipped need leaves the open call, or ends it."""
        client, salon, need = key
        for call in self.open_calls(salon):
            if call.client != client or need not in call.needs:
                continue
            left = call.needs - {need}
            if call.birthday or any(self.wants((client, salon, n)) for n in left):
                call.needs = left
            else:
                call.state = "cancelled"

    def wants(self, key):
        reminder, skip = self.reminders().get(key), self.wish(key).skip_until
        is_skipped = skip and skip > self.today(key[1])
        return reminder and reminder.state in CALLABLE and not is_skipped

    def newest(self, client, salon, purpose="reminder"):
        kind = (client, salon, purpose)
        own = [c for c in self.consents if (c.client, c.salon, c.purpose) == kind]
        pairs = enumerate(own)
        newest = max(pairs, key=lambda pair: (pair[1].moment, pair[0]), default=None)
        return newest and newest[1]

    def agrees(self, client, salon, purpose):
        """The newest consent of this client tells."""
        newest = self.newest(client, salon, purpose)
        if not newest:
            return False
        today = self.today(salon)
        if newest.expiry and newest.expiry < today:
            return False
        guardian = self.guardian(client, salon)
        if self.is_minor(client, salon) and not guardian:
            return False
        return newest.given and newest.guardian == guardian

    def may_be_called(self, client, salon, purpose):
        phone = self.number(client, salon)
        allowed = phone and phone not in self.blacklist
        return allowed and self.agrees_with_guardian(client, salon, purpose)

    # ---- clients under age ----

    def is_minor(self, client, salon):
        born, today = self.clients[client].birthdate, self.today(salon)
        if not born:
            return False
        of_age = (born.year + ref.OF_AGE, born.month, born.day)
        return of_age > (today.year, today.month, today.day)

    def guardian(self, client, salon):
        """Who answers for this client, if somebody has to."""
        return self.clients[client].guardian if self.is_minor(client, salon) else None

    def lacks_guardian(self, client, salon):
        return self.is_minor(client, salon) and not self.guardian(client, salon)

    def number(self, client, salon):
        """The number on which one is called about this client."""
        return self.clients[self.guardian(client, salon) or client].phone

    def agrees_with_guardian(self, client, salon, purpose):
        """Who wants no calls gets none about a child either."""
        guardian = self.guardian(client, salon)
        own = guardian and self.newest(guardian, salon, purpose)
        refused = own and not own.given
        return not refused and self.agrees(client, salon, purpose)

    def wards(self, *guardians):
        return [n for n, client in self.clients.items() if client.guardian in guardians]

    def purposes(self, client, salon):
        return {one for one in ref.PURPOSES if self.agrees(client, salon, one)}

    def consent(self, client, salon, given, expiry=None, purpose="reminder"):
        guardian = self.guardian(client, salon)
        self.consents.append(
            ref.Consent(client, salon, self.now, given, expiry, purpose, guardian)
        )
        if not given:
            self.cancel_unwanted([client, *self.wards(client)])
        self.blacklist_follows(self.number(client, salon), given)

    def owners(self, phone):
        return [name for name, client in self.clients.items() if client.phone == phone]

    def blacklist_follows(self, phone, given):
        """A withdrawal blocks the number unless somebody with it still agrees."""
        if not phone:
            return
        if given and phone in self.by_consent:
            self.unblock(phone)
        wanted = any(
            self.purposes(client, salon)
            for owner in self.owners(phone)
            for salon in self.salons
            for client in (owner, *self.wards(owner))
            if client == owner or self.guardian(client, salon) == owner
        )
        if not given and not wanted and phone not in self.blacklist:
            self.blacklist.add(phone)
            self.by_consent.add(phone)

    def block(self, phone):
        """A number put on the blacklist is a withdrawal of all who have it."""
        self.blacklist.add(phone)
        self.by_consent.discard(phone)
        for owner in self.owners(phone):
            for salon, purpose in product(self.salons, ref.PURPOSES):
                for client in (owner, *self.wards(owner)):
                    newest = self.newest(client, salon, purpose)
                    asked = client == owner or newest and newest.guardian == owner
                    if newest and newest.given and asked:
                        self.withdraw(client, salon, purpose)
        owners = self.owners(phone)
        self.cancel_unwanted([*owners, *self.wards(*owners)])

    def withdraw(self, client, salon, purpose):
        self.consents.append(ref.Consent(client, salon, self.now, False, None, purpose))

    def by_others(self):
        """The numbers that somebody blacklisted without a word of the client."""
        return self.blacklist - self.by_consent

    def unblock(self, phone):
        self.blacklist.discard(phone)
        self.by_consent.discard(phone)

    def cancel_unwanted(self, clients):
        """No call stays open that may not be made."""
        for call in self.calls:
            if call.state == "open" and call.client in clients:
                purpose = ref.PURPOSE_OF[call.kind]
                blocked = self.number(call.client, call.salon) in self.by_others()
                if self.lacks_guardian(call.client, call.salon) and not blocked:
                    # It is held, not ended.
                    continue
                if self.may_be_called(call.client, call.salon, purpose):
                    self.keep_agreed(call, purpose)
                else:
                    call.state = "refused"

    def keep_agreed(self, call, purpose):
        """Its further reasons fall that she does not agree to."""
        agreed = self.purposes(call.client, call.salon) | {purpose}
        if "promotion" not in agreed:
            call.birthday = None
        reminders = self.reminders()
        left = {
            need
            for need in call.needs
            if self.asks(reminders[call.client, call.salon, need]) in agreed
        }
        call.needs = left or call.needs

    @staticmethod
    def asks(reminder):
        """What must be agreed to for telling her of a need."""
        return "feedback" if reminder.state == "lapsed" else "reminder"

    # ---- calls ----

    def no_answer(self, call):
        phone = self.number(call.client, call.salon)
        call.attempts.append((self.now, phone))
        if len(call.attempts) >= self.salons[call.salon].max_attempts:
            self.skip_gap(call)
            call.state, call.ended = "done", "unreachable"

    def cancel(self, call):
        """Take a call off the list by hand; who was called has the gap by that."""
        if not call.attempts:
            self.skip_gap(call)
        call.state = "cancelled"

    def skip_gap(self, call):
        gap = timedelta(days=max(self.salons[call.salon].contact_gap, 1))
        for key in self.keys_of(call):
            self.skip(key, self.today(call.salon) + gap)

    def decline(self, call, stop):
        phone = self.number(call.client, call.salon)
        call.attempts.append((self.now, phone))
        for key in self.keys_of(call):
            if stop:
                self.wish(key).stopped = True
            else:
                self.skip_once(key)
        call.state, call.ended = "done", "answered"

    def keys_of(self, call):
        return [(call.client, call.salon, need) for need in sorted(call.needs)]

    # ---- merging ----

    def merge(self, source, target):
        """Everything of ``source`` belongs to ``target`` from now on."""
        for one, other in ((source, target), (target, source)):
            if self.clients[one].guardian == other:
                self.clients[one].guardian = None
        for salon in self.salons:
            both = [c for c in self.open_calls(salon) if c.client in (source, target)]
            both.sort(key=lambda call: call.client != target)
            for call in both[1:]:
                call.state = "cancelled"
        self.merge_wishes(source, target)
        newest = {
            kind: [self.newest(client, *kind) for client in (source, target)]
            for kind in product(self.salons, ref.PURPOSES)
        }
        for item in [*self.visits, *self.consents, *self.calls]:
            if item.client == source:
                item.client = target
        for item in [*self.clients.values(), *self.consents]:
            if item.guardian == source:
                item.guardian = target
        gone, stays = self.clients.pop(source), self.clients[target]
        for kind, before in newest.items():
            # The most restrictive of the two answers holds.
            refused = any(consent and not consent.given for consent in before)
            if refused and self.newest(target, *kind).given:
                self.withdraw(target, *kind)
        stays.phone = stays.phone or gone.phone
        stays.birthdate = stays.birthdate or gone.birthdate
        stays.guardian = stays.guardian or gone.guardian
        self.visits_changed(target)
        self.cancel_unwanted([target])

    def merge_wishes(self, source, target):
        """Every stop, the longer pause, and the skip said after the newest visit."""
        for key in [key for key in self.wishes if key[0] == source]:
            own, other = self.wish((target, *key[1:])), self.wishes.pop(key)
            own.stopped = own.stopped or other.stopped
            pauses = [w.pause_until for w in (own, other) if w.pause_until]
            own.pause_until = max(pauses, default=None)
            skips = [w for w in (own, other) if w.skip_until]
            newest = max(skips, key=lambda w: (w.last, w.skip_until), default=None)
            if newest:
                own.skip_until, own.last = newest.skip_until, newest.last

    # ---- the daily job ----

    def open_calls(self, salon):
        return [c for c in self.calls if c.salon == salon and c.state == "open"]

    def plan(self):
        """Plan today's calls of every salon; return {client, salon: hold}."""
        holds = {}
        for name in self.salons:
            # Consents that expired end calls too.
            expired = [
                call.client
                for call in self.open_calls(name)
                if not {
                    ref.PURPOSE_OF[call.kind],
                    *(["promotion"] if call.birthday else []),
                }
                <= self.purposes(call.client, name)
            ]
            self.cancel_unwanted(expired)
            self.plan_salon(name)
            holds |= self.holds(name)
        return holds

    def plan_salon(self, name):
        today, salon = self.today(name), self.salons[name]
        free = salon.quota - sum(
            call.salon == name and call.opened == today for call in self.calls
        )
        numbers = set()
        for reason in self.candidates(name):
            client = reason.client
            if self.hold(reason, name) or self.number(client, name) in numbers:
                continue
            if salon.quota and free <= 0:
                break
            free -= 1
            numbers.add(self.number(client, name))
            call = ref.Call(client, name, reason.kind, reason.needs, today)
            call.birthday = reason.birthday
            self.calls.append(call)

    def holds(self, name):
        """{(client, salon, need): what holds it back}, after the planning."""
        found = {}
        for reason in self.candidates(name):
            hold = self.hold(reason, name) or "quota"
            for needs, why in ((reason.needs, hold), (reason.dropped, "consent")):
                found |= {(reason.client, name, need): why for need in needs}
        return found

    def candidates(self, name):
        """Whoever there is something to call about, in the order of calling."""
        reasons = {}
        for key, reminder in self.reminders().items():
            if key[1] == name and self.speaks(key, reminder):
                reasons.setdefault(key[0], []).append((key[2], reminder))
        birthdays = self.birthdays(name)
        found = [
            self.reason(client, name, reasons.get(client, []), birthdays.get(client))
            for client in self.clients
        ]
        return sorted(filter(None, found), key=lambda reason: reason.order)

    def speaks(self, key, reminder):
        """Due and not yet handled, or due soon enough to join a call."""
        today, skip = self.today(key[1]), self.wish(key).skip_until
        soon = today + timedelta(days=self.salons[key[1]].bundling)
        joins = (
            reminder.state == "scheduled"
            and reminder.call <= soon
            and reminder.earliest <= today
        )
        return (reminder.state in CALLABLE or joins) and not (skip and skip > today)

    def reason(self, client, name, needs, birthday):
        """Her best reason that she agreed to, or the best that is held back."""
        states = {reminder.state for _need, reminder in needs}
        speaks = {
            "reminder": bool(states & {"due", "late"}),
            "lapsed": "lapsed" in states,
            "birthday": bool(birthday),
        }
        agreed = self.purposes(client, name)
        kinds = [kind for kind, holds in speaks.items() if holds]
        kinds.sort(key=lambda kind: ref.PURPOSE_OF[kind] not in agreed)
        if not kinds:
            return None
        if ref.PURPOSE_OF[kinds[0]] not in agreed:
            return Reason(self, client, name, kinds[0], needs, birthday)
        told = [pair for pair in needs if self.asks(pair[1]) in agreed]
        wishes = birthday if "promotion" in agreed else None
        reason = Reason(self, client, name, kinds[0], told, wishes, needs)
        reason.dropped = {need for need, _reminder in needs} - reason.needs
        return reason

    def birthdays(self, name):
        """{client: birthday that is near and not called about yet}."""
        today, days = self.today(name), self.salons[name].birthday_days
        if not days:
            return {}
        found = {}
        for client, data in self.clients.items():
            for year in (today.year, today.year + 1):
                day = data.birthdate and ref.birthday_in(data.birthdate, year)
                near = day and today <= day <= today + timedelta(days=days)
                if near and self.came(client, name) and not self.wished(client, day):
                    found[client] = day
        return found

    def came(self, client, name):
        return any(self.is_hers(visit, client, name) for visit in self.visits)

    def wished(self, client, day):
        return any(
            (c.client, c.birthday) == (client, day) and c.state != "refused"
            for c in self.calls
        )

    def hold(self, reason, name):
        """The one rule that holds her back, or None."""
        client = reason.client
        phone = self.number(client, name)
        if phone in self.by_others():
            return "blacklist"
        if self.lacks_guardian(client, name):
            return "guardian"
        if not self.agrees_with_guardian(client, name, ref.PURPOSE_OF[reason.kind]):
            return "consent"
        if not phone:
            return "phone"
        if phone in self.blacklist:
            return "blacklist"
        if self.is_near_visit(client, name):
            return "visit"
        for call in self.open_calls(name):
            if call.client == client or self.number(call.client, name) == phone:
                return "call"
        if self.contacted(client, phone, name):
            return "gap"
        return "unreachable" if self.rests(client, phone, name) else None

    def rests(self, client, phone, name):
        """Not answering, she is left alone for longer each time, then half a year."""
        salon = self.salons[name]
        own = [c for c in self.calls if (c.client, c.salon) == (client, name)]
        since = [
            *(c.attempts[-1][0] for c in own if c.ended == "answered"),
            *(v.moment for v in self.visits if self.is_hers(v, client, name)),
        ]
        missed = [
            c.attempts[-1][0]
            for c in own
            if c.ended == "unreachable" and phone in [one for _at, one in c.attempts]
        ]
        row = [moment for moment in missed if moment >= max(since, default=moment)]
        if len(row) < 2:
            return False
        days = min(max(salon.contact_gap, 1) * 2 ** (len(row) - 1), ref.HALF_A_YEAR)
        if len(row) >= ref.UNREACHABLE_CALLS:
            days = ref.HALF_A_YEAR
        return salon.day(max(row)) + timedelta(days=days) > self.today(name)

    @staticmethod
    def is_hers(visit, client, name):
        return (visit.client, visit.salon, visit.state) == (client, name, "done")

    def is_near_visit(self, client, name):
        """She was here a moment ago or comes soon, and is spoken to there."""
        salon, today = self.salons[name], self.today(name)
        return any(
            abs(salon.day(visit.moment) - today) <= timedelta(days=ref.NEAR_DAYS)
            for visit in self.visits
            if (visit.client, visit.salon) == (client, name)
            and visit.state in (*ref.OPEN, "done")
        )

    def contacted(self, client, phone, name):
        salon = self.salons[name]
        since = self.today(name) - timedelta(days=salon.contact_gap)
        return any(
            salon.day(moment) > since
            for call in self.calls
            if call.salon == name
            for moment, dialled in call.attempts
            if client == call.client or dialled == phone
        )

    def spent(self, client, name):
        """What she spent in the year up to today."""
        today = self.today(name)
        return sum(
            line.quantity * self.prices[line.service]
            for visit in self.visits
            if self.is_hers(visit, client, name)
            and self.salons[name].day(visit.moment) > ref.year_before(today)
            for line in visit.lines
        )


class Reason:
    """All that speaks for calling one client."""

    def __init__(self, world, client, salon, kind, needs, birthday, found=None):
        self.client, self.kind, self.birthday = client, kind, birthday
        self.needs, self.dropped = {need for need, _reminder in needs}, set()
        today = world.today(salon)
        every = needs if found is None else found
        gone = min((ref.gone(r, today) for _need, r in every), default=0)
        fresh = [r.due for _need, r in needs if r.state != "lapsed"]
        due = min(fresh or [r.due for _need, r in needs], default=None)
        self.order = (
            kind != "reminder",
            gone > ref.PROBABLY_GONE,
            -world.spent(client, salon),
            (due is None, due),
            world.clients[client].number,
        )
