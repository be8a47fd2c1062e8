import base64
from datetime import datetime, time, timedelta

from odoo import api, fields, models

from .salon_demo_data import (
    AREAS,
    CONSENTS,
    FAMILIES,
    FATES,
    FORMULAS,
    PREFERENCES,
    PROFILES,
)

HISTORY_DAYS = 548
# How each consent was got, in a hundred
# What a scan of it would be in a real salon.
SIGNED_CARD = base64.b64encode(b"I agree to be phoned by the salon. Signed")
METHODS = {"desk": 60, "writing": 20, "phone": 10, "import": 10}


class SalonDemoClient(models.AbstractModel):
    """Makes up the clients of the demo salon and what they agreed to."""

    _name = "salon.demo.client"
    _description = "Clients of the Demo Salon"

    @api.model
    def _generate(self, rng, count):
        """Create clients with their consents.

        :return: list of dicts with the client and what the visits follow from
        """
        stories = [self._prepare_story(rng, number) for number in range(count)]
        names = self._get_names(rng, [story["names"] for story in stories])
        partners = self.env["res.partner"].create(
            [
                self._prepare_partner(rng, number, name, stories[number])
                for number, name in enumerate(names)
            ]
        )
        for story, partner in zip(stories, partners, strict=True):
            story["partner"] = partner
        self._create_consents(rng, stories)
        self._block_some_numbers(partners)
        return stories

    def _prepare_story(self, rng, number):
        _weight, names, habits = rng.choices(
            PROFILES, weights=[profile[0] for profile in PROFILES]
        )[0]
        days = HISTORY_DAYS if number % 2 else rng.randint(25, HISTORY_DAYS)
        # Not all on one day: the first half has known the salon for longer.
        days -= rng.randint(0, min(40, days - 20)) if number > 1 else 0
        return {
            "names": names,
            "habits": habits,
            "fate": rng.choices(list(FATES), weights=FATES.values())[0],
            "joined": self.env.company._salon_today() - timedelta(days=days),
        }

    @api.model
    def _get_names(self, rng, name_lists):
        """Return a full name per client, none twice."""
        used = set()
        for names in name_lists:
            name = None
            while name is None or name in used:
                name = f"{rng.choice(names)} {rng.choice(FAMILIES)}"
            used.add(name)
            yield name

    def _prepare_partner(self, rng, number, name, story):
        today = self.env.company._salon_today()
        notes = rng.sample(PREFERENCES, k=rng.choice((0, 0, 1, 2)))
        if "roots" in story["habits"] or "balayage" in story["habits"]:
            notes.append(rng.choice(FORMULAS))
        birthdate = today - timedelta(days=rng.randint(18 * 365, 72 * 365))
        return {
            "name": name,
            "is_salon_client": True,
            "phone": self._get_phone(number),
            "email": f"{name.lower().replace(' ', '.')}@example.com",
            "city": "New York",
            "country_id": self.env.ref("base.us").id,
            "salon_birthdate": birthdate if rng.random() < 0.7 else False,
            "salon_note": "\n".join(notes),
        }

    @api.model
    def _get_phone(self, number):
        """Return a fictional number; some clients have none, a wrong one or share."""
        if number % 60 == 59:
            return False
        if number % 100 == 57:
            return "555-01"
        if number % 75 == 40:
            number -= 1
        area = AREAS[number // 100 % len(AREAS)]
        return f"+1 {area}-555-01{number % 100:02}"

    def _block_some_numbers(self, partners):
        blacklist = self.env["phone.blacklist"].sudo()
        for partner in partners[30:190:80]:
            if partner.phone_sanitized:
                blacklist._add([partner.phone_sanitized])

    # ------------------------------------------------------------
    # CONSENTS
    # ------------------------------------------------------------

    def _create_consents(self, rng, stories):
        users = self.env["salon.call.planner"]._get_receptionists() or self.env.user
        vals_list = []
        for story in stories:
            answer = rng.choices(list(CONSENTS), weights=CONSENTS.values())[0]
            vals_list += self._prepare_consents(rng, story, answer, rng.choice(users))
        self.env["salon.consent"].create(vals_list)

    def _prepare_consents(self, rng, story, answer, user):
        if answer == "none":
            return []
        today = self.env.company._salon_today()
        days = (today - story["joined"]).days
        method = rng.choices(list(METHODS), weights=METHODS.values())[0]
        given = self._prepare_consent(story, "given", method, story["joined"], user)
        if method == "writing":
            given |= {"document": SIGNED_CARD, "document_name": "client-card.txt"}
        if method == "import":
            given["source"] = "Card index of the old salon"
        if answer == "expired":
            given["expiry_date"] = today - timedelta(days=rng.randint(1, days // 2))
        elif rng.random() < 0.2:
            given["expiry_date"] = fields.Date.add(today, months=rng.randint(3, 18))
        rows = [given]
        if rng.random() < 0.3:
            rows.append({**given, "purpose": "promotion", "channel": "sms"})
        if answer == "withdrawn":
            day = today - timedelta(days=rng.randint(0, days // 2))
            rows.append(self._prepare_consent(story, "withdrawn", "phone", day, user))
        return rows

    def _prepare_consent(self, story, decision, method, day, user):
        # Midnight at the salon: never later than now, whatever the time of day.
        moment = self.env.company._salon_utc(datetime.combine(day, time()))
        return self.env["salon.consent"]._prepare_vals(
            story["partner"], decision, method, date=moment, user_id=user.id
        )
