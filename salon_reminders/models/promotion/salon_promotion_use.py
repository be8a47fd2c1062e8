from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...tools.promotion_price import get_saving, share_out
from ..visit.salon_visit import OPEN_STATES


class SalonPromotion(models.Model):
    """Using a promotion on a visit: what it takes off, and keeping its limits.

    Every use writes the promotion itself: of two receptionists at once the second one
    is started anew by Odoo and counts what the first one did.
    """

    _inherit = "salon.promotion"

    # ------------------------------------------------------------
    # WHAT IT TAKES OFF
    # ------------------------------------------------------------

    def _fits(self, product):
        """Return whether the promotion is about this service or product."""
        self.ensure_one()
        if self.product_ids:
            return product in self.product_ids
        return product.salon_kind == "service"

    def _get_line_saving(self, line, usual):
        """Return what is taken off a line, rounded to the currency.

        :param usual: what the line costs without it
        """
        self.ensure_one()
        amount = self.amount
        if self.kind == "bundle":
            amount = self._get_bundle_savings().get(line.product_id, 0)
        saving = get_saving(self.kind, usual, line.quantity, self.percent, amount)
        return self.currency_id.round(saving)

    def _get_bundle_savings(self):
        """Return {product: what is taken off one}, shared out by their prices."""
        prices = self.product_ids.mapped("lst_price")
        total = max(sum(prices) - self.amount, 0)
        parts = share_out(total, prices, self.currency_id.round)
        return dict(zip(self.product_ids, parts, strict=True))

    def _choose_lines(self, visit):
        """Return the lines of a visit that it would make cheaper.

        Percent: all of them. Amount and gift: one. Bundle: one of each. A session of a
        course is paid already, and a line has one promotion at most.
        """
        self.ensure_one()
        lines = visit.line_ids.filtered(
            lambda line: (
                line.quantity > 0
                and line.amount > 0
                and not line.promotion_id
                and self._fits(line.product_id)
            )
        )
        if self.kind == "percent":
            return lines
        if self.kind != "bundle":
            return lines.sorted(lambda line: -line.amount)[:1]
        chosen = lines.browse()
        for product in self.product_ids:
            chosen |= lines.filtered(lambda li, p=product: li.product_id == p)[:1]
        return chosen

    # ------------------------------------------------------------
    # WHETHER IT CAN BE USED
    # ------------------------------------------------------------

    def _get_obstacle(self, visit):
        """Return in words why the promotion can't be used on this visit, or False."""
        self.ensure_one()
        if visit.state not in OPEN_STATES:
            return self.env._("The visit is closed.")
        return self._get_hour_obstacle(visit) or self._get_line_obstacle(visit)

    def _get_line_obstacle(self, visit):
        lines = self._choose_lines(visit)
        if self.kind == "bundle":
            missing = self.product_ids - lines.product_id
            if missing:
                return self.env._(
                    "Missing on the visit: %(services)s.",
                    services=format_list(self.env, missing.mapped("name")),
                )
        # A gift is put on the visit; the others need something to take off.
        if not lines and not self.kind.startswith("gift"):
            return self.env._("Nothing on the visit it could make cheaper.")
        return False

    # ------------------------------------------------------------
    # USING IT
    # ------------------------------------------------------------

    def _use(self, visit):
        """Use the promotion on a visit: its prices, its limits, its participation.

        :raise UserError: when it is not open to the client or does not fit the visit
        """
        self.ensure_one()
        self._check_currency()
        client = visit.partner_id
        self._lock_uses()
        promotions = self.with_company(visit.company_id)
        found = promotions._get_open_promotions(client, day=visit.date)
        open_ = found.get(client, self.browse())
        obstacle = self in open_ and self._get_obstacle(visit)
        if self not in open_ or obstacle:
            raise UserError(
                obstacle
                or self.env._(
                    "%(promotion)s is not open to %(client)s on that day.",
                    promotion=self.name,
                    client=client.name or self.env._("a walk-in"),
                )
            )
        # A line's promotion and price are written here only, after the rules above.
        self._put_on_lines(visit.sudo())
        promotions._take_offer(client, visit)
        self._sync_uses()
        visit.message_post(body=self.env._("Promotion used: %(name)s", name=self.name))

    def _lock_uses(self):
        """Let one use after the other be counted."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "SELECT id FROM salon_promotion WHERE id = ANY(%s) FOR UPDATE",
                self.ids,
            )
        )

    def _take_offer(self, client, visit):
        """Mark the client's offer as used on a visit, or one made on the spot."""
        offers = self._get_offers(client)[client.id]
        used = {"state": "used", "visit_id": visit.id}
        own = offers.filtered(lambda o: o.promotion_id == self and o.state == "open")
        if own:
            own.write(used)
            return
        offers.create(
            {
                "promotion_id": self.id,
                "partner_id": client.id,
                "user_id": self.env.uid,
                "answer": "interested",
                "method": "call" if visit.call_id else "desk",
                "call_id": visit.call_id.id,
                **used,
            }
        )

    def _put_on_lines(self, visit):
        lines = self._choose_lines(visit)
        if not lines:
            gift = self.product_ids[:1]
            line = {"visit_id": visit.id, "product_id": gift.id}
            lines = visit.line_ids.create(line)
        for line in lines:
            usual = line.amount
            line.write(
                {
                    "promotion_id": self.id,
                    "usual_amount": usual,
                    "amount": usual - self._get_line_saving(line, usual),
                }
            )

    def _take_off(self, visits):
        """Take these promotions, or all, off visits; prices are as before.

        The offers are open again as long as their promotion runs.
        """
        # Undone by the system, whoever cancels the visit.
        used = (
            self.env["salon.promotion.participation"]
            .sudo()
            .search([("visit_id", "in", visits.ids), ("state", "=", "used")])
        )
        lines_sudo = visits.sudo().line_ids.filtered("promotion_id")
        if self:
            used = used.filtered(lambda u: u.promotion_id in self)
            lines_sudo = lines_sudo.filtered(lambda li: li.promotion_id in self)
        promotions = used.promotion_id | lines_sudo.promotion_id
        if not promotions:
            return
        promotions._lock_uses()
        for line in lines_sudo:
            line.write({"promotion_id": False, "amount": line.usual_amount})
        used.write({"state": "over", "visit_id": False})
        used._reopen()
        promotions._sync_uses()

    def _sync_uses(self):
        """Count uses and what was given away anew; the database keeps the limits.

        :raise CheckViolation: when a limit or the budget is exceeded
        """
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE salon_promotion p
                      SET used_count = (
                              SELECT COUNT(*) FROM salon_promotion_participation u
                               WHERE u.promotion_id = p.id AND u.state = 'used'),
                          spent = (
                              SELECT COALESCE(SUM(%s), 0)
                                FROM salon_visit_line l
                               WHERE l.promotion_id = p.id)
                    WHERE p.id = ANY(%s)""",
                self.env["salon.visit.line"]._sql_promotion_saving("l"),
                self.ids,
            )
        )
        self.invalidate_recordset(["used_count", "spent"], flush=False)
