from collections import Counter
from datetime import date, timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date
from odoo.tools.misc import get_lang

from ..catalogue.product_template import is_meant_for
from ..visit.salon_visit import KEPT_STATES, MADE_STATES, YEAR
from .salon_client_standing import LONGEST_GAP

# Services go together when this many times as many clients take both.
MIN_LIFT = 1.1
# Rarer than this it is chance, not advice.
MIN_SHARE = 0.1
MAX_OFFERS = 3
MAX_RETAIL = 5
MAX_CALLS = 3


class SalonClientCard(models.AbstractModel):
    """What is known of a client, at a glance: for her form and for the call desk.

    Counted from her visits when it is asked for, so never a day behind, in a constant
    number of queries.
    """

    _name = "salon.client.card"
    _description = "Client Card"

    @api.model
    def _get(self, partner):
        """Return the card of a client at the current salon, as far as the user may.

        A stylist sees her own clients without money.
        """
        partner.ensure_one()
        partner.check_access("read")
        is_reception = self.env.user.has_group("salon_reminders.group_receptionist")
        if not is_reception and not self._is_own_client(partner):
            return {}
        # Whoever may see the card sees all of the client's history at this salon.
        card_sudo = self.sudo()
        visits = card_sudo._get_visits(partner)
        return {
            "reception": is_reception,
            "facts": card_sudo._get_facts(partner, visits, is_reception),
            "segment": card_sudo._get_segment(partner) if is_reception else False,
            "zones": card_sudo._get_zones(partner),
            "due": card_sudo._get_due(partner),
            "retail": card_sudo._get_retail(partner),
            "offers": card_sudo._get_offers(partner)[partner.id],
            "calls": card_sudo._get_calls(partner) if is_reception else [],
            "accounts": partner._get_salon_accounts() if is_reception else [],
            "warning": partner.salon_contraindications or "",
            "health": self._get_health_mark(partner),
            "complete": partner._get_salon_completeness(),
        }

    @api.model
    def _get_health_mark(self, partner):
        """Return what to know of the notes about health, beside what they say."""
        if partner.salon_health_consent == "refused":
            return self.env._(
                "The client does not want notes about health kept: ask about "
                "allergies at each visit."
            )
        if self._is_health_missing(partner):
            return self.env._("Notes about health: consent missing. Ask at the visit.")
        return ""

    @api.model
    def _is_health_missing(self, partner):
        """Tell whether the card keeps notes about health without consent to it."""
        # Whether something is kept is found in all visits of the client.
        partner_sudo = partner.sudo()
        if partner_sudo.salon_consent_to_ask:
            # What the card keeps is asked about first, health before photos.
            return partner_sudo.salon_ask_purpose == "health"
        return "health" in partner_sudo._get_missing_purposes()[partner.id]

    @api.model
    def _is_own_client(self, partner):
        """Return whether the user's own visits, as rules allow, name this client."""
        try:
            return bool(
                self.env["salon.visit"].search_count(
                    [("partner_id", "=", partner.id)], limit=1
                )
            )
        except AccessError:
            return False

    # ------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------

    def _get_visits(self, partner):
        """Return the client's done visits and purchases, oldest first."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """SELECT v.date, v.is_purchase, v.amount_total AS amount,
                          v.stylist_id
                     FROM salon_visit v
                    WHERE v.partner_id = %s AND v.company_id = %s AND v.state IN %s
                 ORDER BY v.start, v.id""",
                partner.id,
                self.env.company.id,
                MADE_STATES,
            )
        )

    def _get_facts(self, partner, rows, with_money):
        """Return label and text of each fact, in the order they are looked for."""
        visits = [row for row in rows if not row["is_purchase"]]
        days = sorted({row["date"] for row in visits})
        facts = [
            *(self._get_money_facts(rows, days) if with_money and rows else []),
            *(self._get_day_facts(days) if days else []),
            *self._get_habit_facts(partner, visits),
        ]
        return [{"label": label, "text": text} for label, text in facts if text]

    def _get_money_facts(self, rows, days):
        today = self.env.company._salon_today()
        amount = self.env.company.currency_id.format
        total = sum(row["amount"] for row in rows)
        first = today - timedelta(days=YEAR)
        year = sum(row["amount"] for row in rows if row["date"] > first)
        return [
            (self.env._("Spent"), amount(total)),
            (self.env._("In a year"), amount(year)),
            (self.env._("Per visit"), amount(total / len(days)) if days else False),
        ]

    def _get_day_facts(self, days):
        rhythm = self._get_rhythm(days)
        return [
            (self.env._("Visits"), str(len(days))),
            (self.env._("First"), format_date(self.env, days[0])),
            (self.env._("Last"), format_date(self.env, days[-1])),
            (
                self.env._("Comes every"),
                rhythm and self.env._("%(days)s days", days=rhythm),
            ),
        ]

    @api.model
    def _get_rhythm(self, days):
        """Return the middle of her own gaps up to half a year, or nothing."""
        gaps = sorted(
            (b - a).days
            for a, b in zip(days, days[1:], strict=False)
            if (b - a).days <= LONGEST_GAP
        )
        return gaps[(len(gaps) - 1) // 2] if gaps else False

    def _get_habit_facts(self, partner, visits):
        """Return with whom, on which weekday and at what time she usually comes."""
        habits = self.env["salon.client.standing"]._get_habits(partner)
        weekday, hour, _stylist = habits.get(partner.id, (None, None, None))
        return [
            (self.env._("Usually to"), self._get_stylist_text(visits)),
            (
                self.env._("Usually on"),
                weekday
                and format_date(
                    self.env,
                    # The first of these days was a Monday.
                    date(2024, 1, weekday),
                    lang_code=get_lang(self.env).code,
                    date_format="EEEE",
                ),
            ),
            (self.env._("Usually at"), hour is not None and self._get_hour_text(hour)),
        ]

    @api.model
    def _get_hour_text(self, hour):
        whole, minutes = divmod(round(hour * 60), 60)
        return f"{whole}:{minutes:02}"

    @api.model
    def _get_stylist_text(self, visits):
        """Return who did most of these visits, and whether they can be offered."""
        served = [visit["stylist_id"] for visit in visits if visit["stylist_id"]]
        if not served:
            return False
        stylist_id, count = Counter(served).most_common(1)[0]
        company = self.env.company
        # Of a colleague nothing but the name, and whether they are here still.
        stylist_sudo = self.env["resource.resource"].sudo().browse(stylist_id)
        stylist_sudo.fetch(["name", "active"])
        values = {"name": stylist_sudo.name, "count": count, "visits": len(served)}
        gone = stylist_sudo._is_gone(company._salon_today(), company)
        if gone or not stylist_sudo.active:
            return self.env._("%(name)s (%(count)s/%(visits)s), has left", **values)
        return self.env._("%(name)s (%(count)s/%(visits)s)", **values)

    def _get_segment(self, partner):
        standing = self.env["salon.client.standing"].search_fetch(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.env.company.id),
            ],
            ["segment", "recency", "frequency", "money"],
        )
        if not standing:
            return False
        names = dict(standing._fields["segment"]._description_selection(self.env))
        return {
            "key": standing.segment,
            "name": names[standing.segment],
            "fifths": [standing.recency, standing.frequency, standing.money],
        }

    # ------------------------------------------------------------
    # ZONES, RETAIL, WHAT IS DUE, CALLS
    # ------------------------------------------------------------

    def _get_zones(self, partner):
        """Return every zone of the salon and how she uses it."""
        company = self.env.company
        spots = self.env["salon.client.zone"]
        self.env.flush_all()
        rows = self.env.execute_query_dict(spots._sql_used(company, partner))
        used = {row["zone_id"]: row for row in rows}
        since = company._salon_today() - timedelta(days=YEAR)
        zones = []
        for zone in spots._get_zones(company):
            row = used.get(zone.id)
            state = (
                "ignored"
                if not row
                else ("used" if row["last_date"] > since else "former")
            )
            zones.append(
                {
                    "id": zone.id,
                    "name": zone.name,
                    "state": state,
                    "count": row["visit_count"] if row else 0,
                    "last": format_date(self.env, row["last_date"]) if row else "",
                }
            )
        return zones

    def _get_retail(self, partner):
        """Return the newest purchase of each product and when it is used up."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT * FROM (
                    SELECT DISTINCT ON (p.product_tmpl_id)
                           p.product_tmpl_id AS id, v.date, l.net_quantity AS quantity,
                           pt.salon_use_days AS days
                      FROM salon_visit v
                      JOIN salon_visit_line l
                        ON l.visit_id = v.id AND l.net_quantity > 0
                      JOIN product_product p ON p.id = l.product_id
                      JOIN product_template pt
                        ON pt.id = p.product_tmpl_id AND pt.salon_kind = 'retail'
                     WHERE v.partner_id = %s AND v.company_id = %s
                       AND v.state IN %s
                  ORDER BY p.product_tmpl_id, v.date DESC, l.id DESC) r
                 ORDER BY date DESC, id LIMIT %s""",
                partner.id,
                self.env.company.id,
                MADE_STATES,
                MAX_RETAIL,
            )
        )
        names = self.env["product.template"].browse(row["id"] for row in rows)
        return [
            self._prepare_retail(product, row)
            for product, row in zip(names, rows, strict=True)
        ]

    def _prepare_retail(self, product, row):
        end = row["days"] and row["date"] + timedelta(
            days=round(row["days"] * row["quantity"])
        )
        return {
            "id": product.id,
            "name": product.name,
            "date": format_date(self.env, row["date"]),
            "end": format_date(self.env, end) if end else "",
            "over": bool(end) and end <= self.env.company._salon_today(),
        }

    def _get_due(self, partner):
        reminders = self.env["salon.reminder"].search_fetch(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "stopped"),
                ("due_date", "!=", False),
            ],
            ("cycle_id", "course_id", "due_date", "state"),
        )
        names = dict(reminders._fields["state"]._description_selection(self.env))
        # It has a date, and yet nothing is due: the service was given up.
        names["idle"] = self.env._("Not offered any more")
        return [
            {
                "id": reminder.id,
                "name": reminder.need,
                "date": format_date(self.env, reminder.due_date)
                if reminder.due_date
                else "",
                "state": reminder.state,
                "state_name": names[reminder.state],
            }
            for reminder in reminders
        ]

    def _get_calls(self, partner):
        """Return what was said last: the newest dials."""
        attempts = self.env["salon.call.attempt"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", self.env.company.id),
                ("undone_at", "=", False),
            ],
            order="date desc, id desc",
            limit=MAX_CALLS,
        )
        company = self.env.company
        return [
            {
                "id": attempt.id,
                "date": format_date(self.env, company._salon_date(attempt.date)),
                "outcome": attempt.outcome_id.name,
                "user": attempt.user_id.name,
                "note": attempt._get_said(),
            }
            for attempt in attempts
        ]

    # ------------------------------------------------------------
    # WHAT TO OFFER NEXT
    # ------------------------------------------------------------

    @api.model
    def _get_offers(self, partners, services=None):
        """Return {client id: services to offer next, best first}.

        What others with her history take and she never had: zones she ignores first,
        then the largest share. What she declined twice or did not like rests; what is
        meant for somebody else is left out.

        :param services: services being booked, which count as had
        """
        offers = {partner.id: [] for partner in partners}
        # Who may see the client may see what to offer; prices do not show.
        card_sudo = self.sudo()
        resting = card_sudo.env["salon.client.offer"]._get_resting(partners)
        audiences = partners._get_salon_audiences()
        for row in self.env.execute_query_dict(self._sql_offers(partners, services)):
            partner_id, audience = row["partner_id"], row.pop("audience")
            is_for_them = is_meant_for(audience, audiences.get(partner_id))
            if is_for_them and (partner_id, row["id"]) not in resting:
                offers[partner_id].append(row)
        for key, rows in offers.items():
            rows.sort(key=lambda row: (row["in_used"], -row["share"], row["id"]))
            offers[key] = rows[:MAX_OFFERS]
        card_sudo._name_offers(offers)
        return offers

    def _name_offers(self, offers):
        rows = [row for given in offers.values() for row in given]
        ids = {row[name] for row in rows for name in ("id", "because_id")}
        services = self.env["product.template"].browse(ids)
        names = (
            dict(zip(services._ids, services.mapped("name"), strict=True))
            if (services)
            else {}
        )
        zones = self.env["salon.zone"].browse({r["zone_id"] for r in rows} - {None})
        zone_names = {zone.id: zone.name for zone in zones}
        for row in rows:
            row["name"] = names[row["id"]]
            row["zone"] = zone_names.get(row["zone_id"], "")
            row["share"] = round(100 * row["share"])
            row["why"] = self.env._(
                "%(share)s %% of those who take %(service)s",
                share=row["share"],
                service=names[row["because_id"]],
            )

    @api.model
    def _sql_offers(self, partners, services):
        return SQL(
            """WITH had AS (
                SELECT v.partner_id, p.product_tmpl_id AS service
                  FROM salon_visit v
                  JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                  JOIN product_product p ON p.id = l.product_id
                 WHERE v.partner_id = ANY(%(partners)s) AND v.company_id = %(company)s
                   AND v.state IN %(kept)s
                 UNION
                SELECT c.id, s.id
                  FROM unnest(%(partners)s::int[]) AS c (id)
            CROSS JOIN unnest(%(services)s::int[]) AS s (id)),
            zone AS (
                SELECT product_tmpl_id, MIN(zone_id) AS zone_id
                  FROM (%(zones)s) z GROUP BY product_tmpl_id)
            SELECT DISTINCT ON (had.partner_id, a.other_tmpl_id)
                   had.partner_id, a.other_tmpl_id AS id, zone.zone_id,
                   a.product_tmpl_id AS because_id, a.confidence AS share,
                   EXISTS (SELECT FROM had u JOIN (%(touched)s) uz
                               ON uz.product_tmpl_id = u.service
                            WHERE u.partner_id = had.partner_id
                              AND uz.zone_id = zone.zone_id) AS in_used,
                   pt.salon_audience AS audience
              FROM had
              JOIN salon_service_affinity a
                ON a.product_tmpl_id = had.service AND a.company_id = %(company)s
               AND a.lift >= %(lift)s AND a.confidence >= %(share)s
              JOIN product_template pt
                ON pt.id = a.other_tmpl_id AND pt.active AND pt.salon_kind = 'service'
         LEFT JOIN zone ON zone.product_tmpl_id = a.other_tmpl_id
             WHERE NOT EXISTS (
                   SELECT FROM had h
                    WHERE h.partner_id = had.partner_id
                      AND h.service = a.other_tmpl_id)
          ORDER BY had.partner_id, a.other_tmpl_id, a.confidence DESC, because_id""",
            partners=partners.ids,
            services=services.ids if services else [],
            company=self.env.company.id,
            kept=KEPT_STATES,
            zones=self.env["salon.client.zone"]._sql_product_zones(),
            touched=self.env["salon.client.zone"]._sql_touched_zones(),
            lift=MIN_LIFT,
            share=MIN_SHARE,
        )
