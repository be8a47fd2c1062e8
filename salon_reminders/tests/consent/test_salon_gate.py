from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, users

from ..common import SalonCase

PHONE = "+36301234567"


@freeze_time("2026-03-10 09:00:00")
class TestSalonGate(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)
        cls.anna.email = "Anna@Example.com"
        cls.gate = cls.env["salon.gate"]
        cls.phones = cls.env["phone.blacklist"]
        cls.mails = cls.env["mail.blacklist"]

    def _say(self, decision, partner=None, **vals):
        consents = self.env["salon.consent"]
        partner = partner or self.anna
        return consents.create(
            consents._prepare_vals(partner, decision, "desk", **vals)
        )

    def _get_hold(self, purpose="reminder", channel="phone", partner=None):
        partner = partner or self.anna
        return self.gate._get_holds(partner, purpose, channel)[partner]

    def _is_blocked(self):
        return bool(self.phones.search([("number", "=", PHONE)]))

    def test_each_purpose_and_channel_for_itself(self):
        self._say("given", purpose="promotion", channel="sms")
        for purpose in ("reminder", "promotion", "feedback"):
            for channel in ("phone", "sms", "email"):
                allowed = (purpose, channel) == ("promotion", "sms")
                hold = self._get_hold(purpose, channel)
                self.assertEqual(hold, None if allowed else "consent")

    def test_number_and_address(self):
        self._say("given")
        self._say("given", channel="email")
        self.anna.write({"phone": False, "email": False})
        self.assertEqual(self._get_hold(), "phone")
        self.assertEqual(self._get_hold(channel="email"), "email")
        self.anna.phone = "123"
        self.assertEqual(self._get_hold(), "phone")
        self.anna.active = False
        self.assertEqual(self._get_hold(), "archived")

    def test_the_salons_country_decides(self):
        anna = self.env["res.partner"].create(
            {"name": "Anna", "phone": "06 30 123 4567", "is_salon_client": True}
        )
        self.assertEqual(anna.phone_sanitized, PHONE)

    def test_blocked_number_is_a_withdrawal(self):
        self._say("given")
        self._say("given", purpose="promotion", channel="sms")
        self._say("given", channel="email")
        twin = self._create_client("Bea")
        self._create_visit(self.anna, "2026-02-08")
        self.assertTrue(self._plan_calls())
        self.phones._add([PHONE])
        self.assertFalse(self._get_open_calls())
        self.assertEqual(self._get_hold(), "blacklist")
        self.phones._remove([PHONE])
        self.assertEqual(self._get_hold(), "consent")
        self.assertEqual(self._get_hold("promotion", "sms"), "consent")
        self.assertEqual(self._get_hold(partner=twin), "consent")
        self.assertFalse(self._get_hold(channel="email"))
        newest = self.anna.salon_consent_ids[0]
        self.assertEqual(newest.method, "blacklist")

    def test_blocked_again_by_writing(self):
        entry = self.phones._add([PHONE])
        entry.active = False
        self._say("given")
        entry.active = True
        entry.active = False
        self.assertEqual(self._get_hold(), "consent")

    def test_blocked_address_is_a_withdrawal(self):
        self._say("given", channel="email")
        self._say("given")
        self.mails._add("anna@example.com")
        self.assertEqual(self._get_hold(channel="email"), "blacklist")
        self.assertFalse(self._get_hold())

    def test_withdrawal_reaches_the_blacklist(self):
        self._say("given")
        self.assertFalse(self._is_blocked())
        self._say("withdrawn")
        self.assertTrue(self._is_blocked())
        self.assertEqual(self._get_hold(), "consent")
        self._say("given")
        self.assertFalse(self._is_blocked())
        self.assertFalse(self._get_hold())

    def test_withdrawal_of_e_mail_reaches_the_blacklist(self):
        self._say("withdrawn", channel="email")
        blocked = self.mails.search([("email", "=", "anna@example.com")])
        self.assertTrue(blocked.salon_by_consent)
        self.assertFalse(self._is_blocked())

    def test_blacklist_is_left_alone_while_something_holds(self):
        self._say("given")
        self._say("given", purpose="promotion", channel="sms")
        self._say("withdrawn", purpose="promotion", channel="sms")
        self.assertFalse(self._is_blocked())
        self.assertFalse(self._get_hold())

    def test_blacklist_is_left_alone_when_the_number_is_shared(self):
        self._create_client("Her daughter")
        self._say("given")
        self._say("withdrawn")
        self.assertFalse(self._is_blocked())

    def test_number_blocked_by_others_stays_so(self):
        self.phones._add([PHONE])
        self._say("given")
        self.assertTrue(self._is_blocked())
        self.assertEqual(self._get_hold(), "blacklist")

    def test_number_blocked_by_consent_and_then_by_others(self):
        self._say("withdrawn")
        self.phones._add([PHONE])
        self._say("given")
        self.assertTrue(self._is_blocked())

    def test_mass_sms_goes_through_the_gate(self):
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        self._say("given", bea, purpose="promotion", channel="sms")
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "phone": "+36 30 123 4569"}
        )
        people = self.anna | bea | supplier
        composer = self.env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_ids": str(people.ids),
                "composition_mode": "mass",
                "body": "Hello",
                "mass_keep_log": False,
            }
        )
        sent = composer._action_send_sms()
        states = {sms.partner_id: sms.state for sms in sent}
        self.assertEqual(states[self.anna], "canceled")
        self.assertEqual(states[bea], "outgoing")
        self.assertEqual(states[supplier], "outgoing")

    def test_mass_mail_goes_through_the_gate(self):
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        bea.email = "bea@example.com"
        self._say("given", bea, purpose="promotion", channel="email")
        composer = self.env["mail.compose.message"].create(
            {
                "model": "res.partner",
                "res_ids": str((self.anna | bea).ids),
                "composition_mode": "mass_mail",
                "subject": "Offer",
                "body": "<p>Hello</p>",
            }
        )
        refused = composer._get_optout_emails({self.anna.id: {}, bea.id: {}})
        self.assertEqual(refused, ["anna@example.com"])

    @users("t_recep")
    def test_people_say_only_what_they_may(self):
        consents = self.env["salon.consent"]
        vals = {"partner_id": self.anna.id, "decision": "given"}
        for method in ("link", "import", "blacklist", "merge"):
            with self.assertRaises(UserError):
                consents.create({**vals, "method": method})
        mine = consents.create({**vals, "user_id": self.manager.id})
        self.assertEqual(mine.user_id, self.env.user)
        with self.assertRaises(ValidationError):
            consents.create({**vals, "date": "2026-03-11 09:00:00"})
        with self.assertRaisesRegex(ValidationError, "signed form"):
            consents.create({**vals, "method": "writing"})
        consents.create({**vals, "method": "writing", "document": b"c2lnbmVk"})
