from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common_import import SalonImportCase

FILES = {
    "clients.csv": "Client ID,Name,Phone\n700,Anna,06307654321\n701,Eva,06307654322\n"
}
WORDS = {"consent_source": "Signed cards", "consent_wording": "May we call you?"}


@freeze_time("2026-03-10 09:00:00")
class TestSalonImportConsent(SalonImportCase):
    def test_default_is_not_asked(self):
        done = self._import(FILES)
        self.assertEqual(done.consent, "no")
        anna = self._client("700")
        self.assertEqual(anna.salon_call_consent, "none")
        self.assertFalse(anna._filter_callable())
        self.assertFalse(anna.salon_consent_ids)
        self.assertTrue(anna.salon_consent_to_ask)

    def test_yes_goes_into_the_ledger(self):
        self._import(FILES, consent="yes", **WORDS)
        consent = self._client("700").salon_consent_ids
        self.assertEqual(consent.decision, "given")
        self.assertEqual((consent.purpose, consent.channel), ("reminder", "phone"))
        self.assertEqual(consent.source, "Signed cards")
        self.assertEqual(consent.wording, "May we call you?")
        self.assertEqual(consent.user_id, self.manager)
        self.assertTrue(self._client("700")._filter_callable())

    def test_yes_needs_source_and_wording(self):
        salon_import = self._check(FILES, consent="yes")
        with self.assertRaisesRegex(UserError, "where the consent"):
            salon_import.action_import()

    def test_repeat_adds_no_second_row(self):
        self._import(FILES, consent="yes", **WORDS)
        self._import(FILES, consent="yes", **WORDS)
        self.assertEqual(len(self._client("700").salon_consent_ids), 1)

    def test_later_answer_of_the_same_people(self):
        self._import(FILES)
        self._import(FILES, consent="yes", **WORDS)
        self.assertEqual(self._client("700").salon_call_consent, "given")

    def test_own_word_of_a_client_counts_more(self):
        yes = self._create_client("Anna", phone="06307654321")
        no = self._create_client("Eva", phone="06307654322")
        no.action_salon_consent_withdraw()
        self._import(FILES)
        self.assertEqual(yes.salon_call_consent, "given")
        self._import(FILES, consent="yes", **WORDS)
        self.assertEqual(no.salon_call_consent, "withdrawn")

    def test_no_file_makes_a_yes_of_a_no(self):
        row = "Client ID,Name,Phone,Consent\n700,Anna,06307654321,"
        for answer, state in (
            ("yes", "given"),
            ("no", "withdrawn"),
            ("yes", "withdrawn"),
        ):
            self._import({"clients.csv": row + answer + "\n"})
            self.assertEqual(self._client("700").salon_call_consent, state)
        self._import(FILES, consent="yes", **WORDS)
        self.assertEqual(self._client("700").salon_call_consent, "withdrawn")

    def test_consent_to_mailings_is_none_to_calls(self):
        for header in ("Marketing Consent", "Opt-in", "Согласие на рассылку"):
            with self.subTest(header=header):
                done = self._import(
                    {"clients.csv": f"Client ID,Client Name,{header}\n1,Zofia,Yes\n"}
                )
                self.assertEqual(done.file_ids.unused, header)
                self.assertFalse(self._client("1").salon_consent_ids)

    def test_answer_per_client(self):
        done = self._import(
            {
                "clients.csv": "Client ID,Name,Consent\n700,Anna,yes\n701,Eva,no\n"
                "702,Ida,\n"
            },
            consent="no",
        )
        self.assertEqual(self._client("700").salon_call_consent, "given")
        self.assertEqual(self._client("701").salon_call_consent, "withdrawn")
        self.assertEqual(self._client("702").salon_call_consent, "none")
        refusal = self._client("701").salon_consent_ids
        self.assertEqual(refusal.method, "import")
        self.assertEqual(refusal.source, done.name)
