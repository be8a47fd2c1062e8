import base64
import io
import itertools

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from odoo import api, models
from odoo.tools import SQL

READ_SIZE = 5000


class SalonImportReport(models.AbstractModel):
    """Gives back the rows that failed, as they came, with the reason.

    A workbook with a sheet per file and the same headers: corrected, it can be
    uploaded as it is.
    """

    _name = "salon.import.report"
    _description = "Salon Import Report"

    @api.model
    def _make_failed_file(self, salon_import):
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
