from datetime import datetime, time, timedelta

from odoo import fields
from odoo.tools import split_every

from ..wizards.catalogue.starter_data import CYCLES, SERVICES
from .clients import HISTORY_DAYS
from .diary import Diary
from .tables import (
    EXTRAS,
    FORMULAS,
    HABITS,
    PREFERENCES,
    STYLISTS,
    WALK_INS,
)
from .teller import Teller

BATCH = 500
# Nobody is moved by more than this, to a free time or to a usual weekday.
MOVED_DAYS = 10
BOOKED_DAYS = 21
# What began before is done today; a fixed hour, so that a day gives one salon.
DONE_UNTIL_HOUR = 13
CYCLE = {cycle.key: cycle for cycle in CYCLES}
SERVICE = {service.key: service for service in SERVICES}


class Visits(Teller):
    """Makes up the visits of the demo salon: 18 months back, three weeks ahead.

    Every client keeps her habits and rhythm until her story ends.
    """

    def tell(self, stories, services):
        """Create the visits; return the diary with the times they take."""
        stylists = {self._ref(name): zones for name, zones in STYLISTS.items()}
        self.diary = self._open_diary(stylists)
        plan = [
            appointment
            for story in stories
            for appointment in self._plan_story(story, stylists)
        ]
        plan += self._plan_walk_ins(stories, stylists)
        plan += self._plan_today(stories, stylists)
        vals_list = [
            vals
            for appointment in sorted(plan, key=lambda a: a["days"][0])
            if (vals := self._prepare_visit(appointment, services))
        ]
        vals_list += self._prepare_purchases(stories)
        visits = self._create_visits(vals_list)
        self._refund_some(visits)
        self._take_back_some(visits, stories)
        return self.diary

    def _open_diary(self, stylists):
        """Return an empty diary; visits may be moved by days beyond both ends."""
        first = self.today - timedelta(days=HISTORY_DAYS + MOVED_DAYS)
        last = self.today + timedelta(days=BOOKED_DAYS + MOVED_DAYS)
        everybody = self.env["resource.resource"].union(*stylists)
        return Diary(self.company, everybody, first, last)

    # ------------------------------------------------------------
    # WHEN SHE COMES
    # ------------------------------------------------------------

    def _plan_story(self, story, stylists):
        """Yield the appointments of one client, habit by habit."""
        weekday = self.rng.randrange(7)
        hour = self.rng.choice((9, 10, 11, 12, 13, 15, 16, 17, 18))
        for habit in story["habits"]:
            cycle_key, choices = HABITS[habit]
            service = self.rng.choice(choices)
            zone = SERVICE[service].zone
            own = self._choose_stylist(zone, stylists)
            rhythm = CYCLE[cycle_key].ideal * self.rng.triangular(0.85, 1.35, 1.05)
            for day in self._get_days(story, rhythm):
                other = self._choose_stylist(zone, stylists)
                yield {
                    "partner": story["partner"],
                    "days": Diary.near(self._shift_to_weekday(day, weekday)),
                    "hour": hour,
                    "service": service
                    if self.rng.random() < 0.8
                    else self.rng.choice(choices),
                    "stylist": own if self.rng.random() < 0.88 else other,
                }

    def _get_days(self, story, rhythm):
        """Yield the days on which she comes for one habit, bookings included."""
        last = self._get_last_day(story, rhythm)
        day = story["joined"] + timedelta(days=self.rng.randint(0, 14))
        while day <= last:
            # Most of what lies ahead is not booked yet: that is what calls are for.
            if day <= self.today or self.rng.random() < 0.5:
                yield day
            if story["fate"] == "once":
                return
            day += timedelta(days=max(round(self.rng.gauss(rhythm, rhythm * 0.16)), 7))

    def _get_last_day(self, story, rhythm):
        if story["fate"] == "lost":
            days = max((self.today - story["joined"]).days, 71)
            return self.today - timedelta(days=self.rng.randint(70, days))
        if story["fate"] == "fading":
            return self.today - timedelta(
                days=round(rhythm * self.rng.uniform(1.0, 1.6))
            )
        return self.today + timedelta(days=BOOKED_DAYS)

    def _shift_to_weekday(self, day, weekday):
        """Move a day to the client's weekday when that is near."""
        shift = (weekday - day.weekday() + 3) % 7 - 3
        return day + timedelta(days=shift if abs(shift) <= 2 else 0)

    def _choose_stylist(self, zone, stylists):
        """Return a stylist of this zone, rather one who does little else."""
        able = [stylist for stylist, zones in stylists.items() if zone in zones]
        return self.rng.choices(able, weights=[1 / len(stylists[s]) for s in able])[0]

    def _plan_walk_ins(self, stories, stylists):
        for _number in range(len(stories) * 4 // 5):
            service = self.rng.choice(WALK_INS)
            zone = SERVICE[service].zone
            day = self.today - timedelta(days=self.rng.randint(1, 540))
            yield {
                "partner": self.env["res.partner"],
                "days": Diary.near(day),
                "hour": self.rng.randint(9, 18),
                "service": service,
                "stylist": self._choose_stylist(zone, stylists),
            }

    def _plan_today(self, stories, stylists):
        """Yield clients who come back today, so that no day shows an empty salon."""
        absent = [s for s in stories if s["fate"] in ("fading", "lost")]
        self.rng.shuffle(absent)
        for stylist, zones in stylists.items():
            for hour in (9, 17):
                story = next(
                    filter(lambda s: self._find_service(s, zones), absent), None
                )
                if story:
                    absent.remove(story)
                    yield {
                        "partner": story["partner"],
                        "days": [self.today],
                        "hour": hour,
                        "service": self._find_service(story, zones),
                        "stylist": stylist,
                    }

    def _find_service(self, story, zones):
        """Return what the client usually has in one of these zones."""
        usual = (HABITS[habit][1][0] for habit in story["habits"])
        return next((key for key in usual if SERVICE[key].zone in zones), None)

    # ------------------------------------------------------------
    # WHAT IS DONE
    # ------------------------------------------------------------

    def _prepare_visit(self, appointment, services):
        """Return the values of a visit at the nearest free time, if there is one."""
        keys = [appointment["service"]]
        extras = [key for key in EXTRAS[SERVICE[keys[0]].zone] if key not in keys]
        if extras and self.rng.random() < 0.15:
            keys.append(self.rng.choice(extras))
        start = self.diary.book(
            appointment["stylist"],
            self.env["product.product"].union(*(services[key] for key in keys)),
            appointment["days"],
            appointment["hour"],
        )
        if not start:
            return None
        state = self._choose_state(start)
        lines = [self._prepare_line(services[key]) for key in keys]
        if state == "done" and self.rng.random() < 0.18:
            lines.append(self._prepare_line(self.rng.choice(self._get_retail())))
        return {
            "partner_id": appointment["partner"].id,
            "stylist_id": appointment["stylist"].id,
            "start": start,
            "state": state,
            "line_ids": [fields.Command.create(line) for line in lines],
            "note": self._choose_note(appointment["service"], state),
        }

    def _choose_state(self, start):
        noon = datetime.combine(self.today, time(DONE_UNTIL_HOUR))
        if start >= self.company._salon_utc(noon):
            return "cancelled" if self.rng.random() < 0.04 else "booked"
        return self.rng.choices(("done", "no_show", "cancelled"), weights=(93, 3, 4))[0]

    def _prepare_line(self, product, quantity=1):
        discount = 0.9 if self.rng.random() < 0.06 else 1
        return {
            "product_id": product.id,
            "quantity": quantity,
            "amount": round(product.lst_price * quantity * discount, 2),
        }

    def _choose_note(self, service, state):
        if state != "done":
            return False
        if SERVICE[service].zone == "colour" and self.rng.random() < 0.5:
            return self.rng.choice(FORMULAS)
        return self.rng.choice(PREFERENCES) if self.rng.random() < 0.05 else False

    def _get_retail(self):
        return self.env["product.product"].search(
            [
                ("salon_kind", "=", "retail"),
                ("company_id", "in", [False, self.company.id]),
            ]
        )

    def _prepare_purchases(self, stories):
        """Return receipts with retail products only, paid at the desk."""
        for number in range(len(stories) // 5):
            day = self.today - timedelta(days=number * 9 + 1)
            local = datetime.combine(day, time(self.rng.randint(10, 18)))
            line = self._prepare_line(self.rng.choice(self._get_retail()))
            yield {
                "partner_id": self.rng.choice(stories)["partner"].id,
                "start": self.company._salon_utc(local),
                "state": "done",
                "receipt": f"R-{1000 + number}",
                "line_ids": [fields.Command.create(line)],
            }

    # ------------------------------------------------------------
    # WHAT IS KEPT
    # ------------------------------------------------------------

    def _create_visits(self, vals_list):
        """Create the visits in the order of their times."""
        visits = self.env["salon.visit"]
        vals_list = sorted(vals_list, key=lambda vals: vals["start"])
        for batch in split_every(BATCH, vals_list, list):
            visits |= visits.create(batch)
            # Fresh tables have no statistics, and the plans made without are slow.
            self.env.cr.execute("ANALYZE salon_visit, salon_visit_line, salon_reminder")
        return visits

    def _refund_some(self, visits):
        """Bring back three retail products a few days later."""
        lines = visits.line_ids.filtered(
            lambda line: (
                line.salon_kind == "retail"
                and line.visit_id.partner_id
                and line.visit_id.date < self.today - timedelta(days=4)
            )
        )
        visits.create([self._prepare_refund(line) for line in lines[-3:]])

    def _prepare_refund(self, line):
        return {
            "partner_id": line.visit_id.partner_id.id,
            "start": line.visit_id.start + timedelta(days=self.rng.randint(1, 3)),
            "state": "done",
            "note": "Brought back unopened.",
            "line_ids": [
                fields.Command.create(
                    {
                        "product_id": line.product_id.id,
                        "quantity": -line.quantity,
                        "amount": -line.amount,
                        "refunded_line_id": line.id,
                    }
                )
            ],
        }

    def _take_back_some(self, visits, stories):
        """Correct two first visits that were closed by mistake: she never came."""
        partners = [s["partner"].id for s in stories if s["fate"] == "once"]
        mistakes = visits.filtered(
            lambda visit: (
                visit.partner_id.id in partners
                and visit.state == "done"
                and not visit.is_purchase
            )
        )
        mistakes[-2:].action_no_show()
