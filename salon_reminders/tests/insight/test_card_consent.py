"""What the card keeps about health, and photos, need a consent of their own."""

import base64

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ...models.consent.salon_consent import KINDS
from ...tools.health_words import is_about_health
from ..common import SalonCase

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    b"YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
HEALTH = "salon_contraindications"


@freeze_time("2026-03-10 09:00:00")
class TestCardConsent(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.anna.write({HEALTH: "Latex", "salon_note": "7.1 + 6 %"})
        cls.visit = cls._create_visit(cls.anna, "2026-03-10", state="booked")
        cls.other = cls._create_company("Other")

    def _call(self, records, method, *args, **kwargs):
        """Return what a browser gets that calls this as the user of the test."""
        return call_kw(
            self.env[records._name], method, [records.ids, *args], {**kwargs}
        )

    def _answer_card(self, decision, purpose="health", company=None, **vals):
        consents = self.env["salon.consent"].sudo()
        consents = consents.with_company(company or self.company)
        vals = consents._prepare_vals(
            self.anna, decision, "desk", purpose=purpose, **vals
        )
        return consents.create(vals)

    def _take_photo(self, **vals):
        return self.env["salon.client.photo"].create(
            {"partner_id": self.anna.id, "image_1920": PIXEL, **vals}
        )

    def _sweep(self):
        """Run both jobs that delete, as the scheduler does."""
        self.env["res.partner"]._gc_salon_health()
        self.env["salon.client.photo"]._gc_photos()
        self.env.invalidate_all()

    def _get_sentences(self):
        """Return all that an RPC caller could find the secret texts in."""
        domain = [("id", "=", self.anna.id)]
        cards = self.env["res.partner"].search(domain)
        names = [HEALTH, "salon_note", "salon_card", "salon_newest_event_ids"]
        names = [n for n in names if cards._has_field_access(cards._fields[n], "read")]
        answers = [
            self._call(cards, "read", names),
            self._call(cards, "web_read", {name: {} for name in names}),
            self.env["res.partner"].web_search_read(domain, {HEALTH: {}}),
            self.env["res.partner"].formatted_read_group(domain, [HEALTH]),
            self.visit.with_user(self.env.user).read(["contraindications"]),
            self.env["salon.visit"].onchange(
                {"partner_id": self.anna.id}, [], {"contraindications": {}}
            ),
        ]
        return str(answers)

    # ------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------

    def test_what_a_card_keeps_has_a_channel_of_its_own(self):
        self.assertEqual(self._answer_card("given").channel, "card")
        self.assertIn(("photo", "card"), KINDS)
        self.assertNotIn(("photo", "phone"), KINDS)
        for kind in ({"channel": "sms"}, {"purpose": "reminder", "channel": "card"}):
            with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
                self._answer_card("given", **{"purpose": "health", **kind})

    @users("t_recep")
    def test_in_the_form_of_the_ledger(self):
        form = Form(self.env["salon.consent"])
        form.partner_id = self.anna
        self.assertEqual(form.channel, "phone")
        form.purpose = "photo"
        self.assertEqual(form.channel, "card")
        consent = form.save()
        self.assertIn("photos", consent.wording)
        self.assertEqual(consent.wording_id.purpose, "photo")

    def test_no_contact_rests_on_it(self):
        vera = self._create_client("Vera", "+36 30 222 2222", consent=False)
        consents = self.env["salon.consent"]
        for purpose in ("health", "photo"):
            consents.create(
                consents._prepare_vals(vera, "given", "desk", purpose=purpose)
            )
        gate = self.env["salon.gate"]
        for purpose in ("reminder", "feedback", "promotion", "health", "photo"):
            for channel in ("phone", "sms", "email", "card"):
                holds = gate._get_holds(vera, purpose, channel)
                self.assertEqual(holds[vera], "consent", (purpose, channel))
        self.assertEqual(gate._get_text_holds(vera), {vera: "consent"})
        purposes = dict(self.env["salon.call"]._fields["purpose"].selection)
        self.assertEqual(set(purposes), {"reminder", "promotion", "feedback"})

    def test_blacklists_are_not_touched(self):
        blacklist = self.env["phone.blacklist"]
        self.anna.action_salon_consent_withdraw()
        domain = [("number", "=", self.anna.phone_sanitized)]
        self.assertEqual(blacklist.search_count(domain), 1)
        self._answer_card("given")
        self.assertEqual(blacklist.search_count(domain), 1)
        self.anna.action_salon_consent_give()
        self._answer_card("withdrawn")
        self.assertEqual(blacklist.search_count(domain), 0)
        self.assertTrue(self.anna._filter_callable())

    def test_the_link_asks_each_kind_once(self):
        groups = self.anna._get_salon_consent_questions()
        names = [one["name"] for group in groups for one in group["questions"]]
        self.assertEqual(len(names), 11)
        self.assertEqual(names[-2:], ["health_card", "photo_card"])
        self.anna._record_salon_link_answers({"photo_card": "1"})
        self.assertEqual(self.anna.salon_photo_consent, "given")
        self.assertEqual(self.anna.salon_health_consent, "missing")
        self.anna._record_salon_link_answers({})
        self.assertEqual(self.anna.salon_photo_consent, "refused")
        self.assertEqual(self.anna.salon_health_consent, "missing")

    # ------------------------------------------------------------
    # ASKED WHEN ENTERED
    # ------------------------------------------------------------

    @users("t_recep")
    def test_what_is_typed_is_kept_and_asked_for(self):
        vera = self._create_client("Vera", "+36 30 222 2222").with_env(self.env)
        self.assertFalse(vera.salon_consent_to_ask)
        self._call(vera, "write", {HEALTH: "Nickel"})
        self.assertEqual(vera[HEALTH], "Nickel")
        self.assertEqual(vera.salon_health_consent, "missing")
        self.assertTrue(vera.salon_consent_to_ask)
        self.assertEqual(vera.salon_ask_purpose, "health")
        self.assertIn("allergies", vera.salon_ask_sentence)
        self.assertIn("without consent", vera.salon_ask_reason)
        found = vera.search([("salon_consent_to_ask", "=", True), ("id", "=", vera.id)])
        self.assertEqual(found, vera)
        self._call(vera, "action_salon_ask_agree")
        vera.invalidate_recordset()
        self.assertEqual(vera.salon_health_consent, "given")
        self.assertFalse(vera.salon_consent_to_ask)
        row = vera.salon_consent_ids[0]
        self.assertEqual((row.user_id, row.method), (self.env.user, "desk"))
        self.assertEqual(row.wording, row.wording_id.text)

    @users("t_recep")
    def test_a_signed_paper(self):
        action = self._call(self.anna, "action_salon_health_paper")
        talk = self.env["salon.consent.answers"].browse(action["res_id"])
        self.assertEqual(talk.method, "writing")
        talk.document = base64.b64encode(b"ink")
        talk.action_record()
        self.anna.invalidate_recordset()
        self.assertEqual(self.anna.salon_health_consent, "given")
        self.assertEqual(self.anna.salon_consent_ids[0].method, "writing")

    @users("t_vera")
    def test_a_stylist_asks_own_clients_at_the_chair(self):
        visit = self.visit.with_user(self.env.user)
        self.assertEqual(visit.health_consent, "missing")
        self._call(visit, "action_health_agree")
        visit.invalidate_recordset()
        self.assertEqual(visit.health_consent, "given")
        row = self.anna.sudo().salon_consent_ids[0]
        self.assertEqual((row.user_id, row.purpose), (self.env.user, "health"))
        with self.assertRaises(AccessError):
            self.env["salon.consent"].create({"partner_id": self.anna.id})
        stranger = self._create_client("Eve", "+36 30 333 3333")
        with self.assertRaises(AccessError):
            self._call(stranger, "action_salon_photo_agree")

    def test_nobody_without_a_role_answers(self):
        plain = self._create_user("plain", "group_phone_numbers")
        with self.assertRaises(AccessError):
            self.anna.with_user(plain).action_salon_health_agree()

    def test_what_a_formula_says(self):
        for text in ("Allergic to PPD", "аллергия", "terhes", "7.1, has asthma"):
            self.assertTrue(is_about_health(text), text)
        for text in (False, "", "7.1 + 6 %", "Likes tea", "plasma gloss"):
            self.assertFalse(is_about_health(text), text)
        vera = self._create_client("Vera", "+36 30 222 2222")
        vera.salon_note = "7.1, allergic to PPD"
        self.assertTrue(vera.salon_note_is_health)
        vera.salon_note_is_health = False
        self.assertFalse(vera.salon_note_is_health)
        self.assertFalse(vera.salon_consent_to_ask)
        vera.salon_note_is_health = True
        vera.salon_note = "7.1, red spots last time"
        self.assertTrue(vera.salon_note_is_health)
        vera.salon_note = False
        self.assertFalse(vera.salon_note_is_health)

    # ------------------------------------------------------------
    # REFUSED OR WITHDRAWN
    # ------------------------------------------------------------

    def _assert_hidden(self, *users):
        for user in users:
            with self.subTest(user.login), self.with_user(user.login):
                self.assertNotIn("Latex", self._get_sentences())
                found = self.env["res.partner"].search([(HEALTH, "ilike", "Latex")])
                self.assertFalse(found)
                for name in ("salon_hidden_contraindications", "salon_hidden_note"):
                    with self.assertRaises(AccessError):
                        self._call(self.anna, "read", [name])

    def test_a_withdrawal_hides_at_once_from_everybody(self):
        self._answer_card("given")
        with self.with_user("t_recep"):
            self.assertIn("Latex", self._get_sentences())
        self._answer_card("withdrawn")
        self.env.invalidate_all()
        self._assert_hidden(self.receptionist, self.manager, self.stylist_user)
        # The formula says nothing about health.
        self.assertEqual(self.anna.salon_note, "7.1 + 6 %")
        self.assertIn("ask about allergies", self._get_sentences())
        with self.with_user("t_salon_boss"):
            rows = self.env["res.partner"].browse(self.anna.id).export_data([HEALTH])
            self.assertEqual(rows["datas"], [[""]])

    def test_a_refusal_hides_a_formula_with_health_in_it(self):
        self.anna.salon_note = "7.1, allergic to PPD"
        self.anna.salon_no_contraindications = True
        self._answer_card("withdrawn")
        self.assertFalse(self.anna.salon_note)
        self.assertFalse(self.anna.salon_no_contraindications)
        self._answer_card("given")
        self.assertEqual(self.anna.salon_note, "7.1, allergic to PPD")
        self.assertTrue(self.anna.salon_note_is_health)
        self.assertEqual(self.anna[HEALTH], "Latex")
        self.assertFalse(self.anna.salon_hidden_until)

    def test_a_formula_of_a_visit(self):
        self.anna[HEALTH] = False
        self.assertFalse(self.anna.salon_consent_to_ask)
        visit = self.visit.with_user(self.stylist_user)
        visit.note = "6.1 + 20 vol, allergic to PPD"
        self.assertTrue(visit.note_is_health)
        self.assertEqual(visit.health_consent, "missing")
        self.assertTrue(self.anna.salon_consent_to_ask)
        visit.action_health_refuse()
        self.env.invalidate_all()
        self.assertFalse(visit.note)
        events = self.anna.with_user(self.receptionist).salon_newest_event_ids
        self.assertNotIn("PPD", str(events.mapped("note")))
        with self.assertRaises(UserError) as refused:
            visit.note = "6.1, allergic to PPD"
        self.assertIn("Anna does not let", str(refused.exception))
        with self.assertRaises(AccessError):
            visit.read(["hidden_note"])
        visit.note = "6.1 + 20 vol"
        visit.action_health_agree()
        self.assertEqual(visit.note, "6.1 + 20 vol, allergic to PPD\n6.1 + 20 vol")
        self._answer_card("withdrawn")
        with freeze_time("2026-04-10 09:00:00"):
            self._sweep()
            self.assertFalse(self.visit.hidden_note)
            self._answer_card("given")
        self.assertFalse(self.visit.note)

    def test_a_formula_of_a_visit_without_consent(self):
        self.visit.note = "6.1, allergic to PPD"
        self.company.salon_missing_days = 90
        with freeze_time("2026-06-08 09:00:00"):
            self._sweep()
            self.assertTrue(self.visit.note)
        with freeze_time("2026-06-09 09:00:00"):
            self._sweep()
        self.assertFalse(self.visit.note)

    def test_nothing_is_written_against_the_clients_word(self):
        self._answer_card("withdrawn")
        anna = self.anna.with_user(self.receptionist)
        for vals in ({HEALTH: "Latex"}, {"salon_note": "allergic to PPD"}):
            with self.assertRaises(UserError) as refused:
                anna.write(vals)
            self.assertIn("Anna does not let", str(refused.exception))
        anna.salon_note = "7.1 + 9 %"
        with self.assertRaises(UserError):
            anna.salon_note_is_health = True
        # What the system brings, as an import does, is never shown.
        self.anna.sudo()[HEALTH] = "Latex"
        self.assertFalse(self.anna[HEALTH])

    def test_it_is_deleted_after_the_setting(self):
        self.company.salon_hidden_days = 10
        self._answer_card("withdrawn")
        self.assertEqual(str(self.anna.salon_hidden_until), "2026-03-20")
        with freeze_time("2026-03-20 09:00:00"):
            self._sweep()
            self.assertEqual(self.anna.salon_hidden_contraindications, "Latex")
        with freeze_time("2026-03-21 09:00:00"):
            self._sweep()
            self.assertFalse(self.anna.salon_hidden_contraindications)
            self._answer_card("given")
        self.assertFalse(self.anna[HEALTH])

    def test_zero_days_delete_at_once(self):
        self.company.salon_hidden_days = 0
        photo = self._take_photo()
        self._answer_card("withdrawn")
        self._answer_card("withdrawn", "photo")
        self.assertFalse(self.anna[HEALTH] or self.anna.salon_hidden_contraindications)
        self.assertFalse(photo.exists())

    def test_what_is_there_already_stays_unless_set_otherwise(self):
        photo = self._take_photo()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE salon_client_photo SET create_date = '2026-03-10 10:00'"
        )
        with freeze_time("2027-03-10 09:00:00"):
            self._sweep()
            self.assertEqual(self.anna[HEALTH], "Latex")
            self.assertTrue(photo.exists())
        self.company.salon_missing_days = 90
        with freeze_time("2026-06-08 09:00:00"):
            self._sweep()
            self.assertTrue(self.anna[HEALTH] and photo.exists())
        self._answer_card("given")
        with freeze_time("2026-06-10 09:00:00"):
            self._sweep()
            self.assertEqual(self.anna[HEALTH], "Latex")
            self.assertFalse(photo.exists())
        self._answer_card("given", expiry_date="2026-03-31", date="2026-03-10 09:01")
        with freeze_time("2026-06-10 09:00:00"):
            self._sweep()
        self.assertFalse(self.anna[HEALTH])
        self.assertEqual(self.anna.salon_note, "7.1 + 6 %")

    # ------------------------------------------------------------
    # PHOTOS
    # ------------------------------------------------------------

    def test_photos_are_hidden_and_come_back(self):
        photo = self._take_photo()
        self.assertEqual(self.anna.salon_ask_purpose, "health")
        self._answer_card("given")
        self.anna.invalidate_recordset()
        self.assertEqual(self.anna.salon_ask_purpose, "photo")
        self._answer_card("withdrawn", "photo")
        self.env.invalidate_all()
        for user in (self.receptionist, self.manager, self.stylist_user):
            photos = self.env["salon.client.photo"].with_user(user)
            self.assertFalse(photos.search([("id", "=", photo.id)]), user.login)
            self.assertFalse(self.anna.with_user(user).salon_photo_ids, user.login)
            with self.assertRaises(AccessError):
                photo.with_user(user).read(["image_128"])
            with self.assertRaises(UserError) as refused:
                photos.create({"partner_id": self.anna.id, "image_1920": PIXEL})
            self.assertIn("does not agree to photos", str(refused.exception))
        files = self.env["ir.attachment"].sudo()
        file = files.search(
            [
                ("res_model", "=", photo._name),
                ("res_field", "=", "image_1920"),
                ("res_id", "=", photo.id),
            ]
        )
        with self.assertRaises(AccessError):
            file.with_user(self.manager).read(["datas"])
        self._answer_card("given", "photo")
        self.assertTrue(photo.with_user(self.receptionist).image_128)
        self._answer_card("withdrawn", "photo")
        with freeze_time("2026-04-10 09:00:00"):
            self._sweep()
        self.assertFalse(photo.exists())

    # ------------------------------------------------------------
    # TWO SALONS, MERGED CARDS, RIGHTS
    # ------------------------------------------------------------

    def test_two_salons_of_one_card(self):
        photo = self._take_photo()
        elsewhere = self._take_photo(company_id=self.other.id)
        self._answer_card("given")
        there = self.anna.with_company(self.other)
        self.assertEqual(self.anna.salon_health_consent, "given")
        self.assertEqual(there.salon_health_consent, "missing")
        self._answer_card("withdrawn", company=self.other)
        self._answer_card("withdrawn", "photo", company=self.other)
        self.env.invalidate_all()
        # The text is the card's, the photos are each salon's.
        self.assertFalse(self.anna[HEALTH])
        self.assertEqual(self.anna.salon_health_consent, "refused")
        self.assertEqual(self.anna.salon_photo_consent, "missing")
        self.assertFalse(photo.hidden_until)
        self.assertTrue(elsewhere.hidden_until)

    def test_merged_cards_keep_the_refusal(self):
        photo = self._take_photo()
        twin = self._create_client("Anna twin")
        consents = self.env["salon.consent"]
        for purpose in ("health", "photo"):
            consents.create(
                consents._prepare_vals(twin, "withdrawn", "desk", purpose=purpose)
            )
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([self.anna.id, twin.id], self.anna, extra_checks=False)
        self.assertEqual(self.anna.salon_health_consent, "refused")
        self.assertFalse(self.anna[HEALTH])
        self.assertTrue(photo.hidden_until)

    def test_a_refusing_card_gets_no_text_by_merging(self):
        twin = self._create_client("Anna twin")
        self.anna.write({HEALTH: False})
        twin.write({HEALTH: "Latex", "salon_note": "8.0, allergic to PPD"})
        self._answer_card("withdrawn")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([self.anna.id, twin.id], self.anna, extra_checks=False)
        self.assertFalse(self.anna[HEALTH])
        self.assertEqual(self.anna.salon_note, "7.1 + 6 %")
        self.assertFalse(self.anna.salon_note_is_health)

    def test_export_and_erasure_know_what_is_hidden(self):
        self._answer_card("withdrawn")
        privacy = self.env["salon.privacy"].with_user(self.manager)
        anna = self.anna.with_user(self.manager)
        text = str(privacy._render_export(anna))
        self.assertIn("Hidden contraindications", text)
        self.assertIn("Latex", text)
        self.assertIn("Notes about health", text)
        privacy._erase(anna)
        self.assertFalse(self.anna.salon_hidden_contraindications)
        self.assertEqual(self.anna.salon_health_consent, "refused")
