from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.arguments import checked, record_id
from ..visit.salon_visit import MISSED_STATES, OPEN_STATES


class SalonVisit(models.Model):
    """Promotions at booking: what is open to the client, and using it."""

    _inherit = "salon.visit"

    promotion_ids = fields.Many2many(
        "salon.promotion", string="Promotions", compute="_compute_promotion_ids"
    )
    promotion_card = fields.Json(
        "Open to her",
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
        promotions = self.env["salon.promotion"].with_company(self.company_id)
        found = promotions._get_open_promotions(client, day=self.date)[client]
        rows = found._describe_open(client, promotions._get_offers(client)[client.id])
        for promotion, row in zip(found, rows, strict=True):
            row["obstacle"] = promotion._get_obstacle(self) or ""
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
        promotion._use(self)
        return True

    def take_off_promotions(self):
        """Take all promotions off this visit; prices are as before."""
        self.ensure_one()
        self._check_promotion_access()
        self.env["salon.promotion"]._take_off(self)
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

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in MISSED_STATES:
            self.env["salon.promotion"]._take_off(self)
        elif "partner_id" in vals:
            self._check_promotion_client()
        return result

    def unlink(self):
        self.env["salon.promotion"]._take_off(self)
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
