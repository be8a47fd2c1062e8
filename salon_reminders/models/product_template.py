from odoo import api, fields, models


class ProductTemplate(models.Model):
    """Services and retail products of the salon."""

    _inherit = "product.template"

    salon_kind = fields.Selection(
        [
            ("service", "Salon service"),
            ("fee", "Consultation or fee"),
            ("retail", "Retail product"),
        ],
        string="Sold in the salon as",
        index="btree_not_null",
        help="A service makes a visit and renews its cycles. A consultation or fee "
        "is charged but renews nothing. A retail product is taken home.",
    )
    salon_zone_id = fields.Many2one(
        "salon.zone", string="Zone", index="btree_not_null", check_company=True
    )
    salon_cycle_ids = fields.Many2many(
        "salon.cycle",
        "salon_cycle_product_rel",
        "product_tmpl_id",
        "cycle_id",
        string="Renews cycles",
        help="The needs this service meets: a cut with colour renews two.",
    )
    salon_duration = fields.Integer(
        "Duration (minutes)", default=60, help="Length of the appointment, in minutes."
    )
    salon_use_days = fields.Integer(
        "Lasts (days)", help="Days after which a retail product is probably used up."
    )

    _salon_duration_positive = models.Constraint(
        "CHECK(salon_duration >= 0 AND salon_use_days >= 0)",
        "Durations can't be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        templates.salon_cycle_ids._refresh_reminders()
        return templates

    def write(self, vals):
        if {"salon_cycle_ids", "salon_kind"}.isdisjoint(vals):
            return super().write(vals)
        cycles = self.salon_cycle_ids
        result = super().write(vals)
        (cycles | self.salon_cycle_ids)._refresh_reminders()
        return result
