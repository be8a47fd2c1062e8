from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..visit.salon_visit import OPEN_STATES

# Everything a phone number can be read or found out from.
NUMBER_FIELDS = {
    *("phone", "phone_sanitized", "phone_mobile_search", "salon_wrong_number"),
}
# What a client, who is a person, has no use for.
COMPANY_FIELDS = ("company_type", "function", "vat", "website")
# Read with a card, in no list.
CARD_FIELD = "salon_note"


class ResPartner(models.Model):
    """Who in the salon sees numbers and cards, and what is noted of it.

    People without a role in the salon are not concerned. And a client's rights: to get
    what is stored about them, and to be forgotten.
    """

    _inherit = "res.partner"

    salon_phone = fields.Char(
        "Phone number",
        compute="_compute_salon_phone",
        inverse="_inverse_salon_phone",
        groups="salon_reminders.group_stylist,salon_reminders.group_phone_numbers",
        help="All but the last digits are hidden until the number is asked for.",
    )

    salon_card_log_ids = fields.One2many(
        "salon.card.log",
        "partner_id",
        string="Who looked at the card",
        groups="salon_reminders.group_manager",
    )

    @api.depends("phone")
    @api.depends_context("uid")
    def _compute_salon_phone(self):
        numbers_hidden = not self._sees_numbers()
        # The masked number is for those who may not read the whole one.
        for partner in self.sudo():
            number = partner.phone or ""
            masked = partner.is_salon_client and partner._origin.id
            if numbers_hidden:
                number = ""
            elif masked and number:
                number = f"••• {number[-2:]}"
            self.browse(partner.id).salon_phone = number

    def _inverse_salon_phone(self):
        for partner in self:
            number = partner.salon_phone or False
            if number and "•" in number:
                continue
            partner.phone = (
                partner._phone_format(number=number, force_format="INTERNATIONAL")
                or number
            )

    @api.model
    def _has_field_access(self, field, operation):
        if field.name in NUMBER_FIELDS and not self._sees_numbers():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _search_phone_mobile_search(self, operator, value):
        # Its own SQL asks nobody for access to the field.
        if not self._sees_numbers():
            raise AccessError(self.env._("You can't look for clients by number."))
        return super()._search_phone_mobile_search(operator, value)

    @api.model
    def _sees_numbers(self):
        """Tell whether the current user may read phone numbers at all."""
        user = self.env.user
        return (
            self.env.su
            or not user.has_group("salon_reminders.group_stylist")
            or user.has_group("salon_reminders.group_phone_numbers")
        )

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Keep the history of a client's card from who sees no numbers.

        Notes, messages and old values hold numbers and addresses as text.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation != "read" or self._sees_numbers():
            return operations
        # Whether somebody is a client does not depend on who asks.
        clients = self.sudo().exists().filtered("is_salon_client")
        return {**operations, **dict.fromkeys(self & clients, "write")}

    @api.model
    def _is_salon_staff(self):
        """Tell whether the current user works in the salon below a manager."""
        user = self.env.user
        return (
            not self.env.su
            and user.has_group("salon_reminders.group_stylist")
            and not user.has_group("salon_reminders.group_manager")
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_salon_staff(self):
        if self._is_salon_staff() and any(self.mapped("is_salon_client")):
            raise UserError(
                self.env._("Only managers delete clients. Archive the card instead.")
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_show_number(self):
        """Show the number, note it, and say whether she may be called.

        Without consent a number is shown for one reason only: a booking she must be
        told about.
        """
        self.ensure_one()
        self.check_access("read")
        if not self._sees_numbers():
            raise UserError(self.env._("You may not see phone numbers."))
        self.env["salon.card.log"]._record(self, "number")
        hold = self.env["salon.gate"]._get_holds(self)[self]
        if hold and not self._has_coming_visit():
            raise UserError(
                self.env._(
                    "The number of %(client)s is not shown. %(reason)s",
                    client=self.name or self.env._("this client"),
                    reason=self.env["salon.gate"]._text_hold(hold),
                )
            )
        # Made here only: nobody asks for a number without being noted.
        number_sudo = self.env["salon.number"].sudo()
        number = number_sudo.create({"partner_id": self.id, "is_allowed": not hold})
        return number._get_records_action(
            name=self.env._("Phone number"), target="new", context={}
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

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        has_role = self.env.user.has_group("salon_reminders.group_stylist")
        return (*key, self._hides_numbers(view_type), has_role)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if self.env.user.has_group("salon_reminders.group_stylist"):
            self._shape_salon_form(arch)
        if self._hides_numbers(view_type):
            # The web client breaks on a field that is not there for the user.
            for name in NUMBER_FIELDS:
                for node in arch.xpath(
                    "//field[@name=$name]|//*[contains(@t-if, $use)]"
                    "|//i[contains(@class, 'fa-phone')][../field[@name=$name]]",
                    name=name,
                    use=f"record.{name}.",
                ):
                    if node.getparent() is not None:
                        node.getparent().remove(node)
        return arch, view

    @api.model
    def _shape_salon_form(self, arch):
        """Make of the contact of a salon client the card of a person.

        What only companies need is left out, and the salon's page opens first. Not by
        a view: Odoo has one form for all, and people without a role keep theirs.
        """
        if not arch.xpath("//page[@name='salon']"):
            return
        for name in COMPANY_FIELDS:
            for node in arch.xpath("//field[@name=$name]", name=name):
                hidden = node.get("invisible")
                extra = f"({hidden}) or " if hidden else ""
                node.set("invisible", f"{extra}is_salon_client")
        for page in arch.xpath("//page[@autofocus][not(@name='salon')]"):
            del page.attrib["autofocus"]

    @api.model
    def _hides_numbers(self, view_type):
        """Tell whether a view must not have numbers in it for the current user.

        Below a manager nobody gets pages full of numbers: one card at a time.
        """
        many = view_type in ("list", "kanban")
        return not self._sees_numbers() or (many and self._is_salon_staff())

    def _get_store_avatar_card_fields(self, target):
        names = super()._get_store_avatar_card_fields(target)
        return names if self._sees_numbers() else [n for n in names if n != "phone"]

    # ------------------------------------------------------------
    # THE LOG
    # ------------------------------------------------------------

    def _read_format(self, fnames, load="_classic_read"):
        """Note whose card or number is read: every reading over RPC ends here."""
        names = set(fnames)
        if not self.env.su and (CARD_FIELD in names or names & NUMBER_FIELDS):
            self._log_reading(names)
        return super()._read_format(fnames, load=load)

    def _log_reading(self, names):
        if not self.env.user.has_group("salon_reminders.group_stylist"):
            return
        clients = self._origin.sudo().filtered("is_salon_client").with_env(self.env)
        if CARD_FIELD in names:
            self.env["salon.card.log"]._record(clients, "card")
        if names & NUMBER_FIELDS and self._is_salon_staff():
            self.env["salon.card.log"]._record(clients, "number")

    def _has_coming_visit(self):
        """Tell whether the client has a booking today or later."""
        company = self.env.company
        # A number may be needed for a visit of any stylist.
        return bool(
            self.env["salon.visit"]
            .sudo()
            .search_count(
                [
                    ("partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "in", OPEN_STATES),
                    ("date", ">=", company._salon_today()),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------
    # WHAT IS KEPT, AND KEPT TWICE
    # ------------------------------------------------------------

    def _salon_with_history(self):
        # What other salons keep is not told, only that there is something.
        known_sudo = self.sudo().env["salon.privacy"]._get_known(self)
        return super()._salon_with_history() | known_sudo.with_env(self.env)

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
