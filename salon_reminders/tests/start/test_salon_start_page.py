from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users

from ..common import SalonCase

TODAY = "2026-03-10 09:00:00"


@freeze_time(TODAY)
class TestSalonStartPage(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_client("Old")
        cls._create_visit(cls.old, "2025-11-03")
        cls.fresh = cls._create_client("Fresh", "+36 30 123 4568")

    def _get_tiles(self, user=None):
        self.env.flush_all()
        page = self.env["salon.start.page"].with_user(user or self.manager)
        return {
            tile["key"]: tile
            for part in page.get_tiles()["parts"]
            for tile in part["tiles"]
        }

    def _get_value(self, key):
        return self._get_tiles()[key]["value"]

    def _get_opened(self, key):
        action = self.env["salon.start.page"].with_user(self.manager).open_tile(key)
        return self.env[action["res_model"]].search(action["domain"])

    # ---- who ----

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        page = self.env["salon.start.page"]
        with self.assertRaises(AccessError):
            page.get_tiles()
        with self.assertRaises(AccessError):
            page.open_tile("visits")

    def test_landing_pages(self):
        """The manager lands on the start page, the receptionist on the call list."""
        root = self.env.ref("salon_reminders.salon_menu_root")
        for user, action in (
            (self.manager, "salon_start_page_action"),
            (self.receptionist, "salon_call_action"),
        ):
            menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
            self.assertEqual(
                menus[root.id]["actionID"],
                self.env.ref(f"salon_reminders.{action}").id,
                user.login,
            )

    def test_unknown_tile(self):
        with self.assertRaises(UserError):
            self.env["salon.start.page"].with_user(self.manager).open_tile("_x")

    def test_every_tile_says_what_it_means(self):
        for key, tile in self._get_tiles().items():
            self.assertTrue(tile["help"].endswith("."), key)

    # ---- what ----

    def test_day_begins_at_the_salons_midnight(self):
        # Half past eleven in the evening of the 9th in Budapest, and the 10th.
        for start in ("2026-03-09 22:30:00", "2026-03-09 23:30:00"):
            self._create_visit(self.fresh, "2026-03-10", state="booked", start=start)
        self.assertEqual(self._get_value("visits"), "1")
        self.assertEqual(str(self._get_opened("visits").start), "2026-03-09 23:30:00")

    def test_new_is_the_first_visit_ever(self):
        self._create_visit(self.fresh, "2026-03-02")
        self._create_visit(self.fresh, "2026-03-09")
        self._create_visit(self.old, "2026-03-02")
        buyer = self._create_client("Buyer", "+36 30 123 4569")
        shampoo = self._create_product("Shampoo", "retail")
        self._create_visit(buyer, "2026-03-02", shampoo)
        self.assertEqual(self._get_value("new"), "1")
        self.assertEqual(self._get_opened("new").partner_id, self.fresh)

    def test_month_is_compared_with_the_same_days(self):
        self._create_visit(self.fresh, "2026-03-02")
        for day in ("2026-02-03", "2026-02-10", "2026-02-11"):
            self._create_visit(self.old, day)
        tiles = self._get_tiles()
        self.assertEqual(tiles["month_visits"]["value"], "1")
        self.assertIn("2 by this day last month", tiles["month_visits"]["note"])
        self.assertIn("100", tiles["money"]["note"])

    def test_moves_of_this_month(self):
        moves = [
            (self.old, "2026-03-02", "regular", "lost"),
            (self.old, "2026-02-27", "regular", "lost"),
            (self.fresh, "2026-03-03", "lost", "regular"),
            (self.fresh, "2026-03-04", False, "lost"),
            (self.old, "2026-03-05", "one_visit", "lost"),
        ]
        self.env["salon.segment.move"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "date": day,
                    "from_segment": before,
                    "to_segment": after,
                }
                for partner, day, before, after in moves
            ]
        )
        self.assertEqual(self._get_value("lost"), "1")
        self.assertEqual(self._get_value("returned"), "1")
        self.assertEqual(self._get_opened("returned").partner_id, self.fresh)

    def test_calls_and_needs(self):
        self.env["salon.call"].create({"partner_id": self.fresh.id})
        self.env["salon.call"].create({"partner_id": self.old.id, "date": "2026-03-11"})
        tiles = self._get_tiles()
        self.assertEqual(
            (tiles["to_call"]["value"], tiles["called"]["value"]), ("1", "0")
        )
        self.assertEqual(self._get_opened("to_call").partner_id, self.fresh)
        states = self.env["salon.reminder"].search([]).mapped("state")
        for state in ("due", "late"):
            self.assertEqual(tiles[state]["value"], str(states.count(state)))

    def test_hours_of_the_next_week(self):
        self.env["resource.resource"].search(
            [("is_stylist", "=", True), ("id", "!=", self.stylist.id)]
        ).action_archive()
        self._create_visit(self.fresh, "2026-03-12", state="booked", is_overlap=False)
        tiles = self._get_tiles()
        # Forty hours offered in the next seven days, one of them booked.
        self.assertEqual(tiles["empty"]["value"], "39.0")
        self.assertEqual(tiles["share"]["value"], "2 %")
        action = self.env["salon.start.page"].with_user(self.manager).open_tile("empty")
        load = self.env["salon.load"].get_load(action["params"]["weeks"])
        self.assertEqual(str(load["total"]["empty"]), tiles["empty"]["value"])
        self.assertEqual(load["quiet"][0]["empty"], 1.0)

    def test_other_salon_stays_out(self):
        other = self._create_company("Second salon")
        self._create_visit(
            self.fresh, "2026-03-10", company_id=other.id, stylist_id=False
        )
        self.assertEqual(self._get_value("month_visits"), "0")
        self.manager.company_ids |= other
        page = self.env["salon.start.page"].with_user(self.manager)
        page = page.with_context(allowed_company_ids=(other | self.company).ids)
        self.assertEqual(page.get_tiles()["company"], other.name)
        action = page.open_tile("month_visits")
        found = self.env["salon.visit"].search(action["domain"])
        self.assertEqual(found.company_id, other)

    # ---- speed ----

    def test_as_many_queries_for_many_as_for_few(self):
        def count():
            self._get_tiles()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_tiles()
            return self.env.cr.sql_log_count - before

        few = count()
        clients = self.env["res.partner"].create(
            [{"name": f"Client {number}"} for number in range(60)]
        )
        for client in clients:
            self._create_visit(client, "2026-03-03")
            self._create_visit(client, "2026-03-10", state="booked")
        self.env["salon.client.standing"]._refresh(self.company)
        self.assertLessEqual(count(), few + 1)
        self.assertLess(few, 60)
