from collections import defaultdict

from odoo import Command, api, models
from odoo.exceptions import AccessError

from ...tools.arguments import LARGEST

# Whose records a screen may be about, beside the salon's own models.
PRIVATE_MODELS = ("res.partner", "res.company")


def is_id(value):
    """Tell whether a record can have this id: none has a greater one, nor True."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 < value <= LARGEST


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

    # ------------------------------------------------------------
    # WHAT A SCREEN IS ABOUT
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_salon_dialog():
            for vals in vals_list:
                self._check_salon_named(vals)
        linked = self._get_salon_linked([self._get_salon_defaults(), *vals_list])
        linked._check_salon_linked()
        records = super().create(vals_list)
        linked._check_salon_copied(records)
        return records

    def write(self, vals):
        if self._is_salon_dialog():
            self._check_salon_named(vals)
        linked = self._get_salon_linked([vals])
        linked._check_salon_linked()
        result = super().write(vals)
        linked._check_salon_copied(self)
        return result

    def onchange(self, values, field_names, fields_spec):
        """Work out a screen, unless it is about what the user may not read.

        What a screen shows is computed, partly as the system: it would tell about any
        client whose id somebody puts in.
        """
        named = {**self._get_salon_defaults(), **values}
        if not self.env.su and self._is_salon_screen():
            self._check_salon_named(named)
        else:
            self._get_salon_linked([named])._check_salon_linked()
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _get_salon_linked(self, vals_list):
        """Return the contacts to whom a user links a record of another app.

        Such a record shows, and often keeps, what it copies from them.
        """
        if self.env.su or self._name.startswith("salon."):
            return self.env["res.partner"]
        return self.env["res.partner"].browse(
            {
                value
                for vals in vals_list
                for name, value in vals.items()
                if (field := self._fields.get(name))
                and field.type == "many2one"
                and field.comodel_name == "res.partner"
                and is_id(value)
            }
        )

    @api.model
    def _is_salon_dialog(self):
        """Tell whether a user fills in a dialog of the salon."""
        return self._transient and self._name.startswith("salon.") and not self.env.su

    @api.model
    def _is_salon_screen(self):
        """Tell whether a screen may show what the salon knows.

        Other apps stay as Odoo leaves them for people without a role in the salon.
        """
        return self._name.startswith("salon.") or self.env.user.has_group(
            "salon_reminders.group_stylist"
        )

    @api.model
    def _get_salon_defaults(self):
        """Return what the caller's context puts into a new record."""
        start = "default_"
        return {
            key.removeprefix(start): value
            for key, value in self.env.context.items()
            if key.startswith(start)
        }

    def _check_salon_named(self, values):
        """Refuse values that name records of the salon the user may not read.

        :raise AccessError: as Odoo says it
        """
        named = defaultdict(set)
        for name, value in values.items():
            self._collect_salon_named(name, value, named)
        for model, ids in named.items():
            if model in PRIVATE_MODELS or model.startswith("salon."):
                self.env[model].browse(ids).check_access("read")

    def _collect_salon_named(self, name, value, named):
        """Add to ``named`` the ids by model that the value of a field stands for.

        What the record has already is not asked for again.
        """
        field = self._fields.get(name)
        if not field or not value:
            return
        if field.type == "reference" and isinstance(value, str):
            model, _comma, key = value.partition(",")
            if model in self.env and key.isdigit():
                named[model].add(int(key))
        elif field.relational:
            # As in the record: its owner may read it.
            known = set(self.sudo()[name].ids) if len(self) == 1 else set()
            comodel = self.env[field.comodel_name]
            ids = set()
            for item in comodel._iter_salon_items(field, value):
                if isinstance(item, dict):
                    for inner, inner_value in item.items():
                        comodel._collect_salon_named(inner, inner_value, named)
                else:
                    ids.add(item)
            named[comodel._name] |= ids - known

    @api.model
    def _iter_salon_items(self, field, value):
        """Yield ids, and dicts of values, in all the shapes that Odoo understands."""
        if field.type == "many2one":
            value = value[:1] if isinstance(value, list | tuple) else [value]
        for item in value if isinstance(value, list | tuple) else ():
            parts = [item]
            if isinstance(item, list | tuple):
                code, *parts = item or (Command.CLEAR,)
                if code == Command.SET:
                    last = parts[-1] if parts else ()
                    parts = last if isinstance(last, list | tuple) else ()
                elif code in (Command.DELETE, Command.UNLINK, Command.CLEAR):
                    parts = ()
            for part in parts:
                if is_id(part) or (part and isinstance(part, dict)):
                    yield part

    @api.model
    def _get_salon_signs(self, partner):
        """Return by what a client who is erased would be known again.

        Empty here: a model names what it keeps of the numbers and addresses of people.
        """
        return set()

    @api.model
    def _forget_salon_client(self, partner):
        """Forget what is kept of a client who is erased, but in linked records.

        Empty here: a model deletes files, or rows that belong to nobody yet.
        """

    @api.model
    def _get_salon_kept_texts(self):
        """Return the free texts that stay when the client they belong to is erased.

        Empty here: a model names those that say nothing about the person.
        """
        return set()
