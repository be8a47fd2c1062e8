"""One receptionist of the test of the last slot: python -m tests.book_process.

Says "ready". Then, for every line it reads, it books the slot of that number as a
request of the web client would, and answers with the message it got, or "won".
"""

import json
import sys
from datetime import datetime, time, timedelta

ROUNDS = 100


def main(config_file, database, action):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--no-http", "--log-level=critical"]
    )
    registry = Registry(database)
    if action == "fill":
        with registry.cursor() as cr:
            fill(api.Environment(cr, SUPERUSER_ID, {}))
    print("ready", flush=True)
    if action == "fill":
        print(json.dumps(count(registry)), flush=True)
        return
    for line in sys.stdin:
        print(json.dumps(book(registry, int(line))), flush=True)


def days(env):
    """Return a hundred working days to come."""
    day = env.company._salon_today() + timedelta(days=7)
    found = []
    while len(found) < ROUNDS:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found


def fill(env):
    """One stylist whose days are full but for their last hour."""
    env["resource.calendar.leaves"].search([]).unlink()
    env.company.resource_calendar_id.tz = "Europe/Budapest"
    stylist = env["resource.resource"].create(
        {
            "name": "Vera",
            "is_stylist": True,
            "tz": "Europe/Budapest",
            "calendar_id": env.company.resource_calendar_id.id,
        }
    )
    hour = env.company._salon_utc
    env["salon.visit"].create(
        [
            {
                "stylist_id": stylist.id,
                "start": hour(datetime.combine(day, time(8))),
                "stop": hour(datetime.combine(day, time(16))),
            }
            for day in days(env)
        ]
    )


def count(registry):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["salon.visit"].search_count([])


def book(registry, number):
    """Book the last hour of a day: all of a request, retries and commit included."""
    from odoo import SUPERUSER_ID, api
    from odoo.exceptions import UserError
    from odoo.service.model import retrying

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        try:
            retrying(lambda: take(env, number), env)
        except UserError as error:
            return str(error)
    return "won"


def take(env, number):
    stylist = env["resource.resource"].search([("name", "=", "Vera")])
    start = env.company._salon_utc(datetime.combine(days(env)[number], time(16)))
    env["salon.visit"].create({"stylist_id": stylist.id, "start": start})
    env.flush_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
