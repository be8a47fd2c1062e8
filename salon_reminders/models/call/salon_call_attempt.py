from odoo import api, fields, models
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES, OPEN_STATES


class SalonCallAttempt(models.Model):
    """One dial: when, by whom, how long, what came of it. Kept for good.

    It remembers what its outcome changed, so that the outcome can be undone the same
    day. An undone attempt stays in the history and counts no more.
    """

    _name = "salon.call.attempt"
    _description = "Salon Call Attempt"
    _order = "date desc, id desc"
    _rec_name = "outcome_id"

    call_id = fields.Many2one(
        "salon.call", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="call_id.partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="call_id.company_id", store=True, index=True, precompute=True
    )
    phone = fields.Char(
        "Number dialled",
        index="btree_not_null",
        readonly=True,
        groups="salon_reminders.group_manager",
    )
    proof_id = fields.Many2one(
        "salon.contact.proof",
        string="Relied on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        # As of the withdrawn consent below.
        ondelete="set null",
        groups="salon_reminders.group_manager",
        help="What allowed the call at the moment of dialling.",
    )
    date = fields.Datetime("Called at", required=True, default=fields.Datetime.now)
    date_end = fields.Datetime("Ended at")
    duration = fields.Float(
        "Minutes", compute="_compute_duration", store=True, aggregator="avg"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Called by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    outcome_id = fields.Many2one(
        "salon.call.outcome", required=True, index=True, ondelete="restrict"
    )
    outcome_kind = fields.Selection(related="outcome_id.kind", string="Kind")
    note = fields.Text()
    token = fields.Char(
        copy=False, help="Made by the screen, so that nothing is logged twice."
    )

    # What the outcome did
    call_at = fields.Datetime("Promised for")
    leaving_reason_id = fields.Many2one(
        "salon.leaving.reason", index="btree_not_null", ondelete="restrict"
    )
    gift = fields.Char(
        "Promised gift",
        help="What was promised to a client who left, to win them back.",
    )
    bring_back = fields.Char(
        "What would bring them back",
        help="In the client's own words, for who calls next.",
    )
    visit_id = fields.Many2one(
        "salon.visit",
        string="Booked visit",
        index="btree_not_null",
        ondelete="set null",
    )
    consent_id = fields.Many2one(
        "salon.consent",
        string="Withdrawn consent",
        index="btree_not_null",
        # The attempt is kept for good, the answer until its proof is over.
        ondelete="set null",
    )
    undo_values = fields.Json(groups="base.group_system")
    undone_at = fields.Datetime(readonly=True)
    undone_by_id = fields.Many2one(
        "res.users", string="Undone by", readonly=True, ondelete="restrict"
    )

    _token_uniq = models.UniqueIndex(
        "(token) WHERE token IS NOT NULL", "This outcome was logged already."
    )
    _left_idx = models.Index(
        "(partner_id, company_id)"
        " WHERE leaving_reason_id IS NOT NULL AND undone_at IS NULL"
    )

    @api.depends("date", "date_end")
    def _compute_duration(self):
        for attempt in self:
            span = attempt.date_end and attempt.date_end - attempt.date
            attempt.duration = round(span.total_seconds() / 60, 1) if span else 0

    @api.model_create_multi
    def create(self, vals_list):
        attempts = super().create(vals_list)
        # Nobody says what a call relied on: it is read in the ledger.
        attempts_sudo = attempts.sudo()
        proofs = self.env["salon.contact.proof"]._record(
            [attempt_sudo._prepare_contact_vals() for attempt_sudo in attempts_sudo]
        )
        for attempt_sudo, proof in zip(attempts_sudo, proofs, strict=True):
            attempt_sudo.proof_id = proof
        return attempts

    def _prepare_contact_vals(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "channel": "phone",
            "purpose": self.call_id.purpose,
            "address": self.phone,
            "date": self.date,
            "user_id": self.user_id.id,
        }

    @api.model
    def _sql_left(self, partner, company):
        """Return the condition "she said that she left and has not come since".

        :param SQL partner: expression of the client's id
        :param SQL company: expression of the company's id
        """
        return SQL(
            """EXISTS (
                SELECT FROM salon_call_attempt la
                 WHERE la.partner_id = %(partner)s AND la.company_id = %(company)s
                   AND la.leaving_reason_id IS NOT NULL AND la.undone_at IS NULL
                   AND NOT %(came)s)""",
            partner=partner,
            company=company,
            came=self._sql_came_since(SQL("la")),
        )

    @api.model
    def _sql_came_since(self, attempt):
        """Return the condition that she booked or came after what she said.

        What was booked before says nothing until she comes.

        :param SQL attempt: alias of a row of attempts
        """
        return SQL(
            """EXISTS (
                SELECT FROM salon_visit lv
                 WHERE lv.partner_id = %(said)s.partner_id
                   AND lv.company_id = %(said)s.company_id
                   AND lv.start > %(said)s.date
                   AND (lv.state IN %(made)s
                        OR lv.state IN %(open)s AND lv.create_date > %(said)s.date)
            )""",
            said=attempt,
            made=MADE_STATES,
            open=OPEN_STATES,
        )

    @api.model
    def _sql_said_last(self, company):
        """Return why each client of a salon left, as she said it last.

        Rows of attempts, one per client; what was undone was never said.

        :param SQL company: expression of the company's id
        """
        return SQL(
            """SELECT DISTINCT ON (a.partner_id) a.*
                 FROM salon_call_attempt a
                WHERE a.company_id = %s AND a.leaving_reason_id IS NOT NULL
                  AND a.undone_at IS NULL
             ORDER BY a.partner_id, a.date DESC, a.id DESC""",
            company,
        )

    @api.model
    def _get_said_last(self, partners, companies):
        """Return {(client, salon): the attempt of ``_sql_said_last``}."""
        attempts = self.search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "in", companies.ids),
                ("leaving_reason_id", "!=", False),
                ("undone_at", "=", False),
            ],
            order="date, id",
        )
        return {(one.partner_id, one.company_id): one for one in attempts}

    def _get_said(self):
        """Return the note, what she wants and what was promised, as one text."""
        return self._text_said(self.note, self.bring_back, self.gift)

    @api.model
    def _text_said(self, note, bring_back, gift):
        wish = bring_back and self.env._(
            "Would bring them back: %(wish)s", wish=bring_back
        )
        promised = gift and self.env._("Promised: %(gift)s", gift=gift)
        return "\n".join(filter(None, [note, wish, promised]))

    def action_undo(self):
        """Take back this outcome and everything it did."""
        self.ensure_one()
        self.call_id._undo(self)

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def _keep_undo(self, before, after):
        """Remember the values that the outcome changed, before and after."""
        # Not readable and not writable by people, as it is acted upon.
        self.sudo().undo_values = {
            reference: changed
            for reference, names in before.items()
            if (
                changed := {
                    name: [value, after[reference][name]]
                    for name, value in names.items()
                    if after[reference][name] != value
                }
            )
        }

    def _is_undoable(self):
        """Tell whether this outcome was logged today and can still be taken back."""
        if not self or self.undone_at or self.sudo().undo_values is None:
            return False
        company = self.company_id
        return company._salon_date(self.date_end or self.date) == company._salon_today()
