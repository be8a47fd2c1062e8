from dataclasses import dataclass, field
from datetime import date
from math import log1p

from odoo import models
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES
from .salon_slot_proposer import HISTORY, USUAL_SHARE, USUAL_VISITS

# How many points speak for a client; a day over counts up to a month.
POINTS = {"over": 0.1, "value": 0.4, "own": 3.0, "weekday": 1.5, "hour": 1.5}
OVER_DAYS = 30


@dataclass
class Client:
    """A client who is due and may be called, with what she needs."""

    partner_id: int
    name: str
    call_id: int | None
    due: date
    over: int
    gone: float
    value: float
    own: int | None
    reminder_ids: list
    earliest: date | None = None
    needs: list = field(default_factory=list)
    services: list = field(default_factory=list)
    zones: set = field(default_factory=set)
    weekday: int | None = None
    hour: float | None = None

    def get_points(self):
        """Return what speaks for her in any window."""
        return (
            POINTS["over"] * max(min(self.over, OVER_DAYS), -OVER_DAYS)
            + POINTS["value"] * log1p(max(self.value, 0))
            - 2 * self.gone
        )


class SalonGapClient(models.AbstractModel):
    """Who could fill a gap: the clients who are due and may be called.

    They are the candidates of the daily job, with what each needs and when she
    usually comes; those who wait for a free place on the list are among them.
    """

    _name = "salon.gap.client"
    _description = "Clients to Fill Gaps With"

    def _get_rows(self, planner, partners=None):
        """Return the candidates of the daily job with what holds each back."""
        self.env.flush_all()
        return planner._ask_uncompiled(
            SQL(
                "WITH clock AS (%s) SELECT * FROM (%s) c",
                planner.env["salon.reminder.engine"]._sql_clock(),
                planner._sql_candidates(partners),
            )
        )

    def _get_clients(self):
        """Return the clients who are due and may be called, or have an open call."""
        rows = [
            row
            for row in self._get_rows(self.env["salon.call.planner"].sudo())
            if row["reminder_ids"] and row["hold"] in (None, "call")
        ]
        calls = self._get_open_calls([row["partner_id"] for row in rows])
        today = self.env.company._salon_today()
        clients = {
            row["partner_id"]: Client(
                partner_id=row["partner_id"],
                name="",
                call_id=calls.get(row["partner_id"]),
                due=row["due_date"],
                over=(today - row["due_date"]).days if row["due_date"] else 0,
                gone=row["gone"] or 0,
                value=row["value"] or 0,
                own=row["stylist_id"],
                reminder_ids=row["reminder_ids"],
            )
            for row in rows
            if not row["hold"] or row["partner_id"] in calls
        }
        self._add_needs(clients)
        self._add_habits(clients)
        return [client for client in clients.values() if client.services]

    def _get_open_calls(self, partner_ids):
        groups = self.env["salon.call"]._read_group(
            [
                ("partner_id", "in", partner_ids),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "open"),
            ],
            ["partner_id"],
            ["id:min"],
        )
        return {partner.id: call_id for partner, call_id in groups}

    def _add_needs(self, clients):
        """Note what every client needs: the services that met her needs last time."""
        ids = [nr for client in clients.values() for nr in client.reminder_ids]
        rows = self.env.execute_query(
            SQL(
                """SELECT h.partner_id, p.name, h.earliest_date, used.product_id
                     FROM salon_reminder h
                     JOIN res_partner p ON p.id = h.partner_id
             CROSS JOIN LATERAL (
                  (SELECT l.product_id
                     FROM salon_visit v
                     JOIN salon_visit_line l
                       ON l.visit_id = v.id AND l.net_quantity > 0
                     JOIN product_product pp ON pp.id = l.product_id AND pp.active
                     JOIN salon_cycle_product_rel r
                       ON r.product_tmpl_id = pp.product_tmpl_id
                      AND r.cycle_id = h.cycle_id
                    WHERE v.partner_id = h.partner_id AND v.date = h.last_date
                      AND v.company_id = h.company_id AND v.state IN %s
                    LIMIT 1)
                    UNION ALL
                  -- A course whose sessions renew no cycle: its service.
                  (SELECT pp.id
                     FROM salon_course k
                     JOIN product_product kp ON kp.id = k.product_id
                     JOIN salon_course_service_rel s
                       ON s.course_tmpl_id = kp.product_tmpl_id
                     JOIN product_product pp
                       ON pp.product_tmpl_id = s.service_tmpl_id AND pp.active
                    WHERE k.id = h.course_id AND h.cycle_id IS NULL
                 ORDER BY s.service_tmpl_id, pp.id
                    LIMIT 1)) used
                    WHERE h.id = ANY(%s)
                 ORDER BY h.due_date, h.id""",
                MADE_STATES,
                ids,
            )
        )
        for partner_id, name, earliest, product_id in rows:
            client = clients[partner_id]
            client.name = name or ""
            if product_id not in client.services:
                client.services.append(product_id)
            if earliest:
                client.earliest = max(client.earliest or earliest, earliest)

    def _add_habits(self, clients):
        """Note on which weekday and at which hour every client usually comes."""
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, COUNT(*), MODE() WITHIN GROUP (ORDER BY v.weekday),
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY v.hour),
                          ARRAY_AGG(v.weekday)
                     FROM unnest(%(partners)s::int[]) AS p (id)
             CROSS JOIN LATERAL (
                   SELECT EXTRACT(ISODOW FROM x.local)::int - 1 AS weekday,
                          EXTRACT(EPOCH FROM x.local::time)::float / 3600 AS hour
                     FROM (SELECT start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s
                                      AS local
                             FROM salon_visit
                            WHERE partner_id = p.id AND company_id = %(company)s
                              AND state IN %(made)s AND NOT is_purchase
                         ORDER BY date DESC LIMIT %(history)s) x) v
                 GROUP BY p.id""",
                partners=list(clients),
                zone=self.env.company._salon_timezone().zone,
                company=self.env.company.id,
                history=HISTORY,
                made=MADE_STATES,
            )
        )
        for partner_id, count, weekday, hour, weekdays in rows:
            client = clients[partner_id]
            if count >= USUAL_VISITS:
                client.hour = hour
                if weekdays.count(weekday) >= USUAL_SHARE * count:
                    client.weekday = weekday
        for partner_id, zones in self._get_zones(list(clients)):
            clients[partner_id].zones = set(zones)

    def _get_zones(self, partner_ids):
        """Return the zones every client has ever used."""
        return self.env.execute_query(
            SQL(
                """SELECT h.partner_id, ARRAY_AGG(DISTINCT c.zone_id)
                     FROM salon_reminder h
                     JOIN salon_cycle c ON c.id = h.cycle_id
                    WHERE h.partner_id = ANY(%s) AND h.company_id = %s
                      AND h.last_date IS NOT NULL
                 GROUP BY h.partner_id""",
                partner_ids,
                self.env.company.id,
            )
        )
