from odoo import api, fields, models
from odoo.tools import SQL


class SalonSlotFinder(models.AbstractModel):
    """A time that a colleague keeps during a call is not free."""

    _inherit = "salon.slot.finder"

    @api.model
    def _get_busy_sources(self, but=None):
        holds = SQL(
            """SELECT stylist_id, start, stop FROM salon_slot_hold
                WHERE expires > %s AND user_id != %s""",
            fields.Datetime.now(),
            self.env.uid,
        )
        return [*super()._get_busy_sources(but), holds]
