from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users

from ..common import SalonCase

# As somebody at the desk types what the telephone shows.
WHOLE = ("+36 30 765 4321", "06 30 765-4321", "(30) 765 43 21", "7654321")


@freeze_time("2026-03-10 09:00:00")
class TestSalonClientNumber(SalonCase):
    """Further numbers are guarded, found and forgotten like the number on the card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", "+36 30 123 4567")
        cls.further = cls.env["salon.client.number"].create(
            {"partner_id": cls.anna.id, "number": "06307654321", "words": "mother"}
        )

    def _mine(self):
        return self.further.with_user(self.env.user)

    def test_a_number_is_known_as_it_is_dialled(self):
        self.assertEqual(self.further.number_key, "+36307654321")
        self.further.number = "ext. 0177"
        self.assertEqual(self.further.number_key, "0177")
        self.further.number = False
        self.assertFalse(self.further.number_key)

    @users("t_recep")
    def test_nobody_below_a_manager_reads_it(self):
        self.assertEqual(self._mine().shown_number, "••• 21")
        for name in ("number", "number_key"):
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    self._mine().read([name])
                with self.assertRaises(AccessError):
                    self._mine().search([(name, "like", "+3630")])
                with self.assertRaises(AccessError):
                    self._mine().search([], order=name)
                with self.assertRaises(AccessError):
                    self._mine()._read_group([], [name])
        with self.assertRaises(AccessError):
            self._mine().export_data(["shown_number"])

    @users("t_recep")
    def test_it_is_shown_like_that_of_the_card(self):
        action = self._mine().action_show()
        shown = self.env["salon.number"].browse(action["res_id"])
        self.assertEqual(shown.number, "06307654321")
        self.assertFalse(shown.with_user(self.manager).number)
        log = self.env["salon.card.log"].sudo().search([("kind", "=", "number")])
        self.assertEqual((log.partner_id, log.user_id), (self.anna, self.env.user))
        self.anna.sudo().action_salon_consent_withdraw()
        with self.assertRaisesRegex(UserError, "is not shown"):
            self._mine().action_show()

    @users("t_recep")
    def test_the_desk_enters_one_and_does_not_get_it_back(self):
        further = self.env["salon.client.number"].create(
            {"partner_id": self.anna.id, "shown_number": "06 1 555 0147"}
        )
        self.assertEqual(further.sudo().number, "+36 1 555 0147")
        further.shown_number = "••• 47"
        further.words = "work"
        self.assertEqual(further.sudo().number, "+36 1 555 0147")
        further.invalidate_recordset()
        self.assertEqual(further.shown_number, "••• 47")

    @users("t_vera")
    def test_a_stylist_without_the_right_has_none(self):
        with self.assertRaises(AccessError):
            self._mine().read(["words"])

    def test_a_stylist_with_the_right_has_those_of_own_clients(self):
        numbers = self.env.ref("salon_reminders.group_phone_numbers")
        self.stylist_user.group_ids += numbers
        mine = self.env["salon.client.number"].with_user(self.stylist_user)
        self.assertFalse(mine.search([]))
        self._create_visit(self.anna, "2026-03-09")
        self.assertEqual(mine.search([]), self.further)
        with self.assertRaises(AccessError):
            mine.create({"partner_id": self.anna.id, "shown_number": "+3615550147"})

    def test_another_company_has_none(self):
        other = self._create_company("Second salon")
        self.anna.company_id = self.company
        self.receptionist.write({"company_ids": other.ids, "company_id": other.id})
        numbers = self.env["salon.client.number"].with_user(self.receptionist)
        self.assertFalse(numbers.search([]))
        with self.assertRaises(AccessError):
            numbers.create({"partner_id": self.anna.id, "shown_number": "+3615550147"})

    @users("t_recep", "t_salon_boss")
    def test_clients_are_found_by_it(self):
        partners = self.env["res.partner"]
        for text in WHOLE:
            with self.subTest(text=text):
                self.assertIn((self.anna.id, "Anna"), partners.name_search(text))
                found = partners.search([("phone_mobile_search", "ilike", text)])
                self.assertIn(self.anna, found)
        self.assertFalse(partners.name_search("+36 30 765 43"))

    def test_it_is_no_shared_number_until_it_is_called(self):
        bea = self._create_client("Bea", "+36 30 765 4321")
        self.assertFalse(bea.salon_same_number_ids)
        self.further.with_user(self.receptionist).action_use()
        self.assertEqual(self.anna.phone_sanitized, "+36307654321")
        bea.invalidate_recordset()
        self.assertEqual(bea.salon_same_number_ids, self.anna)
        # The words stay beside their number, and the earlier number is kept.
        self.assertTrue(self.further.is_on_card)
        others = self.anna.salon_number_ids - self.further
        self.assertEqual(others.number_key, "+36301234567")
        others.action_use()
        self.assertEqual(self.anna.salon_number_ids, self.further)
        self.assertFalse(self.further.is_on_card)

    def test_merged_cards_keep_all_numbers(self):
        twin = self._create_client("Anna", "+36 30 765 4321")
        third = self._create_client("Anna", "+36 1 555 0147")
        self.env["salon.client.number"].create(
            {"partner_id": twin.id, "number": "+36307654321", "words": "mother"}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.anna | twin | third).ids, self.anna)
        self.assertEqual(self.anna.phone_sanitized, "+36301234567")
        numbers = self.env["salon.client.number"].search(
            [("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(
            sorted(numbers.mapped("number_key")), ["+3615550147", "+36307654321"]
        )

    def test_an_erased_client_has_none(self):
        self.env["salon.privacy"]._erase(self.anna)
        self.assertFalse(self.further.exists())
