from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime, html2plaintext

from ..visit.salon_visit import OPEN_STATES

TECHNICAL = {
    "id",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "parent_path",
}
# Who read cards, not what is known of clients.
LOGS = {"salon.card.log", "salon.card.alert"}
TEXTS = ("char", "text", "html", "json", "properties")
# Of her contact: how she is counted, not who she is.
KEPT_CONTACT = {"lang", "tz", "type"}
BATCH = 10_000


class SalonPrivacy(models.AbstractModel):
    """Hands out all that is stored about a client, makes her unknown, forgets notes.

    What belongs to her is found by its link to her contact, so that a model that is
    added later is neither left out of the file nor left over when she is erased.
    """

    _name = "salon.privacy"
    _description = "Salon Privacy"

    # ------------------------------------------------------------
    # WHAT BELONGS TO A CLIENT
    # ------------------------------------------------------------

    @api.model
    def _get_linked(self, partner):
        """Return [records] of every model of the salon that belong to the client."""
        names = self._get_models()
        direct = {name: self._get_links(name, "res.partner") for name in names}
        found = []
        for name in names:
            paths = direct[name] or [
                f"{link}.{path}"
                for owner in names
                if direct[owner]
                for link in self._get_links(name, owner)
                for path in direct[owner]
            ]
            if paths:
                domain = Domain.OR(Domain(path, "=", partner.id) for path in paths)
                records = self.env[name].with_context(active_test=False)
                found.append(records.search(domain))
        return [records for records in found if records]

    @api.model
    def _get_known(self, partners):
        """Return those of these contacts to whom anything of the salon belongs.

        That somebody looked at a card says nothing about whose card it is.
        """
        known = set()
        for name in set(self._get_models()) - LOGS:
            for link in self._get_links(name, "res.partner"):
                records = self.env[name].with_context(active_test=False)
                groups = records._read_group([(link, "in", partners.ids)], [link])
                known.update(partner.id for (partner,) in groups)
        return partners.filtered(lambda partner: partner.id in known)

    @api.model
    def _get_models(self):
        """Return the names of the salon's models that keep something."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith("salon.") and model._auto and not model._transient
        )

    @api.model
    def _get_links(self, name, comodel):
        """Return the fields with which a model belongs to another one."""
        return [
            field.name
            for field in self.env[name]._fields.values()
            if field.type == "many2one"
            and field.store
            and field.comodel_name == comodel
            and (comodel == "res.partner" or field.required)
        ]

    @api.model
    def _check_manager(self, partner):
        """Only who manages every salon that knows her may speak for all of them.

        :raise AccessError: for people who are no managers
        :raise UserError: when another salon knows her too
        """
        if not self.env.user.has_group("salon_reminders.group_manager"):
            raise AccessError(
                self.env._("Only managers export or erase what is stored of a client.")
            )
        partner.check_access("read")
        # What other companies hold is not told, only that there is something.
        owners_sudo = self.env["res.company"].sudo()
        for records_sudo in self.sudo()._get_linked(partner):
            if "company_id" in records_sudo:
                owners_sudo |= records_sudo.company_id
        if owners_sudo - self.env.user.company_ids:
            raise UserError(
                self.env._(
                    "%(client)s is also known to a company you do not belong to. Ask "
                    "somebody who manages both.",
                    client=partner.name,
                )
            )

    # ------------------------------------------------------------
    # EXPORT
    # ------------------------------------------------------------

    @api.model
    def _render_export(self, partner):
        """Return the file with all that is stored about a client, as HTML."""
        self._check_manager(partner)
        # The manager may hand out what belongs to her companies, all of it.
        privacy = self.with_context(
            allowed_company_ids=self.env.user.company_ids.ids
        ).sudo()
        partner_sudo = partner.sudo()
        linked = privacy._get_linked(partner_sudo)
        values = {
            "partner": partner_sudo,
            "date": format_datetime(self.env, fields.Datetime.now()),
            "contact": privacy._describe(partner_sudo),
            "sections": [
                {
                    "title": records._description,
                    "rows": [privacy._describe(record) for record in records],
                }
                for records in linked
            ],
            "messages": privacy._get_messages(partner_sudo, linked).sorted("id"),
            "plain": html2plaintext,
        }
        return self.env["ir.qweb"]._render(
            "salon_reminders.privacy_export", values, minimal_qcontext=True
        )

    def _describe(self, record):
        """Return [(label, value)] of what is stored in a record, in words."""
        pairs = []
        for name, field in record._fields.items():
            skip = name in TECHNICAL or not field.store
            if skip or field.type in ("one2many", "many2many"):
                continue
            value = record[name]
            if value or (field.type in ("integer", "float", "monetary") and value):
                label = field._description_string(self.env) or name
                pairs.append((label, self._format(record, field, value)))
        if "create_date" in record._fields and record.create_date:
            created = format_datetime(self.env, record.create_date)
            pairs.append((self.env._("Recorded on"), created))
        return pairs

    def _format(self, record, field, value):
        if field.type == "many2one":
            return value.display_name
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "datetime":
            return format_datetime(self.env, value)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "html":
            return html2plaintext(value)
        if field.type == "binary":
            return self.env._("A file is attached.")
        if field.type == "boolean":
            return self.env._("Yes")
        return str(value)

    @api.model
    def _get_messages(self, partner, linked):
        """Return the messages on the client and on what belongs to her."""
        domain = Domain.OR(
            Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)
            for records in [partner, *linked]
        )
        return self.env["mail.message"].search(domain)

    # ------------------------------------------------------------
    # ERASURE
    # ------------------------------------------------------------

    @api.model
    def _erase(self, partner):
        """Make a client unknown: figures and the proof of her consents stay.

        Of numbers and addresses keyed hashes are kept. They say nothing without the
        secret of this database, and serve one end: an export of the old system holds
        her still, and no import must bring back who asked to be forgotten.

        :raise UserError: when she is more than a client
        """
        self._check_manager(partner)
        # She is erased wherever the salon has written her down.
        partner_sudo = partner.sudo().with_context(tracking_disable=True)
        if partner_sudo.with_context(active_test=False).user_ids:
            raise UserError(
                self.env._(
                    "%(client)s has a user account and can't be erased as a client.",
                    client=partner.name,
                )
            )
        asked = partner_sudo.salon_erasure_date
        privacy_sudo = self.sudo()
        privacy_sudo._end_all(partner_sudo)
        linked = privacy_sudo._get_linked(partner_sudo)
        signs = privacy_sudo._get_signs(partner_sudo)
        privacy_sudo._forget_blacklists(partner_sudo)
        privacy_sudo._delete_words(partner_sudo, linked)
        self.env["salon.contact.proof"].sudo()._forget_addresses(partner_sudo)
        for name in privacy_sudo._get_models():
            privacy_sudo.env[name]._forget_salon_client(partner_sudo)
        for records in linked:
            privacy_sudo._blank_texts(records)
        self.env.invalidate_all()
        privacy_sudo._blank_contact(partner_sudo)
        proofs = self.env["salon.contact.proof"]
        # Who had none may be known by rows that an import brought before.
        signs = sorted(signs) or [str(partner_sudo.id)]
        partner_sudo.salon_erased_keys = [proofs._hash(sign) for sign in signs]
        partner_sudo.message_post(body=self._text_erased(asked))

    @api.model
    def _text_erased(self, due):
        """Return who erased a client, and whether in time."""
        if not due:
            return self.env._("Erased by %(user)s.", user=self.env.user.name)
        return self.env._(
            "Erased by %(user)s, as the client had asked; due by %(date)s.",
            user=self.env.user.name,
            date=format_date(self.env, due),
        )

    def _get_signs(self, partner):
        """Return all by which a client would be known again."""
        signs = {partner.phone_sanitized, partner.email_normalized}
        signs.update(partner.salon_number_ids.mapped("number_key"))
        for name in self._get_models():
            signs |= self.env[name]._get_salon_signs(partner)
        return signs - {False, None, ""}

    def _end_all(self, partner):
        """Nothing more is planned for her."""
        calls = self.env["salon.call"].search(
            [("partner_id", "=", partner.id), ("state", "=", "open")]
        )
        calls._close("person", state="cancelled")
        visits = self.env["salon.visit"].search(
            [("partner_id", "=", partner.id), ("state", "in", OPEN_STATES)]
        )
        visits.action_cancel()
        partner.salon_reminder_ids.is_stopped = True
        self.env.flush_all()

    def _forget_blacklists(self, partner):
        """Take her number and address off where only her own answer put them."""
        for model, field, value, own in (
            ("phone.blacklist", "number", partner.phone_sanitized, "phone_sanitized"),
            ("mail.blacklist", "email", partner.email_normalized, "email_normalized"),
        ):
            others = partner.with_context(active_test=False).search_count(
                [(own, "=", value), ("id", "!=", partner.id)], limit=1
            )
            if value and not others:
                entries = self.env[model].with_context(active_test=False)
                entries.search(
                    [(field, "=", value), ("salon_by_consent", "=", True)]
                ).unlink()

    def _delete_words(self, partner, linked):
        """Delete messages, activities, text messages and files about her."""
        self._get_messages(partner, linked).unlink()
        self.env["sms.sms"].search([("partner_id", "=", partner.id)]).unlink()
        for records in [partner, *linked]:
            place = Domain("res_model", "=", records._name)
            place &= Domain("res_id", "in", records.ids)
            activities = self.env["mail.activity"].with_context(active_test=False)
            activities.search(place).unlink()
            # Also those of a field, as a signed form.
            files = place & Domain("res_field", "in", [False, *records._fields])
            self.env["ir.attachment"].search(files).unlink()

    def _blank_texts(self, records):
        """Empty every free text of these records, below the ledger's lock."""
        kept = records._get_salon_kept_texts()
        columns = [
            field
            for field in records._fields.values()
            if field.type in TEXTS
            and field.store
            and field.column_type
            and field.name not in kept
            and not (field.compute and field.readonly)
            and not field.related
        ]
        if columns:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id = ANY(%s)",
                    SQL.identifier(records._table),
                    SQL(", ").join(
                        SQL(
                            "%s = %s",
                            SQL.identifier(field.name),
                            "-" if field.required else None,
                        )
                        for field in columns
                    ),
                    records.ids,
                )
            )

    def _blank_contact(self, partner):
        """Empty the contact and those that hang on it, and put them away."""
        contacts = partner.with_context(active_test=False).search(
            [("id", "child_of", partner.id)]
        )
        vals = {
            field.name: False
            for field in partner._fields.values()
            if field.type in (*TEXTS, "date", "binary", "image")
            and field.store
            and not field.readonly
            and not field.required
            and field.name not in KEPT_CONTACT
        }
        contacts.bank_ids.unlink()
        contacts.salon_number_ids.unlink()
        # Nobody answers for others any more.
        partner.with_context(active_test=False).search(
            [("salon_guardian_id", "in", contacts.ids)]
        ).salon_guardian_id = False
        for contact in contacts:
            contact.write(
                {
                    **vals,
                    "name": self.env._("Erased client %(number)s", number=contact.id),
                    "category_id": [fields.Command.clear()],
                    "parent_id": False,
                    "salon_guardian_id": False,
                    "active": False,
                }
            )

    # ------------------------------------------------------------
    # RETENTION
    # ------------------------------------------------------------

    @api.autovacuum
    def _gc_old_notes(self):
        """Forget notes, gifts, numbers and logs that are older than a salon keeps them.

        What came of the calls stays.
        """
        done = 0
        for company in self.env["res.company"].search(
            [("salon_retention_months", ">", 0)]
        ):
            months = company.salon_retention_months
            limit = fields.Datetime.subtract(fields.Datetime.now(), months=months)
            done += self._forget_notes(company, limit)
        return done, done if done >= BATCH else 0

    def _forget_notes(self, company, limit):
        """Return how many rows older than ``limit`` were cleaned, at most a batch."""
        self.env.flush_all()
        statements = (
            """UPDATE salon_call_attempt
                  SET note = NULL, phone = NULL, bring_back = NULL, gift = NULL
                WHERE id IN (SELECT id FROM salon_call_attempt
                              WHERE company_id = %s AND date < %s
                                AND COALESCE(note, phone, bring_back, gift)
                                    IS NOT NULL
                              LIMIT %s)""",
            """UPDATE salon_call SET note = NULL
                WHERE id IN (SELECT id FROM salon_call
                              WHERE company_id = %s AND closed_at < %s
                                AND state != 'open' AND note IS NOT NULL
                              LIMIT %s)""",
            """DELETE FROM salon_card_log
                WHERE id IN (SELECT id FROM salon_card_log
                              WHERE company_id = %s AND date < %s
                              LIMIT %s)""",
        )
        done = 0
        for statement in statements:
            self.env.cr.execute(SQL(statement, company.id, limit, BATCH))
            done += self.env.cr.rowcount
        self.env.invalidate_all()
        return done

    @api.autovacuum
    def _gc_proofs(self):
        """Forget consents, and contacts that relied on them, when their time is over.

        A salon keeps them for years after the last use, see ``salon_proof_years``.
        """
        done = 0
        for company in self.env["res.company"].search([]):
            done += self.env["salon.contact.proof"]._forget_old(
                company, company._salon_proof_limit(), company._salon_today(), BATCH
            )
        return done, done if done >= BATCH else 0
