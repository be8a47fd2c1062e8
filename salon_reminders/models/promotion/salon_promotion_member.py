from odoo import api, fields, models
from odoo.tools import SQL

from .promotion_terms import Audience


class SalonPromotionMember(models.Model):
    """A client who was in the audience of a promotion while it ran.

    Kept because audiences change: who used a zone is not in the audience of those who
    ignore it any more. The report compares with members who were not offered it.
    """

    _name = "salon.promotion.member"
    _description = "Client in the Audience of a Promotion"
    _order = "promotion_id, id"
    _rec_name = "partner_id"
    # Written by the daily job only, by the hundred thousand.
    _log_access = False

    promotion_id = fields.Many2one(
        "salon.promotion", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="promotion_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date("In it since", required=True)

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _promotion_partner_uniq = models.Constraint(
        "UNIQUE(promotion_id, partner_id)",
        "A client is once in the audience of a promotion.",
    )

    @api.model
    def _get_pairs(self, promotions, clients):
        """Return the pairs (promotion id, client id) of who is in which audience.

        One query, however many promotions run.
        """
        if not promotions or not clients:
            return set()
        self.env.flush_all()
        parts = [
            SQL(
                "SELECT %s::int, a.id FROM (%s) AS a (id)",
                promotion.id,
                Audience(promotion).sql(clients),
            )
            for promotion in promotions
        ]
        return set(self.env.execute_query(SQL(" UNION ALL ").join(parts)))

    @api.model
    def _refresh(self, promotions):
        """Take in who came into the audience of running promotions, set-based."""
        self.env.flush_all()
        for promotion in promotions:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO salon_promotion_member (
                           promotion_id, partner_id, date)
                       SELECT %s, a.id, %s FROM (%s) AS a (id)
                           ON CONFLICT (promotion_id, partner_id) DO NOTHING""",
                    promotion.id,
                    max(promotion.date_from, promotion.company_id._salon_today()),
                    Audience(promotion).sql(),
                )
            )
        self.invalidate_model()
        promotions.invalidate_recordset(["member_ids"])
