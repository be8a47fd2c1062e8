from odoo import api, models
from odoo.tools import SQL


class SalonConsent(models.Model):
    """The ledger and Odoo's blacklists follow each other, both ways."""

    _inherit = "salon.consent"

    @api.model
    def _withdraw_blocked(self, domain, channels):
        """Withdraw what these clients agreed to, in every salon.

        :param domain: the clients whose number or address was blacklisted
        """
        partners = (
            self.env["res.partner"].with_context(active_test=False).search(domain)
        )
        rows = self._get_newest_rows(partners, channels)
        self.with_context(salon_from_blacklist=True).create(
            [
                {
                    "partner_id": row["partner_id"],
                    "company_id": row["company_id"],
                    "purpose": row["purpose"],
                    "channel": row["channel"],
                    "decision": "withdrawn",
                    "method": "blacklist",
                    "wording": "-",
                }
                for row in rows
                if row["decision"] == "given"
            ]
        )

    @api.model
    def _get_newest_rows(self, partners, channels):
        """Return the newest row of each kind and company of these clients."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (partner_id, company_id, purpose, channel)
                          id, partner_id, company_id, purpose, channel, decision
                     FROM salon_consent
                    WHERE partner_id = ANY(%s) AND channel IN %s
                 ORDER BY partner_id, company_id, purpose, channel,
                          date DESC, id DESC""",
                partners.ids,
                tuple(channels),
            )
        )

    def _reach_blacklists(self):
        """Put numbers and addresses on Odoo's blacklists where that is right.

        A blacklist knows neither purpose nor person. So it is right only when nobody
        who has the number agrees to anything over it any more.
        """
        phones = self.filtered(lambda c: c.channel != "email").partner_id
        emails = self.filtered(lambda c: c.channel == "email").partner_id
        for number in self._get_unwanted(phones, ("phone", "sms")):
            self._block("phone.blacklist", "number", number)
        for email in self._get_unwanted(emails, ("email",)):
            self._block("mail.blacklist", "email", email)

    @api.model
    def _block(self, model, field, address):
        blacklist = self.env[model].with_context(salon_from_consent=True)
        if blacklist.search_count([(field, "=", address)]):
            return
        entry = blacklist._add([address] if field == "number" else address)
        entry.salon_by_consent = True

    @api.model
    def _get_unwanted(self, partners, channels):
        """Return the numbers or addresses over which nobody agrees to anything."""
        address = self.env["salon.gate"]._sql_address(channels[0])
        other = self.env["salon.gate"]._sql_address(channels[0], "o")
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH clock AS (%(clock)s)
                SELECT DISTINCT %(address)s
                  FROM res_partner p
                 WHERE p.id = ANY(%(ids)s) AND COALESCE(%(address)s, '') != ''
                   AND NOT EXISTS (
                       SELECT FROM res_partner o
                         JOIN salon_consent s ON s.partner_id = o.id
                         JOIN clock t ON t.company_id = s.company_id
                        WHERE %(other)s = %(address)s AND s.channel IN %(channels)s
                          AND s.decision = 'given'
                          AND (s.expiry_date IS NULL OR s.expiry_date >= t.day)
                          AND NOT EXISTS (
                              SELECT FROM salon_consent l
                               WHERE l.partner_id = s.partner_id
                                 AND l.company_id = s.company_id
                                 AND l.purpose = s.purpose AND l.channel = s.channel
                                 AND (l.date, l.id) > (s.date, s.id)))""",
                clock=self.env["salon.reminder.engine"]._sql_clock(),
                address=address,
                other=other,
                ids=partners.ids,
                channels=tuple(channels),
            )
        )
        return [row[0] for row in rows]

    def _lift_blacklists(self):
        """Take off the blacklists what only an earlier withdrawal put there."""
        phones = self.filtered(lambda c: c.channel != "email").partner_id
        emails = self.filtered(lambda c: c.channel == "email").partner_id
        for model, field, addresses in (
            ("phone.blacklist", "number", phones.mapped("phone_sanitized")),
            ("mail.blacklist", "email", emails.mapped("email_normalized")),
        ):
            self.env[model].search(
                [(field, "in", addresses), ("salon_by_consent", "=", True)]
            ).action_archive()
