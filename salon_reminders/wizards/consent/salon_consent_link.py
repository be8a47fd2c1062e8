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
    url = fields.Char("Link", compute="_compute_url")
    expiry_date = fields.Date("Works until", compute="_compute_url")
    qr_code = fields.Binary("QR code", compute="_compute_qr_code")

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_url(self):
        """Make the link anew each time it is looked at: it is stored nowhere."""
        for link in self:
            company = link.company_id
            partner = link.partner_id.with_company(company)
            # A link changes consents: who may not record them gets none.
            partner.check_access("read")
            self.env["salon.consent"].check_access("create")
            link.url = partner and partner._get_salon_link()
            link.expiry_date = fields.Date.add(
                company._salon_today(), days=company._salon_link_days()
            )

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
