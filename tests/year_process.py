"""Lives a year in a database: python -m tests.year_process CONFIG DATABASE LIFE.

LIFE is a JSON object of seed, days and clients. Says how far it is on the error
output; the last line is what came of it.
"""

import json
import sys

import freezegun

# In seconds.
YEARS = 10**9


def main(config_file, database, life):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--no-http", "--log-level=error"]
    )
    print(json.dumps(live(Registry(database), **json.loads(life))), flush=True)


def live(registry, seed, days, clients):
    from odoo import sql_db

    from .year_proof import find_unseen
    from .year_world import START, World

    # By the clock that is moved on, every connection has been idle for hours.
    sql_db.MAX_IDLE_TIMEOUT = YEARS
    with freezegun.freeze_time(START) as clock:
        world = World(registry, clock, seed, days, clients)
        world.live(Reporter())
        came = describe(world, days)
        unseen = find_unseen(registry)
    life = {"seed": seed, "days": days, "clients": clients, "unseen": unseen}
    return {**life, **came, "examples": world.checks.examples()}


def describe(world, days):
    """What came of the days so far."""
    from .year_table import KINDS, count

    with world.registry.cursor() as cr:
        figures = count(cr, days)
        cr.execute(KINDS)
        kinds = dict(cr.fetchall())
    return {
        "figures": figures,
        "kinds": kinds,
        "happened": dict(sorted(world.happened.items())),
        "broken": world.checks.count(),
    }


class Reporter:
    """Says every four weeks how far it is, and what came of it so far."""

    EVERY = 28

    def __init__(self):
        # By the clock on the wall, which stands nowhere else.
        self.started = freezegun.api.real_perf_counter()

    def __call__(self, world, number):
        if number % self.EVERY == self.EVERY - 1:
            told = {
                "days": number + 1,
                "seconds": round(freezegun.api.real_perf_counter() - self.started),
                **describe(world, number + 1),
            }
            print(json.dumps(told), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
