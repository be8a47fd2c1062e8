"""Days off, illness, blocked times and closing days, and what becomes of bookings."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time

from .test_salon_book import BookCase

WEDNESDAY, THURSDAY = "2026-03-11", "2026-03-12"


@freeze_time("2026-03-10 07:00:00")
class TestSalonDayOff(BookCase):
    """Tuesday, eight o'clock; Vera and Sofia work from 8 to 12 and 13 to 17."""

    def _enter(self, kind, user=None, day=WEDNESDAY, **vals):
        vals = {"stylist_id": kind != "closed" and self.stylist.id, **vals}
        if kind == "blocked":
            start, stop = vals.pop("hours")
            vals |= {
                name: self._utc(day, hour)
                for name, hour in zip(("start", "stop"), (start, stop), strict=True)
            }
        else:
            vals = {"first_date": day, "last_date": day, **vals}
        entries = self.env["salon.day.off"].with_user(user or self.manager)
        return entries.create({"kind": kind, **vals})

    def _utc(self, day, hour):
        """Return an hour of March at the salon; no summer time yet."""
        return f"{day} {hour - 1:02}:00:00"

    def _leaves(self):
        return self.env["resource.calendar.leaves"].search([])

    def _work(self, day=WEDNESDAY, stylists=None):
        """Return {stylist: [(from, to)]} of a day at the salon."""
        stylists = stylists or self.stylist | self.sofia
        finder = self.env["salon.slot.finder"].with_user(self.receptionist)
        start = self.company._salon_midnight(self.company._salon_parse_day(day))
        stop = fields.Datetime.add(start, days=1)
        work = finder._get_work(stylists, start, stop)
        return {
            stylist.name: [(self._hour(a), self._hour(b)) for a, b in work[stylist.id]]
            for stylist in stylists
        }

    def _to_move(self):
        visits = self.env["salon.visit"].with_user(self.receptionist)
        return visits.search([("is_to_move", "=", True)])

    def _column(self, user=None, name="Vera", day=WEDNESDAY):
        board = self.env["salon.day.board"].with_user(user or self.receptionist)
        columns = board.get_day(day)["columns"]
        return next((one for one in columns if one["name"] == name), None)

    # ------------------------------------------------------------
    # WHAT IS ENTERED
    # ------------------------------------------------------------

    def test_day_off_of_several_days(self):
        self._enter("off", last_date=THURSDAY).action_enter()
        for day in (WEDNESDAY, THURSDAY):
            self.assertFalse(self._work(day)["Vera"])
            self.assertTrue(self._work(day)["Sofia"])
        self.assertTrue(self._work("2026-03-13")["Vera"])
        leave = self._leaves()
        self.assertEqual((leave.resource_id, leave.time_type), (self.stylist, "leave"))

    def test_day_off_stays_when_the_hours_are_exchanged(self):
        self._enter("off").action_enter()
        self.stylist.calendar_id = self.stylist.calendar_id.copy()
        self.assertFalse(self._work()["Vera"])

    def test_blocked_time_is_working_time_that_nobody_books(self):
        entry = self._enter("blocked", self.receptionist, hours=(9, 10), name="Talk")
        entry.action_enter()
        times = [("08:00", "09:00"), ("10:00", "12:00"), ("13:00", "17:00")]
        self.assertEqual(self._work()["Vera"], times)
        self.assertEqual(self._leaves().time_type, "other")
        question = self.env["salon.visit"].get_booking_question(
            False,
            self._utc(WEDNESDAY, 9),
            self._utc(WEDNESDAY, 10),
            self.stylist.id,
        )
        self.assertIn("Vera works", question)
        (off,) = self._column()["off"]
        self.assertEqual((off["label"], off["from"], off["to"]), ("Talk", 540, 600))

    def test_time_of_another_app_that_is_no_leave_is_worked(self):
        self._leaves().create(
            {
                "resource_id": self.stylist.id,
                "time_type": "other",
                "date_from": self._utc(WEDNESDAY, 9),
                "date_to": self._utc(WEDNESDAY, 10),
            }
        )
        self.assertEqual(self._work()["Vera"][0], ("08:00", "12:00"))

    def test_closing_day_closes_whoever_works(self):
        """Also those with other hours, and those who belong to no salon alone."""
        self.sofia.calendar_id = self.stylist.calendar_id.copy()
        lucy = self._create_stylist("Lucy")
        lucy.write({"company_id": False, "tz": "Europe/Budapest"})
        everybody = self.stylist | self.sofia | lucy
        self.assertTrue(all(self._work(stylists=everybody).values()))
        self._enter("closed", name="Stocktaking").action_enter()
        self.assertFalse(any(self._work(stylists=everybody).values()))
        self.assertFalse(
            self.company._salon_is_open(
                self.company._salon_utc(
                    fields.Datetime.to_datetime("2026-03-11 10:00:00")
                )
            )
        )
        self.assertEqual(
            [off["label"] for off in self._column(name="Sofia")["off"]], ["Stocktaking"]
        )
        days = self.company._salon_closed_days()[self.company]
        self.assertEqual([str(day) for day in days], [WEDNESDAY])

    def test_closing_day_of_one_salon_leaves_the_other_open(self):
        other = self._create_company("Second salon")
        other.resource_calendar_id = self.company.resource_calendar_id
        self._enter("closed").action_enter()
        moment = fields.Datetime.to_datetime(self._utc(WEDNESDAY, 10))
        self.assertFalse(self.company._salon_is_open(moment))
        self.assertTrue(other._salon_is_open(moment))
        self.assertFalse(other._salon_closed_days()[other])

    def test_changed_and_taken_back(self):
        self._enter("ill", self.receptionist, "2026-03-10").action_enter()
        leave = self._leaves()
        entries = self.env["salon.day.off"].with_user(self.receptionist)
        form = Form(entries.with_context(default_leave_id=leave.id))
        self.assertEqual((form.kind, form.stylist_id), ("ill", self.stylist))
        entry = form.save()
        entry.action_enter()
        self.assertEqual(self._leaves(), leave)
        entry.action_remove()
        self.assertFalse(self._leaves())
        self.assertTrue(self._work("2026-03-10")["Vera"])

    def test_refused_with_the_reason(self):
        for vals in (
            {"stylist_id": False},
            {"last_date": "2027-04-11"},
            {"first_date": False},
        ):
            with self.assertRaises(UserError):
                self._enter("off", **vals).action_enter()
        with self.assertRaises(UserError):
            self._enter("blocked", hours=(10, 9)).action_enter()
        self.assertFalse(self._leaves())

    # ------------------------------------------------------------
    # WHO MAY ENTER IT
    # ------------------------------------------------------------

    def test_reception_enters_who_is_ill_today(self):
        self._enter("ill", self.receptionist, "2026-03-10").action_enter()
        self.assertFalse(self._work("2026-03-10")["Vera"])
        with self.assertRaises(UserError):
            self._enter("ill", self.receptionist, WEDNESDAY).action_enter()
        self._enter("ill", self.manager, WEDNESDAY).action_enter()

    def test_days_off_and_closing_days_are_for_managers(self):
        for kind in ("off", "closed"):
            with self.assertRaises(AccessError):
                self._enter(kind, self.receptionist).action_enter()
            entry = self._enter(kind)
            entry.action_enter()
            leave = self._leaves()
            entries = self.env["salon.day.off"].with_user(self.receptionist)
            mine = entries.create(
                {
                    "kind": "blocked",
                    "leave_id": leave.id,
                    "stylist_id": self.stylist.id,
                    "start": self._utc(WEDNESDAY, 9),
                    "stop": self._utc(WEDNESDAY, 10),
                }
            )
            for act in (mine.action_enter, mine.action_remove):
                with self.assertRaises(AccessError):
                    act()
            entry.action_remove()

    def test_what_other_apps_keep_is_changed_there(self):
        leave = self._leaves().create(
            {
                "resource_id": self.stylist.id,
                "date_from": self._utc(WEDNESDAY, 1),
                "date_to": self._utc(WEDNESDAY, 23),
            }
        )
        entries = self.env["salon.day.off"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "entered elsewhere"):
            entries.with_context(default_leave_id=leave.id).default_get(["leave_id"])
        self._book(f"{WEDNESDAY} 18:00")
        (off,) = self._column()["off"]
        self.assertEqual((off["id"], off["label"]), (False, "Day off"))

    def test_stylists_neither_enter_nor_learn_why(self):
        with self.assertRaises(AccessError):
            self._enter("ill", self.stylist_user, "2026-03-10")
        self._enter("ill", stylist_id=self.sofia.id).action_enter()
        self._book(f"{WEDNESDAY} 10:00", stylist=self.sofia)
        (off,) = self._column(self.stylist_user, "Sofia")["off"]
        self.assertEqual((off["label"], off["kind"]), ("Off", False))
        self.assertEqual(self._column(name="Sofia")["off"][0]["label"], "Ill")
        leaves = self._leaves().with_user(self.stylist_user)
        with self.assertRaises(AccessError):
            leaves.search([("salon_kind", "=", "ill")])

    # ------------------------------------------------------------
    # BOOKINGS TO MOVE
    # ------------------------------------------------------------

    def test_bookings_are_listed_until_they_are_moved(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        other = self._book(f"{WEDNESDAY} 10:00", self.bea, stylist=self.sofia)
        entry = self._enter("off")
        self.assertEqual(entry.visit_ids, visit)
        action = entry.action_enter()
        self.assertEqual(action["res_model"], "salon.visit")
        self.assertEqual(self._to_move(), visit)
        self.assertTrue(self._column()["cards"][0]["to_move"])
        board = self.env["salon.day.board"].with_user(self.receptionist)
        self.assertEqual(board.get_day(WEDNESDAY)["to_move"], 1)
        visit.start = self._utc(THURSDAY, 10)
        self.assertFalse(self._to_move())
        self.assertFalse((visit | other).filtered("is_to_move"))

    def test_bookings_of_a_closing_day(self):
        visits = self._book(f"{WEDNESDAY} 10:00")
        visits |= self._book(f"{WEDNESDAY} 10:00", self.bea, stylist=self.sofia)
        self._book(f"{THURSDAY} 10:00")
        self._enter("closed").action_enter()
        self.assertEqual(self._to_move(), visits)
        self._leaves().unlink()
        self.assertFalse(self._to_move())

    def test_booking_beside_a_blocked_time_stays(self):
        self._book(f"{WEDNESDAY} 09:00")
        visit = self._book(f"{WEDNESDAY} 10:00", self.bea)
        self._enter("blocked", hours=(10, 11)).action_enter()
        self.assertEqual(self._to_move(), visit)

    def test_whoever_comes_in_for_it_moves_nothing(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        self._enter("off").action_enter()
        visit.with_user(self.receptionist).action_keep_time()
        self.assertFalse(self._to_move())
        self._book(f"{WEDNESDAY} 14:00", self.bea)
        self.assertFalse(self._to_move(), "booked although she is off")

    # ------------------------------------------------------------
    # ARCHIVED STYLISTS AND CLIENTS
    # ------------------------------------------------------------

    def _archive(self, record):
        action = record.with_user(self.manager).action_archive()
        self.assertEqual(action["res_model"], "salon.archiving")
        self.assertTrue(record.active)
        asked = self.env["salon.archiving"].with_user(self.manager)
        return asked.with_context(**action["context"]).create({})

    def test_archived_without_a_question(self):
        """Nobody waits: no bookings, past ones, or the system archives."""
        self._book("2026-03-09 10:00", state="done")
        self.assertFalse(self.sofia.with_user(self.manager).action_archive())
        self.assertFalse(self.anna.with_user(self.manager).action_archive())
        self.assertFalse(self.sofia.active or self.anna.active)
        self._book(f"{WEDNESDAY} 10:00", self.bea)
        self.stylist.sudo().action_archive()
        self.assertFalse(self.stylist.active)

    def test_bookings_of_an_archived_stylist_are_handed_over(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        self._book(f"{WEDNESDAY} 11:00", self.bea, stylist=self.sofia)
        archiving = self._archive(self.stylist)
        self.assertEqual(archiving.visit_ids, visit)
        archiving.successor_id = self.sofia
        archiving.action_hand_over()
        self.assertFalse(self.stylist.active)
        self.assertEqual(self._times(visit), [("Sofia", "10:00", "11:00")])

    def test_handed_over_all_or_nothing(self):
        free = self._book(f"{WEDNESDAY} 10:00")
        self._book(f"{THURSDAY} 10:00", self.bea)
        self._book(f"{THURSDAY} 10:00", stylist=self.sofia)
        archiving = self._archive(self.stylist)
        archiving.successor_id = self.sofia
        with self.assertRaises(UserError) as caught:
            archiving.action_hand_over()
        self.assertIn("Bea", str(caught.exception))
        self.assertNotIn("Anna", str(caught.exception))
        self.assertTrue(self.stylist.active)
        self.assertEqual(free.stylist_id, self.stylist)

    def test_bookings_of_an_archived_stylist_stay_in_sight(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        self._archive(self.stylist).action_keep()
        self.assertFalse(self.stylist.active)
        self.assertEqual(self._to_move(), visit)
        column = self._column()
        self.assertTrue(column["is_archived"])
        self.assertEqual([card["id"] for card in column["cards"]], visit.ids)
        self.assertFalse(self._column(day=THURSDAY))

    def test_bookings_of_an_archived_client_free_the_time(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        archiving = self._archive(self.anna)
        self.assertEqual(archiving.visit_ids, visit)
        archiving.action_cancel_bookings()
        self.assertFalse(self.anna.active)
        self.assertEqual((visit.state, visit.cancel_reason), ("cancelled", "client"))
        self.assertFalse(visit.busy_ids)

    def test_bookings_of_an_archived_stylist_are_cancelled_by_the_salon(self):
        visit = self._book(f"{WEDNESDAY} 10:00")
        self._archive(self.stylist).action_cancel_bookings()
        self.assertEqual((visit.state, visit.cancel_reason), ("cancelled", "salon"))
        self.assertFalse(visit.is_late_cancel)
