"""One receptionist of the test of limits: python -m tests.promotion_process.

The promotion of a round is used on the visit of the own client, see `race_process`.
"""

from datetime import timedelta

from dev.long_run import amount

from .race_process import contest, serve

ROUNDS = amount("races for the last use of a promotion", 8, 200)


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


def count(env):
    """Return how often each promotion was used, and what was given away."""
    promotions = env["salon.promotion"].search([("name", "=like", "Race %")])
    offers = promotions.participation_ids
    return {
        "used": promotions.mapped("used_count"),
        "spent": promotions.mapped("spent"),
        "offers": len(offers),
    }


def take(env, number, side):
    """Use a promotion on a visit."""
    promotion = env["salon.promotion"].search([("name", "=", f"Race {number}")])
    visit = env["salon.visit"].search([("receipt", "=", f"{number} {side}")])
    visit.use_promotion(promotion.id)
    env.flush_all()


if __name__ == "__main__":
    serve(contest(take), fill=fill, count=count)
