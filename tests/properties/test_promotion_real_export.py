"""What a promotion brought at a real salon, compared with plain arithmetic.

The export knows no promotions. One is told into it: the clients who had a women's cut
and no colour by May are its audience, every other one was offered it, and who then came
for colour used it. What was paid stays as it lies in the files.
"""

from collections import defaultdict
from datetime import date, timedelta
from unittest import skipUnless

from odoo.tests import freeze_time, tagged

from odoo.addons.salon_reminders.tests.common_import import SalonImportCase

from .test_real_export import FOLDER, read

START, END, DAYS = date(2018, 5, 1), date(2018, 6, 30), 30


class PlainPromotion:
    """Everything the report should say, from the receipts alone."""

    def __init__(self):
        self.rows = [row for row in read("receipts") if row["walk_in"] == "False"]
        self.own = defaultdict(list)
        for row in self.rows:
            self.own[row["client"]].append(row)
        self.audience = {
            client
            for client, rows in self.own.items()
            if self.days(rows, code="SHCW", until=START)
            and not self.days(rows, cate="COLOR", until=START)
        }
        self.offered = {client for client in self.audience if int(client) % 2 == 0}
        self.used = {}
        for client in self.offered:
            days = self.days(self.own[client], cate="COLOR")
            first = min((day for day in days if START <= day <= END), default=None)
            if first:
                self.used[client] = first

    @staticmethod
    def days(rows, code=None, cate=None, until=date.max):
        """The days of lines that were bought, of a code or a category."""
        return {
            day
            for row in rows
            if float(row["Quantity"]) > 0
            and code in (None, row["code"])
            and cate in (None, row["cate"])
            and (day := date.fromisoformat(row["date"])) < until
        }

    def paid(self, client, first=START, last=START + timedelta(days=DAYS - 1)):
        return sum(
            float(row["Amount"])
            for row in self.own[client]
            if first <= date.fromisoformat(row["date"]) <= last
        )

    def mean(self, clients):
        return sum(map(self.paid, clients)) / len(clients)

    def came_back(self, client):
        """Whether a receipt that is a visit and was paid follows within the days."""
        used, receipts = self.used[client], defaultdict(list)
        for row in self.own[client]:
            day = date.fromisoformat(row["date"])
            if used < day <= used + timedelta(days=DAYS):
                receipts[row["Receipt"], day].append(row)
        return any(
            sum(float(row["Amount"]) for row in rows) > 0
            and any(
                row["cate"] != "RETAIL"
                and float(row["Quantity"]) > 0
                and float(row["Amount"]) >= 0
                for row in rows
            )
            for rows in receipts.values()
        )

    def paid_again_for_colour(self, client):
        used = self.used[client]
        return any(
            row["cate"] == "COLOR"
            and float(row["Amount"]) > 0
            and float(row["Quantity"]) > 0
            and used < date.fromisoformat(row["date"]) <= used + timedelta(days=DAYS)
            for row in self.own[client]
        )


@tagged("standard", "post_install", "-at_install")
@skipUnless(FOLDER.exists(), f"there is no real export in {FOLDER.name}")
@freeze_time("2018-07-30 09:00:00")
class TestPromotionRealExport(SalonImportCase):
    def test_report_says_what_the_files_say(self):
        files = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
        self._import(
            files,
            consent="yes",
            consent_source="The salon's cards",
            consent_wording="May we phone you?",
        )
        plain = PlainPromotion()
        colour = self._give_zones()["COLOR"]
        promotion = self._tell(plain, colour)
        self.env.flush_all()
        row = self.env["salon.promotion.report"].search(
            [("promotion_id", "=", promotion.id)]
        )
        self.assertGreater(len(plain.used), 5)
        self.assertEqual(row.offered_count, len(plain.offered))
        self.assertEqual(row.interested_count, len(plain.used))
        self.assertEqual(row.used_count, len(plain.used))
        self.assertEqual(row.first_zone_count, len(plain.used))
        known = {
            client
            for client, day in plain.used.items()
            if day + timedelta(days=DAYS) < date(2018, 7, 30)
        }
        self.assertEqual(row.known_count, len(known))
        self.assertEqual(row.returned_count, sum(map(plain.came_back, known)))
        self.assertEqual(
            row.zone_returned_count, sum(map(plain.paid_again_for_colour, known))
        )
        others = plain.audience - plain.offered
        self.assertEqual(row.compared_count, len(others))
        self.assertAlmostEqual(row.offered_amount, plain.mean(plain.offered), places=2)
        self.assertAlmostEqual(row.compared_amount, plain.mean(others), places=2)
        self.assertAlmostEqual(
            row.difference, row.offered_amount - row.compared_amount, places=2
        )

    def _give_zones(self):
        zones = {}
        for row in read("services"):
            name = row["Cate"]
            zones[name] = zones.get(name) or self.env["salon.zone"].create(
                {"name": name}
            )
            self.env["product.template"].search(
                [("default_code", "=", row["Code"]), ("salon_kind", "=", "service")]
            ).salon_zone_id = zones[name]
        return zones

    def _tell(self, plain, colour):
        """Tell the promotion into the history of the salon."""
        services = self.env["product.product"].search(
            [("salon_zone_id", "=", colour.id), ("salon_kind", "=", "service")]
        )
        promotion = self.env["salon.promotion"].create(
            {
                "name": "First colour",
                "date_from": START,
                "date_to": END,
                "percent": 20,
                "product_ids": services.ids,
                "zone_id": colour.id,
                "follow_days": DAYS,
            }
        )
        clients = self.env["res.partner"].search(
            [("salon_import_ref", "in", list(plain.audience))]
        )
        self.assertEqual(len(clients), len(plain.audience))
        self.env["salon.promotion.member"].create(
            [
                {"promotion_id": promotion.id, "partner_id": c.id, "date": START}
                for c in clients
            ]
        )
        for client in clients:
            if client.salon_import_ref in plain.offered:
                self._tell_offer(plain, promotion, client)
        return promotion

    def _tell_offer(self, plain, promotion, client):
        vals = {
            "promotion_id": promotion.id,
            "partner_id": client.id,
            "date": f"{START} 10:00:00",
            "state": "over",
        }
        day = plain.used.get(client.salon_import_ref)
        if day:
            lines = client.salon_visit_ids.filtered(
                lambda v: v.date == day and v.state == "done"
            ).line_ids.filtered(
                lambda line: (
                    line.product_id in promotion.product_ids and line.quantity > 0
                )
            )
            lines[0].write(
                {"promotion_id": promotion.id, "usual_amount": lines[0].amount * 1.25}
            )
            vals |= {"state": "used", "visit_id": lines[0].visit_id.id}
        self.env["salon.promotion.participation"].create(vals)
