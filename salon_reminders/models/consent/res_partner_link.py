import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from .salon_consent import CHANNELS, PURPOSES

SCOPE = "salon_consent_link"
# What such a token is made of; anything else is not even looked at.
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,200}\Z")


class ResPartner(models.Model):
    """The client's own link: her consents, without a login."""

    _inherit = "res.partner"

    def _get_salon_token(self):
        """Return the signed token of the client at the current company."""
        self.ensure_one()
        company = self.env.company
        return hash_sign(
            # The secret of the database is for the system only.
            self.sudo().env,
            SCOPE,
            [self.id, company.id],
            expiration=timedelta(days=company.salon_link_days),
        )

    def _get_salon_link(self):
        return f"{self.get_base_url()}/salon/consent/{self._get_salon_token()}"

    @api.model
    def _find_by_salon_token(self, token):
        """Return the client of a token, for her salon, or nobody.

        The caller is not logged in: the record may read and write as the system does,
        but only what the page needs is ever taken from it.
        """
        nobody = self.browse()
        if not TOKEN.match(token):
            return nobody
        try:
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except (ValueError, OverflowError):
            return nobody
        if not values:
            return nobody
        partner_id, company_id = values
        company_sudo = self.env["res.company"].sudo().browse(company_id).exists()
        partner_sudo = self.sudo().browse(partner_id).exists()
        if not company_sudo or not partner_sudo.active:
            return nobody
        if partner_sudo.company_id not in (company_sudo, company_sudo.browse()):
            return nobody
        return partner_sudo.with_company(company_sudo).with_context(
            lang=partner_sudo.lang or company_sudo.partner_id.lang,
            allowed_company_ids=company_sudo.ids,
        )

    def _get_salon_link_values(self):
        """Return all the page shows: the salon's name and the client's own answers."""
        self.ensure_one()
        return {
            "salon": self.env.company.name,
            "language": (self.env.context.get("lang") or "en").split("_")[0],
            "groups": self._get_salon_consent_questions(),
        }

    def _get_salon_consent_questions(self):
        """Return all the client can be asked by this company, and what holds now."""
        self.ensure_one()
        states = self._get_salon_consent_states()
        labels = dict(
            self.env["salon.consent.state"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        wordings = self.env["salon.consent.wording"]
        return [
            {
                "label": label,
                "questions": [
                    {
                        "name": f"{purpose}_{channel}",
                        "channel": label,
                        "text": wordings._get_current(purpose, channel).text or label,
                        "state": states.get((purpose, channel), ""),
                        "now": labels.get(states.get((purpose, channel)), ""),
                    }
                    for channel, label in self._get_consent_labels("channel")
                ],
            }
            for purpose, label in self._get_consent_labels("purpose")
        ]

    @api.model
    def _get_consent_labels(self, name):
        """Return [(value, label)] of the purposes or channels, in words."""
        field = self.env["salon.consent"]._fields[name]
        return field._description_selection(self.env)

    def _get_salon_consent_states(self):
        """Return {(purpose, channel): state} of the client at the current company."""
        self.ensure_one()
        states = self.env["salon.consent.state"].search(
            [
                ("partner_id", "=", self.id),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return {(row.purpose, row.channel): row.state for row in states}

    def _record_salon_link_answers(self, answers):
        """Write down what differs from what holds now.

        A refusal of something she never agreed to is no answer and is not written.
        """
        self.ensure_one()
        states = self._get_salon_consent_states()
        consents = self.env["salon.consent"]
        vals_list = []
        for purpose, _label in PURPOSES:
            for channel, _name in CHANNELS:
                wanted = f"{purpose}_{channel}" in answers
                holds = states.get((purpose, channel)) == "given"
                if wanted != holds and (wanted or (purpose, channel) in states):
                    vals_list.append(
                        consents._prepare_vals(
                            self,
                            "given" if wanted else "withdrawn",
                            "link",
                            purpose=purpose,
                            channel=channel,
                        )
                    )
        consents.create(vals_list)

    def action_salon_consent_link(self):
        """Show the client's own link as a QR code."""
        self.ensure_one()
        self.check_access("read")
        self.env["salon.consent"].check_access("create")
        link = self.env["salon.consent.link"].create(
            {
                "partner_id": self.id,
                "url": self._get_salon_link(),
                "expiry_date": fields.Date.add(
                    self.env.company._salon_today(),
                    days=self.env.company.salon_link_days,
                ),
            }
        )
        return link._get_records_action(
            name=self.env._("Client's own link"), target="new"
        )
