from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time

from ...models.book.salon_slot_finder import STEP
from .test_salon_book import BookCase


@freeze_time("2026-03-10 07:00:00")
class TestSalonBoard(BookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.env["salon.day.board"].with_user(cls.receptionist)

    def _columns(self, day="2026-03-11", user=None):
        data = self.board.with_user(user or self.receptionist).get_day(day)
        return {column["name"]: column for column in data["columns"]}

    def test_day(self):
        self._book("2026-03-11 09:00")
        vera = self._columns()["Vera"]
        self.assertEqual(vera["work"], [[480, 720], [780, 1020]])
        self.assertEqual(vera["free"], [[480, 540], [600, 720], [780, 1020]])
        (card,) = vera["cards"]
        self.assertEqual((card["from"], card["to"]), (540, 600))
        self.assertEqual((card["client"], card["state"]), ("Anna", "booked"))

    def test_only_what_lies_ahead_can_be_taken_along(self):
        self._book("2026-03-10 09:00", state="arrived")
        self._book("2026-03-09 09:00", state="done")
        for day, is_movable in (("2026-03-10", True), ("2026-03-09", False)):
            (card,) = self._columns(day)["Vera"]["cards"]
            self.assertIs(card["is_movable"], is_movable)

    def test_board_and_proposals_have_the_same_steps(self):
        step = self.board.get_day("2026-03-11")["step"]
        self.assertEqual(timedelta(minutes=step), STEP)

    def test_day_of_the_clock_change(self):
        self.stylist.calendar_id.attendance_ids[0].copy({"dayofweek": "6"})
        vera = self._columns("2026-03-29")["Vera"]
        self.assertEqual(vera["work"], [[480, 720]])

    def test_move(self):
        visit = self._book("2026-03-11 09:00")
        args = (visit.id, "2026-03-11", 600, self.stylist.id, self.sofia.id)
        self.assertNotIn("question", self.board.move_visit(*args))
        self.assertEqual(self._times(visit), [("Sofia", "10:00", "11:00")])
        self.assertEqual(visit.line_ids.stylist_id, self.sofia)

    def test_move_into_a_taken_time(self):
        self._book("2026-03-11 10:00", self.bea)
        visit = self._book("2026-03-11 09:00")
        with self.assertRaises(UserError):
            self.board.move_visit(
                *(visit.id, "2026-03-11", 570, self.stylist.id, self.stylist.id)
            )

    def test_move_outside_hours_asks(self):
        visit = self._book("2026-03-11 09:00")
        args = (visit.id, "2026-03-11", 1080, self.stylist.id, self.stylist.id)
        answer = self.board.move_visit(*args)
        self.assertIn("Book anyway?", answer["question"])
        self.assertEqual(self._times(visit), [("Vera", "09:00", "10:00")])
        self.board.move_visit(*args, confirmed=True)
        self.assertEqual(self._times(visit), [("Vera", "18:00", "19:00")])
        self.assertTrue(visit.outside_hours)

    def test_move_one_part_of_a_visit(self):
        nails = self._create_service("Nails", self.roots, salon_duration=30)
        lucy = self._create_stylist("Lucy")
        visit = self._book("2026-03-11 09:00", services=self.roots_service + nails)
        visit.line_ids[1].stylist_id = self.sofia
        self.board.move_visit(visit.id, "2026-03-11", 660, self.sofia.id, lucy.id)
        self.assertEqual(
            self._times(visit), [("Vera", "10:00", "11:00"), ("Lucy", "11:00", "11:30")]
        )

    def test_move_is_undone(self):
        nails = self._create_service("Nails", self.roots, salon_duration=30)
        visit = self._book("2026-03-11 09:00", services=self.roots_service + nails)
        visit.line_ids[1].stylist_id = self.sofia
        before = self._times(visit)
        # Both parts are one now; each goes back to whose it was.
        answer = self.board.move_visit(
            visit.id, "2026-03-11", 840, self.sofia.id, self.stylist.id
        )
        self.assertEqual(self._times(visit), [("Vera", "13:00", "14:30")])
        visit.with_user(self.receptionist).write(answer["undo"])
        self.assertEqual(self._times(visit), before)

    def test_moved_to_somebody_who_does_not_do_it_is_asked(self):
        visit = self._book("2026-03-11 09:00")
        self.sofia.salon_service_ids = self._create_service(
            "Nails", self.roots
        ).product_tmpl_id
        args = (visit.id, "2026-03-11", 600, self.stylist.id, self.sofia.id)
        answer = self.board.move_visit(*args)
        self.assertIn("Sofia does not do Root touch-up.", answer["question"])
        self.assertEqual(visit.stylist_id, self.stylist)
        self.board.move_visit(*args, confirmed=True)
        self.assertEqual(visit.stylist_id, self.sofia)
        # Moved in time only, it was confirmed.
        args = (visit.id, "2026-03-11", 660, self.sofia.id, self.sofia.id)
        self.assertNotIn("question", self.board.move_visit(*args))

    def test_one_client_at_one_time_with_two_stylists_is_asked_about(self):
        self._book("2026-03-11 09:00", stylist=self.sofia)
        visit = self._book("2026-03-11 14:00")
        args = (visit.id, "2026-03-11", 570, self.stylist.id, self.stylist.id)
        answer = self.board.move_visit(*args)
        self.assertIn("Anna has another visit then", answer["question"])
        self.assertIn("Sofia", answer["question"])
        visit.partner_id = self.bea
        self.assertNotIn("question", self.board.move_visit(*args))

    def _ask_form(self, partner, service, stylist):
        """Ask as the form does before it books at nine on Wednesday."""
        times = ("2026-03-11 08:00:00", "2026-03-11 09:00:00")
        part = {
            "product_id": service.id,
            "stylist_id": stylist.id,
            "start": times[0],
            "stop": times[1],
        }
        visits = self.env["salon.visit"].with_user(self.receptionist)
        return visits.get_booking_question(
            False, *times, stylist.id, [part], "booked", partner.id
        )

    def test_form_asks_who_does_what_and_for_whom(self):
        self.assertFalse(self._ask_form(self.anna, self.roots_service, self.stylist))
        nails = self._create_service("Nails", self.roots)
        self.stylist.salon_service_ids = self.roots_service.product_tmpl_id
        question = self._ask_form(self.anna, nails, self.stylist)
        self.assertIn("Vera does not do Nails.", question)
        self._book("2026-03-11 09:30", stylist=self.sofia)
        question = self._ask_form(self.anna, self.roots_service, self.stylist)
        self.assertIn("Anna has another visit then", question)
        self.assertFalse(self._ask_form(self.bea, self.roots_service, self.stylist))

    def test_walk_in_goes_to_the_first_free_who_does_it(self):
        """Sofia does no roots, Vera is busy until ten, Zora is free at once."""
        zora = self._create_stylist("Zora")
        zora.tz = "Europe/Budapest"
        nails = self._create_service("Nails", self.roots)
        self.sofia.salon_service_ids = nails.product_tmpl_id
        self._book("2026-03-10 09:00", self.bea)
        others = self.env["salon.slot.finder"]._get_stylists(self.company)
        (others - self.stylist - self.sofia - zora).active = False
        visits = self.env["salon.visit"].with_user(self.receptionist)
        form = Form(
            visits.with_context(
                default_start="2026-03-10 08:00:00",
                default_stylist_id=self.sofia.id,
                default_state="arrived",
                default_is_walk_in=True,
                salon_first_free=True,
            )
        )
        with form.line_ids.new() as line:
            line.product_id = self.roots_service
        self.assertEqual(form.stylist_id, zora)
        visit = form.save()
        self.assertEqual(self._times(visit), [("Zora", "09:00", "10:00")])

    def test_overlaps_lie_side_by_side(self):
        self._book("2026-03-11 09:00")
        self._book("2026-03-11 09:30", self.bea, is_overlap=True)
        cards = self._columns()["Vera"]["cards"]
        self.assertEqual([card["lane"] for card in cards], [0, 1])
        self.assertEqual([card["lanes"] for card in cards], [2, 2])

    def test_a_stylist_sees_colleagues_as_taken(self):
        self._book("2026-03-11 09:00", stylist=self.sofia)
        columns = self._columns(user=self.stylist_user)
        self.assertFalse(columns["Sofia"]["cards"])
        self.assertEqual(columns["Sofia"]["taken"], [[540, 600]])

    def test_question_of_the_form(self):
        visits = self.env["salon.visit"].with_user(self.receptionist)
        args = ("2026-03-11 08:00:00", "2026-03-11 09:00:00", self.stylist.id)
        self.assertFalse(visits.get_booking_question(False, *args))
        args = ("2026-03-14 08:00:00", False, self.stylist.id)
        question = visits.get_booking_question(False, *args)
        self.assertIn("Vera does not work on Sat 14 Mar", question)
        # What has been is written down as it was.
        self.assertFalse(visits.get_booking_question(False, *args, state="done"))
        self.assertTrue(visits.get_booking_question(False, *args, state="confirmed"))
        with self.assertRaises(UserError):
            visits.get_booking_question(False, *args, state=["done"])

    def test_off_hours(self):
        times = self.env["salon.visit"].get_off_hours(
            "2026-03-11 00:00:00", "2026-03-12 00:00:00", [self.stylist.id]
        )
        hours = [(self._hour(start), self._hour(stop)) for start, stop in times]
        self.assertEqual(
            hours, [("01:00", "08:00"), ("12:00", "13:00"), ("17:00", "01:00")]
        )


@freeze_time("2026-03-10 07:00:00")
class TestSalonLoad(BookCase):
    def test_heat_and_outlook(self):
        self.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "!=", self.stylist.id)]
        ).action_archive()
        self.stylist.salon_zone_ids = self.zone
        self.roots_service.salon_zone_id = self.zone
        self._book("2026-03-04 09:00", state="done")
        self._book("2026-03-11 09:00", self.bea)
        load = self.env["salon.load"].with_user(self.receptionist)
        back, ahead = load.get_load(-4), load.get_load(4)
        nine = next(row for row in back["rows"] if row["hour"] == 9)
        self.assertEqual(back["weekdays"][2], "Wed")
        self.assertEqual(
            {k: nine["cells"][2][k] for k in ("offered", "done", "booked", "empty")},
            {"offered": 4.0, "done": 1.0, "booked": 0.0, "empty": 3.0},
        )
        (row,) = back["stylist_rows"]
        self.assertEqual(row["label"], "Vera")
        # Four Wednesdays of eight hours, one of them done.
        self.assertEqual(row["cells"][2]["offered"], 32.0)
        self.assertEqual(row["cells"][2]["done"], 1.0)
        self.assertEqual(row["cells"][5]["offered"], 0.0)
        self.assertEqual((ahead["total"]["booked"], ahead["total"]["done"]), (1, 0))
        row = next(row for row in ahead["outlook"] if row["id"] == self.zone.id)
        # 40 hours a week, of an hour each; Anna comes due in the fifth week.
        self.assertEqual([cell["places"] for cell in row["cells"]][:2], [31, 40])
        self.assertEqual([cell["due"] for cell in row["cells"]][3:6], [0, 1, 0])
        self.assertIn("free places for all", load.get_load()["sentences"][0])

    def test_hours_outside_of_working_hours_are_overtime(self):
        load = self.env["salon.load"].with_user(self.receptionist)
        before = load.get_load(4)
        # Half an hour of the first lies before the stylist comes; Saturday is free.
        self._book("2026-03-11 07:30")
        self._book("2026-03-14 10:00", self.bea)
        self._book("2026-03-07 10:00", self.bea, state="done")
        total = load.get_load(4)["total"]
        names = ("offered", "booked", "done", "overtime", "empty")
        self.assertEqual(
            [round(total[name] - before["total"][name], 1) for name in names],
            [0, 0.5, 0, 1.5, -0.5],
        )
        made = load.get_load(-4)["total"]
        self.assertEqual((made["done"], made["overtime"]), (0, 1))

    def test_usual_weeks_when_none_are_asked_for(self):
        load = self.env["salon.load"].with_user(self.receptionist)
        usual = load.get_load(False)["weeks"]
        self.assertEqual(usual, load.get_load()["weeks"])
        self.assertIn(usual, load.get_load(99)["periods"])

    def test_short_weeks_are_told(self):
        self.stylist.salon_zone_ids = self.zone
        (self.stylist + self.sofia).action_archive()
        self._book("2026-02-05 09:00", state="done")
        sentences = self.env["salon.load"].get_load()["sentences"]
        self.assertIn(
            "Colour: 1 due in the week of March 9, 0 places: start calling today.",
            " ".join(sentences).replace("9 March", "March 9"),
        )
