from collections import defaultdict
from datetime import timedelta
from math import exp, log

from odoo import fields
from odoo.tools import SQL

from ..visit.salon_visit import YEAR

# Free time of the successors is looked at for so many days.
FREE_DAYS = 28
# What speaks for a successor, in points.
SERVICES, VISIT, PRICE, FREE = 10, 2, 6, 4
MOST_VISITS = 4
# Prices so near are the same to a client.
SAME_PRICE = 0.1


class Successors:
    """Who could take over the clients of a stylist who leaves.

    Over all her clients at once: a handful of queries, however many they are.
    """

    def __init__(self, departure):
        departure.ensure_one()
        self.env = departure.env
        self.departure = departure
        self.stylist = departure.stylist_id
        self.company = departure.company_id

    def propose(self):
        """Propose who takes over each client; what a person chose stays.

        The strongest ties choose first: the time that a client needs is taken from
        the free time of her successor.
        """
        lines = self.departure.line_ids.filtered(lambda line: not line.is_chosen)
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
        """Return the stylists of the salon who stay."""
        return self.env["salon.slot.finder"]._get_staying(self.company) - self.stylist

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
                self.departure._sql_served(),
                [self.stylist.id, *candidates.ids],
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
            elif stylist == self.stylist.id:
                facts["services"][partner][service] = days
        return facts

    def _get_free_hours(self, candidates):
        """Return {stylist id: free hours in the four weeks after the last day}."""
        company = self.company
        first = max(
            self.departure.last_date + timedelta(days=1), company._salon_today()
        )
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
            (prices.get((one.id, s.id)), prices.get((self.stylist.id, s.id)))
            for s in services
        ]
        logs = [log(a / b) for a, b in pairs if a and b and a > 0 and b > 0]
        return exp(sum(logs) / len(logs)) if logs else None

    def _text_reasons(self, found):
        """Return what speaks for a successor, the strongest first."""
        reasons = []
        if found["visits"]:
            reasons.append(
                self.env._("served the client %(days)s times", days=found["visits"])
                if found["visits"] > 1
                else self.env._("served the client once")
            )
        if found["able"] == found["services"]:
            reasons.append(self.env._("does all the client's services"))
        else:
            reasons.append(
                self.env._(
                    "does %(able)s of the client's %(all)s services",
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
