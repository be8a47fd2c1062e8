from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.visit.salon_visit import MISSED_STATES

CANCELLED, _NO_SHOW = MISSED_STATES


class SalonArchiving(models.TransientModel):
    """Asks what becomes of the bookings of a client or a stylist who is archived.

    Nobody comes for a booking that was forgotten, and no stylist is kept busy by one
    that nobody sees.
    """

    _name = "salon.archiving"
    _description = "Bookings of Whom Is Archived"

    partner_ids = fields.Many2many("res.partner", string="Clients")
    stylist_ids = fields.Many2many("resource.resource", string="Stylists")
    visit_ids = fields.Many2many(
        "salon.visit", string="Bookings to come", compute="_compute_visit_ids"
    )
    successor_id = fields.Many2one(
        "resource.resource",
        "Who takes them over",
        domain="[('is_stylist', '=', True), ('id', 'not in', stylist_ids)]",
    )

    @api.depends("partner_ids", "stylist_ids")
    def _compute_visit_ids(self):
        for archiving in self:
            archiving.visit_ids = archiving._find_bookings()

    def _find_bookings(self):
        visits = self.env["salon.visit"]
        if self.stylist_ids:
            return visits._get_coming(
                [("busy_ids.stylist_id", "in", self.stylist_ids.ids)]
            )
        return visits._get_coming([("partner_id", "in", self.partner_ids.ids)])

    def action_hand_over(self):
        """Give the bookings to another stylist, then archive.

        :raise UserError: when some can't be, and nothing is done
        """
        self.ensure_one()
        if not self.successor_id:
            raise UserError(self.env._("Choose who takes the bookings over."))
        left = [
            visit
            for visit in self._find_bookings()
            for stylist in self.stylist_ids & visit.busy_ids.stylist_id
            if not visit._hand_over(stylist, self.successor_id)
        ]
        if left:
            raise UserError(self._text_left(left))
        return self._archive()

    def action_cancel_bookings(self):
        """Cancel the bookings, then archive."""
        by_whom = "salon" if self.stylist_ids else "client"
        self._find_bookings()._step_to(CANCELLED, by_whom)
        return self._archive()

    def action_keep(self):
        """Archive, and leave the bookings in the book."""
        return self._archive()

    def _archive(self):
        whose = self.stylist_ids or self.partner_ids
        whose.write({"active": False})
        return {"type": "ir.actions.act_window_close"}

    def _text_left(self, visits):
        """Return which bookings the chosen stylist can't take over."""
        return self.env._(
            "%(stylist)s does not do all of it, does not work then, or is taken:\n"
            "%(bookings)s\nMove these first, or choose somebody else.",
            stylist=self.successor_id.name,
            bookings="\n".join(
                f"{visit.company_id._salon_format_moment(visit.start)}, "
                f"{visit.display_name}"
                for visit in visits
            ),
        )
