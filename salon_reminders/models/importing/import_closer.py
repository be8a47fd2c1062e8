import base64
import io
import itertools

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from odoo import fields
from odoo.tools import SQL

from ..visit.salon_visit import OPEN_STATES
from .import_plan import NO_TRACKING, Row

READ_SIZE = 5000


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
        """Return days and tips of the visits, and how many name no service."""
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(date), MAX(date), COUNT(*) FILTER (
                          WHERE date IS NOT NULL
                            AND kind NOT IN ('cancellations', 'no_shows')
                            AND vals->>'item' IS NULL AND vals->>'code' IS NULL),
                          COALESCE(SUM((vals->>'tip')::numeric), 0)
                     FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'""",
                salon_import.id,
            )
        )
        names = ("first_day", "last_day", "unnamed_count", "tip_amount")
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
                    """SELECT file_id, number, error, raw FROM salon_import_row
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
