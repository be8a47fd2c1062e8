from datetime import datetime, time, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, users

from ..common_client import SalonClientCase


class TestSalonClientCard(SalonClientCase):
    def _card(self, partner, user=None):
        env = self.env(user=user) if user else self.env
        env.invalidate_all()
        return env["salon.client.card"]._get(partner.with_env(env))

    def _facts(self, card):
        return {fact["label"]: fact["text"] for fact in card["facts"]}

    def test_facts(self):
        partner = self._come("Anna", 98, 70, 42, 14, price=80)
        self._visit(partner, 400, price=30)
        facts = self._facts(self._card(partner))
        self.assertIn("350", facts["Spent"])
        self.assertIn("320", facts["In a year"])
        self.assertIn("70", facts["Per visit"])
        self.assertEqual(facts["Visits"], "5")
        self.assertEqual(facts["Comes every"], "28 days")
        self.assertEqual(facts["Usually to"], "Mia (5/5)")
        self.assertEqual(facts["Usually on"], "Tuesday")
        self.assertEqual(facts["Usually at"], "10:00")

    def test_who_has_left_is_not_offered(self):
        partner = self._come("Anna", 42, 14)
        stylist = partner.salon_visit_ids.stylist_id
        stylist.action_archive()
        facts = self._facts(self._card(partner, self.receptionist))
        self.assertEqual(facts["Usually to"], "Mia (2/2), has left")
        stylist.action_unarchive()
        day = self.company._salon_today()
        departures = self.env["salon.departure"]
        departures.create({"stylist_id": stylist.id, "last_date": day})
        for days, text in ((0, "Mia (2/2)"), (1, "Mia (2/2), has left")):
            with freeze_time(datetime.combine(day + timedelta(days), time(12))):
                facts = self._facts(self._card(partner, self.receptionist))
                self.assertEqual(facts["Usually to"], text)

    def test_no_habit_of_few_visits(self):
        facts = self._facts(self._card(self._come("Bea", 42, 14)))
        self.assertNotIn("Usually on", facts)
        self.assertNotIn("Usually at", facts)

    def test_given_up_is_said_not_hidden(self):
        partner = self._come("Anna", 42)
        self.roots_service.product_tmpl_id.action_archive()
        due = self._card(partner, self.receptionist)["due"]
        self.assertEqual([row["state_name"] for row in due], ["Not offered any more"])

    def test_new_client(self):
        card = self._card(self._come("Nobody"))
        self.assertEqual((card["facts"], card["retail"], card["offers"]), ([], [], []))
        self.assertFalse(card["segment"])

    def test_retail_and_when_it_is_used_up(self):
        partner = self._come("Anna", 200)
        shampoo = self._create_product("Shampoo", "retail", salon_use_days=30)
        comb = self._create_product("Comb", "retail")
        self._visit(partner, 100, product=shampoo)
        self._visit(partner, 20, product=shampoo)
        self._visit(partner, 40, product=comb)
        retail = {row["name"]: row for row in self._card(partner)["retail"]}
        self.assertEqual(retail["Shampoo"]["end"], "03/20/2026")
        self.assertFalse(retail["Shampoo"]["over"])
        self.assertEqual(retail["Comb"]["end"], "")
        partner.salon_visit_ids.filtered(
            lambda v: v.line_ids.product_id == shampoo
        ).line_ids.filtered(
            lambda line: line.date.isoformat() > "2026-02-01"
        ).quantity = 2
        retail = {row["name"]: row for row in self._card(partner)["retail"]}
        self.assertEqual(retail["Shampoo"]["end"], "04/19/2026")

    def test_other_salons_do_not_show(self):
        partner = self._come("Shared", 30)
        other = self._create_company("Other")
        self._visit(partner, 10).company_id  # noqa: B018
        elsewhere = self.env["salon.client.card"].with_company(other)
        self.assertEqual(elsewhere._get(partner.with_company(other))["facts"], [])

    def test_completeness_and_next_question(self):
        partner = self._come("Anna", 30)
        card = self._card(partner)["complete"]
        self.assertEqual(card["percent"], 0)
        self.assertIn("number", card["question"])
        partner.write({"phone": "+36301234567", "salon_no_contraindications": True})
        card = self._card(partner)["complete"]
        self.assertEqual(card["percent"], 22)
        self.assertIn("phone you", card["question"])
        friend = self._come("Friend")
        partner.write(
            {
                "salon_birthdate": "1990-02-28",
                "salon_recommended_by_id": friend.id,
                "salon_likes": "Tea",
                "salon_home_care": "Oil",
                "salon_wishes": "Red",
                "email": "anna@example.com",
            }
        )
        partner.action_salon_consent_give()
        card = self._card(partner)["complete"]
        self.assertEqual(card, {"percent": 100, "question": ""})

    def test_nobody_recommends_herself(self):
        partner = self._come("Anna")
        with self.assertRaises(ValidationError):
            partner.salon_recommended_by_id = partner

    def test_slot_for_debts_and_bonuses(self):
        partner = self._come("Anna", 30)
        self.assertEqual(self._card(partner)["accounts"], [])
        owed = {"label": "Owes", "text": "20", "kind": "debt"}
        self.patch(type(partner), "_get_salon_accounts", lambda partner: [owed])
        self.assertEqual(self._card(partner)["accounts"], [owed])

    def test_stylists_see_own_clients_without_money(self):
        partner = self._come("Hers", 30)
        card = self._card(partner, self.stylist_user)
        self.assertEqual(card["facts"][0]["label"], "Visits")
        self.assertFalse(card["segment"])
        self.assertFalse(card["reception"])
        stranger = self._come("Not hers")
        visit = self._visit(stranger, 5)
        visit.stylist_id = visit.line_ids.stylist_id = self._create_stylist("Eve")
        with self.assertRaises(AccessError):
            self._card(stranger, self.stylist_user)

    @users("t_recep")
    def test_card_on_the_form_and_for_other_screens(self):
        partner = self._come("Anna", 30).with_env(self.env)
        partner = partner.with_context(allowed_company_ids=self.company.ids)
        card = partner.salon_card
        self.assertTrue(card["reception"])
        self.assertEqual(partner.salon_get_card(partner.id), card)

    def test_queries_do_not_grow(self):
        shampoo = self._create_product("Shampoo", "retail", salon_use_days=30)

        def count(partner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["salon.client.card"]._get(partner)
            return self.env.cr.sql_log_count - before

        few, many = self._come("Few", 30, 10), self._come("Many", *range(5, 300, 10))
        self._visit(few, 3, product=shampoo)
        for number in range(4):
            product = self._create_product(f"Oil {number}", "retail")
            self._visit(many, 3, product=product)
        self._refresh()
        count(few)
        self.assertEqual(count(few), count(many))
