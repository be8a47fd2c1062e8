from odoo import api, models


class SalonCallDesk(models.AbstractModel):
    _name = "salon.call.desk"
    _description = "Call Desk"
