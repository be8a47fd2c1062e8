from odoo.tests import freeze_time

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestPartnerMerge(SalonCase):
    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)

    def test_merged_client_has_one_of_each(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._create_visit(anna, "2026-01-20")
        self._create_visit(twin, "2026-02-05")
        anna.salon_reminder_ids.action_stop()
        twin.salon_reminder_ids.action_stop()
        twin.salon_reminder_ids.action_resume()
        bea_calls = self._plan_calls()
        self.assertEqual(bea_calls.partner_id, twin)
        self._merge(anna, twin)
        self.assertFalse(anna.exists())
        reminder = twin.salon_reminder_ids
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.visit_count, 2)
        self.assertEqual(str(reminder.last_date), "2026-02-05")
        self.assertEqual(reminder.state, "stopped")

    def test_two_open_calls_become_one(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        self._create_visit(anna, "2026-01-20")
        self._create_visit(twin, "2026-02-05")
        self.assertEqual(len(self._plan_calls()), 2)
        own = twin.salon_call_ids
        self._merge(anna, twin)
        self.assertEqual(self._get_open_calls(), own)
        closed = twin.salon_call_ids - own
        self.assertEqual(closed.close_reason, "merged")
        self.assertEqual(closed.reminder_ids, twin.salon_reminder_ids)

    def _get_state(self, partner, **kind):
        consents = self.env["salon.consent"]
        return consents._get_newest(partner, **kind)[partner].decision

    def test_the_most_restrictive_consent_is_kept(self):
        anna = self._create_client("Anna", consent=False)
        twin = self._create_client("Anna K.", "+36 30 123 4568", consent=False)
        anna.action_salon_consent_withdraw()
        # Said later, but by the other card.
        twin.action_salon_consent_give()
        consents = self.env["salon.consent"]
        sms = {"purpose": "promotion", "channel": "sms"}
        consents.create(consents._prepare_vals(anna, "given", "desk", **sms))
        answers = anna.salon_consent_ids | twin.salon_consent_ids
        self._merge(anna, twin)
        self.assertEqual(self._get_state(twin), "withdrawn")
        self.assertEqual(self._get_state(twin, **sms), "given")
        self.assertFalse(twin._filter_callable())
        self.assertLess(answers, twin.salon_consent_ids)
        added = twin.salon_consent_ids - answers
        self.assertEqual(added.mapped("method"), ["merge"])

    def test_everything_is_kept(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "+36 30 123 4568")
        for partner, day in ((anna, "2026-01-20"), (twin, "2026-01-20")):
            self._create_visit(partner, day)
            partner.action_salon_consent_later()
            self.env["salon.card.log"]._record(partner, "card")
        calls = self._plan_calls()
        calls.action_no_answer()
        visits = anna.salon_visit_ids | twin.salon_visit_ids
        self._merge(anna, twin)
        self.assertEqual(twin.salon_visit_ids, visits)
        self.assertEqual(twin.salon_call_ids, calls)
        self.assertEqual(len(calls.attempt_ids), 2)
        for model, count in (("salon.consent.ask", 2), ("salon.card.log", 2)):
            domain = [("partner_id", "=", twin.id)]
            self.assertEqual(self.env[model].search_count(domain), count)

    def test_duplicates_are_found_and_merged_by_a_manager(self):
        anna = self._create_client("Anna")
        twin = self._create_client("Anna K.", "06 30 123 4567")
        anna.email, twin.email = "anna@example.com", "ak@example.com"
        duplicates = self.env["salon.duplicate"].with_user(self.manager)
        found = duplicates.search([("phone", "=", "+36301234567")])
        self.assertEqual(found.client_count, 2)
        self.assertEqual(found.partner_ids, anna | twin)
        action = found.action_merge()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.partner_ids, anna | twin)
        wizard.action_merge()
        self.assertEqual(len((anna | twin).exists()), 1)

    def test_people_who_share_a_number_are_no_duplicates(self):
        self._create_client("Anna")
        self._create_client("Her mother")
        found = self.env["salon.duplicate"].search([("phone", "=", "+36301234567")])
        found.action_different()
        self.env.flush_all()
        self.assertFalse(
            self.env["salon.duplicate"].search([("phone", "=", "+36301234567")])
        )
