from odoo import fields, models


class SalonZone(models.Model):
    """A department of the salon: Hair, Colour, Nails, Face."""

    _name = "salon.zone"
    _description = "Salon Zone"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty to share it with every salon."
    )
    cycle_ids = fields.One2many("salon.cycle", "zone_id", string="Cycles")
