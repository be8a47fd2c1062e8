"""One receptionist of the test of the last slot: python -m tests.book_process.

The slot of a round is booked, or another visit is moved there, see `race_process`.
"""

from datetime import datetime, time, timedelta

from dev.long_run import amount

from .race_process import contest, serve

ROUNDS = amount("races for a slot of the book", 36, 300)


def days(env):
    """Return a working day to come for each round."""
    day = env.company._salon_today() + timedelta(days=7)
    found = []
    while len(found) < ROUNDS:
        if day.weekday() < 5:
            found.append(day)
        day += timedelta(days=1)
    return found


def get_hour(env, day, hour):
    return env.company._salon_utc(datetime.combine(day, time(hour)))


def fill(env):
    """One stylist whose days are full but for their last hour, and who wants it."""
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
    env["salon.visit"].create(
        [
            {
                "stylist_id": stylist.id,
                "start": get_hour(env, day, 8),
                "stop": get_hour(env, day, 16),
            }
            for day in days(env)
        ]
    )
    env["salon.visit"].create(
        [
            {"start": get_hour(env, day, 9), "receipt": f"{number} {side}"}
            for number, day in enumerate(days(env))
            for side in range(2)
        ]
    )


def take(env, how, number, side):
    """Book the last hour of a day, or move a visit there."""
    stylist = env["resource.resource"].search([("name", "=", "Vera")])
    start = get_hour(env, days(env)[int(number)], 16)
    slot = {"stylist_id": stylist.id, "start": start}
    visits = env["salon.visit"]
    if how == "move":
        visits.search([("receipt", "=", f"{number} {side}")]).write(slot)
    else:
        visits.create(slot)
    env.flush_all()


def count(env):
    """Return how many visits stand in the last hour of each day."""
    visits = env["salon.visit"].search([("stylist_id.name", "=", "Vera")])
    hours = [get_hour(env, day, 16) for day in days(env)]
    return [len(visits.filtered(lambda v, h=h: v.start == h)) for h in hours]


if __name__ == "__main__":
    serve(contest(take), fill=fill, count=count)
