from odoo.exceptions import UserError
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

    def test_refusals_come_before_what_they_refuse(self):
        text = "date,time,client,service,status\n"
        statuses = {
            "Not arrived": "no_show",
            "Did not arrive": "no_show",
            "Absent": "no_show",
            "Клиент не пришел": "no_show",
            "Declined": "cancelled",
            "Late cancellation": "cancelled",
            "Rescheduled": "cancelled",
            "Клиент отменил": "cancelled",
            "Peruttu": "cancelled",
            "Клиент пришел": "done",
            "Valmis": "done",
        }
        for number, status in enumerate(statuses):
            text += f"2026-02-02,10:00,{700 + number},Cut,{status}\n"
        done = self._import({"bookings.csv": text})
        for number, state in enumerate(statuses.values()):
            self.assertEqual(self._visits(str(700 + number)).state, state)
        self.assertEqual((done.no_show_count, done.cancelled_count), (4, 5))

    def test_unknown_past_status_is_asked(self):
        bookings = "date,time,client,service,status\n"
        bookings += (
            "2026-02-02,10:00,700,Cut,Not paid\n2026-02-03,10:00,701,Cut,Not paid\n"
        )
        bookings += "2026-03-20,10:00,702,Cut,Whatever\n2026-02-03,10:00,703,Cut,Done\n"
        salon_import = self._check({"bookings.csv": bookings})
        self.assertEqual(
            {s.name: (s.row_count, s.means) for s in salon_import.status_ids},
            {
                "Not paid": (2, False),
                "Whatever": (1, "bookings"),
                "Done": (1, "done"),
            },
        )
        self.assertTrue(salon_import.has_open_statuses)
        with self.assertRaisesRegex(UserError, "these statuses mean.*Not paid"):
            salon_import.action_import()
        salon_import.status_ids.filtered(lambda s: not s.means).means = "no_shows"
        with self.assertRaisesRegex(UserError, "Check again"):
            salon_import.action_import()
        salon_import.action_check()
        self._run_job()
        self.assertEqual(salon_import.no_show_count, 2)
        salon_import.action_import()
        self._run_job()
        self.assertEqual(self._visits("701").state, "no_show")
        # The answer is remembered; what only days to come had is asked in its time.
        later = "2026-02-04,10:00,704,Cut,Not paid\n2026-02-04,10:00,705,Cut,Whatever\n"
        again = self._check(
            {"bookings.csv": bookings.partition("\n")[0] + "\n" + later}
        )
        self.assertEqual(
            {s.name: s.means for s in again.status_ids},
            {"Not paid": "no_shows", "Whatever": False},
        )

    def test_paid_in_advance_is_still_booked(self):
        self._import(
            {
                "bookings.csv": "date,time,client,service,status\n"
                "2026-03-20,10:00,700,Cut,Paid\n"
            }
        )
        self.assertEqual(self._visits("700").state, "booked")

    def test_money_and_length_of_a_list_of_appointments(self):
        done = self._import(
            {
                "appointments.csv": "Customer Name,Phone Number,Email,Service,Duration,"
                "Price,Date,Time,Staff,Notes\n"
                "Maya Quill,06305550143,maya@example.com,Haircut,45,$85.00,02/13/2026,"
                "2:30 PM,Renee,first visit\n"
            }
        )
        self.assertEqual((done.visit_count, done.amount), (1, 85))
        maya = self.env["res.partner"].search([("name", "=", "Maya Quill")])
        visit = maya.salon_visit_ids
        self.assertEqual(maya.email, "maya@example.com")
        self.assertEqual((visit.state, visit.amount_total), ("done", 85))
        self.assertEqual(str(visit.start), "2026-02-13 13:30:00")
        self.assertEqual(str(visit.stop), "2026-02-13 14:15:00")
        self.assertEqual(visit.note, "first visit")

    def test_moments_in_one_column(self):
        salon_import = self._upload(
            {
                "schedule.csv": "Start Time,End Time,First Name,Last Name,Phone,Type,"
                "Calendar,Paid?\n"
                '"March 13, 2026 2:30 pm","March 13, 2026 3:15 pm",Maya,Quill,'
                "06305550143,Haircut,Renee,yes\n"
            }
        )
        file = salon_import.file_ids
        self.assertEqual((file.kind, file.is_kind_unsure), ("bookings", False))
        self.assertEqual(file.unused, "Paid?")
        salon_import.action_check()
        self._run_job()
        salon_import.action_import()
        self._run_job()
        visit = self.env["res.partner"].search([("name", "=", "Maya Quill")])
        visit = visit.salon_visit_ids
        self.assertEqual(str(visit.start), "2026-03-13 13:30:00")
        self.assertEqual(str(visit.stop), "2026-03-13 14:15:00")

    def test_booking_moved_in_a_longer_export(self):
        header = "Booking ID,Date,Time,Client ID,Staff,Service,Status\n"
        toner = "9,2026-03-12,11:00,700,Lili,Toner,Confirmed\n"
        text = header + "8,2026-03-12,10:00,700,Vera,Cut,Confirmed\n" + toner
        text += "10,2026-03-13,9:00,701,Vera,Cut,Confirmed\n"
        self._import({"bookings.csv": text})
        both, alone = self._visits("700"), self._visits("701")
        text = header + "8,2026-03-16,14:00,700,Vera,Cut,Confirmed\n" + toner
        text += "10,2026-03-17,9:30,701,Vera,Cut,Confirmed\n"
        again = self._import({"bookings.csv": text})
        self.assertEqual((again.known_count, again.booked_count), (1, 3))
        # Alone on its day it is the same visit; else it leaves the other booking.
        self.assertEqual(self._visits("701"), alone)
        self.assertEqual(str(alone.start), "2026-03-17 08:30:00")
        self.assertEqual(len(alone.line_ids), 1)
        stays, moved = self._visits("700")
        self.assertEqual(stays, both)
        self.assertEqual(both.line_ids.product_id.name, "Toner")
        self.assertEqual(str(moved.start), "2026-03-16 13:00:00")
        # The next export knows where they are now.
        with freeze_time("2026-03-18 09:00:00"):
            self._import(
                {"bookings.csv": header + "8,2026-03-17,14:00,700,Vera,Cut,Completed\n"}
            )
        self.assertEqual(self._visits("700"), stays | moved)
        self.assertEqual((moved.state, str(moved.date)), ("done", "2026-03-17"))

    def test_newest_file_says_where_a_booking_is(self):
        header = "Booking ID,Date,Time,Client ID,Service\n"
        self._import(
            {
                "bookings 1.csv": header + "8,2026-03-12,10:00,700,Cut\n",
                "bookings 2.csv": header + "8,2026-03-16,14:00,700,Cut\n",
            }
        )
        self.assertEqual(str(self._visits("700").start), "2026-03-16 13:00:00")

    def test_file_without_a_column_for_the_service(self):
        files = {"bookings.csv": "Date,Time,Client\n2026-02-02,10:00,Maya Quill\n"}
        salon_import = self._check(files)
        self.assertEqual(salon_import.unnamed_count, 1)
        self.assertEqual(str(salon_import.first_day), "2026-02-02")
        salon_import.action_back()
        salon_import.file_ids.item_for_all = self.roots_service.name
        salon_import.action_check()
        self._run_job()
        self.assertEqual(
            (salon_import.unnamed_count, salon_import.product_count), (0, 0)
        )
        salon_import.action_import()
        self._run_job()
        maya = self.env["res.partner"].search([("name", "=", "Maya Quill")])
        self.assertEqual(maya.salon_reminder_ids.cycle_id, self.roots)

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
