from odoo import fields, models


class SalonClientPhoto(models.Model):
    """A photo on the client's card: before and after, a wish, a result."""

    _name = "salon.client.photo"
    _description = "Photo of a Client"
    _inherit = ["image.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    image_1920 = fields.Image("Photo", required=True)
    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    visit_id = fields.Many2one(
        "salon.visit",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', partner_id)]",
        check_company=True,
    )
    name = fields.Char("What it shows")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._salon_today()
    )
