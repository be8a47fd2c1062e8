"""No text message leaves for a client who did not agree, whatever way it takes."""

from contextlib import suppress

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user

from odoo.addons.sms.tests.common import MockSMS

from ...tools.server_flags import SERVER_SAYS
from ..common import SalonCase

TEXT = "Come again!"


@freeze_time("2026-03-10 09:00:00")
class TestTextMessages(MockSMS, SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", "+36301234567", consent=False)
        cls.bea = cls._create_client("Bea", "+36301234568", consent=False)
        cls._agree(cls.bea, "given", "feedback")
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "phone": "+36301234569"}
        )
        # Another card, no client's, with the number of one.
        cls.cover = cls.env["res.partner"].create(
            {"name": "Cover", "phone": "+36 30 123 4567"}
        )
        cls.outsider = new_test_user(
            cls.env, "t_sender", groups="base.group_user,base.group_partner_manager"
        )
        cls.senders = {
            "stylist": cls.stylist_user,
            "receptionist": cls.receptionist,
            "manager": cls.manager,
            "outsider": cls.outsider,
        }

    @classmethod
    def _agree(cls, client, decision, purpose):
        consents = cls.env["salon.consent"]
        agreed = consents._prepare_vals(
            client, decision, "desk", purpose=purpose, channel="sms"
        )
        return consents.create(agreed)

    def _compose(self, sender, context=None, **vals):
        composers = self.env["sms.composer"].with_user(sender)
        return composers.with_context(**(context or {})).create({"body": TEXT, **vals})

    def _get_sent(self):
        """Return the numbers that the gateway was asked to send to."""
        return {number for sms in self._sms for number in [sms["number"]]}

    # ------------------------------------------------------------
    # THE WAYS
    # ------------------------------------------------------------

    def _iter_ways(self, sender, client, number):
        """Yield (name, function) of every way there is to send somebody a text."""
        document = self.env["res.partner"].with_user(sender).browse(self.cover.id)
        as_system = self.env["res.partner"].browse(client.id)
        yield (
            "numbers",
            lambda: self._compose(
                sender, composition_mode="numbers", numbers=number
            )._action_send_sms(),
        )
        yield (
            "no thread",
            lambda: self._compose(
                sender,
                composition_mode="comment",
                res_model="res.country",
                res_id=self.env.ref("base.hu").id,
                numbers=number,
            )._action_send_sms(),
        )
        yield (
            "another document",
            lambda: self._compose(
                sender,
                composition_mode="comment",
                res_model="res.partner",
                res_id=self.supplier.id,
                recipient_single_number_itf=number,
            )._action_send_sms(),
        )
        yield (
            "posted",
            lambda: document.message_post(
                body=TEXT, message_type="sms", partner_ids=client.ids
            ),
        )
        yield (
            "posted to a number",
            lambda: document.message_post(
                body=TEXT, message_type="sms", sms_numbers=[number]
            ),
        )
        yield "_message_sms", lambda: as_system._message_sms(TEXT)
        yield (
            "_message_sms to a number",
            lambda: self.supplier._message_sms(TEXT, sms_numbers=[number]),
        )
        yield (
            "as a row",
            lambda: self.env["sms.sms"].create({"number": number, "body": TEXT}).send(),
        )

    def test_no_way_around(self):
        self._agree(self.anna, "withdrawn", "promotion")
        for role, sender in self.senders.items():
            for number in ("+36301234567", "+36 30 123 4567", "06301234567"):
                for name, send in self._iter_ways(sender, self.anna, number):
                    with self.subTest(role=role, way=name, number=number):
                        # Refused with a sentence, or by Odoo's own rights.
                        refused = suppress(UserError)
                        with self.mockSMSGateway():
                            with refused, self.env.cr.savepoint():
                                send()
                            self.assertFalse(self._get_sent() & {"+36301234567"})
                            self.assertNotIn(number, self._get_sent())

    def test_every_way_works_for_who_agreed(self):
        number = "+36301234568"
        for name, send in self._iter_ways(self.env.user, self.bea, number):
            with self.subTest(way=name), self.mockSMSGateway():
                send()
                self.assertIn(number, self._get_sent())

    def test_a_card_with_the_number_of_a_client(self):
        with self.mockSMSGateway():
            message = self.cover._message_sms(TEXT)
            self.supplier._message_sms(TEXT)
        self.assertEqual(self._get_sent(), {"+36301234569"})
        notification = message.notification_ids
        self.assertEqual(notification.notification_status, "exception")
        self.assertEqual(notification.failure_type, "sms_optout")
        # Of several who share a number, one must agree.
        self.bea.phone = self.anna.phone
        with self.mockSMSGateway():
            self.cover._message_sms(TEXT)
            self.anna._message_sms(TEXT)
        self.assertEqual([sms["number"] for sms in self._sms], ["+36301234567"])

    def test_the_desk_is_told(self):
        composer = self._compose(
            self.receptionist, composition_mode="numbers", numbers="+36301234567"
        )
        with self.mockSMSGateway(), self.assertRaisesRegex(UserError, "not agreed"):
            composer.action_send_sms()

    def test_withdrawn_while_it_waited(self):
        with self.mockSMSGateway():
            self.bea._message_sms(TEXT, put_in_queue=True)
            waiting = self._new_sms
            self.assertEqual(waiting.state, "outgoing")
            self._agree(self.bea, "withdrawn", "feedback")
            waiting.send()
            self.assertFalse(self._get_sent())
        self.assertEqual(waiting.state, "canceled")

    # ------------------------------------------------------------
    # TRANSACTIONAL
    # ------------------------------------------------------------

    def test_only_the_server_says_what_is_transactional(self):
        flagged = self.anna.with_context(salon_transactional=SERVER_SAYS)
        with self.mockSMSGateway():
            flagged._message_sms(TEXT)
            self.assertEqual(self._get_sent(), {"+36301234567"})
        forged = {
            "salon_transactional": True,
            "default_salon_is_transactional": True,
            "default_state": "outgoing",
        }
        with self.mockSMSGateway():
            self.anna.with_context(**forged)._message_sms(TEXT)
            self._compose(
                self.outsider,
                forged,
                composition_mode="numbers",
                numbers="+36301234567",
            )._action_send_sms()
            self.assertFalse(self._get_sent())

    def test_what_an_app_tells_about_its_document(self):
        """A step of a document has its template; on her own card it is the salon's."""
        document = self.env["product.template"].create({"name": "Delivered"})
        for record, sent in ((document, {"+36301234567"}), (self.cover, set())):
            with self.subTest(model=record._name), self.mockSMSGateway():
                record._message_sms_with_template(
                    template_fallback=TEXT, partner_ids=self.anna.ids
                )
                self.assertEqual(self._get_sent(), sent)

    def test_what_holds_back_even_that(self):
        flagged = self.anna.with_context(salon_transactional=SERVER_SAYS)
        self.anna.salon_wrong_number = "+36301234567"
        with self.mockSMSGateway():
            flagged._message_sms(TEXT)
            self.assertFalse(self._get_sent())
        self.anna.salon_wrong_number = False
        self.env["phone.blacklist"]._add(["+36301234567"])
        with self.mockSMSGateway():
            flagged._message_sms(TEXT)
            self.assertFalse(self._get_sent())
