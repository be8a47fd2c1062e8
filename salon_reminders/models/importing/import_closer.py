import base64
import io
import itertools
from collections import Counter, defaultdict
from itertools import chain
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.import_plan import NO_TRACKING, Row
from ...tools.server_flags import SERVER_SAYS
from ..visit.salon_visit import OPEN_STATES

READ_SIZE = 5000
# Who has not agreed to be called.
UNASKED = ["none", "withdrawn", "expired"]
# {field of a record: what a row calls it}
VALUES = {"amount": "amount", "minutes": "duration", "name": "client_name"}


class Change(NamedTuple):
    """A value that the files say otherwise than before."""

    row_id: int
    number: int
    known_id: int  # the row that an earlier import brought
    record_id: int  # what it became
    old: str
    new: str
    current: str
    is_untouched: bool


class Closer:
    """What follows when the rows of an import are counted or written."""

    def __init__(self, env):
        self.env = env

    def settle(self, salon_import, limit=500):
        """Close bookings of earlier imports that this one shows were not kept."""
        until = salon_import._get_settled_until()
        if not until:
            return 0
        visits = self._search_unsettled(salon_import, until, limit)
        visits.with_context(**NO_TRACKING).state = salon_import.past_bookings
        return len(visits)

    def _search_unsettled(self, salon_import, until, limit=None):
        rows = self.env["salon.import.row"]._search(
            [
                ("company_id", "=", salon_import.company_id.id),
                ("state", "=", "done"),
                ("kind", "=", "bookings"),
                ("visit_id", "!=", False),
            ]
        )
        return self.env["salon.visit"].search(
            [
                ("company_id", "=", salon_import.company_id.id),
                ("state", "in", OPEN_STATES),
                ("date", "<", until),
                ("id", "in", rows.subselect("visit_id")),
            ],
            limit=limit,
        )

    def record_consents(self, salon_import, limit=1000):
        """Write what people agreed to into the ledger; return how many clients.

        What a client said in person is never overruled by a file, and no file makes a
        yes of a no: an old export would bring back what a newer one took away. Whoever
        was not asked has neither agreed nor refused: nothing is written, so that they
        are asked.
        """
        rows = self.env.execute_query(self._sql_consents(salon_import, limit))
        self.env["salon.consent"].create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": salon_import.company_id.id,
                    "decision": decision,
                    "method": "import",
                    "user_id": salon_import.user_id.id,
                    "wording": salon_import.consent_wording,
                    "source": salon_import.consent_source,
                    "date": fields.Datetime.now(),
                }
                for partner_id, decision in rows
            ]
        )
        return len(rows)

    def _sql_consents(self, salon_import, limit):
        return SQL(
            """SELECT said.partner_id, said.decision
                 FROM (SELECT partner_id,
                              CASE WHEN COALESCE(
                                  bool_and((vals->>'consent')::bool), %(agreed)s)
                                   THEN 'given'
                                   WHEN bool_and((vals->>'consent')::bool) = FALSE
                                   THEN 'withdrawn' END AS decision
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND state IN ('done', 'known')
                          AND partner_id IS NOT NULL
                     GROUP BY partner_id) said
    LEFT JOIN LATERAL (%(newest)s) newest ON TRUE
                WHERE said.decision IS NOT NULL
                  AND (newest.id IS NULL OR (
                      newest.method = 'import' AND newest.decision = 'given'
                      AND said.decision = 'withdrawn'))
             ORDER BY said.partner_id LIMIT %(limit)s""",
            agreed=salon_import.consent == "yes",
            id=salon_import.id,
            newest=self.env["salon.consent"]._sql_newest(
                SQL("said.partner_id"), salon_import.company_id.id
            ),
            limit=limit,
        )

    def count_states(self, salon_import):
        """Return how many rows the files have, and what became of them."""
        model = self.env["salon.import.row"]
        mine = [("import_id", "=", salon_import.id)]
        counts = dict(model._read_group(mine, ["state"], ["__count"]))
        for file, count in model._read_group(mine, ["file_id"], ["__count"]):
            file.row_count = count
        doubtful = [*mine, ("doubt", "!=", False), ("state", "!=", "failed")]
        return {
            "row_count": sum(counts.values()),
            "known_count": counts.get("known", 0),
            "failed_count": counts.get("failed", 0),
            "change_count": model.search_count([*mine, ("change", "!=", False)]),
            "doubt_count": model.search_count(doubtful),
        }

    def count_masters(self, salon_import, catalogue):
        """Return how many services, products and stylists the import would make."""
        counts = {}
        for name, columns in (
            ("product_count", ("code", "item", "category")),
            ("stylist_count", ("stylist",)),
        ):
            rows = self.env.execute_query(
                SQL(
                    """SELECT kind, %s FROM salon_import_row
                        WHERE import_id = %s AND state = 'pending'
                          AND kind != 'clients'
                     GROUP BY 1, 2""",
                    SQL(
                        "jsonb_build_object(%s)",
                        SQL(", ").join(SQL("%s, vals->%s", c, c) for c in columns),
                    ),
                    salon_import.id,
                )
            )
            counts[name] = self._count_missing(catalogue, name, rows)
        return counts

    def describe_rows(self, salon_import):
        """Return days and tips of the visits, further numbers, and unnamed services."""
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(date), MAX(date), COUNT(*) FILTER (
                          WHERE date IS NOT NULL
                            AND kind NOT IN ('cancellations', 'no_shows')
                            AND vals->>'item' IS NULL AND vals->>'code' IS NULL),
                          COALESCE(SUM((vals->>'tip')::numeric), 0),
                          COALESCE(SUM(jsonb_array_length(vals->'further')), 0)
                     FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'""",
                salon_import.id,
            )
        )
        names = "first_day", "last_day", "unnamed_count", "tip_amount", "further_count"
        return dict(zip(names, *rows, strict=True))

    def _count_missing(self, catalogue, name, rows):
        rows = [Row(0, kind, 0, "", None, "", vals) for kind, vals in rows]
        if name == "stylist_count":
            return len(catalogue.new_stylists(rows))
        for row in rows:
            vals = row.vals
            if vals["code"] or vals["item"]:
                row.item = catalogue.find(
                    vals["code"], vals["item"], vals["category"], row.kind
                )
        return len(catalogue.new_items(rows))


class Changes:
    """What a longer export says otherwise than the import that brought a row.

    Shown row by row before anything is saved. Taken over only where nobody has changed
    it here since: where what stands in the database is what the earlier file said.
    """

    def __init__(self, salon_import):
        self.env = salon_import.env
        self.salon_import = salon_import

    def find(self):
        """Describe the changes of the rows that are known."""
        texts = defaultdict(list)
        for change in chain(*self._get_all().values()):
            texts[change.row_id].append(self._describe(change))
        self.env["salon.import.row"]._write_changes(
            {row_id: "\n".join(mine) for row_id, mine in texts.items()}
        )

    def take(self):
        """Take over what has changed, if the person wants it."""
        if self.salon_import.changes != "take":
            return
        records = {
            "amount": self.env["salon.visit.line"],
            "minutes": self.env["salon.visit.line"],
            "name": self.env["res.partner"],
        }
        flags = {**NO_TRACKING, "salon_lines_by": SERVER_SAYS}
        for name, changes in self._get_all().items():
            model = records[name].with_context(**flags)
            mine = [change for change in changes if change.is_untouched]
            for change in mine:
                value = change.new if name == "name" else float(change.new)
                model.browse(change.record_id).write({name: value})
            self._remember(name, mine)

    def _remember(self, name, changes):
        """Let the ledger say what the newest file says."""
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row d
                      SET vals = d.vals || jsonb_build_object(%s, t.new)
                     FROM unnest(%s::int[], %s::text[]) AS t (id, new)
                    WHERE d.id = t.id RETURNING 1""",
                VALUES[name],
                [change.known_id for change in changes],
                [change.new for change in changes],
            )
        )

    def _describe(self, change):
        words = {"number": change.number, "old": change.old, "new": change.new}
        if change.is_untouched:
            return self.env._("Row %(number)s: %(old)s before, now %(new)s.", **words)
        return self.env._(
            "Row %(number)s: %(old)s before, now %(new)s. Here it was changed to "
            "%(current)s, which stays.",
            current=change.current,
            **words,
        )

    def _get_all(self):
        """Return {field: changes} of the rows that are known."""
        return {
            "amount": self._query(
                "amount", SQL("trim_scale(l.amount::numeric)"), SQL("numeric")
            ),
            "minutes": self._query(
                "minutes", SQL("l.minutes::numeric"), SQL("numeric")
            ),
            "name": self._query("name", SQL("p.name"), SQL("text")),
        }

    def _query(self, name, current, kind):
        rows = self.env.execute_query(
            SQL(
                """SELECT r.id, r.number, d.id, %(record)s, d.vals->>%(key)s,
                          r.vals->>%(key)s, %(current)s::text,
                          %(current)s = (d.vals->>%(key)s)::%(kind)s
                     FROM salon_import_row r
                     JOIN salon_import_row d ON d.company_id = r.company_id
                          AND d.key = r.key AND d.state = 'done'
                     %(join)s
                    WHERE r.import_id = %(id)s AND r.state = 'known'
                      AND (r.vals->>%(key)s)::%(kind)s != (d.vals->>%(key)s)::%(kind)s
                 ORDER BY r.number""",
                record=SQL("p.id") if name == "name" else SQL("l.id"),
                join=SQL(
                    "JOIN res_partner p ON p.id = d.partner_id AND d.kind = 'clients'"
                )
                if name == "name"
                else SQL("JOIN salon_visit_line l ON l.id = d.visit_line_id"),
                key=VALUES[name],
                current=current,
                kind=kind,
                id=self.salon_import.id,
            )
        )
        return [Change(*row) for row in rows]


class Gaps:
    """What an import could not give: who is not called and what reminds nobody."""

    def __init__(self, salon_import):
        company = salon_import.company_id
        self.salon_import = salon_import
        self.env = salon_import.with_company(company).env

    def get_domains(self):
        """Return {figure: (model, domain of what it counts)}."""
        rows = self.env["salon.import.row"]._search(
            [("import_id", "=", self.salon_import.id)]
        )
        mine = Domain("id", "in", rows.subselect("partner_id"))
        lines = self.env["salon.visit.line"]._search(
            [("id", "in", rows.subselect("visit_line_id"))]
        )
        products = self.env["product.product"]._search(
            [("id", "in", lines.subselect("product_id"))]
        )
        return {
            "numberless_count": (
                "res.partner",
                mine & Domain("phone_sanitized", "=", False),
            ),
            "unasked_count": (
                "res.partner",
                mine & Domain("salon_call_consent", "in", UNASKED),
            ),
            "cycleless_count": (
                "product.template",
                Domain("id", "in", products.subselect("product_tmpl_id"))
                & Domain("salon_kind", "=", "service")
                & Domain("salon_cycle_ids", "=", False),
            ),
        }

    def describe_plan(self):
        """Return in words whom the next plan would call, and what holds back others."""
        candidates = self.env["salon.call.candidate"]
        rows = candidates._get_rows()
        holds = Counter((row["hold"], row["kind"]) for row in rows if row["hold"])
        ready, places = len(rows) - holds.total(), candidates._get_free_places()
        calls = ready if places is None else min(ready, places)
        texts = [self.env._("To be called today: %(count)s clients.", count=calls)]
        if ready > calls:
            holds["quota", "reminder"] += ready - calls
        for (hold, kind), count in holds.most_common():
            # Who shares a number waits for the other.
            reason = self.env["res.partner"]._salon_text_held(
                "quota" if hold == "shared" else hold, kind
            )
            texts.append(
                self.env._("%(count)s clients: %(reason)s", count=count, reason=reason)
            )
        return "\n".join(texts)


class FailedRows:
    """Gives back the rows that failed, as they came, with the reason.

    A workbook with a sheet per file and the same headers: corrected, it can be
    uploaded as it is.
    """

    def __init__(self, env):
        self.env = env

    def make_failed_file(self, salon_import):
        """Return the workbook of failed rows in base64, or False without any."""
        book, is_empty = Workbook(write_only=True), True
        # One file after the other as they come, not all rows in memory.
        failed = self._iter_failed(salon_import)
        by_file = itertools.groupby(failed, lambda row: row[0])
        for file_id, rows in by_file:
            file = self.env["salon.import.file"].browse(file_id)
            self._add_sheet(book, file, rows)
            is_empty = False
        if is_empty:
            return False
        stream = io.BytesIO()
        book.save(stream)
        return base64.b64encode(stream.getvalue())

    def _iter_failed(self, salon_import):
        """Yield (file, row, reason, cells) in the order of the files."""
        last = (0, 0)
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (file_id, number)
                              file_id, number, error, raw
                         FROM salon_import_row
                        WHERE import_id = %s AND state = 'failed'
                          AND (file_id, number) > %s
                     ORDER BY file_id, number LIMIT %s""",
                    salon_import.id,
                    last,
                    READ_SIZE,
                )
            )
            yield from rows
            if len(rows) < READ_SIZE:
                return
            last = rows[-1][:2]

    def _add_sheet(self, book, file, rows):
        sheet = book.create_sheet(self._get_title(book, file))
        headers = file.head[0]
        extra = [self.env._("Row"), self.env._("Reason")]
        sheet.append([self._cell(sheet, text) for text in headers + extra])
        for _file_id, number, reason, cells in rows:
            cells = cells + [""] * (len(headers) - len(cells))
            texts = [*cells[: len(headers)], str(number), reason]
            sheet.append([self._cell(sheet, text) for text in texts])

    def _get_title(self, book, file):
        """Return a title that a workbook takes: short, unique, without signs."""
        title = "".join(c for c in file.name if c not in "[]:*?/\\")[:28] or "-"
        number = len(book.worksheets) + 1
        return title if title not in book.sheetnames else f"{title} {number}"

    def _cell(self, sheet, text):
        """Return a cell with a text: never a formula, whatever the text begins with."""
        cell = WriteOnlyCell(sheet)
        cell.value = "".join(c for c in text if c >= " " or c in "\t\n")
        cell.data_type = "s"
        return cell
