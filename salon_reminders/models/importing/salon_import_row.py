import json

from odoo import api, fields, models
from odoo.tools import SQL


class SalonImportRow(models.Model):
    """A row of an imported file: what it said and what became of it.

    The ledger that makes imports repeatable: ``key`` stands for the content of a row,
    and no two rows of a salon with the same key are ever imported. Written with SQL
    by the stager and the writer only.
    """

    _name = "salon.import.row"
    _description = "Salon Import Row"
    _order = "file_id, number"
    _log_access = False

    # Indexed by _block_idx.
    import_id = fields.Many2one(
        "salon.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    file_id = fields.Many2one(
        "salon.import.file", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer("Row", required=True, aggregator=False)
    kind = fields.Char(required=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Imported"),
            ("known", "Known already"),
            ("failed", "Not imported"),
        ],
        required=True,
        default="pending",
    )
    error = fields.Text("Reason")
    doubt = fields.Text("Left empty", help="Cells that can't be read.")
    key = fields.Char()
    raw = fields.Json()
    vals = fields.Json()
    client_key = fields.Char()
    receipt = fields.Char()
    date = fields.Date()
    block = fields.Integer(help="Rows of one block are imported together or not.")

    # What it became
    partner_id = fields.Many2one(
        "res.partner", string="Client", index="btree_not_null", ondelete="set null"
    )
    visit_id = fields.Many2one(
        "salon.visit", index="btree_not_null", ondelete="set null"
    )
    visit_line_id = fields.Many2one(
        "salon.visit.line", index="btree_not_null", ondelete="set null"
    )

    _key_uniq = models.UniqueIndex(
        "(company_id, key) WHERE state = 'done'", "This row is imported already."
    )
    _block_idx = models.Index("(import_id, state, block)")
    _doubt_idx = models.Index("(import_id) WHERE doubt IS NOT NULL")
    # Serves bookings that a longer export tells anew.
    _booking_idx = models.Index(
        "(company_id, (vals->>'booking'))"
        " WHERE state = 'done' AND kind = 'bookings' AND vals->>'booking' IS NOT NULL"
    )
    _receipt_idx = models.Index("(import_id, receipt) WHERE receipt IS NOT NULL")

    @api.model
    def _insert_staged(self, rows):
        """Insert staged rows, given as dicts of plain values, in one statement."""
        self.env.execute_query(
            SQL(
                """INSERT INTO salon_import_row (
                       import_id, company_id, file_id, number, kind, state, error,
                       doubt, key, raw, vals, client_key, receipt, date)
                   SELECT import_id, company_id, file_id, number, kind, state, error,
                          doubt, key, raw, vals, client_key, receipt, date
                     FROM jsonb_to_recordset(%s::jsonb) AS r (
                          import_id int, company_id int, file_id int, number int,
                          kind text, state text, error text, doubt text, key text,
                          raw jsonb, vals jsonb, client_key text, receipt text,
                          date date)
                RETURNING 1""",
                json.dumps(rows),
            )
        )

    @api.model
    def _write_results(self, results):
        """Write what became of rows: (id, client, visit, visit line)."""
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r
                      SET state = 'done', partner_id = t.partner_id,
                          visit_id = t.visit_id, visit_line_id = t.line_id
                     FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])
                          AS t (id, partner_id, visit_id, line_id)
                    WHERE r.id = t.id
                RETURNING 1""",
                *([list(column) for column in zip(*results, strict=True)]),
            )
        )

    @api.model
    def _write_errors(self, errors):
        """Mark rows as failed, each with its reason in plain words: {id: text}."""
        if not errors:
            return
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r
                      SET state = 'failed', error = t.error
                     FROM unnest(%s::int[], %s::text[]) AS t (id, error)
                    WHERE r.id = t.id
                RETURNING 1""",
                list(errors),
                list(errors.values()),
            )
        )

    @api.model
    def _get_salon_kept_texts(self):
        return super()._get_salon_kept_texts() | {"key", "kind"}
