"""What can be proven of a client: by whom it is read, and what is left of it."""

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user, users

from ..common_call import CallCase

NUMBER = "+36301234567"


@freeze_time("2026-03-10 09:00:00")
class TestProofFolder(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attempt = cls.call.with_user(cls.receptionist)._log_attempt(
            cls.env["salon.call.outcome"]._get_default("no_answer")
        )
        cls.proof = cls.attempt.sudo().proof_id
        cls.consent = cls.anna.salon_consent_ids.filtered(
            lambda c: c.purpose == "reminder"
        )
        cls.log = cls.env["salon.card.log"]

    def _open_folder(self, user, partner=None, **vals):
        folders = self.env["salon.proof.folder"].with_user(user)
        partner = partner or self.anna
        return folders.create({"partner_ids": partner.ids, **vals})

    def _read_folder(self, folder):
        """Return the words of a folder as they are printed."""
        page, _kind = (
            self.env["ir.actions.report"]
            .with_user(folder.env.user)
            ._render_qweb_html("salon_reminders.proof_folder", folder.ids)
        )
        return " ".join(html.fromstring(page).text_content().split())

    def _forge(self, records, name, *args):
        return call_kw(self.env[records._name], name, [records.ids, *args], {})

    # ------------------------------------------------------------
    # THE ATTEMPT
    # ------------------------------------------------------------

    def test_an_attempt_keeps_what_it_relied_on(self):
        self.assertEqual(self.proof.consent_id, self.consent)
        self.assertEqual(self.proof.basis, "consent")
        self.assertEqual(self.proof.address, NUMBER)
        self.assertEqual(self.proof.user_id, self.receptionist)
        self.assertEqual(self.proof.date, self.attempt.date)

    def test_the_answer_given_on_the_phone_is_for_the_next_time(self):
        """A call relies on what held when it was dialled, not on what came of it."""
        self.call.with_user(self.receptionist)._claim()
        with freeze_time("2026-03-10 09:04:00"):
            self._answer(self.anna, "reminder")
            attempt = self._log("no_answer")
        self.assertEqual(attempt.sudo().proof_id.consent_id, self.consent)

    @users("t_recep", "t_salon_boss", "t_vera")
    def test_nobody_writes_what_a_call_relied_on(self):
        other = self.anna.salon_consent_ids - self.consent
        for records, vals in (
            (self.attempt, {"proof_id": False}),
            (self.attempt, {"phone": "+36309999999"}),
            (self.proof, {"consent_id": other[0].id}),
            (self.proof, {"address": "+36309999999"}),
        ):
            for context in ({}, {"salon_proof": True}):
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    self._forge(records.with_context(**context), "write", vals)
        with self.assertRaises(UserError):
            self._forge(self.proof, "unlink")
        for model, vals in (
            ("salon.contact.proof", {"partner_id": self.anna.id}),
            ("salon.call.attempt", {"call_id": self.call.id}),
        ):
            with self.assertRaises(AccessError):
                call_kw(self.env[model], "create", [vals], {})

    @users("t_recep", "t_vera", "t_salon_boss")
    def test_numbers_are_read_in_the_folder_only(self):
        with self.assertRaises(AccessError):
            self._forge(self.proof, "read", ["address"])
        with self.assertRaises(AccessError):
            call_kw(
                self.env["salon.contact.proof"],
                "formatted_read_group",
                [[], ["address"], ["__count"]],
                {},
            )

    # ------------------------------------------------------------
    # THE FOLDER
    # ------------------------------------------------------------

    def test_it_says_everything(self):
        withdrawn = self.env["salon.consent"].create(
            self.env["salon.consent"]._prepare_vals(
                self.anna, "withdrawn", "desk", date="2026-03-10 09:00:00"
            )
        )
        text = self._read_folder(self._open_folder(self.manager))
        for words in (
            "Proof folder: Anna",
            self.consent.wording,
            f"No. {self.consent.id} ",
            "Service reminders",
            "At the desk",
            f"no. {withdrawn.id}.",
            "10 Mar 2026, 10:00",
            NUMBER,
            self.receptionist.name,
            "No answer",
            f"Consent no. {self.consent.id}",
        ):
            self.assertIn(words, text)

    def test_what_was_not_recorded_and_what_was_taken_back(self):
        self.attempt.call_id._undo(self.attempt)
        self.env.cr.execute(
            """UPDATE salon_contact_proof
                  SET basis = 'unrecorded', consent_id = NULL, address = NULL
                WHERE id = %s""",
            [self.proof.id],
        )
        self.env.invalidate_all()
        text = self._read_folder(self._open_folder(self.manager))
        self.assertIn("No answer, taken back Not recorded then", text)

    def test_reading_it_is_noted(self):
        self._read_folder(self._open_folder(self.manager))
        row = self.log.search([("kind", "=", "proof")])
        self.assertEqual((row.partner_id, row.user_id), (self.anna, self.manager))

    def test_only_managers(self):
        folder = self._open_folder(self.manager)
        for user in self.receptionist | self.stylist_user:
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.anna.with_user(user).action_salon_proof()
                with self.assertRaises(AccessError):
                    self._read_folder(folder.with_user(user))

    def test_another_managers_folder(self):
        other = self._create_user("second_boss", "group_manager")
        folder = self._open_folder(self.manager)
        with self.assertRaises(AccessError):
            self._read_folder(folder.with_user(other))

    def test_nothing_of_another_salon(self):
        company = self._create_company("Second salon")
        other = new_test_user(
            self.env,
            "t_other_boss",
            groups="base.group_user,salon_reminders.group_manager",
            company_id=company.id,
            company_ids=company.ids,
        )
        text = self._read_folder(self._open_folder(other))
        self.assertIn("keep no answer and no contact", text)
        self.assertNotIn(self.consent.wording, text)
        self.assertNotIn("No answer", text.replace("keep no answer", ""))
        folder = self.env["salon.proof.folder"].with_user(other)
        folder = folder.create({"number": NUMBER})
        folder.action_find()
        self.assertIn("nothing is kept", folder.answer)
        self.assertFalse(folder.partner_ids)

    def test_from_the_card_and_from_a_call(self):
        action = self.anna.with_user(self.manager).action_salon_proof()
        self.assertEqual(action["report_name"], "salon_reminders.proof_folder")
        server_action = self.env.ref("salon_reminders.salon_call_action_proof")
        context = {"active_model": "salon.call", "active_id": self.call.id}
        action = server_action.with_user(self.manager).with_context(**context).run()
        folder = self.env["salon.proof.folder"].browse(action["context"]["active_ids"])
        self.assertEqual(folder.partner_ids, self.anna)
        with self.assertRaises(AccessError):
            server_action.with_user(self.receptionist).with_context(**context).run()

    # ------------------------------------------------------------
    # MERGED AND ERASED CARDS, NUMBERS THAT ARE NAMED
    # ------------------------------------------------------------

    def test_it_follows_the_merged_card(self):
        kept = self._create_client("Anna K.", "+36 30 765 4321", consent=False)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.anna | kept).ids, kept
        )
        self.assertEqual(self.proof.partner_id, kept)
        self.assertEqual(self.proof.consent_id, self.consent)
        self.assertEqual(self.consent.partner_id, kept)
        text = self._read_folder(self._open_folder(self.manager, kept))
        self.assertIn(NUMBER, text)
        self.assertIn(f"Consent no. {self.consent.id}", text)

    def test_erasing_leaves_a_keyed_hash(self):
        self.env["salon.privacy"].with_user(self.manager)._erase(
            self.anna.with_user(self.manager)
        )
        self.assertFalse(self.proof.address or self.attempt.sudo().phone)
        self.assertEqual(len(self.proof.address_hash), 64)
        self.assertEqual(self.proof.consent_id, self.consent)
        text = self._read_folder(self._open_folder(self.manager))
        self.assertIn(f"Erased client {self.anna.id}", text)
        self.assertIn("Erased; a hash is kept", text)
        self.assertIn(self.consent.wording, text)
        for gone in (NUMBER, NUMBER[-7:], "Proof folder: Anna"):
            self.assertNotIn(gone, text)

    def test_the_hash_needs_the_secret_of_the_database(self):
        before = self.env["salon.contact.proof"]._hash(NUMBER)
        self.env["ir.config_parameter"].sudo().set_param("database.secret", "another")
        self.assertNotEqual(self.env["salon.contact.proof"]._hash(NUMBER), before)

    @users("t_salon_boss")
    def test_a_claim_after_erasure(self):
        privacy = self.env["salon.privacy"]
        privacy._erase(self.anna.with_user(self.env.user))
        # Somebody else has the number now, and was never called.
        for named in ("06 30 123 4567", "+36 30 123 45 67"):
            folder = self.env["salon.proof.folder"].create({"number": named})
            folder.action_find()
            self.assertEqual(folder.partner_ids, self.anna)
            self.assertIn("contacts from 03/10/2026 to 03/10/2026: 1.", folder.answer)
            text = self._read_folder(folder)
            self.assertIn(f"{NUMBER}, by its hash", text)
            self.assertIn(f"Consent no. {self.consent.id}", text)
        noted = self.log.sudo().search([("kind", "=", "proof")])
        self.assertEqual(noted.partner_id, self.anna)

    @users("t_salon_boss")
    def test_a_claim_about_a_client(self):
        folder = self.env["salon.proof.folder"].create({"number": "06301234567"})
        folder.action_find()
        self.assertEqual(folder.partner_ids, self.anna)

    @users("t_salon_boss")
    def test_who_agreed_and_was_never_contacted(self):
        bea = self._create_client("Bea", "+36 30 765 4321")
        folder = self.env["salon.proof.folder"].create({"number": "+36307654321"})
        folder.action_find()
        self.assertEqual(folder.partner_ids, bea)
        self.assertIn("no contact over it is recorded", folder.answer)

    @users("t_salon_boss")
    def test_a_number_nobody_knows(self):
        folder = self.env["salon.proof.folder"].create({"number": "+36205550000"})
        folder.action_find()
        self.assertIn("nothing is kept", folder.answer)
        with self.assertRaisesRegex(UserError, "Nothing is kept"):
            folder.action_print()
        folder.number = "Anna"
        with self.assertRaisesRegex(UserError, "no phone number"):
            folder.action_find()

    def test_old_numbers_stay_with_the_proof(self):
        """Notes and numbers of attempts go earlier than what must be proven."""
        self.company.salon_retention_months = 12
        with freeze_time("2027-04-01 09:00:00"):
            self.env["salon.privacy"]._gc_old_notes()
            self.env["salon.privacy"]._gc_proofs()
        self.assertFalse(self.attempt.sudo().phone)
        self.assertEqual(self.proof.address, NUMBER)
        with freeze_time("2031-03-11 09:00:00"):
            self.env["salon.privacy"]._gc_proofs()
        self.assertFalse(self.proof.exists())
        self.assertTrue(self.attempt.exists())
        self.assertFalse(self.attempt.sudo().proof_id)
