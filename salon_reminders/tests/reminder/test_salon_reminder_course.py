from odoo.tests import freeze_time

from .test_salon_course import CourseCase


@freeze_time("2026-07-01 09:00:00")
class TestSalonReminderCourse(CourseCase):
    """A course whose sessions renew no cycle is a reason to call of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dry = cls._create_service("Blow-dry", cls.env["salon.cycle"])
        cls.bundle = cls._create_course(
            "Blow-dry 5+1", cls.dry, sessions=6, interval=14
        )

    def _dry(self, *dates, **vals):
        visits = self.env["salon.visit"]
        for date in dates:
            visits |= self._create_visit(self.anna, date, self.dry, **vals)
        return visits

    def _get_own(self):
        return self.anna.salon_reminder_ids.filtered(lambda r: not r.cycle_id)

    def assertReminder(self, **values):
        reminder = self._get_own()
        found = {name: reminder[name] for name in values}
        dates = {n: str(v) for n, v in found.items() if n.endswith("_date") and v}
        self.assertEqual({**found, **dates}, values)

    def test_due_an_interval_after_the_last_session(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        self._dry("2026-06-15")
        self.assertReminder(
            course_id=self._get_courses(),
            need="Blow-dry 5+1",
            state="due",
            last_date="2026-06-15",
            visit_count=2,
            rhythm_days=14,
            earliest_date="2026-06-15",
            due_date="2026-06-29",
            call_date="2026-06-22",
            late_date="2026-07-06",
            lapse_date=False,
        )

    def test_due_after_the_sale_when_never_begun(self):
        self._sell("2026-06-25", self.bundle)
        self.assertReminder(state="scheduled", last_date=False, due_date="2026-07-09")

    def test_due_at_the_latest_when_it_expires(self):
        self.bundle.salon_course_validity_days = 20
        self._sell("2026-06-15", self.bundle + self.dry)
        self._dry("2026-06-28")
        # An interval would end on 12 July, the course on 5 July.
        self.assertReminder(state="due", due_date="2026-07-05", call_date="2026-06-28")

    def test_short_interval_is_not_called_on_the_day_of_the_session(self):
        bundle = self._create_course("Wash daily", self.dry, interval=3)
        self._sell("2026-06-30", bundle + self.dry)
        self.assertReminder(call_date="2026-07-01", due_date="2026-07-03")

    def test_over_with_the_last_session(self):
        self._sell("2026-05-01", self.bundle + self.dry)
        self._dry("2026-05-10", "2026-05-20", "2026-05-30", "2026-06-15")
        self.assertReminder(state="due")
        last = self._dry("2026-06-20")
        self.assertReminder(state="idle", due_date=False)
        last.action_cancel()
        self.assertReminder(state="due")

    def test_over_with_the_expiry(self):
        self.bundle.salon_course_validity_days = 20
        self._sell("2026-06-15", self.bundle + self.dry)
        self.assertEqual(self._plan_calls().kind, "course")
        with freeze_time("2026-07-06 09:00:00"):
            self.env["salon.reminder.engine"]._move_on(self.company)
        self.assertReminder(state="idle")

    def test_never_lapsed(self):
        with freeze_time("2024-01-01 09:00:00"):
            self._sell("2024-01-01", self.bundle + self.dry)
        self.env["salon.reminder.engine"]._move_on(self.company)
        self.assertReminder(state="late")

    def test_never_given_up(self):
        with freeze_time("2024-01-01 09:00:00"):
            self._sell("2024-01-01", self.bundle + self.dry)
        reminder = self._get_own()
        self.assertGreater(reminder.gone_probability, 0.9)
        self.assertIn("expected around", reminder.forecast)

    def test_booking_covers_it(self):
        self._sell("2026-06-15", self.bundle + self.dry)
        self._create_visit(self.anna, "2026-07-08", self.session, state="booked")
        self.assertReminder(state="due", booked_date=False)
        booking = self._dry("2026-07-09", state="booked")
        self.assertReminder(state="booked", booked_date="2026-07-09")
        booking.action_cancel()
        self.assertReminder(state="due")
        empty = self._create_visit(
            self.anna, "2026-07-10", self.env["product.product"], state="booked"
        )
        self.assertReminder(state="booked")
        empty.action_cancel()

    def test_confirmed_and_arrived_bookings_cover_it(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        booking = self._dry("2026-07-01", state="booked")
        for action in (booking.action_confirm, booking.action_arrive):
            action()
            self.assertReminder(state="booked", booked_date="2026-07-01")
            self.assertFalse(self._plan_calls())
        booking.action_no_show()
        self.assertReminder(state="late", booked_date=False)

    def test_the_card_names_it(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        card = self.env["salon.client.card"].with_user(self.receptionist)
        [due] = card._get(self.anna.with_user(self.receptionist))["due"]
        self.assertEqual(due["name"], "Blow-dry 5+1")

    def test_call(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        call = self._plan_calls()
        self.assertEqual((call.kind, call.partner_id), ("course", self.anna))
        self.assertEqual(call.reminder_ids, self._get_own())
        self.assertEqual(call.display_name, "Anna: Blow-dry 5+1")
        self.assertIn("Blow-dry 5+1: session 2 of 6", call.explanation)
        self.assertIn("next session of your Blow-dry 5+1", call.script)
        self.assertEqual(call._get_last_services(), self.dry)
        self.assertFalse(self._plan_calls() - call)

    def test_gate_holds_it_back(self):
        self.anna.action_salon_consent_withdraw()
        self._sell("2026-06-01", self.bundle + self.dry)
        self.assertFalse(self._plan_calls())
        self.assertReminder(hold="consent")
        self.assertIn("not agreed", self.anna.salon_call_status)

    def test_one_call_with_her_other_needs(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        self._create_visit(self.anna, "2026-05-20")
        call = self._plan_calls()
        self.assertEqual(call.kind, "reminder")
        self.assertEqual(
            sorted(call.reminder_ids.mapped("need")), ["Blow-dry 5+1", "Roots"]
        )

    def test_explained_while_not_due(self):
        self._sell("2026-06-30", self.bundle + self.dry)
        self.assertIn(
            "Blow-dry 5+1: not due yet, the call comes on 07/07/2026",
            self.anna.salon_call_status,
        )

    def test_declined_skips_one_interval_and_a_session_forgets_it(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        outcome = self.env["salon.call.outcome"]._get_default("declined")
        self._plan_calls()._log_attempt(outcome)
        self.assertEqual(str(self._get_own().skip_until), "2026-07-15")
        self._dry("2026-07-01")
        self.assertFalse(self._get_own().skip_until)

    def test_a_cycle_for_its_service_takes_over(self):
        self._sell("2026-06-15", self.bundle + self.dry)
        styling = self._create_cycle("Styling", (7, 14, 21), lead_days=3)
        self.dry.salon_cycle_ids = styling
        self.assertReminder(state="idle")
        self.assertEqual(self._get_reminder(styling).course_id, self._get_courses())
        styling.action_archive()
        self.assertReminder(state="due")

    def test_merged_clients_keep_both(self):
        bea = self._create_client("Bea", phone=False, consent=False)
        self._sell("2026-06-15", self.bundle + self.dry)
        self._sell("2026-06-15", self.bundle, partner=bea)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | bea).ids, self.anna)
        # The second waits until the first is used up.
        self.assertEqual(sorted(self._get_own().mapped("state")), ["due", "idle"])

    def test_rebuild_changes_nothing(self):
        self._sell("2026-06-01", self.bundle + self.dry)
        before = self._get_own().read(["state", "due_date", "write_date"])
        self.env["salon.reminder.engine"]._refresh()
        self.assertEqual(
            self._get_own().read(["state", "due_date", "write_date"]), before
        )

    def test_in_the_forecast(self):
        self._sell("2026-06-30", self.bundle + self.dry)
        days = self.env["salon.call.forecast"]._get_forecast()
        self.assertEqual([number for number, day in enumerate(days) if day.calls], [6])
