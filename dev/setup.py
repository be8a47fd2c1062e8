"""Bring everything that is needed onto the machine, once."""

import os
from contextlib import contextmanager

from . import odoo_source, postgres, python_env, state
from .databases import Workshop


@contextmanager
def workshop(kind, *sets):
    """Source, Python packages and a running PostgreSQL of this kind."""
    source, python = tools(*sets)
    with state.locked("setup"):
        cluster = postgres.Cluster(kind)
    with cluster:
        yield Workshop(source, python, cluster)


def running_workshop(kind):
    """The same for a process that was started under it, with its Python."""
    return Workshop(odoo_source.get(), python_env.PYTHON, postgres.Cluster(kind))


def tools(*sets):
    """Source and Python packages, for what needs no database."""
    os.umask(0o022)
    state.prepare_folder()
    with state.locked("setup"):
        return odoo_source.get(), python_env.ensure("base", *sets)
