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
        keys; many2one as id, many2many as list of ids
    """
    if not vals_list:
        return model.browse()
    env, names = model.env, list(vals_list[0])
    links = [name for name in names if model._fields[name].type == "many2many"]
    rows = [{**vals, **_log_access(env)} for vals in vals_list]
    records = model.browse(_take_ids(model, len(rows)))
    env.flush_all()
    columns = [name for name in rows[0] if name not in links]
    _insert_rows(model, columns, records.ids, rows)
    # What was read before may have to list them now.
    env.invalidate_all(flush=False)
    for name in links:
        _insert_links(records, name, rows)
    records.modified([*columns, *links], create=True)
    keep_values(records)
    return records


def _log_access(env):
    now = env.cr.now()
    return {
        "create_uid": env.uid,
        "create_date": now,
        "write_uid": env.uid,
        "write_date": now,
    }


def _insert_rows(model, columns, ids, rows):
    # As everywhere in Odoo, False is an empty value unless the field is a boolean.
    empty = {name for name in columns if model._fields[name].type != "boolean"}
    data = [
        {
            "id": id_,
            **{
                name: None if row[name] is False and name in empty else row[name]
                for name in columns
            },
        }
        for id_, row in zip(ids, rows, strict=True)
    ]
    model.env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (id, %(columns)s) SELECT id, %(columns)s"
            " FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id int, %(types)s)",
            table=SQL.identifier(model._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            types=SQL(", ").join(_sql_type(model._fields[name]) for name in columns),
            rows=json.dumps(data, default=json_default),
        )
    )


def _insert_links(records, name, rows):
    field, pairs = records._fields[name], []
    for record, row in zip(records, rows, strict=True):
        pairs += [(record.id, other) for other in row[name]]
        # As after ``create``; reading thousands of links back takes a while.
        field._update_cache(record, tuple(row[name]))
    records.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s::int[], %s::int[])",
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            [pair[0] for pair in pairs],
            [pair[1] for pair in pairs],
        )
    )


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
