from datetime import timedelta

from odoo import api, fields, models


class SalonSlotHold(models.Model):
    """A time proposed to a client on the phone, kept for her for some minutes.

    Others are not offered it meanwhile. It ends by itself, with the booking, or with
    the call; it never refuses a booking, which is what the database does.
    """

    _name = "salon.slot.hold"
    _description = "Time Kept During a Call"
    _order = "start, id"

    call_id = fields.Many2one(
        "salon.call", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="call_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
    )
    stylist_id = fields.Many2one("resource.resource", required=True, ondelete="cascade")
    start = fields.Datetime(required=True)
    stop = fields.Datetime(required=True)
    expires = fields.Datetime(required=True)
    is_chosen = fields.Boolean(help="The gap for which the client is called.")

    _stylist_start_idx = models.Index("(stylist_id, start)")

    @api.model
    def _keep(self, call, times, gap=None):
        """Keep these times for a call, and no others.

        :param times: (stylist, start, stop)
        :param gap: the one of them for which she is called, if any
        """
        self._release(call)
        minutes = call.company_id.salon_hold_minutes
        if not minutes:
            return
        expires = fields.Datetime.now() + timedelta(minutes=minutes)
        self.create(
            [
                {
                    "call_id": call.id,
                    "stylist_id": stylist.id,
                    "start": start,
                    "stop": stop,
                    "expires": expires,
                    "is_chosen": (stylist, start, stop) == gap,
                }
                for stylist, start, stop in times
            ]
        )

    @api.model
    def _release(self, calls):
        """Let go what was kept for these calls."""
        self.search([("call_id", "in", calls.ids)]).unlink()

    @api.model
    def _get_gap(self, call):
        """Return the (stylist, start, stop) for which this client is called, if any."""
        hold = self.search(
            [
                ("call_id", "=", call.id),
                ("is_chosen", "=", True),
                ("user_id", "=", self.env.uid),
                ("expires", ">", fields.Datetime.now()),
            ],
            limit=1,
        )
        return (hold.stylist_id, hold.start, hold.stop) if hold else None

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires", "<", fields.Datetime.now())]).unlink()
