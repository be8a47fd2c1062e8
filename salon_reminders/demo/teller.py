from odoo import fields


class Teller:
    """Tells a part of the story of a salon, up to one day, with one pair of dice."""

    def __init__(self, env, rng, diary=None):
        self.env, self.rng, self.diary = env, rng, diary
        self.company = env.company
        self.today = env.company._salon_today()

    def _ref(self, name):
        return self.env.ref(f"salon_reminders.{name}")

    def _search(self, model, *domain, order="id", limit=None):
        """Return records of the salon; always in an order, as lots are drawn."""
        domain = [("company_id", "=", self.company.id), *domain]
        return self.env[model].search(domain, order=order, limit=limit)

    def _search_made(self, *domain, order="start, id"):
        """Return visits of clients that were made."""
        return self._search(
            "salon.visit",
            ("state", "=", "done"),
            ("is_purchase", "=", False),
            ("partner_id", "!=", False),
            *domain,
            order=order,
        )

    def _get_users(self):
        """Return who works at the desk, who has the fewest open calls first."""
        return self.env["salon.call.planner"]._get_receptionists() or self.env.user

    def _create_visit(self, partner, stylist, start, services, **vals):
        lines = [fields.Command.create({"product_id": one.id}) for one in services]
        return self.env["salon.visit"].create(
            {
                "partner_id": partner.id,
                "stylist_id": stylist.id,
                "start": start,
                "line_ids": lines,
                **vals,
            }
        )
