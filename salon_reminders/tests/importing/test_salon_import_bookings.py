from odoo.tests import freeze_time

from ..common_import import SalonImportCase

BOOKINGS = "date,time,client id,staff,service\n"
MISSED = "date,client id,staff,service\n"
RECEIPTS = "receipt,date,client id,staff,service,amount\n"


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportBookings(SalonImportCase):
    """Bookings, cancellations, no-shows, and how receipts answer them."""

    def test_receipt_turns_the_booking_into_the_visit(self):
        done = self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,3:50:00 PM,700.0,Vera,Cut\n",
                "receipts.csv": RECEIPTS + "1,2026-02-02,700,Lili,Toner,20\n",
            }
        )
        visit = self._visits("700")
        self.assertEqual(len(visit), 1)
        self.assertEqual(visit.state, "done")
        # 15:50 in Budapest in winter.
        self.assertEqual(str(visit.start), "2026-02-02 14:50:00")
        self.assertEqual(visit.line_ids.product_id.name, "Toner")
        self.assertEqual(visit.stylist_id.name, "Lili")
        self.assertEqual(done.row_ids.visit_id, visit)
        self.assertEqual((done.visit_count, done.booked_count), (1, 0))

    def test_receipt_of_a_later_import_takes_the_booking(self):
        self._import({"bookings.csv": BOOKINGS + "2026-03-09,15:50,700,Vera,Cut\n"})
        visit = self._visits("700")
        visit.state = "booked"
        self._import({"receipts.csv": RECEIPTS + "1,2026-03-09,700,Lili,Toner,20\n"})
        self.assertEqual(self._visits("700"), visit)
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.line_ids.product_id.name, "Toner")
        self.assertEqual(str(visit.start), "2026-03-09 14:50:00")

    def test_own_time_of_the_receipt_counts(self):
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,15:50,700,Vera,Cut\n",
                "receipts.csv": "receipt,date,time,client id,service,amount\n"
                "1,2026-02-02,17:05,700,Cut,20\n",
            }
        )
        self.assertEqual(str(self._visits("700").start), "2026-02-02 16:05:00")

    def test_bookings_of_a_day_are_one_visit(self):
        done = self._import(
            {
                "bookings.csv": BOOKINGS + "2026-03-12,12:00,700,Lili,Toner\n"
                "2026-03-12,10:00,700,Vera,Root touch-up\n"
                "2026-03-13,10:00,701,Vera,Root touch-up\n"
            }
        )
        visit = self._visits("700")
        self.assertEqual((len(visit), visit.state), (1, "booked"))
        self.assertEqual(str(visit.start), "2026-03-12 09:00:00")
        self.assertEqual(
            set(visit.line_ids.stylist_id.mapped("name")), {"Vera", "Lili"}
        )
        self.assertEqual(done.booked_count, 2)

    def test_future_booking_covers_the_cycle(self):
        self.roots_service.default_code = "ROOT"
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-03-12,12:00,700,Vera,ROOT\n",
                "receipts.csv": RECEIPTS + "1,2026-01-02,700,Vera,ROOT,20\n",
            }
        )
        self.assertEqual(self._client("700").salon_reminder_ids.state, "booked")

    def test_cancellation_and_no_show_name_their_booking(self):
        done = self._import(
            {
                "bookings.csv": BOOKINGS + "2026-03-12,10:00,700,Vera,Cut\n"
                "2026-03-12,12:00,700,Lili,Toner\n2026-02-12,10:00,701,Vera,Cut\n",
                "cancellations.csv": "cancel date,date,client id,service\n"
                "2026-03-01,2026-03-12,700,Toner\n",
                "no_shows.csv": MISSED + "2026-02-12,701,Vera,Cut\n",
            }
        )
        kept, cancelled = self._visits("700")
        self.assertEqual((kept.state, cancelled.state), ("booked", "cancelled"))
        self.assertEqual(kept.line_ids.product_id.name, "Cut")
        self.assertEqual(cancelled.line_ids.product_id.name, "Toner")
        self.assertEqual(str(cancelled.start), "2026-03-12 11:00:00")
        self.assertEqual(self._visits("701").mapped("state"), ["no_show"])
        self.assertEqual(
            (done.booked_count, done.cancelled_count, done.no_show_count), (1, 1, 1)
        )

    def test_cancellation_without_a_booking(self):
        self._import({"cancellations.csv": MISSED + "2026-02-12,700,Vera,Cut\n"})
        visit = self._visits("700")
        self.assertEqual(visit.state, "cancelled")
        self.assertEqual(visit.line_ids.product_id.name, "Cut")

    def test_cancellation_of_a_later_import(self):
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-03-12,10:00,700,Vera,Cut\n"
                "2026-03-12,12:00,700,Lili,Toner\n2026-03-13,10:00,701,Vera,Cut\n"
            }
        )
        visit, whole = self._visits("700"), self._visits("701")
        self._import(
            {
                "cancellations.csv": MISSED + "2026-03-12,700,Lili,Toner\n"
                "2026-03-13,701,,\n"
            }
        )
        self.assertEqual(visit.state, "booked")
        self.assertEqual(visit.line_ids.product_id.name, "Cut")
        cancelled = self._visits("700") - visit
        self.assertEqual(cancelled.state, "cancelled")
        self.assertEqual(cancelled.line_ids.product_id.name, "Toner")
        self.assertEqual(self._visits("701"), whole)
        self.assertEqual(whole.state, "cancelled")

    def test_receipt_beside_a_cancellation(self):
        done = self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,15:50,700,Vera,Cut\n",
                "cancellations.csv": MISSED + "2026-02-02,700,Vera,Cut\n",
                "receipts.csv": RECEIPTS + "1,2026-02-02,700,Vera,Cut,20\n",
            }
        )
        self.assertEqual(
            sorted(self._visits("700").mapped("state")), ["cancelled", "done"]
        )
        self.assertEqual((done.visit_count, done.cancelled_count), (1, 1))

    def test_purchase_does_not_take_the_booking(self):
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,15:50,700,Vera,Cut\n",
                "receipts.csv": "receipt,date,client id,category,item,amount\n"
                "1,2026-02-02,700,RETAIL,Shampoo,20\n"
                "2,2026-02-04,701,STYLE,Cut,20\n",
            }
        )
        visits = self._visits("700")
        self.assertEqual(sorted(visits.mapped("state")), ["cancelled", "done"])
        self.assertTrue(visits.filtered(lambda v: v.state == "done").is_purchase)

    def test_past_booking_without_receipt_was_not_kept(self):
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,15:50,700,Vera,Cut\n"
                "2026-02-05,15:50,701,Vera,Cut\n",
                "receipts.csv": RECEIPTS + "1,2026-02-05,702,Vera,Cut,20\n",
            }
        )
        self.assertEqual(self._visits("700").state, "cancelled")
        # The export may be from the middle of its last day.
        self.assertEqual(self._visits("701").state, "booked")

    def test_longer_export_settles_earlier_bookings(self):
        bookings = {"bookings.csv": BOOKINGS + "2026-03-12,15:50,700,Vera,Cut\n"}
        self._import(bookings)
        visit = self._visits("700")
        self.assertEqual(visit.state, "booked")
        with freeze_time("2026-03-20 09:00:00"):
            again = self._import(
                {
                    **bookings,
                    "receipts.csv": RECEIPTS + "1,2026-03-19,702,Vera,Cut,20\n",
                }
            )
        self.assertEqual(again.known_count, 1)
        self.assertEqual(visit.state, "cancelled")

    def test_past_bookings_count_as_done_without_receipts(self):
        salon_import = self._check(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,15:50,700,Vera,Cut\n"
                "2026-03-12,15:50,700,Vera,Cut\n"
            }
        )
        self.assertEqual(salon_import.past_bookings, "done")
        salon_import.action_import()
        self._run_job()
        self.assertEqual(self._visits("700").mapped("state"), ["done", "booked"])

    def test_status_column(self):
        bookings = "date,time,client,service,status\n"
        self._import(
            {
                "bookings.csv": bookings + "2026-02-02,10:00,700,Cut,Completed\n"
                "2026-02-03,10:00,701,Cut,No-show\n2026-03-12,10:00,702,Cut,Booked\n"
                "2026-02-04,10:00,703,Cut,Отменена клиентом\n"
            }
        )
        for number, state in (
            ("700", "done"),
            ("701", "no_show"),
            ("702", "booked"),
            ("703", "cancelled"),
        ):
            self.assertEqual(self._visits(number).state, state)
        visit = self._visits("702")
        with freeze_time("2026-03-13 09:00:00"):
            self._import(
                {"bookings.csv": bookings + "2026-03-12,10:00,702,Cut,Completed\n"}
            )
        self.assertEqual(self._visits("702"), visit)
        self.assertEqual(visit.state, "done")

    def test_booking_keeps_its_length(self):
        self._import(
            {
                "bookings.csv": "Date,Start Time,End Time,Duration,Client,Service,"
                "Staff\n"
                "2026-03-12,10:00,12:30,150,Anna Lark,Colour,Vera\n"
                "2026-03-13,10:00,,45,Bea Lark,Colour,Vera\n"
            }
        )
        clients = self.env["res.partner"].search([("name", "like", "% Lark")])
        visits = clients.salon_visit_ids.sorted("start")
        self.assertEqual(
            [str(stop) for stop in visits.mapped("stop")],
            ["2026-03-12 11:30:00", "2026-03-13 09:45:00"],
        )

    def test_booking_without_a_time_that_can_be_read(self):
        done = self._import(
            {"bookings.csv": BOOKINGS + "2026-03-12,noon,700,Vera,Cut\n"}
        )
        self.assertEqual((done.booked_count, done.doubt_count), (1, 1))
        self.assertEqual(str(self._visits("700").date), "2026-03-12")

    def test_booking_of_nobody(self):
        self._import(
            {
                "bookings.csv": BOOKINGS + "2026-02-02,10:00,,Vera,Cut\n"
                "2026-02-02,11:00,,Lili,Cut\n",
                "no_shows.csv": MISSED + "2026-02-02,,Lili,Cut\n",
                "receipts.csv": RECEIPTS + "1,2026-02-05,702,Vera,Cut,20\n",
            }
        )
        visits = self._walkins().sorted("start")
        self.assertEqual(visits.mapped("state"), ["cancelled", "no_show"])

    def test_no_show_still_to_come_is_refused(self):
        done = self._import({"no_shows.csv": MISSED + "2026-03-12,700,Vera,Cut\n"})
        self.assertIn("still to come", done.failed_row_ids.error)
        self.assertFalse(self._client("700"))
