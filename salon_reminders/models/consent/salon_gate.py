from itertools import chain

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from ...tools import legal_hours
from .salon_consent import CARD_PURPOSES, CONTACT_PURPOSES

# About a booking the client made, or something that the client asked for.
TRANSACTIONAL = "transactional"


class SalonGate(models.AbstractModel):
    """The one gate for every way out: calls, numbers to dial, SMS, e-mail.

    Whoever wants to contact a client asks here, with purpose and channel, for the
    current company. The answer is nothing, or what holds her back. The purpose follows
    from the kind of contact; ``TRANSACTIONAL`` alone needs no consent.
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
        :param purpose: one of those of the ledger, ``TRANSACTIONAL``, or an SQL
            expression of one
        """
        return SQL(
            """CASE
                 WHEN %(foreign)s THEN 'blacklist'
                 WHEN %(guardian)s = 0 THEN 'guardian'
                 WHEN NOT %(consent)s THEN 'consent'
                 WHEN COALESCE(%(address)s, '') = '' THEN %(missing)s
                 WHEN EXISTS (
                     SELECT FROM res_partner w
                      WHERE w.id IN (%(client)s, %(guardian)s)
                        AND w.salon_wrong_number = %(address)s)
                     THEN 'wrong_number'
                 WHEN %(blocked)s THEN 'blacklist'
               END""",
            foreign=self._sql_blocked(
                address, channel, SQL("b.salon_by_consent IS NOT TRUE")
            ),
            consent=self._sql_agreed(client, company, today, purpose, channel),
            address=address,
            client=client,
            # A booking is told about all the same.
            guardian=SQL("NULL::int")
            if purpose == TRANSACTIONAL
            else self.env["res.partner"]._sql_guardian(client, company, today),
            missing="email" if channel == "email" else "phone",
            # Who refused offers is told about a booking all the same.
            blocked=SQL("FALSE")
            if purpose == TRANSACTIONAL
            else self._sql_blocked(address, channel, SQL("TRUE")),
        )

    @api.model
    def _sql_agreed(self, client, company, today, purpose, channel):
        """Return the SQL condition that consent allows it; without purpose, never."""
        if not purpose or purpose in CARD_PURPOSES:
            # What the card may keep is no leave to contact anybody.
            return SQL("FALSE")
        if purpose == TRANSACTIONAL:
            return SQL("TRUE")
        consents = self.env["salon.consent"]
        return SQL(
            """(%(valid)s AND COALESCE((
                SELECT asked.decision FROM (%(newest)s) asked), '') != 'withdrawn')""",
            valid=consents._sql_valid(client, company, today, purpose, channel),
            # A guardian who wants no calls gets none about a child either.
            newest=consents._sql_newest(
                self.env["res.partner"]._sql_guardian(client, company, today),
                company,
                purpose,
                channel,
            ),
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
    def _sql_reached(self, channel, alias, company, today):
        """Return where a client is reached: on the phone it may be the guardian's.

        :param str alias: alias of the client's row
        """
        if channel == "phone":
            partners = self.env["res.partner"]
            return partners._sql_called_number(SQL.identifier(alias), company, today)
        return self._sql_address(channel, alias)

    @api.model
    def _get_holds(self, partners, purpose="reminder", channel="phone"):
        """Return {client: what holds her back, or None} for the current company."""
        company = self.env.company
        salon = SQL("%s", company.id), SQL("%s::date", company._salon_today())
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
                    self._sql_reached(channel, "p", *salon),
                    *salon,
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
    def _get_text_holds(self, partners, transactional=False, purpose=None):
        """Return {client: what holds back a text somebody writes to them, or None}.

        A text that one person writes has no purpose that could be known: it may go to
        who agreed to text messages for any.

        :param bool transactional: it needs no consent; blacklist and wrong number hold
        :param str purpose: of a text to an audience
        """
        # Whom a message reaches does not depend on who writes it.
        partners = partners.sudo()
        purposes = [purpose] if purpose else [name for name, _label in CONTACT_PURPOSES]
        by_purpose = [self._get_holds(partners, one, "sms") for one in purposes]
        holds = {
            partner: all(found[partner] for found in by_purpose)
            and by_purpose[0][partner]
            for partner in partners
        }
        if transactional:
            # Consent comes before all else in the one rule above.
            without = partners.filtered(
                lambda partner: holds[partner] in ("consent", "guardian")
            )
            holds.update(self._get_holds(without, TRANSACTIONAL, "sms"))
        return {partner: hold or None for partner, hold in holds.items()}

    @api.model
    def _get_texts_held(self, addressed, transactional=False, purpose=None):
        """Return {key: what holds back a text message, for those that are held}.

        A number belongs to all clients who have it: one of them must agree. Who is
        named must agree themselves.

        :param dict addressed: {key: (partner, number)}, either of them may be empty
        """
        reached = self._get_texts_reached(addressed)
        every = self.env["res.partner"].sudo().union(*chain(*reached.values()))
        holds = self.sudo()._get_text_holds(every, transactional, purpose)
        held = {}
        for key, groups in reached.items():
            for group in groups:
                if all(holds[client] for client in group):
                    held[key] = holds[group[:1]]
        return held

    @api.model
    def _get_texts_reached(self, addressed):
        """Return {key: the clients whom a text message reaches, in groups}.

        Of each group one must agree: of who is named, and of all who have the number.

        :param dict addressed: as of ``_get_texts_held``
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
        return {
            key: list(
                filter(None, [partner.sudo() & named, owners.get(numbers.get(number))])
            )
            for key, (partner, number) in addressed.items()
        }

    # ------------------------------------------------------------
    # LEGAL HOURS
    # ------------------------------------------------------------

    @api.model
    def _get_hour_holds(self, numbers, moment=None):
        """Return {number: when it may be phoned} of those that may not be phoned now.

        For calls and messages that need a consent; others obey no hours of the law. The
        moment is naive UTC, or False when none is near.

        :param moment: another one than now, naive UTC
        """
        found, holds = {}, {}
        for number in set(numbers):
            country, zones = legal_hours.read_number(number)
            key = (country, tuple(zone.zone for zone in zones))
            if key not in found:
                found[key] = self._get_next_moment(country, zones, moment)
            if found[key] is not None:
                holds[number] = found[key]
        return holds

    @api.model
    def _get_next_moment(self, country, zones, moment=None):
        """Return when such a number may be phoned next, None when it may be now."""
        law = self._get_law(country, zones)
        now = moment or fields.Datetime.now()
        if legal_hours.is_allowed(*law, now):
            return None
        return legal_hours.get_next(*law, now) or False

    @api.model
    def _filter_moments(self, number, moments):
        """Return those of these naive UTC moments at which a number may be phoned."""
        law = self._get_law(*legal_hours.read_number(number))
        return [moment for moment in moments if legal_hours.is_allowed(*law, moment)]

    @api.model
    def _get_law(self, country, zones):
        """Return (rule, zones, holidays) that hold for such a number.

        :param list zones: of the number; the salon's clock counts where it has none
        """
        company = self.env.company
        rule = company._salon_call_rule(country)
        holidays = () if rule.on_holidays else company._salon_call_holidays(country)
        return rule, zones or [company._salon_timezone()], holidays

    @api.model
    def _text_hours(self, number, moment):
        """Return in words why a number may not be phoned now, and when it may."""
        company = self.env.company
        rule = company._salon_call_rule(legal_hours.read_number(number)[0])
        law = company._salon_text_rule(rule)
        if rule.source:
            law = f"{law} ({rule.source})"
        if not moment:
            return self.env._("Not to be called now. %(law)s.", law=law)
        return self.env._(
            "Not to be called before %(when)s. %(law)s, by the clock of the number.",
            when=self._text_moment(moment),
            law=law,
        )

    @api.model
    def _text_moment(self, moment):
        """Return a moment by the salon's clock, to be read in a second."""
        zone = self.env.company._salon_timezone().zone
        return format_datetime(self.env, moment, tz=zone, dt_format="EEE d MMM, HH:mm")

    @api.model
    def _text_hold(self, hold):
        """Return in words why somebody may not be contacted."""
        return {
            "archived": self.env._("The client is archived."),
            "blacklist": self.env._("The number or address is on the blacklist."),
            "consent": self.env._("The client has not agreed to it."),
            "guardian": self.env._(
                "The client is under age. Link the guardian's card on the client's "
                "card, and ask the guardian."
            ),
            "phone": self.env._("There is no valid phone number."),
            "wrong_number": self.env._(
                "The number belongs to somebody else. Ask for the right one."
            ),
            "email": self.env._("There is no valid e-mail address."),
        }[hold]
