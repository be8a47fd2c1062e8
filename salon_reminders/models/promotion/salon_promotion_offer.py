from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ...tools.arguments import checked, optional, record_id, text

CHANNELS = ("phone", "sms", "email")


class SalonPromotion(models.Model):
    """To whom a promotion is open now, and offering it: the one place of the rule."""

    _inherit = "salon.promotion"

    # ------------------------------------------------------------
    # TO WHOM IT IS OPEN
    # ------------------------------------------------------------

    @api.model
    def _get_open_promotions(self, clients, channel=None, day=None):
        """Return {client: promotions open to her at the current salon}.

        Open is what runs on the day, is not used up, and either was offered to her
        and is not declined or used, or could be offered: she is in its audience,
        agreed to promotions, and has no open offer of the kind. Of several of a kind
        the one that ends first. At which hours it can be used is told by
        ``_get_obstacle``. In a constant number of queries.

        :param str channel: how she is contacted; on it she must have agreed to
            promotions, whatever was offered. None: she is here, and agreed on any
        :param date day: today when empty
        """
        promotions = self._get_running(day)
        offers = self._get_offers(clients)
        allowed = self._get_allowed(clients, channel) if promotions else ()
        pairs = self._get_pairs(promotions, clients)
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
    def _get_running(self, day=None):
        """Return what runs and is not used up, what ends first before the others."""
        company = self.env.company
        day = day or company._salon_today()
        promotions = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "running"),
                ("date_from", "<=", day),
                ("date_to", ">=", day),
            ],
            order="date_to, id",
        )
        return promotions.filtered(lambda promotion: not promotion._is_used_up())

    def _is_used_up(self):
        self.ensure_one()
        limit, budget = self.limit_total, self.budget
        return bool(limit and self.used_count >= limit) or bool(
            budget and self.currency_id.compare_amounts(self.spent, budget) >= 0
        )

    @api.model
    def _get_offers(self, clients):
        """Return {client id: her offers at the current salon}."""
        offers = self.env["salon.promotion.participation"]
        # Whoever may see a client may see what is open to her.
        found = offers.sudo().search_fetch(
            [
                ("partner_id", "in", clients.ids),
                ("company_id", "=", self.env.company.id),
            ],
            ["promotion_id", "partner_id", "state", "kind", "answer"],
        )
        own = defaultdict(lambda: offers.sudo())
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
            return self.browse()
        uses = Counter(o.promotion_id.id for o in offers if o.state == "used")
        declined = {o.promotion_id.id for o in offers if o.state == "declined"}
        offered = {
            o.promotion_id.id: o.kind
            for o in offers
            if o.state == "open" and o.promotion_id.id in promotions.ids
        }
        taken, chosen = set(offered.values()), self.browse()
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

    # ------------------------------------------------------------
    # IN WORDS
    # ------------------------------------------------------------

    def _get_text(self):
        """Return what it is, as it is told to a client."""
        self.ensure_one()
        said = self.text or self._describe_terms()
        hours = self.quiet_only and self.hour_ids._get_text()
        return f"{said} ({hours})" if hours else said

    def _describe_terms(self):
        names = format_list(
            self.env,
            self.product_ids.mapped("name"),
            "or" if self.kind.startswith("gift") else "standard",
        )
        values = {
            "what": names or self.env._("your visit"),
            "percent": f"{self.percent:g}",
            "amount": self.currency_id.format(self.amount),
            "date": format_date(self.env, self.date_to),
        }
        if self.kind == "percent":
            return self.env._("%(percent)s %% off %(what)s until %(date)s", **values)
        if self.kind == "amount":
            return self.env._("%(amount)s off %(what)s until %(date)s", **values)
        if self.kind == "bundle":
            return self.env._("%(what)s for %(amount)s until %(date)s", **values)
        return self.env._("%(what)s as our gift until %(date)s", **values)

    def _describe_open(self, client, offers):
        """Return the promotions open to a client as the screens show them.

        :param offers: her offers, see ``_get_offers``
        """
        rows = []
        for promotion in self:
            own = offers.filtered(
                lambda o, promotion=promotion: (
                    o.promotion_id == promotion and o.state == "open"
                )
            )
            rows.append(
                {
                    "id": promotion.id,
                    "name": promotion.name,
                    "text": promotion._get_text(),
                    "offered": bool(own),
                    "answer": own.answer or "",
                }
            )
        return rows

    @api.model
    def _get_rows(self, client, channel=None):
        """Return what is open to a client now, as the screens show it."""
        promotions = self._get_open_promotions(client, channel)[client]
        return promotions._describe_open(client, self._get_offers(client)[client.id])

    # ------------------------------------------------------------
    # OFFERING
    # ------------------------------------------------------------

    @api.model
    @checked(
        promotion_id=record_id,
        partner_id=record_id,
        answer=optional(text),
        call_id=optional(record_id),
    )
    def answer_offer(self, promotion_id, partner_id, answer=False, call_id=False):
        """Note that a client was offered a promotion, and what she said.

        :param answer: interested, later or declined; False: offered, no answer yet
        :param call_id: the call on which it was offered
        :return: what is open to her now
        """
        promotion = self.browse(promotion_id).exists()
        partner = self.env["res.partner"].browse(partner_id).exists()
        call = self.env["salon.call"].browse(call_id or []).exists()
        participations = self.env["salon.promotion.participation"]
        participations._check_reception()
        for record in (promotion, partner, call):
            record.check_access("read")
        if call.partner_id - partner or promotion.company_id - self.env.company:
            raise UserError(self.env._("Reload the page: the client has changed."))
        answers = dict(participations._fields["answer"].selection)
        if not promotion or not partner or (answer and answer not in answers):
            raise UserError(
                self.env._("This promotion is not there any more. Reload the page.")
            )
        channel = "phone" if call else None
        promotion._offer(partner, answer, call, channel)
        return self._get_rows(partner, channel)

    def _offer(self, client, answer=False, call=None, channel=None):
        """Record an offer to a client, or her answer to the one she has.

        :return: the participation
        :raise UserError: when the promotion is not open to her
        """
        self.ensure_one()
        offers = self._get_offers(client)[client.id]
        if self not in self._get_open_promotions(client, channel)[client]:
            raise UserError(
                self.env._(
                    "%(promotion)s is not open to %(client)s: she is not in its "
                    "audience, used or declined it, or did not agree to promotions; or "
                    "it is over.",
                    promotion=self.name,
                    client=client.name,
                )
            )
        own = offers.filtered(lambda o: o.promotion_id == self and o.state == "open")
        # Offers of promotions whose time is over do not stand in the way.
        offers.filtered(
            lambda o: o.kind == self.kind and o.promotion_id != self
        )._close()
        if not own:
            # Offers are made by the system only, after the rule above.
            own = offers.sudo().create(
                {
                    "promotion_id": self.id,
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
