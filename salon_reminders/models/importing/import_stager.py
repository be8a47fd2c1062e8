from itertools import islice

from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from odoo.addons.phone_validation.tools import phone_validation

from ...tools.read_rows import RowReader, Writing, describe_problem
from ...tools.same_names import group_names
from ...tools.sold_words import guess_category
from .import_catalogue import Splitter
from .import_client_writer import ClientWriter, ErasedPeople
from .import_closer import Changes

STAGE_SIZE = 5000


class Stager:
    """Reads the files of an import into its rows, and sorts the rows.

    Sorting finds what is known already, who is a walk-in, which rows belong to the
    same client, and which must be imported together.
    """

    def __init__(self, env):
        self.env = env
        targets = env["salon.import.column"]._fields["target"]
        self.labels = dict(targets._description_selection(env))

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def stage(self, file):
        """Read the rows of a file that are not staged yet; yield their number."""
        reader = self._get_reader(file)
        rows = enumerate(file._iter_rows(), start=1)
        todo = islice(rows, file.header_row + 1 + file.staged_count, None)
        origin = {
            "import_id": file.import_id.id,
            "company_id": file.company_id.id,
            "file_id": file.id,
        }
        for chunk in split_every(STAGE_SIZE, todo, list):
            staged = [
                {**origin, **self._prepare_row(reader, number, cells)}
                for number, cells in chunk
                if any(cells)
            ]
            if staged:
                self.env["salon.import.row"]._insert_staged(staged)
            file.staged_count += len(chunk)
            yield len(chunk)
        file.is_staged = True

    def _get_reader(self, file):
        company = file.company_id
        return RowReader(
            file.kind,
            file._get_mapping(),
            Writing(
                file.date_order,
                file.decimal,
                file.duration_unit == "hour",
                file.item_for_all or "",
                self.env["salon.import.status"]._get_answers(company),
                file.tips == "within",
            ),
            self._get_dialler(company.country_id),
            company._salon_today(),
            company._salon_timezone(),
        )

    def _get_dialler(self, country):
        """Return a function from a number of a country to its international form."""
        code, phone_code = country.code or None, country.phone_code or None

        def dial(number):
            try:
                return phone_validation.phone_format(number, code, phone_code, "E164")
            except UserError:
                return ""

        return dial

    def _prepare_row(self, reader, number, cells):
        kind, vals, problem, doubts = reader.parse(cells)
        key = reader.key(kind, vals)
        return {
            "number": number,
            "kind": kind,
            "state": "failed" if problem else "pending",
            "error": problem and self._describe(number, problem),
            "doubt": self._describe_doubts(number, doubts),
            "key": key,
            "raw": cells,
            "client_key": vals.pop("client_key"),
            "receipt": vals.get("receipt") if kind == "receipts" else None,
            "date": vals.get("date"),
            "vals": vals,
        }

    def _describe_doubts(self, number, doubts):
        texts = [self._describe(number, doubt) for doubt in doubts]
        return "\n".join(texts) or None

    def _describe(self, number, problem):
        return describe_problem(self.env, number, problem, self.labels)

    # ------------------------------------------------------------
    # SORTING
    # ------------------------------------------------------------

    def sort(self, salon_import):
        """Find out what the rows of an import mean together."""
        self.env.flush_all()
        Splitter(salon_import).split()
        self._mark_walk_ins(salon_import)
        self._split_families(salon_import)
        self._join_clients(salon_import)
        self._count_equals(salon_import)
        self._mark_known(salon_import)
        salon_import.erased_count += ErasedPeople(salon_import).forget()
        salon_import._set_strangers(ClientWriter(self.env).find_strangers(salon_import))
        Changes(salon_import).find()
        self._mark_told_again(salon_import)
        self._fail_siblings(salon_import)
        self._set_blocks(salon_import)
        self._find_categories(salon_import)
        self._find_statuses(salon_import)
        self.env["salon.import.row"].invalidate_model()

    def _mark_walk_ins(self, salon_import):
        """Take the client off the rows of the number that stands for walk-ins.

        A system that marks walk-ins in one file gives them the same number in the
        others.
        """
        if not salon_import.walkin_ref:
            found = self._query(
                """SELECT vals->>'client' FROM salon_import_row
                    WHERE import_id = %(id)s AND vals->>'walk_in' = 'true'
                      AND vals->>'client' IS NOT NULL
                 GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1""",
                salon_import,
            )
            salon_import.walkin_ref = found[0][0] if found else False
        self._query(
            """UPDATE salon_import_row SET client_key = ''
                WHERE import_id = %(id)s AND client_key = 'n:' || %(ref)s
            RETURNING 1""",
            salon_import,
            ref=salon_import.walkin_ref or "",
        )

    def _split_families(self, salon_import):
        """Give people who share a number a key each: the number and their name."""
        rows = self._query(
            """SELECT client_key, array_agg(DISTINCT vals->>'name_key')
                 FROM salon_import_row
                WHERE import_id = %(id)s AND client_key LIKE 'p:%%'
                  AND vals->>'name_key' IS NOT NULL
             GROUP BY 1 HAVING COUNT(DISTINCT vals->>'name_key') > 1""",
            salon_import,
        )
        keys = [
            (key, name, f"f:{key[2:]} {full}")
            for key, names in rows
            for name, full in group_names(names).items()
            if len(set(group_names(names).values())) > 1
        ]
        if keys:
            old, names, new = (list(column) for column in zip(*keys, strict=True))
            self._query(
                """UPDATE salon_import_row r SET client_key = t.new
                     FROM unnest(%(old)s::text[], %(names)s::text[], %(new)s::text[])
                          AS t (old, name, new)
                    WHERE r.import_id = %(id)s AND r.client_key = t.old
                      AND r.vals->>'name_key' = t.name
                RETURNING 1""",
                salon_import,
                old=old,
                names=names,
                new=new,
            )

    def _join_clients(self, salon_import):
        """Give rows with only a phone or a name the number they have elsewhere."""
        for prefix, name, better in (
            ("p:", "phone_key", ("n:%",)),
            ("a:", "name_key", ("n:%", "p:%", "f:%")),
        ):
            self._query(
                """UPDATE salon_import_row r SET client_key = better.client_key
                     FROM (SELECT vals->>%(name)s AS name,
                                  MIN(client_key) AS client_key
                             FROM salon_import_row
                            WHERE import_id = %(id)s
                              AND client_key LIKE ANY(%(better)s)
                              AND vals->>%(name)s IS NOT NULL
                         GROUP BY 1
                           HAVING COUNT(DISTINCT client_key) = 1) better
                    WHERE r.import_id = %(id)s
                      AND r.client_key = %(prefix)s || better.name
                RETURNING 1""",
                salon_import,
                name=name,
                prefix=prefix,
                better=list(better),
            )

    def _count_equals(self, salon_import):
        """Tell equal rows of a file apart by counting them; the first keeps its key.

        Per file, so that two exports that overlap do not double what both have.
        """
        self._query(
            """UPDATE salon_import_row r SET key = md5(r.key || '|' || t.nth)
                 FROM (SELECT id, ROW_NUMBER() OVER (
                              PARTITION BY file_id, key ORDER BY number) AS nth
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND state = 'pending') t
                WHERE t.id = r.id AND t.nth > 1
            RETURNING 1""",
            salon_import,
        )

    def _mark_known(self, salon_import):
        """Mark what an earlier import, or an earlier file of this one, brought."""
        self._query(
            """UPDATE salon_import_row r
                  SET state = 'known', partner_id = d.partner_id,
                      visit_id = d.visit_id, visit_line_id = d.visit_line_id
                 FROM salon_import_row d
                WHERE r.import_id = %(id)s AND r.state = 'pending'
                  AND d.company_id = r.company_id AND d.key = r.key
                  AND d.state = 'done'
            RETURNING 1""",
            salon_import,
        )
        self._query(
            """UPDATE salon_import_row r SET state = 'known'
                 FROM (SELECT id, ROW_NUMBER() OVER (
                              PARTITION BY key ORDER BY file_id, number) AS nth
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND state = 'pending') t
                WHERE t.id = r.id AND t.nth > 1
            RETURNING 1""",
            salon_import,
        )

    def _mark_told_again(self, salon_import):
        """Leave of a booking in several files what the newest says of it."""
        files = salon_import.file_ids.filtered(lambda file: file.kind == "bookings")
        if len(files) < 2:
            return
        self._query(
            """UPDATE salon_import_row r SET state = 'known'
                 FROM (SELECT vals->>'booking' AS booking, MAX(file_id) AS file_id
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND state = 'pending'
                          AND file_id = ANY(%(files)s)
                          AND vals->>'booking' IS NOT NULL
                     GROUP BY 1) newest
                WHERE r.import_id = %(id)s AND r.state = 'pending'
                  AND r.file_id = ANY(%(files)s) AND r.file_id < newest.file_id
                  AND r.vals->>'booking' = newest.booking
            RETURNING 1""",
            salon_import,
            files=files.ids,
        )

    def _fail_siblings(self, salon_import):
        """Fail the good lines of a receipt that has a bad one: all of it or nothing.

        A till that starts its numbers again every day has several receipts of this
        number, and nobody knows of which one the bad line is: the others stay.
        """
        rows = self._query(
            """SELECT r.id, r.number, bad.number
                 FROM salon_import_row r
                 JOIN (SELECT receipt,
                              MIN(number) FILTER (WHERE state = 'failed') AS number
                         FROM salon_import_row
                        WHERE import_id = %(id)s AND receipt IS NOT NULL
                     GROUP BY receipt
                       HAVING BOOL_OR(state = 'failed')
                          AND COUNT(DISTINCT date) FILTER (
                              WHERE state != 'failed') = 1) bad
                   ON bad.receipt = r.receipt
                WHERE r.import_id = %(id)s AND r.state = 'pending'""",
            salon_import,
        )
        self.env["salon.import.row"]._write_errors(
            {
                row_id: self.env._(
                    "Row %(number)s: left out, because row %(bad)s of the same "
                    "receipt can't be imported.",
                    number=number,
                    bad=bad,
                )
                for row_id, number, bad in rows
            }
        )

    def _set_blocks(self, salon_import):
        """Number the blocks: rows of one client, and of clients on one receipt.

        All rows of a client come together, so that her reminders are brought up to
        date once and a receipt of two clients is imported whole or not at all.
        """
        roots = self._get_roots(salon_import)
        self._query(
            """UPDATE salon_import_row r SET block = t.block
                 FROM (SELECT b.id, DENSE_RANK() OVER (
                              ORDER BY COALESCE(j.root, b.name)) AS block
                         FROM (%(blocks)s) b
                    LEFT JOIN unnest(%(names)s::text[], %(roots)s::text[])
                              AS j (name, root) ON j.name = b.name) t
                WHERE t.id = r.id
            RETURNING 1""",
            salon_import,
            blocks=self._sql_blocks(salon_import),
            names=list(roots),
            roots=list(roots.values()),
        )

    def _sql_blocks(self, salon_import):
        return SQL(
            """SELECT id, receipt || ' ' || date AS receipt,
                      CASE WHEN kind IN ('services', 'products') THEN ''
                           WHEN client_key != '' THEN client_key
                           WHEN receipt IS NOT NULL
                           THEN 'receipt:' || receipt || ' ' || date
                           ELSE 'day:' || date END AS name
                 FROM salon_import_row
                WHERE import_id = %s AND state = 'pending'""",
            salon_import.id,
        )

    def _get_roots(self, salon_import):
        """Return {block: block it is joined with} through receipts of several."""
        roots = {}

        def find(name):
            while roots.setdefault(name, name) != name:
                name = roots[name]
            return name

        for (names,) in self._query(
            """SELECT array_agg(DISTINCT name ORDER BY name) FROM (%(blocks)s) b
                WHERE receipt IS NOT NULL
             GROUP BY receipt HAVING COUNT(DISTINCT name) > 1""",
            salon_import,
            blocks=self._sql_blocks(salon_import),
        ):
            for name in names[1:]:
                roots[find(name)] = find(names[0])
        return {name: find(name) for name in list(roots)}

    def _find_categories(self, salon_import):
        """List the categories of what is sold; keep what a person corrected."""
        known = {category.name: category for category in salon_import.category_ids}
        answers = self.env["salon.import.category"]._get_answers(
            salon_import.company_id
        )
        found = self._query(
            """SELECT vals->>'category', COUNT(*),
                      string_agg(DISTINCT COALESCE(vals->>'item', vals->>'code'),
                                 ', ')
                 FROM salon_import_row
                WHERE import_id = %(id)s AND vals->>'category' IS NOT NULL
                  AND kind IN ('receipts', 'services')
             GROUP BY 1 ORDER BY 1""",
            salon_import,
        )
        for name, count, examples in found:
            vals = {"row_count": count, "examples": (examples or "")[:120]}
            if name in known:
                known[name].write(vals)
            else:
                vals.update(
                    name=name, sold_as=answers.get(name) or guess_category(name)
                )
                salon_import.category_ids.create({**vals, "import_id": salon_import.id})

    def _find_statuses(self, salon_import):
        counts = self._query(
            """SELECT vals->>'status', COUNT(*), MIN(date) < %(today)s
                 FROM salon_import_row
                WHERE import_id = %(id)s AND vals->>'status' IS NOT NULL
                  AND state != 'failed'
             GROUP BY 1 ORDER BY 1""",
            salon_import,
            today=salon_import.company_id._salon_today(),
        )
        self.env["salon.import.status"]._list_statuses(salon_import, counts)

    def _query(self, query, salon_import, **params):
        return self.env.execute_query(SQL(query, id=salon_import.id, **params))
