from odoo import api, fields, models
from odoo.exceptions import UserError


class SalonCallLog(models.TransientModel):
    """Asks for what the outcome of a call needs, and logs it."""

    _name = "salon.call.log"
    _description = "Log a Call"

    call_id = fields.Many2one("salon.call", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="call_id.company_id")
    partner_id = fields.Many2one(related="call_id.partner_id")
    phone = fields.Char(related="call_id.phone")
    script = fields.Text(related="call_id.script")
    outcome_id = fields.Many2one("salon.call.outcome", required=True)
    kind = fields.Selection(related="outcome_id.kind")
    note = fields.Text(help="Kept with the call and shown at the next one.")

    # Booked
    start = fields.Datetime("Date and time")
    stylist_id = fields.Many2one(
        "resource.resource",
        domain=[("is_stylist", "=", True)],
        compute="_compute_booking",
        store=True,
        readonly=False,
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Services",
        domain=[("salon_kind", "in", ("service", "fee"))],
        compute="_compute_booking",
        store=True,
        readonly=False,
    )

    # Call back
    call_back_date = fields.Date("Call again on")

    # Declined
    stop = fields.Boolean(
        "Never remind her of this again",
        help="Otherwise the need is skipped once.",
    )

    @api.depends("call_id")
    def _compute_booking(self):
        for log in self:
            log.stylist_id = log.call_id.stylist_id
            log.product_ids = log.call_id._get_last_services()

    def action_log(self):
        """Log the outcome.

        :raise UserError: when something the outcome needs is missing
        """
        self.ensure_one()
        details = getattr(self, f"_get_{self.kind}_details", dict)()
        self.call_id._log_attempt(self.outcome_id, note=self.note, **details)
        return {"type": "ir.actions.act_window_close"}

    def _get_booked_details(self):
        if not self.start:
            raise UserError(self.env._("Enter the date and time of the booking."))
        if self.start <= fields.Datetime.now():
            raise UserError(self.env._("The booking must lie in the future."))
        return {
            "stylist_id": self.stylist_id.id,
            "start": self.start,
            "line_ids": [
                fields.Command.create({"product_id": product.id})
                for product in self.product_ids
            ],
        }

    def _get_call_back_details(self):
        if not self.call_back_date:
            raise UserError(self.env._("Enter the day on which to call again."))
        if self.call_back_date < self.company_id._salon_today():
            raise UserError(self.env._("The day to call again is already past."))
        return {"date": self.call_back_date}

    def _get_declined_details(self):
        return {"stop": self.stop}
