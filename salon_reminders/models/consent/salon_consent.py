from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ...tools.server_flags import SERVER_SAYS, is_flagged

# What a client is contacted for.
CONTACT_PURPOSES = [
    ("reminder", "Service reminders"),
    ("promotion", "Promotions"),
    ("feedback", "Feedback"),
]
PURPOSES = [
    *CONTACT_PURPOSES,
    ("health", "Notes about health"),
    ("photo", "Photos"),
]
# What a client is phoned for, in the order in which they are asked about it.
CALL_PURPOSES = ("reminder", "promotion", "feedback")
# Advertising as of GDPR 21(2): what a client objects to in one word. Reminders of the
# next visit were agreed to by themselves, and are refused by themselves.
ADVERTISING = ("promotion", "feedback")
# What the card may keep. It allows no contact, so it has a channel of its own.
CARD_PURPOSES = ("health", "photo")
CARD = "card"
CARD_CHECK = "CHECK((channel = 'card') = (purpose IN ('health', 'photo')))"
CARD_CHECK_TEXT = (
    "Notes about health and photos are kept on the card; calls, text messages and "
    "e-mails are for reminders, promotions and feedback. Choose what belongs together."
)
CONTACT_CHANNELS = [("phone", "Phone calls"), ("sms", "SMS"), ("email", "E-mail")]
CHANNELS = [*CONTACT_CHANNELS, (CARD, "On the card")]
# Channels that a phone number, and so its blacklist, is about.
PHONE_CHANNELS = ("phone", "sms")
# Of these there is one answer that counts: the newest.
KIND = ("partner_id", "company_id", "purpose", "channel")
# What a person may record; the other ways belong to the system.
PERSONAL_METHODS = ("desk", "phone", "writing")
# What a person says of an answer; all else about it is the server's to know.
ANSWER = ("partner_id", "purpose", "channel", "decision", "document", "document_name")
# A client who says so herself reaches the blacklists, a file does not.
OWN_WORD = (*PERSONAL_METHODS, "link")


def get_channels(purpose):
    """Return the channels on which somebody can be asked about a purpose."""
    if purpose in CARD_PURPOSES:
        return (CARD,)
    return tuple(channel for channel, _label in CONTACT_CHANNELS)


def get_channel(purpose, channel=None):
    """Return the channel of an answer: the wanted one, or the first that there is."""
    channels = get_channels(purpose)
    return channel if channel in channels else channels[0]


# All that a client can be asked: (purpose, channel).
KINDS = tuple(
    (purpose, channel)
    for purpose, _label in PURPOSES
    for channel in get_channels(purpose)
)


class SalonConsent(models.Model):
    """Append-only ledger of what a client agreed to and what she withdrew.

    The newest row per client, company, purpose and channel tells what holds now; a
    correction is a new row. Nothing is ever written or deleted, not even by a manager;
    what decides nothing any more goes when its time of proof is over, see
    ``salon.contact.proof``.
    """

    _name = "salon.consent"
    _description = "Salon Consent"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    purpose = fields.Selection(PURPOSES, required=True, default="reminder")
    channel = fields.Selection(
        CHANNELS,
        required=True,
        compute="_compute_channel",
        store=True,
        readonly=False,
        precompute=True,
    )
    decision = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")],
        required=True,
        default="given",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    is_dated_back = fields.Boolean(
        "Day of a signed form",
        readonly=True,
        help="The form was signed on an earlier day than it was recorded.",
    )
    create_date = fields.Datetime("Recorded on", readonly=True)
    expiry_date = fields.Date(
        "Valid until", help="The last day on which it holds. Empty: no end."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    method = fields.Selection(
        [
            ("desk", "At the desk"),
            ("phone", "On the phone"),
            ("writing", "In writing"),
            ("import", "Imported"),
            ("link", "By the client's own link"),
            ("blacklist", "By a blacklist"),
            ("merge", "By merging two cards"),
        ],
        required=True,
        default="desk",
    )
    wording_id = fields.Many2one(
        "salon.consent.wording",
        string="Wording version",
        compute="_compute_wording_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('purpose', '=', purpose), ('channel', '=', channel),"
        " ('company_id', 'in', (company_id, False))]",
        check_company=True,
    )
    wording = fields.Text(
        compute="_compute_wording",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="What the client was asked, word for word.",
    )
    guardian_id = fields.Many2one(
        "res.partner",
        string="Answered by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The guardian who answered for a client under age.",
    )
    # A file of this row: it can't be changed or deleted without writing the row.
    document = fields.Binary("Signed form", attachment=True)
    document_name = fields.Char("Name of the signed form")
    source = fields.Char(help="Where the answer comes from, if not from the client.")
    restored_id = fields.Many2one(
        "salon.consent",
        string="Given as",
        readonly=True,
        copy=False,
        index="btree_not_null",
        # What is told of it then is the row itself.
        ondelete="set null",
        help="What the client really said: its withdrawal was logged by mistake and "
        "undone.",
    )

    _newest_idx = models.Index(
        "(partner_id, company_id, purpose, channel, date DESC, id DESC)"
    )
    _card_channel = models.Constraint(CARD_CHECK, CARD_CHECK_TEXT)

    @api.depends("purpose")
    def _compute_channel(self):
        for consent in self:
            consent.channel = get_channel(consent.purpose, consent.channel)

    @api.depends("purpose", "channel", "company_id")
    def _compute_wording_id(self):
        for consent in self:
            wordings = consent.env["salon.consent.wording"].with_company(
                consent.company_id
            )
            consent.wording_id = consent.method in OWN_WORD and wordings._get_current(
                consent.purpose, consent.channel
            )

    @api.depends("wording_id")
    def _compute_wording(self):
        for consent in self:
            consent.wording = consent.wording_id.text or consent.wording or "-"

    @api.depends("partner_id", "purpose", "channel", "decision")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("purpose", "channel", "decision")
        }
        for consent in self:
            parts = (labels[name].get(consent[name], "") for name in labels)
            consent.display_name = ", ".join([consent.partner_id.name or "", *parts])

    @api.constrains("date")
    def _check_date(self):
        # A row of tomorrow would overrule every answer until then.
        if any(consent.date > self._get_latest() for consent in self):
            raise ValidationError(
                self.env._("An answer can't be dated later than now. Check the date.")
            )

    @api.model
    def _get_latest(self):
        """Return up to when an answer is of now: clocks differ by some minutes."""
        return fields.Datetime.add(fields.Datetime.now(), minutes=5)

    @api.constrains("method", "decision", "document")
    def _check_document(self):
        for consent in self:
            written = consent.method == "writing" and consent.decision == "given"
            if written and not consent.document:
                raise ValidationError(
                    self.env._("Attach the signed form of a consent given in writing.")
                )

    @api.constrains("wording_id", "purpose", "channel")
    def _check_wording(self):
        for consent in self.filtered("wording_id"):
            asked = consent.wording_id
            if (asked.purpose, asked.channel) != (consent.purpose, consent.channel):
                raise ValidationError(
                    self.env._(
                        "%(wording)s asks for something else. Choose the wording that "
                        "is printed on the form.",
                        wording=asked.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            vals_list = [self._complete_vals(vals) for vals in vals_list]
        else:
            # Defaults of the context are the caller's word as well.
            self = self.with_env(self.env(context=clean_context(self.env.context)))
            vals_list = [self._prepare_answer(vals) for vals in vals_list]
        self.env["res.partner"]._check_salon_clients(vals_list)
        self._add_guardians(vals_list)
        consents = super().create(vals_list)
        consents.partner_id._salon_become_clients()
        consents._after_create()
        return consents

    def write(self, vals):
        if vals:
            raise UserError(self._text_append_only())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if is_flagged(self.env, "salon_taken_back"):
            # Nobody gave an answer that an import wrote by mistake.
            return
        raise UserError(self._text_append_only())

    def _text_append_only(self):
        return self.env._(
            "Consents are never changed or deleted. Record a new one that says what "
            "holds now."
        )

    @api.model
    def _add_guardians(self, vals_list):
        """Note who answers for clients under age: the guardian on their card.

        What a file, a link or the system says is no guardian's word.

        :raise UserError: when somebody under age, without a guardian, would agree
        """
        # Whoever may record an answer may know who has to give it.
        ids = [vals["partner_id"] for vals in vals_list if vals.get("partner_id")]
        partners_sudo = self.env["res.partner"].sudo()
        for vals in vals_list:
            partner = partners_sudo.browse(vals.get("partner_id")).with_prefetch(ids)
            if not partner or vals.get("method", "desk") not in PERSONAL_METHODS:
                continue
            companies = self.env["res.company"]
            company = companies.browse(vals.get("company_id")) or self.env.company
            moment = fields.Datetime.to_datetime(vals.get("date"))
            day = company._salon_date(moment) if moment else company._salon_today()
            if partner._is_minor(company, day):
                if vals.get("decision", "given") == "given":
                    partner._check_guardian(company)
                vals["guardian_id"] = partner.salon_guardian_id.id

    def _complete_vals(self, vals):
        """Return the values of a row that the system writes: its wording is final."""
        return {"wording_id": False, **vals} if "wording" in vals else dict(vals)

    @api.model
    def _prepare_answer(self, vals):
        """Return the values of a row that a person records, who only says the answer.

        Moment, user, wording and end are the server's. A signed form alone may bear an
        earlier day, and names the version of the wording that is printed on it.

        :raise UserError: when a person claims what only the system records
        """
        method = vals.get("method", "desk")
        if method not in PERSONAL_METHODS:
            raise UserError(
                self.env._(
                    "Say how the client answered: at the desk, on the phone or in "
                    "writing."
                )
            )
        companies = self.env["res.company"]
        company = companies.browse(vals.get("company_id")) or self.env.company
        date = self._get_moment(company, method, vals)
        day = company._salon_date(date)
        return {
            **{name: vals[name] for name in ANSWER if name in vals},
            **self._get_asked(company, method, vals),
            "company_id": company.id,
            "method": method,
            "user_id": self.env.uid,
            "date": date,
            "is_dated_back": day < company._salon_today(),
            "expiry_date": self._get_end(company, day, vals),
            "source": False,
        }

    @api.model
    def _get_moment(self, company, method, vals):
        """Return when the client answered: now, or when the form was signed.

        :raise ValidationError: when an earlier day comes without the form
        """
        now = fields.Datetime.now()
        said = fields.Datetime.to_datetime(vals.get("date")) or now
        if said > self._get_latest():
            # Refused below, not put right in silence.
            return said
        if method != "writing" or company._salon_date(said) == company._salon_today():
            return now
        if not vals.get("document"):
            raise ValidationError(
                self.env._(
                    "Only a signed form may bear an earlier day. Attach the form, or "
                    "leave the day as it is."
                )
            )
        return said

    @api.model
    def _get_end(self, company, day, vals):
        """Return the last day of a consent: the salon's rule, or what is sooner."""
        if vals.get("decision") == "withdrawn":
            return False
        wanted = fields.Date.to_date(vals.get("expiry_date"))
        ends = filter(None, (wanted, company._salon_consent_expiry(day)))
        return min(ends, default=False)

    @api.model
    def _get_asked(self, company, method, vals):
        """Return the sentence the client was asked: the salon's own, word for word."""
        wordings = self.env["salon.consent.wording"].with_company(company)
        asked = wordings.browse(method == "writing" and vals.get("wording_id"))
        if not asked:
            purpose = vals.get("purpose", "reminder")
            channel = vals.get("channel") or get_channel(purpose)
            asked = wordings._get_current(purpose, channel)
        return {"wording_id": asked.id, "wording": asked.text or "-"}

    def _after_create(self):
        """Let withdrawals end what they forbid, and bring Odoo's blacklists in line."""
        contacts = self.filtered(lambda consent: consent.channel != CARD)
        withdrawn = contacts.filtered(lambda consent: consent.decision == "withdrawn")
        if withdrawn:
            withdrawn._after_withdrawal()
        if not is_flagged(self.env, "salon_from_blacklist"):
            # The blacklists are Odoo's; the ledger decides on the salon's part.
            own = self.sudo().filtered(lambda consent: consent.method in OWN_WORD)
            own.filtered(lambda c: c.decision == "given")._lift_blacklists()
            own.filtered(lambda c: c.decision == "withdrawn")._reach_blacklists()
        answered = self - contacts
        if answered:
            # What is kept follows the answer, whoever records it.
            answered.partner_id.sudo()._salon_after_card_answers()

    @api.model
    def _get_salon_kept_texts(self):
        return super()._get_salon_kept_texts() | {"wording"}

    def _after_withdrawal(self):
        """End what these withdrawals forbid. Empty here: calls are ended above."""

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _sql_newest(
        self, partner, company, purpose="reminder", channel="phone", moment=None
    ):
        """Return the query of the one row of the ledger that tells what holds now.

        The one rule of which answer counts; ``_get_newest`` says the same.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        :param SQL moment: expression of a moment: what held then, instead of now
        """
        return SQL(
            """SELECT n.* FROM salon_consent n
                WHERE n.partner_id = %(partner)s AND n.company_id = %(company)s
                  AND n.purpose = %(purpose)s AND n.channel = %(channel)s
                  AND %(until)s
             ORDER BY n.date DESC, n.id DESC
                LIMIT 1""",
            partner=partner,
            company=company,
            purpose=purpose,
            channel=channel,
            until=SQL("n.date <= %s", moment) if moment else SQL("TRUE"),
        )

    @api.model
    def _sql_is_newest(self, row):
        """Return the condition that a row of the ledger is the newest of its kind.

        :param SQL row: alias of the row
        """
        kind = (SQL("%s.%s", row, SQL.identifier(name)) for name in KIND)
        return SQL("%s.id = (SELECT id FROM (%s) newest)", row, self._sql_newest(*kind))

    @api.model
    def _sql_holds(self, row, today):
        """Return the condition that an answer, the newest of its kind, is a consent.

        Of a client under age it is the guardian who has to have given it. That one ends
        when the client comes of age, for then another number is called; what the card
        keeps goes on. ``_is_valid`` says the same.

        :param SQL row: alias of the row
        :param SQL today: expression of the salon's date
        """
        return SQL(
            """(%(row)s.decision = 'given'
                AND (%(row)s.expiry_date IS NULL
                     OR %(row)s.expiry_date >= %(today)s)
                AND (%(row)s.guardian_id IS NOT DISTINCT FROM %(guardian)s
                     OR %(row)s.channel = 'card' AND %(row)s.guardian_id IS NOT NULL))
            """,
            row=row,
            today=today,
            guardian=self.env["res.partner"]._sql_guardian(
                SQL("%s.partner_id", row), SQL("%s.company_id", row), today
            ),
        )

    @api.model
    def _sql_valid(self, partner, company, today, purpose="reminder", channel="phone"):
        """Return the SQL condition "a consent for this holds today".

        The one rule of consent: used by the daily job, by the number shown for
        dialling and by the filters.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        :param SQL today: expression of the salon's date
        """
        return SQL(
            "EXISTS (SELECT FROM (%(newest)s) newest WHERE %(holds)s)",
            newest=self._sql_newest(partner, company, purpose, channel),
            holds=self._sql_holds(SQL("newest"), today),
        )

    @api.model
    def _get_newest(self, partners, purpose="reminder", channel="phone"):
        """Return {partner: newest consent of the current company}."""
        domain = Domain(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.env.company.id),
                ("purpose", "=", purpose),
                ("channel", "=", channel),
            ]
        )
        # By the order of the model: of each client the newest is put in last.
        names = ["partner_id", "company_id", "decision", "expiry_date", "date"]
        names += ["channel", "method", "user_id", "guardian_id", "restored_id"]
        rows = reversed(self.search_fetch(domain, names))
        return {consent.partner_id: consent for consent in rows}

    def _is_valid(self):
        """Tell whether this row, the newest of its kind, still holds today."""
        self.ensure_one()
        today = self.company_id._salon_today()
        is_running = not self.expiry_date or self.expiry_date >= today
        return self.decision == "given" and is_running and self._is_by_the_right_one()

    def _is_by_the_right_one(self):
        """Tell whether who answered is whose answer counts today: see above."""
        # As in _add_guardians.
        partner_sudo, guardian = self.partner_id.sudo(), self.guardian_id
        if self.channel == CARD and guardian:
            return True
        if partner_sudo._is_minor(self.company_id):
            return bool(guardian) and guardian == partner_sudo.salon_guardian_id
        return not guardian

    @api.model
    def _prepare_vals(self, partner, decision, method, **extra):
        """Return the values of a consent row, for calls unless said otherwise."""
        company = self.env.company
        vals = {
            "partner_id": partner.id,
            "company_id": company.id,
            "decision": decision,
            "method": method,
            **extra,
        }
        if decision == "given":
            # A form signed last week holds from last week on.
            moment = fields.Datetime.to_datetime(vals.get("date"))
            day = moment and company._salon_date(moment)
            vals.setdefault("expiry_date", company._salon_consent_expiry(day))
        return vals

    @api.model
    def _withdraw_calls(self, partners, method):
        """Record that these clients want no calls, whatever about; return the rows.

        Who refuses calls refuses all that she had agreed to on the phone.
        """
        return self._withdraw(
            partners, method, CALL_PURPOSES, ("phone",), repeat=("reminder",)
        )

    @api.model
    def _withdraw_advertising(self, partners, method):
        """Record that these clients object to advertising, over whatever channel.

        The one rule of an objection: offers and questions end at once, and nobody asks
        for them again. Reminders and what is about a booking go on.
        """
        channels = [channel for channel, _label in CONTACT_CHANNELS]
        return self._withdraw(
            partners, method, ADVERTISING, channels, unasked=ADVERTISING
        )

    @api.model
    def _withdraw_contacts(self, partners, method):
        """Record that these clients want to hear nothing more, whatever the channel."""
        channels = [channel for channel, _label in CONTACT_CHANNELS]
        return self._withdraw(
            partners, method, CALL_PURPOSES, channels, unasked=CALL_PURPOSES
        )

    @api.model
    def _withdraw(self, partners, method, purposes, channels, unasked=(), repeat=()):
        """Withdraw what these clients agreed to; return the rows.

        :param unasked: purposes of calls that are refused also by who was never asked
        :param repeat: purposes of calls that are refused whatever was said before
        """
        now = {
            (row["partner_id"], row["purpose"], row["channel"]): row["decision"]
            for row in self._get_newest_rows(partners, channels)
            if row["company_id"] == self.env.company.id
        }

        def ends(said, purpose, channel):
            new = purpose in repeat or (said is None and purpose in unasked)
            return said == "given" or (channel == "phone" and new)

        return self.create(
            [
                self._prepare_vals(
                    partner, "withdrawn", method, purpose=purpose, channel=channel
                )
                for partner in partners
                for purpose in purposes
                for channel in channels
                if ends(now.get((partner.id, purpose, channel)), purpose, channel)
            ]
        )

    def _get_said_together(self):
        """Return the rows that were written with this one, see ``_withdraw``."""
        return self.search(
            [
                ("id", ">=", self.id),
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                *[(name, "=", self[name]) for name in ("decision", "method")],
                ("create_date", "=", self.create_date),
            ]
        )

    def _get_later(self):
        """Return the newest row of the same kind: this one, if it still holds."""
        self.ensure_one()
        consents = self.with_company(self.company_id)
        newest = consents._get_newest(self.partner_id, self.purpose, self.channel)
        return newest[self.partner_id]

    def _get_earlier(self):
        """Return the row of the same kind that this one ended, if there is one."""
        self.ensure_one()
        kind = [(name, "=", self[name]) for name in ("purpose", "channel")]
        rows = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                *kind,
                ("date", "<=", self.date),
            ]
        )
        return rows.filtered(lambda row: (row.date, row.id) < (self.date, self.id))[:1]

    # ------------------------------------------------------------
    # WHAT THE CARD MAY KEEP
    # ------------------------------------------------------------

    @api.model
    def _sql_refused_card(self, partner, purpose, company=None):
        """Return the condition that a client does not let the card keep something.

        The newest answer of any salon counts for what salons share, like the texts of
        a card; that of one salon for what is its own, like its photos.
        ``_get_card_refusals`` says the same.

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id; None for any
        """
        return SQL(
            """COALESCE((
                SELECT k.decision = 'withdrawn' FROM salon_consent k
                 WHERE k.partner_id = %(partner)s AND k.purpose = %(purpose)s
                   AND (%(company)s)
              ORDER BY k.date DESC, k.id DESC LIMIT 1), FALSE)""",
            partner=partner,
            purpose=purpose,
            company=SQL("k.company_id = %s", company) if company else SQL("TRUE"),
        )

    @api.model
    def _get_card_refusals(self, partners):
        """Return what the cards of these clients may not keep now.

        :return: clients who refuse notes about health, and the pairs (client id,
            company id) of who refuses photos at a salon
        """
        return self._get_refusals(self._get_newest_rows(partners, (CARD,)), partners)

    @api.model
    def _get_refusals(self, rows, partners):
        """Return the same, by the newest rows of each kind and company."""
        rows = sorted(rows, key=lambda row: (row["date"], row["id"]))
        health = {
            row["partner_id"]: row["decision"]
            for row in rows
            if row["purpose"] == "health"
        }
        refusing = partners.filtered(lambda one: health.get(one.id) == "withdrawn")
        photos = {
            (row["partner_id"], row["company_id"])
            for row in rows
            if row["purpose"] == "photo" and row["decision"] == "withdrawn"
        }
        return refusing, photos

    # ------------------------------------------------------------
    # BLACKLISTS
    # ------------------------------------------------------------

    @api.model
    def _withdraw_blocked(self, domain, channels):
        """Withdraw what these clients agreed to, in every salon.

        :param domain: the clients whose number or address was blacklisted
        """
        partners = (
            self.env["res.partner"].with_context(active_test=False).search(domain)
        )
        rows = self._get_newest_rows(partners, channels)
        if "phone" in channels:
            # Who answers for a child is called about it on this number.
            rows += [
                row
                for row in self._get_newest_rows(partners._get_wards(), ("phone",))
                if row["guardian_id"] in partners.ids
                and row["partner_id"] not in partners.ids
            ]
        self.with_context(salon_from_blacklist=SERVER_SAYS).create(
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
                """SELECT id, partner_id, company_id, purpose, channel, decision, date,
                          guardian_id
                     FROM salon_consent c
                    WHERE partner_id = ANY(%s) AND channel IN %s AND %s
                 ORDER BY partner_id, company_id, purpose, channel""",
                partners.ids,
                tuple(channels),
                self._sql_is_newest(SQL("c")),
            )
        )

    def _reach_blacklists(self):
        """Put numbers and addresses on Odoo's blacklists where that is right.

        A blacklist knows neither purpose nor person. So it is right only when nobody
        who has the number agrees to anything over it any more.
        """
        phones = self._get_phone_owners()
        emails = self.filtered(lambda c: c.channel == "email").partner_id
        for number in self._get_unwanted(phones, PHONE_CHANNELS):
            self._block("phone.blacklist", "number", number)
        for email in self._get_unwanted(emails, ("email",)):
            self._block("mail.blacklist", "email", email)

    def _get_phone_owners(self):
        """Return whose telephones these answers are about, see ``salon_called_id``."""
        owners = self.env["res.partner"]
        for consent in self.filtered(lambda c: c.channel in PHONE_CHANNELS):
            guardian = consent.channel == "phone" and consent.guardian_id
            owners |= guardian or consent.partner_id
        return owners

    @api.model
    def _block(self, model, field, address):
        blacklist = self.env[model].with_context(salon_from_consent=SERVER_SAYS)
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
                          AND %(holds)s AND %(newest)s)
                   -- Nor about a child, for whom the owner of the telephone answers.
                   AND NOT EXISTS (
                       SELECT FROM res_partner o
                         JOIN salon_consent s ON s.guardian_id = o.id
                         JOIN clock t ON t.company_id = s.company_id
                        WHERE %(other)s = %(address)s AND s.channel IN %(channels)s
                          AND s.channel = 'phone' AND %(holds)s AND %(newest)s)""",
                clock=self.env["res.company"]._sql_salon_days(),
                holds=self._sql_holds(SQL("s"), SQL("t.day")),
                newest=self._sql_is_newest(SQL("s")),
                address=address,
                other=other,
                ids=partners.ids,
                channels=tuple(channels),
            )
        )
        return [row[0] for row in rows]

    def _lift_blacklists(self):
        """Take off the blacklists what only an earlier withdrawal put there."""
        phones = self._get_phone_owners()
        emails = self.filtered(lambda c: c.channel == "email").partner_id
        for model, field, addresses in (
            ("phone.blacklist", "number", phones.mapped("phone_sanitized")),
            ("mail.blacklist", "email", emails.mapped("email_normalized")),
        ):
            self.env[model].search(
                [(field, "in", addresses), ("salon_by_consent", "=", True)]
            ).action_archive()

    # ------------------------------------------------------------
    # MERGED CARDS
    # ------------------------------------------------------------

    @api.model
    def _get_refused(self, partners):
        """Return what any of these clients refuses now: (company, purpose, channel)."""
        channels = tuple(channel for channel, _label in CHANNELS)
        return {
            (row["company_id"], row["purpose"], row["channel"])
            for row in self._get_newest_rows(partners, channels)
            if row["decision"] == "withdrawn"
        }

    @api.model
    def _keep_refused(self, partner, refused):
        """Keep the most restrictive answer of cards that were merged into one."""
        still = self._get_refused(partner)
        self.create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company_id,
                    "purpose": purpose,
                    "channel": channel,
                    "decision": "withdrawn",
                    "method": "merge",
                    "wording": "-",
                }
                for company_id, purpose, channel in sorted(refused - still)
            ]
        )
