from odoo import fields, models
from odoo.fields import Domain


class SalonDayBoard(models.AbstractModel):
    """The board tells of freed times, and shows those that are kept for a call."""

    _inherit = "salon.day.board"

    def _get_extras(self):
        """Return whether the user calls clients, and how many freed times wait."""
        can_call = self.env["salon.call"].has_access("write")
        freed = self.env["salon.gap.finder"]._count_freed() if can_call else 0
        return {**super()._get_extras(), "can_call": can_call, "freed": freed}

    def _get_taken(self, stylist_ids, visits, span):
        # Times only: of whom and for what stays hidden.
        holds = self.env["salon.slot.hold"].sudo()
        kept = Domain("expires", ">", fields.Datetime.now())
        kept &= Domain("user_id", "!=", self.env.uid)
        found = holds.search(kept & self._get_taken_domain(stylist_ids, span))
        return [*super()._get_taken(stylist_ids, visits, span), *found]
