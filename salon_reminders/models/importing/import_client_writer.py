from collections import defaultdict

from odoo.tools import SQL

from odoo.addons.phone_validation.tools import phone_validation

from ...tools.import_plan import NO_TRACKING
from ...tools.same_names import is_same_name
from ...tools.sold_words import normalise
from ..privacy.res_partner import get_digits

NUMBERLESS = SQL("salon_import_ref IS NULL")
# Names as ``normalise`` compares them: O'Dair and Anna-Maria are two words each.
NAME_KEY = SQL(
    "btrim(regexp_replace(lower(replace(name, '_', ' ')), '[^[:alnum:]№]+', ' ', 'g'))"
)
# The number on the card may be one of another salon's system.
OWN_NUMBER = """NOT EXISTS (
    SELECT 1 FROM salon_import_row d
     WHERE d.partner_id = res_partner.id AND d.company_id != %s
       AND d.client_key = 'n:' || res_partner.salon_import_ref)"""


class ClientWriter:
    """Finds the clients of imported rows, and makes those who are missing.

    By the number in the old system of this company first, then by phone, then by the
    exact name; a match must be the only one.
    """

    def __init__(self, env):
        self.env = env
        self.sources = {}

    def find_partners(self, salon_import, rows):
        """Return {client key: id} of the clients that exist: by number, phone, name."""
        names = defaultdict(dict)
        for row in rows:
            prefix, _colon, name = row.client_key.partition(":")
            names[prefix][name] = row.client_key
        partners = self._find_by_number(salon_import, names["n"])
        for prefix, column in (("p", SQL("phone_sanitized")), ("a", NAME_KEY)):
            if names[prefix]:
                found = self._match_partners(salon_import, column, list(names[prefix]))
                partners |= {names[prefix][name]: found[name] for name in found}
        self._drop_others(rows, partners)
        return partners | self._find_relatives(salon_import, rows, partners)

    def _find_by_number(self, salon_import, numbers):
        """Return {client key: id} by numbers in the old system.

        What earlier imports of this company made of them counts first: that leads to
        the card that remains of two merged ones, and to an archived one.
        """
        if not numbers:
            return {}
        company_id = salon_import.company_id.id
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT client_key, MIN(partner_id) FROM salon_import_row
                        WHERE company_id = %s AND state = 'done'
                          AND client_key = ANY(%s) AND partner_id IS NOT NULL
                     GROUP BY 1 HAVING COUNT(DISTINCT partner_id) = 1""",
                    company_id,
                    list(numbers.values()),
                )
            )
        )
        rest = [number for number, key in numbers.items() if key not in found]
        matched = self._match_partners(
            salon_import,
            SQL("salon_import_ref"),
            rest,
            SQL(OWN_NUMBER, company_id),
        )
        return found | {numbers[number]: matched[number] for number in matched}

    def _drop_others(self, rows, partners):
        """Leave out those who only share a number: a family keeps its members."""
        names = {
            row.client_key: row.vals["client_name"]
            for row in rows
            if row.client_key.startswith("p:") and row.vals.get("client_name")
        }
        found = self.env["res.partner"].browse(
            partners[key] for key in names if key in partners
        )
        known = {partner.id: partner.name for partner in found}
        for key in names.keys() & partners.keys():
            if not is_same_name(names[key], known[partners[key]] or names[key]):
                del partners[key]

    def _match_partners(self, salon_import, column, values, extra=None):
        """Return {value: id} for values that exactly one client has."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT %(column)s, MIN(id) FROM res_partner
                        WHERE %(column)s = ANY(%(values)s) AND active
                          AND NOT is_company AND %(extra)s
                          AND (company_id IS NULL OR company_id = %(company)s)
                     GROUP BY 1 HAVING COUNT(*) = 1""",
                    column=column,
                    values=values,
                    extra=extra or SQL("TRUE"),
                    company=salon_import.company_id.id,
                )
            )
        )

    def _find_relatives(self, salon_import, rows, partners):
        """Return clients by phone and name: two people of a family may share a phone.

        Who has a number in the old system is looked for among those who came before
        it was known.
        """
        found = self._match_people(salon_import, rows, partners, ("n:",), NUMBERLESS)
        return found | self._match_people(salon_import, rows, partners, ("p:", "f:"))

    def _match_people(self, salon_import, rows, partners, prefixes, extra=None):
        wanted = {
            f"{row.vals['phone_key']} {row.vals['name_key']}": row.client_key
            for row in rows
            if row.client_key.startswith(prefixes)
            and row.client_key not in partners
            and row.vals.get("phone_key")
            and row.vals.get("name_key")
        }
        if not wanted:
            return {}
        found = self._match_partners(
            salon_import,
            SQL("phone_sanitized || ' ' || %s", NAME_KEY),
            list(wanted),
            SQL(
                "%s AND phone_sanitized = ANY(%s)",
                extra or SQL("TRUE"),
                [value.partition(" ")[0] for value in wanted],
            ),
        )
        return {wanted[value]: partner_id for value, partner_id in found.items()}

    def make_partners(self, salon_import, rows, partners):
        """Create the missing clients and complete the cards of known ones."""
        facts = defaultdict(dict)
        for row in sorted(rows, key=lambda row: row.kind != "clients"):
            if row.client_key:
                facts[row.client_key] = self._get_facts(row) | facts[row.client_key]
        self.sources = self._find_sources(facts.values())
        self._complete_partners(rows, facts, partners)
        missing = [key for key in facts if key not in partners]
        created = (
            self.env["res.partner"]
            .with_context(**NO_TRACKING)
            .create(
                [
                    {
                        **self._prepare_partner_vals(key, facts[key]),
                        "company_id": salon_import.company_id.id,
                    }
                    for key in missing
                ]
            )
        )
        partners |= dict(zip(missing, created.ids, strict=True))
        self._add_numbers(rows, partners)

    def _add_numbers(self, rows, partners):
        """Keep the further numbers of a cell on the card, each once."""
        told = {
            (partners[row.client_key], *further)
            for row in rows
            if row.client_key
            for further in row.vals.get("further", ())
        }
        if not told:
            return
        owners = self.env["res.partner"].browse({partner_id for partner_id, *_ in told})
        numbers = owners.salon_number_ids
        known = {(number.partner_id.id, number.number_key) for number in numbers}
        cards = {(owner.id, owner.phone_sanitized) for owner in owners}
        numbers.create(
            [
                {
                    "partner_id": partner_id,
                    "number": self._get_phone({"phone_key": number, "phone": text}),
                    "words": words,
                }
                for partner_id, text, number, words in sorted(told)
                if (partner_id, number or get_digits(text)) not in known
                and (words or (partner_id, number) not in cards)
            ]
        )

    def _get_facts(self, row):
        """Return what a row says of the client: the note of a visit is the visit's."""
        if row.kind == "clients":
            return row.vals
        return {name: value for name, value in row.vals.items() if name != "note"}

    def _find_sources(self, facts):
        """Return {how clients came to the salon, as compared: id}; make what is new."""
        texts = filter(None, (one.get("source") for one in facts))
        names = {normalise(text): text for text in texts}
        model = self.env["utm.source"]
        known = model.search([]) if names else model
        found = {normalise(source.name): source.id for source in known}
        new = [name for key, name in names.items() if key and key not in found]
        made = model.create([{"name": name} for name in new])
        return found | {normalise(source.name): source.id for source in made}

    def _prepare_partner_vals(self, key, facts):
        number = key[2:] if key.startswith("n:") else False
        names = (facts.get(name) for name in ("client_name", "phone"))
        return {
            "name": next(filter(None, names), None) or self._placeholder(number),
            "phone": self._get_phone(facts),
            "email": facts.get("email"),
            "salon_birthdate": facts.get("birthdate"),
            "salon_note": facts.get("note"),
            "salon_source_id": self.sources.get(normalise(facts.get("source"))),
            "salon_import_ref": number,
            "salon_shares_phone": key.startswith("f:"),
            "is_salon_client": True,
        }

    def _get_phone(self, facts):
        """Return the number for the card, with its country if it can be dialled.

        Cards are read in all companies; what it means must not depend on which.
        """
        number = facts.get("phone_key")
        return (
            phone_validation.phone_format(number, None, None)
            if number
            else facts.get("phone")
        )

    def _placeholder(self, number):
        return self.env._("Client %(number)s", number=number)

    def _complete_partners(self, rows, facts, partners):
        """Fill what is empty on known cards; what a person entered stays."""
        keys = {row.client_key for row in rows if row.kind == "clients"}
        for key in keys & set(partners):
            partner = self.env["res.partner"].browse(partners[key])
            vals = self._prepare_partner_vals(key, facts[key])
            if partner.name == self._placeholder(partner.salon_import_ref):
                partner.name = vals["name"]
            missing = {n: v for n, v in vals.items() if v and not partner[n]}
            if missing:
                partner.write(missing)
