from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..visit.salon_visit import MADE_STATES
from .promotion_terms import Terms

RECEPTION = "salon_reminders.group_receptionist"
CHANNELS = ("phone", "sms", "email")
# What a file may say; the rest is the system's.
IMPORTED = {"promotion_id", "partner_id", "date", "user_id", "answer", "note"}


class SalonPromotionParticipation(models.Model):
    """One client was offered a promotion: by whom, how, what she said, what came of it.

    An offer is open until she uses or declines it or it is over. The database keeps
    it to one open offer of a kind per client and salon. Here is the one rule of what
    can be offered to whom.
    """

    _name = "salon.promotion.participation"
    _description = "Participation in a Promotion"
    _order = "date desc, id desc"
    _rec_name = "promotion_id"
    _check_company_auto = True

    promotion_id = fields.Many2one(
        "salon.promotion",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="promotion_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="promotion_id.currency_id")
    kind = fields.Selection(related="promotion_id.kind", store=True, precompute=True)
    date = fields.Datetime(
        "Offered on", required=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Offered by",
        default=lambda self: self.env.user,
        ondelete="set null",
    )
    method = fields.Selection(
        [("call", "On a call"), ("desk", "At booking"), ("import", "Imported")],
        string="How",
        required=True,
        default="desk",
    )
    call_id = fields.Many2one(
        "salon.call", string="On call", index="btree_not_null", ondelete="set null"
    )
    answer = fields.Selection(
        [("interested", "Interested"), ("later", "Later"), ("declined", "Declined")],
    )
    answer_date = fields.Datetime("Answered on")
    note = fields.Char()
    state = fields.Selection(
        [
            ("open", "Open"),
            ("used", "Used"),
            ("declined", "Declined"),
            ("over", "Over"),
        ],
        required=True,
        default="open",
        index=True,
    )
    visit_id = fields.Many2one(
        "salon.visit",
        string="Used on visit",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    brought = fields.Monetary(
        compute="_compute_money",
        help="What was paid on the visit on which it was used, once that is done.",
    )
    cost = fields.Monetary(
        compute="_compute_money",
        help="What was taken off usual prices on that visit, once it is done.",
    )

    _one_open_of_a_kind = models.UniqueIndex(
        "(partner_id, company_id, kind) WHERE state = 'open'",
        "The client has an open offer of this kind already. Wait for the answer to it.",
    )
    _used_has_visit = models.Constraint(
        "CHECK(state = 'used' OR visit_id IS NULL)",
        "Only a used offer belongs to a visit.",
    )

    @api.depends("visit_id.state", "visit_id.amount_total", "visit_id.line_ids")
    def _compute_money(self):
        # Money of a visit is shown to whoever may see the participation.
        for participation, row_sudo in zip(self, self.sudo(), strict=True):
            visit_sudo = row_sudo.visit_id
            done = visit_sudo.state in MADE_STATES
            lines_sudo = visit_sudo.line_ids.filtered(
                lambda line, row=row_sudo: line.promotion_id == row.promotion_id
            )
            participation.brought = visit_sudo.amount_total if done else 0
            participation.cost = (
                sum(lines_sudo.mapped("promotion_saving")) if done else 0
            )

    @api.depends("promotion_id", "partner_id")
    def _compute_display_name(self):
        for participation in self:
            participation.display_name = (
                f"{participation.promotion_id.name}: {participation.partner_id.name}"
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Create offers; people bring them in from a file, the rest is the system's."""
        if not self.env.su:
            self.env["res.partner"]._check_salon_clients(vals_list)
            vals_list = [
                {
                    **{name: vals[name] for name in IMPORTED if name in vals},
                    "method": "import",
                }
                for vals in vals_list
            ]
        vals_list = [self._complete(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _complete(self, vals):
        """Return the values of a new offer with the state that follows from them."""
        vals = dict(vals)
        answer = vals.get("answer")
        if answer:
            vals.setdefault("answer_date", vals.get("date") or fields.Datetime.now())
        if "state" not in vals:
            promotion = self.env["salon.promotion"].browse(vals.get("promotion_id"))
            is_live = promotion.state == "running"
            given = "open" if is_live else "over"
            vals["state"] = "declined" if answer == "declined" else given
        return vals

    # ------------------------------------------------------------
    # TO WHOM WHAT IS OPEN
    # ------------------------------------------------------------

    @api.model
    def _get_open_promotions(self, clients, channel=None, day=None):
        """Return {client: promotions open to her at the current salon}.

        Open is what runs on the day, is not used up, and either was offered to her
        and is not declined or used, or could be offered: she is in its audience,
        agreed to promotions, and has no open offer of the kind. Of several of a kind
        the one that ends first. At which hours it can be used is told by
        ``salon.visit._get_promotion_obstacle``. In a constant number of queries.

        :param str channel: how she is contacted; on it she must have agreed to
            promotions, whatever was offered. None: she is here, and agreed on any
        :param date day: today when empty
        """
        promotions = self.env["salon.promotion"]._get_running(day)
        if not promotions:
            return dict.fromkeys(clients, promotions)
        offers = self._get_by_client(clients)
        allowed = self._get_allowed(clients, channel)
        pairs = self.env["salon.promotion.member"]._get_pairs(promotions, clients)
        return {
            client: self._choose(
                promotions,
                client,
                offers[client.id],
                pairs,
                {
                    "allowed": client.id in allowed,
                    "is_contacted": bool(channel),
                },
            )
            for client in clients
        }

    @api.model
    def _get_by_client(self, clients):
        """Return {client id: her offers at the current salon}."""
        # Whoever may see a client may see what is open to her.
        found = self.sudo().search_fetch(
            [
                ("partner_id", "in", clients.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["promotion_id", "partner_id", "state", "kind", "answer"],
        )
        own = defaultdict(self.sudo().browse)
        own.update(
            (client.id, some) for client, some in found.grouped("partner_id").items()
        )
        return own

    @api.model
    def _get_allowed(self, clients, channel):
        """Return the ids of the clients who agreed to promotions."""
        # Consents can't be read by everybody, yet they bind.
        gate_sudo = self.env["salon.gate"].sudo()
        channels = (channel,) if channel else CHANNELS
        return {
            client.id
            for one in channels
            for client, hold in gate_sudo._get_holds(clients, "promotion", one).items()
            if not hold
        }

    def _choose(self, promotions, client, offers, pairs, consent):
        """Return which of the promotions are open to a client."""
        if consent["is_contacted"] and not consent["allowed"]:
            return promotions.browse()
        uses = Counter(o.promotion_id.id for o in offers if o.state == "used")
        declined = {o.promotion_id.id for o in offers if o.state == "declined"}
        offered = {
            o.promotion_id.id: o.kind
            for o in offers
            if o.state == "open" and o.promotion_id.id in promotions.ids
        }
        taken, chosen = set(offered.values()), promotions.browse()
        for promotion in promotions:
            limit = promotion.limit_client
            if promotion.id in declined or (limit and uses[promotion.id] >= limit):
                continue
            if promotion.id in offered:
                chosen |= promotion
            elif (
                consent["allowed"]
                and promotion.kind not in taken
                and (promotion.id, client.id) in pairs
            ):
                chosen |= promotion
                taken.add(promotion.kind)
        return chosen

    def _describe_open(self, promotions):
        """Return the promotions open to a client as the screens show them.

        These are her offers, see ``_get_by_client``.
        """
        rows = []
        for promotion in promotions:
            own = self.filtered(
                lambda o, promotion=promotion: (
                    o.promotion_id == promotion and o.state == "open"
                )
            )
            rows.append(
                {
                    "id": promotion.id,
                    "name": promotion.name,
                    "text": Terms(promotion).get_text(),
                    "offered": bool(own),
                    "answer": own.answer or "",
                }
            )
        return rows

    @api.model
    def _get_rows(self, client, channel=None):
        """Return what can be offered to a client now, as the screens show it."""
        promotions = self._get_open_promotions(client, channel)[client]
        if promotions:
            promotions = promotions._filter_meant_for(client)[client]
        if not promotions:
            return []
        return self._get_by_client(client)[client.id]._describe_open(promotions)

    # ------------------------------------------------------------
    # OFFERING
    # ------------------------------------------------------------

    @api.model
    def _offer(self, promotion, client, answer=False, call=None, channel=None):
        """Record an offer to a client, or her answer to the one she has.

        :return: the participation
        :raise UserError: when the promotion is not open to her
        """
        offers = self._get_by_client(client)[client.id]
        if promotion not in self._get_open_promotions(client, channel)[client]:
            raise UserError(
                self.env._(
                    "%(promotion)s is not open to %(client)s: they are not in its "
                    "audience, used or declined it, or did not agree to promotions; or "
                    "it is over.",
                    promotion=promotion.name,
                    client=client.name,
                )
            )
        own = offers.filtered(
            lambda o: o.promotion_id == promotion and o.state == "open"
        )
        # Offers of promotions whose time is over do not stand in the way.
        offers.filtered(
            lambda o: o.kind == promotion.kind and o.promotion_id != promotion
        )._close()
        if not own:
            # Offers are made by the system only, after the rule above.
            own = offers.sudo().create(
                {
                    "promotion_id": promotion.id,
                    "partner_id": client.id,
                    "user_id": self.env.uid,
                    "method": "call" if call else "desk",
                    "call_id": call.id if call else False,
                    "date": fields.Datetime.now(),
                }
            )
        if answer:
            own.with_env(self.env)._answer(answer)
        return own.with_env(self.env)

    @api.model
    def _take(self, promotion, visit):
        """Mark the client's offer as used on a visit, or one made on the spot."""
        client = visit.partner_id
        offers = self._get_by_client(client)[client.id]
        used = {"state": "used", "visit_id": visit.id}
        own = offers.filtered(
            lambda o: o.promotion_id == promotion and o.state == "open"
        )
        if own:
            own.write(used)
            return
        offers.create(
            {
                "promotion_id": promotion.id,
                "partner_id": client.id,
                "user_id": self.env.uid,
                "answer": "interested",
                "method": "call" if visit.call_id else "desk",
                "call_id": visit.call_id.id,
                **used,
            }
        )

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def action_interested(self):
        """The client is interested."""
        self._answer("interested")

    def action_later(self):
        """The client wants to think about it; the offer stays open."""
        self._answer("later")

    def action_declined(self):
        """The client does not want it; she is not offered it again."""
        self._answer("declined")

    def action_open_partner(self):
        """Open the client's card."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    @api.model
    def _check_reception(self):
        """Only the reception offers promotions and notes answers.

        :raise AccessError: for everybody else
        """
        if not self.env.user.has_group(RECEPTION):
            raise AccessError(self.env._("Promotions are offered by the reception."))

    def _answer(self, answer):
        """Note what clients said; an answer can be changed while the offer lives."""
        self._check_reception()
        self.check_access("read")
        settled = self.filtered(lambda p: p.state not in ("open", "declined"))
        if settled:
            raise UserError(
                self.env._(
                    "%(name)s was used or is over; its answer can't change any more.",
                    name=settled[0].display_name,
                )
            )
        # Offers are written by the system only: what they say is counted.
        offers_sudo = self.sudo()
        offers_sudo.write(
            {
                "answer": answer,
                "answer_date": fields.Datetime.now(),
                "state": "declined" if answer == "declined" else "open",
            }
        )

    def _close(self):
        """End open offers: the promotion is over, or the client is gone."""
        self.filtered(lambda p: p.state == "open").write({"state": "over"})
        # Before another one of the kind is inserted.
        self.flush_recordset(["state"])

    def _reopen(self):
        """Open offers again whose promotion still runs and that nothing replaced."""
        today = {c: c._salon_today() for c in self.company_id}
        alive = self.filtered(
            lambda p: (
                p.promotion_id.state == "running"
                and p.promotion_id.date_to >= today[p.company_id]
                and p.partner_id.active
            )
        )
        others = self.search(
            [("partner_id", "in", alive.partner_id.ids), ("state", "=", "open")]
        )
        taken = {(o.partner_id, o.company_id, o.kind) for o in others}
        for participation in alive:
            key = (
                participation.partner_id,
                participation.company_id,
                participation.kind,
            )
            if key not in taken:
                taken.add(key)
                participation.state = "open"
        self.flush_recordset(["state"])
