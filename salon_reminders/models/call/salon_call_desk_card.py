from odoo import models
from odoo.tools import SQL, format_amount, format_date, format_datetime

from ..visit.salon_visit import MADE_STATES
from .salon_call_reading import VISITS

HISTORY = 8


class SalonCallDeskCard(models.AbstractModel):
    """What the call desk shows of a call: a line of the queue, the client's card."""

    _name = "salon.call.desk.card"
    _description = "Calls at the Call Desk"

    # ------------------------------------------------------------
    # THE CARD
    # ------------------------------------------------------------

    def _get_desk_card(self):
        """Return all that is needed on the phone with this client.

        Free times come a moment later, see ``_get_desk_times``.
        """
        self.ensure_one()
        # Alone: nobody asked for the visits and consents of the rest of the queue.
        return self.with_prefetch()._prepare_desk_card()

    def _prepare_desk_card(self):
        services = self._get_last_services()
        return {
            **self.env["salon.call.queue"]._read_rows(SQL("%s", self.id))[0],
            **self._get_desk_client(),
            "state": self.state,
            "close_text": self._get_close_text(),
            "script": self._get_desk_script({}),
            "why": self.explanation or "",
            "call_note": self.note or "",
            "stylist_id": self.stylist_id.id,
            "services": [{"id": s.id, "name": s.display_name} for s in services],
            "visits": self._get_desk_visits(),
            **self._get_desk_attempts(),
            "promotions": self._get_desk_promotions(),
            "proposals": [],
            "undo_id": self._get_last_attempt().id if self.can_undo else False,
        }

    def _get_desk_times(self):
        """Return free times to offer, and the script that offers them."""
        proposals = self._get_desk_proposals()
        script = self._get_desk_script({self: self._text_times(proposals)})
        return {"proposals": proposals, "script": script}

    def _get_desk_script(self, free_times):
        scripts = self.env["salon.call.script"]
        return scripts._get_texts(self, free_times=free_times)[self]

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
        """Return the last visits, in one query: products have many columns."""
        self.env.flush_all()
        visits = self.env.execute_query_dict(
            SQL(
                """SELECT v.id, v.date, v.amount_total, v.note, r.name AS stylist,
                          (SELECT string_agg(%(product)s, ', '
                                             ORDER BY l.sequence, l.id)
                             FROM salon_visit_line l
                             JOIN product_product pp ON pp.id = l.product_id
                             JOIN product_template t ON t.id = pp.product_tmpl_id
                            WHERE l.visit_id = v.id) AS services
                     FROM salon_visit v
                LEFT JOIN resource_resource r ON r.id = v.stylist_id
                    WHERE v.partner_id = %(partner)s AND v.company_id = %(company)s
                      AND v.state IN %(made)s
                 ORDER BY v.start DESC, v.id DESC
                    LIMIT %(limit)s""",
                product=self.env["product.template"]._field_to_sql("t", "name"),
                partner=self.partner_id.id,
                company=self.company_id.id,
                limit=VISITS,
                made=MADE_STATES,
            )
        )
        return [
            {
                "id": visit["id"],
                "date": format_date(self.env, visit["date"]),
                "services": visit["services"] or "",
                "stylist": visit["stylist"] or "",
                "amount": format_amount(
                    self.env, visit["amount_total"] or 0, self.currency_id
                ),
                "note": visit["note"] or "",
            }
            for visit in visits
        ]

    def _get_desk_attempts(self):
        """Return what was said in the last calls, and when she usually answers."""
        attempts = self._get_client_attempts()
        zone = self.company_id._salon_timezone().zone
        return {
            "usual_hour": self._get_usual_hour(attempts),
            "history": [
                {
                    "id": attempt.id,
                    "date": format_datetime(
                        self.env, attempt.date, tz=zone, dt_format="d MMM y, HH:mm"
                    ),
                    "user": attempt.user_id.name,
                    "outcome": attempt.outcome_id.name,
                    "note": attempt._get_said(),
                }
                for attempt in attempts[:HISTORY]
            ],
        }

    def _get_ignored_zones(self):
        """Return the names of the zones this client has never used, in one query."""
        zones = self.env["salon.zone"]
        rows = self.env.execute_query(
            SQL(
                """SELECT %(name)s FROM salon_zone z
                    WHERE z.active AND COALESCE(z.company_id, %(company)s) = %(company)s
                      AND EXISTS (SELECT FROM salon_cycle y
                                   WHERE y.zone_id = z.id AND y.active)
                      AND z.id NOT IN (
                   SELECT COALESCE(t.salon_zone_id, c.zone_id)
                     FROM salon_visit v
                     JOIN salon_visit_line l ON l.visit_id = v.id
                     JOIN product_product p ON p.id = l.product_id
                     JOIN product_template t ON t.id = p.product_tmpl_id
                LEFT JOIN salon_cycle_product_rel r ON r.product_tmpl_id = t.id
                LEFT JOIN salon_cycle c ON c.id = r.cycle_id
                    WHERE v.partner_id = %(partner)s AND v.company_id = %(company)s
                      AND v.state IN %(made)s AND l.net_quantity > 0
                      AND COALESCE(t.salon_zone_id, c.zone_id) IS NOT NULL)
                 ORDER BY z.sequence, 1, z.id""",
                name=zones._field_to_sql("z", "name"),
                made=MADE_STATES,
                partner=self.partner_id.id,
                company=self.company_id.id,
            )
        )
        return [name for (name,) in rows]

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

    def _text_times(self, proposals):
        """Return the proposed times as they are said on the phone; to be overridden."""
        return ""

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
