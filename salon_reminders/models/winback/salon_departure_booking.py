from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..visit.salon_visit import OPEN_STATES


class SalonDepartureBooking(models.AbstractModel):
    """Bookings after the last day of a stylist: listed until somebody moved each.

    Nothing is cancelled by itself: the client was promised a time.
    """

    _name = "salon.departure.booking"
    _description = "Bookings after a Last Day"

    booking_ids = fields.Many2many(
        "salon.visit",
        string="Bookings to move",
        compute="_compute_booking_ids",
        help="Visits still to be made in which she serves after her last day.",
    )
    booking_count = fields.Integer(
        "Bookings to be moved", compute="_compute_booking_ids"
    )

    @api.depends("stylist_id", "company_id", "last_date")
    def _compute_booking_ids(self):
        visits = self.env["salon.visit"].search(
            Domain.OR(one._get_booking_domain() for one in self), order="start, id"
        )
        for departure in self:
            own = visits.filtered_domain(departure._get_booking_domain())
            departure.booking_ids = own
            departure.booking_count = len(own)

    def _get_booking_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", OPEN_STATES)
            & Domain("date", ">", self.last_date)
            & Domain("busy_ids.stylist_id", "in", self.stylist_id.ids)
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_bookings(self):
        """Open the bookings that somebody has to move."""
        return self.env["salon.report"]._open_list(
            "salon_reminders.salon_visit_action",
            self.env._("Bookings to move"),
            [("id", "in", self.booking_ids.ids)],
        )

    def action_move_bookings(self):
        """Give each booking to the client's successor, where she is free then.

        The others stay listed. The clients are told on their call.
        """
        self.check_access("write")
        moved = 0
        for departure in self:
            successors = {
                line.partner_id: line.successor_id for line in departure.line_ids
            }
            for visit in departure.booking_ids:
                successor = successors.get(visit.partner_id)
                moved += bool(successor) and departure._move(visit, successor)
        self.invalidate_recordset(["booking_ids", "booking_count"])
        left = sum(self.mapped("booking_count"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "Moved to the successors: %(moved)s. Still to be moved: %(left)s.",
                    moved=moved,
                    left=left,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _move(self, visit, successor):
        """Give what she would have done in a visit to another; return if it worked."""
        lines = visit.line_ids.filtered(
            lambda line: (line.stylist_id or visit.stylist_id) == self.stylist_id
        )
        if not all(successor._can_do(line.product_id) for line in lines):
            return False
        times = visit._get_moved_times(
            visit.start, visit.stop, self.stylist_id, successor
        )
        if visit._get_hours_question(times):
            return False
        vals = {
            "line_ids": [
                fields.Command.update(line.id, {"stylist_id": successor.id})
                for line in lines
            ]
        }
        if visit.stylist_id == self.stylist_id:
            vals["stylist_id"] = successor.id
        try:
            with self.env.cr.savepoint():
                visit.write(vals)
        except UserError:
            # Taken at that time.
            return False
        return True
