import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..visit.salon_visit import OPEN_STATES

# Everything a phone number can be read or found out from.
NUMBER_FIELDS = {
    *("phone", "phone_sanitized", "phone_mobile_search", "salon_wrong_number"),
}
# Shown to those who see numbers.
EMAIL_FIELDS = {"email", "email_normalized", "email_formatted"}
# What a client, who is a person, has no use for.
COMPANY_FIELDS = ("company_type", "function", "vat", "website")
# The address with its sign, on the card itself and not in those of its contacts.
EMAIL_BOX = "//div[field[@name='email']][not(ancestor::field)]"
# Read with a card, in no list.
CARD_FIELD = "salon_note"
MASK = "•••"
# What a manager has to do when a client asks to be deleted.
ERASURE = "salon_reminders.mail_activity_type_erasure"
# Where several clients can be chosen, and what is then in the menu.
MANY_VIEWS = ("list", "kanban")
MANY_ACTIONS = ("duplicate", "delete", "export_xlsx")
# Actions of other apps on one contact that only managers may take.
MANAGER_ACTIONS = (
    "web.download_contact",
    "portal.partner_wizard_action_create_and_open",
)


# So many digits are a number, not a guess at one.
WHOLE = 7


class WholeNumber(fields.Char):
    """A number that people below a manager find only by the whole of it.

    By parts of it, or by its order, any number would be read digit by digit, without
    being shown and noted.
    """

    def condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if operator != "in" and operator != "not in" and model._is_salon_staff():
            raise UserError(model._text_whole_number())
        return super().condition_to_sql(
            field_expr, operator, value, model, alias, query
        )


def mask_number(number):
    """Return what is left to be read of a number: its end, to tell two apart."""
    return f"{MASK} {number[-2:]}" if number else ""


def get_digits(text):
    return re.sub(r"\D", "", text or "")


def shows_number(records, numbers):
    """Tell whether one of these numbers, as digits, stands in a text of the records."""
    names = [
        name
        for name, field in records._fields.items()
        if field.store and field.column_type and field.type in ("char", "text")
    ]
    texts = (get_digits(record[name]) for record in records for name in names)
    return any(number in text for text in texts for number in numbers)


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

    salon_number_ids = fields.One2many(
        "salon.client.number",
        "partner_id",
        string="Further numbers",
        groups="salon_reminders.group_phone_numbers",
    )
    salon_erased_keys = fields.Json(
        "Keyed hashes",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of an erased client: of the number in the old system, the phone numbers "
        "and the e-mail addresses, so that an import does not bring them back.",
    )
    salon_same_number_ids = fields.Many2many(
        "res.partner",
        string="Has this number, too",
        compute="_compute_salon_same_number_ids",
        groups="salon_reminders.group_phone_numbers",
        help="Other clients with this number, unless they are known to share it.",
    )

    phone = WholeNumber()
    phone_sanitized = WholeNumber()
    salon_wrong_number = WholeNumber()

    salon_card_log_ids = fields.One2many(
        "salon.card.log",
        "partner_id",
        string="Who looked at the card",
        groups="salon_reminders.group_manager",
    )

    # An import asks for each of its clients whether they were erased.
    _salon_erased_idx = models.Index("(id) WHERE salon_erased_keys IS NOT NULL")

    @api.depends("phone")
    @api.depends_context("uid")
    def _compute_salon_phone(self):
        numbers_hidden = not self._sees_numbers()
        clients = self._get_salon_clients()
        # The masked number is for those who may not read the whole one.
        for partner in self.sudo():
            number = partner.phone or ""
            if numbers_hidden:
                number = ""
            elif partner._origin in clients:
                number = mask_number(number)
            self.browse(partner.id).salon_phone = number

    @api.depends("phone", "salon_shares_phone")
    @api.depends_context("uid")
    def _compute_salon_same_number_ids(self):
        sees = self._sees_numbers()
        # Who has the number is told, not the number.
        numbers = {
            partner: sees and not partner.salon_shares_phone and partner.phone_sanitized
            for partner in self.sudo()
        }
        found = self.search(
            [
                ("phone_sanitized", "in", [*filter(None, set(numbers.values()))]),
                ("is_salon_client", "=", True),
            ]
        )
        owners = found.sudo().grouped("phone_sanitized")
        for partner, number in numbers.items():
            others = owners.get(number or None, found.browse()) - partner._origin
            self.browse(partner.id).salon_same_number_ids = others.sudo(False)

    def _inverse_salon_phone(self):
        for partner in self:
            number = partner.salon_phone or False
            if number and MASK in number:
                continue
            partner.phone = (
                partner._phone_format(number=number, force_format="INTERNATIONAL")
                or number
            )

    def action_open_same_number(self):
        """Open the card of who has this number, too."""
        self.ensure_one()
        return self.salon_same_number_ids._get_records_action(
            name=self.env._("The same number")
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
        if self._is_salon_staff() and self._is_number_text(value):
            return self._find_whole_number(operator, value)
        domain = Domain(super()._search_phone_mobile_search(operator, value))
        digits = get_digits(value) if operator == "ilike" else ""
        if len(digits) >= WHOLE and self._is_salon_user():
            domain |= self._get_ends_domain(self._phone_format(number=value), digits)
        return domain

    @api.model
    def _is_number_text(self, value):
        """Tell whether a number is looked for, and not just if there is one."""
        values = value if isinstance(value, list | tuple | set) else [value]
        return any(isinstance(one, str) and one for one in values)

    @api.model
    def _find_whole_number(self, operator, value):
        """Return the domain of who has a number: as it is dialled, or its end.

        :raise UserError: when it is but a part of a number
        """
        if operator not in ("in", "=", "like", "ilike", "=like", "=ilike"):
            raise UserError(self._text_whole_number())
        found = Domain.FALSE
        for one in value if operator == "in" else [value]:
            digits = get_digits(str(one or ""))
            if len(digits) < WHOLE:
                raise UserError(self._text_whole_number())
            found |= self._get_ends_domain(self._phone_format(number=one), digits)
        return found

    @api.model
    def _get_salon_find_domain(self, text):
        """Find clients also by their number, in whatever format it is typed."""
        domain = super()._get_salon_find_domain(text)
        digits = get_digits(text)
        is_number = bool(digits) and not any(sign.isalpha() for sign in text)
        if is_number and len(digits) >= WHOLE and self._sees_numbers():
            domain |= self._get_ends_domain(self._phone_format(number=text), digits)
        return domain

    @api.model
    def _get_ends_domain(self, number, digits):
        """Return the domain of who has a number, be it a further one."""

        def sql_ends(model, alias, query):
            return SQL(
                """(%s OR %s IN (
                    SELECT partner_id FROM salon_client_number f WHERE %s))""",
                self._sql_ends(
                    SQL.identifier(alias, "phone_sanitized"), number, digits
                ),
                SQL.identifier(alias, "id"),
                self._sql_ends(SQL("f.number_key"), number, digits),
            )

        self.env["salon.client.number"].flush_model()
        return Domain.custom(to_sql=sql_ends)

    @api.model
    def _sql_ends(self, column, number, digits):
        return SQL(
            "(%s = %s OR %s LIKE %s)", column, number or "", column, f"%{digits}"
        )

    @api.model
    def _text_whole_number(self):
        return self.env._(
            "Clients are found by their whole number: enter it, or at least its last "
            "%(count)s digits.",
            count=WHOLE,
        )

    @api.model
    def _sees_numbers(self):
        """Tell whether the current user may read phone numbers at all."""
        user = self.env.user
        return (
            self.env.su
            or not user.has_group("salon_reminders.group_stylist")
            or user.has_group("salon_reminders.group_phone_numbers")
        )

    def _get_salon_clients(self):
        """Return those of these contacts who are protected as clients.

        Who had a visit, a consent or a call is one, at whatever salon it was and
        whatever the flag of the card says.
        """
        contacts = self._origin
        # Everybody may know who is a client: it takes numbers away, not gives them.
        flagged_sudo = contacts.sudo().filtered("is_salon_client")
        flagged = flagged_sudo.with_env(self.env)
        others = contacts - flagged
        return flagged | others._salon_with_history() if others else flagged

    @api.model
    def _get_guarded_fields(self):
        """Return the fields that the user gets of one client at a time, or never."""
        return NUMBER_FIELDS if self._is_salon_staff() else set()

    @api.model
    def _is_salon_user(self):
        """Tell whether the current user has a role in the salon."""
        return not self.env.su and self.env.user.has_group(
            "salon_reminders.group_stylist"
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
        clients = self.exists()._get_salon_clients()
        return {**operations, **dict.fromkeys(self & clients, "write")}

    @api.model
    def _is_salon_staff(self):
        """Tell whether the current user works in the salon below a manager."""
        return self._is_salon_user() and not self.env.user.has_group(
            "salon_reminders.group_manager"
        )

    # ------------------------------------------------------------
    # RECORDS OF OTHER APPS THAT LINK TO CLIENTS
    # ------------------------------------------------------------

    def _check_salon_linked(self):
        result = super()._check_salon_linked()
        user = self.env.user
        if self and user._is_internal():
            # Most contacts belong to the user's own companies: no question is asked.
            strangers = self.sudo().filtered(
                lambda one: one.company_id - user.company_ids
            )
        else:
            strangers = self.sudo() - user.partner_id
        if strangers:
            clients = strangers.with_env(self.env)._get_salon_clients()
            clients.with_context(allowed_company_ids=user.company_ids.ids).check_access(
                "read"
            )
        return result

    def _check_salon_copied(self, records):
        result = super()._check_salon_copied(records)
        if not self or records._name == "res.partner" or self._sees_numbers():
            return result
        # Both are read to compare them, not to show them.
        for client_sudo in self._get_salon_clients().sudo():
            further = client_sudo.salon_number_ids.mapped("number")
            numbers = map(
                get_digits, (client_sudo.phone, client_sudo.phone_sanitized, *further)
            )
            if shows_number(records.sudo(), set(numbers) - {""}):
                raise AccessError(
                    self.env._(
                        "This record would show the phone number of %(client)s, and "
                        "you may not see numbers. Leave the client out of it.",
                        client=client_sudo.name,
                    )
                )
        return result

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        self._check_one_at_a_time()
        if "salon_erasure_date" in vals and self._is_salon_user():
            raise AccessError(
                self.env._("When a client is deleted follows from when they asked.")
            )
        if MASK in str(vals.get("phone") or ""):
            # Sent back by who was shown it instead of the number.
            vals = {name: value for name, value in vals.items() if name != "phone"}
        result = super().write(vals)
        if "salon_erasure_date" in vals:
            self._follow_erasure()
        return result

    def web_save_multi(self, vals_list, specification):
        self._check_one_at_a_time()
        return super().web_save_multi(vals_list, specification)

    def _check_one_at_a_time(self):
        """Leave what touches several clients at once to managers.

        :raise AccessError: for anybody else
        """
        if len(self) > 1 and self._is_salon_staff():
            clients = self._get_salon_clients()
            if len(clients) > 1:
                raise AccessError(
                    self.env._(
                        "Only managers do this for several clients at once. Open the "
                        "card of one of them, or ask a manager."
                    )
                )

    def copy_data(self, default=None):
        """Leave out of a client's copy what is not given unnoted, and keep it a client.

        Otherwise the number of any card would be read off its copy.
        """
        self._check_one_at_a_time()
        given = default or {}
        # Who has no role in the salon copies a contact, and no card.
        is_ours = self._has_field_access(self._fields["is_salon_client"], "write")
        clients = self._get_salon_clients() if is_ours else self.browse()
        hidden = self._get_guarded_fields() - set(given)
        vals_list = super().copy_data(default)
        for partner, vals in zip(self, vals_list, strict=True):
            if partner in clients:
                vals["is_salon_client"] = given.get("is_salon_client", True)
                for name in hidden & set(vals):
                    vals[name] = False
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_salon_staff(self):
        if self._is_salon_staff() and self._get_salon_clients():
            raise UserError(
                self.env._("Only managers delete clients. Archive the card instead.")
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_show_number(self):
        """Show the number, note it, and say whether the client may be called.

        Without consent, or at an hour at which the law forbids it, a number is shown
        for one reason only: a booking the client must be told about.
        """
        self.ensure_one()
        return self._show_number()

    def _show_number(self, further=None):
        """Show the number on the card, or a further one, and note it.

        :param further: the ``salon.client.number`` that is asked for
        """
        self.check_access("read")
        if not self._sees_numbers():
            raise UserError(self.env._("You may not see phone numbers."))
        hold = self._text_number_hold(further)
        if hold and not self._has_coming_visit():
            raise UserError(
                self.env._(
                    "The number of %(client)s is not shown. %(reason)s",
                    client=self.name or self.env._("this client"),
                    reason=hold,
                )
            )
        self.env["salon.card.log"]._check_numbers(self)
        # Made here only: nobody asks for a number without being noted.
        number_sudo = self.env["salon.number"].sudo()
        # For somebody under age the guardian is called.
        called = self if further else self.sudo().salon_called_id
        number = number_sudo.create(
            {
                "partner_id": called.id,
                "further_id": further and further.id,
                "is_allowed": not hold,
                "hold_text": hold,
            }
        )
        return number._get_records_action(
            name=self.env._("Phone number"), target="new", context={}
        )

    def _text_number_hold(self, further=None):
        """Return in words why the client may not be phoned now, or nothing.

        With a call on the list it is asked for the purpose of that call, else for a
        reminder.
        """
        gate = self.env["salon.gate"]
        # Who may not read calls is held back by them all the same.
        call_sudo = self.env["salon.call"].sudo().search(self._get_own_call(), limit=1)
        purpose = call_sudo.purpose if call_sudo else "reminder"
        hold = gate._get_holds(self, purpose)[self]
        if hold == "consent":
            return self.env._("The client has not agreed to such calls.")
        if hold:
            return gate._text_hold(hold)
        # For somebody under age the guardian is called.
        number = self.sudo().salon_called_id.phone_sanitized
        if further:
            # Also one that can't be read is of the country of the client.
            number = further._format(further.sudo().number) or number
        if call_sudo and not further:
            holds = call_sudo._get_hour_holds()
        else:
            holds = gate._get_hour_holds([number])
        return next((gate._text_hours(number, one) for one in holds.values()), False)

    def action_salon_add_number(self):
        """Enter a further number of the client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Further number"),
            "res_model": "salon.client.number",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def _get_own_call(self):
        return [
            ("partner_id", "=", self.id),
            ("company_id", "=", self.env.company.id),
            ("state", "=", "open"),
        ]

    def action_salon_export(self):
        """Download all that is stored about the client."""
        self.ensure_one()
        self.env["salon.privacy"]._check_manager(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/salon/client/{self.id}/data",
            "target": "download",
        }

    def action_salon_proof(self):
        """Make the proof folder: what the client agreed to, and every contact made."""
        self.ensure_one()
        self.check_access("read")
        return (
            self.env["salon.proof.folder"]
            .create({"partner_ids": self.ids})
            .action_print()
        )

    def action_salon_erase(self):
        """Ask before the client is made unknown."""
        self.ensure_one()
        self.env["salon.privacy"]._check_manager(self)
        erasure = self.env["salon.erasure"].create({"partner_id": self.id})
        return erasure._get_records_action(
            name=self.env._("Erase client"), target="new"
        )

    def _follow_erasure(self):
        """Bring the managers' activities in line with who asked to be deleted."""
        partners_sudo = self.sudo()
        partners_sudo.activity_unlink([ERASURE])
        company = self.env.company
        managers = company._salon_get_managers()[company]
        words = type(self)._text_erasure
        asked = [
            (client, managers, client.salon_erasure_date, words)
            for client in partners_sudo.filtered("salon_erasure_date")
        ]
        company._salon_ask_managers(ERASURE, asked)
        bodies = {
            partner_sudo.id: partner_sudo._text_asked_erasure()
            for partner_sudo in partners_sudo
        }
        if bodies:
            author = self.env.user.partner_id.id
            partners_sudo._message_log_batch(bodies, author_id=author)

    def _text_erasure(self):
        return self.env._(
            "Delete this client, who asked for it: on the card, Consents, Erase"
        )

    def _text_asked_erasure(self):
        if not self.salon_erasure_date:
            return self.env._("Need not be deleted any more.")
        return self.env._(
            "Asked to be deleted; to be done by %(date)s.",
            date=format_date(self.env, self.salon_erasure_date),
        )

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def get_views(self, views, options=None):
        """Offer nobody in a menu what is refused to them."""
        result = super().get_views(views, options)
        if self._is_salon_staff():
            for view_type, view in result["views"].items():
                if view_type in MANY_VIEWS:
                    view.pop("toolbar", None)
                elif view.get("toolbar", {}).get("action"):
                    self._drop_refused_actions(view["toolbar"])
        return result

    @api.model
    def _drop_refused_actions(self, toolbar):
        refused = {
            action.id
            for name in MANAGER_ACTIONS
            if (action := self.env.ref(name, raise_if_not_found=False))
        }
        toolbar["action"] = [
            action for action in toolbar["action"] if action["id"] not in refused
        ]

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        has_role = self.env.user.has_group("salon_reminders.group_stylist")
        is_staff = self._is_salon_staff()
        return (*key, self._hides_numbers(view_type), has_role, is_staff)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if self.env.user.has_group("salon_reminders.group_stylist"):
            self._shape_salon_form(arch)
        if view_type in MANY_VIEWS and self._is_salon_staff():
            # Its menu has no archiving either: see client_views.js.
            arch.attrib.update(dict.fromkeys(MANY_ACTIONS, "0"))
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
        needless = [
            node
            for name in COMPANY_FIELDS
            for node in arch.xpath("//field[@name=$name]", name=name)
        ]
        if not self._sees_numbers():
            # They get no address, so that the place of it would stay empty.
            needless += arch.xpath(EMAIL_BOX)
        for node in needless:
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
        many = view_type in MANY_VIEWS
        return not self._sees_numbers() or (many and self._is_salon_staff())

    def _get_store_avatar_card_fields(self, target):
        names = super()._get_store_avatar_card_fields(target)
        return names if self._sees_numbers() else [n for n in names if n != "phone"]

    # ------------------------------------------------------------
    # THE LOG
    # ------------------------------------------------------------

    def _read_format(self, fnames, load="_classic_read"):
        """Note whose card or number is read, and hide what is not given like this.

        Every reading over RPC ends here, a reading through another record too.
        """
        rows = super()._read_format(fnames, load=load)
        names = set(fnames) & self._get_watched_fields()
        if not names:
            return rows
        clients = self._get_salon_clients()
        hidden = names & clients._get_hidden_fields()
        hidden |= clients._log_reading(names - hidden)
        for row in rows if hidden else ():
            if self.browse(row["id"])._origin in clients:
                row.update({name: self._hide(name, row[name]) for name in hidden})
        return rows

    @api.model
    def _get_watched_fields(self):
        """Return the fields whose reading by the user is noted, or not allowed."""
        if not self._is_salon_user():
            return set()
        return {CARD_FIELD} | self._get_guarded_fields() | self._get_never_shown()

    @api.model
    def _get_never_shown(self):
        return set() if self._sees_numbers() else EMAIL_FIELDS

    def _get_hidden_fields(self):
        """Return the fields of these clients that are not shown to the user.

        Numbers of several at once are shown to managers only, whatever asks for them.
        """
        hidden = self._get_never_shown()
        return hidden | self._get_guarded_fields() if len(self) > 1 else hidden

    @api.model
    def _hide(self, name, value):
        return mask_number(value) if name in NUMBER_FIELDS and value else False

    def _log_reading(self, names):
        """Note what is read of these clients; return the fields beyond the limit."""
        logs = self.env["salon.card.log"]
        if CARD_FIELD in names:
            logs._record(self, "card")
        numbers = names & NUMBER_FIELDS
        return set() if not numbers or logs._take_numbers(self) == self else numbers

    def _get_salon_work(self):
        """Return those of these clients whose numbers the work of today needs.

        On the user's own call list, or with a visit today; what the user has made up
        today is no reason. Who brings work of another kind, such as messages to be sent
        by hand or a call that rings, adds its clients.
        """
        if not self:
            return self
        calls = self.env["salon.call.queue"]._get_domain("mine")
        visits = Domain(self._get_visits_today_domain())
        made = Domain("partner_id", "in", self.ids) & self._get_made_before()
        # Who may read neither calls nor visits of others is shown numbers all the same.
        known = self.env["salon.call"].sudo().search(made & calls).partner_id
        known |= self.env["salon.visit"].sudo().search(made & visits).partner_id
        return self & known.with_env(self.env)

    @api.model
    def _get_made_before(self):
        """Return the domain of records that others made, or the user on other days."""
        company = self.env.company
        morning = company._salon_midnight(company._salon_today())
        return Domain("create_uid", "!=", self.env.uid) | Domain(
            "create_date", "<", morning
        )

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_listing(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        self._check_listing(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._check_listing(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _check_listing(self, spec):
        """Refuse groups, aggregates and orders of what is given one by one.

        :param str spec: what is grouped or ordered by, or an aggregate, as of
            ``_read_group``
        """
        hidden = self._get_guarded_fields() | self._get_never_shown()
        if spec.partition(":")[0] in hidden:
            raise AccessError(
                self.env._(
                    "Numbers and addresses of clients are not listed. Open the card of "
                    "the client you need."
                )
            )

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        self._log_export()
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _build_vcard(self):
        self._log_export()
        return super()._build_vcard()

    def _log_export(self):
        """Note which clients leave in a file; only managers make one.

        Also when they are reached through a record of another app.
        """
        clients = self._get_salon_clients() if self._is_salon_user() else self.browse()
        if clients:
            self._check_salon_export()
            self.env["salon.card.log"]._record(clients, "export")

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
    # NUMBERS THAT NOBODY COULD READ
    # ------------------------------------------------------------

    @api.model
    def _read_numbers_again(self, company):
        """Read the numbers of clients that had no country to be read with until now."""
        mine = Domain("company_id", "in", [company.id, False])
        mine &= Domain("country_id", "=", False) & Domain("is_salon_client", "=", True)
        for partner in self.with_context(active_test=False).search(
            mine & Domain("phone", "!=", False) & Domain("phone_sanitized", "=", False)
        ):
            # With its country: it must mean the same in every salon from now on.
            if number := partner._format_salon_number(partner.phone, company):
                partner.phone = number
        further = Domain("partner_id", "any", mine) & Domain("number", "!=", False)
        for number in self.env["salon.client.number"].search(
            further & Domain("number_key", "not =like", "+%")
        ):
            known = number.partner_id._format_salon_number(number.number, company)
            number.number = known or number.number

    def _format_salon_number(self, number, company):
        return self._phone_format(
            number=number, country=company.country_id, force_format="INTERNATIONAL"
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
