from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ResourceResource(models.Model):
    """Whether a stylist sees numbers is for the manager to say, not for an admin."""

    _inherit = "resource.resource"

    salon_sees_numbers = fields.Boolean(
        "Sees phone numbers",
        compute="_compute_salon_sees_numbers",
        inverse="_inverse_salon_sees_numbers",
        groups="salon_reminders.group_manager",
        help="Lets the user of this stylist see the numbers of her clients. "
        "Receptionists and managers see them anyway.",
    )

    @api.depends("user_id.group_ids")
    def _compute_salon_sees_numbers(self):
        for stylist in self:
            # Groups are for administrators; this one is told.
            user_sudo = stylist.user_id.sudo()
            stylist.salon_sees_numbers = user_sudo and user_sudo.has_group(
                "salon_reminders.group_phone_numbers"
            )

    def _inverse_salon_sees_numbers(self):
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(self.env._("Only managers say who sees phone numbers."))
        group = self.env.ref("salon_reminders.group_phone_numbers")
        for stylist in self:
            stylist.user_id.check_access("read")
            stylist._check_sees_numbers()
            command = (
                fields.Command.link(group.id)
                if stylist.salon_sees_numbers
                else fields.Command.unlink(group.id)
            )
            # This group only, and only of a stylist: nobody becomes more than that.
            stylist.user_id.sudo().group_ids = [command]

    def _check_sees_numbers(self):
        """Refuse for whom the answer is given by another role.

        :raise UserError: naming the user
        """
        user_sudo = self.user_id.sudo()
        is_stylist = user_sudo.has_group("salon_reminders.group_stylist")
        if not is_stylist or user_sudo.has_group("salon_reminders.group_receptionist"):
            raise UserError(
                self.env._(
                    "This can be set for users with the role of a stylist only; "
                    "%(user)s has another one.",
                    user=user_sudo.name or self.name,
                )
            )
