from odoo import api, fields, models

from .starter_data import SERVICES, translated


class SalonStarterSetService(models.TransientModel):
    """One service that is about to be added, with its price to fill in."""

    _name = "salon.starter.set.service"
    _description = "Service of the Starter Set"

    set_id = fields.Many2one("salon.starter.set", required=True, ondelete="cascade")
    service_key = fields.Char(required=True)
    name = fields.Char("Service", compute="_compute_content")
    minutes = fields.Integer(compute="_compute_content")
    price = fields.Monetary()
    currency_id = fields.Many2one(related="set_id.company_id.currency_id")

    @api.depends("service_key")
    def _compute_content(self):
        services = {service.key: service for service in SERVICES}
        for line in self:
            service = services.get(line.service_key)
            line.name = service and translated(self.env, service.name)
            line.minutes = service and service.minutes
