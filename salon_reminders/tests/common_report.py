"""What the reports should say, in plain Python, from the visits themselves."""

import calendar
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

USUAL_WINDOW = 90
Z = 1.959964
UTC = ZoneInfo("UTC")


@dataclass
class Line:
    id: int
    product: int
    kind: str
    zone: int
    stylist: int
    quantity: float
    left: float  # of it, after what was taken back
    amount: float
    cycles: dict


@dataclass
class Visit:
    id: int
    company: int
    partner: int
    stylist: int
    state: str
    local: datetime
    entered: date
    is_purchase: bool
    from_call: bool
    total: float
    rating: int
    lines: list = field(default_factory=list)

    @property
    def day(self):
        return self.local.date()

    @property
    def is_made(self):
        return self.state == "done" and not self.is_purchase

    @property
    def need(self):
        """(lapse days, cycle) that leaves the client most time."""
        cycles = [
            (-days, cycle)
            for line in self.lines
            if line.left > 0
            for cycle, days in line.cycles.items()
        ]
        if not cycles:
            return USUAL_WINDOW, None
        days, cycle = min(cycles)
        return -days, cycle

    @property
    def main_line(self):
        services = [
            line for line in self.lines if line.kind == "service" and line.left > 0
        ]
        return min(services, key=lambda s: (-s.amount, s.id), default=None)


def subtract_months(day, months):
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def wilson(share, count):
    middle = share + Z**2 / (2 * count)
    half = Z * (share * (1 - share) / count + Z**2 / (4 * count**2)) ** 0.5
    return [(middle + side * half) / (1 + Z**2 / count) for side in (-1, 1)]


class PlainReports:
    """One salon's figures; nothing here knows the database but ``__init__``."""

    def __init__(self, company, today):
        self.today = today
        env = company.sudo().env
        self.everybody = env["res.company"]
        self.zone = ZoneInfo(company._salon_timezone().zone)
        self.sources = {}
        self.friends = {}
        standings = env["salon.client.standing"].search(
            [("company_id", "=", company.id)]
        )
        self.segments = {one.partner_id.id: one.segment for one in standings}
        visits = env["salon.visit"].search([("company_id", "=", company.id)])
        for partner in visits.partner_id:
            self.sources[partner.id] = partner.salon_source_id.id
            self.friends[partner.id] = partner.salon_recommended_by_id.id
        self.visits = sorted(map(self.read_visit, visits), key=lambda v: (v.day, v.id))
        self.days = defaultdict(dict)
        for visit in self.visits:
            if visit.is_made and visit.partner:
                known = self.days[visit.partner].get(visit.day, visit)
                self.days[visit.partner][visit.day] = min(
                    known, visit, key=lambda v: v.id
                )

    def local(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)

    def read_visit(self, visit):
        lines = [self.read_line(visit, line) for line in visit.line_ids]
        return Visit(
            id=visit.id,
            company=visit.company_id.id,
            partner=visit.partner_id.id,
            stylist=visit.stylist_id.id,
            state=visit.state,
            local=self.local(visit.start),
            entered=self.local(visit.create_date).date(),
            is_purchase=bool(lines)
            and not any(
                one.kind != "retail" and one.quantity > 0 and one.amount >= 0
                for one in lines
            ),
            from_call=bool(visit.call_id),
            total=sum(line.amount for line in lines),
            rating=int(visit.rating or 0),
            lines=lines,
        )

    def read_line(self, visit, line):
        template = line.product_id.product_tmpl_id
        return Line(
            id=line.id,
            product=line.product_id.id,
            kind=template.salon_kind,
            zone=template.salon_zone_id.id,
            stylist=line.stylist_id.id or visit.stylist_id.id,
            quantity=line.quantity,
            left=line.quantity + sum(back.quantity for back in line.refund_line_ids),
            amount=line.amount,
            cycles={
                cycle.id: cycle.lapse_days
                for cycle in template.with_context(active_test=False).salon_cycle_ids
                if cycle.company_id in (visit.company_id, self.everybody)
            },
        )

    # ---- visits and money ----

    def visits_by(self, key):
        """{key: (visits, clients, money)} of done visits; key(visit, line or None)."""
        found = defaultdict(lambda: (set(), set(), []))
        for visit in self.visits:
            if visit.state != "done":
                continue
            for line in visit.lines or [None]:
                visits, clients, money = found[key(self, visit, line)]
                if not visit.is_purchase:
                    visits.add(visit.id)
                if visit.partner:
                    clients.add(visit.partner)
                money.append(line.amount if line else 0)
        return {
            value: (len(visits), len(clients), round(sum(money), 2))
            for value, (visits, clients, money) in found.items()
        }

    def client_kind(self, visit):
        if not visit.partner:
            return "walk_in"
        days = self.days.get(visit.partner)
        return "returning" if days and visit.day > min(days) else "new"

    def bookings(self):
        """{state: appointments}."""
        return dict(
            Counter(
                visit.state
                for visit in self.visits
                if visit.state in ("done", "no_show", "cancelled")
                and not visit.is_purchase
            )
        )

    # ---- retention ----

    def retention(self):
        """{visit: (new or returning, next day, {window: came back or None})}."""
        rows = {}
        for days in self.days.values():
            order = sorted(days)
            for number, day in enumerate(order):
                before = order[number - 1] if number else None
                if before and (before.year, before.month) == (day.year, day.month):
                    continue
                later = order[number + 1 :]
                back = {
                    f"back_{window}": self.came(day, later, window, 1)
                    for window in (30, 60, 90, 180)
                }
                back["second_visit"] = self.came(day, later, 365, 1)
                back["third_visit"] = self.came(day, later, 365, 2)
                kind = "returning" if number else "new"
                rows[days[day].id] = (kind, later[0] if later else None, back)
        return rows

    def came(self, day, later, window, times):
        if day + timedelta(days=window) >= self.today:
            return None
        return sum((other - day).days <= window for other in later) >= times

    # ---- clients ----

    def is_booked(self, partner):
        return any(
            visit.partner == partner
            and visit.day >= self.today
            and visit.state not in ("done", "no_show", "cancelled")
            for visit in self.visits
        )

    def is_lost(self, partner):
        last = self.days[partner][max(self.days[partner])]
        over = last.day + timedelta(days=last.need[0]) < self.today
        return over and not self.is_booked(partner)

    def status(self, partner):
        if self.is_lost(partner):
            return "lost"
        return "regular" if len(self.days[partner]) >= 3 else "new"

    def paid(self, partner, days=None):
        first = min(self.days[partner])
        return sum(
            visit.total
            for visit in self.visits
            if visit.partner == partner
            and visit.state == "done"
            and (days is None or first <= visit.day < first + timedelta(days=days))
        )

    def clients(self):
        """{client: (status, first day, days, money, money of the first year)}."""
        rows = {}
        for partner, days in self.days.items():
            first = min(days)
            is_known = first + timedelta(days=365) <= self.today
            year = round(self.paid(partner, 365), 2) if is_known else None
            total = round(self.paid(partner), 2)
            rows[partner] = (self.status(partner), first, len(days), total, year)
        return rows

    # ---- sources ----

    def source_rows(self, months=24):
        """{source: (clients, visits, money, known, first-year value)}."""
        since = subtract_months(self.today, months) if months else date.min
        groups = defaultdict(list)
        for partner, row in self.clients().items():
            if row[1] >= since:
                groups[self.sources[partner]].append(row)
        return {source: self.source_row(rows) for source, rows in groups.items()}

    @staticmethod
    def source_row(rows):
        years = [row[4] for row in rows if row[4] is not None]
        return (
            len(rows),
            sum(row[2] for row in rows),
            round(sum(row[3] for row in rows), 2),
            len(years),
            round(sum(years) / len(years), 2) if years else 0,
        )

    # ---- the start page ----

    def in_month(self, day):
        """Visits and purchases done from the first of a month up to a day."""
        return [
            visit
            for visit in self.visits
            if visit.state == "done" and day.replace(day=1) <= visit.day <= day
        ]

    def tiles(self):
        """{tile: number} of what can be counted from the visits."""
        todays = [visit for visit in self.visits if visit.day == self.today]
        month = self.in_month(self.today)
        coming = ("booked", "confirmed", "arrived")
        return {
            "visits": sum(
                visit.state in (*coming, "done") and not visit.is_purchase
                for visit in todays
            ),
            "booked": sum(
                visit.state in coming
                and visit.day >= self.today
                and visit.entered >= self.today
                for visit in self.visits
            ),
            "regular": sum(
                segment in ("regular", "key") for segment in self.segments.values()
            ),
            "new": sum(
                min(days) >= self.today.replace(day=1) for days in self.days.values()
            ),
            "month_visits": sum(not visit.is_purchase for visit in month),
            "money": round(sum(visit.total for visit in month), 2),
        }

    # ---- stylists ----

    def firsts(self, months=12):
        """(first visit, is known, came back, came back to her) in the period."""
        since = subtract_months(self.today, months) if months else date.min
        for partner, days in self.days.items():
            first = days[min(days)]
            if first.day < since:
                continue
            window = timedelta(days=first.need[0])
            is_known = first.day + window < self.today
            back = any(first.day < day <= first.day + window for day in days)
            same = first.stylist and any(
                visit.partner == partner
                and visit.is_made
                and visit.stylist == first.stylist
                and first.day < visit.day <= first.day + window
                for visit in self.visits
            )
            yield first, is_known, back, is_known and bool(same)

    def stylists(self, months=12):
        """{stylist: figures} as the report names them."""
        since = subtract_months(self.today, months) if months else date.min
        firsts = list(self.firsts(months))
        known = [one for one in firsts if one[1]]
        salon = sum(back for _v, _k, back, _s in known) / len(known) if known else 0
        cycles = defaultdict(list)
        for first, _known, back, _same in known:
            cycles[first.need[1]].append(back)
        rows = {}
        for stylist in {v.stylist for v in self.counted(since) if v.state == "done"}:
            mine = [one for one in firsts if one[0].stylist == stylist]
            rows[stylist] = {
                "first_count": len(mine),
                **self.kept([one for one in mine if one[1]], cycles, salon),
                **self.rebooked(stylist, since),
                **self.sold(stylist, since),
                **self.rated(stylist, since),
                "left_count": sum(
                    self.is_lost(partner)
                    and days[max(days)].stylist == stylist
                    and max(days) >= since
                    for partner, days in self.days.items()
                ),
            }
        return rows

    def counted(self, since):
        return [
            visit
            for visit in self.visits
            if visit.partner
            and visit.stylist
            and visit.day >= since
            and not visit.is_purchase
        ]

    @staticmethod
    def kept(known, cycles, salon):
        count = len(known)
        if not count:
            return {"known_count": 0, "verdict": "unknown"}
        share = sum(one[2] for one in known) / count
        rates = [cycles[one[0].need[1]] for one in known]
        expected = sum(sum(backs) / len(backs) for backs in rates) / count
        factor = salon / expected if expected else 1
        low, high = (min(end * factor, 1) for end in wilson(share, count))
        verdict = "open"
        if low > salon + 1e-9 or high < salon - 1e-9:
            verdict = "better" if low > salon else "worse"
        return {
            "known_count": count,
            "returned_rate": share,
            "same_rate": sum(one[3] for one in known) / count,
            "expected_rate": expected,
            "adjusted_rate": share * factor,
            "low_rate": low,
            "high_rate": high,
            "salon_rate": salon,
            "verdict": verdict,
        }

    def rebooked(self, stylist, since):
        mine = [
            visit
            for visit in self.counted(since)
            if visit.stylist == stylist and visit.state == "done"
        ]
        known = [visit for visit in mine if visit.entered <= visit.day]
        again = sum(
            any(
                other.partner == visit.partner
                and not other.is_purchase
                and other.day > visit.day
                and other.entered <= visit.day
                for other in self.visits
            )
            for visit in known
        )
        return {
            "visit_count": len(mine),
            "rebooking_known_count": len(known),
            "rebooking_rate": again / len(known) if known else 0,
        }

    def rated(self, stylist, since):
        stars = [
            visit.rating
            for visit in self.counted(since)
            if visit.stylist == stylist and visit.state == "done" and visit.rating
        ]
        return {
            "rating_count": len(stars),
            "rating_average": sum(stars) / len(stars) if stars else 0.0,
        }

    def sold(self, stylist, since):
        lines = [
            line
            for visit in self.visits
            if visit.state == "done" and visit.day >= since
            for line in visit.lines
            if line.stylist == stylist
        ]
        money = sum(line.amount for line in lines)
        retail = sum(line.amount for line in lines if line.kind == "retail")
        return {
            "amount": round(money, 2),
            "retail_rate": retail / money if round(money, 2) else 0,
        }


class ReportChecks:
    """Asks every report of one salon and compares with plain Python."""

    def _check_reports(self, company, user=None):
        user = user or self.env.user
        self.env.flush_all()
        self.env.invalidate_all()
        reports = self.env(user=user, context={"allowed_company_ids": company.ids})
        self.plain = PlainReports(company, company._salon_today())
        self._check_visits(reports)
        self._check_bookings(reports)
        self._check_retention(reports)
        self._check_clients(reports)
        for months in (12, 6, 0):
            self._check_stylists(reports, months)
            self._check_sources(reports, months)
        self._check_start_page(reports)

    def _check_visits(self, reports):
        keys = {
            "zone_id": lambda p, v, line: line.zone if line else False,
            "product_id": lambda p, v, line: line.product if line else False,
            "salon_kind": lambda p, v, line: (line.kind if line else None) or False,
            "stylist_id": lambda p, v, line: line.stylist if line else v.stylist,
            "weekday": lambda p, v, line: str(v.local.isoweekday()),
            "hour": lambda p, v, line: f"{v.local:%H}:00",
            "date:month": lambda p, v, line: v.day.replace(day=1),
            "client_kind": lambda p, v, line: p.client_kind(v),
            "segment": lambda p, v, line: p.segments.get(v.partner, False),
            "source_id": lambda p, v, line: p.sources.get(v.partner, False),
            "recommended_by_id": lambda p, v, line: p.friends.get(v.partner, False),
            "from_call": lambda p, v, line: v.from_call,
        }
        for name, key in keys.items():
            groups = reports["salon.visit.report"]._read_group(
                [("state", "=", "done")],
                [name],
                ["visit_count:count_distinct", "client_count:count_distinct"]
                + ["amount:sum", "average_ticket:avg"],
            )
            found = {
                getattr(value, "id", value): (visits, clients, round(amount or 0, 2))
                for value, visits, clients, amount, _ticket in groups
            }
            self.assertEqual(found, self.plain.visits_by(key), name)
            for _value, visits, _clients, amount, ticket in groups:
                self.assertAlmostEqual(ticket or 0, amount / visits if visits else 0, 6)

    def _check_bookings(self, reports):
        groups = reports["salon.booking.report"]._read_group(
            [], ["state"], ["visit_count:sum"]
        )
        self.assertEqual(dict(groups), self.plain.bookings())
        counts = Counter(self.plain.bookings())
        [(no_show, cancelled)] = reports["salon.booking.report"]._read_group(
            [], [], ["no_show_rate:avg", "cancellation_rate:avg"]
        )
        total = max(counts.total(), 1)
        self.assertAlmostEqual(no_show or 0, counts["no_show"] / total)
        self.assertAlmostEqual(cancelled or 0, counts["cancelled"] / total)

    def _check_retention(self, reports):
        expected = self.plain.retention()
        model = reports["salon.retention.report"]
        rows = model.search([])
        self.assertEqual(set(rows.ids), set(expected))
        by_id = {visit.id: visit for visit in self.plain.visits}
        windows = list(next(iter(expected.values()))[2]) if expected else []
        for row in rows:
            kind, later, _back = expected[row.id]
            self.assertEqual((row.kind, row.next_date or None), (kind, later))
            main = by_id[row.id].main_line
            self.assertEqual(row.product_id.id, main.product if main else False)
            self.assertEqual(row.zone_id.id, main.zone if main else False)
            self.assertEqual(row.stylist_id.id, by_id[row.id].stylist)
        # Empty and no are the same when read; in groups they are not.
        specs = [f"{name}:{how}" for name in windows for how in ("count", "sum")]
        groups = model._read_group([], ["date:month", "kind"], ["__count", *specs])
        found = {(m, k): (n, *(x or 0 for x in rest)) for m, k, n, *rest in groups}
        self.assertEqual(found, self._group_retention(expected, by_id, windows))

    @staticmethod
    def _group_retention(expected, by_id, windows):
        groups = defaultdict(list)
        for visit, (kind, _later, back) in expected.items():
            groups[by_id[visit].day.replace(day=1), kind].append(back)
        return {
            key: (
                len(rows),
                *(
                    figure
                    for name in windows
                    for figure in (
                        sum(row[name] is not None for row in rows),
                        sum(bool(row[name]) for row in rows),
                    )
                ),
            )
            for key, rows in groups.items()
        }

    def _check_clients(self, reports):
        rows = reports["salon.client.report"].search([])
        expected = self.plain.clients()
        found = {
            row.partner_id.id: (
                row.status,
                row.date,
                row.visit_count,
                round(row.amount, 2),
                round(row.first_year_amount, 2) if row.first_year_amount else None,
            )
            for row in rows
        }
        # What is not known reads as nothing; so does a year in which nothing was paid.
        expected = {who: (*row[:4], row[4] or None) for who, row in expected.items()}
        self.assertEqual(found, expected)
        self.assertEqual(len(rows), len(found))

    def _check_start_page(self, reports):
        """Every tile says what plain Python counts, and opens as many records."""
        page = reports["salon.start.page"]
        found = {
            tile["key"]: tile["value"]
            for part in page.get_tiles()["parts"]
            for tile in part["tiles"]
        }
        for key, count in self.plain.tiles().items():
            if key == "money":
                count = page.env.company.currency_id.format(count)
            self.assertEqual(found[key].replace(",", ""), f"{count}".replace(",", ""))
        for key, value in found.items():
            action = page.open_tile(key)
            if key in ("share", "empty", "money"):
                continue
            opened = reports[action["res_model"]].search_count(action["domain"])
            self.assertEqual(value.replace(",", ""), str(opened), key)

    def _check_stylists(self, reports, months):
        reports.invalidate_all()
        model = reports["salon.stylist.report"].with_context(salon_months=months)
        rows = model.search([])
        expected = self.plain.stylists(months)
        self.assertEqual({row.stylist_id.id for row in rows}, set(expected))
        for row in rows:
            for name, value in expected[row.stylist_id.id].items():
                if isinstance(value, float):
                    self.assertAlmostEqual(row[name], value, 5, name)
                else:
                    self.assertEqual(row[name], value, name)
            self.assertEqual(len(row._get_left_partner_ids()), row.left_count)

    def _check_sources(self, reports, months):
        reports.invalidate_all()
        model = reports["salon.source.report"].with_context(salon_months=months)
        found = {
            row.source_id.id: (
                row.client_count,
                row.visit_count,
                round(row.amount, 2),
                row.year_known_count,
                round(row.first_year_amount, 2),
            )
            for row in model.search([("client_count", ">", 0)])
        }
        self.assertEqual(found, self.plain.source_rows(months))
