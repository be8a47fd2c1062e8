from odoo import api, fields, models
from odoo.exceptions import UserError


class SalonErasure(models.TransientModel):
    """Asks before a client is made unknown, as this can't be undone."""

    _name = "salon.erasure"
    _description = "Salon Client Erasure"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    is_sure = fields.Boolean("I know that this can't be undone")
    visit_count = fields.Integer("Visits kept without a name", compute="_compute_kept")
    consent_count = fields.Integer(
        "Answers kept without a name", compute="_compute_kept"
    )

    @api.depends("partner_id")
    def _compute_kept(self):
        for erasure in self:
            partner = erasure.partner_id
            erasure.visit_count = len(partner.salon_visit_ids)
            erasure.consent_count = len(partner.salon_consent_ids)

    def action_erase(self):
        """Erase the client and go back to the list."""
        self.ensure_one()
        if not self.is_sure:
            raise UserError(
                self.env._("Tick the box first: what is erased can't be brought back.")
            )
        self.env["salon.privacy"]._erase(self.partner_id)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.res_partner_action_clients"
        )
