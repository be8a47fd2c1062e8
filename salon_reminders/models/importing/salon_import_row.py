import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.sold_words import normalise

# What was said of a client, not of the visit: forgotten of who is erased.
PERSONAL = (
    *("client", "client_name", "first_name", "last_name", "name_key", "walk_in"),
    *("phone", "phone_key", "second_phone", "further", "email", "birthdate"),
    *("note", "consent", "source"),
)


def client_sign(company_id, number):
    """Return what a client's number in the old system of a salon is hashed as."""
    return number and f"{company_id} {number}"


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
            ("undone", "Taken back"),
        ],
        required=True,
        default="pending",
    )
    error = fields.Text("Reason")
    doubt = fields.Text("Left empty", help="Cells that can't be read.")
    change = fields.Text(help="What it says otherwise than the import that brought it.")
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

    makes = fields.Char(help="What it made anew: c a client, v a visit.")

    _key_uniq = models.UniqueIndex(
        "(company_id, key) WHERE state = 'done'", "This row is imported already."
    )
    _block_idx = models.Index("(import_id, state, block)")
    _change_idx = models.Index("(import_id) WHERE change IS NOT NULL")
    _doubt_idx = models.Index("(import_id) WHERE doubt IS NOT NULL")
    # Serves bookings that a longer export tells anew.
    _booking_idx = models.Index(
        "(company_id, (vals->>'booking'))"
        " WHERE state = 'done' AND kind = 'bookings' AND vals->>'booking' IS NOT NULL"
    )
    # Serves clients who come again under their number in the old system.
    _client_idx = models.Index(
        "(company_id, client_key) WHERE state = 'done' AND partner_id IS NOT NULL"
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
        """Write what became of rows: (id, client, visit, visit line, what is new)."""
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r
                      SET state = 'done', partner_id = t.partner_id,
                          visit_id = t.visit_id, visit_line_id = t.line_id,
                          makes = t.makes
                     FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::text[])
                          AS t (id, partner_id, visit_id, line_id, makes)
                    WHERE r.id = t.id
                RETURNING 1""",
                *([list(column) for column in zip(*results, strict=True)]),
            )
        )

    @api.model
    def _write_changes(self, changes):
        """Note what rows say otherwise than before: {id: text}."""
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r SET change = t.change
                     FROM unnest(%s::int[], %s::text[]) AS t (id, change)
                    WHERE r.id = t.id
                RETURNING 1""",
                list(changes),
                list(changes.values()),
            )
        )

    @api.model
    def _take_names_off(self, mine):
        """Leave of the rows of erased clients what was done; return how many.

        :param SQL mine: the condition of these rows
        """
        doubt = self.env._(
            "Row %(number)s: this client was erased here; it comes in without a name.",
            number="%(number)s",
        )
        # Nobody is to correct those that failed.
        failed = self.env.execute_query(
            SQL(
                """DELETE FROM salon_import_row
                    WHERE %s AND state = 'failed' RETURNING 1""",
                mine,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """UPDATE salon_import_row
                      SET client_key = '', partner_id = NULL, raw = '[]',
                          state = CASE kind WHEN 'clients' THEN 'known' ELSE state END,
                          vals = vals - %s::text[],
                          doubt = replace(%s, %s, number::text)
                    WHERE %s RETURNING 1""",
                list(PERSONAL),
                doubt,
                "%(number)s",
                mine,
            )
        )
        return len(failed) + len(rows)

    @api.model
    def _forget_raw(self, imports):
        """Forget the cells as they came; what they were read as is kept."""
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row SET raw = '[]'
                    WHERE import_id = ANY(%s) AND raw != '[]' RETURNING 1""",
                imports.ids,
            )
        )

    @api.model
    def _forget_salon_client(self, partner):
        """Delete the files that hold a client, and rows of her that failed or wait."""
        result = super()._forget_salon_client(partner)
        signs = self._get_salon_signs(partner) | {partner.phone_sanitized}
        signs |= {partner.email_normalized} | {normalise(partner.name)}
        signs = sorted(signs - {None, False, ""})
        rows = self.env.execute_query(
            SQL(
                """SELECT import_id, id, partner_id IS NULL
                     FROM salon_import_row
                    WHERE partner_id = %(partner)s
                       OR partner_id IS NULL
                          AND (company_id || ' ' || (vals->>'client') = ANY(%(signs)s)
                               OR vals->>'phone_key' = ANY(%(signs)s)
                               OR lower(vals->>'email') = ANY(%(signs)s)
                               OR vals->>'name_key' = ANY(%(signs)s)
                               AND COALESCE(vals->>'client', vals->>'phone_key',
                                            vals->>'email') IS NULL)""",
                partner=partner.id,
                signs=signs,
            )
        )
        taken = [row_id for _import, row_id, is_nobodys in rows if is_nobodys]
        self._take_names_off(SQL("id = ANY(%s)", taken))
        self.env["salon.import"].browse({row[0] for row in rows})._forget_client(signs)
        return result

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
    def _get_salon_signs(self, partner):
        """Return also the numbers and addresses under which she was imported."""
        company = partner.company_id or self.env.company
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT company_id, vals->>'client', vals->>'phone_key',
                          lower(vals->>'email')
                     FROM salon_import_row WHERE partner_id = %s""",
                partner.id,
            )
        )
        signs = {client_sign(company.id, partner.salon_import_ref)}
        for company_id, ref, *others in rows:
            signs.update([client_sign(company_id, ref), *others])
        return super()._get_salon_signs(partner) | signs

    @api.model
    def _get_salon_kept_texts(self):
        return super()._get_salon_kept_texts() | {"key", "kind"}
