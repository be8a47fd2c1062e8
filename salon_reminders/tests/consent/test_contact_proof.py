"""Each contact keeps the consent it relied on, as long as it must be proven."""

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.sms.tests.common import MockSMS

from ...tools.server_flags import SERVER_SAYS
from ..common import SalonCase

NOW = "2026-03-10 09:00:00"


class ProofCase(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.proofs = cls.env["salon.contact.proof"]
        cls.consents = cls.env["salon.consent"]
        cls.anna = cls._create_client("Anna", consent=False)

    @classmethod
    def _give(cls, client, date=None, decision="given", **vals):
        company = vals.pop("company", cls.company)
        method = vals.pop("method", "desk")
        kind = {"purpose": "reminder", "channel": "phone", **vals}
        consents = cls.consents.with_company(company)
        return consents.create(
            consents._prepare_vals(
                client, decision, method, date=date or fields.Datetime.now(), **kind
            )
        )

    @classmethod
    def _contact(cls, client, date=None, company=None, **vals):
        return cls.proofs._record(
            [
                {
                    "partner_id": client.id,
                    "company_id": (company or cls.company).id,
                    "channel": "phone",
                    "purpose": "reminder",
                    "address": client.phone_sanitized,
                    "date": fields.Datetime.to_datetime(date) or fields.Datetime.now(),
                    "user_id": cls.receptionist.id,
                    **vals,
                }
            ]
        )

    def _get_proofs(self, *clients):
        ids = [client.id for client in clients]
        return self.proofs.search([("partner_id", "in", ids)])


@freeze_time(NOW)
class TestContactProof(ProofCase):
    """What held at the moment of contact, and what did not."""

    def test_what_held_then(self):
        first = self._give(self.anna, "2026-01-10 09:00:00")
        self._give(self.anna, "2026-02-10 09:00:00", "withdrawn")
        again = self._give(self.anna, "2026-03-01 09:00:00")
        for date, relied in (
            ("2026-01-10 08:59:59", self.consents),
            ("2026-01-10 09:00:00", first),
            ("2026-02-10 08:59:59", first),
            ("2026-02-10 09:00:00", self.consents),
            ("2026-03-10 09:00:00", again),
        ):
            with self.subTest(date):
                proof = self._contact(self.anna, date)
                self.assertEqual(proof.consent_id, relied)
                self.assertEqual(proof.basis, "consent" if relied else "none")

    def test_the_last_day_is_the_salons(self):
        """It holds to the end of its day in Budapest, an hour before that of UTC."""
        given = self._give(self.anna, "2026-01-10 09:00:00", expiry_date="2026-03-09")
        self.assertEqual(
            self._contact(self.anna, "2026-03-09 22:59:00").consent_id, given
        )
        self.assertEqual(self._contact(self.anna, "2026-03-09 23:00:00").basis, "none")

    def test_only_of_its_kind(self):
        other = self._create_company("Second salon")
        self._give(self.anna, purpose="promotion")
        self._give(self.anna, channel="sms")
        self._give(self.anna, company=other)
        self._give(self._create_client("Bea", "+36 30 123 4568", consent=False))
        self.assertEqual(self._contact(self.anna).basis, "none")

    def test_what_needs_no_consent(self):
        self._give(self.anna)
        proof = self._contact(self.anna, purpose="transactional")
        self.assertEqual((proof.basis, proof.consent_id.id), ("transactional", False))

    def test_nobody_changes_it(self):
        proof = self._contact(self.anna)
        with self.assertRaisesRegex(UserError, "never changed"):
            proof.sudo().write({"basis": "consent"})
        with self.assertRaisesRegex(UserError, "never changed"):
            proof.sudo().unlink()

    def test_many_at_once(self):
        """As many queries for two hundred contacts as for ten."""
        self._give(self.anna)
        self._contact(self.anna)
        self.env.flush_all()
        contact = {
            "partner_id": self.anna.id,
            "company_id": self.company.id,
            "channel": "phone",
            "purpose": "reminder",
            "address": "+36301234567",
            "date": fields.Datetime.now(),
            "user_id": self.receptionist.id,
        }
        counts = []
        for size in (10, 200):
            before = self.env.cr.sql_log_count
            self.proofs._record([contact] * size)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 2, counts)


@freeze_time(NOW)
class TestMessageProof(MockSMS, MockEmail, ProofCase):
    """Messages that leave through the funnel of the salon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.email = "anna@example.com"
        cls.agreed = cls._give(cls.anna, channel="sms", purpose="feedback")
        cls.offers = cls._give(cls.anna, channel="email", purpose="promotion")
        cls.supplier = cls.env["res.partner"].create(
            {
                "name": "Supplier",
                "phone": "+36301234569",
                "email": "supplier@example.com",
            }
        )

    def test_a_text_message(self):
        with self.mockSMSGateway():
            self.anna._message_sms("Come again!")
        proof = self._get_proofs(self.anna)
        self.assertEqual(proof.consent_id, self.agreed)
        self.assertEqual(proof.purpose, "feedback")
        self.assertEqual((proof.channel, proof.address), ("sms", "+36301234567"))
        self.assertEqual(proof.company_id, self.company)

    def test_a_text_message_to_a_number(self):
        """It relied on the one of the owners who agreed, whatever it hung on."""
        self._create_client("Bea", consent=False)
        with self.mockSMSGateway():
            self.supplier._message_sms("Come!", sms_numbers=["06 30 123 4567"])
        proof = self.proofs.search([("address", "=", "+36301234567")])
        self.assertEqual(proof.partner_id, self.anna)
        self.assertEqual(proof.consent_id, self.agreed)

    def test_a_transactional_text_message(self):
        flagged = self.anna.with_context(salon_transactional=SERVER_SAYS)
        with self.mockSMSGateway():
            flagged._message_sms("Your visit is moved.")
        proof = self._get_proofs(self.anna)
        self.assertEqual((proof.basis, proof.consent_id.id), ("transactional", False))

    def test_what_did_not_leave_is_no_contact(self):
        bea = self._create_client("Bea", "+36301234568", consent=False)
        with self.mockSMSGateway():
            bea._message_sms("Come again!")
            self.supplier._message_sms("Bring towels.")
        with self.mockSMSGateway(sim_error="credit"):
            self.anna._message_sms("Come again!")
        self.assertFalse(self._get_proofs(self.anna, bea, self.supplier))

    def _write(self, records, mode="mass_mail", **vals):
        composer = self.env["mail.compose.message"].create(
            {
                "model": records._name,
                "res_ids": str(records.ids),
                "composition_mode": mode,
                "subject": "Hello",
                "body": "<p>Hello</p>",
                **vals,
            }
        )
        with self.mock_mail_gateway():
            composer._action_send_mail()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()

    def test_an_offer_by_e_mail(self):
        bea = self._create_client("Bea", "+36301234568", consent=False)
        bea.email = "bea@example.com"
        for person in self.anna | bea | self.supplier:
            person.message_subscribe(person.ids)
        for mode in ("mass_mail", "comment"):
            with self.subTest(mode):
                before = self._get_proofs(self.anna)
                self._write(self.anna | bea | self.supplier, mode)
                proof = self._get_proofs(self.anna) - before
                self.assertEqual(proof.consent_id, self.offers)
                self.assertEqual(proof.address, "anna@example.com")
                self.assertFalse(self._get_proofs(bea, self.supplier))

    def test_a_letter_of_a_person_is_no_offer(self):
        self._write(self.anna, "comment", partner_ids=self.anna.ids)
        self.assertFalse(self._get_proofs(self.anna))

    def test_the_caller_does_not_say_what_is_an_offer(self):
        hello = "Hello"
        forged = {"salon_offer": True, "default_salon_company_id": self.company.id}
        with self.mock_mail_gateway():
            self.anna.with_user(self.manager).with_context(**forged).message_post(
                body=hello, partner_ids=self.anna.ids
            )
        self.assertFalse(self._get_proofs(self.anna))


@freeze_time("2024-02-29 12:00:00")
class TestProofRetention(ProofCase):
    """Kept for years after the last use, then forgotten in a few statements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.given = cls._give(cls.anna, "2024-02-29 09:00:00")

    def _forget(self, moment):
        with freeze_time(moment):
            self.env["salon.privacy"]._gc_proofs()

    def test_five_years_to_the_day(self):
        """Used on a leap day: to the end of February by the salon's clock."""
        proof = self._contact(self.anna, "2024-02-29 22:59:00")
        self.anna.active = False
        self._forget("2029-02-28 22:59:00")
        self.assertTrue(proof.exists() and self.given.exists())
        self._forget("2029-02-28 23:00:00")
        self.assertFalse(proof.exists() or self.given.exists())

    def test_a_day_before_in_the_salon(self):
        """Half past midnight in Budapest is the evening before in UTC."""
        kept = self._contact(self.anna, "2024-02-27 23:30:00", purpose="transactional")
        gone = self._contact(self.anna, "2024-02-27 22:30:00", purpose="transactional")
        self._forget("2029-02-28 12:00:00")
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())

    def test_each_use_begins_anew(self):
        """What relied on one consent is kept together, up to its last use."""
        first = self._contact(self.anna, "2024-02-29 10:00:00")
        last = self._contact(self.anna, "2027-05-01 10:00:00")
        self.assertEqual(first.consent_id, last.consent_id)
        self.anna.active = False
        self._forget("2032-05-01 09:00:00")
        self.assertTrue(first.exists() and last.exists() and self.given.exists())
        self._forget("2032-05-02 09:00:00")
        self.assertFalse((first | last).exists() or self.given.exists())

    def test_what_holds_is_kept(self):
        """A consent without an end, and a refusal, decide on a card for good."""
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        before = self._give(bea)
        refused = self._give(bea, decision="withdrawn")
        self._forget("2040-01-01 09:00:00")
        self.assertTrue(self.given.exists() and refused.exists())
        self.assertFalse(before.exists())

    def test_what_ran_out_goes(self):
        bea = self._create_client("Bea", "+36 30 123 4568", consent=False)
        refused = self._give(bea, "2024-02-28 09:00:00", "withdrawn")
        expired = self._give(bea, expiry_date="2025-02-28")
        self._forget("2040-01-01 09:00:00")
        # Otherwise the older one would be the newest again for a while.
        self.assertTrue(expired.exists())
        self.assertFalse(refused.exists())
        self._forget("2040-01-02 09:00:00")
        self.assertFalse(expired.exists())

    def test_forms_go_with_their_answers(self):
        signed = self._give(
            self.anna,
            "2024-02-29 10:00:00",
            purpose="promotion",
            method="writing",
            document=b"QW5uYQ==",
        )
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "salon.consent"),
                ("res_field", "=", "document"),
                ("res_id", "=", signed.id),
            ]
        )
        self.assertTrue(files)
        self.anna.active = False
        self._forget("2029-02-28 09:00:00")
        self.assertTrue(files.exists())
        self._forget("2030-01-01 09:00:00")
        self.assertFalse(files.exists() or signed.exists())

    def test_each_salon_by_its_own_years(self):
        other = self._create_company("Second salon")
        other.salon_proof_years = 7
        theirs = self._contact(self.anna, company=other, purpose="transactional")
        ours = self._contact(self.anna, purpose="transactional")
        self._forget("2030-01-01 09:00:00")
        self.assertTrue(theirs.exists())
        self.assertFalse(ours.exists())

    def test_not_below_the_country(self):
        self.company.salon_proof_years = 1
        germany = self.env.ref("base.de")
        with self.assertRaisesRegex(ValidationError, "7a UWG"):
            self.company.country_id = germany
        self.company.write({"country_id": germany.id, "salon_proof_years": 5})
        with self.assertRaisesRegex(ValidationError, "at least: 5"):
            self.company.salon_proof_years = 4
        self.assertIn("7a UWG", self.company.salon_proof_law)

    def test_answers_can_not_be_deleted(self):
        with self.assertRaises(UserError):
            self.given.sudo().unlink()
        self._contact(self.anna)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "DELETE FROM salon_consent WHERE id = %s", [self.given.id]
            )

    def test_as_many_queries_for_many(self):
        counts = []
        for size in (10, 200):
            clients = self.env["res.partner"].create(
                [
                    {"name": f"C {size} {n}", "is_salon_client": True}
                    for n in range(size)
                ]
            )
            for client in clients:
                self._give(client, "2024-02-29 08:00:00", expiry_date="2025-01-01")
                self._contact(client, "2024-02-29 09:30:00")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._forget("2040-01-01 09:00:00")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(
                self.consents.search_count([("partner_id", "in", clients.ids)])
            )
        self.assertEqual(counts[0], counts[1])
