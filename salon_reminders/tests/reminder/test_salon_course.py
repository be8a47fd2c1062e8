from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ..common import SalonCase


class CourseCase(SalonCase):
    """A laser cycle of 42/49/63 days and a course of three sessions every 42 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.laser = cls._create_cycle("Laser", (42, 49, 63))
        cls.upkeep = cls._create_cycle("Laser upkeep", (90, 180, 270), lead_days=14)
        cls.session = cls._create_service("Laser session", cls.laser)
        cls.course = cls._create_course("Laser, 3 sessions", cls.session)
        cls.anna = cls._create_client("Anna")

    @classmethod
    def _create_course(cls, name, services, **vals):
        return cls._create_product(
            name,
            "fee",
            type="service",
            salon_course_sessions=vals.pop("sessions", 3),
            salon_course_interval_days=vals.pop("interval", 42),
            salon_course_service_ids=services.product_tmpl_id.ids,
            **vals,
        )

    def _sell(self, date, course=None, partner=None, **vals):
        visit = self._create_visit(
            partner or self.anna, date, course or self.course, **vals
        )
        return visit

    def _come(self, *dates, **vals):
        visits = self.env["salon.visit"]
        for date in dates:
            visits |= self._create_visit(self.anna, date, self.session, **vals)
        return visits

    def _get_courses(self, partner=None):
        return (partner or self.anna).salon_course_ids.sorted("id")

    def _get_reminder(self, cycle=None):
        return self.anna.salon_reminder_ids.filtered(
            lambda r: r.cycle_id == (cycle or self.laser)
        )

    def assertCourse(self, course, **values):
        found = {name: course[name] for name in values}
        dates = {n: str(v) for n, v in found.items() if n.endswith("_date") and v}
        self.assertEqual({**found, **dates}, values)


@freeze_time("2026-07-01 09:00:00")
class TestSalonCourse(CourseCase):
    # ------------------------------------------------------------
    # SOLD
    # ------------------------------------------------------------

    def test_sold_by_a_done_visit(self):
        visit = self._sell("2026-06-01", state="booked")
        self.assertFalse(self._get_courses())
        visit.action_done()
        self.assertCourse(
            self._get_courses(),
            state="active",
            start_date="2026-06-01",
            sessions=3,
            sessions_used=0,
            sessions_left=3,
            next_due_date="2026-07-13",
            expiry_date=False,
            book_by_date=False,
            partner_id=self.anna,
            product_id=self.course,
        )

    def test_undone_sale_cancels_and_comes_back(self):
        visit = self._sell("2026-06-01")
        course = self._get_courses()
        self._come("2026-06-02")
        visit.action_cancel()
        self.assertCourse(course, state="cancelled", sessions_used=0, sessions_left=0)
        visit.write({"state": "done"})
        self.assertCourse(course, state="active", sessions_used=1)
        self.assertEqual(self._get_courses(), course)

    def test_deleted_line_cancels(self):
        visit = self._sell("2026-06-01")
        visit.line_ids.unlink()
        self.assertEqual(self._get_courses().state, "cancelled")

    def test_walk_in_has_no_course_until_she_is_known(self):
        visit = self._create_visit(None, "2026-06-01", self.course)
        self.assertFalse(
            self.env["salon.course"].search(
                [("visit_line_id", "in", visit.line_ids.ids)]
            )
        )
        visit.partner_id = self.anna
        self.assertEqual(self._get_courses().state, "active")
        visit.partner_id = False
        self.assertEqual(self._get_courses().state, "cancelled")

    def test_quantity_sells_several(self):
        visit = self._sell("2026-01-01")
        visit.line_ids.quantity = 2
        first, second = self._get_courses()
        self._come("2026-01-01", "2026-02-12", "2026-03-26", "2026-05-07")
        self.assertCourse(first, state="finished", sessions_used=3, sessions_left=0)
        self.assertCourse(second, state="active", sessions_used=1, sessions_left=2)
        visit.line_ids.quantity = 1
        self.assertEqual(second.state, "cancelled")
        self.assertEqual(first.state, "finished")

    def test_quantity_is_whole_and_sane(self):
        visit = self._sell("2026-06-01")
        for quantity in (0.5, 1.5, 1000000):
            with self.assertRaises(ValidationError):
                visit.line_ids.quantity = quantity

    def test_another_course_on_the_same_line(self):
        visit = self._sell("2026-06-01")
        other = self._create_course("Laser, 8 sessions", self.session, sessions=8)
        visit.line_ids.product_id = other
        self.assertCourse(self._get_courses(), product_id=other, sessions=8)

    def test_selling_takes_no_time_and_is_no_session(self):
        visit = self._sell("2026-06-01")
        self.assertEqual(visit.line_ids._get_minutes(), 0)
        self.assertEqual(self._get_reminder().visit_count, 0)

    def test_terms_stay_as_sold(self):
        self._sell("2026-06-01")
        self.course.write(
            {"salon_course_sessions": 6, "salon_course_interval_days": 60}
        )
        self._come("2026-06-02")
        self.assertCourse(self._get_courses(), sessions=3, interval_days=42)

    def test_marked_as_a_course_later(self):
        package = self._create_product("Package", "fee")
        self._sell("2026-06-01", package)
        self._come("2026-06-02")
        package.write(
            {
                "salon_course_sessions": 3,
                "salon_course_interval_days": 42,
                "salon_course_service_ids": self.session.product_tmpl_id.ids,
            }
        )
        self.assertCourse(self._get_courses(), sessions_used=1, sessions_left=2)
        with self.assertRaises(ValidationError):
            package.salon_course_sessions = 0

    # ------------------------------------------------------------
    # USED
    # ------------------------------------------------------------

    def test_used_by_done_visits_only(self):
        sale = self._sell("2026-03-01")
        before = self._come("2026-02-20")
        first = self._come("2026-03-01")
        self._come("2026-04-12", state="booked")
        self._come("2026-04-13", state="no_show")
        self._create_visit(self.anna, "2026-04-14", self.roots_service)
        course = self._get_courses()
        self.assertCourse(
            course,
            sessions_used=1,
            sessions_left=2,
            last_session_date="2026-03-01",
            next_due_date="2026-04-12",
        )
        self.assertEqual(course.session_line_ids, first.line_ids)
        self.assertFalse((before | sale).line_ids.course_id)

    def test_first_session_on_the_visit_of_the_sale(self):
        self._sell("2026-06-01", self.course + self.session)
        self.assertCourse(
            self._get_courses(), sessions_used=1, next_due_date="2026-07-13"
        )

    def test_undone_and_moved_session(self):
        self._sell("2026-03-01")
        visit = self._come("2026-04-12")
        course = self._get_courses()
        visit.start = "2026-04-20 08:00:00"
        self.assertCourse(
            course, last_session_date="2026-04-20", next_due_date="2026-06-01"
        )
        visit.start = "2026-02-20 08:00:00"
        self.assertCourse(course, sessions_used=0, last_session_date=False)
        visit.write({"start": "2026-04-12 08:00:00"})
        self.assertEqual(course.sessions_used, 1)
        visit.action_no_show()
        self.assertCourse(course, sessions_used=0, next_due_date="2026-04-12")
        self.assertFalse(course.session_line_ids)

    def test_session_line_changed(self):
        self._sell("2026-03-01")
        visit = self._come("2026-04-12")
        course = self._get_courses()
        visit.line_ids.quantity = 2
        self.assertEqual(course.sessions_used, 2)
        visit.line_ids.product_id = self.roots_service
        self.assertEqual(course.sessions_used, 0)
        self.assertFalse(visit.line_ids.course_id)

    def test_moved_sale_moves_its_dates(self):
        self.course.salon_course_validity_days = 100
        sale = self._sell("2026-03-01")
        self._come("2026-03-10")
        course = self._get_courses()
        course.expiry_date = "2026-07-09"
        sale.start = "2026-03-11 09:00:00"
        self.assertCourse(
            course,
            start_date="2026-03-11",
            expiry_date="2026-07-19",
            sessions_used=0,
        )

    def test_never_more_than_bought(self):
        self._sell("2026-01-01")
        self._come("2026-01-10", "2026-02-21", "2026-04-04")
        extra = self._come("2026-05-16")
        self.assertCourse(
            self._get_courses(),
            state="finished",
            sessions_used=3,
            sessions_left=0,
            last_session_date="2026-04-04",
            next_due_date=False,
        )
        self.assertFalse(extra.line_ids.course_id)

    def test_two_courses_one_after_another(self):
        self._sell("2026-01-01")
        self._sell("2026-02-01")
        old, new = self._get_courses()
        self._come("2026-02-02", "2026-03-16")
        self.assertCourse(old, sessions_used=2, next_due_date="2026-04-27")
        self.assertCourse(new, sessions_used=0, next_due_date=False)
        self.assertIn("earlier course", new.summary)
        self._come("2026-04-27")
        self.assertEqual(old.state, "finished")
        self.assertCourse(new, sessions_used=0, next_due_date="2026-06-08")
        self._come("2026-06-08")
        self.assertCourse(new, sessions_used=1, next_due_date="2026-07-20")

    def test_several_services_use_one_course(self):
        short = self._create_service("Laser, short", self.laser)
        self.course.salon_course_service_ids += short.product_tmpl_id
        self._sell("2026-01-01")
        self._come("2026-01-10")
        self._create_visit(self.anna, "2026-02-21", short)
        course = self._get_courses()
        self.assertEqual(course.sessions_used, 2)
        self.course.salon_course_service_ids -= short.product_tmpl_id
        self.assertEqual(course.sessions_used, 1)

    def test_a_session_is_paid_for(self):
        self._sell("2026-06-01")
        visit = self._come("2026-07-13", state="booked")
        self.assertEqual(visit.line_ids.amount, 0.0)
        visit.line_ids.quantity = 4
        self.assertEqual(visit.line_ids.amount, 200.0)
        roots = self._create_visit(self.anna, "2026-06-30")
        self.assertEqual(roots.line_ids.amount, 50.0)

    def test_the_session_on_the_form_of_the_sale_is_paid_for(self):
        form = Form(self.env["salon.visit"])
        form.partner_id = self.anna
        for product in self.course + self.session:
            with form.line_ids.new() as line:
                line.product_id = product
        visit = form.save()
        self.assertEqual(visit.line_ids.mapped("amount"), [50.0, 0.0])
        visit.action_done()
        self.assertEqual(self._get_courses().sessions_used, 1)

    def test_what_was_paid_stays(self):
        self._sell("2026-06-01")
        line = {"product_id": self.session.id, "amount": 20.0}
        visit = self._come("2026-06-30", line_ids=[(0, 0, line)])
        self.assertEqual(visit.line_ids.amount, 20.0)

    # ------------------------------------------------------------
    # REFUNDED
    # ------------------------------------------------------------

    def _refund(self, line, date, quantity=-1):
        return self.env["salon.visit"].create(
            {
                "partner_id": self.anna.id,
                "start": f"{date} 09:00:00",
                "state": "done",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": line.product_id.id,
                            "quantity": quantity,
                            "refunded_line_id": line.id,
                        },
                    )
                ],
            }
        )

    def test_refund_keeps_what_was_used(self):
        sale = self._sell("2026-01-01")
        self._come("2026-01-10", "2026-02-21")
        self._refund(sale.line_ids, "2026-03-01")
        later = self._come("2026-04-04")
        self.assertCourse(
            self._get_courses(),
            state="cancelled",
            sessions_used=2,
            sessions_left=0,
            next_due_date=False,
        )
        self.assertFalse(later.line_ids.course_id)
        self.assertFalse(self._get_reminder().course_id)

    def test_refund_of_one_of_two(self):
        sale = self._sell("2026-01-01")
        sale.line_ids.quantity = 2
        self._refund(sale.line_ids, "2026-03-01")
        first, second = self._get_courses()
        self.assertEqual((first.state, second.state), ("active", "cancelled"))

    def test_refunded_session_is_free_again(self):
        self._sell("2026-01-01")
        session = self._come("2026-01-10")
        self._refund(session.line_ids, "2026-01-12")
        self.assertEqual(self._get_courses().sessions_used, 0)

    # ------------------------------------------------------------
    # EXPIRY
    # ------------------------------------------------------------

    def test_the_day_of_expiry_still_counts(self):
        self.course.salon_course_validity_days = 60
        self._sell("2026-05-01")
        self._come("2026-06-30")
        course = self._get_courses()
        self.assertCourse(course, expiry_date="2026-06-30", sessions_used=1)
        self.assertEqual(course.state, "expired")
        self._come("2026-07-01")
        self.assertEqual(course.sessions_used, 1)

    def test_book_by(self):
        self.course.salon_course_validity_days = 120
        self._sell("2026-06-01", self.course + self.session)
        course = self._get_courses()
        # Expires on 29 September: of two left, one must be 42 days before.
        self.assertCourse(
            course,
            expiry_date="2026-09-29",
            book_by_date="2026-08-18",
            next_due_date="2026-07-13",
        )
        self.assertIn("unless the next session is booked by 08/18/2026", course.summary)
        with freeze_time("2026-08-18 09:00:00"):
            course.invalidate_recordset(["summary"])
            self.assertIn("unless", course.summary)
        with freeze_time("2026-08-19 09:00:00"):
            course.invalidate_recordset(["summary"])
            self.assertIn("1 of the 2 sessions left fit", course.summary)

    def test_the_last_session_has_until_the_expiry(self):
        self.course.salon_course_validity_days = 150
        self._sell("2026-03-20")
        self._come("2026-03-20", "2026-05-25")
        course = self._get_courses()
        self.assertCourse(course, book_by_date="2026-08-17", sessions_left=1)
        self.assertIn("last session is booked by 08/17/2026", course.summary)

    def test_a_course_that_never_fits_says_so(self):
        self.course.salon_course_validity_days = 50
        self._sell("2026-06-20")
        self.assertIn("1 of the 3 sessions left fit", self._get_courses().summary)

    def test_the_daily_job_ends_what_expired(self):
        self.course.salon_course_validity_days = 20
        self._sell("2026-06-15", self.course + self.session)
        course, reminder = self._get_courses(), self._get_reminder()
        self.assertEqual((course.state, reminder.course_id), ("active", course))
        with freeze_time("2026-07-05 09:00:00"):
            self._plan_calls()
            self.assertEqual(course.state, "active")
        with freeze_time("2026-07-06 09:00:00"):
            self._plan_calls()
            self.assertEqual(course.state, "expired")
        self.assertFalse(reminder.course_id)
        self.assertEqual(reminder.rhythm_days, 49)
        self.assertIn("with 2 of 3", course.summary)

    def test_manager_extends(self):
        self.course.salon_course_validity_days = 20
        self._sell("2026-06-01")
        course = self._get_courses()
        self.assertEqual(course.state, "expired")
        course.with_user(self.manager).expiry_date = "2026-09-01"
        self.assertEqual(course.state, "active")
        self._come("2026-06-30")
        self.assertCourse(course, sessions_used=1, expiry_date="2026-09-01")

    # ------------------------------------------------------------
    # OTHER COMPANIES, OTHER CLIENTS, OTHER PEOPLE
    # ------------------------------------------------------------

    def test_sessions_of_another_salon_do_not_count(self):
        other = self._create_company("Second salon")
        self._sell("2026-01-01")
        self._come("2026-01-10", company_id=other.id, stylist_id=False)
        course = self._get_courses()
        self.assertEqual(course.sessions_used, 0)
        self.manager.company_ids |= other
        found = self.env["salon.course"].with_user(self.manager)
        self.assertIn(course, found.search([]))
        self.assertNotIn(
            course, found.with_context(allowed_company_ids=other.ids).search([])
        )

    def test_a_sale_that_moves_to_another_salon(self):
        other = self._create_company("Second salon")
        visit = self._sell("2026-01-01", stylist_id=False)
        visit.company_id = other
        self.assertCourse(self._get_courses(), company_id=other, state="active")

    def test_merged_clients(self):
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._sell("2026-01-01")
        self._create_visit(twin, "2026-02-01", self.session)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | twin).ids, twin)
        course = self._get_courses(twin)
        self.assertCourse(course, sessions_used=1, partner_id=twin)

    def test_corrected_client(self):
        bea = self._create_client("Bea", "+36 30 123 4569")
        visit = self._sell("2026-01-01")
        session = self._come("2026-02-01")
        course = self._get_courses()
        visit.partner_id = bea
        self.assertCourse(course, partner_id=bea, sessions_used=0, state="active")
        self.assertFalse(self._get_courses(self.anna))
        self.assertFalse(session.line_ids.course_id)
        session.partner_id = bea
        self.assertEqual(course.sessions_used, 1)

    @users("t_vera", "t_recep")
    def test_staff_read_only(self):
        self.company.salon_stylist_days = 366
        self._sell("2026-01-01")
        course = self._get_courses()[:1].with_user(self.env.user)
        self.assertTrue(course.summary)
        for vals in ({"sessions": 9}, {"state": "finished"}):
            with self.assertRaises(AccessError):
                course.write(vals)

    def test_stylists_see_their_clients_courses(self):
        self.company.salon_stylist_days = 366
        other = self._create_stylist("Zora")
        bea = self._create_client("Bea", "+36 30 123 4569")
        self._sell("2026-01-01")
        self._sell("2026-01-01", partner=bea, stylist_id=other.id)
        courses = self.env["salon.course"].with_user(self.stylist_user).search([])
        self.assertEqual(courses.partner_id, self.anna)

    @users("t_vera")
    def test_stylist_closes_a_session(self):
        self._sell("2026-01-01")
        visit = self._come("2026-06-30", state="booked")
        visit.with_user(self.env.user).action_done()
        self.assertEqual(self._get_courses().sessions_used, 1)

    # ------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------

    def test_a_course_needs_services(self):
        with self.assertRaises(ValidationError):
            self._create_course("Nothing", self.env["product.product"])
        with self.assertRaises(ValidationError):
            self._create_course("Of courses", self.course)

    def test_a_course_is_no_retail_and_renews_nothing(self):
        with self.assertRaises(ValidationError):
            self.course.salon_kind = "retail"
        with self.assertRaises(ValidationError):
            self.course.write(
                {"salon_kind": "service", "salon_cycle_ids": self.laser.ids}
            )
        self.course.salon_kind = "service"
        with self.assertRaises(ValidationError):
            self.laser.product_tmpl_ids += self.course.product_tmpl_id

    def test_never_faster_than_earliest(self):
        with self.assertRaises(ValidationError):
            self._create_course("Fast", self.session, interval=41)

    @mute_logger("odoo.sql_db")
    def test_terms_are_positive(self):
        service = self._create_service("Blow-dry", self.env["salon.cycle"])
        blow_dry = self._create_course("Blow-dry 5+1", service, sessions=6, interval=7)
        for vals in (
            {"salon_course_sessions": -1},
            {"salon_course_validity_days": -1},
            {"salon_course_interval_days": 0},
        ):
            with self.assertRaises(IntegrityError):
                blow_dry.write(vals)
                self.env.flush_all()

    # ------------------------------------------------------------
    # SCALE
    # ------------------------------------------------------------

    def test_constant_number_of_queries(self):
        engine = self.env["salon.reminder.engine"]
        clients = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(30)]
        )
        for partner in clients:
            self._sell("2026-01-01", self.course + self.session, partner)
        counts = []
        for partners in (clients[:2], clients):
            engine._refresh(partners=partners)
            before = self.env.cr.sql_log_count
            engine._refresh(partners=partners)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_rebuild_changes_nothing(self):
        self.course.salon_course_validity_days = 300
        self._sell("2026-01-01")
        self._sell("2026-02-01")
        self._come("2026-01-10", "2026-02-21", "2026-04-04", "2026-05-16")
        courses = self._get_courses()
        before = courses.read()
        self.env["salon.reminder.engine"]._refresh()
        self.assertEqual(courses.read(), before)


class TestCourseReminder(CourseCase):
    """A course in progress sets when its client is due."""

    def _on(self, day):
        with freeze_time(f"{day} 09:00:00"):
            self.env["salon.reminder.engine"]._move_on(self.company)

    @freeze_time("2026-03-01 09:00:00")
    def test_the_interval_replaces_the_own_rhythm(self):
        self._come("2025-06-01", "2025-08-20", "2025-11-08", "2026-01-27")
        own = self._get_reminder()
        self.assertNotEqual(own.rhythm_days, 42)
        self.assertTrue(own.gap_count)
        self._sell("2026-02-10")
        self.assertEqual(own.course_id, self._get_courses())
        self.assertEqual((own.rhythm_days, own.gap_count), (42, 0))
        # The visit before the sale lies less than an interval back.
        self.assertEqual(str(own.due_date), "2026-03-10")
        self._come("2026-02-11")
        self.assertEqual(str(own.due_date), "2026-03-25")
        self.assertEqual(own.due_date, self._get_courses().next_due_date)

    @freeze_time("2026-03-01 09:00:00")
    def test_bought_but_never_begun(self):
        self._sell("2026-03-01")
        reminder = self._get_reminder()
        self.assertFalse(reminder.last_date)
        self.assertEqual(str(reminder.due_date), "2026-04-12")
        self.assertEqual(reminder.state, "scheduled")
        states = {"2026-04-05": "due", "2026-05-03": "late", "2026-06-07": "lapsed"}
        for day, state in states.items():
            self._on(day)
            self.assertEqual(reminder.state, state, day)

    @freeze_time("2026-04-06 09:00:00")
    def test_a_cancelled_sale_leaves_no_reminder(self):
        visit = self._sell("2026-03-01")
        self.assertEqual(self._get_reminder().state, "due")
        visit.action_cancel()
        self.assertEqual(self._get_reminder().state, "idle")
        self.assertFalse(self._get_reminder().course_id)

    @freeze_time("2026-04-06 09:00:00")
    def test_earliest_stays_the_limit(self):
        self._sell("2026-03-01", self.course + self.session)
        self.laser.write(
            {"earliest_days": 49, "ideal_days": 56, "late_days": 70, "lapse_days": 120}
        )
        reminder = self._get_reminder()
        self.assertEqual(reminder.due_date, reminder.earliest_date)
        self.assertEqual(str(reminder.call_date), "2026-04-19")

    @freeze_time("2026-04-06 09:00:00")
    def test_buying_a_course_forgets_a_skip(self):
        self._come("2026-02-20")
        reminder = self._get_reminder()
        reminder.skip_until = "2026-12-31"
        self._sell("2026-03-01")
        self.assertFalse(reminder.skip_until)

    @freeze_time("2026-07-01 09:00:00")
    def test_maintenance_takes_over(self):
        self.course.salon_course_maintenance_id = self.upkeep
        self._sell("2026-01-01")
        self._come("2026-01-01", "2026-02-12")
        self.assertFalse(self._get_reminder(self.upkeep))
        last = self._come("2026-03-26")
        self.assertEqual(self._get_reminder().state, "idle")
        self.assertFalse(self._get_reminder().due_date)
        upkeep = self._get_reminder(self.upkeep)
        self.assertEqual(str(upkeep.last_date), "2026-03-26")
        self.assertEqual(str(upkeep.due_date), "2026-09-22")
        self.assertIn("Then: Laser upkeep", self._get_courses().summary)
        last.action_no_show()
        self.assertEqual(upkeep.state, "idle")
        self.assertEqual(str(self._get_reminder().due_date), "2026-03-26")

    @freeze_time("2026-07-01 09:00:00")
    def test_coming_again_brings_the_own_cycle_back(self):
        self.course.salon_course_maintenance_id = self.upkeep
        self._sell("2026-01-01")
        self._come("2026-01-01", "2026-02-12", "2026-03-26", "2026-06-01")
        # 49 days on, moved to her Thursday.
        self.assertEqual(str(self._get_reminder().due_date), "2026-07-23")

    @freeze_time("2026-07-01 09:00:00")
    def test_a_new_course_after_maintenance_took_over(self):
        self.course.salon_course_maintenance_id = self.upkeep
        self._sell("2026-01-01")
        self._come("2026-01-01", "2026-02-12", "2026-03-26")
        self._sell("2026-06-15")
        reminder = self._get_reminder()
        self.assertEqual(reminder.course_id, self._get_courses()[1])
        self.assertEqual(str(reminder.due_date), "2026-07-27")

    @freeze_time("2026-07-01 09:00:00")
    def test_without_maintenance_the_ordinary_rhythm_goes_on(self):
        self._sell("2026-01-01")
        self._come("2026-01-01", "2026-02-12", "2026-03-26")
        reminder = self._get_reminder()
        # The gaps of the course are the salon's, not a habit of hers.
        self.assertEqual((reminder.rhythm_days, reminder.gap_count), (49, 0))
        self.assertEqual(str(reminder.due_date), "2026-05-14")

    @freeze_time("2026-07-01 09:00:00")
    def test_the_same_cycle_as_maintenance(self):
        self.course.salon_course_maintenance_id = self.laser
        self._sell("2026-01-01")
        self._come("2026-01-01", "2026-02-12", "2026-03-26")
        self.assertEqual(str(self._get_reminder().due_date), "2026-05-14")

    @freeze_time("2026-04-06 09:00:00")
    def test_a_booking_covers_the_course(self):
        self._sell("2026-03-01")
        booking = self._come("2026-04-20", state="booked")
        self.assertEqual(self._get_reminder().state, "booked")
        booking.action_cancel()
        self.assertEqual(self._get_reminder().state, "due")

    @freeze_time("2026-04-06 09:00:00")
    def test_the_call_says_which_session(self):
        self.course.salon_course_validity_days = 120
        self._sell("2026-02-20", self.course + self.session)
        call = self._plan_calls()
        self.assertIn("Laser: session 2 of 3, 42 days after", call.explanation)
        self.assertIn("unless the next session is booked by", call.explanation)
        self.assertIn("course", call.reminder_ids.basis)

    @freeze_time("2026-04-06 09:00:00")
    def test_the_call_for_the_first_session(self):
        self._sell("2026-03-01")
        call = self._plan_calls()
        self.assertIn("the first of 3 sessions", call.explanation)
        self._come("2026-04-06")
        self.assertEqual(call.close_reason, "settled")
