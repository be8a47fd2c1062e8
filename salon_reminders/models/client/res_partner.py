from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.sql import column_exists, create_column

from ...tools.health_words import is_about_health
from ...tools.search_words import get_search_words
from ...tools.server_flags import is_flagged

# Nobody who is a client was born before; a slip of the finger is.
EARLIEST_BIRTH = date(1900, 1, 1)
# So many cards at a time get the name by which they are found.
FILL_SIZE = 10_000
# So many names are told; of more, the number.
NAMES = 5


class ResPartner(models.Model):
    """A client: a person with visits, or marked as a salon client.

    What else is known of a client stands in the file of this name in each room.
    """

    _inherit = "res.partner"

    is_salon_client = fields.Boolean(
        "Salon client",
        index=True,
        copy=False,
        groups="salon_reminders.group_stylist,salon_reminders.group_phone_numbers",
    )
    salon_search_name = fields.Char(
        compute="_compute_salon_search_name",
        store=True,
        index="trigram",
        groups="salon_reminders.group_stylist",
        help="The words of the name as people type them: small, without accents.",
    )
    salon_birthdate = fields.Date(
        "Date of birth", groups="salon_reminders.group_stylist"
    )
    salon_guardian_id = fields.Many2one(
        "res.partner",
        string="Guardian",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('is_company', '=', False), ('id', '!=', id)]",
        groups="salon_reminders.group_stylist",
        help="Who agrees for a client under age, and is called instead.",
    )
    salon_note = fields.Text(
        "Formula and preferences", groups="salon_reminders.group_stylist"
    )
    salon_note_is_health = fields.Boolean(
        "Says something about health",
        compute="_compute_salon_note_is_health",
        store=True,
        readonly=False,
        copy=False,
        groups="salon_reminders.group_stylist",
        help="The formula or the preferences name an allergy or the like, so they are "
        "kept with the client's consent to notes about health only.",
    )
    salon_import_ref = fields.Char(
        "Number in the old system",
        index="btree_not_null",
        copy=False,
        groups="salon_reminders.group_stylist",
    )
    salon_shares_phone = fields.Boolean(
        "Shares the number",
        copy=False,
        groups="salon_reminders.group_stylist",
        help="Other clients with this number are other people, not duplicates.",
    )

    # What calls have told
    salon_wrong_number = fields.Char(
        readonly=True,
        copy=False,
        groups="salon_reminders.group_stylist",
        help="The number that turned out to be wrong. Calls go on with another one.",
    )
    salon_has_wrong_number = fields.Boolean(
        "Wrong number",
        compute="_compute_salon_has_wrong_number",
        # Told without the number, which not everybody may read.
        compute_sudo=True,
        groups="salon_reminders.group_stylist",
    )

    # Gate, gap and shared numbers all look clients up by number. An index of our own
    # goes with us; one on the field would stay behind.
    _salon_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    def _auto_init(self):
        """Leave the contacts of a database alone in which nothing was noted yet."""
        cr, table = self.env.cr, self._table
        if not column_exists(cr, table, "salon_note_is_health"):
            create_column(cr, table, "salon_note_is_health", "boolean")
        if not column_exists(cr, table, "salon_search_name"):
            create_column(cr, table, "salon_search_name", "varchar")
            if column_exists(cr, table, "is_salon_client"):
                self._fill_search_names()
        return super()._auto_init()

    @api.model
    def _fill_search_names(self):
        """Complete the clients of a database that did not know this field yet.

        Some thousands at a time: a chain has a million.
        """
        cr, last = self.env.cr, 0
        while True:
            cr.execute(
                """SELECT id, name FROM res_partner
                    WHERE is_salon_client AND name IS NOT NULL AND id > %s
                 ORDER BY id LIMIT %s""",
                (last, FILL_SIZE),
            )
            rows = cr.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cr.execute_values(
                """UPDATE res_partner p SET salon_search_name = f.name
                     FROM (VALUES %s) f (id, name) WHERE p.id = f.id""",
                [(number, self._get_search_name(name)) for number, name in rows],
                page_size=FILL_SIZE,
            )

    @api.model
    def _get_search_name(self, name):
        """Return the words of a name; each has a space before it to be found by."""
        words = get_search_words(name)
        return f" {' '.join(words)}" if words else None

    @api.depends("name", "is_salon_client")
    def _compute_salon_search_name(self):
        for partner in self:
            is_found = partner.is_salon_client and partner.name
            partner.salon_search_name = is_found and self._get_search_name(partner.name)

    @api.depends("salon_note")
    def _compute_salon_note_is_health(self):
        for partner in self:
            note = partner.salon_note
            # Whoever has said so before is not contradicted.
            said = partner.salon_note_is_health or is_about_health(note)
            partner.salon_note_is_health = bool(note) and said

    @api.depends("salon_wrong_number", "phone_sanitized")
    def _compute_salon_has_wrong_number(self):
        for partner in self:
            wrong = partner.salon_wrong_number
            partner.salon_has_wrong_number = wrong and wrong == partner.phone_sanitized

    @api.constrains("salon_birthdate")
    def _check_salon_birthdate(self):
        if is_flagged(self.env, "salon_taken_over"):
            # One bad birthday must not keep out a whole client base.
            return
        # The day of the salon: nobody has a birthday tomorrow in one part of the world.
        today = self.env.company._salon_today()
        for partner in self.filtered("salon_birthdate"):
            if not EARLIEST_BIRTH <= partner.salon_birthdate <= today:
                raise ValidationError(
                    self.env._(
                        "%(client)s can't be born on %(day)s. Enter a day from "
                        "%(first)s to today.",
                        client=partner.name or self.env._("The client"),
                        day=format_date(self.env, partner.salon_birthdate),
                        first=format_date(self.env, EARLIEST_BIRTH),
                    )
                )

    # ------------------------------------------------------------
    # FINDING A CLIENT
    # ------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """Find clients also by how the words of their names begin, in any order."""
        domain = super()._search_display_name(operator, value)
        is_text = operator == "ilike" and isinstance(value, str) and value.strip()
        if is_text and self.env.user.has_group("salon_reminders.group_stylist"):
            domain |= self._get_salon_find_domain(value)
        return domain

    @api.model
    def _get_salon_find_domain(self, text):
        """Return the domain of the clients who are meant by what was typed."""
        words = get_search_words(text)
        if not words:
            return Domain.FALSE
        return Domain.AND(
            Domain("salon_search_name", "=like", f"% {word}%") for word in words
        )

    # ------------------------------------------------------------
    # WHO MAY NAME A CLIENT
    # ------------------------------------------------------------

    @api.model
    def _check_salon_clients(self, vals_list):
        """Refuse records about clients the user may not see.

        Otherwise a stylist would open any card by booking its client for herself, and
        errors would tell the names of other companies' clients.
        """
        ids = {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        if ids and not self.env.su:
            self.browse(ids).check_access("read")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("salon_guardian_id") for vals in vals_list):
            partners._keep_guardians()
        return partners

    def write(self, vals):
        if "is_salon_client" in vals and not self.env.su:
            self._check_client_flag(bool(vals["is_salon_client"]))
        result = super().write(vals)
        if vals.get("salon_guardian_id"):
            self._keep_guardians()
        return result

    def _keep_guardians(self):
        """Make guardians clients, so that their numbers are protected as well.

        :raise ValidationError: when somebody is their own guardian
        """
        guardians = self.salon_guardian_id
        if not self.env.su:
            guardians.check_access("read")
        if any(partner.salon_guardian_id == partner for partner in self):
            raise ValidationError(
                self.env._("Nobody is their own guardian. Choose somebody else.")
            )
        return guardians._salon_become_clients()

    def _check_client_flag(self, is_client):
        """Refuse to open or shut a card by its flag; new cards bring theirs along.

        :raise AccessError: for anybody but managers
        :raise UserError: when the salon knows who would cease to be a client
        """
        changed = self.filtered(lambda partner: partner.is_salon_client != is_client)
        if changed:
            self._check_taking_over()
        if not is_client and (kept := changed._salon_with_traces()):
            raise UserError(
                self.env._(
                    "The salon keeps visits, consents, calls or notes of %(clients)s, "
                    "so they stay salon clients. Archive their contacts, or erase "
                    "them from their cards.",
                    clients=kept._text_names(),
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_client(self):
        """Make these contacts salon clients, and say who was left out.

        A client is a person: companies and addresses without a name are left out.

        :raise AccessError: for anybody but managers
        """
        self._check_taking_over()
        people = self.filtered(lambda partner: partner.name and not partner.is_company)
        new = people.filtered(lambda partner: not partner.is_salon_client)
        new.is_salon_client = True
        texts = [self.env._("New salon clients: %(count)s.", count=len(new))]
        if known := len(people - new):
            texts.append(self.env._("Clients already: %(count)s.", count=known))
        if others := self - people:
            texts.append(
                self.env._(
                    "Left out, as they are companies or have no name: %(contacts)s.",
                    contacts=others._text_names(),
                )
            )
        return self._notify_taking_over(texts, is_warning=bool(others))

    def action_salon_no_client(self):
        """Let go contacts that the salon knows nothing of; keep all others.

        Who has visits, consents, calls or a filled-in card stays a client: as an
        ordinary contact they would be open to people who may not see clients.

        :raise AccessError: for anybody but managers
        """
        self._check_taking_over()
        clients = self.filtered("is_salon_client")
        kept = clients._salon_with_traces()
        (clients - kept).is_salon_client = False
        count = len(clients - kept)
        texts = []
        if count or not kept:
            texts.append(
                self.env._("No salon clients any more: %(count)s.", count=count)
            )
        if kept:
            texts.append(
                self.env._(
                    "Still salon clients, as the salon keeps visits, consents, calls "
                    "or notes of them: %(clients)s. Archive their contacts, or erase "
                    "them from their cards.",
                    clients=kept._text_names(),
                )
            )
        return self._notify_taking_over(texts, is_warning=bool(kept))

    # ------------------------------------------------------------
    # CONTACTS FROM BEFORE THE SALON
    # ------------------------------------------------------------

    def _salon_become_clients(self):
        """Mark those of whom the salon begins to keep something.

        What follows from a visit, a call or a consent follows whoever enters it.
        """
        partners_sudo = self.sudo()
        partners_sudo.filtered(lambda p: not p.is_salon_client).is_salon_client = True

    @api.model
    def _check_taking_over(self):
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(
                self.env._("Only managers say which contacts are salon clients.")
            )

    def _salon_with_traces(self):
        """Return those whom the salon could not let go without losing something."""
        return self & (self._salon_with_history() | self._salon_with_card())

    def _salon_with_history(self):
        """Return those of whom any salon keeps something.

        Filled where it is known which models belong to a client.
        """
        return self.browse()

    def _salon_with_card(self):
        """Return those on whose card something was written."""
        typed = [
            name
            for name, field in self._fields.items()
            if name.startswith("salon_")
            and field.store
            and field.column_type
            # What follows from the name of a contact was not written here.
            and not (field.compute and field.readonly)
        ]
        # Whoever may let clients go may know that there is a note.
        return self.filtered(
            lambda partner: any(partner.sudo()[name] for name in typed)
        )

    def _text_names(self):
        names = [partner.display_name for partner in self[:NAMES]]
        if len(self) > NAMES:
            count = len(self) - NAMES
            names.append(self.env._("%(count)s more", count=count))
        return ", ".join(names)

    @api.model
    def _notify_taking_over(self, texts, is_warning):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if is_warning else "success",
                "sticky": is_warning,
                "message": " ".join(texts),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
