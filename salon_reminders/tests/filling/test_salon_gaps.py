from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from ..book.test_salon_book import BookCase


@freeze_time("2026-03-10 07:00:00")
class TestSalonGaps(BookCase):
    """Anna is due for her roots; Bea for nails, which only Sofia does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "not in", (cls.stylist + cls.sofia).ids)]
        ).action_archive()
        nails = cls._create_cycle("Nails", (10, 30, 40))
        cls.nails = cls._create_service("Nails", nails, salon_duration=90)
        cls.stylist.salon_service_ids = cls.roots_service.product_tmpl_id
        for day in ("2025-12-02", "2025-12-30", "2026-01-27"):
            cls._book(f"{day} 14:00", state="done")
        cls._book(
            "2026-01-20 10:00", cls.bea, cls.nails, stylist=cls.sofia, state="done"
        )
        cls.gaps = cls.env["salon.gap.finder"].with_user(cls.receptionist)

    def _windows(self, **args):
        return self.gaps.get_gaps(**{"days": 1, **args})["windows"]

    def _names(self, window):
        return [client["name"] for client in window["clients"]]

    def test_as_many_days_as_can_be_chosen(self):
        choices = self.gaps.get_gaps()["day_choices"]
        self.assertIn(self.gaps.get_gaps()["days"], choices)
        self.assertEqual(self.gaps.get_gaps(days=choices[-1] + 1)["days"], choices[-1])

    def test_who_fits_where(self):
        windows = self._windows()
        mine = [w for w in windows if w["stylist"] == "Vera"]
        self.assertEqual([w["minutes"] for w in mine], [180, 240])
        for window in mine:
            self.assertEqual(self._names(window), ["Anna"])
        for window in windows:
            if window["stylist"] == "Sofia":
                self.assertEqual(set(self._names(window)), {"Anna", "Bea"})

    def test_course_without_a_cycle_is_a_need(self):
        dry = self._create_service("Blow-dry", self.env["salon.cycle"])
        course = self._create_product(
            "Blow-dry 5+1",
            "fee",
            type="service",
            salon_course_sessions=6,
            salon_course_interval_days=14,
            salon_course_service_ids=dry.product_tmpl_id.ids,
        )
        cleo = self._create_client("Cleo", "+36 30 123 4569")
        self._book("2026-02-20 10:00", cleo, course, stylist=self.sofia, state="done")
        names = [n for window in self._windows() for n in self._names(window)]
        self.assertIn("Cleo", names)

    def test_own_stylist_and_usual_hour(self):
        afternoon = self._windows(stylist_id=self.stylist.id, part="afternoon")
        client = afternoon[0]["clients"][0]
        self.assertIn("usual stylist", client["reason"])
        self.assertIn("usual weekday, usual hour", client["reason"])
        self.assertEqual(client["start"], "2026-03-10 13:00:00")

    def test_best_first(self):
        window = next(w for w in self._windows() if w["stylist"] == "Sofia")
        self.assertEqual(self._names(window)[0], "Bea")

    def test_too_short(self):
        self._book("2026-03-10 13:00", self.anna, stylist=self.sofia, is_overlap=True)
        self._book("2026-03-10 15:00", self.anna, stylist=self.sofia, is_overlap=True)
        for window in self._windows(stylist_id=self.sofia.id, part="afternoon"):
            self.assertNotIn("Bea", self._names(window))

    def test_not_without_consent_and_not_booked(self):
        self.anna.action_salon_consent_withdraw()
        self._book("2026-03-20 09:00", self.bea, self.nails, stylist=self.sofia)
        self.assertFalse(any(self._names(window) for window in self._windows()))

    def test_freed_time_comes_first(self):
        visit = self._book("2026-03-10 16:00", self._create_client("Cleo", "+36301111"))
        visit.action_cancel()
        first = self._windows()[0]
        self.assertEqual(first["stylist"], "Vera")
        self.assertTrue(first["freed"])

    def test_zone_that_a_gift_could_open(self):
        face = self.env["salon.zone"].create({"name": "Face"})
        self.stylist.salon_zone_ids = self.zone + face
        client = self._windows(stylist_id=self.stylist.id)[0]["clients"][0]
        self.assertIn("never had Face", client["reason"])

    def test_start_calling(self):
        window = self._windows(stylist_id=self.stylist.id, part="afternoon")[0]
        client = window["clients"][0]
        args = (client["partner_id"], window["stylist_id"])
        args += (client["start"], client["minutes"])
        call = self.env["salon.call"].browse(self.gaps.start_call(*args))
        self.assertEqual((call.partner_id, call.state), (self.anna, "open"))
        self.assertEqual(call.user_id, self.receptionist)
        self.assertEqual(call.reminder_ids, self.anna.salon_reminder_ids)
        proposal = call.with_user(self.receptionist)._get_desk_proposals()[0]
        self.assertEqual(proposal["start"], client["start"])
        self.assertIn("gap", proposal["reason"])
        self.assertEqual(self.gaps.start_call(*args), call.id)

    def test_start_calling_needs_consent(self):
        self.anna.action_salon_consent_withdraw()
        with self.assertRaises(UserError):
            self.gaps.start_call(
                self.anna.id, self.stylist.id, "2026-03-10 13:00:00", 60
            )

    def test_for_receptionists_only(self):
        with self.assertRaises(AccessError):
            self.env["salon.gap.finder"].with_user(self.stylist_user).get_gaps()
