import base64
import io

import qrcode

from odoo import api, fields, models

# Pixels per square: large enough for a phone to read from paper.
QR_SCALE = 8


class SalonConsentLink(models.TransientModel):
    """The link to a client's own page, as a QR code to scan or to print."""

    _name = "salon.consent.link"
    _description = "Salon Consent Link"

    partner_id = fields.Many2one(
        "res.partner", string="Client", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    url = fields.Char("Link", required=True, readonly=True)
    expiry_date = fields.Date("Works until", required=True, readonly=True)
    qr_code = fields.Binary("QR code", compute="_compute_qr_code")

    @api.depends("url")
    def _compute_qr_code(self):
        for link in self:
            image = io.BytesIO()
            qrcode.make(link.url, box_size=QR_SCALE).save(image, "PNG")
            link.qr_code = base64.b64encode(image.getvalue())

    def action_print(self):
        """Print the QR code for the client to take along."""
        self.ensure_one()
        return self.env.ref("salon_reminders.salon_consent_link_report").report_action(
            self
        )
