from odoo import models
from odoo.fields import Domain


class IrRule(models.Model):
    """What somebody of the salon has in a dialog is nobody else's.

    Dialogs hold names, numbers and links of clients, those of other apps as well: who
    sends a text message has the numbers in a row of it. By a rule for all of them and
    not by records: each app that is installed later brings dialogs of its own.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if self.env.su or not model._transient or not model._log_access:
            return domain
        return (domain & self._get_own_dialogs()).optimize(model)

    def _get_own_dialogs(self):
        """Return the domain of the rows that are the user's own.

        Among people without a role in the salon everything is as Odoo leaves it.
        """
        stylist = self.env.ref("salon_reminders.group_stylist")
        others = Domain("create_uid", "not any", [("all_group_ids", "in", stylist.ids)])
        return Domain("create_uid", "=", self.env.uid) | others
