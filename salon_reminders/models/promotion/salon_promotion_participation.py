from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..visit.salon_visit import MADE_STATES

RECEPTION = "salon_reminders.group_receptionist"
# What a file may say; the rest is the system's.
IMPORTED = {"promotion_id", "partner_id", "date", "user_id", "answer", "note"}


class SalonPromotionParticipation(models.Model):
    """One client was offered a promotion: by whom, how, what she said, what came of it.

    An offer is open until she uses or declines it or it is over. The database keeps
    it to one open offer of a kind per client and salon.
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
        "The client has an open offer of this kind already. Wait for her answer to it.",
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
