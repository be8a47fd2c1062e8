from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import users
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common_client import TODAY, SalonClientCase


class TestSalonClientZone(SalonClientCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nails = cls.env["salon.zone"].create({"name": "Nails"})
        cls.manicure = cls._create_product(
            "Manicure", "service", salon_zone_id=cls.nails.id
        )

    def _state(self, partner, zone):
        spot = self.env["salon.client.zone"].search(
            [
                ("partner_id", "=", partner.id),
                ("zone_id", "=", zone.id),
                ("company_id", "=", self.company.id),
            ]
        )
        return spot.state

    # ------------------------------------------------------------
    # THE MAP
    # ------------------------------------------------------------

    def test_used_former_white_and_unused(self):
        often = self._come("Often", *range(10, 360, 30))
        seldom = [self._come(f"Seldom {n}", 100, 20) for n in range(6)]
        former = self._come("Former", 50, 20)
        self._visit(former, 366, product=self.manicure)
        self._visit(seldom[0], 365 - 1, product=self.manicure)
        self._refresh()
        self.assertEqual(self._state(often, self.zone), "used")
        self.assertEqual(self._state(often, self.nails), "white")
        self.assertEqual(self._state(former, self.nails), "former")
        self.assertEqual(self._state(seldom[0], self.nails), "used")
        self.assertEqual(self._state(seldom[1], self.nails), "unused")

    def test_a_service_is_tried_in_the_zones_of_all_its_needs(self):
        """Sold in the zone Colour, a colour with cut is a cut, too."""
        hair = self.env["salon.zone"].create({"name": "Hair"})
        cut = self._create_cycle("Cut", (14, 35, 49), zone_id=hair.id)
        self._create_product("Cut", "service", salon_zone_id=hair.id)
        both = self._create_service("Colour and cut", self.roots + cut)
        both.salon_zone_id = self.zone
        partner = self.env["res.partner"].create({"name": "Anna"})
        self._visit(partner, 20, price=80, product=both)
        self._refresh()
        spots = partner.salon_client_zone_ids.filtered(lambda s: s.state == "used")
        money = {spot.zone_id: spot.amount for spot in spots}
        self.assertEqual(money, {self.zone: 80, hair: 0})
        ignored = self.env["salon.client.zone"]._get_ignored_names(
            partner, self.company
        )
        self.assertNotIn("Hair", ignored)
        self.assertIn("Nails", ignored)

    def test_a_zone_for_others_is_not_ignored(self):
        partner = self._come("Anton", 20)
        spots = self.env["salon.client.zone"]
        self.assertIn("Nails", spots._get_ignored_names(partner, self.company))
        self.manicure.salon_audience = "women"
        self.roots_service.salon_audience = "men"
        self.assertNotIn("Nails", spots._get_ignored_names(partner, self.company))
        partner.salon_audience = "all"
        self.assertIn("Nails", spots._get_ignored_names(partner, self.company))

    def test_refunds_and_retail_are_no_use(self):
        partner = self._come("Buyer", 20)
        oil = self._create_product("Cuticle oil", "retail", salon_zone_id=self.nails.id)
        self._visit(partner, 10, product=oil)
        line = self._visit(partner, 5, product=self.manicure).line_ids
        self._refresh()
        self.assertEqual(self._state(partner, self.nails), "used")
        self.env["salon.visit.line"].create(
            {
                "visit_id": line.visit_id.id,
                "product_id": self.manicure.id,
                "quantity": -1,
                "refunded_line_id": line.id,
            }
        )
        self._refresh()
        self.assertIn(self._state(partner, self.nails), ("white", "unused"))

    def test_zones_the_salon_does_not_have_are_no_spots(self):
        empty = self.env["salon.zone"].create({"name": "Massage"})
        foreign = self.env["salon.zone"].create(
            {"name": "Elsewhere", "company_id": self.env.ref("base.main_company").id}
        )
        partner = self._come("Client", 20)
        self._refresh()
        self.assertFalse(self._state(partner, empty))
        self.assertFalse(self._state(partner, foreign))

    def test_closed_zone_disappears(self):
        partner = self._come("Client", 20)
        self._refresh()
        self.assertTrue(self._state(partner, self.nails))
        self.nails.active = False
        self._refresh()
        self.assertFalse(self._state(partner, self.nails))

    # ------------------------------------------------------------
    # THE BOARD
    # ------------------------------------------------------------

    @users("t_recep")
    def test_board(self):
        rich = self._come("Rich", *range(10, 360, 30), price=90)
        poor = self._come("Poor", *range(10, 360, 30), price=20)
        both = self._come("Both", *range(10, 360, 30))
        for days in (15, 45):
            self._visit(both, days, product=self.manicure)
        for number in range(8):
            self._come(f"Seldom {number}", 100, 20)
        self._refresh()
        boards = self.env["salon.zone.board"].with_company(self.company)
        board = boards.with_context(allowed_company_ids=self.company.ids).get_board(
            self.nails.id
        )
        names = [client["name"] for client in board["clients"]]
        self.assertEqual(names, ["Rich", "Poor"])
        self.assertEqual(board["total"], 2)
        nails = next(z for z in board["zones"] if z["id"] == self.nails.id)
        self.assertEqual((nails["used"], nails["white"]), (1, 2))
        self.assertEqual(
            board["clients"][0]["zones"][self.zone.id], {"state": "used", "count": 12}
        )
        self.assertTrue(rich and poor)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_board_is_for_the_reception(self):
        board = self.env["salon.zone.board"].with_user(self.stylist_user)
        with self.assertRaises(AccessError):
            board.get_board()

    def test_board_queries_do_not_grow(self):
        def count(clients):
            for number in range(clients):
                self._come(f"Client {number}", *range(10, 100, 30))
            self._refresh()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["salon.zone.board"].get_board(self.nails.id)
            return self.env.cr.sql_log_count - before

        count(2)
        self.assertEqual(count(1), count(15))

    # ------------------------------------------------------------
    # WHAT TO OFFER
    # ------------------------------------------------------------

    def _offers(self, partner, services=None):
        found = self.env["salon.client.card"]._get_offers(partner, services)
        return [offer["id"] for offer in found[partner.id]]

    def _make_friends(self):
        """Four take roots and manicure, six take roots, four take a cut only."""
        cut = self._create_product("Cut", "service", salon_zone_id=self.zone.id)
        for number in range(4):
            self._visit(self._come(f"Both {number}", 30), 20, product=self.manicure)
        for number in range(6):
            self._come(f"Roots {number}", 30)
        for number in range(4):
            partner = self._come(f"Cut {number}")
            self._visit(partner, 30, product=cut)
        self.company.salon_affinity_date = False
        self._refresh()

    def test_affinity(self):
        self._make_friends()
        pair = self.env["salon.service.affinity"].search(
            [
                ("company_id", "=", self.company.id),
                ("product_tmpl_id", "=", self.roots_service.product_tmpl_id.id),
            ]
        )
        self.assertEqual(pair.other_tmpl_id, self.manicure.product_tmpl_id)
        self.assertEqual(
            (pair.client_count, pair.having_count, pair.other_count, pair.both_count),
            (14, 10, 4, 4),
        )
        self.assertAlmostEqual(pair.support, 4 / 14)
        self.assertAlmostEqual(pair.confidence, 0.4)
        self.assertAlmostEqual(pair.lift, 0.4 / (4 / 14))

    def test_offer_what_others_with_her_history_take(self):
        self._make_friends()
        manicure = self.manicure.product_tmpl_id.id
        self.assertEqual(self._offers(self._come("New", 3)), [manicure])
        has = self._come("Has", 3)
        self._visit(has, 2, product=self.manicure)
        self.assertEqual(self._offers(has), [])
        unknown = self._come("Unknown")
        self.assertEqual(self._offers(unknown), [])
        booked = self.roots_service.product_tmpl_id
        self.assertEqual(self._offers(unknown, booked), [manicure])

    def test_what_is_booked_is_not_offered(self):
        self._make_friends()
        partner = self._come("New", 3)
        booking = self._visit(partner, 0, state="booked", product=self.manicure)
        for step in (booking.browse, booking.action_confirm, booking.action_arrive):
            step()
            self.assertEqual(self._offers(partner), [])
        booking.action_no_show()
        self.assertEqual(self._offers(partner), [self.manicure.product_tmpl_id.id])

    def test_what_is_for_others_is_not_offered(self):
        self._make_friends()
        manicure = self.manicure.product_tmpl_id
        manicure.salon_audience = "women"
        anton = self._come("Anton", 3)
        self.assertFalse(anton.salon_audience)
        self.assertEqual(self._offers(anton), [manicure.id])
        self.roots_service.salon_audience = "men"
        anton.invalidate_recordset(["salon_audience"])
        self.assertEqual(anton.salon_audience, "men")
        self.assertEqual(self._offers(anton), [])
        for said, offered in (
            ("all", [manicure.id]),
            ("children", []),
            ("women", [manicure.id]),
            (False, []),
        ):
            anton.salon_audience = said
            self.assertEqual(self._offers(anton), offered, said)

    def test_for_whom_is_proposed_only_where_all_services_say_it(self):
        self.roots_service.salon_audience = "women"
        self.manicure.salon_audience = "all"
        anna = self._come("Anna", 30)
        self._visit(anna, 20, product=self.manicure)
        self.assertEqual(anna._get_salon_audiences(), {anna.id: "women"})
        cut = self._create_service("Children's cut", self.roots)
        cut.salon_audience = "children"
        self._visit(anna, 5, product=cut, state="cancelled")
        self.assertEqual(anna._get_salon_audiences(), {anna.id: "women"})
        self._visit(anna, 5, product=cut)
        self.assertEqual(anna._get_salon_audiences(), {anna.id: None})

    def test_declined_twice_rests(self):
        self._make_friends()
        partner = self._come("New", 3)
        manicure = self.manicure.product_tmpl_id
        partner.salon_answer_offer(manicure.id, "declined")
        # The same click twice on a day is one answer.
        partner.salon_answer_offer(manicure.id, "declined")
        self.assertTrue(self._offers(partner))
        self.env["salon.client.offer"].create(
            {
                "partner_id": partner.id,
                "product_tmpl_id": manicure.id,
                "answer": "declined",
                "date": TODAY - timedelta(days=30),
            }
        )
        self.assertFalse(self._offers(partner))
        self.company.salon_offer_pause_days = 0
        self.assertTrue(self._offers(partner))

    def test_disliked_rests_and_interest_wakes(self):
        self._make_friends()
        partner = self._come("New", 3)
        manicure = self.manicure.product_tmpl_id
        answers = self.env["salon.client.offer"]
        vals = {"partner_id": partner.id, "product_tmpl_id": manicure.id}
        answers.create(
            {**vals, "answer": "disliked", "date": TODAY - timedelta(days=179)}
        )
        self.assertFalse(self._offers(partner))
        answers.search([]).date = TODAY - timedelta(days=180)
        self.assertTrue(self._offers(partner))
        answers.search([]).date = TODAY - timedelta(days=9)
        answers.create({**vals, "answer": "interested"})
        self.assertTrue(self._offers(partner))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_stylists_note_no_answers(self):
        partner = self._come("New", 3).with_user(self.stylist_user)
        with self.assertRaises(AccessError):
            partner.salon_answer_offer(self.manicure.product_tmpl_id.id, "declined")

    def test_booking_says_what_to_offer_and_what_to_mind(self):
        self._make_friends()
        partner = self._come("New")
        partner.salon_contraindications = "Allergic to ammonia"
        visit = self._visit(partner, -3, state="booked")
        self.assertIn("Manicure", visit.offer_text)
        self.assertEqual(visit.contraindications, "Allergic to ammonia")
        arch = etree.fromstring(visit.get_view(view_type="form")["arch"])
        [warning] = arch.xpath("//field[@name='contraindications'][@readonly]/..")
        for state, is_hidden in (
            *(("booked", False), ("confirmed", False), ("arrived", False)),
            *(("done", True), ("no_show", True), ("cancelled", True)),
        ):
            values = {"state": state, "contraindications": "Allergic to ammonia"}
            hidden = safe_eval(warning.get("invisible"), values)
            self.assertEqual(hidden, is_hidden, state)
        self.assertFalse(self._visit(partner, 3).offer_text)
