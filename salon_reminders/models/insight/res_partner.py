from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL

from ...tools.arguments import checked, record_id, text
from ..catalogue.product_template import AUDIENCES
from ..consent.salon_consent import CARD
from ..visit.salon_visit import MADE_STATES
from .salon_client_standing import SEGMENTS

STYLIST = "salon_reminders.group_stylist"
RECEPTION = "salon_reminders.group_receptionist"
# So many lines of the history are on the card itself.
NEWEST = 5
# Texts about health, and where they lie while the client does not let us keep them.
HEALTH_TEXTS = {
    "salon_contraindications": "salon_hidden_contraindications",
    "salon_note": "salon_hidden_note",
}
HEALTH_FIELDS = {*HEALTH_TEXTS, "salon_note_is_health"}
# So many cards or photos are cleaned at a time.
BATCH = 1000


class ResPartner(models.Model):
    """What people write on a client's card, what happened, and the segment.

    The segment lies in ``salon.client.standing``; nothing is written on the contact
    when it changes.
    """

    _inherit = "res.partner"

    salon_likes = fields.Text("Likes", groups=STYLIST)
    salon_wishes = fields.Text("Would like to try", groups=STYLIST)
    salon_home_care = fields.Text("Home care", groups=STYLIST)
    salon_contraindications = fields.Text(
        "Contraindications",
        groups=STYLIST,
        help="Allergies and whatever must not be done. Shown as a warning when the "
        "client is booked.",
    )
    salon_no_contraindications = fields.Boolean(
        "Asked: has none",
        groups=STYLIST,
        help="The client was asked about allergies and has none.",
    )
    # By whom and when it was written, for the rule that deletes what nobody agreed to
    salon_health_date = fields.Date(
        "Notes about health of", copy=False, groups=NO_ACCESS
    )
    salon_health_company_id = fields.Many2one(
        "res.company",
        string="Notes about health by",
        copy=False,
        groups=NO_ACCESS,
    )
    # Of a client who does not let the card keep them, until they are deleted. Taken
    # out of the fields that everything reads, so that nothing can show them.
    salon_hidden_contraindications = fields.Text(
        "Hidden contraindications", copy=False, groups=NO_ACCESS
    )
    salon_hidden_note = fields.Text("Hidden formula", copy=False, groups=NO_ACCESS)
    salon_hidden_until = fields.Date("Hidden until", copy=False, groups=NO_ACCESS)
    salon_own_audience = fields.Selection(AUDIENCES, groups=STYLIST)
    salon_audience = fields.Selection(
        AUDIENCES,
        string="For whom",
        compute="_compute_salon_audience",
        inverse="_inverse_salon_audience",
        groups=STYLIST,
        help="Services for somebody else are not offered to this client. Proposed from "
        "what the client has had; choose everybody to exclude nothing.",
    )
    salon_source_id = fields.Many2one(
        "utm.source",
        string="Came through",
        index="btree_not_null",
        ondelete="set null",
        groups=STYLIST,
        help="How the client heard of the salon.",
    )
    salon_recommended_by_id = fields.Many2one(
        "res.partner",
        string="Recommended by",
        index="btree_not_null",
        ondelete="set null",
        domain=[("is_salon_client", "=", True)],
        groups=STYLIST,
    )
    salon_photo_ids = fields.One2many(
        "salon.client.photo", "partner_id", string="Photos", groups=STYLIST
    )
    salon_card = fields.Json(
        "Card", compute="_compute_salon_card", groups=STYLIST, exportable=False
    )

    salon_newest_event_ids = fields.Many2many(
        "salon.client.event",
        compute="_compute_salon_newest_event_ids",
        string="What happened last",
        groups="salon_reminders.group_receptionist",
    )

    salon_standing_ids = fields.One2many(
        "salon.client.standing", "partner_id", string="Standing", groups=RECEPTION
    )
    salon_client_zone_ids = fields.One2many(
        "salon.client.zone", "partner_id", string="Map of zones", groups=RECEPTION
    )
    salon_segment = fields.Selection(
        SEGMENTS,
        string="Segment",
        compute="_compute_salon_segment",
        search="_search_salon_segment",
        groups=RECEPTION,
        help="As of the last daily job of the current salon.",
    )

    @api.depends_context("company", "lang", "uid")
    def _compute_salon_card(self):
        cards = self.env["salon.client.card"]
        for partner in self:
            # One client is looked at at a time; lists do not show cards.
            origin = partner._origin
            partner.salon_card = cards._get(origin) if origin else False

    @api.depends("salon_own_audience")
    @api.depends_context("company")
    def _compute_salon_audience(self):
        audiences = self._origin._get_salon_audiences()
        for partner in self:
            found = audiences.get(partner._origin.id)
            partner.salon_audience = partner.salon_own_audience or found

    def _inverse_salon_audience(self):
        for partner in self:
            partner.salon_own_audience = partner.salon_audience

    def _get_salon_audiences(self):
        """Return {client id: for whom what she is offered must be}.

        What the card says, else for whom all her services were that are for somebody.
        """
        if not self:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, COALESCE(p.salon_own_audience, had.audience)
                     FROM res_partner p
                LEFT JOIN LATERAL (
                   SELECT CASE WHEN COUNT(DISTINCT pt.salon_audience) = 1
                               THEN MIN(pt.salon_audience) END AS audience
                     FROM salon_visit v
                     JOIN salon_visit_line l
                       ON l.visit_id = v.id AND l.net_quantity > 0
                     JOIN product_product pp ON pp.id = l.product_id
                     JOIN product_template pt
                       ON pt.id = pp.product_tmpl_id AND pt.salon_audience != 'all'
                    WHERE v.partner_id = p.id AND v.company_id = %(company)s
                      AND v.state IN %(made)s) had ON TRUE
                    WHERE p.id = ANY(%(ids)s)""",
                company=self.env.company.id,
                made=MADE_STATES,
                ids=self.ids,
            )
        )
        return dict(rows)

    @api.constrains("salon_recommended_by_id")
    def _check_salon_recommended_by(self):
        for partner in self:
            if partner.salon_recommended_by_id == partner:
                raise ValidationError(
                    self.env._(
                        "%(client)s can't have recommended the salon to themselves. "
                        "Choose who told the client about it.",
                        client=partner.name,
                    )
                )

    # ------------------------------------------------------------
    # CONSENT TO WHAT THE CARD KEEPS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        noted = [not HEALTH_FIELDS.isdisjoint(vals) for vals in vals_list]
        if any(noted):
            pairs = zip(partners, noted, strict=True)
            partners.browse(
                one.id for one, is_noted in pairs if is_noted
            )._keep_health()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not HEALTH_FIELDS.isdisjoint(vals):
            self._keep_health()
        return result

    def _keep_health(self):
        """Note when something about health was written; nothing stays that is refused.

        :raise UserError: when somebody writes what the client does not let us keep
        """
        # Whoever writes it need not be allowed to read the ledger, or the whole card.
        partners_sudo = self.sudo()
        noted = partners_sudo.filtered(lambda partner: partner._has_health())
        refusing = noted._filter_refusing_health()
        if refusing and not self.env.su:
            refusing._raise_health_refused()
        refusing._hide_health()
        (partners_sudo - noted)._mark_health(False, False)
        company = self.env.company
        (noted - refusing)._mark_health(company._salon_today(), company)

    def _filter_refusing_health(self):
        """Return those who do not let the salon keep notes about their health."""
        refusing, _photos = self.env["salon.consent"]._get_card_refusals(self)
        return refusing

    def _raise_health_refused(self):
        raise UserError(
            self.env._(
                "%(clients)s does not let the card keep notes about health, so this "
                "can't be saved. Leave it out, or ask again: if the client agrees now, "
                "record that first.",
                clients=self._text_names(),
            )
        )

    def _has_health(self):
        """Tell whether the card says something about the client's health."""
        self.ensure_one()
        note = self.salon_note and self.salon_note_is_health
        return bool(self.salon_contraindications or note)

    def _mark_health(self, date, company):
        said = (date, company and company.id)
        changed = self.filtered(
            lambda one: (one.salon_health_date, one.salon_health_company_id.id) != said
        )
        changed.write(
            {"salon_health_date": said[0], "salon_health_company_id": said[1]}
        )

    def _hide_health(self):
        """Take notes about health out of sight, and all else that is said of it."""
        company = self.env.company
        is_kept = company.salon_hidden_days > 0
        until = fields.Date.add(company._salon_today(), days=company.salon_hidden_days)
        visits = self.env["salon.visit"]._find_notes(self)
        noted = self.filtered(lambda one: one._has_health()) | visits.partner_id
        visits._hide_note(is_kept)
        for partner in noted:
            texts = {name: partner[name] for name in partner._get_health_names()}
            kept = texts if is_kept else {}
            partner.write(
                {
                    **dict.fromkeys(texts, False),
                    **{HEALTH_TEXTS[name]: text for name, text in kept.items()},
                    "salon_hidden_until": is_kept and until,
                }
            )
        self.filtered("salon_no_contraindications").salon_no_contraindications = False

    def _get_health_names(self):
        """Return the fields that say something about the client's health."""
        names = ["salon_contraindications"] if self.salon_contraindications else []
        return names + ["salon_note"] * bool(self.salon_note_is_health)

    def _show_health(self):
        """Bring hidden notes back, to who agreed after all."""
        hidden = self.filtered("salon_hidden_until")
        self.env["salon.visit"]._find_hidden_notes(hidden)._show_note()
        for partner in hidden:
            back = {
                name: partner[hidden]
                for name, hidden in HEALTH_TEXTS.items()
                if partner[hidden] and not partner[name]
            }
            if "salon_note" in back:
                back["salon_note_is_health"] = True
            partner.write({**partner._get_nothing_hidden(), **back})

    @api.model
    def _get_nothing_hidden(self):
        """Return the values of a card behind which nothing is hidden."""
        return dict.fromkeys([*HEALTH_TEXTS.values(), "salon_hidden_until"], False)

    def _salon_after_card_answers(self):
        result = super()._salon_after_card_answers()
        refusing, photos = self.env["salon.consent"]._get_card_refusals(self)
        refusing._hide_health()
        (self - refusing)._show_health()
        self.env["salon.client.photo"]._follow_answers(self, photos)
        return result

    @api.model
    def _sql_card_to_ask(self, alias, purpose):
        company, partner = self.env.company, SQL.identifier(alias, "id")
        consents = self.env["salon.consent"]
        is_health = purpose == "health"
        kept = self._sql_has_health(alias) if is_health else self._sql_has_photos(alias)
        return SQL(
            "(%(kept)s AND NOT %(valid)s AND NOT %(refused)s)",
            kept=kept,
            valid=consents._sql_valid(
                partner, company.id, company._salon_today(), purpose, CARD
            ),
            refused=consents._sql_refused_card(
                partner, purpose, None if is_health else company.id
            ),
        )

    @api.model
    def _sql_has_health(self, alias):
        """Return the condition that a card says something about health, see above."""
        self.flush_model(HEALTH_FIELDS)
        self.env["salon.visit"].flush_model(["partner_id", "note", "note_is_health"])
        return SQL(
            """(COALESCE(%s, '') != '' OR (COALESCE(%s, '') != '' AND %s IS TRUE)
                OR EXISTS (
                    SELECT FROM salon_visit v
                     WHERE v.partner_id = %s AND v.note_is_health
                       AND COALESCE(v.note, '') != ''))""",
            SQL.identifier(alias, "salon_contraindications"),
            SQL.identifier(alias, "salon_note"),
            SQL.identifier(alias, "salon_note_is_health"),
            SQL.identifier(alias, "id"),
        )

    @api.model
    def _sql_has_photos(self, alias):
        self.env["salon.client.photo"].flush_model()
        return SQL(
            """EXISTS (
                SELECT FROM salon_client_photo f
                 WHERE f.partner_id = %s AND f.company_id = %s
                   AND f.hidden_until IS NULL)""",
            SQL.identifier(alias, "id"),
            self.env.company.id,
        )

    @api.depends(
        *("salon_photo_ids", "salon_visit_ids.note", "salon_visit_ids.note_is_health"),
        *sorted(HEALTH_FIELDS),
    )
    def _compute_salon_consent_to_ask(self):
        return super()._compute_salon_consent_to_ask()

    @api.autovacuum
    def _gc_salon_health(self):
        """Delete notes about health that were hidden, or lack consent, long enough."""
        # Those of clients whose contacts are archived as well.
        cards = self.with_context(active_test=False)
        hidden = cards.search(
            [("salon_hidden_until", "<", fields.Date.today())], limit=BATCH
        )
        self.env["salon.visit"]._find_hidden_notes(hidden).hidden_note = False
        hidden.write(self._get_nothing_hidden())
        done = len(hidden)
        for company in self.env["res.company"].search([("salon_missing_days", ">", 0)]):
            done += cards.with_company(company)._forget_unasked_health()
        return done, done if done >= BATCH else 0

    def _forget_unasked_health(self):
        """Delete what the current salon wrote about health and nobody agreed to."""
        company = self.env.company
        limit = fields.Date.subtract(
            company._salon_today(), days=company.salon_missing_days
        )
        agreed = self.env["salon.consent.state"].search(
            [("purpose", "=", "health"), ("state", "=", "given")]
        )
        due = self.search(
            [
                ("salon_health_company_id", "=", company.id),
                ("salon_health_date", "<", limit),
                ("id", "not in", agreed.partner_id.ids),
            ],
            limit=BATCH,
        )
        for card in due:
            card.write(dict.fromkeys(card._get_health_names(), False))
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", company.id),
                ("date", "<", limit),
                ("note_is_health", "=", True),
                ("note", "!=", False),
                ("partner_id", "not in", agreed.partner_id.ids),
            ],
            limit=BATCH,
        )
        visits.note = False
        return len(due) + len(visits)

    # ------------------------------------------------------------
    # HOOKS AND PARTS OF THE CARD
    # ------------------------------------------------------------

    def _get_salon_accounts(self):
        """Return what the client owes or has to her credit, for the card.

        Empty here: the addon takes no payments. Addons that know of debts, bonuses or
        gift cards extend it with dicts of ``label``, ``text`` and ``kind``, which is
        ``debt`` or ``credit``.
        """
        self.ensure_one()
        return []

    def _get_salon_questions(self):
        """Return (answered, question) in the order in which they are worth asking."""
        self.ensure_one()
        return [
            (self.phone, self.env._("On which number can we reach you?")),
            (
                self.salon_call_consent != "none",
                self.env._("May we phone you when it is time for your next visit?"),
            ),
            (
                self.salon_contraindications
                or self.salon_no_contraindications
                or self.salon_health_consent == "refused",
                self.env._(
                    "Is there anything you are allergic to or that we must not use?"
                ),
            ),
            (self.salon_birthdate, self.env._("When is your birthday?")),
            (
                self.salon_source_id or self.salon_recommended_by_id,
                self.env._("How did you hear of us?"),
            ),
            (self.salon_likes, self.env._("What do you like most when you are here?")),
            (self.salon_home_care, self.env._("What do you use at home?")),
            (self.salon_wishes, self.env._("What would you like to try one day?")),
            (self.email, self.env._("To which e-mail address may we write?")),
        ]

    def _get_salon_completeness(self):
        """Return how complete the card is, and the next question to ask."""
        # Some answers, like consents, are the system's to count.
        questions = self.sudo()._get_salon_questions()
        open_questions = [text for answered, text in questions if not answered]
        done = len(questions) - len(open_questions)
        return {
            "percent": round(100 * done / len(questions)),
            "question": open_questions[0] if open_questions else "",
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    @checked(partner_id=record_id)
    def salon_get_card(self, partner_id):
        """Return the card of a client, for screens other than her form."""
        return self.env["salon.client.card"]._get(self.browse(partner_id))

    @checked(service_id=record_id, answer=text)
    def salon_answer_offer(self, service_id, answer):
        """Keep what the client answered when a service was offered to her."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("salon_reminders.group_receptionist"):
            raise AccessError(
                self.env._("Ask the reception to note what the client answered.")
            )
        service = self.env["product.template"].browse(service_id).exists()
        if service.salon_kind != "service":
            raise ValidationError(
                self.env._("This service does not exist any more. Reload the card.")
            )
        self.env["salon.client.offer"]._record(self, service, answer)
        return True

    @api.depends_context("uid", "company")
    def _compute_salon_newest_event_ids(self):
        newest = self._get_newest_event_ids() if self._origin else {}
        for partner in self:
            partner.salon_newest_event_ids = newest.get(partner._origin.id, [])

    def _get_newest_event_ids(self):
        """Return {id of client: ids of her newest events}, in one query."""
        events = self.env["salon.client.event"]
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, array_agg(e.id ORDER BY e.date DESC, e.id DESC)
                     FROM unnest(%(ids)s) AS p (id),
                  LATERAL (SELECT event.id, event.date
                             FROM %(events)s AS event
                            WHERE event.partner_id = p.id
                              AND event.company_id = ANY(%(companies)s)
                              AND event.date <= %(now)s
                         ORDER BY event.date DESC, event.id DESC
                            LIMIT %(limit)s) e
                 GROUP BY p.id""",
                ids=self._origin.ids,
                events=events._table_sql,
                companies=self.env.companies.ids,
                now=fields.Datetime.now(),
                limit=NEWEST,
            )
        )
        return dict(rows)

    def action_open_salon_events(self):
        """Open everything that happened between the client and the salon."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "salon_reminders.salon_client_event_action"
        )
        return {**action, "domain": [("partner_id", "=", self.id)]}

    @api.depends("salon_standing_ids.segment")
    @api.depends_context("company")
    def _compute_salon_segment(self):
        standings = self.env["salon.client.standing"].search_fetch(
            [
                ("partner_id", "in", self._origin.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id", "segment"],
        )
        found = {standing.partner_id: standing.segment for standing in standings}
        for partner in self:
            partner.salon_segment = found.get(partner._origin)

    @api.model
    def _search_salon_segment(self, operator, value):
        # Odoo asks nobody for access to a field that brings its own search.
        self._check_field_access(self._fields["salon_segment"], "read")
        if operator != "in":
            return NotImplemented
        here = Domain("company_id", "=", self.env.company.id)
        segments = [segment for segment in value if segment]
        domain = Domain(
            "salon_standing_ids", "any", here & Domain("segment", "in", segments)
        )
        if len(segments) < len(value):
            domain |= Domain("salon_standing_ids", "not any", here)
        return domain

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let contacts be grouped and sorted by segment."""
        if field_expr != "salon_segment" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        standing = query.make_alias(alias, "salon_standing")
        query.add_join(
            "LEFT JOIN",
            standing,
            "salon_client_standing",
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(standing, "partner_id"),
                SQL.identifier(alias, "id"),
                SQL.identifier(standing, "company_id"),
                self.env.company.id,
            ),
        )
        return SQL.identifier(standing, "segment")
