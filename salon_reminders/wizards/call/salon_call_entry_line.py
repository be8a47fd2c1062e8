from uuid import uuid4

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import UserError


class SalonCallEntryLine(models.TransientModel):
    """One call of the printed list, and what was ticked for it."""

    _name = "salon.call.entry.line"
    _description = "Result from Paper"
    _order = "id"

    entry_id = fields.Many2one("salon.call.entry", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="entry_id.company_id")
    call_id = fields.Many2one("salon.call", required=True, ondelete="cascade")
    number = fields.Integer(
        "No.",
        compute="_compute_number",
        help="The number of the call on the printed list.",
    )
    partner_id = fields.Many2one(related="call_id.partner_id")
    need_ids = fields.Many2many(related="call_id.need_ids")

    # What was ticked
    outcome_id = fields.Many2one("salon.call.outcome")
    kind = fields.Selection(related="outcome_id.kind")
    moment = fields.Datetime(
        "On",
        help="For when the client is booked, or when to call again.",
    )
    stylist_id = fields.Many2one(
        "resource.resource",
        domain=[("is_stylist", "=", True)],
        compute="_compute_stylist_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    leaving_reason_id = fields.Many2one("salon.leaving.reason", string="Why they left")
    bring_back = fields.Char("What would bring them back")
    gift = fields.Char("Promised gift")
    stop = fields.Boolean(
        "Never again", help="The client does not want to be reminded of it."
    )
    outside_hours = fields.Boolean(
        "All the same",
        help="Book although the stylist does not work then, or call again although the "
        "salon is closed.",
    )
    note = fields.Char()

    # What came of it
    error = fields.Text("Why it was not logged", readonly=True)
    is_outside_hours = fields.Boolean(compute="_compute_is_outside_hours")
    # Sent twice, after a lost connection, the same row logs nothing twice.
    token = fields.Char(default=lambda self: str(uuid4()), readonly=True)

    @api.depends("call_id")
    def _compute_number(self):
        for line in self:
            line.number = line.call_id.id

    @api.depends("call_id")
    def _compute_stylist_id(self):
        for line in self:
            line.stylist_id = line.call_id.wished_stylist_id

    @api.depends("kind", "moment", "stylist_id", "call_id")
    def _compute_is_outside_hours(self):
        for line in self:
            line.is_outside_hours = bool(
                line.call_id
                and line.moment
                and line.env["salon.call.log"]
                .new(line._prepare_log_vals())
                .hours_warning
            )

    def _is_typed(self):
        """Return whether anything was typed in this row."""
        self.ensure_one()
        return bool(
            self.outcome_id
            or self.moment
            or self.leaving_reason_id
            or self.bring_back
            or self.gift
            or self.stop
            or self.note
        )

    def _try_log(self):
        """Log this row; return whether it worked. Else the reason is kept on it."""
        self.ensure_one()
        self.error = False
        if not self.outcome_id:
            self.error = self.env._("Choose the outcome that was ticked.")
            return False
        try:
            with self.env.cr.savepoint():
                log = self.env["salon.call.log"].create(self._prepare_log_vals())
                log.action_log()
        except UserError as error:
            self.error = str(error)
        except IntegrityError:
            self.error = self.env._(
                "It contradicts what is stored already. Open the call and log it there."
            )
        return not self.error

    def _prepare_log_vals(self):
        """Return the values of the dialog in which the desk logs the same."""
        return {
            "call_id": self.call_id.id,
            "outcome_id": self.outcome_id.id,
            "note": self.note,
            "token": self.token,
            "start": self.moment,
            "stylist_id": self.stylist_id.id,
            "product_ids": self.call_id._get_last_services().ids,
            "call_at": self.moment,
            "stop": self.stop,
            "outside_hours": self.outside_hours,
            "leaving_reason_id": self.leaving_reason_id.id,
            "bring_back": self.bring_back,
            "gift": self.gift,
        }
