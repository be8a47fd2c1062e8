"""One desk of the test of doubled outcomes: python -m tests.outcome_process.

The call of a round gets an outcome from both, see `race_process`: the same request
sent twice, two windows of one person, or two people.
"""

from datetime import timedelta

from dev.long_run import amount

from .race_process import WON, contest, serve

ROUNDS = amount("outcomes logged twice at once", 9, 300)
LOGINS = ("race_anna", "race_bea")


def fill(env):
    """Two receptionists, and a client with an open call for each round."""
    env["res.users"].with_context(no_reset_password=True).create(
        [
            {
                "name": login,
                "login": login,
                "group_ids": [
                    (4, env.ref("base.group_user").id),
                    (4, env.ref("salon_reminders.group_receptionist").id),
                ],
            }
            for login in LOGINS
        ]
    )
    clients = env["res.partner"].create(
        [
            {
                "name": f"Race {number}",
                "phone": f"+3630{number:07}",
                "is_salon_client": True,
            }
            for number in range(ROUNDS)
        ]
    )
    consents = env["salon.consent"]
    for client in clients:
        consents.create(consents._prepare_vals(client, "given", "desk"))
    make_visits(env, clients)
    env["salon.call"].create(
        [
            {"partner_id": client.id, "reminder_ids": client.salon_reminder_ids.ids}
            for client in clients
        ]
    )


def make_visits(env, clients):
    zone = env["salon.zone"].create({"name": "Race hair"})
    cycle = env["salon.cycle"].create(
        {"name": "Race roots", "zone_id": zone.id, "ideal_days": 35}
    )
    service = env["product.product"].create(
        {
            "name": "Race roots",
            "type": "service",
            "salon_kind": "service",
            "salon_cycle_ids": cycle.ids,
        }
    )
    env["salon.visit"].create(
        [
            {
                "partner_id": client.id,
                "state": "done",
                "start": env.cr.now().replace(microsecond=0) - timedelta(days=40),
                "line_ids": [(0, 0, {"product_id": service.id, "amount": 40})],
            }
            for client in clients
        ]
    )


def get_call(env, number):
    return env["salon.call"].search([("partner_id.name", "=", f"Race {number}")])


def take(env, how, number, side):
    """Log an outcome as the call desk does.

    *Declined* closes the call; *No answer* leaves it open, and only what the window
    has seen tells two dials from one that was logged twice.
    """
    login = LOGINS[int(side) if how == "people" else 0]
    user = env["res.users"].search([("login", "=", login)])
    call = get_call(env, number)
    outcome = env["salon.call.outcome"]._get_default(
        "no_answer" if how == "windows" else "declined"
    )
    answer = (
        env["salon.call.desk"]
        .with_user(user)
        .log_outcome(
            call.id,
            outcome.id,
            f"race {number}" if how == "resent" else f"race {number} {side}",
            {},
            seen=0,
        )
    )
    return str(answer["attempt_id"]) if how == "resent" else WON


def count(env):
    """Return how many outcomes each call has, and its state."""
    return [
        [len(call.attempt_ids), call.state]
        for call in (get_call(env, number) for number in range(ROUNDS))
    ]


if __name__ == "__main__":
    serve(contest(take), fill=fill, count=count)
