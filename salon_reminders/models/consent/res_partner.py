import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..visit.salon_visit import KEPT_STATES
from .salon_consent import (
    ADVERTISING,
    CALL_PURPOSES,
    CARD,
    CARD_PURPOSES,
    KINDS,
    PURPOSES,
    get_channel,
    get_channels,
)

SCOPE = "salon_consent_link"
# What such a token is made of; anything else is not even looked at.
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,200}\Z")
CARD_STATES = [
    ("given", "Agrees"),
    ("missing", "Consent missing"),
    ("refused", "Does not agree"),
]


class ResPartner(models.Model):
    """Asking clients for their consent, what they agreed to, and their own link.

    The link shows a client what they agreed to, without a login.
    """

    _inherit = "res.partner"

    salon_consent_state_ids = fields.One2many(
        "salon.consent.state",
        "partner_id",
        string="What the client agrees to",
        groups="salon_reminders.group_receptionist",
    )
    salon_consent_to_ask = fields.Boolean(
        "Consent to collect",
        compute="_compute_salon_consent_to_ask",
        search="_search_salon_consent_to_ask",
        groups="salon_reminders.group_stylist",
        help="The client has not been asked about some kind of calls, or about what "
        "the card keeps, or must be asked again.",
    )
    salon_ask_purpose = fields.Selection(
        PURPOSES,
        string="What to ask for",
        compute="_compute_salon_ask_purpose",
        groups="salon_reminders.group_stylist",
    )
    salon_ask_worth = fields.Float(
        "Spent in a year",
        compute="_compute_salon_ask_worth",
        groups="salon_reminders.group_receptionist",
        help="Those with whom most would be lost are asked first.",
    )
    salon_ask_reason = fields.Char(
        "Why the client is asked",
        compute="_compute_salon_ask_reason",
        groups="salon_reminders.group_receptionist",
    )
    salon_ask_sentence = fields.Text(
        "What to say",
        compute="_compute_salon_ask_sentence",
        groups="salon_reminders.group_stylist",
    )
    salon_visits_today = fields.Boolean(
        "Visits today",
        compute="_compute_salon_visit_today",
        search="_search_salon_visits_today",
        groups="salon_reminders.group_stylist",
    )
    salon_visit_today_id = fields.Many2one(
        "salon.visit",
        string="Visit of today",
        compute="_compute_salon_visit_today",
        groups="salon_reminders.group_stylist",
    )
    salon_consent_ids = fields.One2many(
        "salon.consent",
        "partner_id",
        string="Consents",
        groups="salon_reminders.group_receptionist",
    )
    salon_pass_ids = fields.One2many(
        "salon.consent.pass",
        "partner_id",
        string="Own links",
        groups="salon_reminders.group_receptionist",
    )
    salon_call_consent = fields.Selection(
        [
            ("none", "Not asked"),
            ("given", "Agrees"),
            ("withdrawn", "Does not agree"),
            ("expired", "Expired"),
        ],
        string="Consent to calls",
        compute="_compute_salon_call_consent",
        search="_search_salon_call_consent",
        groups="salon_reminders.group_receptionist",
        help="Whether the client agrees to be phoned when the next visit is due.",
    )
    salon_health_consent = fields.Selection(
        CARD_STATES,
        string="Notes about health",
        compute="_compute_salon_card_consent",
        groups="salon_reminders.group_stylist",
        help="Whether the client agrees that the card keeps allergies and the like.",
    )
    salon_photo_consent = fields.Selection(
        CARD_STATES,
        string="Photos of the client",
        compute="_compute_salon_card_consent",
        groups="salon_reminders.group_stylist",
        help="Whether the client agrees that the card keeps photos.",
    )
    salon_health_sentence = fields.Text(
        "Ask about notes on health",
        compute="_compute_salon_card_sentences",
        groups="salon_reminders.group_stylist",
    )
    salon_is_minor = fields.Boolean(
        "Under age",
        compute="_compute_salon_is_minor",
        groups="salon_reminders.group_stylist",
        help="By the date of birth and the law of the salon's country.",
    )
    salon_called_id = fields.Many2one(
        "res.partner",
        string="Who is called",
        compute="_compute_salon_is_minor",
        groups="salon_reminders.group_stylist",
    )
    salon_age_hint = fields.Char(
        "Who answers",
        compute="_compute_salon_age_hint",
        groups="salon_reminders.group_stylist",
    )
    salon_photo_sentence = fields.Text(
        "Ask about photos",
        compute="_compute_salon_card_sentences",
        groups="salon_reminders.group_stylist",
    )

    # ------------------------------------------------------------
    # UNDER AGE
    # ------------------------------------------------------------

    @api.depends("salon_birthdate", "salon_guardian_id")
    @api.depends_context("company")
    def _compute_salon_is_minor(self):
        for partner in self:
            partner.salon_is_minor = partner._is_minor(self.env.company)
            guardian = partner.salon_is_minor and partner.salon_guardian_id
            partner.salon_called_id = guardian or partner

    @api.depends("salon_birthdate", "salon_guardian_id")
    @api.depends_context("company", "lang")
    def _compute_salon_age_hint(self):
        # Whoever reads the card may know the age.
        age = self.env.company.sudo().salon_consent_age
        for partner in self:
            guardian = partner.salon_guardian_id
            if not partner.salon_is_minor:
                partner.salon_age_hint = False
            elif guardian:
                partner.salon_age_hint = self.env._(
                    "Under %(age)s: %(guardian)s answers, and is called.",
                    age=age,
                    guardian=guardian.name,
                )
            else:
                partner.salon_age_hint = self.env._(
                    "Under %(age)s: link the guardian's card. Until then nobody may "
                    "agree, and nobody is called.",
                    age=age,
                )

    def _is_minor(self, company, day=None):
        """Tell whether a guardian answers for this client; ``_sql_is_minor`` too.

        Who was born on 29 February comes of age on 1 March in other years.

        :param date day: the day it is asked for; today when left out
        """
        born = self.salon_birthdate
        if not born:
            return False
        # The age of the law is no secret.
        age = company.sudo().salon_consent_age
        day = day or company._salon_today()
        return born > fields.Date.subtract(day, years=age)

    def _get_wards(self):
        """Return the clients for whom these would answer, if they are under age."""
        return self.with_context(active_test=False).search(
            [("salon_guardian_id", "in", self.ids)]
        )

    def _keep_guardians(self):
        result = super()._keep_guardians()
        # Whoever links a guardian may know that it is not a child.
        for guardian in self.salon_guardian_id.sudo():
            if guardian._is_minor(self.env.company):
                raise ValidationError(
                    self.env._(
                        "%(guardian)s is under age too. Choose a grown-up as the "
                        "guardian.",
                        guardian=guardian.name,
                    )
                )
        return result

    def _check_guardian(self, company):
        """Refuse the consent of somebody under age who has no guardian.

        :raise UserError: saying what to do
        """
        if not self.salon_guardian_id:
            raise UserError(
                self.env._(
                    "%(client)s is under %(age)s, so a guardian has to agree. Link "
                    "the guardian's card on the client's card, then ask the guardian.",
                    client=self.name,
                    age=company.sudo().salon_consent_age,
                )
            )

    @api.model
    def _sql_is_minor(self, alias, company, today):
        """Return the condition that a guardian answers for a client.

        :param SQL alias: alias of the client's row
        :param SQL company: expression of the company's id
        :param SQL today: expression of the salon's date
        """
        return SQL(
            """COALESCE(%(alias)s.salon_birthdate > (%(today)s::date - make_interval(
                years => (SELECT y.salon_consent_age FROM res_company y
                           WHERE y.id = %(company)s))), FALSE)""",
            alias=alias,
            company=company,
            today=today,
        )

    @api.model
    def _sql_guardian(self, client, company, today):
        """Return the id of who answers for a client, as ``_sql_row_guardian``.

        :param SQL client: expression of the client's id
        """
        return SQL(
            "(SELECT %s FROM res_partner m WHERE m.id = %s)",
            self._sql_row_guardian(SQL("m"), company, today),
            client,
        )

    @api.model
    def _sql_row_guardian(self, alias, company, today):
        """Return the id of who answers for a client: NULL for who is of age.

        0 for who is under age and has no guardian.

        :param SQL alias: alias of the client's row
        """
        return SQL(
            "CASE WHEN %(minor)s THEN COALESCE(%(alias)s.salon_guardian_id, 0) END",
            alias=alias,
            minor=self._sql_is_minor(alias, company, today),
        )

    @api.model
    def _sql_called_number(self, alias, company, today):
        """Return the number on which a client is called: the own, or the guardian's.

        In Python it is that of ``salon_called_id``.

        :param SQL alias: alias of the client's row
        """
        return SQL(
            """CASE WHEN %(alias)s.salon_guardian_id IS NOT NULL AND %(minor)s
                    THEN (SELECT ga.phone_sanitized FROM res_partner ga
                           WHERE ga.id = %(alias)s.salon_guardian_id)
                    ELSE %(alias)s.phone_sanitized END""",
            alias=alias,
            minor=self._sql_is_minor(alias, company, today),
        )

    @api.model
    def _sql_called_on(self, number, company, today):
        """Return the query of the ids of clients who are called on a number."""
        minor = self._sql_is_minor(SQL("c"), company, today)
        return SQL(
            """SELECT c.id FROM res_partner c
                WHERE c.phone_sanitized = %(number)s
                  AND NOT (c.salon_guardian_id IS NOT NULL AND %(minor)s)
                UNION ALL
               SELECT c.id FROM res_partner ga
                 JOIN res_partner c ON c.salon_guardian_id = ga.id
                WHERE ga.phone_sanitized = %(number)s AND %(minor)s""",
            number=number,
            minor=minor,
        )

    # ------------------------------------------------------------
    # WHAT TO ASK FOR
    # ------------------------------------------------------------

    salon_erasure_date = fields.Date(
        "To be deleted by",
        copy=False,
        groups="salon_reminders.group_receptionist",
        help="The client has asked to be deleted. A manager does it.",
    )

    @api.depends("salon_consent_ids", "phone")
    @api.depends_context("company")
    def _compute_salon_consent_to_ask(self):
        # Whom to ask follows from the ledger, also for who may not read it.
        asked = self.sudo().search(
            [("id", "in", self._origin.ids), ("salon_consent_to_ask", "=", True)]
        )
        for partner in self:
            partner.salon_consent_to_ask = partner._origin in asked

    @api.model
    def _search_salon_consent_to_ask(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_consent_to_ask"], "read")
        if operator != "in":
            return NotImplemented
        found = Domain.custom(
            to_sql=lambda model, alias, query: self._sql_consent_to_ask(alias)
        )
        return found if True in value else ~found

    @api.model
    def _sql_consent_to_ask(self, alias):
        """Return the condition that somebody should be asked for a consent now.

        About what the card keeps without one, or about any kind of calls that was not
        asked for, or whose consent ended. Nobody who was asked a short while ago.
        """
        company = self.env.company
        missing = [
            *(self._sql_card_to_ask(alias, purpose) for purpose in CARD_PURPOSES),
            self._sql_calls_to_ask(alias),
        ]
        return SQL(
            """((%(missing)s)
                AND NOT EXISTS (
                    SELECT FROM salon_consent_ask a
                     WHERE a.partner_id = %(id)s AND a.company_id = %(company)s
                       AND a.again_date > %(today)s))""",
            missing=SQL(" OR ").join(missing),
            id=SQL.identifier(alias, "id"),
            company=company.id,
            today=company._salon_today(),
        )

    @api.model
    def _sql_calls_to_ask(self, alias, purposes=CALL_PURPOSES):
        """Return the condition that consent to calls for one of these is missing.

        Nobody who refused calls is asked again, and nobody whose number is on the
        blacklist: that is a refusal too.
        """
        partner = SQL.identifier(alias, "id")
        missing = [
            self._sql_call_consent(state, partner, purpose)
            for purpose in purposes
            for state in ("none", "expired")
        ]
        return SQL(
            "((%(missing)s) AND NOT COALESCE(%(refused)s, FALSE) AND NOT %(blocked)s)",
            missing=SQL(" OR ").join(missing),
            refused=self._sql_call_consent("withdrawn", partner),
            blocked=self.env["salon.gate"]._sql_blocked(
                SQL.identifier(alias, "phone_sanitized"), "phone", SQL("TRUE")
            ),
        )

    @api.model
    def _sql_card_to_ask(self, alias, purpose):
        """Return the condition that the card keeps something without consent to it.

        Filled where it is known what a card keeps.

        :param str purpose: one of ``CARD_PURPOSES``
        """
        return SQL("FALSE")

    @api.depends("salon_consent_to_ask", "salon_consent_ids")
    @api.depends_context("company")
    def _compute_salon_ask_purpose(self):
        # What is kept already comes first.
        order = (*CARD_PURPOSES, *CALL_PURPOSES)
        missing = self.filtered("salon_consent_to_ask")._get_missing_purposes()
        for partner in self:
            found = missing.get(partner._origin.id, ())
            partner.salon_ask_purpose = next((p for p in order if p in found), False)

    def _get_missing_purposes(self):
        """Return {id of client: purposes of which consent is missing}."""
        if not self:
            return {}
        self.env.flush_all()
        cases = [
            *((one, self._sql_card_to_ask("p", one)) for one in CARD_PURPOSES),
            *((one, self._sql_calls_to_ask("p", (one,))) for one in CALL_PURPOSES),
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id, ARRAY[%s] FROM res_partner p WHERE p.id = ANY(%s)",
                SQL(", ").join(
                    SQL("CASE WHEN %s THEN %s END", condition, purpose)
                    for purpose, condition in cases
                ),
                self._origin.ids,
            )
        )
        return dict(rows)

    @api.depends_context("company")
    def _compute_salon_ask_worth(self):
        self.env["salon.visit"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id, %s FROM res_partner p WHERE p.id = ANY(%s)",
                self._sql_ask_worth("p"),
                self._origin.ids,
            )
        )
        spent = dict(rows)
        for partner in self:
            partner.salon_ask_worth = spent.get(partner._origin.id, 0)

    @api.model
    def _sql_ask_worth(self, alias):
        """Return what a client spent at the current salon in the last year."""
        company = self.env.company
        return SQL(
            """(SELECT COALESCE(SUM(v.amount_total), 0) FROM salon_visit v
                 WHERE v.partner_id = %s AND v.company_id = %s AND %s)""",
            SQL.identifier(alias, "id"),
            company.id,
            self.env["salon.visit"]._sql_in_year(
                "v", SQL("%s::date", company._salon_today())
            ),
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "salon_ask_worth":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        self._check_field_access(self._fields[field_name], "read")
        return SQL("%s %s %s", self._sql_ask_worth(alias), direction, nulls)

    @api.depends("salon_ask_purpose")
    @api.depends_context("company", "lang")
    def _compute_salon_ask_reason(self):
        consents = self.env["salon.consent"].sudo()
        newest = {
            one: consents._get_newest(self, one, get_channel(one))
            for one in set(self.mapped("salon_ask_purpose")) - {False}
        }
        asked = self._get_last_asked()
        for partner in self:
            found = newest.get(partner.salon_ask_purpose, {})
            partner.salon_ask_reason = partner.salon_consent_to_ask and (
                partner.salon_age_hint
                or self._salon_text_asked(
                    partner.salon_ask_purpose,
                    found.get(partner._origin),
                    asked.get(partner._origin),
                )
            )

    @api.model
    def _salon_text_asked(self, purpose, consent, day):
        """Return why somebody is asked.

        :param consent: the answer that ended, if there is one
        :param date day: when the client did not want to decide
        """
        if day:
            return self.env._(
                "Asked on %(date)s, did not want to decide",
                date=format_date(self.env, day),
            )
        if consent and consent.guardian_id:
            return self.env._("Of age now: a guardian had agreed before")
        if consent:
            return self.env._(
                "The consent ended on %(date)s",
                date=format_date(self.env, consent.expiry_date),
            )
        return {
            "health": self.env._("The card keeps notes about health, without consent"),
            "photo": self.env._("The card keeps photos, without consent"),
        }.get(purpose, self.env._("Not asked yet"))

    def _get_last_asked(self):
        """Return {client: the day on which she did not want to decide}."""
        company = self.env.company
        groups = self.env["salon.consent.ask"]._read_group(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)],
            ["partner_id"],
            ["date:max"],
        )
        return {partner: company._salon_date(date) for partner, date in groups}

    @api.depends("salon_ask_purpose")
    @api.depends_context("company", "lang")
    def _compute_salon_ask_sentence(self):
        wordings = self.env["salon.consent.wording"]._get_current_by_kind()
        for purpose, partners in self.grouped("salon_ask_purpose").items():
            purpose = purpose or "reminder"
            wording = wordings.get((purpose, get_channel(purpose)))
            partners.salon_ask_sentence = wording and wording.text

    @api.depends_context("company", "uid")
    def _compute_salon_visit_today(self):
        visits = self.env["salon.visit"].search(
            [("partner_id", "in", self._origin.ids), *self._get_visits_today_domain()],
            order="start",
        )
        first = {visit.partner_id: visit for visit in reversed(visits)}
        for partner in self:
            visit = first.get(partner._origin, visits.browse())
            partner.salon_visit_today_id = visit
            partner.salon_visits_today = bool(visit)

    @api.model
    def _search_salon_visits_today(self, operator, value):
        # As above.
        self._check_field_access(self._fields["salon_visits_today"], "read")
        if operator != "in":
            return NotImplemented
        found = Domain("salon_visit_ids", "any", self._get_visits_today_domain())
        return found if True in value else ~found

    @api.model
    def _get_visits_today_domain(self):
        company = self.env.company
        return [
            ("company_id", "=", company.id),
            ("date", "=", company._salon_today()),
            ("state", "in", KEPT_STATES),
        ]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_salon_consent_later(self):
        """Record that the client was asked and did not want to decide."""
        self.env["salon.consent.ask"].create(
            [{"partner_id": partner.id} for partner in self]
        )

    def action_salon_ask_agree(self):
        """Record that the client agreed to what was just asked about."""
        self._salon_answer_asked("given")

    def action_salon_ask_refuse(self):
        """Record that the client refused it; who refuses reminders refuses calls."""
        self._salon_answer_asked("withdrawn")

    def _salon_answer_asked(self, decision):
        consents = self.env["salon.consent"]
        for purpose, partners in self.grouped("salon_ask_purpose").items():
            if purpose in (False, "reminder"):
                partners._salon_record_consent(decision)
                continue
            consents.create(
                [
                    consents._prepare_vals(partner, decision, "desk", purpose=purpose)
                    for partner in partners
                ]
            )
            partners.invalidate_recordset(["salon_consent_to_ask"])

    def action_salon_health_agree(self):
        """Record that the client lets the card keep notes about health."""
        self._salon_answer_card("health", "given")

    def action_salon_health_refuse(self):
        """Record that the client refuses it; such notes are hidden at once."""
        self._salon_answer_card("health", "withdrawn")

    def action_salon_photo_agree(self):
        """Record that the client lets the card keep photos."""
        self._salon_answer_card("photo", "given")

    def action_salon_photo_refuse(self):
        """Record that the client refuses it; the photos are hidden at once."""
        self._salon_answer_card("photo", "withdrawn")

    def _salon_answer_card(self, purpose, decision):
        """Record, at the desk or the chair, what the card may keep.

        :raise AccessError: for who has no role in the salon, and for stylists when it
            is not their own client
        """
        name = f"salon_{purpose}_consent"
        self._check_field_access(self._fields[name], "read")
        self.check_access("read")
        consents = self.env["salon.consent"]
        vals_list = [
            consents._prepare_vals(partner, decision, "desk", purpose=purpose)
            for partner in self
        ]
        # Stylists, who ask at the chair, record these two answers and no others.
        consents.sudo().create(vals_list)
        self.invalidate_recordset()

    def action_salon_health_paper(self):
        """Open the form for a signed paper about notes on health."""
        return self._salon_open_paper("health")

    def action_salon_photo_paper(self):
        """Open the form for a signed paper about photos."""
        return self._salon_open_paper("photo")

    def _salon_open_paper(self, purpose):
        action = self.action_salon_consent_answers()
        talk = self.env["salon.consent.answers"].browse(action["res_id"])
        talk.write({"method": "writing", "answers": {f"{purpose}_{CARD}": "given"}})
        return action

    def action_open_salon_consents(self):
        """Open all the client ever answered."""
        self.ensure_one()
        self.env["salon.consent"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_consent_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_salon_consent_answers(self):
        """Open the form for all that she may be asked, and for what she has signed."""
        self.ensure_one()
        self.check_access("read")
        talk = self.env["salon.consent.answers"].create({"partner_id": self.id})
        return talk._get_records_action(
            name=self.env._("What the client agrees to"), target="new"
        )

    @api.depends("salon_consent_ids")
    @api.depends_context("company")
    def _compute_salon_call_consent(self):
        newest = self.env["salon.consent"]._get_newest(self)
        for partner in self:
            consent = newest.get(partner)
            if not consent:
                partner.salon_call_consent = "none"
            elif consent.decision == "withdrawn":
                partner.salon_call_consent = "withdrawn"
            else:
                valid = consent._is_valid()
                partner.salon_call_consent = "given" if valid else "expired"

    @api.depends("salon_consent_ids")
    @api.depends_context("company")
    def _compute_salon_card_consent(self):
        # Whether a text may be kept is told to all who read the text.
        consents = self.env["salon.consent"].sudo()
        partners, company = self._origin, self.env.company
        rows = consents._get_newest_rows(partners, (CARD,))
        refusing, photos = consents._get_refusals(rows, partners)
        here = [row["id"] for row in rows if row["company_id"] == company.id]
        given = {
            (consent.partner_id.id, consent.purpose)
            for consent in consents.browse(here)
            if consent._is_valid()
        }
        for partner in self:
            own = partner._origin
            refused = {
                "health": own in refusing,
                "photo": (own.id, company.id) in photos,
            }
            for purpose in CARD_PURPOSES:
                state = "given" if (own.id, purpose) in given else "missing"
                partner[f"salon_{purpose}_consent"] = (
                    "refused" if refused[purpose] else state
                )

    @api.depends_context("company", "lang")
    def _compute_salon_card_sentences(self):
        wordings = self.env["salon.consent.wording"]._get_current_by_kind()
        for purpose in CARD_PURPOSES:
            wording = wordings.get((purpose, CARD))
            self[f"salon_{purpose}_sentence"] = wording and wording.text

    def _salon_after_card_answers(self):
        """Hide, or show again, what the cards keep, after answers about it.

        Filled where it is known what a card keeps.
        """

    @api.model
    def _search_salon_call_consent(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_call_consent"], "read")
        if operator != "in":
            return NotImplemented
        company = self.env.company
        parts = [
            Domain.custom(
                to_sql=lambda model, alias, query, state=state: self._sql_call_consent(
                    state, SQL.identifier(alias, "id")
                )
            )
            for state in value
        ]
        return Domain.OR(parts) if company else Domain.FALSE

    @api.model
    def _sql_call_consent(self, state, partner, purpose="reminder"):
        """Return the condition that the newest consent to calls says this."""
        company = self.env.company
        valid = self.env["salon.consent"]._sql_valid(
            partner, SQL("%s", company.id), SQL("%s", company._salon_today()), purpose
        )
        if state == "given":
            return valid
        newest = SQL(
            "(SELECT decision FROM (%s) newest)",
            self.env["salon.consent"]._sql_newest(partner, company.id, purpose),
        )
        return {
            "none": SQL("%s IS NULL", newest),
            "withdrawn": SQL("%s = 'withdrawn'", newest),
            "expired": SQL("(%s = 'given' AND NOT %s)", newest, valid),
        }.get(state, SQL("FALSE"))

    def _filter_callable(self, purpose="reminder"):
        """Return the clients who may be phoned now by the current company.

        With a valid consent to calls of this purpose and a valid number, not known to
        be wrong and not on the blacklist.
        """
        return self.env["salon.gate"]._filter(self, purpose, "phone")

    def action_salon_consent_give(self):
        """Record that the client agreed, at the desk, to be phoned."""
        self._salon_record_consent("given")

    def action_salon_consent_withdraw(self):
        """Record that the client does not want calls; open calls are cancelled."""
        self._salon_record_consent("withdrawn")

    def _salon_record_consent(self, decision):
        consents = self.env["salon.consent"]
        if decision == "withdrawn":
            consents._withdraw_calls(self, "desk")
        else:
            consents.create(
                [consents._prepare_vals(partner, decision, "desk") for partner in self]
            )
        self.invalidate_recordset(["salon_consent_state_ids", "salon_consent_to_ask"])

    def action_salon_consent_link(self):
        """Show the client's own link as a QR code."""
        self.ensure_one()
        self.check_access("read")
        self.env["salon.consent"].check_access("create")
        company = self.env.company
        expiry_date = fields.Date.add(
            company._salon_today(), days=company._salon_link_days()
        )
        # What became of links is written by the system only.
        self.env["salon.consent.pass"].sudo()._record(
            self, company, shown_at=fields.Datetime.now(), expiry_date=expiry_date
        )
        link = self.env["salon.consent.link"].create({"partner_id": self.id})
        return link._get_records_action(
            name=self.env._("Client's own link"), target="new"
        )

    def action_salon_revoke_links(self):
        """Make all links worthless that these clients were given by this salon."""
        self.check_access("read")
        self.env["salon.consent"].check_access("create")
        for partner in self:
            # As above.
            passes_sudo = self.env["salon.consent.pass"].sudo()
            passes_sudo._record(partner, self.env.company)._revoke()
        self.invalidate_recordset(["salon_pass_ids"])

    # ------------------------------------------------------------
    # OBJECTIONS
    # ------------------------------------------------------------

    def action_salon_no_advertising(self):
        """Record that the client wants no advertising, over whatever channel."""
        self.ensure_one()
        self.check_access("read")
        self.env["salon.consent"]._withdraw_advertising(self, "desk")
        return self._salon_say(
            self.env._("%(client)s gets no advertising any more.", client=self.name)
        )

    def action_salon_ask_erasure(self):
        """Record that the client wants to be deleted."""
        self.ensure_one()
        self.check_access("read")
        self._salon_ask_erasure("desk")
        return self._salon_say(
            self.env._(
                "%(client)s is neither called nor written to any more. A manager "
                "deletes the card by %(date)s.",
                client=self.name,
                date=format_date(self.env, self.salon_erasure_date),
            )
        )

    def action_salon_keep(self):
        """Record that the client need not be deleted after all."""
        self.ensure_one()
        self.check_access("read")
        # Whoever records consents records this; the wish is the client's.
        self.env["salon.consent"].check_access("create")
        self.sudo().salon_erasure_date = False

    def _salon_ask_erasure(self, method):
        """Write down that these clients want to be deleted; return their refusals.

        Until a manager has done it, nobody phones or writes to them. Asked again, the
        first date stays.
        """
        withdrawn = self.env["salon.consent"]._withdraw_contacts(self, method)
        # As above.
        waiting = self.sudo().filtered(lambda partner: not partner.salon_erasure_date)
        waiting.salon_erasure_date = self.env.company._salon_erasure_date()
        return withdrawn

    def _salon_say(self, text):
        """Return the action that says what was done and shows the card anew."""
        self.invalidate_recordset()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": text,
                "type": "success",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------
    # THE CLIENT'S OWN LINK
    # ------------------------------------------------------------

    def _get_salon_token(self):
        """Return the signed token of the client at the current company.

        It is made when it is shown and stored nowhere.
        """
        self.ensure_one()
        company = self.env.company
        number = self.env["salon.consent.pass"].sudo()._get_number(self, company)
        return hash_sign(
            # The secret of the database is for the system only.
            self.sudo().env,
            SCOPE,
            # Links from before there were numbers are those of number 0.
            [self.id, company.id, number] if number else [self.id, company.id],
            expiration=timedelta(days=company._salon_link_days()),
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
        partner_id, company_id, *numbers = values
        company_sudo = self.env["res.company"].sudo().browse(company_id).exists()
        partner_sudo = self.sudo().browse(partner_id).exists()
        if not company_sudo or not partner_sudo.active:
            return nobody
        if partner_sudo.company_id not in (company_sudo, company_sudo.browse()):
            return nobody
        passes_sudo = self.env["salon.consent.pass"].sudo()
        if passes_sudo._get_number(partner_sudo, company_sudo) != sum(numbers):
            # Revoked, and new ones were made.
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
            "has_advertising": self._has_salon_advertising(),
            "erasure_date": self.salon_erasure_date
            and format_date(self.env, self.salon_erasure_date),
            "is_minor": self._is_minor(self.env.company),
        }

    def _has_salon_advertising(self):
        """Tell whether the client agrees to any advertising of this company."""
        states = self._get_salon_consent_states()
        return any(
            purpose in ADVERTISING and state == "given"
            for (purpose, _channel), state in states.items()
        )

    def _record_salon_link_wish(self, wish):
        """Write down what the client asked for with one click on their own page."""
        self.ensure_one()
        if wish == "no_advertising":
            self.env["salon.consent"]._withdraw_advertising(self, "link")
        elif wish == "erasure":
            self._salon_ask_erasure("link")
        self._record_salon_link_use()

    def _get_salon_consent_questions(self):
        """Return all the client can be asked by this company, and what holds now."""
        self.ensure_one()
        states = self._get_salon_consent_states()
        labels = dict(
            self.env["salon.consent.state"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        wordings = self.env["salon.consent.wording"]._get_current_by_kind()
        return [
            {
                "label": label,
                "questions": [
                    {
                        "name": f"{purpose}_{channel}",
                        "channel": label,
                        "text": kind in wordings and wordings[kind].text or label,
                        "state": states.get(kind, ""),
                        "now": labels.get(states.get(kind), ""),
                    }
                    for channel, label in self._get_consent_labels("channel")
                    if channel in get_channels(purpose)
                    for kind in [(purpose, channel)]
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
        is_minor = self._is_minor(self.env.company)
        vals_list = []
        for purpose, channel in KINDS:
            wanted = f"{purpose}_{channel}" in answers
            holds = states.get((purpose, channel)) == "given"
            if wanted and is_minor:
                # The link is the client's own; a guardian agrees at the salon.
                continue
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
        self._record_salon_link_use()

    def _record_salon_link_use(self):
        # What became of links is written by the system only.
        passes_sudo = self.env["salon.consent.pass"].sudo()
        passes_sudo._record(self, self.env.company, answered_at=fields.Datetime.now())
