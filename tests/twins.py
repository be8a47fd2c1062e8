"""Does every event twice: in Odoo as the system does it, and in the reference."""

from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from . import reference as ref
from .reference_world import CALLABLE, World

CLIENTS = ["anna", "bea", "cora", "dora"]
PHONES = ["+36301234501", "+36301234502", "+36301234503", None]
# Earliest, ideal, late, lead, lapse: what a salon might set for any of its cycles.
TIMES = [
    (21, 35, 49, 7, 70),
    (10, 25, 35, 5, 60),
    (60, 100, 150, 14, 200),
    (28, 30, 42, 20, 42),
    (7, 14, 14, 0, 60),
]
SALONS = {"east": "Europe/Budapest", "west": "America/Los_Angeles"}
CYCLES = {"roots": TIMES[0], "cut": TIMES[1], "keratin": TIMES[2], "laser": TIMES[3]}
SERVICES = {
    "touch-up": ["roots"],
    "haircut": ["cut"],
    "colour and cut": ["roots", "cut"],
    "smoothing": ["keratin"],
    "epilation": ["laser"],
    "advice": [],
    "shampoo": [],
}
KINDS = {"advice": "fee", "shampoo": "retail"}
TYPICAL = {("east", "roots"): [20, 26, 28, 31, 33, 35, 40, 45, 63]}
FIELDS = {
    "last": "last_date",
    "visits": "visit_count",
    "year_visits": "year_visits",
    "gaps": "gap_count",
    "rhythm": "rhythm_days",
    "weekday": "usual_weekday",
    "booked": "booked_date",
    "earliest": "earliest_date",
    "due": "due_date",
    "call": "call_date",
    "late": "late_date",
    "lapse": "lapse_date",
}


class Salons:
    """The two salons in the database, which all examples start from."""

    def __init__(self, env):
        self.env = env
        self.zone = env["salon.zone"].create({"name": "Hair"})
        self.companies = {n: self.company(n, zone) for n, zone in SALONS.items()}
        self.cycles = {name: self.cycle(name) for name in CYCLES}
        self.services = {name: self.service(name) for name in SERVICES}
        self.clients = {
            name: env["res.partner"].create(
                {"name": name, "phone": phone, "country_id": env.ref("base.hu").id}
            )
            for name, phone in zip(CLIENTS, PHONES, strict=True)
        }
        for (salon, cycle), gaps in TYPICAL.items():
            norm = {"company_id": self.companies[salon].id, "gaps": gaps}
            env["salon.cycle.norm"].create(
                {**norm, "cycle_id": self.cycles[cycle].id, "client_count": 200}
            )

    def company(self, name, zone):
        company = self.env["res.company"].create(
            {
                "name": name,
                "country_id": self.env.ref("base.hu").id,
                "salon_daily_quota": 0,
                "salon_contact_gap_days": 14,
                "salon_bundling_days": 7,
                "salon_max_attempts": 2,
            }
        )
        company.resource_calendar_id = self.working_week(zone)
        return company

    def working_week(self, zone):
        """Monday to Friday, whatever hours the database's own salon keeps."""
        return self.env["resource.calendar"].create(
            {
                "name": "Working week",
                "tz": zone,
                "attendance_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Open",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                        },
                    )
                    for day in range(5)
                ],
            }
        )

    def cycle(self, name):
        owner = self.companies["west"].id if name == "laser" else False
        return self.env["salon.cycle"].create(
            {
                "name": name,
                "zone_id": self.zone.id,
                "company_id": owner,
                **cycle_vals(CYCLES[name]),
            }
        )

    def service(self, name):
        cycles = [self.cycles[cycle].id for cycle in SERVICES[name]]
        return self.env["product.product"].create(
            {
                "name": name,
                "type": "consu" if name == "shampoo" else "service",
                "salon_kind": KINDS.get(name, "service"),
                "salon_cycle_ids": cycles,
                "list_price": 50.0,
            }
        )

    def world(self, now):
        """The same salons for the reference."""
        return World(
            salons={n: ref.Salon(zone, max_attempts=2) for n, zone in SALONS.items()},
            cycles={
                name: ref.Cycle(*times, salon="west" if name == "laser" else None)
                for name, times in CYCLES.items()
            },
            services={name: list(cycles) for name, cycles in SERVICES.items()},
            prices=dict.fromkeys(SERVICES, 50.0),
            now=now,
            typical=dict(TYPICAL),
            clients={
                name: ref.Client(partner.id, phone)
                for (name, partner), phone in zip(
                    self.clients.items(), PHONES, strict=True
                )
            },
        )


def cycle_vals(times):
    names = ("earliest_days", "ideal_days", "late_days", "lead_days", "lapse_days")
    return dict(zip(names, times, strict=True))


class Twins:
    """One example: the events done so far, in both."""

    def __init__(self, case, salons, start):
        self.case, self.salons, self.env = case, salons, salons.env
        self.world = salons.world(start)
        self.partners = dict(salons.clients)
        self.visits = []
        self.clock = None

    def play(self, events, plan=True):
        """Do the events one by one and compare after each, then run the job."""
        with freeze_time(self.world.now) as self.clock:
            for event, *arguments in events:
                getattr(self, event)(*arguments)
                self.compare_reminders()
            if plan:
                self.job()

    # ---- choosing ----

    def client(self, number):
        names = list(self.world.clients)
        return names[number % len(names)]

    def chosen(self, number, items):
        """One of the items, none if there are none."""
        return items[number % len(items)] if items else None

    def chosen_visit(self, number):
        place = self.chosen(number, range(len(self.visits)))
        if place is None:
            return None, None
        return self.world.visits[place], self.visits[place]

    def chosen_key(self, number):
        return self.chosen(number, sorted(self.world.reminders()))

    def chosen_call(self, number):
        calls = [c for c in self.world.calls if c.state == "open"]
        call = self.chosen(number, calls)
        return call, call and self.record_of_call(call)

    def record_of_call(self, call):
        return self.env["salon.call"].search(
            [
                ("partner_id", "=", self.partners[call.client].id),
                ("company_id", "=", self.salons.companies[call.salon].id),
                ("state", "=", "open"),
            ]
        )

    def record_of(self, key):
        client, salon, cycle = key
        return self.env["salon.reminder"].search(
            [
                ("partner_id", "=", self.partners[client].id),
                ("company_id", "=", self.salons.companies[salon].id),
                ("cycle_id", "=", self.salons.cycles[cycle].id),
            ]
        )

    def moment(self, days, hour):
        """So many days from today, at this hour of the universal clock."""
        day = self.world.now + timedelta(days=days)
        return day.replace(hour=hour, minute=30, second=0)

    def has_come(self, salon, moment):
        return self.world.salons[salon].day(moment) <= self.world.today(salon)

    # ---- visits ----

    def history(self, client, salon, services, back, hour, gaps):
        """Done visits, the last of them so many days ago."""
        days = [back]
        for gap in gaps:
            days.append(days[-1] + gap)
        for day in reversed(days):
            moment = self.moment(-day, hour)
            if self.has_come(salon, moment):
                self.add_visit(self.client(client), salon, moment, "done", services)

    def book(self, client, salon, services, ahead, hour):
        moment = self.moment(ahead, hour)
        self.add_visit(self.client(client), salon, moment, "booked", services)

    def add_visit(self, client, salon, moment, state, services):
        self.world.visits.append(
            ref.Visit(client, salon, moment, state, [ref.Line(s) for s in services])
        )
        self.world.visits_changed(client)
        products = [self.salons.services[name] for name in services]
        self.visits.append(
            self.env["salon.visit"].create(
                {
                    "partner_id": self.partners[client].id,
                    "company_id": self.salons.companies[salon].id,
                    "start": moment,
                    "state": state,
                    "line_ids": [(0, 0, {"product_id": p.id}) for p in products],
                }
            )
        )

    def set_state(self, number, state):
        visit, record = self.chosen_visit(number)
        if not visit:
            return
        to_come = not self.has_come(visit.salon, visit.moment)
        if to_come and state in ref.HERE:
            return
        visit.state = state
        self.world.visits_changed(visit.client)
        record.state = state

    def move(self, number, days, hour):
        visit, record = self.chosen_visit(number)
        moment = self.moment(days, hour)
        if not visit:
            return
        if visit.state in ref.HERE:
            if not self.has_come(visit.salon, moment):
                return
        visit.moment = moment
        self.world.visits_changed(visit.client)
        record.start = moment

    def hand_over(self, number, client):
        """The visit was somebody else's."""
        visit, record = self.chosen_visit(number)
        if not visit:
            return
        before, visit.client = visit.client, self.client(client)
        self.world.visits_changed(before, visit.client)
        record.partner_id = self.partners[visit.client]

    # ---- lines ----

    def chosen_line(self, number):
        """A line that neither is a refund nor was refunded."""
        visit, record = self.chosen_visit(number)
        if not visit:
            return None, None, None
        places = [
            place
            for place, line in enumerate(visit.lines)
            if line.quantity > 0 and not line.refunded
        ]
        place = self.chosen(number, places)
        if place is None:
            return visit, None, None
        return visit, visit.lines[place], record.line_ids.sorted("id")[place]

    def refund(self, number):
        visit, line, record = self.chosen_line(number)
        if not line:
            return
        line.refunded -= line.quantity
        visit.lines.append(ref.Line(line.service, -line.quantity))
        self.world.visits_changed(visit.client)
        self.env["salon.visit.line"].create(
            {
                "visit_id": record.visit_id.id,
                "product_id": record.product_id.id,
                "quantity": -record.quantity,
                "refunded_line_id": record.id,
            }
        )

    def change_service(self, number, service):
        visit, line, record = self.chosen_line(number)
        if not line:
            return
        line.service = service
        self.world.visits_changed(visit.client)
        record.product_id = self.salons.services[service]

    def drop_line(self, number):
        visit, line, record = self.chosen_line(number)
        if not line:
            return
        visit.lines.remove(line)
        self.world.visits_changed(visit.client)
        record.unlink()

    # ---- what clients decide ----

    def consent(self, client, salon, given, days, purpose="reminder"):
        client = self.client(client)
        if given and self.world.lacks_guardian(client, salon):
            # Nobody may agree; what is said to people is tested elsewhere.
            return
        expiry = self.world.today(salon) + timedelta(days=days) if days else None
        self.world.consent(client, salon, given, expiry, purpose)
        self.env["salon.consent"].create(
            {
                "partner_id": self.partners[client].id,
                "company_id": self.salons.companies[salon].id,
                "purpose": purpose,
                "decision": "given" if given else "withdrawn",
                "expiry_date": expiry,
                "wording": "May we?",
            }
        )

    def card_consent(self, client, salon, given, purpose):
        """What the card may keep changes nothing for calls."""
        client = self.client(client)
        if given and self.world.lacks_guardian(client, salon):
            return
        self.env["salon.consent"].create(
            {
                "partner_id": self.partners[client].id,
                "company_id": self.salons.companies[salon].id,
                "purpose": purpose,
                "decision": "given" if given else "withdrawn",
                "wording": "May we?",
            }
        )

    def guardian(self, client, guardian):
        """Somebody answers for the client, or nobody does any more."""
        client = self.client(client)
        name = self.client(guardian) if guardian is not None else None
        born = name and self.world.clients[name].birthdate
        if name == client or born and born.year > 2000:
            return
        self.world.clients[client].guardian = name
        self.partners[client].salon_guardian_id = name and self.partners[name]

    def phone(self, client, number):
        client, phone = self.client(client), PHONES[number]
        self.world.clients[client].phone = phone
        self.partners[client].phone = phone

    def block(self, number, blocked):
        phone = PHONES[number]
        if not phone:
            return
        blacklist = self.env["phone.blacklist"].sudo()
        if blocked:
            self.world.block(phone)
            blacklist._add([phone])
        elif phone in self.world.blacklist:
            self.world.unblock(phone)
            blacklist._remove([phone])

    def pause(self, number, days):
        key = self.chosen_key(number)
        if key:
            until = self.world.today(key[1]) + timedelta(days=days)
            self.world.wish(key).pause_until = until
            self.world.put_off(key)
            self.env["salon.reminder.pause"].create(
                {
                    "reminder_ids": self.record_of(key).ids,
                    "pause_until": until,
                    "pause_reason": "holiday",
                }
            ).action_pause()

    def stop(self, number):
        key = self.chosen_key(number)
        if key:
            self.world.wish(key).stopped = True
            self.world.put_off(key)
            self.record_of(key).action_stop()

    def skip(self, number):
        key = self.chosen_key(number)
        if key:
            self.world.skip_once(key)
            self.world.put_off(key)
            self.record_of(key).action_skip()

    def resume(self, number):
        key = self.chosen_key(number)
        if key:
            self.world.wishes[key] = ref.Wish()
            self.record_of(key).action_resume()

    # ---- calls ----

    def no_answer(self, number):
        call, record = self.chosen_call(number)
        if call:
            self.world.no_answer(call)
            record.action_no_answer()

    def decline(self, number, stop):
        call, record = self.chosen_call(number)
        if call:
            self.world.decline(call, stop)
            outcome = self.env["salon.call.outcome"]._get_default("declined")
            record._log_attempt(outcome, stop=stop)

    def cancel_call(self, number):
        call, record = self.chosen_call(number)
        if call:
            self.world.cancel(call)
            record.action_cancel()

    # ---- what the salon decides ----

    def set_cycle(self, name, times):
        self.world.cycles[name] = ref.Cycle(*times, self.world.cycles[name].salon)
        self.world.lines_moved()
        self.salons.cycles[name].write(cycle_vals(times))

    def set_service(self, service, cycles):
        self.world.services[service] = list(cycles)
        self.world.lines_moved()
        self.salons.services[service].salon_cycle_ids = [
            (6, 0, [self.salons.cycles[name].id for name in cycles])
        ]

    def set_salon(self, salon, own_rhythm, bundling, quota, gap, birthday_days):
        settings = self.world.salons[salon]
        settings.own_rhythm, settings.bundling = own_rhythm, bundling
        settings.quota, settings.contact_gap = quota, gap
        settings.birthday_days = birthday_days
        self.salons.companies[salon].write(
            {
                "salon_own_rhythm": own_rhythm,
                "salon_bundling_days": bundling,
                "salon_daily_quota": quota,
                "salon_contact_gap_days": gap,
                "salon_birthday_days": birthday_days,
            }
        )

    def close(self, salon, days):
        """The salon stays closed on a day to come or, noted late, on a past one."""
        day = self.world.today(salon) + timedelta(days=days)
        self.world.salons[salon].closed.add(day)
        company = self.salons.companies[salon]
        midnight = datetime.combine(day, datetime.min.time())
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "company_id": company.id,
                "calendar_id": False,
                "date_from": company._salon_utc(midnight),
                "date_to": company._salon_utc(midnight + timedelta(hours=23)),
            }
        )

    def birthdate(self, client, day):
        client = self.client(client)
        self.world.clients[client].birthdate = day
        self.partners[client].salon_birthdate = day

    def merge(self, source, target):
        source, target = self.client(source), self.client(target)
        if source == target or len(self.partners) < 3:
            return
        self.world.merge(source, target)
        partners = self.partners.pop(source) | self.partners[target]
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, self.partners[target])

    # ---- time ----

    def wait(self, days, hours):
        """Days pass; nobody runs the job."""
        self.world.now += timedelta(days=days, hours=hours)
        self.clock.move_to(self.world.now)
        # Another day is another transaction.
        self.env.flush_all()
        self.env.invalidate_all()

    def job(self):
        """The daily job runs."""
        holds = self.world.plan()
        cron = self.env.ref("salon_reminders.ir_cron_plan_calls")
        with self.case.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.case.assertFalse(cron.failure_count)
        self.env.invalidate_all()
        self.compare_states()
        self.compare_calls()
        self.compare_holds(holds)

    def rebuild(self):
        """Everything anew from the visits, which must change nothing."""
        self.env["salon.reminder.engine"]._refresh()

    # ---- comparing ----

    def records(self):
        """{key: reminder} of all that are not idle."""
        names = {partner.id: name for name, partner in self.partners.items()}
        return {
            (
                names[record.partner_id.id],
                self.name_in(self.salons.companies, record.company_id),
                self.name_in(self.salons.cycles, record.cycle_id),
            ): record
            for record in self.env["salon.reminder"].search(
                [("partner_id", "in", list(names)), ("last_date", "!=", False)]
            )
        }

    @staticmethod
    def name_in(records, wanted):
        return next(name for name, record in records.items() if record == wanted)

    def compare_reminders(self):
        ours = {
            key: {name: getattr(reminder, name) for name in FIELDS}
            for key, reminder in self.world.reminders().items()
        }
        theirs = {
            key: {name: record[column] or None for name, column in FIELDS.items()}
            for key, record in self.records().items()
        }
        for values in theirs.values():
            values["gaps"] = values["gaps"] or 0
        self.case.assertEqual(theirs, ours)

    def compare_states(self):
        ours = {key: r.state for key, r in self.world.reminders().items()}
        theirs = {key: record.state for key, record in self.records().items()}
        self.case.assertEqual(theirs, ours)

    def compare_calls(self):
        """The call list, what of it waits for a visit, and each call's activity."""
        ours = sorted(
            (
                *(c.salon, c.client, c.kind, sorted(c.needs), c.opened, c.birthday),
                self.world.is_near_visit(c.client, c.salon),
            )
            for c in self.world.calls
            if c.state == "open"
        )
        records = self.env["salon.call"].search(
            [
                ("state", "=", "open"),
                ("company_id", "in", [c.id for c in self.salons.companies.values()]),
            ]
        )
        theirs = sorted(
            (
                self.name_in(self.salons.companies, call.company_id),
                self.name_in(self.partners, call.partner_id),
                call.kind,
                sorted(call.cycle_ids.mapped("name")),
                call.opened_date,
                call.birthday or None,
                call.is_waiting,
            )
            for call in records
        )
        self.case.assertEqual(theirs, ours)
        self.case.assertTrue(all(len(call.activity_ids) == 1 for call in records))

    def compare_holds(self, holds):
        """Why each reminder that is due is (not) on the list."""
        ours = {
            key: holds.get(key)
            if reminder.state in CALLABLE and self.world.speaks(key, reminder)
            else None
            for key, reminder in self.world.reminders().items()
        }
        theirs = {key: record.hold or None for key, record in self.records().items()}
        self.case.assertEqual(theirs, ours)


STARTS = [
    datetime(2028, 2, 27, 9),  # 29 February follows
    datetime(2027, 10, 28, 23, 30),  # clocks change on 31 October and 7 November
    datetime(2028, 3, 10, 6, 30),  # and on 12 and 26 March
    datetime(2027, 12, 29, 12),  # year end
]
BIRTHDATES = [
    *(date(1992, 2, 29), date(1980, 11, 7), date(1999, 1, 1), None),
    # Under age, for some days or for long.
    *(date(2012, 2, 29), date(2012, 3, 20), date(2019, 5, 1)),
]
