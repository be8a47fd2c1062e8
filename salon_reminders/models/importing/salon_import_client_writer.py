from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .import_plan import NO_TRACKING


class SalonImportClientWriter(models.AbstractModel):
    """Finds the clients of imported rows, and makes those who are missing.

    By the old system's number first, then by phone, then by the exact name; a match
    must be the only one.
    """

    _name = "salon.import.client.writer"
    _description = "Salon Import Client Writer"

    @api.model
    def _find_partners(self, salon_import, rows):
        """Return {client key: id} of the clients that exist: by number, phone, name."""
        names = defaultdict(dict)
        for row in rows:
            prefix, _colon, name = row.client_key.partition(":")
            names[prefix][name] = row.client_key
        partners = {}
        for prefix, column in (
            ("n", SQL("salon_import_ref")),
            ("p", SQL("phone_sanitized")),
            ("a", SQL("lower(name)")),
        ):
            if names[prefix]:
                found = self._match_partners(salon_import, column, list(names[prefix]))
                partners |= {names[prefix][name]: found[name] for name in found}
        return partners | self._find_unnumbered(salon_import, rows, partners)

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

    def _find_unnumbered(self, salon_import, rows, partners):
        """Return clients who were here before the old system's number was known.

        Same phone and same name: two people of one family may share a phone.
        """
        wanted = {
            f"{row.vals['phone_key']} {row.vals['name_key']}": row.client_key
            for row in rows
            if row.client_key.startswith("n:")
            and row.client_key not in partners
            and row.vals.get("phone_key")
            and row.vals.get("name_key")
        }
        if not wanted:
            return {}
        found = self._match_partners(
            salon_import,
            SQL("phone_sanitized || ' ' || lower(name)"),
            list(wanted),
            SQL(
                "salon_import_ref IS NULL AND phone_sanitized = ANY(%s)",
                [value.partition(" ")[0] for value in wanted],
            ),
        )
        return {wanted[value]: partner_id for value, partner_id in found.items()}

    @api.model
    def _make_partners(self, salon_import, rows, partners):
        """Create the missing clients and complete the cards of known ones."""
        facts = defaultdict(dict)
        for row in sorted(rows, key=lambda row: row.kind != "clients"):
            if row.client_key:
                facts[row.client_key] = row.vals | facts[row.client_key]
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

    def _prepare_partner_vals(self, key, facts):
        number = key[2:] if key.startswith("n:") else False
        names = (facts.get(name) for name in ("client_name", "phone"))
        return {
            "name": next(filter(None, names), None) or self._placeholder(number),
            "phone": facts.get("phone"),
            "email": facts.get("email"),
            "salon_birthdate": facts.get("birthdate"),
            "salon_note": facts.get("note"),
            "salon_import_ref": number,
            "is_salon_client": True,
        }

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
