"""Who leaves with a stylist, and why clients leave, at a real salon.

Compared with plain arithmetic over the receipts. The export knows no reasons: some of
those who stay away are told to have said one.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from unittest import skipUnless

from odoo.tests import freeze_time, tagged

from odoo.addons.salon_reminders.tests.common_import import SalonImportCase

from .test_real_export import FOLDER, read

LEAVES, LAST_DAY, TODAY = "S3", date(2018, 6, 30), date(2018, 7, 30)
SAID = date(2018, 7, 2)


class PlainSalon:
    """What should come out, from the receipts alone."""

    def __init__(self):
        # Services only: what was sold on the side says nothing about who served her.
        self.rows = [row for row in read("receipts") if row["walk_in"] == "False"]
        self.served = [
            (row["client"], date.fromisoformat(row["date"]), row["staff"])
            for row in self.rows
            if row["cate"] != "RETAIL" and float(row["Quantity"]) > 0
        ]

    def ties(self):
        """{client: (days with her, days with others, all days)} up to the last day."""
        hers, others, every = (defaultdict(set) for _number in range(3))
        for client, day, staff in self.served:
            if LAST_DAY - timedelta(days=365) < day <= LAST_DAY:
                (hers if staff == LEAVES else others)[client].add(day)
                every[client].add(day)
        return {
            client: (len(days), len(others[client]), len(every[client]))
            for client, days in hers.items()
        }

    def visits(self):
        """{client: days on which she came for more than a product or a refund}."""
        days = defaultdict(set)
        for row in self.rows:
            is_visit = row["cate"] != "RETAIL" and float(row["Amount"]) >= 0
            if is_visit and float(row["Quantity"]) > 0:
                days[row["client"]].add(date.fromisoformat(row["date"]))
        return days

    def stays(self):
        """{client of hers: the first day after her last}."""
        days = self.visits()
        return {
            client: min(after)
            for client in self.ties()
            if (after := [day for day in days[client] if day > LAST_DAY])
        }

    def left(self):
        """{client who said that she left: (last visit, money of a year, came back)}."""
        days, paid = self.visits(), Counter()
        chosen = {
            client
            for client, own in days.items()
            if int(client) % 3 == 0 and any(day < SAID for day in own)
        }
        last = {client: max(d for d in days[client] if d < SAID) for client in chosen}
        for row in self.rows:
            client, day = row["client"], date.fromisoformat(row["date"])
            if client in chosen and day <= last[client]:
                paid[client] += float(row["Amount"])
        return {
            client: (
                last[client],
                round(paid[client], 2),
                any(day >= SAID for day in days[client]),
            )
            for client in chosen
        }


@tagged("standard", "post_install", "-at_install")
@skipUnless(FOLDER.exists(), f"there is no real export in {FOLDER.name}")
@freeze_time("2018-07-30 09:00:00")
class TestLostRealExport(SalonImportCase):
    maxDiff = None

    def test_who_leaves(self):
        files = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
        self._import(
            files, consent="yes", consent_source="Cards", consent_wording="May we?"
        )
        self.plain = PlainSalon()
        self._check_departure()
        self._check_leaving()

    def _check_departure(self):
        stylist = self.env["resource.resource"].search(
            [("name", "=", LEAVES), ("is_stylist", "=", True)]
        )
        departure = self.env["salon.departure"].create(
            {"stylist_id": stylist.id, "last_date": LAST_DAY}
        )
        found = {
            line.partner_id.salon_import_ref: (
                line.visit_count,
                line.away_count,
                round(line.visit_count / line.share) if line.share else 0,
            )
            for line in departure.line_ids
        }
        self.assertGreater(len(found), 100)
        self.assertEqual(found, self.plain.ties())
        shares = departure.line_ids.mapped("share")
        self.assertEqual(shares, sorted(shares, reverse=True))
        stays = {
            line.partner_id.salon_import_ref: line.stayed_date
            for line in departure.line_ids.filtered("is_stayed")
        }
        self.assertGreater(len(stays), 20)
        self.assertEqual(stays, self.plain.stays())
        self.assertNotIn(stylist, departure.line_ids.successor_id)
        self.assertTrue(all(departure.line_ids.mapped("successor_id")))

    def _check_leaving(self):
        expected = self.plain.left()
        self.assertGreater(len(expected), 100)
        partners = self.env["res.partner"].search(
            [("salon_import_ref", "in", list(expected))]
        )
        for partner in partners.with_context(tracking_disable=True):
            partner.phone = f"+3630{2000000 + int(partner.salon_import_ref)}"
        # The import knows of reminders only.
        self._answer(partners, "promotion")
        reason = self.env["salon.leaving.reason"].create({"name": "Too dear"})
        outcome = self.env["salon.call.outcome"]._get_default("left_us")
        calls = self.env["salon.call"].create(
            [{"partner_id": partner.id} for partner in partners]
        )
        calls._close("outcome")
        self.env["salon.call.attempt"].create(
            [
                {
                    "call_id": call.id,
                    "outcome_id": outcome.id,
                    "leaving_reason_id": reason.id,
                    # Early in the morning, before anybody comes.
                    "date": datetime(2018, 7, 2, 3),
                }
                for call in calls
            ]
        )
        self.env.flush_all()
        rows = self.env["salon.leaving.report"].search([("reason_id", "=", reason.id)])
        found = {
            row.partner_id.salon_import_ref: (
                row.last_date,
                round(row.amount_year, 2),
                bool(row.returned_count),
            )
            for row in rows
        }
        self.assertEqual(found, expected)
        self._check_fix(reason, expected)

    def _check_fix(self, reason, expected):
        """Who has not come since is called: everybody, as no quota is set."""
        fix = self.env["salon.leaving.fix"].create(
            {"reason_id": reason.id, "argument": "the prices of May hold again"}
        )
        away = {client for client, (*_rest, back) in expected.items() if not back}
        self.company.salon_daily_quota = 0
        booked = self.env["salon.visit"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "booked"),
                ("date", ">=", TODAY),
            ]
        )
        away -= set(booked.partner_id.mapped("salon_import_ref"))
        self.assertEqual(fix.waiting_count, len(away))
        planner = self.env["salon.call.planner"]
        planner._create_calls(planner._get_fixed_clients())
        calls = self.env["salon.call"].search([("fix_id", "=", fix.id)])
        self.assertEqual(set(calls.partner_id.mapped("salon_import_ref")), away)
