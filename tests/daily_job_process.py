"""One process of the tests of the daily job: python -m tests.daily_job_process.

Says "ready", waits for a line, does one thing after the other and says "batch"
before each batch; the last line is what each of them answered.
"""

import json
import sys
import time
from datetime import timedelta

from dev.long_run import amount

CLIENTS = amount("clients of the daily job", 120, 240)
BATCH = 10
# Seconds that a batch and a withdrawal wait before their commit.
SLOWED = 0.3
WITHDRAWN = 0.02


def main(config_file, database, *actions):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--no-http", "--log-level=error"]
    )
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        announce_batches(env)
        say("ready")
        sys.stdin.readline()
        say(json.dumps([globals()[action](env) for action in actions]))


def say(text):
    print(text, flush=True)


def announce_batches(env):
    planner = env.registry["salon.call.planner"]
    create = planner._create_calls

    def announced(self, clients):
        if len(clients) > 1:
            say("batch")
        create(self, clients)

    planner._create_calls = announced


def fill(env):
    """Two salons with clients who are due, some sharing a number, some unwilling."""
    companies = env.company + env["res.company"].create({"name": "Second salon"})
    companies.country_id = env.ref("base.hu")
    # Not all of the first salon's clients fit into the day.
    companies[0].salon_daily_quota = CLIENTS // 3
    companies[1].salon_daily_quota = 0
    zone = env["salon.zone"].create({"name": "Hair"})
    services = make_services(env, zone)
    partners = env["res.partner"].create(
        [
            {
                "name": f"Client {number:03}",
                "phone": f"+36301{number - number % 12 // 11:06}",
                "country_id": companies[0].country_id.id,
            }
            for number in range(CLIENTS)
        ]
    )
    env["salon.consent"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": companies[number % 2].id,
                "purpose": purpose,
                "wording": "May we?",
            }
            for number, partner in enumerate(partners)
            for purpose in ("reminder", "feedback")
            if number % 10
        ]
    )
    make_visits(env, companies, partners, services)
    cron = env.ref("salon_reminders.ir_cron_plan_calls")
    cron.code = f"model._cron_plan_calls(batch_size={BATCH})"
    env.cr.commit()


def make_services(env, zone):
    cycles = env["salon.cycle"].create(
        [
            {"name": name, "zone_id": zone.id, "ideal_days": ideal}
            for name, ideal in (("Roots", 35), ("Highlights", 40))
        ]
    )
    return env["product.product"].create(
        [
            {
                "name": cycle.name,
                "type": "service",
                "salon_kind": "service",
                "salon_cycle_ids": cycle.ids,
            }
            for cycle in cycles
        ]
    )


def make_visits(env, companies, partners, services):
    env["salon.visit"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": companies[number % 2].id,
                "state": "done",
                "start": env.cr.now().replace(microsecond=0)
                - timedelta(days=28 + number % 80),
                "line_ids": [
                    (0, 0, {"product_id": service.id, "amount": 10 + number * 7 % 90})
                    for service in services[: 1 + number % 2]
                ],
            }
            for number, partner in enumerate(partners)
        ]
    )


def scheduled(env):
    """The job as the scheduler, or a person, starts it."""
    from odoo.exceptions import UserError

    cron = env.ref("salon_reminders.ir_cron_plan_calls")
    try:
        cron.method_direct_trigger()
    except UserError as error:
        return {"refused": str(error)}
    return {"failures": cron.failure_count}


def unguarded(env):
    """The job without the scheduler's lock: only the database stands guard."""
    env["salon.call.planner"]._cron_plan_calls(batch_size=BATCH)
    return {"failures": 0}


def slowed(env):
    """The job with time between the making of a batch and its commit."""
    planner = env.registry["salon.call.planner"]
    create = planner._create_calls

    def slow(self, clients):
        create(self, clients)
        time.sleep(SLOWED)

    planner._create_calls = slow
    return unguarded(env)


def withdraw(env):
    """Clients change their minds, one after the other, each in a slow transaction."""
    consents = env["salon.consent"].search([("decision", "=", "given")])
    said = {(consent.partner_id.id, consent.company_id.id) for consent in consents}
    for partner_id, company_id in sorted(said):
        env.cr.commit()
        env.invalidate_all()
        # From here on it sees nothing of what the job does.
        partner = env["res.partner"].browse(partner_id)
        partner.with_company(company_id).action_salon_consent_withdraw()
        time.sleep(WITHDRAWN)
    env.cr.commit()
    return {"withdrawn": len(said)}


def survivors(env):
    """Open calls of clients who may not be called."""
    calls = env["salon.call"].search([("state", "=", "open")])
    return {
        "survivors": [
            call.display_name
            for call in calls
            if not call.partner_id.with_company(call.company_id)._filter_callable(
                call.purpose
            )
        ],
        "calls": env["salon.call"].search_count([]),
        "cancelled": env["salon.call"].search_count([("close_reason", "=", "consent")]),
    }


def result(env):
    """All that a run leaves behind."""
    # The job has used connections of its own: look again.
    env.cr.commit()
    env.invalidate_all()
    calls = env["salon.call"].with_context(active_test=False).search([])
    reminders = env["salon.reminder"].search([])
    return {
        "calls": sorted(
            [
                call.partner_id.name,
                call.company_id.name,
                call.kind,
                call.state,
                sorted(call.cycle_ids.mapped("name")),
                str(call.date),
                str(call.opened_date),
                len(call.activity_ids),
            ]
            for call in calls
        ),
        "reminders": sorted(
            [r.partner_id.name, r.cycle_id.name, r.state, r.hold or "", r.error or ""]
            for r in reminders
        ),
        "activities": env["mail.activity"].search_count([]),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
