"""What can be sold and who works: found in the database, in the files, or new."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from functools import cached_property

from odoo.tools import SQL, split_every

from ...tools.import_plan import Item
from ...tools.sold_words import guess_category, guess_sold_as, normalise

# Between the names of several services in one cell.
BETWEEN = r"[,;/+\n]"
SPLIT_SIZE = 5000


class Catalogue:
    """Services, products and stylists of a salon, by code and by name.

    Built once per run; what is missing is made when the first row that needs it is
    imported.
    """

    def __init__(self, salon_import):
        self.env = salon_import.env
        self.salon_import = salon_import
        self.company = salon_import.company_id
        self.kinds = {c.name: c.sold_as for c in salon_import.category_ids}
        self.by_code, self.by_name, self.by_product = {}, {}, {}
        self.shared_codes, self.shared_names = set(), set()
        self._load_products()
        self._load_rows(salon_import)
        self.stylists = self._load_stylists()
        # When to tell the planner about the visits written in this run.
        self.visit_count, self.analyze_at = 0, 500

    @cached_property
    def settled_until(self):
        """The day before which open bookings count as past, or None.

        Looked up once per run: it takes a look at every row of the salon's receipts.
        """
        return self.salon_import._get_settled_until()

    def _load_products(self):
        products = self.env["product.product"].search_fetch(
            [
                ("salon_kind", "!=", False),
                ("company_id", "in", [False, self.company.id]),
            ],
            ["default_code", "name", "salon_kind", "list_price"],
        )
        for product in products:
            self.find_product(product)

    def find_product(self, product):
        """Return the one item that stands for a product of the database."""
        if product.id not in self.by_product:
            self.by_product[product.id] = self._register(
                Item(
                    product.name,
                    product.salon_kind,
                    product.default_code or "",
                    Decimal(str(product.list_price)),
                    product_id=product.id,
                )
            )
        return self.by_product[product.id]

    def _load_rows(self, salon_import):
        """Register what the files say is sold, price lists before receipts."""
        rows = self.env.execute_query(
            SQL(
                """SELECT kind, vals->>'code', vals->>'item', vals->>'category',
                          MAX(vals->>'price'), MAX(vals->>'duration')
                     FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'
                      AND kind IN ('services', 'products', 'receipts')
                 GROUP BY 1, 2, 3, 4
                 ORDER BY kind = 'receipts', kind = 'products', 2 NULLS LAST, 3""",
                salon_import.id,
            )
        )
        self._find_shared(rows)
        for kind, code, name, category, price, minutes in rows:
            if not (code or name):
                continue
            item = self.find(code, name, category, kind)
            if kind != "receipts" and not item.product_id:
                item.price = item.price or Decimal(price or 0)
                item.minutes = item.minutes or int(Decimal(minutes or 0))

    def _find_shared(self, rows):
        """Find the codes and names that a price list gives to several services.

        Variants share a number, and Men and Women each have a Haircut: those are told
        apart by their names, and by the category behind the name.
        """
        names, categories = defaultdict(set), defaultdict(set)
        for kind, code, name, category, *_rest in rows:
            if kind == "services" and name:
                names[(code or "").casefold()].add(normalise(name))
                categories[normalise(name)].add(category or "")
        self.shared_codes = {c for c, found in names.items() if c and len(found) > 1}
        self.shared_names = {n for n, found in categories.items() if len(found) > 1}

    def _get_full_name(self, name, category):
        full = f"{name} ({category})" if name and category else name
        known = normalise(full) in self.by_name
        return full if known or normalise(name) in self.shared_names else name

    def find(self, code, name, category=None, kind=None):
        """Return the service or product of a code or name, a new one if need be."""
        name = self._get_full_name(name, category)
        if name and (code or "").casefold() in self.shared_codes:
            code = None
        item = self.by_code.get((code or "").casefold()) if code else None
        if not item and name:
            named = self.by_name.get(normalise(name))
            # Two codes are two things, even with one name.
            item = named if named and not (code and named.code) else None
            if not code and not item:
                item = self.by_code.get(name.casefold())
        return item or self._register(self._new_item(code, name, category, kind))

    def _new_item(self, code, name, category, kind):
        if kind == "products":
            sold_as = "retail"
        else:
            known = self.kinds.get(category) or guess_category(category)
            sold_as = guess_sold_as(known, code, name)
        return Item(name or code, sold_as, code or "")

    def _register(self, item):
        if item.code:
            self.by_code.setdefault(item.code.casefold(), item)
        self.by_name.setdefault(normalise(item.name), item)
        return item

    def _load_stylists(self):
        stylists = self.env["resource.resource"].search_fetch(
            [
                ("is_stylist", "=", True),
                ("company_id", "in", [False, self.company.id]),
            ],
            ["name"],
        )
        return {normalise(stylist.name): stylist.id for stylist in stylists}

    # ------------------------------------------------------------
    # MAKING WHAT IS MISSING
    # ------------------------------------------------------------

    def new_items(self, rows):
        """Return what these rows need and the database lacks."""
        items = dict.fromkeys(row.item for row in rows if row.item)
        return [item for item in items if not item.product_id]

    def new_stylists(self, rows):
        """Return {name as compared: name} of stylists the database lacks."""
        names = dict.fromkeys(row.vals.get("stylist") for row in rows)
        return {
            normalise(name): name
            for name in names
            if name and normalise(name) not in self.stylists
        }

    def make(self, rows):
        """Make the services, products and stylists that these rows need.

        :return: a function that forgets them, for when they are rolled back
        """
        items, names = self.new_items(rows), self.new_stylists(rows)
        if items:
            products = self.env["product.product"].create(
                [self._prepare_product_vals(item) for item in items]
            )
            self._note_made(products)
            for item, product in zip(items, products, strict=True):
                item.product_id = product.id
                self.by_product[product.id] = item
        if names:
            stylists = self.env["resource.resource"].create(
                [self._prepare_stylist_vals(name) for name in names.values()]
            )
            self._note_made(stylists)
            self.stylists |= dict(zip(names, stylists.ids, strict=True))

        def forget():
            for item in items:
                item.product_id = 0
            for name in names:
                self.stylists.pop(name, None)

        return forget

    def _note_made(self, records):
        made = dict(self.salon_import.made or {})
        made[records._name] = [*made.get(records._name, ()), *records.ids]
        self.salon_import.made = made

    def _prepare_product_vals(self, item):
        vals = {
            "name": item.name,
            "default_code": item.code or False,
            "salon_kind": item.kind,
            "type": "consu" if item.kind == "retail" else "service",
            "list_price": float(item.price),
            "company_id": self.company.id,
        }
        if item.minutes:
            vals["salon_duration"] = item.minutes
        return vals

    def _prepare_stylist_vals(self, name):
        return {
            "name": name,
            "is_stylist": True,
            "company_id": self.company.id,
            "calendar_id": self.company.resource_calendar_id.id,
        }

    def stylist_id(self, name):
        """Return the id of a stylist made before, or False."""
        return self.stylists.get(normalise(name), False) if name else False


class Splitter:
    """Parts rows that name several services in one cell: a row for each.

    "Cut, Colour" is two services when each is known by itself, to the salon or to the
    files. What is not so clear stays one service, and is counted: a person says of the
    file whether such cells are to be parted.
    """

    def __init__(self, salon_import):
        self.env = salon_import.env
        self.salon_import = salon_import
        products = self.env["product.product"].search_fetch(
            [
                ("salon_kind", "!=", False),
                ("company_id", "in", [False, salon_import.company_id.id]),
            ],
            ["name", "list_price", "salon_duration"],
        )
        self.products = {normalise(product.name): product for product in products}

    def split(self):
        """Part the rows of the import; note how many are left in doubt."""
        known = self._get_known_names()
        doubtful, chosen = 0, defaultdict(list)
        for file_id, text, count in self._find_texts():
            file = self.env["salon.import.file"].browse(file_id)
            is_known = known.issuperset(map(normalise, get_parts(text)))
            if file.services == "always" or (file.services == "known" and is_known):
                chosen[file_id].append(text)
            elif file.services == "known":
                doubtful += count
        for file_id, texts in chosen.items():
            for ids in split_every(SPLIT_SIZE, self._find_rows(file_id, texts), list):
                self._split_rows(ids)
        self.salon_import.several_count = doubtful

    def _get_known_names(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT vals->>'item' FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending'
                      AND vals->>'item' !~ %s""",
                self.salon_import.id,
                BETWEEN,
            )
        )
        return self.products.keys() | {normalise(name) for (name,) in rows}

    def _find_texts(self):
        """Return (file, text, number of rows) of cells that may hold several."""
        rows = self.env.execute_query(
            SQL(
                """SELECT file_id, vals->>'item', COUNT(*) FROM salon_import_row
                    WHERE import_id = %s AND state = 'pending' AND vals->>'item' ~ %s
                      AND vals->>'code' IS NULL
                      AND kind NOT IN ('services', 'products')
                 GROUP BY 1, 2 ORDER BY 1, 2""",
                self.salon_import.id,
                BETWEEN,
            )
        )
        return [
            row
            for row in rows
            if len(get_parts(row[1])) > 1 and normalise(row[1]) not in self.products
        ]

    def _find_rows(self, file_id, texts):
        """Return the rows to part; what came in whole before stays known as it is."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM salon_import_row r
                    WHERE file_id = %s AND state = 'pending'
                      AND vals->>'item' = ANY(%s)
                      AND NOT EXISTS (
                          SELECT 1 FROM salon_import_row d
                           WHERE d.company_id = r.company_id AND d.key = r.key
                             AND d.state = 'done'
                             AND d.vals->>'item' = r.vals->>'item')
                 ORDER BY id""",
                file_id,
                texts,
            )
        )
        return [row_id for (row_id,) in rows]

    def _split_rows(self, ids):
        rows = self.env.execute_query(
            SQL("SELECT id, vals FROM salon_import_row WHERE id = ANY(%s)", ids)
        )
        parts = [
            {"id": row_id, "nth": nth, "vals": vals}
            for row_id, whole in rows
            for nth, vals in enumerate(self._split_vals(whole))
        ]
        self._write_parts(json.dumps(parts))

    def _split_vals(self, whole):
        """Return the values of each service of a row; together they are the row's."""
        names = get_parts(whole["item"])
        found = [self.products.get(normalise(name)) for name in names]
        prices = [Decimal(str(p.list_price)) if p else Decimal(0) for p in found]
        minutes = [Decimal(p.salon_duration) if p else Decimal(0) for p in found]
        shared = {
            name: share(whole[name], weights, place)
            for name, weights, place in (
                ("amount", prices, "0.01"),
                ("price", prices, "0.01"),
                ("duration", minutes, "1"),
            )
            if whole.get(name)
        }
        stylists = get_parts(whole.get("stylist") or "")
        if len(stylists) == len(names):
            shared["stylist"] = stylists
        # What can't be shared out goes with the first.
        rest = {k: v for k, v in whole.items() if k not in ("tip", "discount")}
        return [
            {
                **(rest if nth else whole),
                **{key: values[nth] for key, values in shared.items()},
                "item": name,
            }
            for nth, name in enumerate(names)
        ]

    def _write_parts(self, parts):
        columns = "import_id, company_id, file_id, number, kind, state, raw, client_key"
        columns = SQL(", ").join(
            SQL.identifier(name) for name in [*columns.split(", "), "receipt", "date"]
        )
        recordset = SQL(
            "jsonb_to_recordset(%s::jsonb) AS t (id int, nth int, vals jsonb)", parts
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO salon_import_row (%(columns)s, key, vals)
                   SELECT %(mine)s, md5(r.key || '|part ' || t.nth), t.vals
                     FROM (SELECT id AS row_id, key, %(columns)s
                             FROM salon_import_row) r
                     JOIN %(recordset)s ON t.id = r.row_id AND t.nth > 0
                RETURNING 1""",
                columns=columns,
                mine=columns,
                recordset=recordset,
            )
        )
        self.env.execute_query(
            SQL(
                """UPDATE salon_import_row r SET vals = t.vals FROM %s
                    WHERE t.id = r.id AND t.nth = 0 RETURNING 1""",
                recordset,
            )
        )


def get_parts(text):
    """Return the names in a cell.

    >>> get_parts("Cut, Colour + Toner")
    ['Cut', 'Colour', 'Toner']
    """
    return [part.strip() for part in re.split(BETWEEN, text) if part.strip()]


def share(total, weights, place):
    """Return what each has of a total, by weight, or alike where one has none.

    >>> share("100", [1, 2], "0.01")
    ['33.33', '66.67']
    """
    if not all(weights):
        weights = [1] * len(weights)
    total, whole = Decimal(total), sum(map(Decimal, weights))
    parts = [(total * w / whole).quantize(Decimal(place)) for w in weights[1:]]
    return [str(part) for part in (total - sum(parts), *parts)]
