from datetime import datetime, time, timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time

from ...tools.server_flags import SERVER_SAYS
from .test_salon_book import BookCase


@freeze_time("2026-03-10 07:00:00")
class TestSalonVisitHours(BookCase):
    """Vera and Sofia work from 8 to 12 and 13 to 17; who books otherwise is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visits = cls.env["salon.visit"].with_user(cls.receptionist)
        cls._book("2026-02-03 14:00", state="done")
        cls.call = cls.env["salon.call"].create(
            {
                "partner_id": cls.anna.id,
                "reminder_ids": cls.anna.salon_reminder_ids.ids,
                "due_date": "2026-03-10",
                "stylist_id": cls.stylist.id,
            }
        )
        cls.booked = cls.env["salon.call.outcome"]._get_default("booked")

    def _utc(self, hour):
        """Return an hour of Wednesday as the web client sends it; no summer time."""
        return f"2026-03-11 {hour - 1:02}:00:00"

    def _ask(self, parts=(), visit=False, stylist=None, start=9, stop=11):
        return self.visits.get_booking_question(
            *(visit and visit.id, self._utc(start), self._utc(stop)),
            (stylist or self.stylist).id,
            parts,
        )

    def _part(self, stylist, start, stop, service=None):
        return {
            "product_id": (service or self.roots_service).id,
            "stylist_id": stylist.id,
            "start": self._utc(start),
            "stop": self._utc(stop),
        }

    def test_every_stylist_of_the_visit_counts(self):
        early = self._part(self.stylist, 10, 11)
        self.assertFalse(self._ask([early, self._part(self.sofia, 11, 12)]))
        question = self._ask([early, self._part(self.sofia, 12, 13)])
        self.assertIn("Sofia works", question)
        self.assertNotIn("Vera", question)

    def test_processing_time_needs_nobody(self):
        colour = self._create_service(
            "Colour",
            self.roots,
            salon_duration=180,
            salon_processing_after=60,
            salon_processing_minutes=60,
        )
        self.assertFalse(self._ask([self._part(self.stylist, 11, 14, colour)]))
        self.assertTrue(self._ask([self._part(self.stylist, 11, 14)]))
        visit = self._book("2026-03-11 11:00", services=colour)
        self.assertFalse(visit.outside_hours)

    def test_moved_with_all_its_parts(self):
        nails = self._create_service("Nails", self.roots, salon_duration=60)
        visit = self._book("2026-03-11 09:00", services=self.roots_service + nails)
        visit.line_ids[1].stylist_id = self.sofia
        self.assertFalse(self._ask((), visit, start=10, stop=12))
        question = self._ask((), visit, start=11, stop=13)
        self.assertIn("Sofia works", question)
        board = self.env["salon.day.board"].with_user(self.receptionist)
        args = (visit.id, "2026-03-11", 660, self.stylist.id, self.stylist.id)
        self.assertEqual(board.move_visit(*args)["question"], question)
        board.move_visit(*args, confirmed=True)
        self.assertTrue(visit.outside_hours)

    def test_day_off_of_a_colleague(self):
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": self.stylist.id,
                "calendar_id": self.stylist.calendar_id.id,
                "date_from": self._utc(1),
                "date_to": self._utc(23),
            }
        )
        self.assertIn("Vera does not work on Wed 11 Mar", self._ask())

    def _log(self, **details):
        call = self.call.with_user(self.receptionist)
        return call._log_attempt(
            self.booked, product_ids=self.roots_service.ids, **details
        )

    def test_booking_on_a_call_is_confirmed(self):
        start = self.company._salon_utc(self._local(19))
        details = {"stylist_id": self.stylist.id, "start": start}
        with self.assertRaisesRegex(UserError, "Vera works.*\nBook anyway"):
            self._log(**details)
        self.assertFalse(self.call.visit_id)
        self._log(**details, outside_hours=True)
        self.assertTrue(self.call.visit_id.outside_hours)

    def test_own_duration_counts_on_a_call(self):
        self.stylist.salon_duration_ids = [
            (
                0,
                0,
                {
                    "service_id": self.roots_service.product_tmpl_id.id,
                    "minutes": 90,
                },
            )
        ]
        question = self.call._get_booking_question
        args = (self.stylist.id, self.roots_service.ids)
        start = self.company._salon_utc(self._local(10))
        self.assertFalse(question(start, *args))
        self.assertTrue(question(self.company._salon_utc(self._local(11)), *args))

    def _local(self, hour):
        """Return an hour of the call's day, or of the working day that follows it.

        The day on which a record is made is the database's, whatever time is frozen.
        """
        day = self.company._salon_date(self.call.create_date)
        while day.isoweekday() > 5:
            day += timedelta(days=1)
        return datetime.combine(day, time(hour))

    def test_form_of_the_call_list_asks(self):
        logs = self.env["salon.call.log"].with_user(self.receptionist)
        form = Form(
            logs.with_context(
                default_call_id=self.call.id, default_outcome_id=self.booked.id
            )
        )
        form.start = self._utc(10)
        self.assertFalse(form.hours_warning)
        form.start = self._utc(19)
        self.assertIn("Vera works", form.hours_warning)
        log = form.save()
        with self.assertRaises(UserError):
            log.action_log()
        log.outside_hours = True
        log.action_log()
        self.assertTrue(self.call.visit_id.outside_hours)

    def test_paper_asks(self):
        entry = self.env["salon.call.entry"].with_user(self.receptionist)
        line = entry.create({"line_ids": [(0, 0, {"call_id": self.call.id})]}).line_ids
        line.write({"outcome_id": self.booked.id, "moment": self._utc(19)})
        self.assertTrue(line.is_outside_hours)
        self.assertFalse(line._try_log())
        self.assertIn("Vera works", line.error)
        self.assertTrue(line.entry_id.ask_hours)
        line.outside_hours = True
        self.assertTrue(line._try_log())
        self.assertTrue(self.call.visit_id.outside_hours)


@freeze_time("2026-03-10 07:00:00")
class TestFreedTimes(BookCase):
    """A cancelled visit offers its time to the receptionists."""

    def setUp(self):
        super().setUp()
        self.env.cr.precommit.run()
        self.sent = []
        self.patch(
            type(self.env["res.groups"]),
            "_bus_send",
            lambda group, kind, data, **kw: self.sent.append((group, kind, data)),
        )

    def _freed(self):
        self.env.cr.precommit.run()
        return [row for row in self.sent if row[1] == "salon.visit/freed"]

    def test_receptionists_are_told(self):
        self._book("2026-03-11 09:00").action_cancel()
        ((group, _kind, data),) = self._freed()
        self.assertEqual(group, self.env.ref("salon_reminders.group_receptionist"))
        self.assertEqual(data["company_id"], self.company.id)
        self.assertEqual(
            data["times"],
            [
                {
                    "stylist_id": self.stylist.id,
                    "stylist": "Vera",
                    "start": "2026-03-11T09:00:00",
                    "stop": "2026-03-11T10:00:00",
                }
            ],
        )
        self.assertNotIn("Anna", str(data))

    def test_once_for_all(self):
        visits = self._book("2026-03-11 09:00") + self._book("2026-03-11 10:00")
        visits[0].action_cancel()
        visits[1].action_cancel()
        ((*_who, data),) = self._freed()
        self.assertEqual(len(data["times"]), 2)

    def test_cancelled_by_a_stylist(self):
        self._book("2026-03-11 09:00").with_user(self.stylist_user).action_cancel()
        self.assertEqual(len(self._freed()), 1)

    def test_nothing_to_fill(self):
        # Too late to fill, without a stylist, missed, imported, cancelled before.
        self._book("2026-03-10 08:00").action_cancel()
        self._book("2026-03-11 09:00", stylist_id=False).action_cancel()
        self._book("2026-03-10 15:00").action_no_show()
        visit = self._book("2026-03-11 09:00")
        visit.with_context(salon_taken_over=SERVER_SAYS).write({"state": "cancelled"})
        visit.action_cancel()
        self.assertFalse(self._freed())
