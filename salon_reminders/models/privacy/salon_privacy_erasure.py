from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..visit.salon_visit import OPEN_STATES

TEXTS = ("char", "text", "html", "json", "properties")
# Free text that says nothing about the person, or that the figures need.
KEPT = {
    "salon.consent": {"wording"},
    "salon.import.row": {"key", "kind"},
    "salon.visit": {"receipt"},
}
# Of her contact: how she is counted, not who she is.
KEPT_CONTACT = {"lang", "tz", "type"}


class SalonPrivacy(models.AbstractModel):
    """Makes a client unknown: the figures stay, the person goes."""

    _inherit = "salon.privacy"

    @api.model
    def _erase(self, partner):
        """Make a client unknown: figures and the proof of her consents stay.

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
        privacy_sudo = self.sudo()
        privacy_sudo._end_all(partner_sudo)
        linked = privacy_sudo._get_linked(partner_sudo)
        privacy_sudo._forget_blacklists(partner_sudo)
        privacy_sudo._delete_words(partner_sudo, linked)
        for records in linked:
            privacy_sudo._blank_texts(records)
        self.env.invalidate_all()
        privacy_sudo._blank_contact(partner_sudo)
        partner_sudo.message_post(
            body=self.env._("Erased by %(user)s.", user=self.env.user.name)
        )

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
        kept = KEPT.get(records._name, set())
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
        for contact in contacts:
            contact.write(
                {
                    **vals,
                    "name": self.env._("Erased client %(number)s", number=contact.id),
                    "category_id": [fields.Command.clear()],
                    "parent_id": False,
                    "active": False,
                }
            )
