import json
from collections import defaultdict

from odoo.tools import SQL, email_normalize

from odoo.addons.phone_validation.tools import phone_validation

from ...tools.import_plan import NO_TRACKING, Row
from ...tools.same_names import is_same_name
from ...tools.sold_words import normalise
from ..privacy.res_partner import get_digits
from .salon_import_row import client_sign

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
        if salon_import.strangers_are == "other":
            for key in salon_import.strangers or ():
                partners.pop(key, None)
        for prefix, column in (("p", SQL("phone_sanitized")), ("a", NAME_KEY)):
            if names[prefix]:
                found = self._match_partners(salon_import, column, list(names[prefix]))
                partners |= {names[prefix][name]: found[name] for name in found}
        self._drop_others(rows, partners)
        return partners | self._find_relatives(salon_import, rows, partners)

    def _find_by_number(self, salon_import, numbers):
        """Return {client key: id} by numbers in the old system.

        What earlier imports of this company made of them counts first, the last one
        most: that leads to the card that remains of two merged ones, to an archived
        one, and to who has the number now.
        """
        if not numbers:
            return {}
        company_id = salon_import.company_id.id
        found = dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (client_key) client_key, partner_id
                         FROM salon_import_row
                        WHERE company_id = %s AND state = 'done'
                          AND client_key = ANY(%s) AND partner_id IS NOT NULL
                     ORDER BY client_key, id DESC""",
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

    def find_strangers(self, salon_import):
        """Return {client key: sentence} of those who have somebody else's number here.

        Name and phone differ: the old system gave the number to another person, or
        somebody has a new name and a new phone. Only the salon knows.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (client_key) client_key, number,
                          vals->>'client_name', vals->>'phone_key'
                     FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'
                      AND client_key LIKE 'n:%%'
                      AND vals->>'name_key' IS NOT NULL
                      AND vals->>'phone_key' IS NOT NULL
                 ORDER BY client_key, number""",
                salon_import.id,
            )
        )
        found = self._find_by_number(salon_import, {key[2:]: key for key, *_ in rows})
        cards = self.env["res.partner"].browse(found.values()).grouped("id")
        texts = {}
        for key, number, name, phone in rows:
            card = cards.get(found.get(key))
            if card and self._is_stranger(card, name, phone):
                texts[key] = self.env._(
                    "Row %(number)s: client number %(client)s is %(card)s here; the "
                    "file says %(name)s, with another phone number.",
                    number=number,
                    client=key[2:],
                    card=card.name,
                    name=name,
                )
        return texts

    def _is_stranger(self, card, name, phone):
        if not card.phone_sanitized or is_same_name(name, card.name or name):
            return False
        numbers = card.salon_number_ids.mapped("number_key")
        return phone not in (card.phone_sanitized, *numbers)

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


class ErasedPeople:
    """Takes the names off the rows of people who were erased here.

    Who asked to be forgotten does not come back with the next export, neither by name
    nor with what it says of their consent. They are known again by the keyed hashes
    that were kept for this, see ``salon.privacy``, and by rows that an earlier import
    brought. What was done stays in the figures, as the visit of a walk-in. Who has a
    card, because they came again or share the number, is left alone.
    """

    def __init__(self, salon_import):
        self.env = salon_import.env
        self.salon_import = salon_import

    def forget(self):
        """Take the names off; return of how many rows."""
        hashes = self._get_hashes()
        if not hashes:
            return 0
        keys = self._find_signed(hashes) | self._find_known()
        keys -= self._leave_present(keys)
        return self.env["salon.import.row"]._take_names_off(
            SQL(
                "import_id = %s AND client_key = ANY(%s)",
                self.salon_import.id,
                list(keys),
            )
        )

    def _get_hashes(self):
        return {
            key
            for (key,) in self.env.execute_query(
                SQL(
                    """SELECT jsonb_array_elements_text(salon_erased_keys)
                         FROM res_partner
                        WHERE salon_erased_keys IS NOT NULL
                          AND (company_id IS NULL OR company_id = %s)""",
                    self.salon_import.company_id.id,
                )
            )
        }

    def _find_signed(self, hashes):
        """Return the client keys with a number or an address that was kept as hash."""
        company_id, found = self.salon_import.company_id.id, set()
        make_hash = self.env["salon.contact.proof"]._hash
        for key, numbers, phones, emails in self._query(
            """SELECT client_key, array_agg(DISTINCT vals->>'client'),
                      array_agg(DISTINCT vals->>'phone_key'),
                      array_agg(DISTINCT vals->>'email')
                 FROM salon_import_row
                WHERE import_id = %(id)s AND client_key != '' GROUP BY 1"""
        ):
            signs = {client_sign(company_id, number) for number in numbers}
            signs.update(phones)
            signs.update(email_normalize(email or "") for email in emails)
            if any(make_hash(sign) in hashes for sign in signs - {None, False, ""}):
                found.add(key)
        return found

    def _find_known(self):
        """Return the client keys of rows that were brought before the erasure."""
        rows = self._query(
            """SELECT DISTINCT r.client_key
                 FROM salon_import_row r JOIN res_partner p ON p.id = r.partner_id
                WHERE r.import_id = %(id)s AND r.state = 'known'
                  AND r.client_key != '' AND p.salon_erased_keys IS NOT NULL"""
        )
        return {key for (key,) in rows}

    def _leave_present(self, keys):
        """Return the client keys of people who have a card, and let it be found."""
        rows = self._query(
            """SELECT DISTINCT ON (client_key) id, kind, number, client_key, date,
                      COALESCE(receipt, ''), vals
                 FROM salon_import_row
                WHERE import_id = %(id)s AND client_key = ANY(%(keys)s)
             ORDER BY client_key, kind != 'clients'""",
            keys=list(keys),
        )
        rows = [Row(*values) for values in rows]
        found = ClientWriter(self.env).find_partners(self.salon_import, rows)
        present = {row.client_key: row.vals for row in rows if row.client_key in found}
        # Their other rows need what this one says: the number leads to nobody any more.
        self._query(
            """UPDATE salon_import_row r
                  SET vals = r.vals || jsonb_strip_nulls(jsonb_build_object(
                      'phone_key', t.vals->>'phone_key',
                      'name_key', t.vals->>'name_key'))
                 FROM unnest(%(keys)s::text[], %(vals)s::jsonb[]) AS t (key, vals)
                WHERE r.import_id = %(id)s AND r.client_key = t.key
                  AND r.state = 'pending' RETURNING 1""",
            keys=list(present),
            vals=[json.dumps(vals) for vals in present.values()],
        )
        return present.keys()

    def _query(self, query, **params):
        return self.env.execute_query(SQL(query, id=self.salon_import.id, **params))
