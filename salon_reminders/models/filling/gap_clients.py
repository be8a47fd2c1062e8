from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappush, heappushpop, merge
from math import log1p
from operator import itemgetter

from odoo import fields
from odoo.tools import SQL

from ..visit.salon_visit import MADE_STATES

# Shorter windows are not worth a call.
SHORTEST = timedelta(minutes=30)
SHOWN = 8
# How many points speak for a client; a day over counts up to a month.
POINTS = {"over": 0.1, "value": 0.4, "own": 3.0, "weekday": 1.5, "hour": 1.5}
OVER_DAYS = 30
ZONE_POINTS = 0.5


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


class GapClients:
    """Who could fill a gap: the clients who are due and may be called.

    They are the candidates of the daily job, with what each needs and when she
    usually comes; those who wait for a free place on the list are among them.
    """

    def __init__(self, env):
        self.env = env

    def get(self):
        """Return the clients who are due and may be called, or have an open call."""
        # Who may be called and why is worked out by the system, as every day.
        candidates = self.env["salon.call.candidate"].sudo()
        rows = [
            row
            for row in candidates._get_rows()
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
        """Note when every client usually comes, and which zones she uses."""
        partners = self.env["res.partner"].browse(clients)
        habits = self.env["salon.client.standing"]._get_habits(partners)
        spots = self.env["salon.client.zone"]
        zones = spots._get_used(partners, self.env.company)
        for partner_id, client in clients.items():
            habit = habits.get(partner_id, (None, None, None))
            client.weekday, client.hour, _stylist = habit
            client.zones = zones.get(partner_id, set())


class GapRanking:
    """Who fits into which gap, and who fits best.

    Speaking for a client: how much she is overdue, what she spends, her own stylist,
    her usual weekday and hour, and a zone that a gift could open for her.
    """

    def __init__(self, env):
        self.env = env

    def fill(self, windows, clients, stylists):
        """Put into every window the clients who fit best."""
        lengths = self._get_lengths(clients, stylists)
        rated = [
            (client.get_points(), number, tuple(client.services), client)
            for number, client in enumerate(clients)
        ]
        by_stylist, texts = defaultdict(list), {}
        for window in windows:
            by_stylist[window["stylist_id"]].append(window)
        for stylist in stylists.filtered(lambda one: one.id in by_stylist):
            able = self._get_able(rated, lengths[stylist], stylist)
            for window in by_stylist[stylist.id]:
                window["clients"] = self._rank(window, able, stylist, texts)

    def _get_able(self, rated, lengths, stylist):
        """Return {usual weekday: rows} of those whose services the stylist does.

        A row is (points less than zero, number, minutes, client), the best first; the
        points are those that no window changes.

        :param rated: (points with any stylist, number, services, client)
        """
        zones, own = set(stylist.salon_zone_ids.ids), stylist.id
        able = defaultdict(list)
        for points, number, services, client in rated:
            minutes = lengths.get(services)
            if minutes:
                if client.own == own:
                    points += POINTS["own"]
                if zones and not zones <= client.zones:
                    points += ZONE_POINTS
                able[client.weekday].append((-points, number, minutes, client))
        for rows in able.values():
            rows.sort(key=itemgetter(0, 1))
        return able

    def _merge(self, able, weekday):
        """Yield (points, number, minutes, client) for this weekday, the best first."""

        def lift(rows, bonus):
            return ((points - bonus, *rest) for points, *rest in rows)

        streams = [
            lift(rows, POINTS["weekday"] * (usual == weekday))
            for usual, rows in able.items()
        ]
        for points, *rest in merge(*streams, key=itemgetter(0, 1)):
            yield -points, *rest

    def _get_lengths(self, clients, stylists):
        """Return {stylist: {services: minutes}} of what each stylist can do."""
        wanted = {tuple(client.services) for client in clients}
        products = self.env["product.product"].browse(
            {product_id for services in wanted for product_id in services}
        )
        products.fetch(["product_tmpl_id"])
        durations = self.env["salon.stylist.duration"]._get_all(stylists)
        able = {
            (stylist, product.id): durations.get(
                (stylist.id, product.product_tmpl_id.id), product.salon_duration
            )
            + product.salon_cleaning_minutes
            for stylist in stylists
            for product in products
            if stylist._can_do(product)
        }
        return {
            stylist: {
                services: sum(able[stylist, product_id] for product_id in services)
                for services in wanted
                if all((stylist, product_id) in able for product_id in services)
            }
            for stylist in stylists
        }

    def _rank(self, window, able, stylist, texts):
        """Return the best clients of a window.

        Clients come in the order of all but their usual hour; as soon as nobody behind
        can catch up by it, the rest need not be looked at.
        """
        start = fields.Datetime.to_datetime(window["start"])
        local = self.env.company._salon_local(start)
        found = []
        for points, number, minutes, client in self._merge(able, local.isoweekday()):
            if len(found) == SHOWN and points + POINTS["hour"] < found[0][0]:
                break
            if minutes > window["minutes"]:
                continue
            if client.earliest and client.earliest > local.date():
                continue
            shift = self._get_shift(client, local, window["minutes"] - minutes)
            extra = self._get_hour_points(client, local, shift)
            row = (points + extra, -number, minutes, shift, client)
            (heappush if len(found) < SHOWN else heappushpop)(found, row)
        zones = set(stylist.salon_zone_ids.ids)
        return [
            self._describe(window, (start, local), minutes, shift, client, zones, texts)
            for _points, _number, minutes, shift, client in sorted(
                found, key=lambda row: row[:2], reverse=True
            )
        ]

    def _get_shift(self, client, local, rest):
        """Return how many minutes into the window her usual hour is, if it lies in it.

        By quarters of an hour, and never leaving a rest that is too short to sell.
        """
        if client.hour is None:
            return 0
        begin = local.hour * 60 + local.minute
        shift = round((client.hour * 60 - begin) / 15) * 15
        shift = min(max(shift, 0), rest)
        return 0 if shift < SHORTEST.seconds // 60 else shift

    def _get_hour_points(self, client, local, shift):
        if client.hour is None:
            return 0.0
        hour = local.hour + (local.minute + shift) / 60
        return max(POINTS["hour"] - 0.4 * abs(hour - client.hour), 0)

    def _describe(self, window, opens, minutes, shift, client, zones, texts):
        """Return a client as the screen shows her.

        :param opens: when the window begins, as UTC and by the salon's clock
        :param dict texts: what was put into words before; much is said again and again
        """
        start, local = opens
        start += timedelta(minutes=shift)
        company = self.env.company
        hour = local.hour + (local.minute + shift) / 60
        facts = (
            client.over,
            client.own == window["stylist_id"],
            client.weekday == local.isoweekday(),
            client.hour is not None and abs(hour - client.hour) <= 1,
            min(zones - client.zones, default=False),
        )
        value = round(client.value)

        def say(kind, key, make):
            if (kind, key) not in texts:
                texts[kind, key] = make()
            return texts[kind, key]

        return {
            "partner_id": client.partner_id,
            "name": client.name,
            "call_id": client.call_id,
            "services": say(
                "services",
                tuple(client.services),
                lambda: ", ".join(self._get_names(client.services)),
            ),
            "minutes": minutes,
            "start": start.isoformat(sep=" "),
            "time": say("time", start, lambda: company._salon_format_time(start)),
            "value": say("value", value, lambda: company.currency_id.format(value)),
            "reason": say(
                "reason", facts, lambda: ", ".join(self._get_reasons(*facts))
            ),
        }

    def _get_names(self, product_ids):
        return self.env["product.product"].browse(product_ids).mapped("name")

    def _get_due_text(self, over):
        if over > 1:
            return self.env._("%(days)s days over", days=over)
        if over == 1:
            return self.env._("1 day over")
        if over < -1:
            return self.env._("due in %(days)s days", days=-over)
        return self.env._("due tomorrow") if over else self.env._("due today")

    def _get_reasons(self, over, is_own, is_weekday, is_hour, zone_id):
        """Return in words what speaks for her."""
        reasons = [self._get_due_text(over)]
        if is_own:
            reasons.append(self.env._("usual stylist"))
        if is_weekday:
            reasons.append(self.env._("usual weekday"))
        if is_hour:
            reasons.append(self.env._("usual hour"))
        if zone_id:
            zone = self.env["salon.zone"].browse(zone_id)
            reasons.append(
                self.env._("never had %(zone)s: a gift could open it", zone=zone.name)
            )
        return reasons
