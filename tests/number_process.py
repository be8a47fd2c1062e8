"""Some requests at once for numbers: python -m tests.number_process.

Says "ready". Then, for every "first last" it reads, it asks at the same moment, as so
many requests of one receptionist's program would, for the numbers of these clients. It
answers with what each request got: a number, or why not.
"""

from threading import Barrier, Thread

from .race_process import serve

LOGIN = "number_thief"
CLIENTS = 20
# Numbers a day, and so four times as many at most.
ORDINARY = 2
NAME = "Canary of the copied base %s"


def fill(env):
    """A receptionist, and clients who are nobody's work of today."""
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Thief",
            "login": LOGIN,
            "group_ids": [
                (4, env.ref("base.group_user").id),
                (4, env.ref("salon_reminders.group_receptionist").id),
            ],
        }
    )
    env["res.partner"].create(
        [
            {
                "name": NAME % number,
                "phone": f"+36 30 444 55{number:02}",
                "is_salon_client": True,
            }
            for number in range(CLIENTS)
        ]
    )
    env.company.salon_number_limit = ORDINARY


def allow(env):
    """A manager's click."""
    alert = get_alert(env)
    alert.action_allow_more()
    return alert.extra_count


def told(env):
    """What the managers see of it."""
    alert = get_alert(env)
    kind = env.ref("salon_reminders.mail_activity_type_card_alert")
    people = alert.activity_ids.filtered(lambda a: a.activity_type_id == kind).user_id
    return {
        "stopped": alert.is_stopped,
        "people": len(people),
        "activities": len(alert.activity_ids),
    }


def get_alert(env):
    user = env["res.users"].search([("login", "=", LOGIN)])
    return env["salon.card.alert"]._find(user, env.company)


def ask_all(registry, first, last):
    """Ask for the numbers of clients at the same moment; return what came."""
    numbers = range(int(first), int(last))
    barrier, answers = Barrier(len(numbers)), {}

    def run(number):
        barrier.wait()
        answers[number] = ask(registry, number)

    threads = [Thread(target=run, args=(n,)) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def ask(registry, number):
    """All of a request: the answer leaves when nothing was refused to its end."""
    from odoo import SUPERUSER_ID, api
    from odoo.service.model import call_kw, retrying

    tries = []

    def read():
        tries.append(1)
        [client] = env["res.partner"].search([("name", "=", NAME % number)]).ids
        return call_kw(env["res.partner"], "read", [[client], ["phone"]], {})

    with registry.cursor() as cr:
        user = api.Environment(cr, SUPERUSER_ID, {})["res.users"].search(
            [("login", "=", LOGIN)]
        )
        env = api.Environment(cr, user.id, {"lang": "en_US"})
        try:
            [row] = retrying(read, env)
        except Exception as error:  # noqa: BLE001 it is told, whatever it is
            # As Odoo does with a request that fails.
            cr.rollback()
            return {"error": f"{type(error).__name__}: {error}", "tries": len(tries)}
    return {"phone": row["phone"], "tries": len(tries)}


if __name__ == "__main__":
    serve(ask_all, fill=fill, allow=allow, told=told)
