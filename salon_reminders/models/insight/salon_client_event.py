from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..visit.salon_visit import MADE_STATES

# Each part counts its rows in steps of this, so that no two parts share an id.
STEP = 16


class SalonClientEvent(models.Model):
    """Everything that happened between a client and the salon, in one timeline.

    A view over the records themselves: nothing is copied, nothing can be forgotten.
    Each part of it is a method of its own, listed in ``_get_parts``; an addon that
    knows more of a client adds one. All parts are read by the client, so that a
    timeline costs what she did, not what the salon has.
    """

    _name = "salon.client.event"
    _description = "Client History"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "summary"
    _depends = {
        "salon.call": [
            *("partner_id", "company_id", "kind", "state", "user_id", "opened_date"),
            *("close_reason", "closed_at", "stylist_id", "create_uid"),
        ],
        "salon.call.attempt": [
            *("partner_id", "company_id", "date", "user_id", "note", "undone_at"),
            "consent_id",
        ],
        "salon.consent": [
            *("partner_id", "company_id", "date", "user_id", "decision"),
            "restored_id",
        ],
        "salon.visit": [
            *("partner_id", "company_id", "start", "state", "is_purchase", "note"),
            *("stylist_id", "amount_total", "create_uid"),
        ],
    }

    partner_id = fields.Many2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(readonly=True)
    kind = fields.Selection(
        [
            ("listed", "Put on the call list"),
            ("attempt", "Call"),
            ("undone", "Call, taken back"),
            ("closed", "Call closed without an answer"),
            ("consent_given", "Consent given"),
            ("consent_withdrawn", "Consent withdrawn"),
            ("booked", "Appointment"),
            ("visit", "Visit"),
            ("purchase", "Purchase"),
            ("no_show", "No-show"),
            ("cancelled", "Cancelled appointment"),
        ],
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True)
    stylist_id = fields.Many2one("resource.resource", readonly=True)
    amount = fields.Monetary(readonly=True)
    note = fields.Text(readonly=True)
    res_model = fields.Char("Kind of record", readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", readonly=True, aggregator=None
    )
    summary = fields.Char("What happened", compute="_compute_summary")

    @api.depends("res_model", "res_id", "kind")
    @api.depends_context("lang")
    def _compute_summary(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        texts = self._get_texts()
        for event in self:
            text = texts.get((event.res_model, event.kind, event.res_id))
            event.summary = text or kinds.get(event.kind, "")

    @api.depends("summary")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.summary

    # ------------------------------------------------------------
    # THE VIEW
    # ------------------------------------------------------------

    @property
    def _table_query(self):
        parts = [
            SQL(
                """SELECT part.id::bigint * %(step)s + %(number)s AS id,
                          part.partner_id, part.company_id, part.date, part.kind,
                          part.user_id, part.stylist_id, part.amount, part.note,
                          %(model)s::varchar AS res_model, part.id AS res_id
                     FROM (%(query)s) part
                    WHERE part.partner_id IS NOT NULL AND part.date IS NOT NULL""",
                step=STEP,
                number=number,
                model=model,
                query=query,
            )
            for number, (model, query) in self._get_parts().items()
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _get_parts(self):
        """Return {number below 16: (model, query)} of everything told by the timeline.

        A query gives id, partner_id, company_id, date, kind, user_id, stylist_id,
        amount and note of the records of its model. Numbers never change.
        """
        return {
            1: ("salon.call", self._sql_listed()),
            2: ("salon.call.attempt", self._sql_attempts()),
            3: ("salon.call", self._sql_closed()),
            4: ("salon.consent", self._sql_consents()),
            5: ("salon.visit", self._sql_visits()),
        }

    @api.model
    def _sql_listed(self):
        """Calls as they were put on the list; a list taken over knows only the day."""
        return SQL(
            """SELECT id, partner_id, company_id,
                      CASE WHEN opened_date = create_date::date THEN create_date
                           ELSE opened_date + time '12:00' END AS date,
                      'listed'::varchar AS kind, user_id, stylist_id,
                      NULL::numeric AS amount, NULL::text AS note
                 FROM salon_call"""
        )

    @api.model
    def _sql_attempts(self):
        """Every dial with its answer, also those that were taken back."""
        return SQL(
            """SELECT id, partner_id, company_id, date,
                      CASE WHEN undone_at IS NULL THEN 'attempt' ELSE 'undone' END
                          ::varchar AS kind,
                      user_id, NULL::int AS stylist_id, NULL::numeric AS amount, note
                 FROM salon_call_attempt"""
        )

    @api.model
    def _sql_closed(self):
        """What ended a call when it was not an answer of the client."""
        return SQL(
            """SELECT id, partner_id, company_id, closed_at AS date,
                      'closed'::varchar AS kind, NULL::int AS user_id,
                      NULL::int AS stylist_id, NULL::numeric AS amount,
                      NULL::text AS note
                 FROM salon_call
                WHERE state != 'open'
                  AND close_reason NOT IN ('outcome', 'unreachable')"""
        )

    @api.model
    def _sql_consents(self):
        """What clients answered; not what was logged by mistake and taken back."""
        return SQL(
            """SELECT c.id, c.partner_id, c.company_id, c.date,
                      CASE c.decision WHEN 'given' THEN 'consent_given'
                                      ELSE 'consent_withdrawn' END::varchar AS kind,
                      c.user_id, NULL::int AS stylist_id, NULL::numeric AS amount,
                      NULL::text AS note
                 FROM salon_consent c
                WHERE c.restored_id IS NULL
                  AND NOT (c.decision = 'withdrawn' AND EXISTS (
                      -- What is withdrawn by one word is written together.
                      SELECT FROM salon_consent said
                        JOIN salon_call_attempt a
                          ON a.consent_id = said.id AND a.undone_at IS NOT NULL
                       WHERE said.partner_id = c.partner_id
                         AND said.company_id = c.company_id
                         AND said.create_date = c.create_date AND said.id <= c.id))"""
        )

    @api.model
    def _sql_visits(self):
        return SQL(
            """SELECT id, partner_id, company_id, start AS date,
                      CASE WHEN state NOT IN %(made)s THEN state
                           WHEN is_purchase THEN 'purchase'
                           ELSE 'visit' END::varchar AS kind,
                      create_uid AS user_id, stylist_id, amount_total AS amount, note
                 FROM salon_visit""",
            made=MADE_STATES,
        )

    def _search(self, domain, *args, **kwargs):
        # An id of the view is no id of a table: said by record, indexes serve it.
        domain = Domain(domain).map_conditions(self._map_id)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _map_id(self, condition):
        if condition.field_expr != "id" or condition.operator not in ("=", "in"):
            return condition
        value = condition.value
        numbers = [value] if condition.operator == "=" else value
        return Domain.AND([condition, self._get_record_domain(numbers)])

    @api.model
    def _get_record_domain(self, numbers):
        """Return the domain of the records behind these ids of the view."""
        parts, by_model = self._get_parts(), {}
        for number in filter(None, numbers):
            res_id, part = divmod(number, STEP)
            if part in parts:
                by_model.setdefault(parts[part][0], set()).add(res_id)
        return Domain.OR(
            Domain("res_model", "=", model) & Domain("res_id", "in", list(ids))
            for model, ids in by_model.items()
        )

    # ------------------------------------------------------------
    # WHAT PEOPLE READ
    # ------------------------------------------------------------

    def _get_texts(self):
        """Return {(model, kind, id): what happened, in words}, model by model."""
        texts = {}
        for (model, kind), events in self.grouped(
            lambda event: (event.res_model, event.kind)
        ).items():
            records = self.env[model].browse(events.mapped("res_id"))
            describe = self._get_describers().get(kind)
            if describe:
                texts.update({(model, kind, r.id): describe(r) for r in records})
        return texts

    @api.model
    def _get_describers(self):
        """Return {kind: the method that says in words what happened}."""
        return {
            "listed": self._get_listed_text,
            "attempt": self._get_attempt_text,
            "undone": self._get_undone_text,
            "closed": self._get_closed_text,
            "consent_given": self._get_consent_given_text,
            "consent_withdrawn": self._get_consent_withdrawn_text,
            "visit": self._get_visit_text,
            "purchase": self._get_purchase_text,
            "booked": self._get_booked_text,
            "no_show": self._get_no_show_text,
            "cancelled": self._get_cancelled_text,
        }

    @api.model
    def _get_listed_text(self, call):
        kinds = dict(call._fields["kind"]._description_selection(self.env))
        needs = format_list(self.env, call.reminder_ids.mapped("need"))
        return self.env._(
            "Put on the call list: %(why)s", why=needs or kinds.get(call.kind)
        )

    @api.model
    def _get_attempt_text(self, attempt):
        text = self.env._("Call: %(outcome)s", outcome=attempt.outcome_id.name)
        reason = attempt.leaving_reason_id.name
        text = f"{text} ({reason})" if reason else text
        if attempt.bring_back:
            text = self.env._(
                "%(call)s, would come back for: %(wish)s",
                call=text,
                wish=attempt.bring_back,
            )
        if not attempt.gift:
            return text
        return self.env._("%(call)s, promised: %(gift)s", call=text, gift=attempt.gift)

    @api.model
    def _get_undone_text(self, attempt):
        return self.env._(
            "Call, taken back: %(outcome)s", outcome=attempt.outcome_id.name
        )

    @api.model
    def _get_closed_text(self, call):
        reasons = dict(call._fields["close_reason"]._description_selection(self.env))
        return self.env._(
            "Call closed: %(reason)s",
            reason=call.close_note or reasons.get(call.close_reason),
        )

    @api.model
    def _get_consent_given_text(self, consent):
        return self.env._("Agreed: %(what)s", what=self._get_consent_words(consent))

    @api.model
    def _get_consent_withdrawn_text(self, consent):
        return self.env._(
            "Does not agree any more: %(what)s", what=self._get_consent_words(consent)
        )

    @api.model
    def _get_consent_words(self, consent):
        """Return what a consent is about and how it was given."""
        return ", ".join(
            dict(consent._fields[name]._description_selection(self.env))[consent[name]]
            for name in ("purpose", "channel", "method")
        )

    @api.model
    def _get_visit_text(self, visit):
        return self.env._("Visit: %(services)s", services=visit.services or "-")

    @api.model
    def _get_purchase_text(self, visit):
        return self.env._("Bought: %(products)s", products=visit.services or "-")

    @api.model
    def _get_booked_text(self, visit):
        return self.env._("Appointment: %(services)s", services=visit.services or "-")

    @api.model
    def _get_no_show_text(self, visit):
        return self.env._("Did not come: %(services)s", services=visit.services or "-")

    @api.model
    def _get_cancelled_text(self, visit):
        return self.env._("Cancelled: %(services)s", services=visit.services or "-")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_record(self):
        """Open the call, visit or consent that this line tells of."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        if self.res_model == "salon.call.attempt":
            record = record.call_id
        return record._get_records_action()
