from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonVisitRating(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.visit = cls._create_visit(cls.anna, "2026-03-01")

    @users("t_recep", "t_salon_boss")
    def test_the_desk_rates(self):
        visit = self.visit.with_user(self.env.user)
        with Form(visit) as form:
            form.rating = "4"
            form.rating_comment = "Friendly"
        self.assertEqual((visit.rating, visit.rating_comment), ("4", "Friendly"))

    @users("t_vera")
    def test_stylist_neither_gives_nor_sees_it(self):
        self.visit.rating = "2"
        visit = self.visit.with_user(self.env.user)
        for attempt in (
            lambda: visit.write({"rating": "5"}),
            lambda: visit.write({"rating_comment": "Great"}),
            lambda: visit.read(["rating"]),
            lambda: visit.search([("rating", "=", "2")]),
            lambda: visit.formatted_read_group([], ["rating"], ["__count"]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertNotIn("rating", visit.fields_get())
        self.assertEqual(self.visit.rating, "2")

    def test_only_what_is_done_is_rated(self):
        booked = self._create_visit(self.anna, "2026-03-20", state="booked")
        with self.assertRaises(ValidationError):
            booked.rating = "5"

    def test_reopened_visit_keeps_its_rating(self):
        visit = self._create_visit(self.anna, "2026-03-10")
        visit.rating = "5"
        visit.with_user(self.stylist_user).action_book()
        self.assertEqual(visit.rating, "5")

    def test_report_says_of_how_many(self):
        for day, stars in (("2026-02-01", "5"), ("2026-02-03", "4")):
            visit = self._create_visit(self.anna, day)
            visit.rating = stars
        self.env.flush_all()
        rows = self.env["salon.stylist.report"].with_user(self.manager).search([])
        row = rows.filtered(lambda one: one.stylist_id == self.stylist)
        self.assertEqual((row.rating_average, row.rating_count), (4.5, 2))
        self.assertEqual(row.rating_text, "4.5 (2)")

    def test_no_rating_is_no_zero(self):
        self.env.flush_all()
        row = self.env["salon.stylist.report"].search(
            [("stylist_id", "=", self.stylist.id)]
        )
        self.assertFalse(row.rating_text)
