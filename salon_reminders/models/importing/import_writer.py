import logging
from collections import Counter, defaultdict
from decimal import Decimal

from psycopg2 import InterfaceError, OperationalError

from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, groupby

from odoo.addons.phone_validation.tools import phone_validation

from ...tools.same_names import is_same_name
from ...tools.sold_words import normalise
from ..visit.salon_visit import OPEN_STATES
from .import_plan import NO_TRACKING, Line, Row, Visit, place_known, plan_client
from .import_visit_writer import VisitWriter

_logger = logging.getLogger(__name__)

BATCH_ROWS = 2000
NUMBERLESS = SQL("salon_import_ref IS NULL")


class Writer:
    """Plans the rows of an import and carries the plans out, block by block.

    The dry run plans and counts; the import plans, counts and writes. A block that
    can't be written fails as a whole and does not stop the others.
    """

    def __init__(self, env):
        self.env = env

    # ------------------------------------------------------------
    # BATCHES
    # ------------------------------------------------------------

    def get_batches(self, salon_import, after=0):
        """Return (first block, last block) of batches of some thousand rows."""
        blocks = self.env.execute_query(
            SQL(
                """SELECT block, COUNT(*) FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending' AND block > %s
                 GROUP BY block ORDER BY block""",
                salon_import.id,
                after,
            )
        )
        limit = self._get_batch_rows()
        batches, size = [], limit
        for block, count in blocks:
            if size + count > limit:
                batches.append([block, block])
                size = 0
            batches[-1][1] = block  # a block is never cut
            size += count
        return batches

    def _get_batch_rows(self):
        """Return how many rows are imported, and saved, at a time."""
        return BATCH_ROWS

    def _load(self, salon_import, catalogue, batch):
        """Return the pending rows of a batch, as {block: rows}."""
        blocks = defaultdict(list)
        for block, *values in self.env.execute_query(
            SQL(
                """SELECT block, id, kind, number, client_key, date,
                          COALESCE(receipt, ''), vals
                     FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'
                      AND block BETWEEN %s AND %s
                 ORDER BY block, client_key, file_id, number""",
                salon_import.id,
                *batch,
            )
        ):
            row = Row(*values)
            vals = row.vals
            if row.kind != "clients" and (vals.get("code") or vals.get("item")):
                row.item = catalogue.find(
                    vals.get("code"), vals.get("item"), vals.get("category"), row.kind
                )
            blocks[block].append(row)
        return blocks

    def count_batch(self, salon_import, catalogue, batch):
        """Return what a batch would bring, without writing anything."""
        blocks = self._load(salon_import, catalogue, batch)
        rows = [row for rows in blocks.values() for row in rows]
        partners = ClientWriter(self.env).find_partners(salon_import, rows)
        visits = self._plan(salon_import, catalogue, rows, partners)
        return self._count(rows, visits, partners)

    def write_batch(self, salon_import, catalogue, batch):
        """Import a batch; return what it brought."""
        blocks = self._load(salon_import, catalogue, batch)
        rows = [row for rows in blocks.values() for row in rows]
        try:
            return self._write_rows(salon_import, catalogue, rows)
        except (InterfaceError, OperationalError):
            # Someone else changed the same records: the whole batch again.
            raise
        except Exception:
            if len(blocks) > 1:
                _logger.info("A batch of the import failed; trying its blocks alone")
        counts = Counter()
        for rows in blocks.values():
            counts += self._write_block(salon_import, catalogue, rows)
        return counts

    def _write_block(self, salon_import, catalogue, rows):
        """Import one block, or mark its rows as failed with the reason."""
        try:
            return self._write_rows(salon_import, catalogue, rows)
        except (InterfaceError, OperationalError):
            raise
        except (UserError, ValidationError) as error:
            reason = str(error.args[0])
        except Exception as error:
            _logger.warning("Rows of an import can't be saved", exc_info=True)
            reason = str(error).partition("\n")[0]
        self.env["salon.import.row"]._write_errors(
            {
                row.id: self.env._(
                    "Row %(number)s: it can't be saved. %(reason)s",
                    number=row.number,
                    reason=reason,
                )
                for row in rows
            }
        )
        return Counter()

    def _write_rows(self, salon_import, catalogue, rows):
        clients = ClientWriter(self.env)
        visit_writer = VisitWriter(self.env)
        forget = None
        try:
            with self.env.cr.savepoint():
                partners = clients.find_partners(salon_import, rows)
                visits = self._plan(salon_import, catalogue, rows, partners)
                counts = self._count(rows, visits, partners)
                forget = catalogue.make(rows)
                clients.make_partners(salon_import, rows, partners)
                visit_writer.make_visits(salon_import, catalogue, visits, partners)
                self._write_results(rows, visits, partners)
                return counts
        except Exception:
            if forget:
                forget()
            raise

    # ------------------------------------------------------------
    # PLANS
    # ------------------------------------------------------------

    def _plan(self, salon_import, catalogue, rows, partners):
        """Return the visits that these rows become."""
        dated = [row for row in rows if row.day]
        known, visits = self._get_booked(salon_import, catalogue, dated, partners)
        by_client = groupby(dated, lambda row: row.client_key)
        for key, mine in sorted(by_client):
            visits += plan_client(mine, known.get(key, {}))
        booked = [visit for visit in visits if visit.state == "booked"]
        until = catalogue.settled_until if booked else None
        for visit in booked:
            if until and visit.day < until:
                visit.state = salon_import.past_bookings
        self._find_receipts(salon_import, visits, partners)
        return visits

    def _get_booked(self, salon_import, catalogue, rows, partners):
        """Return what is open in the database, and what is left of moved bookings.

        :return: ({client: {day: visit}}, visits whose bookings are told anew elsewhere)
        """
        keys = {partner_id: key for key, partner_id in partners.items()}
        visits = self._search_booked(salon_import, rows, keys)
        visits |= self._search_told(salon_import, rows)
        plans, sources = [], self._get_sources(visits)
        for visit in visits:
            key = keys.get(visit.partner_id.id)
            plans.append(self._get_known_visit(catalogue, visit, key, sources))
        return place_known(plans, rows)

    def _search_booked(self, salon_import, rows, keys):
        """Return the open bookings of these clients on the days of these rows."""
        if not keys or not rows:
            return self.env["salon.visit"]
        return self.env["salon.visit"].search(
            [
                ("company_id", "=", salon_import.company_id.id),
                ("partner_id", "in", list(keys)),
                ("state", "in", OPEN_STATES),
                ("date", ">=", min(row.day for row in rows)),
                ("date", "<=", max(row.day for row in rows)),
            ]
        )

    def _search_told(self, salon_import, rows):
        """Return the open visits that earlier imports made of these booking numbers."""
        numbers = list({row.vals["booking"] for row in rows if row.vals.get("booking")})
        if not numbers:
            return self.env["salon.visit"]
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT visit_id FROM salon_import_row
                    WHERE company_id = %s AND state = 'done' AND kind = 'bookings'
                      AND vals->>'booking' = ANY(%s) AND visit_id IS NOT NULL""",
                salon_import.company_id.id,
                numbers,
            )
        )
        return self.env["salon.visit"].search(
            [("id", "in", [row[0] for row in found]), ("state", "in", OPEN_STATES)]
        )

    def _get_sources(self, visits):
        """Return {visit: [(line, row, booking number)]} as earlier imports had them."""
        if not visits:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT visit_id, visit_line_id, id, vals->>'booking'
                     FROM salon_import_row
                    WHERE visit_id = ANY(%s) AND state = 'done'""",
                visits.ids,
            )
        )
        return dict(groupby(rows, lambda row: row[0]))

    def _get_known_visit(self, catalogue, visit, key, sources):
        local = visit.company_id._salon_local(visit.start).time()
        plan = Visit(key, visit.date, "booked", start=local, visit_id=visit.id)
        rows = sources.get(visit.id, ())
        plan.numbers = {number for *_ids, number in rows if number}
        told = {line_id: (row_id, number) for _visit, line_id, row_id, number in rows}
        for line in visit.line_ids:
            row_id, number = told.get(line.id, (0, None))
            vals = {"stylist": line.stylist_id.name, "time": local.isoformat()}
            vals["amount"] = str(line.amount)
            vals["duration"] = str(line.minutes)
            vals["booking"] = number
            row = Row(row_id, "bookings", 0, key, visit.date, "", vals)
            row.item = catalogue.find_product(line.product_id)
            plan.lines.append(Line(row, Decimal(str(line.quantity)), Decimal(0)))
        return plan

    def _find_receipts(self, salon_import, visits, partners):
        """Find the visits that an earlier import made of the same receipts."""
        receipts = [visit.receipt for visit in visits if visit.receipt]
        if not receipts:
            return
        found = {
            (receipt, day, partner_id or 0): visit_id
            for visit_id, receipt, day, partner_id in self.env.execute_query(
                SQL(
                    """SELECT id, receipt, date, partner_id FROM salon_visit
                        WHERE company_id = %s AND receipt = ANY(%s)""",
                    salon_import.company_id.id,
                    receipts,
                )
            )
        }
        for visit in visits if found else ():
            partner_id = partners.get(visit.client_key, 0)
            visit.append_id = found.get((visit.receipt, visit.day, partner_id), 0)

    def _count(self, rows, visits, partners):
        """Return the figures that the dry run shows and the import reports."""
        keys = {row.client_key for row in rows if row.client_key}
        counts = Counter(client_count=len(keys - set(partners)))
        for visit in visits:
            if visit.state != "done":
                counts[f"{visit.state}_count"] += 1
            elif not visit.append_id:
                who = "visit" if visit.client_key else "walkin"
                counts["purchase_count" if visit.is_purchase else f"{who}_count"] += 1
            for line in visit.lines if visit.state == "done" else ():
                counts["line_count"] += 1
                counts["refund_count"] += line.amount < 0 or line.quantity < 0
                counts["amount"] += line.amount
        return counts

    def _write_results(self, rows, visits, partners):
        """Write into the ledger what became of each row."""
        results = {}
        for visit in visits:
            partner_id = partners.get(visit.client_key)
            for row in visit.booking_rows:
                results[row.id] = (row.id, partner_id, visit.visit_id, None)
            for line in visit.lines:
                for row in (line.row, *line.parts):
                    result = (row.id, partner_id, visit.visit_id, line.line_id)
                    results[row.id] = result
        for row in rows:
            partner_id = partners.get(row.client_key)
            results.setdefault(row.id, (row.id, partner_id, None, None))
        results.pop(0, None)
        self.env["salon.import.row"]._write_results(list(results.values()))


class ClientWriter:
    """Finds the clients of imported rows, and makes those who are missing.

    By the old system's number first, then by phone, then by the exact name; a match
    must be the only one.
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
        partners = {}
        for prefix, column in (
            ("n", SQL("salon_import_ref")),
            ("p", SQL("phone_sanitized")),
            ("a", SQL("lower(name)")),
        ):
            if names[prefix]:
                found = self._match_partners(salon_import, column, list(names[prefix]))
                partners |= {names[prefix][name]: found[name] for name in found}
        self._drop_others(rows, partners)
        return partners | self._find_relatives(salon_import, rows, partners)

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
            SQL("phone_sanitized || ' ' || lower(name)"),
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
