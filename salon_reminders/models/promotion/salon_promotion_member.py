from odoo import fields, models


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
