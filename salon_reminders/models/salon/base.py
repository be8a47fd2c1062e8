from odoo import api, models
from odoo.exceptions import AccessError


class Base(models.AbstractModel):
    """What holds for the salon's part of every record, of other apps' too."""

    _inherit = "base"

    def copy_data(self, default=None):
        """Leave out what the user may not read of the salon, where Odoo would fail.

        Who duplicates a product or an employee need not have a role in the salon.
        """
        default = dict(default or {})
        hidden = [n for n in self._get_salon_hidden() if n not in default]
        vals_list = super().copy_data({**default, **dict.fromkeys(hidden, False)})
        for vals in vals_list:
            for name in hidden if vals else ():
                vals.pop(name)
        return vals_list

    @api.model
    def _get_salon_hidden(self):
        """Return the names of the copied fields that need another role in the salon."""
        return [
            name
            for name, field in self._fields.items()
            if field.copy
            and "salon_reminders." in (field.groups or "")
            and not self._has_field_access(field, "read")
        ]

    def export_data(self, fields_to_export):
        """Let nobody below a manager take the client base along as a file."""
        if self._name == "res.partner" or self._name.startswith("salon."):
            self._check_salon_export()
        return super().export_data(fields_to_export)

    @api.model
    def load(self, fields, data):
        """Let nobody below a manager change the client base by a file."""
        if self._name == "res.partner" or self._name.startswith("salon."):
            self._check_salon_export()
        return super().load(fields, data)

    @api.model
    def _check_salon_export(self):
        user = self.env.user
        if (
            not self.env.su
            and user.has_group("salon_reminders.group_stylist")
            and not user.has_group("salon_reminders.group_manager")
        ):
            raise AccessError(
                self.env._("Only managers export or import clients and their history.")
            )

    @api.model
    def _get_salon_kept_texts(self):
        """Return the free texts that stay when the client they belong to is erased.

        Empty here: a model names those that say nothing about the person.
        """
        return set()
