from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize
from odoo.tools.misc import hmac

from .salon_consent import CONTACT_CHANNELS, CONTACT_PURPOSES, KIND
from .salon_gate import TRANSACTIONAL

# Set apart from what else is signed with the secret of the database.
HASH_SCOPE = "salon_reminders.contact_proof"


class SalonContactProof(models.Model):
    """One contact with a client, and the answer in the ledger that allowed it.

    Written by the server at the moment of the contact, for every dial and every message
    that leaves, with the number or address it used. Nobody changes or deletes it; it
    goes when the time of proof is over. Of who was erased nothing stays but a keyed
    hash of the number: with it a number that somebody names can be compared.
    """

    _name = "salon.contact.proof"
    _description = "Proof of Contact"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Datetime("When", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    channel = fields.Selection(CONTACT_CHANNELS, required=True, readonly=True)
    purpose = fields.Selection(
        [*CONTACT_PURPOSES, (TRANSACTIONAL, "About a booking or a wish of the client")],
        readonly=True,
    )
    basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("transactional", "Needed no consent"),
            ("none", "No consent held"),
            ("unrecorded", "Not recorded then"),
        ],
        string="Relied on",
        required=True,
        readonly=True,
    )
    consent_id = fields.Many2one(
        "salon.consent",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    # Read in the proof folder only, where it is noted who reads it.
    address = fields.Char(
        "Number or address",
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
    )
    address_hash = fields.Char(
        "Keyed hash",
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
        help="Of the number or address of a client who was erased.",
    )

    _company_date_idx = models.Index("(company_id, date)")

    @api.depends("basis", "consent_id")
    def _compute_display_name(self):
        bases = dict(self._fields["basis"]._description_selection(self.env))
        for proof in self:
            proof.display_name = bases.get(proof.basis, "")
            if proof.consent_id:
                proof.display_name = self.env._(
                    "Consent no. %(number)s", number=proof.consent_id.id
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if vals:
            raise UserError(self._text_append_only())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self._text_append_only())

    def _text_append_only(self):
        return self.env._(
            "What allowed a contact is never changed or deleted: it is kept as long as "
            "it may have to be proven."
        )

    # ------------------------------------------------------------
    # AT THE MOMENT OF CONTACT
    # ------------------------------------------------------------

    @api.model
    def _record(self, contacts):
        """Keep what allowed each of these contacts; return the proofs, in their order.

        The one door for every room, and every bridge, that contacts clients.

        :param list contacts: dicts of ``partner_id``, ``company_id``, ``channel``,
            ``purpose``, ``address``, ``date`` and ``user_id``
        """
        return self._record_first([[contact] for contact in contacts])

    @api.model
    def _record_first(self, ways):
        """Keep of each contact the first way in which a consent allowed it.

        :param list ways: for each contact, what it may have been, as of ``_record``
        """
        relied = iter(self._find_relied([*chain(*ways)]))
        vals_list = []
        for contact_ways in ways:
            found = [{**way, "consent_id": next(relied)} for way in contact_ways]
            vals = next((vals for vals in found if vals["consent_id"]), found[0])
            basis = self._get_basis(vals["purpose"], vals["consent_id"])
            vals_list.append({**vals, "basis": basis})
        # Nobody writes proofs but the server.
        return self.sudo().create(vals_list)

    @api.model
    def _get_basis(self, purpose, consent_id):
        if purpose == TRANSACTIONAL:
            return "transactional"
        return "consent" if consent_id else "none"

    @api.model
    def _find_relied(self, contacts):
        """Return, for each contact, the id of the consent that held then, or False."""
        if not contacts:
            return []
        consents = self.env["salon.consent"]
        consents.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT k.place, c.id
                     FROM unnest(%(partners)s::int[], %(companies)s::int[],
                                 %(purposes)s::varchar[], %(channels)s::varchar[],
                                 %(moments)s::timestamp[], %(days)s::date[])
                          WITH ORDINALITY
                       AS k (partner, company, purpose, channel, moment, day, place)
                     JOIN LATERAL (%(newest)s) c ON %(holds)s""",
                newest=consents._sql_newest(
                    *(SQL("k.partner"), SQL("k.company"), SQL("k.purpose")),
                    *(SQL("k.channel"), SQL("k.moment")),
                ),
                holds=consents._sql_holds(SQL("c"), SQL("k.day")),
                **self._get_columns(contacts),
            )
        )
        found = dict(rows)
        return [found.get(place, False) for place in range(1, len(contacts) + 1)]

    @api.model
    def _get_columns(self, contacts):
        """Return the values of the contacts by column, with each salon's own date."""
        companies = self.env["res.company"]
        return {
            "partners": [contact["partner_id"] for contact in contacts],
            "companies": [contact["company_id"] for contact in contacts],
            "purposes": [contact["purpose"] or None for contact in contacts],
            "channels": [contact["channel"] for contact in contacts],
            "moments": [contact["date"] for contact in contacts],
            "days": [
                companies.browse(contact["company_id"])._salon_date(contact["date"])
                for contact in contacts
            ],
        }

    # ------------------------------------------------------------
    # NUMBERS THAT ARE NAMED
    # ------------------------------------------------------------

    @api.model
    def _normalize(self, text):
        """Return a number or an e-mail address as it is kept."""
        text = (text or "").strip()
        if "@" in text:
            return email_normalize(text) or text
        country = self.env.company.country_id
        return self.env["res.partner"]._phone_format(number=text, country=country)

    @api.model
    def _hash(self, address):
        """Return what stays of a number or address after erasure.

        It can be compared only with the secret of this very database.
        """
        # People may not read the secret, and don't: they get what it makes.
        return hmac(self.env(su=True), HASH_SCOPE, address)

    @api.model
    def _get_named(self, address):
        """Return the domain of the contacts over a number or address, erased or not."""
        return Domain("address", "=", address) | Domain(
            "address_hash", "=", self._hash(address)
        )

    @api.model
    def _forget_addresses(self, partner):
        """Keep of the numbers and addresses of a client only what they hash to."""
        self.flush_model()
        mine = SQL("partner_id = %s AND address IS NOT NULL", partner.id)
        addresses = [
            address
            for (address,) in self.env.execute_query(
                SQL("SELECT DISTINCT address FROM salon_contact_proof WHERE %s", mine)
            )
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE salon_contact_proof
                      SET address = NULL, address_hash = known.hash
                     FROM unnest(%s::varchar[], %s::varchar[]) known (address, hash)
                    WHERE %s AND salon_contact_proof.address = known.address""",
                addresses,
                [self._hash(address) for address in addresses],
                SQL("partner_id = %s", partner.id),
            )
        )
        self.invalidate_model()

    @api.model
    def _get_salon_kept_texts(self):
        return super()._get_salon_kept_texts() | {"address_hash"}

    # ------------------------------------------------------------
    # RETENTION
    # ------------------------------------------------------------

    @api.model
    def _forget_old(self, company, limit, today, batch):
        """Delete what must not be proven any more; return how many rows.

        A contact is kept as long as the newest one that relied on the same consent, and
        a consent as long as a contact that relied on it. An answer goes only when it
        decides nothing: another one holds, it has expired, or the card is put away.

        :param datetime limit: what was used or given since then is kept
        :param date today: the salon's date
        """
        self.env.flush_all()
        self.env.cr.execute(self._sql_forget_contacts(company, limit, batch))
        done = self.env.cr.rowcount
        rows = self.env.execute_query(
            self._sql_forget_answers(company, limit, today, batch)
        )
        self.env.invalidate_all()
        # The signed forms of the answers go with them.
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", "salon.consent"),
                ("res_field", "!=", False),
                ("res_id", "in", [consent_id for (consent_id,) in rows]),
            ]
        ).unlink()
        return done + len(rows)

    @api.model
    def _sql_forget_contacts(self, company, limit, batch):
        return SQL(
            """DELETE FROM salon_contact_proof WHERE id IN (
                   SELECT p.id FROM salon_contact_proof p
                    WHERE p.company_id = %(company)s AND p.date < %(limit)s
                      AND NOT EXISTS (
                          SELECT FROM salon_contact_proof later
                           WHERE later.consent_id = p.consent_id
                             AND later.date >= %(limit)s)
                    LIMIT %(batch)s)""",
            company=company.id,
            limit=limit,
            batch=batch,
        )

    @api.model
    def _sql_forget_answers(self, company, limit, today, batch):
        consents = self.env["salon.consent"]
        kind = SQL(" AND ").join(
            SQL("older.%s = c.%s", SQL.identifier(name), SQL.identifier(name))
            for name in KIND
        )
        return SQL(
            """DELETE FROM salon_consent WHERE id IN (
                   SELECT c.id FROM salon_consent c
                     JOIN res_partner p ON p.id = c.partner_id
                    WHERE c.company_id = %(company)s AND c.date < %(limit)s
                      AND NOT EXISTS (
                          SELECT FROM salon_contact_proof used
                           WHERE used.consent_id = c.id)
                      AND (NOT %(newest)s
                           -- Without it an older answer would count again.
                           OR NOT EXISTS (
                               SELECT FROM salon_consent older
                                WHERE %(kind)s AND older.id != c.id)
                          AND (p.active IS NOT TRUE
                               OR c.decision = 'given' AND NOT %(holds)s))
                    LIMIT %(batch)s)
               RETURNING id""",
            company=company.id,
            limit=limit,
            newest=consents._sql_is_newest(SQL("c")),
            kind=kind,
            holds=consents._sql_holds(SQL("c"), SQL("%s::date", today)),
            batch=batch,
        )
