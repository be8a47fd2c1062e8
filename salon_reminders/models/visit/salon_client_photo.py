from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.constrains("partner_id", "visit_id")
    def _check_visit_client(self):
        for photo in self:
            if photo.visit_id and photo.visit_id.partner_id != photo.partner_id:
                raise ValidationError(
                    self.env._(
                        "The photo is of %(client)s, the visit is somebody else's. "
                        "Choose a visit of this client.",
                        client=photo.partner_id.name or "-",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.partner"]._check_salon_clients(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self.env["res.partner"]._check_salon_clients([vals])
        return super().write(vals)
