from datetime import date, time
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...models.importing.import_plan import (
    Item,
    Line,
    Row,
    Visit,
    place_known,
    plan_client,
)

CUT, TONER = Item("Cut", "service"), Item("Toner", "service")
ANNA = "n:700"
FRIDAY, TUESDAY = date(2026, 12, 11), date(2026, 12, 15)


@tagged("post_install", "-at_install")
class TestImportPlan(BaseCase):
    """What rows become, without a database."""

    def _row(self, kind, day=FRIDAY, item=CUT, client=ANNA, **vals):
        return Row(0, kind, 0, client, day, vals.get("receipt", ""), vals, item)

    def _sell(self, *rows):
        """Return the amounts of the lines of one receipt."""
        (visit,) = plan_client([self._row("receipts", receipt="1", **r) for r in rows])
        return [str(line.amount) for line in visit.lines]

    def _known(self, *numbers, day=FRIDAY, visit_id=5):
        """Return the visit in the database that these bookings became."""
        rows = [self._row("bookings", day, booking=number) for number in numbers]
        lines = [Line(row, Decimal(1), Decimal(0)) for row in rows]
        plan = Visit(ANNA, day, "booked", start=time(10), lines=lines)
        plan.visit_id = visit_id
        plan.numbers = set(numbers)
        return plan

    def _plan(self, plans, *rows):
        known, gone = place_known(plans, rows)
        return gone + plan_client(rows, known.get(ANNA, {}))

    def _summary(self, visits):
        return [(v.day, v.state, v.visit_id, len(v.lines)) for v in visits]

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def test_discount_is_taken_off_the_price(self):
        for vals, amount in (
            ({"price": "50", "discount": "10"}, "40"),
            ({"price": "50", "discount": "10%"}, "45"),
            ({"price": "50", "quantity": "2", "discount": "10"}, "90"),
            ({"price": "50", "quantity": "-1", "discount": "10"}, "-40"),
            ({"price": "50", "discount": "70"}, "0"),
            # What a row says was paid is after the discount.
            ({"price": "50", "discount": "10", "amount": "50"}, "50"),
        ):
            with self.subTest(vals=vals):
                self.assertEqual(
                    list(map(Decimal, self._sell(vals))), [Decimal(amount)]
                )

    def test_paid_in_two_ways_is_one_line(self):
        cash, card = {"amount": "20", "payment": "Cash"}, {"amount": "25"}
        card["payment"] = "Card"
        self.assertEqual(self._sell(cash, card), ["45"])
        # Two people of a family, and a price that each of the parts would pay alone.
        self.assertEqual(self._sell(cash, {**card, "payment": "Cash"}), ["20", "25"])
        self.assertEqual(self._sell(cash, {**card, "item": TONER}), ["20", "25"])
        self.assertEqual(
            self._sell({**cash, "price": "25"}, {**card, "price": "25"}), ["20", "25"]
        )
        self.assertEqual(
            self._sell({**cash, "price": "45"}, {**card, "price": "45"}), ["45"]
        )

    def test_every_part_of_a_payment_is_accounted_for(self):
        rows = [
            self._row("receipts", receipt="1", amount="20", payment=way)
            for way in ("Cash", "Card")
        ]
        (visit,) = plan_client(rows)
        self.assertEqual(visit.rows, rows)

    # ------------------------------------------------------------
    # MOVED BOOKINGS
    # ------------------------------------------------------------

    def test_booking_alone_on_its_day_moves(self):
        row = self._row("bookings", TUESDAY, booking="8", time="14:00:00")
        visits = self._plan([self._known("8")], row)
        self.assertEqual(self._summary(visits), [(TUESDAY, "booked", 5, 1)])
        self.assertEqual(visits[0].start, time(14))

    def test_booking_moves_within_its_day(self):
        row = self._row("bookings", booking="8", time="14:00:00")
        visits = self._plan([self._known("8")], row)
        self.assertEqual(self._summary(visits), [(FRIDAY, "booked", 5, 1)])
        self.assertEqual(visits[0].start, time(14))
        # Without a time it keeps the one it has.
        visits = self._plan([self._known("8")], self._row("bookings", booking="8"))
        self.assertEqual(visits[0].start, time(10))

    def test_booking_leaves_the_others_of_its_day(self):
        row = self._row("bookings", TUESDAY, booking="8")
        visits = self._plan([self._known("8", "9")], row)
        self.assertEqual(
            self._summary(visits),
            [(FRIDAY, "booked", 5, 1), (TUESDAY, "booked", 0, 1)],
        )
        self.assertEqual(visits[0].lines[0].row.vals["booking"], "9")

    def test_booking_moves_to_a_day_that_is_taken(self):
        other = self._known("9", day=TUESDAY, visit_id=6)
        row = self._row("bookings", TUESDAY, booking="8")
        visits = self._plan([self._known("8"), other], row)
        self.assertEqual(
            self._summary(visits),
            [(FRIDAY, "cancelled", 5, 0), (TUESDAY, "booked", 6, 2)],
        )

    def test_booking_moved_and_made(self):
        row = self._row("done", TUESDAY, booking="8")
        visits = self._plan([self._known("8")], row)
        self.assertEqual(self._summary(visits), [(TUESDAY, "done", 5, 1)])

    def test_cancellation_names_its_booking_by_number(self):
        row = self._row("cancellations", booking="9")
        kept, cancelled = self._plan([self._known("8", "9")], row)
        self.assertEqual(kept.lines[0].row.vals["booking"], "8")
        self.assertEqual(cancelled.booking_rows[0].vals["booking"], "9")

    def test_other_bookings_stay_where_they_are(self):
        row = self._row("bookings", TUESDAY, booking="10")
        visits = self._plan([self._known("8")], row)
        self.assertEqual(self._summary(visits), [(TUESDAY, "booked", 0, 1)])
