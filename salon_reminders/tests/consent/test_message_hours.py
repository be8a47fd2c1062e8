"""What goes to an audience leaves at hours at which the law allows it."""

from datetime import datetime

from odoo.tests import freeze_time

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.sms.tests.common import MockSMS

from ..common import SalonCase

NIGHT = "2026-03-10 21:00:00"  # ten in the evening at the salon
MORNING = datetime(2026, 3, 11, 8)  # nine there
TEXT = "Hello"
MIAMI = "+1 305 555 1234"


@freeze_time("2026-03-10 09:00:00")
class TestMessageHours(MockSMS, CronMixinCase, SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", "+36301234567")
        cls.bea = cls._create_client("Bea", MIAMI)
        cls.bea.country_id = cls.env.ref("base.us")
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "phone": "+36 30 123 4569"}
        )
        consents = cls.env["salon.consent"]
        for client in cls.anna | cls.bea:
            client.email = f"{client.name}@example.com"
            for channel in ("sms", "email"):
                agreed = consents._prepare_vals(
                    client, "given", "desk", purpose="promotion", channel=channel
                )
                consents.create(agreed)
        cls.supplier.email = "supplier@example.com"
        cls.people = cls.anna | cls.bea | cls.supplier

    def _text(self, records, **vals):
        return (
            self.env["sms.composer"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "res.partner",
                    "res_ids": str(records.ids),
                    "composition_mode": "mass",
                    "mass_force_send": True,
                    "body": "Spring!",
                    **vals,
                }
            )
        )

    def _mail(self, records, **vals):
        return (
            self.env["mail.compose.message"]
            .with_user(self.manager)
            .create(
                {
                    "model": "res.partner",
                    "res_ids": str(records.ids),
                    "composition_mode": "mass_mail",
                    "subject": "Spring!",
                    "body": "<p>Spring!</p>",
                    **vals,
                }
            )
        )

    def _get_texted(self):
        return {sms["number"] for sms in self._sms}

    def _run_queue(self):
        cron = self.env.ref("sms.ir_cron_sms_scheduler_action").with_user(1)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertFalse(cron.failure_count)

    # ------------------------------------------------------------
    # TEXT MESSAGES
    # ------------------------------------------------------------

    @freeze_time(NIGHT)
    def test_texts_to_an_audience_wait_for_the_morning(self):
        composer = self._text(self.people)
        self.assertIn("1 of 3 get it when the law allows it", composer.salon_left_out)
        self.assertIn("Wed 11 Mar, 09:00", composer.salon_left_out)
        alone = self._text(self.anna)
        self.assertEqual(
            alone.salon_left_out,
            "This message is sent when the law allows it, from Wed 11 Mar, 09:00 on.",
        )
        queue = "sms.ir_cron_sms_scheduler_action"
        with self.mockSMSGateway(), self.capture_triggers(queue) as triggers:
            composer.action_send_sms()
        # In Miami it is afternoon; a supplier is no client.
        self.assertEqual(self._get_texted(), {"+13055551234", "+36301234569"})
        waiting = self.env["sms.sms"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual(waiting.state, "salon_waiting")
        self.assertEqual(waiting.salon_send_at, MORNING)
        self.assertIn(MORNING, triggers.records.mapped("call_at"))
        with self.mockSMSGateway():
            self._run_queue()
            self.assertFalse(self._get_texted())
            with freeze_time(MORNING):
                self._run_queue()
            self.assertEqual(self._get_texted(), {"+36301234567"})

    @freeze_time(NIGHT)
    def test_consent_is_asked_again_when_it_leaves(self):
        with self.mockSMSGateway():
            self._text(self.people).action_send_sms()
        consents = self.env["salon.consent"]
        # Text messages about something else are agreed to still.
        consents.create(
            [
                consents._prepare_vals(
                    self.anna, decision, "desk", purpose=purpose, channel="sms"
                )
                for decision, purpose in (
                    ("given", "feedback"),
                    ("withdrawn", "promotion"),
                )
            ]
        )
        with self.mockSMSGateway(), freeze_time(MORNING):
            self._run_queue()
            self.assertFalse(self._get_texted())

    @freeze_time(NIGHT)
    def test_from_one_person_to_another_at_any_hour(self):
        composer = self.env["sms.composer"].with_user(self.receptionist)
        with self.mockSMSGateway():
            composer.create(
                {"res_model": "res.partner", "res_id": self.anna.id, "body": "Come"}
            ).action_send_sms()
        self.assertEqual(self._get_texted(), {"+36301234567"})

    def test_by_day_nothing_waits(self):
        composer = self._text(self.anna)
        self.assertFalse(composer.salon_left_out)
        with self.mockSMSGateway():
            composer.action_send_sms()
        self.assertEqual(self._get_texted(), {"+36301234567"})

    @freeze_time("2026-03-14 10:00:00")
    def test_not_on_a_spanish_saturday(self):
        self.company.country_id = self.env.ref("base.es")
        self.company.resource_calendar_id.tz = "Europe/Madrid"
        with self.mockSMSGateway():
            self._text(self.anna).action_send_sms()
        self.assertFalse(self._get_texted())
        waiting = self.env["sms.sms"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual(str(waiting.salon_send_at)[:10], "2026-03-16")

    # ------------------------------------------------------------
    # E-MAILS
    # ------------------------------------------------------------

    def _send_mail(self, composer):
        mails, _messages = composer._action_send_mail()
        return {mail.res_id: mail.scheduled_date for mail in mails}

    @freeze_time(NIGHT)
    def test_e_mails_to_an_audience_are_scheduled(self):
        composer = self._mail(self.people)
        self.assertIn("1 of 3 get it when the law allows it", composer.salon_left_out)
        sent = self._send_mail(composer)
        self.assertEqual(sent[self.anna.id], MORNING)
        self.assertFalse(sent[self.bea.id])
        self.assertFalse(sent[self.supplier.id])

    def test_what_is_planned_for_the_night_as_well(self):
        template = self.env["mail.template"].create(
            {
                "name": "Spring",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Spring!",
                "scheduled_date": NIGHT,
            }
        )
        sent = self._send_mail(self._mail(self.people, template_id=template.id))
        self.assertEqual(sent[self.anna.id], MORNING)
        self.assertEqual(sent[self.bea.id], datetime(2026, 3, 10, 21))

    @freeze_time(NIGHT)
    def test_one_e_mail_is_a_persons_own(self):
        composer = self._mail(
            self.anna, composition_mode="comment", partner_ids=self.anna.ids
        )
        self.assertFalse(composer.salon_left_out)
        composer._action_send_mail()
        said = self.anna.message_ids.sorted("id")[-2:]
        self.assertIn("Spring!", said[0].body)
        self.assertIn("personal message", said[1].body)
        self.assertIn("Anna", said[1].body)
        self.assertEqual(said[1].author_id, self.manager.partner_id)

    def test_a_note_and_a_mailing_are_not(self):
        anna = self.anna.with_user(self.manager)
        anna.message_post(body=TEXT)
        both = self.anna | self.bea
        self._mail(
            both, composition_mode="comment", partner_ids=both.ids
        )._action_send_mail()
        self._mail(self.anna)._action_send_mail()
        bodies = str(self.anna.message_ids.mapped("body"))
        self.assertNotIn("personal message", bodies)

    def test_people_who_are_no_clients_are_left_alone(self):
        self.supplier.with_user(self.manager).message_post(
            body=TEXT, partner_ids=self.supplier.ids, message_type="comment"
        )
        bodies = str(self.supplier.message_ids.mapped("body"))
        self.assertNotIn("personal message", bodies)
