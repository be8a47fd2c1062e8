from odoo import api, models


class IrDemo(models.TransientModel):
    _inherit = "ir.demo"

    @api.model
    def _make_salon(self, company_id, **options):
        """Fill a company with the demonstration salon, for the demo data.

        Everything else about it is plain Python that no other database loads.
        """
        from ...demo import Salon

        Salon(self.env, self.env["res.company"].browse(company_id), **options).make()
