from typing import NamedTuple

from ...tools.sold_words import guess_category, guess_sold_as, normalise
from .service_words import CYCLE_WORDS, ZONE_WORDS, find_keys, get_words
from .starter_data import CYCLES, SERVICES, ZONES, translated


class Proposal(NamedTuple):
    """What a product is in the salon, as far as its name tells."""

    kind: str
    zone: object
    cycles: object
    minutes: int


class ServiceMatcher:
    """Proposes what products are in a salon: their kind, zone, cycles and length.

    By the names of the usual services, by words people use for them, and by the names
    that the salon gave its own cycles and zones. Proposes nothing where names do not
    tell: no reminder is better than a wrong one.
    """

    def __init__(self, env, company):
        self.env = env
        self.starter = env["salon.starter.set"]
        known_cycles = self.starter._get_known("salon.cycle", company)
        known_zones = self.starter._get_known("salon.zone", company)
        self.cycles = self._get_usual(CYCLES, known_cycles)
        self.zones = self._get_usual(ZONES, known_zones)
        self.cycle_names = self._get_names(known_cycles)
        self.zone_names = self._get_names(known_zones)
        self.services = {
            normalise(translated(env(context={"lang": code}), service.name)): service
            for code in self.starter._get_languages()
            for service in SERVICES
        }

    def _get_usual(self, rows, known):
        """Return {key of the starter set: record of the salon}."""
        found = {row.key: self.starter._find(known, row.name) for row in rows}
        return {
            key: record for key, record in found.items() if record and record.active
        }

    def _get_names(self, known):
        return [(get_words(name), rec) for name, rec in known.items() if rec.active]

    def propose(self, product):
        """Return the proposal for a product; what it has already is kept."""
        kind = product.salon_kind or self._guess_kind(product)
        cycles, minutes = self.env["salon.cycle"], product.salon_duration
        if kind == "service" and not product.salon_course_sessions:
            usual = self._find_service(product.name)
            cycles = product.salon_cycle_ids or self._find_cycles(product.name, usual)
            if usual and not product.salon_kind:
                minutes = usual.minutes
        zone = product.salon_zone_id or self._find_zone(product, cycles)
        return Proposal(kind, zone or self.env["salon.zone"], cycles, minutes)

    def _guess_kind(self, product):
        if product.type != "service":
            return "retail"
        category = guess_category(product.categ_id.name)
        return guess_sold_as(category, product.default_code, product.name)

    def _find_service(self, name):
        """Return the usual service of this name, or of just these cycles."""
        if usual := self.services.get(normalise(name)):
            return usual
        keys = set(find_keys(name, CYCLE_WORDS))
        return keys and next((s for s in SERVICES if set(s.cycles) == keys), None)

    def _find_cycles(self, name, usual):
        keys = usual.cycles if usual else find_keys(name, CYCLE_WORDS)
        found = [self.cycles[key] for key in keys if key in self.cycles]
        found += self._find_named(name, self.cycle_names)
        return self.env["salon.cycle"].union(*found)

    def _find_named(self, text, names):
        """Return the records whose names are in a text, the longest names only."""
        words = get_words(text)
        named = [(own, record) for own, record in names if own and own <= words]
        return [
            record
            for own, record in named
            if not any(own < other for other, _record in named)
        ]

    def _find_zone(self, product, cycles):
        """Return the zone of the cycles, or one that the names speak of."""
        found = [cycle.zone_id for cycle in cycles]
        for text in (product.name, product.categ_id.name):
            found += self._find_named(text, self.zone_names)
            keys = find_keys(text, ZONE_WORDS)
            found += [self.zones[key] for key in keys if key in self.zones]
        return next((zone for zone in found if self._may_have(product, zone)), None)

    def _may_have(self, product, zone):
        """Tell whether a product of all companies, or of one, may have a zone."""
        line = self.env["salon.catalogue.choice.line"]
        return zone.company_id in (
            zone.company_id.browse(),
            line._get_zone_company(product),
        )
