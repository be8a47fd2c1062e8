from odoo import api, models
from odoo.tools import SQL

from .salon_consent import PURPOSES


class SalonGate(models.AbstractModel):
    """The one gate for every way out: calls, numbers to dial, SMS, e-mail.

    Whoever wants to contact a client asks here, with purpose and channel, for the
    current company. The answer is nothing, or what holds her back.
    """

    _name = "salon.gate"
    _description = "Salon Contact Gate"

    @api.model
    def _sql_hold(self, client, address, company, today, purpose, channel):
        """Return the SQL expression of what holds a client back, NULL for nothing.

        The first line that holds is the one told to people: a number somebody else
        has put on the blacklist before the consent it withdrew.

        :param SQL client: expression of her id
        :param SQL address: expression of her sanitized number or normalised e-mail
        :param SQL company: expression of the company's id
        :param SQL today: expression of the salon's date
        """
        return SQL(
            """CASE
                 WHEN %(foreign)s THEN 'blacklist'
                 WHEN NOT %(consent)s THEN 'consent'
                 WHEN COALESCE(%(address)s, '') = '' THEN %(missing)s
                 WHEN EXISTS (
                     SELECT FROM res_partner w
                      WHERE w.id = %(client)s AND w.salon_wrong_number = %(address)s)
                     THEN 'wrong_number'
                 WHEN %(blocked)s THEN 'blacklist'
               END""",
            foreign=self._sql_blocked(
                address, channel, SQL("b.salon_by_consent IS NOT TRUE")
            ),
            consent=self.env["salon.consent"]._sql_valid(
                client, company, today, purpose, channel
            ),
            address=address,
            client=client,
            missing="email" if channel == "email" else "phone",
            blocked=self._sql_blocked(address, channel, SQL("TRUE")),
        )

    @api.model
    def _sql_blocked(self, address, channel, condition):
        """Return the SQL condition that the address is on Odoo's blacklist."""
        email = channel == "email"
        return SQL(
            """EXISTS (
                SELECT FROM %(table)s b
                 WHERE b.%(column)s = %(address)s AND b.active AND %(condition)s)""",
            table=SQL.identifier("mail_blacklist" if email else "phone_blacklist"),
            column=SQL.identifier("email" if email else "number"),
            address=address,
            condition=condition,
        )

    @api.model
    def _sql_address(self, channel, alias="p"):
        column = "email_normalized" if channel == "email" else "phone_sanitized"
        return SQL.identifier(alias, column)

    @api.model
    def _get_holds(self, partners, purpose="reminder", channel="phone"):
        """Return {client: what holds her back, or None} for the current company."""
        company = self.env.company
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, CASE WHEN NOT p.active THEN 'archived'
                                     ELSE %(hold)s END
                     FROM res_partner p
                    WHERE p.id = ANY(%(ids)s)""",
                ids=partners.ids,
                hold=self._sql_hold(
                    SQL("p.id"),
                    self._sql_address(channel),
                    SQL("%s", company.id),
                    SQL("%s::date", company._salon_today()),
                    purpose,
                    channel,
                ),
            )
        )
        holds = dict(rows)
        return {p: holds.get(p._origin.id, "archived") for p in partners}

    @api.model
    def _filter(self, partners, purpose="reminder", channel="phone"):
        """Return the clients who may be contacted now by the current company."""
        if not partners:
            return partners
        holds = self._get_holds(partners, purpose, channel)
        return partners.filtered(lambda partner: not holds[partner])

    # ------------------------------------------------------------
    # TEXT MESSAGES
    # ------------------------------------------------------------

    @api.model
    def _get_text_holds(self, partners, transactional=False):
        """Return {client: what holds back a text somebody writes to them, or None}.

        Such a text has no purpose that could be known: it may go to who agreed to
        text messages for any.

        :param bool transactional: it needs no consent; blacklist and wrong number hold
        """
        # Whom a message reaches does not depend on who writes it.
        partners = partners.sudo()
        by_purpose = [
            self._get_holds(partners, purpose, "sms") for purpose, _label in PURPOSES
        ]
        holds = {
            partner: all(found[partner] for found in by_purpose)
            and by_purpose[0][partner]
            for partner in partners
        }
        if transactional:
            # Consent comes before all else in the one rule above.
            without = partners.filtered(lambda partner: holds[partner] == "consent")
            holds.update(self._get_number_holds(without))
        return {partner: hold or None for partner, hold in holds.items()}

    @api.model
    def _get_number_holds(self, partners):
        """Return {client: what holds back any message to their number, or None}."""
        entries = (
            self.env["phone.blacklist"]
            .sudo()
            .search(
                [
                    ("number", "in", partners.mapped("phone_sanitized")),
                    ("salon_by_consent", "=", False),
                ]
            )
        )
        blocked = set(entries.mapped("number"))
        holds = {}
        for partner in partners:
            number = partner.phone_sanitized
            if not number:
                holds[partner] = "phone"
            elif number == partner.salon_wrong_number:
                holds[partner] = "wrong_number"
            else:
                holds[partner] = "blacklist" if number in blocked else None
        return holds

    @api.model
    def _get_texts_held(self, addressed, transactional=False):
        """Return {key: what holds back a text message, for those that are held}.

        A number belongs to all clients who have it: one of them must agree. Who is
        named must agree themselves.

        :param dict addressed: {key: (partner, number)}, either of them may be empty
        """
        # Whom a message reaches does not depend on who writes it.
        people_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        numbers = {
            number: people_sudo._phone_format(
                number=number, country=self.env.company.country_id
            )
            or number
            for _partner, number in addressed.values()
            if number
        }
        clients = people_sudo.search(
            [
                ("phone_sanitized", "in", list(numbers.values())),
                ("is_salon_client", "=", True),
            ]
        )
        owners = clients.grouped("phone_sanitized")
        named = people_sudo.union(*(p.sudo() for p, _number in addressed.values()))
        named = named.filtered("is_salon_client")
        holds = self.sudo()._get_text_holds(clients | named, transactional)
        held = {}
        for key, (partner, number) in addressed.items():
            groups = [partner.sudo() & named, owners.get(numbers.get(number))]
            for group in filter(None, groups):
                if all(holds[client] for client in group):
                    held[key] = holds[group[:1]]
        return held

    @api.model
    def _text_hold(self, hold):
        """Return in words why somebody may not be contacted."""
        return {
            "archived": self.env._("The client is archived."),
            "blacklist": self.env._("The number or address is on the blacklist."),
            "consent": self.env._("The client has not agreed to it."),
            "phone": self.env._("There is no valid phone number."),
            "wrong_number": self.env._(
                "The number belongs to somebody else. Ask for the right one."
            ),
            "email": self.env._("There is no valid e-mail address."),
        }[hold]
