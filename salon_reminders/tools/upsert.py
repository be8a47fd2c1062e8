"""What statements that write only the rows that differ have in common."""

from odoo import fields
from odoo.tools import SQL


def sql_columns(table, columns):
    """Return the columns as ``names``, as they are (``old``) and should be (``new``).

    :param str table: alias of the table that is written
    """
    comma = SQL(", ")
    names = [SQL.identifier(name) for name in columns]
    return {
        "names": comma.join(names),
        "old": comma.join(SQL.identifier(table, name) for name in columns),
        "new": comma.join(SQL("excluded.%s", name) for name in names),
    }


def sql_stamp(env):
    """Return the values of create_uid, create_date, write_uid and write_date."""
    now = fields.Datetime.now()
    return SQL("%s, %s, %s, %s", env.uid, now, env.uid, now)
