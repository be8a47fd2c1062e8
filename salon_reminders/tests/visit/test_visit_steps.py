from odoo.tests import Form, freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestVisitSteps(SalonCase):
    """Steps that may be a slip of the finger are asked about; all can be undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.company.salon_late_cancel_hours = 24

    def _book(self, start):
        visit = self._create_visit(
            self.anna, "2026-03-10", state="booked", start=f"2026-03-10 {start}:00"
        )
        return visit.with_user(self.receptionist)

    def _confirm(self, question, reason=False):
        """Answer what is asked, as the form does."""
        steps = self.env[question["res_model"]].with_user(self.receptionist)
        form = Form(steps.with_context(**question["context"]))
        if reason:
            form.reason = reason
        step = form.save()
        step.action_go_on()
        return step

    def test_hours_before_the_visit_it_is_asked(self):
        for name, state in (
            ("action_ask_arrive", "arrived"),
            ("action_ask_done", "done"),
            ("action_ask_no_show", "no_show"),
        ):
            with self.subTest(state=state):
                visit = self._book("10:01")
                question = getattr(visit, name)()
                self.assertEqual(visit.state, "booked")
                step = self._confirm(question)
                self.assertIn("on Tue 10 Mar, 11:01", step.question)
                self.assertEqual(visit.state, state)

    def test_at_the_time_of_the_visit_nothing_is_asked(self):
        for name, state in (
            ("action_ask_arrive", "arrived"),
            ("action_ask_done", "done"),
            ("action_ask_no_show", "no_show"),
        ):
            with self.subTest(state=state):
                visit = self._book("10:00")
                self.assertFalse(getattr(visit, name)())
                self.assertEqual(visit.state, state)

    def test_a_no_show_is_taken_back(self):
        visit = self._book("08:00")
        visit.action_ask_no_show()
        visit.action_book()
        self.assertEqual((visit.state, visit.missed_at), ("booked", False))

    def test_who_cancels_is_asked_and_only_a_client_is_late(self):
        for reason, is_late in (("client", True), ("illness", False), ("salon", False)):
            with self.subTest(reason=reason):
                visit = self._book("15:00")
                step = self._confirm(visit.action_ask_cancel(), reason)
                self.assertEqual(bool(step.late_text), is_late)
                self.assertEqual(
                    (visit.state, visit.cancel_reason, visit.is_late_cancel),
                    ("cancelled", reason, is_late),
                )
                row = self.env["salon.booking.report"].search(
                    [("visit_id", "=", visit.id)]
                )
                self.assertEqual(row.cancel_reason, reason)
                visit.action_book()
                self.assertFalse(visit.cancel_reason or visit.is_late_cancel)

    def test_cancelling_needs_an_answer(self):
        visit = self._book("15:00")
        with self.assertRaisesRegex(AssertionError, "reason is a required field"):
            self._confirm(visit.action_ask_cancel())
        self.assertEqual(visit.state, "booked")

    def test_a_day_before_nobody_is_late(self):
        visit = self._create_visit(self.anna, "2026-03-12", state="booked")
        step = self._confirm(
            visit.with_user(self.receptionist).action_ask_cancel(), "client"
        )
        self.assertFalse(step.late_text or visit.is_late_cancel)

    def test_what_must_be_known_shows_in_every_open_state(self):
        self._answer_health()
        self.anna.salon_contraindications = "Allergic to PPD"
        visit = self._book("10:00")
        board = self.env["salon.day.board"].with_user(self.receptionist)
        for step in (visit.browse, visit.action_confirm, visit.action_arrive):
            step()
            cards = [c for col in board.get_day()["columns"] for c in col["cards"]]
            self.assertEqual([card["warning"] for card in cards], ["Allergic to PPD"])
        visit.action_done()
        cards = [c for col in board.get_day()["columns"] for c in col["cards"]]
        self.assertEqual([card["warning"] for card in cards], [""])

    def _answer_health(self):
        self.anna.with_user(self.receptionist).action_salon_health_agree()
