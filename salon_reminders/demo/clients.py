import base64
from datetime import timedelta

from odoo import fields

from .tables import (
    AREAS,
    CONSENTS,
    FAMILIES,
    FATES,
    FORMULAS,
    PREFERENCES,
    PROFILES,
)
from .teller import Teller

HISTORY_DAYS = 548
# What a scan of it would be in a real salon.
SIGNED_CARD = base64.b64encode(b"I agree to be phoned by the salon. Signed")
# How each consent was got, in a hundred
METHODS = {"desk": 60, "writing": 20, "phone": 10, "import": 10}


class Clients(Teller):
    """Makes up the clients of the demo salon and what they agreed to."""

    def tell(self, count):
        """Create clients with their consents.

        :return: list of dicts with the client and what the visits follow from
        """
        stories = [self._prepare_story(number) for number in range(count)]
        names = self._get_names([story["names"] for story in stories])
        partners = self.env["res.partner"].create(
            [
                self._prepare_partner(number, name, stories[number])
                for number, name in enumerate(names)
            ]
        )
        for story, partner in zip(stories, partners, strict=True):
            story["partner"] = partner
        self._create_consents(stories)
        self._block_some_numbers(partners)
        return stories

    def _prepare_story(self, number):
        _weight, names, habits = self.rng.choices(
            PROFILES, weights=[profile[0] for profile in PROFILES]
        )[0]
        days = HISTORY_DAYS if number % 2 else self.rng.randint(25, HISTORY_DAYS)
        # Not all on one day: the first half has known the salon for longer.
        days -= self.rng.randint(0, min(40, days - 20)) if number > 1 else 0
        return {
            "names": names,
            "habits": habits,
            "fate": self.rng.choices(list(FATES), weights=FATES.values())[0],
            "joined": self.today - timedelta(days=days),
        }

    def _get_names(self, name_lists):
        """Return a full name per client, none twice."""
        used = set()
        for names in name_lists:
            name = None
            while name is None or name in used:
                name = f"{self.rng.choice(names)} {self.rng.choice(FAMILIES)}"
            used.add(name)
            yield name

    def _prepare_partner(self, number, name, story):
        notes = self.rng.sample(PREFERENCES, k=self.rng.choice((0, 0, 1, 2)))
        if "roots" in story["habits"] or "balayage" in story["habits"]:
            notes.append(self.rng.choice(FORMULAS))
        birthdate = self.today - timedelta(days=self.rng.randint(18 * 365, 72 * 365))
        return {
            "name": name,
            "is_salon_client": True,
            "phone": self._get_phone(number),
            "email": f"{name.lower().replace(' ', '.')}@example.com",
            "city": "New York",
            "country_id": self.env.ref("base.us").id,
            "salon_birthdate": birthdate if self.rng.random() < 0.7 else False,
            "salon_note": "\n".join(notes),
        }

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

    def _create_consents(self, stories):
        users = self._get_users()
        vals_list = []
        for number, story in enumerate(stories):
            answer = self.rng.choices(list(CONSENTS), weights=CONSENTS.values())[0]
            rows = self._prepare_consents(story, answer, self.rng.choice(users))
            if answer == "given":
                rows += self._prepare_further(rows[0], number)
            vals_list += rows
        self.env["salon.consent"].create(vals_list)

    def _prepare_consents(self, story, answer, user):
        if answer == "none":
            return []
        days = (self.today - story["joined"]).days
        method = self.rng.choices(list(METHODS), weights=METHODS.values())[0]
        given = self._prepare_consent(story, "given", method, story["joined"], user)
        if method == "writing":
            given |= {"document": SIGNED_CARD, "document_name": "client-card.txt"}
        if method == "import":
            given["source"] = "Card index of the old salon"
        if answer == "expired":
            given["expiry_date"] = self.today - timedelta(
                days=self.rng.randint(1, days // 2)
            )
        elif self.rng.random() < 0.2:
            given["expiry_date"] = fields.Date.add(
                self.today, months=self.rng.randint(3, 18)
            )
        rows = [given]
        if self.rng.random() < 0.3:
            rows.append({**given, "purpose": "promotion", "channel": "sms"})
        if answer == "withdrawn":
            day = self.today - timedelta(days=self.rng.randint(0, days // 2))
            rows.append(self._prepare_consent(story, "withdrawn", "phone", day, user))
        return rows

    def _prepare_further(self, given, number):
        """Return what most clients agree to as well: calls that ask, and offers."""
        shares = {"feedback": 8, "promotion": 6}
        return [
            {**given, "purpose": purpose}
            for purpose, tenths in shares.items()
            if number % 10 < tenths
        ]

    def _prepare_consent(self, story, decision, method, day, user):
        # Midnight at the salon: never later than now, whatever the time of day.
        moment = self.company._salon_midnight(day)
        return self.env["salon.consent"]._prepare_vals(
            story["partner"], decision, method, date=moment, user_id=user.id
        )
