from odoo import models


class IrHttp(models.AbstractModel):
    """Tells the web client by which clocks the user's salons go."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        user = self.env.user
        if info.get("user_companies") and user.has_group(
            "salon_reminders.group_stylist"
        ):
            companies = self.env["res.company"].browse(user._get_company_ids())
            info["salon_zones"] = {
                company.id: company._salon_timezone().zone for company in companies
            }
        return info
