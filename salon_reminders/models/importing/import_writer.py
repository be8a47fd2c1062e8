import logging
from collections import Counter, defaultdict
from decimal import Decimal

from psycopg2 import InterfaceError, OperationalError

from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, groupby

from ...tools.import_plan import (
    NO_TRACKING,
    Line,
    Row,
    Visit,
    place_known,
    plan_client,
)
from ...tools.server_flags import SERVER_SAYS
from ..visit.salon_visit import OPEN_STATES
from .import_client_writer import ClientWriter
from .import_visit_writer import VisitWriter

_logger = logging.getLogger(__name__)

BATCH_ROWS = 2000
# What the system works out by itself, and what is looked at more closely.
DERIVED = {
    *("salon.visit", "salon.visit.line", "salon.visit.busy", "salon.import.row"),
    *("salon.reminder", "salon.client.standing", "salon.client.zone"),
    *("salon.segment.move", "salon.consent", "salon.client.number", "mail.followers"),
}


def is_link(field, model):
    """Tell whether a field is a column that names a record of a model."""
    return (
        field.type == "many2one"
        and field.comodel_name == model
        and field.store
        and field.column_type
        and not field.company_dependent
    )


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
                 ORDER BY block, client_key, file_id, number, id""",
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
                known = set(partners)
                old = {visit for visit in visits if visit.visit_id or visit.append_id}
                forget = catalogue.make(rows)
                clients.make_partners(salon_import, rows, partners)
                visit_writer.make_visits(salon_import, catalogue, visits, partners)
                new = {row.client_key for row in rows} - known - {""}
                self._write_results(rows, set(visits) - old, visits, partners, new)
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

    def _write_results(self, rows, fresh, visits, partners, new):
        """Write into the ledger what became of each row.

        :param fresh: the visits that were not there before
        :param new: the client keys of those who were not there before
        """
        results = {}
        for visit in visits:
            partner_id = partners.get(visit.client_key)
            makes = "c" * (visit.client_key in new) + "v" * (visit in fresh)
            visit_id = visit.visit_id
            for row in visit.booking_rows:
                results[row.id] = (row.id, partner_id, visit_id, None, makes)
            for line in visit.lines:
                for row in (line.row, *line.parts):
                    result = (row.id, partner_id, visit_id, line.line_id, makes)
                    results[row.id] = result
        for row in rows:
            partner_id = partners.get(row.client_key)
            makes = "c" * (row.client_key in new)
            results.setdefault(row.id, (row.id, partner_id, None, None, makes))
        results.pop(0, None)
        self.env["salon.import.row"]._write_results(list(results.values()))


class Undoer:
    """Takes back what an import made, as far as nobody has touched it since.

    What somebody changed, wrote about, called for or booked on stays, and its rows stay
    known to the next import. All others can be imported again.
    """

    def __init__(self, salon_import):
        self.salon_import = salon_import
        self.env = salon_import.with_context(
            **NO_TRACKING, salon_taken_back=SERVER_SAYS
        ).env

    # ------------------------------------------------------------
    # WHAT WAS TOUCHED
    # ------------------------------------------------------------

    def mark_touched(self):
        """Let what was touched stay. Found first: taking back touches other records."""
        self.env.flush_all()
        self._keep(
            "v",
            SQL("visit_id"),
            SQL(
                """m.id IN (SELECT visit_id FROM salon_visit_line
                             WHERE write_date > %s)""",
                self.salon_import.done_at,
            ),
        )
        self._keep("c", SQL("partner_id"), self._sql_served())

    def _keep(self, flag, column, extra):
        """Take the flag off the rows whose record was touched."""
        model = self.env["salon.visit" if flag == "v" else "res.partner"]
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r SET makes = replace(r.makes, %(flag)s, '')
                     FROM %(table)s m
                    WHERE r.import_id = %(id)s AND strpos(r.makes, %(flag)s) > 0
                      AND m.id = r.%(column)s
                      AND (m.write_date > %(done)s OR %(extra)s OR %(linked)s)
                RETURNING 1""",
                flag=flag,
                table=SQL.identifier(model._table),
                id=self.salon_import.id,
                column=column,
                done=self.salon_import.done_at,
                extra=extra,
                linked=SQL(" OR ").join(self._iter_links(model)),
            )
        )

    def _iter_links(self, target):
        """Yield the conditions that something of somebody hangs on a record ``m``."""
        for name, field in (("mail.message", "model"), ("mail.activity", "res_model")):
            yield SQL(
                "m.id IN (SELECT res_id FROM %s WHERE %s = %s)",
                SQL.identifier(self.env[name]._table),
                SQL.identifier(field),
                target._name,
            )
        for name, model in self.env.registry.items():
            if name in DERIVED or not model._auto or model._transient:
                continue
            for field in model._fields.values():
                if is_link(field, target._name):
                    column = SQL.identifier(field.name)
                    # A contact is its own commercial partner.
                    is_own = name == target._name
                    yield SQL(
                        "m.id IN (SELECT %s FROM %s WHERE %s)",
                        column,
                        SQL.identifier(model._table),
                        SQL("id != %s", column) if is_own else SQL("TRUE"),
                    )

    def _sql_served(self):
        """Return the condition that a client has more than this import brought."""
        return SQL(
            """m.id IN (SELECT partner_id FROM salon_visit v WHERE NOT EXISTS (
                   SELECT FROM salon_import_row d
                    WHERE d.visit_id = v.id AND d.import_id = %(id)s
                      AND strpos(d.makes, 'v') > 0))
               OR m.id IN (SELECT partner_id FROM salon_consent c WHERE NOT (%(mine)s))
               OR m.id IN (SELECT partner_id FROM salon_client_number
                            WHERE write_date > %(done)s)""",
            id=self.salon_import.id,
            mine=self._sql_my_consents(),
            done=self.salon_import.done_at,
        )

    def _sql_my_consents(self):
        """Return the condition of answers ``c`` that this import wrote."""
        return SQL(
            """c.method = 'import' AND c.company_id = %(company)s
               AND c.create_date BETWEEN %(start)s AND %(done)s
               AND c.partner_id IN (
                   SELECT partner_id FROM salon_import_row WHERE import_id = %(id)s)
               AND NOT EXISTS (
                   SELECT FROM salon_contact_proof p WHERE p.consent_id = c.id)""",
            company=self.salon_import.company_id.id,
            start=self.salon_import.started_at,
            done=self.salon_import.done_at,
            id=self.salon_import.id,
        )

    # ------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------

    def take_visits(self, limit=500):
        """Delete the next visits; return how many were looked at."""
        ids = self._find_next("v", SQL("visit_id"), limit)
        self._unlink("v", SQL("visit_id"), self.env["salon.visit"].browse(ids))
        return len(ids)

    def take_consents(self, limit=500):
        """Delete the next answers that this import wrote, and calls without any."""
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM salon_consent c WHERE %s ORDER BY c.id LIMIT %s",
                self._sql_my_consents(),
                limit,
            )
        )
        consents = self.env["salon.consent"].browse(row[0] for row in rows)
        partners = consents.partner_id
        consents.unlink()
        calls = self.env["salon.call"].search(
            [("partner_id", "in", partners.ids), ("state", "=", "open")]
        )
        callable_ids = calls.partner_id._filter_callable().ids
        lost = calls.filtered(lambda call: call.partner_id.id not in callable_ids)
        lost._close("person", state="cancelled")
        return len(rows)

    def take_clients(self, limit=500):
        """Delete the next clients with what the system worked out about them."""
        ids = self._find_next("c", SQL("partner_id"), limit)
        partners = self.env["res.partner"].browse(ids)
        partners.salon_reminder_ids.unlink()
        self._unlink("c", SQL("partner_id"), partners)
        return len(ids)

    def take_catalogue(self):
        """Delete services, products and stylists that this import alone has needed."""
        for model, ids in (self.salon_import.made or {}).items():
            records = self.env[model].with_context(active_test=False).browse(ids)
            for record in records.exists():
                if record.write_date <= self.salon_import.done_at:
                    self._try(record)

    def _find_next(self, flag, column, limit):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT %(column)s FROM salon_import_row
                    WHERE import_id = %(id)s AND strpos(makes, %(flag)s) > 0
                      AND %(column)s IS NOT NULL
                 ORDER BY 1 LIMIT %(limit)s""",
                column=column,
                id=self.salon_import.id,
                flag=flag,
                limit=limit,
            )
        )
        return [row[0] for row in rows]

    def _unlink(self, flag, column, records):
        """Delete records, or those that can be; their rows can be imported again."""
        kept = records.browse()
        if not self._try(records):
            kept = records.filtered(lambda record: not self._try(record))
        # Of a record that is gone, its rows are empty; those of others have no flag.
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row
                      SET makes = replace(makes, %(flag)s, ''),
                          state = CASE WHEN %(column)s IS NULL THEN 'undone'
                                       ELSE state END
                    WHERE import_id = %(id)s AND strpos(makes, %(flag)s) > 0
                      AND (%(column)s IS NULL OR %(column)s = ANY(%(kept)s))
                RETURNING 1""",
                flag=flag,
                column=column,
                id=self.salon_import.id,
                kept=kept.ids,
            )
        )

    def _try(self, records):
        """Tell whether these records could be deleted."""
        try:
            with self.env.cr.savepoint():
                records.unlink()
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            # Something else holds them.
            return False
        return True
