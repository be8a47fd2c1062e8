from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappush, heappushpop
from math import log1p

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.arguments import checked, moment, optional, record_id, text, whole_number
from ..tools.times import subtract_times
from .salon_slot_proposer import NOTICE, USUAL_SHARE, USUAL_VISITS

# Shorter windows are not worth a call.
SHORTEST = timedelta(minutes=30)
SHOWN = 8
MAX_DAYS = 14
PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}
# Days for which a freed time is pointed out
FREED_DAYS = 7
# How many points speak for a client; a day over counts up to a month.
POINTS = {"over": 0.1, "value": 0.4, "own": 3.0, "weekday": 1.5, "hour": 1.5}
ZONE_POINTS = 0.5
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


class SalonGapFinder(models.AbstractModel):
    """Fills the gaps: the free windows of the next days and who would fit into them.

    Only clients who are due, agreed to be called and pass the gate of the daily job;
    those who wait for a free place on the list are among them.
    """

    _name = "salon.gap.finder"
    _description = "Fill the Gaps"

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    @api.model
    @checked(days=whole_number, stylist_id=optional(record_id), part=optional(text))
    def get_gaps(self, day=False, days=3, stylist_id=False, part=False):
        """Return the free windows of some days, each with the clients who fit best.

        :param str day: the first day, today when empty
        :param int days: how many days, two weeks at most
        :param stylist_id: only windows of this stylist
        :param str part: only the morning, afternoon or evening
        """
        self._check_user()
        company = self.env.company
        first = company._salon_parse_day(day)
        days = max(1, min(days, MAX_DAYS))
        finder = self.env["salon.slot.finder"]
        stylists = finder._get_stylists(company)
        chosen = stylists.filtered(lambda one: not stylist_id or one.id == stylist_id)
        windows = self._get_windows(chosen, first, days, part)
        clients = self._get_clients()
        self._fill(windows, clients, chosen)
        return {
            "day": fields.Date.to_string(first),
            "today": fields.Date.to_string(company._salon_today()),
            "days": days,
            "stylists": [{"id": one.id, "name": one.name} for one in stylists],
            "windows": windows,
            "client_count": len(clients),
        }

    @api.model
    @checked(
        partner_id=record_id, stylist_id=record_id, start=moment, minutes=whole_number
    )
    def start_call(self, partner_id, stylist_id, start, minutes):
        """Open the call of a client who fits, and keep the window for her meanwhile.

        :return: the id of the call
        """
        self._check_user()
        partner = self.env["res.partner"].browse(partner_id).exists()
        partner.check_access("read")
        call = self._get_call(partner)
        stylist = self.env["resource.resource"].browse(stylist_id).exists()
        if not stylist:
            raise UserError(self.env._("This stylist is not there any more."))
        end = start + timedelta(minutes=minutes)
        # Kept by the system for the caller; see salon.slot.hold.
        gap = (stylist, start, end)
        self.env["salon.slot.hold"].sudo()._keep(call, [gap], gap)
        return call.id

    def _check_user(self):
        if not self.env["salon.call"].has_access("write"):
            raise AccessError(self.env._("Calls are made by receptionists."))

    def _get_call(self, partner):
        """Return the open call of a client, made by the rules of the daily job."""
        company = self.env.company
        calls = self.env["salon.call"]
        domain = [
            ("partner_id", "=", partner.id),
            ("company_id", "=", company.id),
            ("state", "=", "open"),
        ]
        call = calls.search(domain, limit=1)
        if call:
            return call
        # Who may be called and why is worked out by the system, as every day.
        planner = self.env["salon.call.planner"].sudo()
        rows = [row for row in self._get_rows(planner, partner) if not row["hold"]]
        if not rows:
            raise UserError(
                self.env._(
                    "%(client)s can't be called any more: she booked, was called or "
                    "withdrew her consent meanwhile.",
                    client=partner.name,
                )
            )
        vals = {**planner._prepare_calls(rows[:1])[0], "user_id": self.env.uid}
        return calls.create(vals)

    # ------------------------------------------------------------
    # WINDOWS
    # ------------------------------------------------------------

    def _get_windows(self, stylists, first, days, part):
        """Return the free windows that are long enough, freed ones first."""
        company = self.env.company
        finder = self.env["salon.slot.finder"]
        spans = self._get_spans(first, days, part)
        start = max(spans[0][0], self._get_soonest())
        free = finder._get_free(stylists, start, spans[-1][1])
        outside = [(spans[nr][1], spans[nr + 1][0]) for nr in range(len(spans) - 1)]
        freed = self._get_freed(start)
        windows = [
            self._prepare_window(company, stylist, begin, end, freed)
            for stylist in stylists
            for begin, end in subtract_times(free[stylist.id], outside)
            if end - begin >= SHORTEST and begin >= start
        ]
        return sorted(windows, key=lambda w: (not w["freed"], w["start"], w["stylist"]))

    @api.model
    def _get_soonest(self):
        """Return the first quarter of an hour at which a client could be here."""
        soon = fields.Datetime.now().replace(second=0, microsecond=0) + NOTICE
        return soon + timedelta(minutes=-soon.minute % 15)

    def _get_spans(self, first, days, part):
        """Return the (start, stop) of every day, or of this part of every day."""
        opens, closes = PARTS.get(part, (0, 24))
        midnight = [
            datetime.combine(first + timedelta(days=nr), time()) for nr in range(days)
        ]
        utc = self.env.company._salon_utc
        return [
            (utc(day + timedelta(hours=opens)), utc(day + timedelta(hours=closes)))
            for day in midnight
        ]

    def _get_freed(self, start):
        """Return times freed by a cancellation: (stylist id, from, to, when)."""
        since = fields.Datetime.now() - timedelta(days=FREED_DAYS)
        visits = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "cancelled"),
                ("missed_at", ">=", since),
                ("start", ">=", start),
            ]
        )
        return [
            (visit.stylist_id.id, visit.start, visit.stop, visit.missed_at)
            for visit in visits
        ]

    def _prepare_window(self, company, stylist, start, stop, freed):
        moments = [
            at
            for stylist_id, begin, end, at in freed
            if stylist_id == stylist.id and begin < stop and end > start
        ]
        return {
            "key": f"{stylist.id}-{start:%Y%m%d%H%M}",
            "stylist_id": stylist.id,
            "stylist": stylist.name,
            "color": stylist.salon_color,
            "start": start.isoformat(sep=" "),
            "stop": stop.isoformat(sep=" "),
            "day": company._salon_format_day(start),
            "from": company._salon_format_time(start),
            "to": company._salon_format_time(stop),
            "minutes": int((stop - start).total_seconds() // 60),
            "freed": company._salon_format_moment(max(moments)) if moments else "",
            "clients": [],
        }

    # ------------------------------------------------------------
    # CLIENTS
    # ------------------------------------------------------------

    def _get_rows(self, planner, partners=None):
        """Return the candidates of the daily job with what holds each back."""
        self.env.flush_all()
        planner._run_uncompiled()
        return self.env.execute_query_dict(
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
                """SELECT h.partner_id, p.name, c.name, h.earliest_date, used.product_id
                     FROM salon_reminder h
                     JOIN res_partner p ON p.id = h.partner_id
                     JOIN salon_cycle c ON c.id = h.cycle_id
             CROSS JOIN LATERAL (
                   SELECT l.product_id
                     FROM salon_visit v
                     JOIN salon_visit_line l
                       ON l.visit_id = v.id AND l.net_quantity > 0
                     JOIN product_product pp ON pp.id = l.product_id AND pp.active
                     JOIN salon_cycle_product_rel r
                       ON r.product_tmpl_id = pp.product_tmpl_id
                      AND r.cycle_id = h.cycle_id
                    WHERE v.partner_id = h.partner_id AND v.date = h.last_date
                      AND v.company_id = h.company_id AND v.state = 'done'
                    LIMIT 1) used
                    WHERE h.id = ANY(%s)
                 ORDER BY h.due_date, h.id""",
                ids,
            )
        )
        for partner_id, name, _cycle, earliest, product_id in rows:
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
                              AND state = 'done' AND NOT is_purchase
                         ORDER BY date DESC LIMIT 8) x) v
                 GROUP BY p.id""",
                partners=list(clients),
                zone=self.env.company._salon_timezone().zone,
                company=self.env.company.id,
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

    # ------------------------------------------------------------
    # WHO FITS WHERE
    # ------------------------------------------------------------

    def _fill(self, windows, clients, stylists):
        """Put into every window the clients who fit best."""
        lengths = self._get_lengths(clients, stylists)
        for stylist in stylists:
            able = []
            for number, client in enumerate(clients):
                minutes = lengths[stylist].get(tuple(client.services))
                if minutes:
                    points = client.get_points()
                    points += POINTS["own"] * (client.own == stylist.id)
                    able.append((points, number, minutes, client))
            able.sort(key=lambda row: (-row[0], row[1]))
            for window in windows:
                if window["stylist_id"] == stylist.id:
                    window["clients"] = self._rank(window, able, stylist)

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

    def _rank(self, window, able, stylist):
        """Return the best clients of a window.

        Clients come in the order of what does not depend on the window; as soon as
        nobody behind can catch up, the rest need not be looked at.
        """
        start = fields.Datetime.to_datetime(window["start"])
        local = self.env.company._salon_local(start)
        zones = set(stylist.salon_zone_ids.ids)
        most = POINTS["weekday"] + POINTS["hour"] + ZONE_POINTS
        found = []
        for points, number, minutes, client in able:
            if len(found) == SHOWN and points + most < found[0][0]:
                break
            if minutes > window["minutes"]:
                continue
            if client.earliest and client.earliest > local.date():
                continue
            shift = self._get_shift(client, local, window["minutes"] - minutes)
            extra = self._get_extra(client, local, shift, zones)
            row = (points + extra, -number, minutes, shift, client)
            (heappush if len(found) < SHOWN else heappushpop)(found, row)
        return [
            self._describe(window, local, minutes, shift, client, zones)
            for _points, _number, minutes, shift, client in sorted(
                found, key=lambda row: row[:2], reverse=True
            )
        ]

    @api.model
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

    @api.model
    def _get_extra(self, client, local, shift, zones):
        points = 0.0
        if client.weekday == local.weekday():
            points += POINTS["weekday"]
        if client.hour is not None:
            hour = local.hour + (local.minute + shift) / 60
            points += max(POINTS["hour"] - 0.4 * abs(hour - client.hour), 0)
        if zones - client.zones:
            points += ZONE_POINTS
        return points

    def _describe(self, window, local, minutes, shift, client, zones):
        start = fields.Datetime.to_datetime(window["start"]) + timedelta(minutes=shift)
        names = self.env["product.product"].browse(client.services).mapped("name")
        return {
            "partner_id": client.partner_id,
            "name": client.name,
            "call_id": client.call_id,
            "services": ", ".join(names),
            "minutes": minutes,
            "start": start.isoformat(sep=" "),
            "time": self.env.company._salon_format_time(start),
            "value": self.env.company.currency_id.format(round(client.value)),
            "reason": ", ".join(self._get_reasons(window, local, shift, client, zones)),
        }

    def _get_due_text(self, over):
        if over > 0:
            return self.env._("%(days)s days over", days=over)
        if over < -1:
            return self.env._("due in %(days)s days", days=-over)
        return self.env._("due tomorrow") if over else self.env._("due today")

    def _get_reasons(self, window, local, shift, client, zones):
        """Return in words what speaks for her."""
        reasons = [self._get_due_text(client.over)]
        if client.own == window["stylist_id"]:
            reasons.append(self.env._("her stylist"))
        if client.weekday == local.weekday():
            reasons.append(self.env._("her usual weekday"))
        hour = local.hour + (local.minute + shift) / 60
        if client.hour is not None and abs(hour - client.hour) <= 1:
            reasons.append(self.env._("her usual hour"))
        ignored = self.env["salon.zone"].browse(sorted(zones - client.zones))
        if ignored:
            reasons.append(
                self.env._(
                    "never had %(zone)s: a gift could open it", zone=ignored[0].name
                )
            )
        return reasons
