from odoo import fields, models


class SalonClientZone(models.Model):
    """One client and one zone of one salon: used, or a white spot on the map.

    There is a row for every zone the salon has, so that what is missing can be
    listed, counted and called about. Kept by the daily job.
    """

    _name = "salon.client.zone"
    _description = "Zone of a Client"
    _order = "standing_id desc, id"
    _rec_name = "zone_id"
    # Written by the daily job only, by the hundred thousand.
    _log_access = False

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    zone_id = fields.Many2one(
        "salon.zone", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    standing_id = fields.Many2one(
        "salon.client.standing", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("used", "Used"),
            ("former", "Not for a year"),
            ("white", "White spot"),
            ("unused", "Never used"),
        ],
        required=True,
        help="White spot: she comes often, but was never there.",
    )
    first_date = fields.Date("First time")
    last_date = fields.Date("Last time")
    visit_count = fields.Integer("Times")
    amount = fields.Monetary("Spent there")

    # Of the client, to filter and group by
    segment = fields.Selection(related="standing_id.segment")
    frequency = fields.Integer(related="standing_id.frequency", aggregator=None)
    year_count = fields.Integer(related="standing_id.year_count", aggregator=None)
    amount_year = fields.Monetary(related="standing_id.amount_year", aggregator=None)
    client_last_date = fields.Date(
        "Last visit", related="standing_id.last_date", aggregator=None
    )
    stylist_id = fields.Many2one(related="standing_id.stylist_id")

    # UNIQUE as a constraint, not an index: merging clients resolves those.
    _partner_zone_uniq = models.Constraint(
        "UNIQUE(partner_id, zone_id, company_id)",
        "A client has each zone of a salon once.",
    )
    _state_idx = models.Index("(company_id, zone_id, state)")

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()
