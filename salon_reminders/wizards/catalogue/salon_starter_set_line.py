from odoo import api, fields, models

from .starter_data import CYCLES, SERVICES, ZONES, get_rows, translated


class SalonStarterSetLine(models.TransientModel):
    """One zone to choose, with what comes along."""

    _name = "salon.starter.set.line"
    _description = "Zone of the Starter Set"

    set_id = fields.Many2one("salon.starter.set", required=True, ondelete="cascade")
    is_selected = fields.Boolean("Load")
    zone_key = fields.Char(required=True)
    name = fields.Char("Zone", compute="_compute_content")
    color = fields.Integer("Colour", compute="_compute_content")
    cycle_count = fields.Integer("Cycles", compute="_compute_content")
    service_count = fields.Integer("Services", compute="_compute_content")

    @api.depends("zone_key")
    def _compute_content(self):
        zones = {zone.key: zone for zone in ZONES}
        for line in self:
            zone = zones.get(line.zone_key)
            line.name = zone and translated(self.env, zone.name)
            line.color = zone and zone.color
            line.cycle_count = len(get_rows(CYCLES, [line.zone_key]))
            line.service_count = len(get_rows(SERVICES, [line.zone_key]))
