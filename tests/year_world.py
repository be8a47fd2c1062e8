"""A salon lived through day by day: who comes, who cancels, who is phoned.

Time is frozen and moved by hand. Everything is done as people do it: each request has a
transaction and a user of its own, and nothing but ``Founding`` reaches behind them.
"""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

import pytz

from odoo import SUPERUSER_ID, api

from .year_checks import NOTE_BOOKINGS, SET_CLOCK, TABLES, Checks, read_reminders
from .year_clients import Clients
from .year_desk import Desk, work_on_paper
from .year_events import Events
from .year_founding import (
    HOLIDAYS,
    QUIET,
    RECEPTION,
    Founding,
    Welcome,
    make_salons,
)
from .year_people import COURSE, SOLD_AS_COURSE, Town
from .year_table import follow_spells, follow_waits

START = datetime(2026, 10, 12)
# The job runs then (UTC): it is morning at every salon.
JOB_HOUR = time(5, 30)
# What happens at a salon in a day, by its own clock.
DAY = (
    (time(10), "calls"),
    (time(13), "noon"),
    (time(17, 30), "calls"),
    (time(19, 10), "evening"),
)
# So many calls a receptionist makes in one go, and how long each of them takes.
SHIFT, MINUTES = 15, 4
MISSED_JOB, SECOND_JOB, PAPER = 0.04, 0.15, 0.08
WEEK, MONTH = 7, 28


class World:
    """All salons of one life, and the clock they share."""

    def __init__(self, registry, clock, seed, days, clients):
        self.registry, self.clock = registry, clock
        self.seed, self.days = seed, days
        self.chance = Random(seed)
        # What is rare in two years would not happen in eight weeks.
        self.haste = max(1, 500 / days)
        self.rare = min(self.haste, 3)
        self.town = Town(self.chance, self.haste)
        self.salons = make_salons()
        self.by_id, self.closed, self.checks = {}, set(), Checks()
        self.desks, self.happened, self.numbers = {}, {}, 0
        self.now = START
        self.found(clients)
        self.events, self.clients = Events(self), Clients(self)

    def tell(self, what, count=1):
        """Remember that something happened, for the table."""
        self.happened[what] = self.happened.get(what, 0) + count

    # ------------------------------------------------------------
    # TIME AND USERS
    # ------------------------------------------------------------

    @property
    def today(self):
        return self.now.date()

    def move(self, moment):
        self.now = max(self.now, moment)
        self.clock.move_to(self.now)

    def pass_minutes(self, minutes):
        self.move(self.now + timedelta(minutes=minutes))

    def at(self, salon, day, hour):
        """The UTC moment of an hour of a salon's clock."""
        zone = pytz.timezone(salon.zone)
        local = zone.localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @contextmanager
    def request(self, login=None, salon=None, **context):
        """One request of a user to the server, committed at its end."""
        user = self.users[login] if login else SUPERUSER_ID
        if salon:
            context["allowed_company_ids"] = [salon.id]
        with self.registry.cursor() as cr:
            yield api.Environment(cr, user, {"lang": "en_US", **context})

    def look(self, *which, **values):
        """Check what must hold now."""
        with self.registry.cursor() as cr:
            self.set_clocks(cr)
            for rules in which:
                self.checks.look(cr, rules, **values)

    # ------------------------------------------------------------
    # BEFORE THE FIRST DAY
    # ------------------------------------------------------------

    def found(self, clients):
        years = range(START.year, START.year + self.days // 365 + 2)
        with self.request() as env:
            env.cr.execute(TABLES)
            founding = Founding(env, self.salons)
            self.products, self.users = founding.found(years)
        for salon in self.salons:
            count = round(clients * salon.share)
            people = [self.town.settle(salon, self.today) for _n in range(count)]
            self.welcome(salon, people)
            self.remember(salon, people)
        self.look()

    def welcome(self, salon, people):
        """Parents first, for their children's cards name them."""
        people = sorted(people, key=lambda person: person.guardian is not None)
        with self.request(salon=salon) as env:
            welcome = Welcome(env, salon)
            for children in (False, True):
                welcome.enter([p for p in people if bool(p.guardian) is children])
        self.by_id.update((person.id, person) for person in people)

    def remember(self, salon, people):
        """The visits before the first day."""
        visits = [visit for one in people for visit in self.past_of(one)]
        with self.request(salon=salon, **QUIET) as env:
            Welcome(env, salon).remember(visits)

    def past_of(self, person):
        """What somebody had done, day by day; some have stayed away for long."""
        back = 300 if self.days > 100 else 120
        past = {}
        for service, days in person.needs.items():
            day = self.today - timedelta(1 + self.chance.randrange(round(days * 1.4)))
            person.served([service], day, self.chance)
            while (self.today - day).days < back:
                past.setdefault(day, []).append(self.products[service])
                first = day
                day -= timedelta(max(5, round(days * self.chance.gauss(1, 0.12))))
            if service == SOLD_AS_COURSE:
                past[first].append(self.products[COURSE])
        return [(person, services, day) for day, services in past.items()]

    # ------------------------------------------------------------
    # A DAY
    # ------------------------------------------------------------

    def live(self, report=None):
        for number in range(self.days):
            day = START.date() + timedelta(number)
            self.move(datetime.combine(day, JOB_HOUR))
            self.morning(number)
            for moment, act, salon in self.get_agenda(day):
                self.move(moment)
                act(salon, day)
            self.night()
            if report:
                report(self, number)

    def get_agenda(self, day):
        """(moment, what, salon) of the salons that are open, in the order of time."""
        acts = {
            "calls": self.work,
            "noon": self.clients.noon,
            "evening": self.clients.close_day,
        }
        agenda = [
            (self.at(salon, day, hour), acts[act], salon)
            for salon in self.salons
            if self.is_open(salon, day)
            for hour, act in DAY
        ]
        return sorted(agenda, key=lambda entry: entry[0])

    def is_open(self, salon, day):
        closed = day.weekday() == 6 or (day.month, day.day) in HOLIDAYS
        return not closed and (salon.name, day) not in self.closed

    def morning(self, number):
        """The daily job runs: not at all, once, or twice."""
        self.events.happen(number)
        if self.chance.random() < MISSED_JOB:
            self.tell("jobs missed")
            return
        self.run_cron("plan_calls")
        self.look("open", "opened")
        with self.registry.cursor() as cr:
            self.checks.look_at_quota(cr)
            follow_waits(cr)
        if self.chance.random() < SECOND_JOB:
            self.run_second_job()
        if number % WEEK == 0:
            self.check_week()
        if number % MONTH == MONTH - 1:
            self.check_rebuild()

    def check_week(self):
        """What other jobs do, and what reports say of it."""
        self.run_cron("follow_promotions")
        self.run_cron("refresh_standings")
        with self.registry.cursor() as cr:
            self.checks.look_at_segments(cr)
        self.check_report()

    def close(self, salon, day):
        with self.request() as env:
            Founding(env, self.salons).close(salon, day)
        self.closed.add((salon.name, day))
        self.tell("days closed by surprise")

    def run_cron(self, name):
        with self.request() as env:
            cron = env.ref(f"salon_reminders.ir_cron_{name}")
            cron.method_direct_trigger()
            if cron.failure_count:
                self.checks.note("a job failed", name)

    def run_second_job(self):
        """A second run on the same day changes nothing."""
        before = self.get_calls()
        self.run_cron("plan_calls")
        self.tell("jobs doubled")
        for call in self.get_calls() ^ before:
            self.checks.note("a second run changed a call", call, at=str(self.now))

    def get_calls(self):
        with self.request() as env:
            env.cr.execute("SELECT id, state FROM salon_call")
            return set(env.cr.fetchall())

    def check_rebuild(self):
        """All reminders worked out anew are the same, once the norm is learned."""
        self.run_cron("refresh_norms")
        with self.request() as env:
            before = read_reminders(env.cr)
            env["salon.reminder.engine"]._refresh()
            env.flush_all()
            for row in set(before) ^ set(read_reminders(env.cr)):
                self.checks.note("a rebuild changed a reminder", row[:4], at=str(row))

    def check_report(self):
        """Undone attempts are not counted in the report."""
        with self.request() as env:
            [(told,)] = env["salon.call.report"]._read_group(
                [], [], ["attempt_count:sum"]
            )
            env.cr.execute(
                "SELECT COUNT(*) FROM salon_call_attempt WHERE undone_at IS NULL"
            )
            if (told or 0) != env.cr.fetchone()[0]:
                self.checks.note("the report counts undone attempts", str(self.now))

    def set_clocks(self, cr):
        """Tell our own tables what time it is, and which visits are new."""
        for salon in self.salons:
            zone = pytz.timezone(salon.zone)
            local = pytz.utc.localize(self.now).astimezone(zone)
            cr.execute(SET_CLOCK, (salon.id, salon.zone, local.date(), self.now))
        cr.execute(NOTE_BOOKINGS, (self.now,))

    def night(self):
        self.look("open")
        with self.registry.cursor() as cr:
            follow_spells(cr)

    # ------------------------------------------------------------
    # AT THE DESK
    # ------------------------------------------------------------

    def work(self, salon, _day):
        """Two receptionists at once, each with somebody on the phone."""
        if not self.has_calls(salon):
            return
        if self.chance.random() < PAPER:
            work_on_paper(self, salon, self.chance.choice(RECEPTION))
            return
        desks = self.get_desks(salon)
        for _number in range(SHIFT):
            desks = [desk for desk in desks if desk.take()]
            self.pass_minutes(MINUTES)
            for desk in desks:
                desk.talk()
            if not desks:
                return

    def get_desks(self, salon):
        if salon.name not in self.desks:
            self.desks[salon.name] = [Desk(self, salon, login) for login in RECEPTION]
        for desk in self.desks[salon.name]:
            desk.begin()
        return self.desks[salon.name]

    def has_calls(self, salon):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT 1 FROM salon_call WHERE state = 'open' AND company_id = %s",
                (salon.id,),
            )
            return bool(cr.fetchall())
