from odoo import fields, models
from odoo.tools import SQL, format_amount, format_date, format_datetime

HISTORY = 8


class SalonCallDeskCard(models.AbstractModel):
    """What the call desk shows of a call: a line of the queue, the client's card."""

    _name = "salon.call.desk.card"
    _description = "Calls at the Call Desk"

    # ------------------------------------------------------------
    # THE QUEUE
    # ------------------------------------------------------------

    def _get_desk_rows(self):
        """Return the lines of the queue; the number is shown on the card only."""
        now = fields.Datetime.now()
        return [
            {
                "id": call.id,
                "name": call.partner_id.name or "",
                "needs": ", ".join(call.cycle_ids.mapped("name")),
                "kind": call.kind,
                "days_over": call.days_over,
                "hour": call._get_local_hour(call.call_at),
                "waiting": bool(call.call_at and call.call_at > now),
                "promised": call.priority == "1",
                "value": call._format_value(),
                "attempts": call.attempt_count,
                "stylist": call.stylist_id.name or "",
                "claimed_by": call.claim_user_id.name or "",
                "claimed_by_me": call.claim_user_id == self.env.user,
            }
            for call in self
        ]

    def _format_value(self):
        if not self.value:
            return ""
        return format_amount(self.env, self.value, self.currency_id)

    def _get_local_hour(self, moment):
        """Return "14:30" by the salon's clock."""
        return moment and self.company_id._salon_local(moment).strftime("%H:%M")

    # ------------------------------------------------------------
    # THE CARD
    # ------------------------------------------------------------

    def _get_desk_card(self):
        """Return all that is needed on the phone with this client."""
        self.ensure_one()
        # Alone: nobody asked for the visits and consents of the rest of the queue.
        return self.with_prefetch()._prepare_desk_card()

    def _prepare_desk_card(self):
        services = self._get_last_services()
        return {
            **self._get_desk_rows()[0],
            **self._get_desk_client(),
            "state": self.state,
            "close_text": self._get_close_text(),
            "script": self.script or "",
            "why": self.explanation or "",
            "call_note": self.note or "",
            "stylist_id": self.stylist_id.id,
            "services": [{"id": s.id, "name": s.display_name} for s in services],
            "visits": self._get_desk_visits(),
            "history": self._get_desk_history(),
            "usual_hour": self._get_usual_hour(),
            "promotions": self._get_desk_promotions(),
            "proposals": self._get_desk_proposals(),
            "claim_until": self._get_claim_until(),
            "undo_id": self._get_last_attempt().id if self.can_undo else False,
        }

    def _get_desk_client(self):
        partner = self.partner_id
        return {
            "partner_id": partner.id,
            "phone": self.phone or "",
            "formula": partner.salon_note or "",
            "zones_ignored": self._get_ignored_zones(),
            "same_number": self._get_same_number(),
        }

    def _get_close_text(self):
        if self.state == "open":
            return ""
        reasons = dict(self._fields["close_reason"]._description_selection(self.env))
        return self.close_note or reasons.get(self.close_reason) or ""

    def _get_desk_visits(self):
        return [
            {
                "id": visit.id,
                "date": format_date(self.env, visit.date),
                "services": visit.services or "",
                "stylist": visit.stylist_id.name or "",
                "amount": format_amount(
                    self.env, visit.amount_total, visit.currency_id
                ),
                "note": visit.note or "",
            }
            for visit in self.last_visit_ids
        ]

    def _get_desk_history(self):
        """Return what was said in the last calls, on whatever account."""
        attempts = self.env["salon.call.attempt"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("undone_at", "=", False),
            ],
            limit=HISTORY,
        )
        return [
            {
                "id": attempt.id,
                "date": format_datetime(
                    self.env,
                    attempt.date,
                    tz=self.company_id._salon_timezone().zone,
                    dt_format="d MMM y, HH:mm",
                ),
                "user": attempt.user_id.name,
                "outcome": attempt.outcome_id.name,
                "note": attempt.note or "",
            }
            for attempt in attempts
        ]

    def _get_ignored_zones(self):
        """Return the names of the zones this client has never used."""
        zones = self.env["salon.zone"].search(
            [
                ("company_id", "in", [False, self.company_id.id]),
                ("cycle_ids", "!=", False),
            ]
        )
        used = self.env.execute_query(
            SQL(
                """SELECT DISTINCT COALESCE(t.salon_zone_id, c.zone_id)
                     FROM salon_visit v
                     JOIN salon_visit_line l ON l.visit_id = v.id
                     JOIN product_product p ON p.id = l.product_id
                     JOIN product_template t ON t.id = p.product_tmpl_id
                LEFT JOIN salon_cycle_product_rel r ON r.product_tmpl_id = t.id
                LEFT JOIN salon_cycle c ON c.id = r.cycle_id
                    WHERE v.partner_id = %s AND v.company_id = %s AND v.state = 'done'
                      AND l.net_quantity > 0""",
                self.partner_id.id,
                self.company_id.id,
            )
        )
        return (zones - zones.browse(row[0] for row in used if row[0])).mapped("name")

    def _get_same_number(self):
        """Return the names of others who are reached on the same number."""
        number = self.partner_id.phone_sanitized
        if not number:
            return []
        others = self.env["res.partner"].search(
            [("phone_sanitized", "=", number), ("id", "!=", self.partner_id.id)],
            limit=3,
        )
        return others.mapped("name")

    def _get_claim_until(self):
        """Return when the current user's claim ends, as UTC text."""
        until = self._get_own_claim().until
        return until and f"{until.isoformat()}Z"

    def _get_desk_promotions(self):
        """Return what can be offered to her, as {name, text}.

        Meant to be overridden: promotions come with a part of their own.
        """
        return []

    def _get_desk_proposals(self):
        """Return free times to offer, best first.

        Meant to be overridden: the appointment book knows what is free. Each is a
        dict of ``start`` and ``stop`` (UTC), ``day`` and ``hour`` by the salon's
        clock, ``stylist_id``, ``stylist``, ``label`` and ``reason``.
        """
        return []

    def _text_logged(self, attempt):
        """Return what has become of the call, to be read in a second."""
        outcome, name = attempt.outcome_id.name, self.partner_id.name or ""
        if self.state != "open" or not self.call_at:
            return self.env._("%(client)s: %(outcome)s", client=name, outcome=outcome)
        return self.env._(
            "%(client)s: %(outcome)s. Next call %(when)s.",
            client=name,
            outcome=outcome,
            when=format_datetime(
                self.env,
                self.call_at,
                tz=self.company_id._salon_timezone().zone,
                dt_format="EEE d MMM, HH:mm",
            ),
        )
