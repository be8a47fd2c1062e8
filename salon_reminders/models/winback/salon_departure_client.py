from odoo import api, fields, models

from ..visit.salon_visit import OPEN_STATES


class SalonDepartureClient(models.Model):
    """A client of a stylist who leaves: her tie, who takes over, whether she stayed.

    Kept by ``salon.departure.engine``; a person chooses another successor or leaves
    the client out.
    """

    _name = "salon.departure.client"
    _description = "Client of a Stylist Who Leaves"
    _order = "share desc, visit_count desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    departure_id = fields.Many2one(
        "salon.departure", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    stylist_id = fields.Many2one(
        related="departure_id.stylist_id", string="Stylist who leaves"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )

    # The tie
    share = fields.Float(
        "Tie",
        readonly=True,
        aggregator="avg",
        help="Share of her days at the salon in the last year on which this stylist "
        "served her.",
    )
    visit_count = fields.Integer(
        "With her", readonly=True, help="Days in the last year."
    )
    away_count = fields.Integer(
        "With others",
        readonly=True,
        help="Days in the last year on which somebody else served her: she also comes "
        "when her stylist is away.",
    )
    amount = fields.Monetary(
        "Spent in a year", readonly=True, help="In the last year, with whomever."
    )
    last_date = fields.Date("Last visit", readonly=True)

    # Who takes over
    successor_id = fields.Many2one(
        "resource.resource",
        index="btree_not_null",
        ondelete="set null",
        domain="[('is_stylist', '=', True), ('id', '!=', stylist_id)]",
        check_company=True,
    )
    is_chosen = fields.Boolean(
        "Chosen by hand", readonly=True, help="The proposal does not change it."
    )
    reason = fields.Char(
        "Why she", readonly=True, help="What speaks for the proposed successor."
    )
    is_left_out = fields.Boolean("Do not call")

    # What came of it
    call_id = fields.Many2one(
        "salon.call", string="Call about it", compute="_compute_call"
    )
    call_state = fields.Char("Call", compute="_compute_call")
    next_date = fields.Date(
        "Booked for",
        compute="_compute_next_date",
        help="Her first booking after the last day, with somebody else.",
    )
    is_stayed = fields.Boolean(
        "Stayed", readonly=True, help="She came to the salon after the last day."
    )
    stayed_date = fields.Date("Came on", readonly=True)
    stayed_with_id = fields.Many2one(
        "resource.resource",
        string="Stayed with",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who served her on her first visit after the last day.",
    )

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_uniq = models.Constraint(
        "UNIQUE(departure_id, partner_id)", "Each client is listed once."
    )

    def _compute_call(self):
        calls = self.env["salon.call"].search_fetch(
            [
                ("departure_id", "in", self.departure_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ],
            ["departure_id", "partner_id", "state", "outcome_id", "close_reason"],
            order="id",
        )
        found = {(call.departure_id.id, call.partner_id.id): call for call in calls}
        for line in self:
            call = found.get((line.departure_id.id, line.partner_id.id), calls.browse())
            line.call_id = call
            line.call_state = call._get_short_state() if call else False

    def _compute_next_date(self):
        visits = self.env["salon.visit"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN_STATES),
            ],
            ["partner_id", "company_id", "stylist_id", "date"],
            order="date desc, id",
        )
        for line in self:
            own = visits.filtered(
                lambda visit, line=line: (
                    visit.partner_id == line.partner_id
                    and visit.company_id == line.company_id
                    and visit.stylist_id != line.stylist_id
                    and visit.date > line.departure_id.last_date
                )
            )
            line.next_date = own[-1:].date

    @api.depends("departure_id", "partner_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.name

    def write(self, vals):
        if "successor_id" in vals:
            vals = {**vals, "is_chosen": True, "reason": False}
        return super().write(vals)

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
