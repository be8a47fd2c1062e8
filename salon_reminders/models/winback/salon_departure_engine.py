from collections import defaultdict
from datetime import timedelta
from math import exp, log

from odoo import api, fields, models
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES, OPEN_STATES

YEAR = 365
# Free time of the successors is looked at for so many days.
FREE_DAYS = 28
# What speaks for a successor, in points.
SERVICES, VISIT, PRICE, FREE = 10, 2, 6, 4
MOST_VISITS = 4
# Prices so near are the same to a client.
SAME_PRICE = 0.1


class SalonDepartureEngine(models.AbstractModel):
    """Works out whose clients are whose, who could take over, and who stayed.

    Over all clients of a stylist at once: a handful of queries, whatever her clients
    are many. Days count by the salon's clock; several visits on a day are one.
    """

    _name = "salon.departure.engine"
    _description = "Engine of Departures"

    @api.model
    def _follow_days(self, company):
        """Bring the departures of a salon up to the day, as the daily job does."""
        today = company._salon_today()
        departures = self.search(
            [
                ("company_id", "=", company.id),
                ("last_date", ">=", today - timedelta(days=YEAR)),
            ]
        )
        departures.filtered(lambda one: not one.has_left)._refresh_clients()
        departures._refresh_stays()

    def _refresh(self):
        """Work all of it out anew."""
        self._refresh_clients()
        self._refresh_stays()

    # ------------------------------------------------------------
    # TIES
    # ------------------------------------------------------------

    def _refresh_clients(self):
        """List the clients of the year before the last day, and propose successors."""
        for departure in self:
            departure._refresh_ties()
            departure._propose_successors()

    def _refresh_ties(self):
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(self._sql_ties())
        self.env["salon.departure.client"].invalidate_model(flush=False)
        self.invalidate_recordset(["line_ids"], flush=False)

    def _sql_ties(self):
        """Return the statement that writes one line per client, and drops the others.

        Lines of clients who are none of hers any more, say as a visit was corrected,
        go; those of clients she had stay as they were on the last day.
        """
        columns = ("visit_count", "away_count", "share", "amount", "last_date")
        return SQL(
            """WITH served AS (%(served)s),
            day AS (
                SELECT partner_id, date,
                       bool_or(stylist_id = %(stylist)s) AS hers,
                       bool_or(stylist_id != %(stylist)s) AS others
                  FROM served GROUP BY partner_id, date),
            tie AS (
                SELECT day.partner_id, COUNT(*) FILTER (WHERE hers) AS visit_count,
                       COUNT(*) FILTER (WHERE others) AS away_count,
                       AVG(hers::int) AS share, MAX(date) AS last_date,
                       (SELECT SUM(v.amount_total) FROM salon_visit v
                         WHERE v.partner_id = day.partner_id
                           AND v.company_id = %(company)s AND v.state IN %(made)s
                           AND v.date > %(from)s AND v.date <= %(until)s) AS amount
                  FROM day
                  JOIN res_partner p ON p.id = day.partner_id AND p.active
              GROUP BY day.partner_id
                HAVING bool_or(hers)),
            gone AS (
                DELETE FROM salon_departure_client l
                 WHERE l.departure_id = %(id)s
                   AND l.partner_id NOT IN (SELECT partner_id FROM tie))
            INSERT INTO salon_departure_client AS l (
                departure_id, company_id, partner_id, %(names)s,
                create_uid, create_date, write_uid, write_date)
            SELECT %(id)s, %(company)s, partner_id, %(names)s,
                   %(uid)s, now(), %(uid)s, now()
              FROM tie
            ON CONFLICT (departure_id, partner_id) DO UPDATE
               SET (%(names)s) = ROW(%(new)s)
             WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
            served=self._sql_served(),
            stylist=self.stylist_id.id,
            company=self.company_id.id,
            id=self.id,
            uid=self.env.uid,
            made=MADE_STATES,
            **self._get_span(),
            names=self._sql_columns(None, columns),
            old=self._sql_columns("l", columns),
            new=self._sql_columns("excluded", columns),
        )

    @api.model
    def _sql_columns(self, table, names):
        parts = [
            SQL.identifier(table, n) if table else SQL.identifier(n) for n in names
        ]
        return SQL(", ").join(parts)

    def _get_span(self):
        """Return the year looked at: up to today, or to the last day."""
        until = min(self.last_date, self.company_id._salon_today())
        return {"from": until - timedelta(days=YEAR), "until": until}

    def _sql_served(self):
        """Return who served which client on which day of that year, with what."""
        return SQL(
            """SELECT v.partner_id, v.date,
                      COALESCE(l.stylist_id, v.stylist_id) AS stylist_id,
                      t.id AS service_id,
                      l.amount / NULLIF(l.quantity, 0) AS price
                 FROM salon_visit v
                 JOIN salon_visit_line l ON l.visit_id = v.id AND l.net_quantity > 0
                 JOIN product_product pp ON pp.id = l.product_id
                 JOIN product_template t ON t.id = pp.product_tmpl_id
                  AND t.salon_kind IN ('service', 'fee')
                WHERE v.company_id = %(company)s AND v.state IN %(made)s
                  AND v.partner_id IS NOT NULL
                  AND v.date > %(from)s AND v.date <= %(until)s
                  AND COALESCE(l.stylist_id, v.stylist_id) IS NOT NULL""",
            company=self.company_id.id,
            made=MADE_STATES,
            **self._get_span(),
        )

    # ------------------------------------------------------------
    # SUCCESSORS
    # ------------------------------------------------------------

    def _propose_successors(self):
        """Propose who takes over each client; what a person chose stays.

        The strongest ties choose first: the time that a client needs is taken from
        the free time of her successor.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.is_chosen)
        candidates = self._get_candidates()
        if not lines or not candidates:
            return
        facts = self._get_facts(candidates)
        rows = []
        for line in lines.sorted():
            best = self._get_best(line.partner_id.id, candidates, facts)
            if (line.successor_id, line.reason or "") != best:
                rows.append((line.id, best[0].id or None, best[1] or None))
        self._write_successors(rows)

    def _write_successors(self, rows):
        if rows:
            # Not write, by which a person chooses.
            self.env.cr.execute_values(
                """UPDATE salon_departure_client l
                      SET successor_id = x.successor::int, reason = x.reason
                     FROM (VALUES %s) AS x (id, successor, reason)
                    WHERE l.id = x.id""",
                rows,
            )
            self.env["salon.departure.client"].invalidate_model(flush=False)

    def _get_candidates(self):
        """Return the stylists of the salon who stay longer than she does."""
        stylists = self.env["salon.slot.finder"]._get_stylists(self.company_id)
        last_days = self._get_last_days(stylists, self.company_id)
        return stylists.filtered(
            lambda one: one != self.stylist_id and one.id not in last_days
        )

    def _get_facts(self, candidates):
        """Return all that is known of clients and candidates, in few queries."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, stylist_id, service_id, COUNT(DISTINCT date),
                          AVG(price)
                     FROM (%s) served
                    WHERE stylist_id = ANY(%s)
                 GROUP BY GROUPING SETS (
                          (partner_id, stylist_id), (stylist_id, service_id),
                          (partner_id, stylist_id, service_id))""",
                self._sql_served(),
                [self.stylist_id.id, *candidates.ids],
            )
        )
        facts = {
            "services": defaultdict(dict),
            "visits": defaultdict(dict),
            "prices": {},
            "free": self._get_free_hours(candidates),
        }
        for partner, stylist, service, days, price in rows:
            if service is None:
                facts["visits"][partner][stylist] = days
            elif partner is None:
                facts["prices"][stylist, service] = price
            elif stylist == self.stylist_id.id:
                facts["services"][partner][service] = days
        return facts

    def _get_free_hours(self, candidates):
        """Return {stylist id: free hours in the four weeks after the last day}."""
        company = self.company_id
        first = max(self.last_date + timedelta(days=1), company._salon_today())
        start = company._salon_midnight(first)
        stop = start + timedelta(days=FREE_DAYS)
        finder = self.env["salon.slot.finder"].with_company(company)
        free = finder._get_free(candidates, max(start, fields.Datetime.now()), stop)
        return {
            stylist: sum((end - begin).total_seconds() for begin, end in times) / 3600
            for stylist, times in free.items()
        }

    def _get_best(self, partner_id, candidates, facts):
        """Return the best successor of a client and what speaks for her."""
        services = self.env["product.template"].browse(facts["services"][partner_id])
        hours = self._get_hours(services, facts["services"][partner_id])
        rated = [
            (*self._rate(partner_id, one, services, hours, facts), one)
            for one in candidates
        ]
        rated = [row for row in rated if row[1]["able"]]
        if not rated:
            return candidates.browse(), ""
        _points, found, best = max(rated, key=lambda row: (row[0], -row[2].id))
        facts["free"][best.id] -= hours
        return best, self._text_reasons(found)

    @api.model
    def _get_hours(self, services, days):
        """Return how many hours in four weeks a client needs, by the last year."""
        minutes = sum(
            s.product_variant_id.salon_duration * days[s.id] for s in services
        )
        return minutes / 60 * FREE_DAYS / YEAR

    def _rate(self, partner_id, one, services, hours, facts):
        """Return the points of a candidate, and what they rest on."""
        able = services.filtered(one._can_do)
        visits = facts["visits"][partner_id].get(one.id, 0)
        ratio = self._get_price_ratio(one, services, facts["prices"])
        free = facts["free"][one.id]
        points = SERVICES * len(able) / len(services) if services else 0
        points += VISIT * min(visits, MOST_VISITS)
        points -= PRICE * min(abs(log(ratio)), 1) if ratio else 0
        points += FREE * min(max(free, 0) / max(hours, 1), 10) / 10
        found = {
            "able": len(able),
            "services": len(services),
            "visits": visits,
            "ratio": ratio,
            "free": free,
        }
        return points, found

    def _get_price_ratio(self, one, services, prices):
        """Return how dear she is, 1 being as dear; None when that is not known.

        The geometric mean over the services that both have done in that year.
        """
        pairs = [
            (prices.get((one.id, s.id)), prices.get((self.stylist_id.id, s.id)))
            for s in services
        ]
        logs = [log(a / b) for a, b in pairs if a and b and a > 0 and b > 0]
        return exp(sum(logs) / len(logs)) if logs else None

    def _text_reasons(self, found):
        """Return what speaks for a successor, the strongest first."""
        reasons = []
        if found["visits"]:
            reasons.append(
                self.env._("served her %(days)s times", days=found["visits"])
                if found["visits"] > 1
                else self.env._("served her once")
            )
        if found["able"] == found["services"]:
            reasons.append(self.env._("does all her services"))
        else:
            reasons.append(
                self.env._(
                    "does %(able)s of her %(all)s services",
                    able=found["able"],
                    all=found["services"],
                )
            )
        if found["ratio"]:
            reasons.append(self._text_price(found["ratio"]))
        reasons.append(
            self.env._(
                "%(hours)s h free in 4 weeks", hours=max(round(found["free"]), 0)
            )
        )
        return ", ".join(reasons)

    def _text_price(self, ratio):
        percent = round(abs(ratio - 1) * 100)
        if abs(ratio - 1) <= SAME_PRICE:
            return self.env._("same prices")
        if ratio > 1:
            return self.env._("%(percent)s %% dearer", percent=percent)
        return self.env._("%(percent)s %% cheaper", percent=percent)

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @api.model
    def _sql_to_call(self):
        """Return the rows of whom the current company has to tell, see win-back.

        Until four weeks after the last day. Who has booked or come after it knows.
        """
        company = self.env.company
        return SQL(
            """SELECT l.partner_id, p.phone_sanitized AS phone, p.user_id,
                      %(today)s::date AS day, 'departure' AS kind, d.id AS departure_id,
                      %(today)s::date AS due_date, d.stylist_id,
                      ROW_NUMBER() OVER (ORDER BY l.share DESC, l.visit_count DESC,
                                         l.id) AS rank
                 FROM salon_departure_client l
                 JOIN salon_departure d ON d.id = l.departure_id
                 JOIN res_partner p ON p.id = l.partner_id AND p.active
                WHERE d.company_id = %(company)s AND d.active AND d.is_calling
                  AND d.last_date >= %(today)s::date - %(days)s
                  AND 100 * l.share >= d.min_share
                  AND l.is_left_out IS NOT TRUE AND l.is_stayed IS NOT TRUE
                  AND NOT EXISTS (
                      SELECT FROM salon_visit v
                       WHERE v.partner_id = l.partner_id
                         AND v.company_id = d.company_id
                         AND v.state IN %(open)s
                         AND v.date > d.last_date
                         AND v.stylist_id IS DISTINCT FROM d.stylist_id)
                  AND NOT EXISTS (
                      SELECT FROM salon_call k
                       WHERE k.partner_id = l.partner_id AND k.departure_id = d.id)""",
            today=company._salon_today(),
            company=company.id,
            days=FREE_DAYS,
            open=OPEN_STATES,
        )

    # ------------------------------------------------------------
    # WHO STAYED
    # ------------------------------------------------------------

    def _refresh_stays(self):
        """Write who came to the salon after the last day, and to whom."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE salon_departure_client l
                      SET is_stayed = came.date IS NOT NULL, stayed_date = came.date,
                          stayed_with_id = came.stylist_id
                     FROM salon_departure_client o
                     JOIN salon_departure d ON d.id = o.departure_id
            LEFT JOIN LATERAL (
                   SELECT v.date, v.stylist_id FROM salon_visit v
                    WHERE v.partner_id = o.partner_id AND v.company_id = d.company_id
                      AND v.state IN %s AND v.is_purchase IS NOT TRUE
                      AND v.date > d.last_date
                 ORDER BY v.date, v.id LIMIT 1) came ON TRUE
                    WHERE o.id = l.id AND d.id = ANY(%s)
                      AND (l.stayed_date, l.stayed_with_id)
                          IS DISTINCT FROM (came.date, came.stylist_id)""",
                MADE_STATES,
                self.ids,
            )
        )
        self.env["salon.departure.client"].invalidate_model(flush=False)
