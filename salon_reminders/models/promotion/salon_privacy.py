from odoo import models
from odoo.tools import SQL

from ..privacy.salon_privacy import BATCH


class SalonPrivacy(models.AbstractModel):
    """Promotions of clients who are forgotten: figures stay, words go."""

    _inherit = "salon.privacy"

    def _end_all(self, partner):
        result = super()._end_all(partner)
        partner._close_salon_offers()
        self.env.flush_all()
        return result

    def _forget_notes(self, company, limit):
        done = super()._forget_notes(company, limit)
        self.env.cr.execute(
            SQL(
                """UPDATE salon_promotion_participation SET note = NULL
                    WHERE id IN (SELECT id FROM salon_promotion_participation
                                  WHERE company_id = %s AND date < %s
                                    AND state != 'open' AND note IS NOT NULL
                                  LIMIT %s)""",
                company.id,
                limit,
                BATCH,
            )
        )
        self.env.invalidate_all()
        return done + self.env.cr.rowcount
