"""One receptionist who uses up promotions: python -m tests.promotion_process.

Says "ready". Then, for every "round side" it reads, it uses the promotion of that round
on the visit of its own client as a request of the web client would, and answers with
the message it got, or "won".
"""

import json
import sys
from datetime import timedelta

ROUNDS = 30


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
        print(json.dumps(True), flush=True)
        return
    if action == "count":
        print(json.dumps(count(registry)), flush=True)
        return
    for line in sys.stdin:
        number, side = map(int, line.split())
        print(json.dumps(use(registry, number, side)), flush=True)


def fill(env):
    """Promotions that may be used once each, and two clients who want them all."""
    from odoo import fields

    service = env["product.product"].create(
        {"name": "Race cut", "type": "service", "salon_kind": "service"}
    )
    promotions = env["salon.promotion"].create(
        [
            {
                "name": f"Race {number}",
                # Every other one is limited by its budget: 10 % of one visit are 10.
                **({"limit_total": 1} if number % 2 else {"budget": 10}),
                "product_ids": service.ids,
            }
            for number in range(ROUNDS)
        ]
    )
    clients = env["res.partner"].create([{"name": "Race 0"}, {"name": "Race 1"}])
    consents = env["salon.consent"]
    for client in clients:
        client.write({"is_salon_client": True, "email": f"{client.id}@example.com"})
        about = {"purpose": "promotion", "channel": "email"}
        consents.create(consents._prepare_vals(client, "given", "desk", **about))
    promotions.write({"state": "running"})
    start = fields.Datetime.now() + timedelta(days=1)
    env["salon.visit"].create(
        [
            {
                "partner_id": client.id,
                "start": start,
                "receipt": f"{number} {side}",
                "line_ids": [
                    (0, 0, {"product_id": service.id, "amount": 100, "quantity": 1})
                ],
            }
            for number in range(ROUNDS)
            for side, client in enumerate(clients)
        ]
    )


def count(registry):
    """Return how often each promotion was used, and what was given away."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        promotions = env["salon.promotion"].search([("name", "=like", "Race %")])
        offers = promotions.participation_ids
        return {
            "used": promotions.mapped("used_count"),
            "spent": promotions.mapped("spent"),
            "offers": len(offers),
        }


def use(registry, number, side):
    """Use a promotion on a visit: all of a request, retries and commit included."""
    from odoo import SUPERUSER_ID, api
    from odoo.exceptions import UserError
    from odoo.service.model import retrying

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        try:
            retrying(lambda: take(env, number, side), env)
        except UserError as error:
            return str(error)
    return "won"


def take(env, number, side):
    promotion = env["salon.promotion"].search([("name", "=", f"Race {number}")])
    visit = env["salon.visit"].search([("receipt", "=", f"{number} {side}")])
    visit.use_promotion(promotion.id)
    env.flush_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
