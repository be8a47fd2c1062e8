from odoo import api, fields, models

from ...tools.server_flags import SERVER_SAYS


class SalonVisit(models.Model):
    """A visit settles the open calls of its client; some are booked on a call."""

    _inherit = "salon.visit"

    call_id = fields.Many2one(
        "salon.call",
        string="Booked on call",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_calls(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_calls([vals])
        return super().write(vals)

    @api.model
    def _check_calls(self, vals_list):
        """Refuse to tie a visit to a call the user may not see.

        Otherwise a stylist would learn from an own visit whom others call.
        """
        ids = {vals["call_id"] for vals in vals_list if vals.get("call_id")}
        if ids and not self.env.su:
            self.env["salon.call"].browse(ids).check_access("read")

    def _complete_new(self):
        self.filtered("call_id")._share_out_lines()
        return super()._complete_new()

    def _share_out_lines(self):
        """Give services that no single stylist does to those who do them."""
        finder = self.env["salon.slot.finder"]
        for visit in self.filtered("stylist_id"):
            lines = visit.line_ids.filtered("minutes")
            plan = finder._get_plan(
                lines.product_id, visit.stylist_id, visit.company_id
            )
            shared = dict(plan)
            for line in lines.with_context(salon_visit_batch=SERVER_SAYS):
                if shared[line.product_id] != visit.stylist_id:
                    line.stylist_id = shared[line.product_id]

    @api.model
    def _follow_visits(self, partners):
        # First the reminders: what they say now settles the calls.
        result = super()._follow_visits(partners)
        self.env["salon.call"]._close_settled(partners)
        return result
