from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..wizards.starter_data import CYCLES, SERVICES
from .salon_demo_data import (
    EXTRAS,
    FORMULAS,
    HABITS,
    PREFERENCES,
    STYLISTS,
    WALK_INS,
)
from .salon_demo_diary import Diary

BATCH = 500
BOOKED_DAYS = 21
# What began before is done today; a fixed hour, so that a day gives one salon.
DONE_UNTIL_HOUR = 13
CYCLE = {cycle.key: cycle for cycle in CYCLES}
SERVICE = {service.key: service for service in SERVICES}


class SalonDemoVisit(models.AbstractModel):
    """Makes up the visits of the demo salon: 18 months back, three weeks ahead.

    Every client keeps her habits and rhythm until her story ends.
    """

    _name = "salon.demo.visit"
    _description = "Visits of the Demo Salon"

    @api.model
    def _generate(self, rng, stories, services):
        """Create the visits; return the diary with the times they take."""
        stylists = {
            self.env["salon.demo"]._get_stylist(name): zones
            for name, zones in STYLISTS.items()
        }
        diary = Diary(self.env.company, stylists)
        plan = [
            appointment
            for story in stories
            for appointment in self._plan_story(rng, story, stylists)
        ]
        plan += self._plan_walk_ins(rng, stories, stylists)
        plan += self._plan_today(rng, stories, stylists)
        vals_list = [
            vals
            for appointment in sorted(plan, key=lambda a: a["day"])
            if (vals := self._prepare_visit(rng, diary, appointment, services))
        ]
        vals_list += self._prepare_purchases(rng, stories)
        visits = self._create_visits(vals_list)
        self._refund_some(rng, visits)
        self._take_back_some(visits, stories)
        return diary

    # ------------------------------------------------------------
    # WHEN SHE COMES
    # ------------------------------------------------------------

    def _plan_story(self, rng, story, stylists):
        """Yield the appointments of one client, habit by habit."""
        today = self.env.company._salon_today()
        weekday = rng.randrange(7)
        hour = rng.choice((9, 10, 11, 12, 13, 15, 16, 17, 18))
        for habit in story["habits"]:
            cycle_key, choices = HABITS[habit]
            service = rng.choice(choices)
            zone = SERVICE[service].zone
            own = self._choose_stylist(rng, zone, stylists)
            rhythm = CYCLE[cycle_key].ideal * rng.triangular(0.85, 1.35, 1.05)
            for day in self._get_days(rng, story, rhythm, today):
                other = self._choose_stylist(rng, zone, stylists)
                yield {
                    "partner": story["partner"],
                    "day": self._shift_to_weekday(day, weekday),
                    "hour": hour,
                    "service": service if rng.random() < 0.8 else rng.choice(choices),
                    "stylist": own if rng.random() < 0.88 else other,
                }

    def _get_days(self, rng, story, rhythm, today):
        """Yield the days on which she comes for one habit, bookings included."""
        last = self._get_last_day(rng, story, rhythm, today)
        day = story["joined"] + timedelta(days=rng.randint(0, 14))
        while day <= last:
            # Most of what lies ahead is not booked yet: that is what calls are for.
            if day <= today or rng.random() < 0.5:
                yield day
            if story["fate"] == "once":
                return
            day += timedelta(days=max(round(rng.gauss(rhythm, rhythm * 0.16)), 7))

    @api.model
    def _get_last_day(self, rng, story, rhythm, today):
        if story["fate"] == "lost":
            days = max((today - story["joined"]).days, 71)
            return today - timedelta(days=rng.randint(70, days))
        if story["fate"] == "fading":
            return today - timedelta(days=round(rhythm * rng.uniform(1.0, 1.6)))
        return today + timedelta(days=BOOKED_DAYS)

    @api.model
    def _shift_to_weekday(self, day, weekday):
        """Move a day to the client's weekday when that is near."""
        shift = (weekday - day.weekday() + 3) % 7 - 3
        return day + timedelta(days=shift if abs(shift) <= 2 else 0)

    @api.model
    def _choose_stylist(self, rng, zone, stylists):
        """Return a stylist of this zone, rather one who does little else."""
        able = [stylist for stylist, zones in stylists.items() if zone in zones]
        return rng.choices(able, weights=[1 / len(stylists[s]) for s in able])[0]

    def _plan_walk_ins(self, rng, stories, stylists):
        today = self.env.company._salon_today()
        for _number in range(len(stories) * 4 // 5):
            service = rng.choice(WALK_INS)
            zone = SERVICE[service].zone
            yield {
                "partner": self.env["res.partner"],
                "day": today - timedelta(days=rng.randint(1, 540)),
                "hour": rng.randint(9, 18),
                "service": service,
                "stylist": self._choose_stylist(rng, zone, stylists),
            }

    def _plan_today(self, rng, stories, stylists):
        """Yield clients who come back today, so that no day shows an empty salon."""
        absent = [s for s in stories if s["fate"] in ("fading", "lost")]
        rng.shuffle(absent)
        for stylist, zones in stylists.items():
            for hour in (9, 17):
                story = next(
                    filter(lambda s: self._find_service(s, zones), absent), None
                )
                if story:
                    absent.remove(story)
                    yield {
                        "partner": story["partner"],
                        "day": self.env.company._salon_today(),
                        "hour": hour,
                        "service": self._find_service(story, zones),
                        "stylist": stylist,
                        "exact": True,
                    }

    @api.model
    def _find_service(self, story, zones):
        """Return what the client usually has in one of these zones."""
        usual = (HABITS[habit][1][0] for habit in story["habits"])
        return next((key for key in usual if SERVICE[key].zone in zones), None)

    # ------------------------------------------------------------
    # WHAT IS DONE
    # ------------------------------------------------------------

    def _prepare_visit(self, rng, diary, appointment, services):
        """Return the values of a visit at the nearest free time, if there is one."""
        keys = [appointment["service"]]
        extras = EXTRAS[SERVICE[keys[0]].zone]
        if extras and rng.random() < 0.15:
            keys.append(rng.choice(extras))
        minutes = sum(services[key].salon_duration for key in keys)
        free = diary.book(
            *(appointment["stylist"], appointment["day"], minutes),
            hour=appointment["hour"],
            exact=appointment.get("exact"),
        )
        if not free:
            return None
        start, day = free
        state = self._choose_state(rng, start, day)
        lines = [self._prepare_line(rng, services[key]) for key in keys]
        if state == "done" and rng.random() < 0.18:
            lines.append(self._prepare_line(rng, rng.choice(self._get_retail())))
        return {
            "partner_id": appointment["partner"].id,
            "stylist_id": appointment["stylist"].id,
            "start": start,
            "state": state,
            "line_ids": [fields.Command.create(line) for line in lines],
            "note": self._choose_note(rng, appointment["service"], state),
        }

    def _choose_state(self, rng, start, day):
        company = self.env.company
        today = company._salon_today()
        hour = company._salon_local(start).hour
        if day > today or (day == today and hour >= DONE_UNTIL_HOUR):
            return "cancelled" if rng.random() < 0.04 else "booked"
        return rng.choices(("done", "no_show", "cancelled"), weights=(93, 3, 4))[0]

    @api.model
    def _prepare_line(self, rng, product, quantity=1):
        discount = 0.9 if rng.random() < 0.06 else 1
        return {
            "product_id": product.id,
            "quantity": quantity,
            "amount": round(product.lst_price * quantity * discount, 2),
        }

    @api.model
    def _choose_note(self, rng, service, state):
        if state != "done":
            return False
        if SERVICE[service].zone == "colour" and rng.random() < 0.5:
            return rng.choice(FORMULAS)
        return rng.choice(PREFERENCES) if rng.random() < 0.05 else False

    @api.model
    def _get_retail(self):
        return self.env["product.product"].search(
            [
                ("salon_kind", "=", "retail"),
                ("company_id", "in", [False, self.env.company.id]),
            ]
        )

    def _prepare_purchases(self, rng, stories):
        """Return receipts with retail products only, paid at the desk."""
        company = self.env.company
        today = company._salon_today()
        for number in range(len(stories) // 5):
            day = fields.Datetime.to_datetime(today - timedelta(days=number * 9 + 1))
            line = self._prepare_line(rng, rng.choice(self._get_retail()))
            yield {
                "partner_id": rng.choice(stories)["partner"].id,
                "start": company._salon_utc(day.replace(hour=rng.randint(10, 18))),
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

    def _refund_some(self, rng, visits):
        """Bring back three retail products a few days later."""
        today = self.env.company._salon_today()
        lines = visits.line_ids.filtered(
            lambda line: (
                line.salon_kind == "retail"
                and line.visit_id.partner_id
                and line.visit_id.date < today - timedelta(days=4)
            )
        )
        visits.create([self._prepare_refund(rng, line) for line in lines[-3:]])

    def _prepare_refund(self, rng, line):
        return {
            "partner_id": line.visit_id.partner_id.id,
            "start": line.visit_id.start + timedelta(days=rng.randint(1, 3)),
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
