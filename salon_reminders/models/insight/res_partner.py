from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.arguments import checked, record_id, text
from .salon_client_standing import SEGMENTS

STYLIST = "salon_reminders.group_stylist"
RECEPTION = "salon_reminders.group_receptionist"
# So many lines of the history are on the card itself.
NEWEST = 5


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
        help="Allergies and whatever must not be done. Shown as a warning when she is "
        "booked.",
    )
    salon_no_contraindications = fields.Boolean(
        "Asked: has none",
        groups=STYLIST,
        help="She was asked about allergies and has none.",
    )
    salon_source_id = fields.Many2one(
        "utm.source",
        string="Came through",
        index="btree_not_null",
        ondelete="set null",
        groups=STYLIST,
        help="How she heard of the salon.",
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

    @api.constrains("salon_recommended_by_id")
    def _check_salon_recommended_by(self):
        for partner in self:
            if partner.salon_recommended_by_id == partner:
                raise ValidationError(
                    self.env._(
                        "%(client)s can't have been recommended by herself. Choose who "
                        "told her about the salon.",
                        client=partner.name,
                    )
                )

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
                self.salon_contraindications or self.salon_no_contraindications,
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
