from odoo import models
from odoo.fields import Domain


class IrRule(models.Model):
    """What somebody of the salon has in a dialog or is told is nobody else's.

    Dialogs hold names, numbers and links of clients, those of other apps as well: who
    sends a text message has the numbers in a row of it. By a rule for all of them and
    not by records: each app that is installed later brings dialogs of its own.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if self.env.su:
            return domain
        if model_name == "mail.notification" and mode == "read":
            return (domain & self._get_own_notifications()).optimize(model)
        if not model._transient or not model._log_access:
            return domain
        return (domain & self._get_own_dialogs()).optimize(model)

    def _get_own_notifications(self):
        """Return the domain of the notifications that somebody got or caused.

        Odoo shows all to everybody, and grouped they name the record of each message,
        of other salons too. Among people without a role everything is as Odoo leaves
        it.
        """
        if not self.env.user.has_group("salon_reminders.group_stylist"):
            return Domain.TRUE
        own = self.env.user.partner_id.id
        return Domain("res_partner_id", "=", own) | Domain("author_id", "=", own)

    def _get_own_dialogs(self):
        """Return the domain of the rows that are the user's own.

        Among people without a role in the salon everything is as Odoo leaves it.
        """
        stylist = self.env.ref("salon_reminders.group_stylist")
        others = Domain("create_uid", "not any", [("all_group_ids", "in", stylist.ids)])
        return Domain("create_uid", "=", self.env.uid) | others
