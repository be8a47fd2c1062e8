from odoo import models


class SalonMailing(models.AbstractModel):
    """Below a manager a message goes to one client at a time."""

    _inherit = "salon.mailing"

    def _check_salon_audience(self):
        """Refuse a message to several clients.

        :raise AccessError: for anybody but managers
        """
        clients = self._get_salon_clients(self._get_salon_records())
        partners = self.env["res.partner"].browse(set(clients.values()))
        partners._check_one_at_a_time()
