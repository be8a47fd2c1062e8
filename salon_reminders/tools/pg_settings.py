from contextlib import contextmanager

from psycopg2 import Error

from odoo.tools import SQL


@contextmanager
def pg_settings(cr, settings):
    """Run what is inside with these settings of PostgreSQL; then they are as before.

    :param dict settings: {name: value}
    """
    names = list(settings)
    # Row by row, each is read before it is set.
    cr.execute(
        SQL(
            """SELECT name, current_setting(name), set_config(name, value, TRUE)
                 FROM unnest(%s, %s) AS s (name, value)""",
            names,
            list(settings.values()),
        )
    )
    before = {name: value for name, value, _new in cr.fetchall()}
    try:
        yield
    except Error:
        # Whoever goes on rolls back to before the settings.
        raise
    except BaseException:
        _set(cr, before)
        raise
    else:
        _set(cr, before)


def uncompiled(cr):
    """Run what is inside without compiling (jit), which takes longer than running."""
    return pg_settings(cr, {"jit": "off"})


def _set(cr, settings):
    cr.execute(
        SQL(
            """SELECT set_config(name, value, TRUE)
                 FROM unnest(%s, %s) AS s (name, value)""",
            list(settings),
            list(settings.values()),
        )
    )
