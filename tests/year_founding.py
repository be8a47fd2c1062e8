"""Where the lived year takes place: salons, staff, services, clients with a past."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .year_people import COURSE, PURPOSES, SERVICES, SOLD_AS_COURSE

RECEPTION = ("anna", "petra")
MANAGER = "boss"
GROUP = "salon_reminders.group_"
# Days on which every salon is closed, besides Sundays.
HOLIDAYS = ((1, 1), (5, 1), (11, 11), (12, 24), (12, 25), (12, 26), (12, 31))
OPENS, CLOSES = 9, 19
# What is logged of each change is nothing to these tests, and takes long.
QUIET = {"tracking_disable": True}
WORDING = "May we phone you about this?"
SESSIONS, INTERVAL = 6, 42


@dataclass
class Salon:
    """One company, with as many new calls a day as it can work."""

    name: str
    country: str
    zone: str
    prefix: str
    digits: int
    quota: int
    share: float
    stylists: int
    control_share: int = 0
    id: int = 0
    stylist_ids: list = field(default_factory=list)

    def phone(self, number):
        return f"{self.prefix}{number:0{self.digits}}"


def make_salons():
    """Clocks that change on different days; an evening here is tomorrow elsewhere."""
    return [
        Salon("Danube", "base.hu", "Europe/Budapest", "+36301", 6, 30, 0.5, 4),
        Salon("Thames", "base.uk", "Europe/London", "+447400", 6, 10, 0.33, 3, 10),
        Salon("Hudson", "base.us", "America/New_York", "+1212226", 4, 3, 0.17, 2),
    ]


class Founding:
    """Makes all this in an empty database."""

    def __init__(self, env, salons):
        self.env, self.salons = env, salons

    def found(self, years):
        """:param years: on which holidays are closed"""
        for place, salon in enumerate(self.salons):
            self.make_company(salon, place)
            self.close_holidays(salon, years)
        services = self.make_services()
        for salon in self.salons:
            self.make_stylists(salon)
        return services, self.make_users()

    # ---- salons ----

    def make_company(self, salon, place):
        company = self.env.company if not place else self.env["res.company"]
        vals = {
            "name": salon.name,
            "country_id": self.env.ref(salon.country).id,
            "salon_daily_quota": salon.quota,
            "salon_birthday_days": 3,
            "salon_control_share": salon.control_share,
            # Else chance would differ from one life to the next.
            "salon_control_seed": salon.name,
        }
        if company:
            company.write(vals)
        else:
            company = company.create(vals)
        company.resource_calendar_id = self.make_hours(salon)
        salon.id = company.id

    def make_hours(self, salon):
        hours = {"name": "Open", "hour_from": OPENS, "hour_to": CLOSES}
        return self.env["resource.calendar"].create(
            {
                "name": salon.name,
                "tz": salon.zone,
                "attendance_ids": [
                    (0, 0, {**hours, "dayofweek": str(day)}) for day in range(6)
                ],
            }
        )

    def close_holidays(self, salon, years):
        for year in years:
            for month, day in HOLIDAYS:
                self.close(salon, date(year, month, day))

    def close(self, salon, day):
        company = self.env["res.company"].browse(salon.id)
        midnight = datetime.combine(day, time())
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "company_id": company.id,
                "calendar_id": False,
                "date_from": company._salon_utc(midnight),
                "date_to": company._salon_utc(midnight + timedelta(hours=23)),
            }
        )

    # ---- what and who ----

    def make_services(self):
        """Return {name: product} of the services, and of one course of sessions."""
        zone = self.env["salon.zone"].create({"name": "All"})
        made = {name: self.make_service(name, zone) for name in SERVICES}
        made[COURSE] = self.env["product.product"].create(
            {
                "name": COURSE,
                "salon_kind": "fee",
                "type": "service",
                "list_price": 400.0,
                "salon_course_sessions": SESSIONS,
                "salon_course_interval_days": INTERVAL,
                "salon_course_service_ids": made[SOLD_AS_COURSE].product_tmpl_id.ids,
            }
        )
        return {name: product.id for name, product in made.items()}

    def make_service(self, name, zone):
        (earliest, ideal, late), _share = SERVICES[name]
        cycle = self.env["salon.cycle"].create(
            {
                "name": name,
                "zone_id": zone.id,
                "earliest_days": earliest,
                "ideal_days": ideal,
                "late_days": late,
            }
        )
        return self.env["product.product"].create(
            {
                "name": name,
                "salon_kind": "service",
                "type": "service",
                "list_price": 40.0,
                "salon_duration": 60,
                "salon_cycle_ids": cycle.ids,
            }
        )

    def make_stylists(self, salon):
        company = self.env["res.company"].browse(salon.id)
        stylists = self.env["resource.resource"].create(
            [
                {
                    "name": f"Stylist{salon.name}{number}",
                    "is_stylist": True,
                    "company_id": company.id,
                    "calendar_id": company.resource_calendar_id.id,
                    "tz": salon.zone,
                }
                for number in range(salon.stylists)
            ]
        )
        salon.stylist_ids = stylists.ids

    def make_users(self):
        groups = {**dict.fromkeys(RECEPTION, "receptionist"), MANAGER: "manager"}
        companies = [salon.id for salon in self.salons]
        users = self.env["res.users"].with_context(no_reset_password=True)
        return {
            login: users.create(
                {
                    "name": login.capitalize(),
                    "login": login,
                    "company_id": companies[0],
                    "company_ids": companies,
                    "group_ids": [
                        (6, 0, [self.env.ref(g).id for g in groups_of(group)])
                    ],
                }
            ).id
            for login, group in groups.items()
        }


def groups_of(group):
    return ("base.group_user", f"{GROUP}{group}")


class Welcome:
    """Enters people as clients of their salon."""

    def __init__(self, env, salon):
        company = env["res.company"].browse(salon.id)
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company, self.salon = company, salon

    def enter(self, people):
        """Make their cards, and write down what they agree to."""
        partners = self.env["res.partner"].create(
            [
                {
                    "name": person.name,
                    "phone": person.phone,
                    "country_id": self.company.country_id.id,
                    "salon_birthdate": person.born,
                    "is_salon_client": True,
                }
                for person in people
            ]
        )
        for person, partner in zip(people, partners, strict=True):
            person.id = partner.id
            if person.guardian:
                partner.salon_guardian_id = person.guardian.id
        self.agree(people)

    def agree(self, people):
        self.env["salon.consent"].create(
            [
                {
                    "partner_id": person.id,
                    "company_id": self.company.id,
                    "purpose": purpose,
                    "wording": WORDING,
                }
                for person in people
                for purpose in PURPOSES
                if purpose in person.consents
            ]
        )

    def remember(self, visits):
        """Enter what people had done before: (person, services, day)."""
        made = self.env["salon.visit"].create(
            [
                {
                    "partner_id": person.id,
                    "company_id": self.company.id,
                    "stylist_id": self.salon.stylist_ids[person.stylist],
                    "start": self.company._salon_utc(
                        datetime.combine(day, time(person.hour))
                    ),
                    "is_overlap": True,
                    "state": "done",
                    "line_ids": [(0, 0, {"product_id": p}) for p in products],
                }
                for person, products, day in visits
            ]
        )
        return made
