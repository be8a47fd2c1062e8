from odoo import fields, models


class ResPartner(models.Model):
    """A client's rights: to get what is stored about her, and to be forgotten."""

    _inherit = "res.partner"

    salon_shares_phone = fields.Boolean(
        "Shares her number",
        copy=False,
        groups="salon_reminders.group_stylist",
        help="Other clients with this number are other people, not duplicates.",
    )
    salon_card_log_ids = fields.One2many(
        "salon.card.log",
        "partner_id",
        string="Who looked at the card",
        groups="salon_reminders.group_manager",
    )

    def action_salon_export(self):
        """Download all that is stored about the client."""
        self.ensure_one()
        self.env["salon.privacy"]._check_manager(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/salon/client/{self.id}/data",
            "target": "download",
        }

    def action_salon_erase(self):
        """Ask before the client is made unknown."""
        self.ensure_one()
        self.env["salon.privacy"]._check_manager(self)
        erasure = self.env["salon.erasure"].create({"partner_id": self.id})
        return erasure._get_records_action(
            name=self.env._("Erase client"), target="new"
        )

    def _is_salon_duplicate(self):
        """Tell whether these cards may be merged by a salon manager.

        Odoo lets only administrators merge contacts with different e-mails.
        """
        return (
            self.env.user.has_group("salon_reminders.group_manager")
            and all(self.mapped("is_salon_client"))
            and len(set(self.mapped("phone_sanitized"))) == 1
            and bool(self[:1].phone_sanitized)
        )
