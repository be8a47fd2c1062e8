"""A real salon's export, imported whole and compared with plain arithmetic.

The export lies beside the repository, or where SALON_REAL_EXPORT says, and is never
copied into it.
"""

import csv
import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from unittest import skipUnless

from odoo.tests import freeze_time, tagged

from odoo.addons.salon_reminders.tests.common_import import SalonImportCase
from odoo.addons.salon_reminders.tests.common_report import ReportChecks

from ..reference_standing import Came, Rules, standings

FOLDER = Path(
    os.environ.get("SALON_REAL_EXPORT")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "hair_salon"
)
TODAY = date(2018, 7, 30)
FACTS = (
    *("segment", "first_date", "last_date", "visit_count", "year_count"),
    *("recency", "frequency", "money", "rhythm_days", "is_booked"),
)
AMOUNTS = ("amount_total", "amount_year")
LEAD, BUNDLING = 7, 7
# Days before and after a visit on which nobody is phoned (design.md, section 5).
NEAR = 3

# Cycle: earliest, ideal and late days, and the services that renew it.
CYCLES = {
    "Men's cut": ((10, 25, 35), {"SHCM"}),
    "Women's cut": ((28, 49, 84), {"SHCW"}),
    "Roots": ((21, 35, 49), {"CTU", "CMT", "CFC", "CALC"}),
    "Highlights": ((35, 56, 84), {"CHLPL", "CHLFH", "CHLHH", "CHLPHC", "CALC"}),
    # The safety limit comes after the call would: earliest counts.
    "Smoothing": ((60, 62, 150), {"SMO", "TRE 1"}),
}


def read(name):
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def number(text):
    return text.removesuffix(".0")


def is_service(row):
    return (
        row["cate"] != "RETAIL"
        and float(row["Quantity"]) > 0
        and float(row["Amount"]) >= 0
    )


class PlainSalon:
    """What should be on the list, from the files alone."""

    def __init__(self):
        self.walk_ins = {
            r["client"] for r in read("receipts") if r["walk_in"] == "True"
        }
        self.last = self.last_visits()
        self.booked = self.booked_services()
        self.near = self.near_clients()

    def last_visits(self):
        """The last day of each client and cycle."""
        last = {}
        for row in read("receipts"):
            if row["client"] in self.walk_ins or float(row["Quantity"]) <= 0:
                continue
            for cycle, (_days, codes) in CYCLES.items():
                if row["code"] in codes:
                    key = (row["client"], cycle)
                    day = date.fromisoformat(row["date"])
                    last[key] = max(last.get(key, day), day)
        return last

    def bookings(self):
        """Bookings to come that were not cancelled."""
        cancelled = defaultdict(int)
        for row in read("cancellations"):
            cancelled[self.appointment(row)] += 1
        for row in read("bookings"):
            if date.fromisoformat(row["date"]) < TODAY:
                continue
            if cancelled[self.appointment(row)]:
                cancelled[self.appointment(row)] -= 1
                continue
            yield row

    def booked_services(self):
        """Clients and cycles with a booking to come."""
        return {
            (number(row["client"]), cycle)
            for row in self.bookings()
            for cycle, (_days, codes) in CYCLES.items()
            if row["Service"] in codes
        }

    def near_clients(self):
        """Clients who were here within three days, or come: nobody phones them now."""
        days = [(row["client"], row["date"]) for row in read("receipts")]
        days += [(number(row["client"]), row["date"]) for row in self.bookings()]
        return {
            client
            for client, day in days
            if abs(date.fromisoformat(day) - TODAY) <= timedelta(days=NEAR)
        }

    def events(self):
        """What each client came for: a receipt of retail or refunds is no visit."""
        lines = defaultdict(list)
        for row in read("receipts"):
            if row["client"] not in self.walk_ins:
                lines[row["Receipt"], row["client"], row["date"]].append(row)
        return [
            Came(
                client,
                date.fromisoformat(day),
                12,
                sum(float(row["Amount"]) for row in rows),
                "salon" if any(map(is_service, rows)) else None,
            )
            for (_receipt, client, day), rows in lines.items()
        ]

    @staticmethod
    def appointment(row):
        return number(row["client"]), row["date"], row["staff"], row["Service"]

    def calls(self):
        """{client: (cycles, due date, kind)} on the day."""
        needs = defaultdict(list)
        for (client, cycle), last in self.last.items():
            if (client, cycle) in self.booked:
                continue
            (earliest, ideal, late), _codes = CYCLES[cycle]
            call = last + timedelta(days=max(ideal - LEAD, earliest))
            if call <= TODAY + timedelta(days=BUNDLING):
                lapse = last + timedelta(days=max(2 * ideal, 60, late))
                due = last + timedelta(days=ideal)
                may = last + timedelta(days=earliest) <= TODAY
                needs[client].append((call <= TODAY, may, lapse <= TODAY, due, cycle))
        return {
            client: self.call(mine)
            for client, mine in needs.items()
            if client not in self.near and any(is_now for is_now, *_rest in mine)
        }

    @staticmethod
    def call(needs):
        said = [need for need in needs if need[0] or need[1]]
        lapsed = all(need[2] for need in said)
        # A lapsed need does not make the due date of one that is not.
        current = [need for need in said if lapsed or not need[2]]
        return (
            frozenset(need[4] for need in said),
            min(need[3] for need in current),
            "lapsed" if lapsed else "reminder",
        )


@tagged("standard", "post_install", "-at_install")
@skipUnless(FOLDER.exists(), f"there is no real export in {FOLDER.name}")
@freeze_time("2018-07-30 09:00:00")
class TestRealExport(ReportChecks, SalonImportCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The plain arithmetic knows the ideal days only, not own rhythms.
        cls.company.write(
            {
                "salon_bundling_days": BUNDLING,
                "salon_daily_quota": 0,
                "salon_own_rhythm": False,
            }
        )
        cls.visits_before = cls.env["salon.visit"].search([])

    def _import_export(self):
        files = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
        return self._import(
            files,
            consent="yes",
            consent_source="The salon's cards",
            consent_wording="May we phone you?",
        )

    def _give_phones(self, done):
        """The export has no numbers: everybody gets one of her own."""
        for partner in done.row_ids.partner_id.with_context(tracking_disable=True):
            partner.phone = f"+3630{1000000 + int(partner.salon_import_ref)}"
        # The import knows of reminders only; who stays away is asked why.
        self._answer(done.row_ids.partner_id, "feedback")

    def _give_cycles(self):
        products = self.env["product.product"].search([("salon_kind", "=", "service")])
        for name, (days, codes) in CYCLES.items():
            found = products.filtered(lambda p, codes=codes: p.default_code in codes)
            self.assertEqual(len(found), len(codes))
            cycle = self._create_cycle(name, days, lead_days=LEAD)
            cycle.product_tmpl_ids = found.product_tmpl_id

    def test_export_is_imported_and_the_right_people_are_called(self):
        done = self._import_export()
        self._check_figures(done)
        self._check_again(done)
        self._give_phones(done)
        self._give_cycles()
        self._check_calls(done)
        self._check_reports(self.company, self.manager)
        self._check_against_the_files()
        self._check_client_figures()

    def _check_figures(self, done):
        """Check the figures of the files in the database."""
        rows = done.row_ids
        self.assertEqual(done.failed_count, 0)
        counts = {
            kind: len(rows.filtered(lambda r, kind=kind: r.kind == kind))
            for kind in ("receipts", "bookings", "cancellations", "no_shows")
        }
        self.assertEqual(list(counts.values()), [1934, 1906, 243, 60])
        visits = rows.visit_id - self.visits_before
        done_visits = visits.filtered(lambda v: v.state == "done")
        self.assertEqual(len(done_visits.line_ids), 1934)
        self._check_receipts(done_visits)
        self.assertEqual(
            sum(Decimal(str(a)) for a in done_visits.mapped("amount_total")),
            Decimal("115809.03"),
        )
        for state, lines in (("cancelled", 243), ("no_show", 60)):
            found = rows.filtered(lambda r, s=state: r.visit_id.state == s)
            named = found.filtered(lambda r: r.kind in ("cancellations", "no_shows"))
            self.assertEqual(len(named.visit_line_id), lines)
        booked = rows.filtered(lambda r: r.kind == "bookings")
        self.assertEqual(len(booked.filtered("visit_id")), 1906)
        services = rows.filtered(lambda r: r.kind == "services")
        self.assertEqual(len(services), 33)

    def _check_receipts(self, visits):
        by_receipt = defaultdict(set)
        for visit in visits:
            by_receipt[visit.receipt].add(visit.partner_id)
        self.assertEqual(len(by_receipt), 1436)
        several = [who for who in by_receipt.values() if len(who) > 1]
        self.assertEqual(len(several), 25)
        # 767 numbers on receipts, of which one stands for walk-ins.
        self.assertEqual(len(visits.partner_id), 766)
        self.assertFalse(self._client("565"))
        walk_ins = visits.filtered(lambda v: not v.partner_id)
        self.assertEqual(len(walk_ins.line_ids), 37)

    def _check_against_the_files(self):
        """Compare returns within 30 days with the receipts as they lie in the files."""
        walk_ins = PlainSalon().walk_ins
        days = defaultdict(set)
        for row in read("receipts"):
            # A receipt with retail products or refunds only is no visit.
            if is_service(row) and row["client"] not in walk_ins:
                days[row["client"]].add(date.fromisoformat(row["date"]))
        over = [
            sorted(own)
            for own in days.values()
            if min(own) + timedelta(days=30) < TODAY
        ]
        back = sum(
            any(0 < (day - own[0]).days <= 30 for day in own[1:]) for own in over
        )
        model = self.env["salon.retention.report"].with_user(self.manager)
        found = model._read_group(
            [("kind", "=", "new"), ("company_id", "=", self.company.id)],
            [],
            ["back_30:count", "back_30:sum"],
        )
        self.assertGreater(back, 50)
        self.assertEqual(found, [(len(over), back)])

    def _check_client_figures(self):
        """Compare zones, retail and segments with the files."""
        zones = self._give_zones()
        self.env["salon.client.standing"]._refresh(self.company)
        receipts = [row for row in read("receipts") if row["walk_in"] == "False"]
        self._check_zones(receipts, zones)
        self._check_retail(receipts)
        self._check_segments()

    def _check_segments(self):
        """Compare what is known of each client, and her segment, with the files."""
        plain = PlainSalon()
        booked = {number(row["client"]) for row in plain.bookings()}
        events = plain.events()
        clients = {event.client for event in events if event.zone}
        # Fifths are those of all clients of the salon, also of those it had before.
        events += self._get_events_before()
        expected = standings(events, booked, TODAY, Rules())
        found = self.env["salon.client.standing"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id.salon_import_ref", "in", list(clients)),
            ]
        )
        self.assertEqual(
            {row.partner_id.salon_import_ref: self._get_facts(row) for row in found},
            {
                client: {name: expected[client][name] for name in FACTS}
                | {name: round(expected[client][name], 2) for name in AMOUNTS}
                for client in clients
            },
        )
        segments = set(found.mapped("segment"))
        self.assertLessEqual({"new", "regular", "at_risk", "key"}, segments)

    def _get_events_before(self):
        visits = self.visits_before.filtered(
            lambda visit: (
                visit.company_id == self.company
                and visit.state == "done"
                and visit.partner_id
            )
        )
        return [
            Came(
                visit.partner_id.id,
                visit.date,
                12,
                visit.amount_total,
                None if visit.is_purchase else "salon",
            )
            for visit in visits
        ]

    @staticmethod
    def _get_facts(standing):
        return {name: standing[name] for name in FACTS} | {
            name: round(standing[name], 2) for name in AMOUNTS
        }

    def _check_retail(self, receipts):
        """Days of a client at the salon, and those on which she bought a product."""
        plain = {(row["client"], row["date"]) for row in receipts}
        bought = {
            (row["client"], row["date"]) for row in receipts if row["cate"] == "RETAIL"
        }
        self.assertEqual((len(plain), len(bought)), (1434, 112))
        lines = self.env["salon.visit.line"].search(
            [
                ("visit_id.company_id", "=", self.company.id),
                ("visit_id.state", "=", "done"),
                ("visit_id.partner_id", "!=", False),
                ("visit_id", "not in", self.visits_before.ids),
            ]
        )
        found = {self._get_day(line) for line in lines}
        retail = lines.filtered(lambda line: line.salon_kind == "retail")
        self.assertEqual(found, plain)
        self.assertEqual({self._get_day(line) for line in retail}, bought)

    @staticmethod
    def _get_day(line):
        visit = line.visit_id
        return visit.partner_id.salon_import_ref, visit.date.isoformat()

    def _give_zones(self):
        """Each category of services becomes a zone."""
        zones = {}
        for row in read("services"):
            name = row["Cate"]
            zones[name] = zones.get(name) or self.env["salon.zone"].create(
                {"name": name}
            )
            product = self.env["product.template"].search(
                [("default_code", "=", row["Code"]), ("salon_kind", "=", "service")]
            )
            product.salon_zone_id = zones[name]
        return zones

    def _check_zones(self, receipts, zones):
        """Those who had a women's cut, and those of them who were ever coloured."""
        cut = {row["client"] for row in receipts if row["code"] == "SHCW"}
        colour = {row["client"] for row in receipts if row["cate"] == "COLOR"}
        self.assertEqual((len(cut), len(cut & colour)), (467, 115))
        clients = self.env["res.partner"].search([("salon_import_ref", "in", cut)])
        spots = clients.salon_client_zone_ids.filtered(
            lambda spot: (
                spot.zone_id == zones["COLOR"] and spot.company_id == self.company
            )
        )
        self.assertEqual(len(spots), 467)
        coloured = spots.filtered(lambda spot: spot.state == "used")
        services = {
            row["client"]
            for row in receipts
            if row["cate"] == "COLOR" and float(row["Quantity"]) > 0
        }
        self.assertEqual(
            set(coloured.partner_id.mapped("salon_import_ref")), cut & services
        )

    def _check_again(self, done):
        """The same files once more add nothing."""
        visits = self.env["salon.visit"].search_count([])
        again = self._import_export()
        self.assertEqual(again.known_count, again.row_count)
        self.assertEqual(again.client_count, 0)
        self.assertEqual(self.env["salon.visit"].search_count([]), visits)

    def _check_calls(self, done):
        expected = PlainSalon().calls()
        self.assertGreater(len(expected), 100)
        clients = done.row_ids.partner_id
        calls = self._plan_calls().filtered(lambda c: c.partner_id in clients)
        found = {
            call.partner_id.salon_import_ref: (
                frozenset(call.reminder_ids.cycle_id.mapped("name")),
                call.due_date,
                call.kind,
            )
            for call in calls
        }
        self.assertEqual(len(found), len(calls))
        wrong = {
            client: (found.get(client), expected.get(client))
            for client in found.keys() | expected.keys()
            if found.get(client) != expected.get(client)
        }
        self.assertEqual(wrong, {})
