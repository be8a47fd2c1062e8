import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, users

from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonConsentAnswers(SalonCase):
    """All purposes and channels at once, at the desk or from a signed form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)

    def _open(self, record=None, action="action_salon_consent_answers"):
        opened = getattr((record or self.anna).with_user(self.env.user), action)()
        return self.env["salon.consent.answers"].browse(opened["res_id"])

    def _get_states(self):
        self.anna.invalidate_recordset()
        return self.anna._get_salon_consent_states()

    @users("t_recep")
    def test_answers_become_rows(self):
        talk = self._open()
        talk.answers = {"promotion_sms": "given", "feedback_email": "withdrawn"}
        talk.action_record()
        self.assertEqual(
            self._get_states(),
            {("promotion", "sms"): "given", ("feedback", "email"): "withdrawn"},
        )
        rows = self.anna.salon_consent_ids
        self.assertEqual(rows.user_id, self.env.user)
        self.assertEqual(set(rows.mapped("method")), {"desk"})
        for row in rows:
            self.assertEqual(row.wording, row.wording_id.text)
            self.assertEqual(row.wording_id.purpose, row.purpose)
            self.assertEqual(row.wording_id.channel, row.channel)
        self.assertEqual(self.anna.salon_call_consent, "none")

    @users("t_recep")
    def test_the_screen_knows_what_holds(self):
        self.anna.action_salon_consent_give()
        groups = self._open().questions
        self.assertEqual([len(group["questions"]) for group in groups], [3, 3, 3, 1, 1])
        first, second, *_rest = groups[0]["questions"]
        self.assertEqual(first["name"], "reminder_phone")
        self.assertEqual(first["now"], "Agrees")
        self.assertIn("phone you", first["text"])
        self.assertFalse(second["now"])

    @users("t_recep")
    def test_signed_form_holds_from_its_day_on(self):
        self.company.salon_consent_months = 12
        talk = self._open()
        talk.write(
            {
                "method": "writing",
                "date": "2026-03-01 12:00:00",
                "answers": {"reminder_phone": "given", "promotion_phone": "given"},
            }
        )
        with self.assertRaises(ValidationError):
            talk.action_record()
        talk.write({"document": base64.b64encode(b"ink"), "document_name": "a.pdf"})
        talk.action_record()
        rows = self.anna.salon_consent_ids
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual(base64.b64decode(row.document), b"ink")
            self.assertEqual(row.document_name, "a.pdf")
            self.assertEqual(str(row.expiry_date), "2027-03-01")

    @users("t_recep")
    def test_a_file_belongs_to_what_is_in_writing(self):
        talk = self._open()
        talk.write(
            {
                "document": base64.b64encode(b"ink"),
                "answers": {"reminder_sms": "withdrawn"},
            }
        )
        talk.action_record()
        self.assertFalse(self.anna.salon_consent_ids.document)

    @users("t_recep")
    def test_refusing_calls_ends_them(self):
        self.anna.action_salon_consent_give()
        call = self.env["salon.call"].create({"partner_id": self.anna.id})
        talk = self._open()
        talk.answers = {"reminder_phone": "withdrawn"}
        talk.action_record()
        self.assertEqual(call.state, "cancelled")

    @users("t_recep")
    def test_nonsense_is_refused(self):
        talk = self._open()
        for answers in (
            {"reminder_fax": "given"},
            {"reminder_phone": "maybe"},
            {"reminder_phone": ["given"]},
            {"reminder_phone": {}},
            ["reminder_phone"],
            "given",
            {},
            False,
        ):
            talk.answers = answers
            with self.assertRaises(UserError, msg=answers):
                talk.action_record()
        self.assertFalse(self.anna.salon_consent_ids)

    @users("t_recep")
    def test_also_from_the_visit(self):
        visit = self._create_visit(self.anna, "2026-03-10", state="arrived")
        talk = self._open(visit, "action_consent_answers")
        self.assertEqual(talk.partner_id, self.anna)
        self.assertEqual(talk.company_id, visit.company_id)
        walk_in = self._create_visit(self.env["res.partner"], "2026-03-10")
        with self.assertRaises(ValueError):
            walk_in.with_user(self.env.user).action_consent_answers()

    @users("t_vera")
    def test_not_by_stylists(self):
        self._create_visit(self.anna, "2026-03-10")
        with self.assertRaises(AccessError):
            self._open()

    @users("t_recep")
    def test_who_has_arrived_is_asked(self):
        for state in ("booked", "confirmed", "arrived", "done"):
            client = self._create_client(state, f"+3630123461{len(state)}", False)
            self._create_visit(client, "2026-03-10", state=state)
            self.assertTrue(client.with_user(self.env.user).salon_visits_today, state)

    @users("t_recep")
    def test_own_link_as_a_code(self):
        action = self.anna.with_user(self.env.user).action_salon_consent_link()
        link = self.env["salon.consent.link"].browse(action["res_id"])
        # The beginning of every PNG.
        self.assertEqual(base64.b64decode(link.qr_code)[1:4], b"PNG")
        report = "salon_reminders.report_salon_consent_link"
        page = self.env["ir.actions.report"]._render_qweb_html(report, link.ids)[0]
        self.assertIn("data:image/png;base64,", page.decode())
