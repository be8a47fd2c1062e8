"""Inserting thousands of records at once, without what ``create`` does for each."""

import json

from odoo.tools import SQL, json_default


def bulk_insert(model, vals_list):
    """Insert records of a model with one statement; return them in the given order.

    For histories, where ``create`` would spend most of an import on defaults, caches
    and values that are known already. The caller gives every column a value of its
    own, also those that are computed, and checks what she inserts
    (``_validate_fields``). What other records compute from these is still marked to
    be computed again.

    :param list vals_list: dicts of plain values of stored fields, all with the same
        keys; many2one as id
    """
    if not vals_list:
        return model.browse()
    env, fields = model.env, [model._fields[name] for name in vals_list[0]]
    log = {
        "create_uid": env.uid,
        "create_date": env.cr.now(),
        "write_uid": env.uid,
        "write_date": env.cr.now(),
    }
    columns = [*(field.name for field in fields), *log]
    ids = _take_ids(model, len(vals_list))
    env.flush_all()
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (id, %(columns)s) SELECT id, %(columns)s"
            " FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id int, %(types)s)",
            table=SQL.identifier(model._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            types=SQL(", ").join(_sql_type(model._fields[name]) for name in columns),
            rows=json.dumps(
                [
                    {"id": id_, **vals, **log}
                    for id_, vals in zip(ids, vals_list, strict=True)
                ],
                default=json_default,
            ),
        )
    )
    records = model.browse(ids)
    # What was read before may have to list them now.
    env.invalidate_all(flush=False)
    records.modified(columns, create=True)
    keep_values(records)
    return records


def keep_values(records):
    """Take the stored values of these records as computed already."""
    for field in records._fields.values():
        if field.compute and field.store:
            records.env.remove_to_compute(field, records)


def _take_ids(model, count):
    """Return the next ids: what is inserted can't be told apart by its values."""
    rows = model.env.execute_query(
        SQL(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
            " FROM generate_series(1, %s)",
            model._table,
            count,
        )
    )
    return [row[0] for row in rows]


def _sql_type(field):
    return SQL("%s %s", SQL.identifier(field.name), SQL(field.column_type[0]))
