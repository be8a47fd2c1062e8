from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...tools.arguments import checked, record_id
from ..visit.salon_visit import MISSED_STATES, OPEN_STATES
from .promotion_terms import Terms


class SalonVisit(models.Model):
    """Promotions at booking: what is open to the client, and using it."""

    _inherit = "salon.visit"

    promotion_ids = fields.Many2many(
        "salon.promotion", string="Promotions", compute="_compute_promotion_ids"
    )
    promotion_card = fields.Json(
        "Open to the client",
        compute="_compute_promotion_card",
        groups="salon_reminders.group_receptionist",
        exportable=False,
    )

    @api.depends("line_ids.promotion_id")
    def _compute_promotion_ids(self):
        for visit in self:
            visit.promotion_ids = visit.line_ids.promotion_id

    @api.depends(
        *("partner_id", "state", "start", "company_id"),
        *("line_ids.product_id", "line_ids.promotion_id", "line_ids.amount"),
    )
    @api.depends_context("company", "lang", "uid")
    def _compute_promotion_card(self):
        for visit in self:
            # A booking is looked at alone; lists do not show what is open.
            visit.promotion_card = visit._get_promotion_card()

    def _get_promotion_card(self):
        """Return what the client may be offered on this visit, and what it uses."""
        client = self.partner_id._origin
        is_open = self.state in OPEN_STATES
        used = [
            {"id": promotion.id, "name": promotion.name}
            for promotion in self.promotion_ids._origin
        ]
        card = {"used": used, "open": [], "partner_id": client.id}
        if not client or not is_open or not self.date:
            return card
        offers = self.env["salon.promotion.participation"]
        offers = offers.with_company(self.company_id)
        found = offers._get_open_promotions(client, day=self.date)[client]
        rows = offers._get_by_client(client)[client.id]._describe_open(found)
        for promotion, row in zip(found, rows, strict=True):
            row["obstacle"] = self._get_promotion_obstacle(promotion) or ""
        return {**card, "open": rows}

    # ------------------------------------------------------------
    # USING AND TAKING OFF
    # ------------------------------------------------------------

    @checked(promotion_id=record_id)
    def use_promotion(self, promotion_id):
        """Use a promotion on this visit.

        :raise UserError: when it is not open to the client or does not fit the visit
        """
        self.ensure_one()
        promotion = self._check_promotion_access(promotion_id)
        self._use_promotion(promotion)
        return True

    def take_off_promotions(self):
        """Take all promotions off this visit; prices are as before."""
        self.ensure_one()
        self._check_promotion_access()
        self._take_off_promotions()
        return True

    def _check_promotion_access(self, promotion_id=False):
        """Only the reception uses promotions, on visits still to be made.

        :return: the promotion
        """
        self.env["salon.promotion.participation"]._check_reception()
        self.check_access("write")
        promotion = self.env["salon.promotion"].browse(promotion_id or []).exists()
        promotion.check_access("read")
        if promotion_id and (not promotion or promotion.company_id != self.company_id):
            raise UserError(
                self.env._("This promotion is not there any more. Reload the page.")
            )
        if self.state not in OPEN_STATES:
            raise UserError(
                self.env._("The visit is closed; its prices do not change any more.")
            )
        return promotion

    def _use_promotion(self, promotion):
        """Use a promotion on this visit: its prices, its limits, its participation.

        Every use writes the promotion itself: of two receptionists at once the second
        one is started anew by Odoo and counts what the first one did.

        :raise UserError: when it is not open to the client or does not fit the visit
        """
        self.ensure_one()
        promotion._check_currency()
        client = self.partner_id
        promotion._lock_uses()
        offers = self.env["salon.promotion.participation"]
        offers = offers.with_company(self.company_id)
        found = offers._get_open_promotions(client, day=self.date)
        is_open = promotion in found.get(client, promotion.browse())
        obstacle = is_open and self._get_promotion_obstacle(promotion)
        if not is_open or obstacle:
            raise UserError(
                obstacle
                or self.env._(
                    "%(promotion)s is not open to %(client)s on that day.",
                    promotion=promotion.name,
                    client=client.name or self.env._("a walk-in"),
                )
            )
        # A line's promotion and price are written here only, after the rules above.
        self.sudo()._put_promotion(promotion)
        offers._take(promotion, self)
        promotion._sync_uses()
        self.message_post(
            body=self.env._("Promotion used: %(name)s", name=promotion.name)
        )

    def _put_promotion(self, promotion):
        """Write a promotion and its prices on the lines; a gift gets one of its own."""
        lines = self._choose_promotion_lines(promotion)
        if not lines:
            gift = promotion.product_ids[:1]
            line = {"visit_id": self.id, "product_id": gift.id}
            lines = self.line_ids.create(line)
        for line in lines:
            usual = line.amount
            line.write(
                {
                    "promotion_id": promotion.id,
                    "usual_amount": usual,
                    "amount": usual - Terms(promotion).get_saving(line, usual),
                }
            )

    def _take_off_promotions(self, promotions=None):
        """Take promotions off these visits; prices are as before.

        The offers are open again as long as their promotion runs.

        :param promotions: all of them when empty
        """
        # Undone by the system, whoever cancels the visit.
        used = (
            self.env["salon.promotion.participation"]
            .sudo()
            .search([("visit_id", "in", self.ids), ("state", "=", "used")])
        )
        lines_sudo = self.sudo().line_ids.filtered("promotion_id")
        if promotions:
            used = used.filtered(lambda u: u.promotion_id in promotions)
            lines_sudo = lines_sudo.filtered(lambda li: li.promotion_id in promotions)
        promotions = used.promotion_id | lines_sudo.promotion_id
        if not promotions:
            return
        promotions._lock_uses()
        for line in lines_sudo:
            line.write({"promotion_id": False, "amount": line.usual_amount})
        used.write({"state": "over", "visit_id": False})
        used._reopen()
        promotions._sync_uses()

    # ------------------------------------------------------------
    # WHETHER IT CAN BE USED
    # ------------------------------------------------------------

    def _get_promotion_obstacle(self, promotion):
        """Return in words why a promotion can't be used on this visit, or False."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return self.env._("The visit is closed.")
        hours = self.env["salon.promotion.hour"]
        return hours._get_obstacle(promotion, self) or self._get_line_obstacle(
            promotion
        )

    def _get_line_obstacle(self, promotion):
        lines = self._choose_promotion_lines(promotion)
        if promotion.kind == "bundle":
            missing = promotion.product_ids - lines.product_id
            if missing:
                return self.env._(
                    "Missing on the visit: %(services)s.",
                    services=format_list(self.env, missing.mapped("name")),
                )
        # A gift is put on the visit; the others need something to take off.
        if not lines and not promotion.kind.startswith("gift"):
            return self.env._("Nothing on the visit it could make cheaper.")
        return False

    def _choose_promotion_lines(self, promotion):
        """Return the lines of this visit that a promotion would make cheaper.

        Percent: all of them. Amount and gift: one. Bundle: one of each. A session of a
        course is paid already, and a line has one promotion at most.
        """
        self.ensure_one()
        terms = Terms(promotion)
        lines = self.line_ids.filtered(
            lambda line: (
                line.quantity > 0
                and line.amount > 0
                and not line.promotion_id
                and terms.fits(line.product_id)
            )
        )
        if promotion.kind == "percent":
            return lines
        if promotion.kind != "bundle":
            return lines.sorted(lambda line: -line.amount)[:1]
        chosen = lines.browse()
        for product in promotion.product_ids:
            chosen |= lines.filtered(lambda li, p=product: li.product_id == p)[:1]
        return chosen

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in MISSED_STATES:
            self._take_off_promotions()
        elif "partner_id" in vals:
            self._check_promotion_client()
        return result

    def unlink(self):
        self._take_off_promotions()
        return super().unlink()

    def _check_promotion_client(self):
        """Refuse to give a visit with a promotion to somebody else.

        :raise UserError: saying what to do first
        """
        used = (
            self.env["salon.promotion.participation"]
            .sudo()
            .search([("visit_id", "in", self.ids), ("state", "=", "used")])
        )
        for participation in used:
            if participation.partner_id != participation.visit_id.partner_id:
                raise UserError(
                    self.env._(
                        "The promotion %(name)s was used by %(client)s. Take it off "
                        "the visit before you give the visit to somebody else.",
                        name=participation.promotion_id.name,
                        client=participation.partner_id.name,
                    )
                )
