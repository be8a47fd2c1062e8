"""What leaves as the salon's and what leaves as somebody's own."""

from ast import literal_eval

from odoo.tests import Form, freeze_time, new_test_user

from ...tools.server_flags import SERVER_SAYS
from ..common import SalonCase


@freeze_time("2026-03-10 09:00:00")
class TestSalonMailing(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna", consent=False)
        cls.bea = cls._create_client("Bea", "+36 30 123 4568", consent=False)
        cls.supplier = cls.env["res.partner"].create(
            {"name": "Supplier", "phone": "+36 30 123 4569"}
        )
        cls.people = cls.anna | cls.bea | cls.supplier
        for partner in cls.people:
            partner.email = f"{partner.name}@example.com"
        consents = cls.env["salon.consent"]
        for channel in ("sms", "email"):
            agreed = consents._prepare_vals(
                cls.bea, "given", "desk", purpose="promotion", channel=channel
            )
            consents.create(agreed)
        cls.sender = new_test_user(
            cls.env, "t_sender", groups="base.group_user,base.group_partner_manager"
        )

    def _compose_sms(self, records, mode="mass", **vals):
        composers = self.env["sms.composer"].with_user(self.sender)
        return composers.create(
            {
                "res_model": records._name,
                "res_ids": str(records.ids),
                "composition_mode": mode,
                "body": "Hello",
                "mass_keep_log": False,
                **vals,
            }
        )

    def _compose_mail(self, records, mode="mass_mail", **vals):
        composers = self.env["mail.compose.message"].with_user(self.sender)
        return composers.create(
            {
                "model": records._name,
                "res_ids": str(records.ids),
                "composition_mode": mode,
                "subject": "Hello",
                "body": "<p>Hello</p>",
                **vals,
            }
        )

    def _get_left_out(self, composer):
        """Return the lines that the sender reads before sending."""
        return (composer.salon_left_out or "").splitlines()

    # ------------------------------------------------------------
    # AUDIENCES
    # ------------------------------------------------------------

    def test_texts_to_an_audience(self):
        composer = self._compose_sms(self.people)
        self.assertEqual(
            self._get_left_out(composer),
            [
                "1 of 3 will not get this mailing:",
                "1: The client has not agreed to offers of the salon.",
            ],
        )
        states = {sms.partner_id: sms.state for sms in composer._action_send_sms()}
        self.assertEqual(
            states,
            {self.anna: "canceled", self.bea: "outgoing", self.supplier: "outgoing"},
        )

    def test_a_text_to_one_client(self):
        """Nobody counts who writes to one client."""
        self.assertEqual(
            self._get_left_out(self._compose_sms(self.anna)),
            [
                "This message will not be sent. The client has not agreed to offers of "
                "the salon."
            ],
        )

    def test_e_mails_to_an_audience(self):
        composer = self._compose_mail(self.people)
        self.assertIn("1 of 3 will not get", self._get_left_out(composer)[0])
        mails, _messages = composer._action_send_mail()
        held = mails.filtered(lambda mail: mail.state == "cancel")
        self.assertEqual(held.mapped("res_id"), self.anna.ids)
        self.assertEqual(held.failure_type, "mail_optout")
        self.assertEqual(len(mails), 3)

    def test_each_reason_is_counted(self):
        self.bea.write({"phone": False, "email": False})
        lines = self._get_left_out(self._compose_sms(self.people))
        self.assertEqual(
            sorted(lines),
            [
                "1: The client has not agreed to offers of the salon.",
                "1: There is no valid phone number.",
                "2 of 3 will not get this mailing:",
            ],
        )
        lines = self._get_left_out(self._compose_mail(self.people))
        self.assertIn("1: There is no valid e-mail address.", lines)

    def test_an_audience_by_its_filter(self):
        composer = self._compose_mail(
            self.people, res_ids=False, res_domain=str([("id", "in", self.people.ids)])
        )
        self.assertIn("1 of 3 will not get", self._get_left_out(composer)[0])

    def test_nobody_left_out_is_not_mentioned(self):
        self.assertFalse(self._compose_sms(self.supplier | self.bea).salon_left_out)
        self.assertFalse(self._compose_mail(self.supplier).salon_left_out)

    def test_clients_who_are_out_of_sight_are_not_told_of(self):
        other = self._create_company("Other salon")
        self.anna.company_id = other
        composer = self._compose_sms(self.anna)
        self.assertFalse(composer.salon_left_out)
        gone = self._create_client("Cili", "+36 30 123 4570", consent=False)
        composer = self._compose_sms(gone)
        gone.unlink()
        composer.invalidate_recordset(["salon_left_out"])
        self.assertFalse(composer.salon_left_out)

    def test_several_personal_messages_at_once_are_an_audience(self):
        """The sender does not choose the class of a message by the mode."""
        composer = self._compose_sms(self.people, "comment")
        self.assertIn("1 of 3 will not get", self._get_left_out(composer)[0])
        messages = composer._action_send_sms()
        self.assertEqual(
            set(messages.mapped("res_id")), {self.bea.id, self.supplier.id}
        )
        note = self.anna.message_ids[:1]
        self.assertIn(
            "Not sent. The client has not agreed to offers of the salon.", note.body
        )
        composer = self._compose_mail(self.people, "comment")
        _mails, messages = composer._action_send_mail()
        self.assertEqual(
            set(messages.mapped("res_id")), {self.bea.id, self.supplier.id}
        )

    def test_nobody_of_an_audience_may_be_written_to(self):
        others = self.anna | self._create_client("Cili", "+36 30 1", consent=False)
        composer = self._compose_mail(others, "comment")
        self.assertIn("2 of 2 will not get", self._get_left_out(composer)[0])
        self.assertFalse(composer._action_send_mail()[1])
        self.assertFalse(self._compose_sms(others, "comment")._action_send_sms())

    def test_records_of_the_salon(self):
        visits = self._create_visit(self.anna, "2026-03-01")
        visits |= self._create_visit(self.bea, "2026-03-02")
        composer = self.env["mail.compose.message"].create(
            {
                "model": "salon.visit",
                "res_ids": str(visits.ids),
                "composition_mode": "mass_mail",
            }
        )
        self.assertEqual(composer._get_salon_held(visits), {visits[0].id: "consent"})

    # ------------------------------------------------------------
    # PEOPLE, AND BUSINESS DOCUMENTS
    # ------------------------------------------------------------

    def test_a_personal_text_leaves(self):
        """To who agreed to text messages for anything; what it says nobody knows."""
        bea = self._compose_sms(self.bea, "comment", res_ids=False, res_id=self.bea.id)
        self.assertFalse(bea.salon_left_out)
        message = bea._action_send_sms()
        self.assertEqual(message.res_id, self.bea.id)
        self.assertEqual(message.notification_ids.res_partner_id, self.bea)
        anna = self._compose_sms(
            self.anna, "comment", res_ids=False, res_id=self.anna.id
        )
        self.assertIn("not agreed to text messages", anna.salon_left_out)
        self.assertFalse(anna._action_send_sms())
        self.assertIn("Not sent. The client has not", self.anna.message_ids[:1].body)

    def test_a_personal_e_mail_leaves(self):
        composer = self._compose_mail(self.anna, "comment", partner_ids=self.anna.ids)
        self.assertFalse(composer.salon_left_out)
        _mails, message = composer._action_send_mail()
        self.assertEqual(message.notified_partner_ids, self.anna)
        hello = "Hello"
        message = self.anna.with_user(self.sender).message_post(
            body=hello, partner_ids=self.anna.ids
        )
        self.assertEqual(message.notified_partner_ids, self.anna)

    def test_business_documents_leave(self):
        """A record of another app that names a client: here her user's account."""
        users = self.env["res.users"]
        for partner in self.anna | self.bea:
            users |= users.with_context(no_reset_password=True).create(
                {
                    "login": partner.email,
                    "partner_id": partner.id,
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                }
            )
        composer = self._compose_mail(users)
        clients = composer._get_salon_clients(users)
        self.assertEqual(set(clients.values()), {self.anna.id, self.bea.id})
        self.assertFalse(composer.salon_left_out)
        self.assertFalse(composer._get_optout_emails(dict.fromkeys(users.ids, {})))
        # Text messages about them need the server's word that they are transactional.
        composer = self._compose_sms(users)
        self.assertIn("1 of 2 will not get", composer.salon_left_out)
        composer = composer.with_context(salon_transactional=True)
        held = users.filtered(lambda user: user.partner_id == self.anna)
        self.assertEqual(composer._get_optout_record_ids(users, {}), held.ids)
        composer = composer.with_context(salon_transactional=SERVER_SAYS)
        self.assertFalse(composer._get_optout_record_ids(users, {}))

    # ------------------------------------------------------------
    # THE SCREENS
    # ------------------------------------------------------------

    def test_the_sender_reads_it_on_the_screen(self):
        for model, key in (
            ("sms.composer", "res_model"),
            ("mail.compose.message", "model"),
        ):
            mode = "mass" if model == "sms.composer" else "mass_mail"
            composers = self.env[model].with_user(self.sender)
            composers = composers.with_context(
                **{
                    f"default_{key}": "res.partner",
                    "default_res_ids": self.people.ids,
                    "default_composition_mode": mode,
                }
            )
            form = Form(composers)
            self.assertEqual(literal_eval(form.res_ids), self.people.ids)
            self.assertIn("1 of 3 will not get", form.salon_left_out)
