from uuid import uuid4

from odoo import api, fields, models


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
    # Saving twice, by a double click or a lost connection, logs once.
    token = fields.Char(default=lambda self: str(uuid4()), readonly=True)

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
    call_at = fields.Datetime("Call again at")

    # Booked or called again outside working hours
    hours_warning = fields.Char(compute="_compute_hours_warning")
    outside_hours = fields.Boolean("All the same")

    # Declined
    call_reminder_ids = fields.Many2many(related="call_id.reminder_ids")
    reminder_ids = fields.Many2many(
        "salon.reminder",
        string="What they do not want",
        domain="[('id', 'in', call_reminder_ids)]",
        compute="_compute_reminder_ids",
        store=True,
        readonly=False,
    )
    stop = fields.Boolean(
        "Never remind them of this again",
        help="Otherwise the need is skipped once.",
    )

    # Left us
    leaving_reason_id = fields.Many2one("salon.leaving.reason", string="Why they left")
    bring_back = fields.Char(
        "What would bring them back", help="In the client's own words."
    )
    gift = fields.Char(
        "Promised gift", help="To win the client back; seen on the card."
    )

    @api.depends("call_id")
    def _compute_booking(self):
        for log in self:
            log.stylist_id = log.call_id.wished_stylist_id
            log.product_ids = log.call_id._get_last_services()

    @api.depends("call_id")
    def _compute_reminder_ids(self):
        for log in self:
            log.reminder_ids = log.call_id.reminder_ids

    @api.depends("kind", "call_at", "start", "stylist_id", "product_ids", "call_id")
    def _compute_hours_warning(self):
        for log in self:
            log.hours_warning = log._get_hours_warning()

    def _get_hours_warning(self):
        """Return what must be confirmed: nobody works, or calls, at this hour."""
        call = self.call_id
        if self.kind == "booked":
            return call._get_booking_question(
                self.start, self.stylist_id.id, self.product_ids.ids
            )
        if self.kind == "call_back" and self.call_at:
            return call._get_hours_warning(self.call_at)
        return False

    def action_log(self):
        """Log the outcome.

        :raise UserError: when something the outcome needs is missing
        """
        self.ensure_one()
        self.call_id._log_attempt(
            self.outcome_id, note=self.note, token=self.token, **self._get_details()
        )
        return {"type": "ir.actions.act_window_close"}

    def action_back(self):
        """Leave without an outcome; a colleague may call."""
        self.call_id._release()
        return {"type": "ir.actions.act_window_close"}

    def _get_details(self):
        """Return what was entered for this kind of outcome."""
        return {
            "booked": {
                "start": self.start,
                "stylist_id": self.stylist_id.id,
                "product_ids": self.product_ids.ids,
                "outside_hours": self.outside_hours,
            },
            "call_back": {
                "call_at": self.call_at,
                "outside_hours": self.outside_hours,
            },
            "declined": {"stop": self.stop, "reminder_ids": self.reminder_ids.ids},
            "left_us": {
                "reason_id": self.leaving_reason_id.id,
                "gift": self.gift,
                "bring_back": self.bring_back,
            },
        }.get(self.kind, {})
