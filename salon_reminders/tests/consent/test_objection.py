"""In one click: no advertising, over whatever channel; and delete me."""

from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, users
from odoo.tools import mute_logger

from ...models.consent.salon_consent import (
    ADVERTISING,
    CONTACT_CHANNELS,
    PURPOSES,
)
from ..common_call import CallCase

EVERY_CHANNEL = [name for name, _label in CONTACT_CHANNELS]
EVERY = [("reminder", "promotion", "feedback"), EVERY_CHANNEL]
ERASURE = "salon_reminders.mail_activity_type_erasure"


@freeze_time("2026-03-10 09:00:00")
class TestObjection(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.email = "anna@example.com"
        cls._agree_to_all(cls.anna)
        cls.bea = cls._create_client("Bea", "+36301234568", consent=False)

    @classmethod
    def _agree_to_all(cls, client):
        consents = cls.env["salon.consent"]
        consents.create(
            [
                consents._prepare_vals(
                    client, "given", "desk", purpose=purpose, channel=channel
                )
                for purpose in EVERY[0]
                for channel in EVERY[1]
            ]
        )

    def _get_states(self, client):
        self.env.invalidate_all()
        return client.sudo()._get_salon_consent_states()

    def _get_given(self, client):
        states = self._get_states(client)
        return {key[0] for key, state in states.items() if state == "given"}

    def _get_asked(self, client):
        kind = self.env.ref(ERASURE)
        return client.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _get_rows(self, client):
        consents = self.env["salon.consent"].sudo()
        return consents.search([("partner_id", "=", client.id)])

    # ------------------------------------------------------------
    # NO ADVERTISING
    # ------------------------------------------------------------

    @users("t_recep")
    def test_it_ends_over_every_channel(self):
        before = self._get_rows(self.anna)
        self.anna.with_user(self.env.user).action_salon_no_advertising()
        self.assertEqual(self._get_given(self.anna), {"reminder"})
        rows = self._get_rows(self.anna) - before
        self.assertEqual(len(rows), len(ADVERTISING) * len(CONTACT_CHANNELS))
        self.assertEqual(set(rows.mapped("method")), {"desk"})
        self.assertEqual(rows.user_id, self.receptionist)
        # Each with the sentence it takes back.
        self.assertEqual(len(rows.wording_id), len(rows))
        # Said twice it is written once.
        self.anna.with_user(self.env.user).action_salon_no_advertising()
        self.assertEqual(self._get_rows(self.anna) - before, rows)

    @users("t_recep")
    def test_reminders_go_on(self):
        self.anna.with_user(self.env.user).action_salon_no_advertising()
        self.assertEqual(self.call.state, "open")
        gate = self.env["salon.gate"].sudo()
        for channel in EVERY[1]:
            self.assertFalse(gate._get_holds(self.anna, "reminder", channel)[self.anna])
            for purpose in ADVERTISING:
                hold = gate._get_holds(self.anna, purpose, channel)[self.anna]
                self.assertEqual(hold, "consent")

    @users("t_recep")
    def test_open_calls_about_it_end_at_once(self):
        for kind in ("lapsed", "birthday"):
            with self.subTest(kind=kind):
                client = self._create_client(
                    f"Client {kind}", f"+3630777{len(kind)}000"
                )
                call = self._create_call(client, kind=kind)
                client.with_user(self.env.user).action_salon_no_advertising()
                self.assertEqual(
                    (call.state, call.close_reason), ("cancelled", "consent")
                )

    @users("t_recep")
    def test_who_never_agreed_is_not_asked_again(self):
        self._answer(self.bea, "reminder")
        bea = self.bea.with_user(self.env.user)
        self.assertTrue(bea.salon_consent_to_ask)
        bea.action_salon_no_advertising()
        self.assertFalse(bea.salon_consent_to_ask)
        self.assertEqual(
            self._get_states(self.bea),
            {
                ("reminder", "phone"): "given",
                ("promotion", "phone"): "withdrawn",
                ("feedback", "phone"): "withdrawn",
            },
        )

    @users("t_vera")
    def test_stylists_do_not_record_it(self):
        for name in ("action_salon_no_advertising", "action_salon_ask_erasure"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(self.anna.with_user(self.env.user), name)()
        self.assertEqual(self._get_given(self.anna), set(EVERY[0]))

    # ------------------------------------------------------------
    # DURING A CALL
    # ------------------------------------------------------------

    def _press(self, kind, call=None, token="t1"):
        desk = self._desk(self.receptionist)
        call = call or self.call
        desk.take_call(call.id)
        outcome = self._get_outcome(kind)
        return desk.log_outcome(call.id, outcome.id, token)

    @users("t_recep")
    def test_the_call_goes_on(self):
        answer = self._press("no_advertising")
        self.assertTrue(answer["stays"])
        self.assertIn("Anna: No advertising", answer["text"])
        self.assertEqual(self.call.state, "open")
        self.assertEqual(self.call.claim_user_id, self.receptionist)
        self.assertEqual(self._get_given(self.anna), {"reminder"})
        # Then she is booked all the same.
        later = self._desk().log_outcome(
            self.call.id, self._get_outcome("declined").id, "t2"
        )
        self.assertFalse(later["stays"])
        self.assertEqual(self.call.state, "done")

    @users("t_recep")
    def test_a_call_about_an_offer_ends(self):
        client = self._create_client("Cora", "+36301234577")
        call = self._create_call(client, kind="birthday")
        answer = self._press("no_advertising", call)
        self.assertFalse(answer["stays"])
        self.assertEqual((call.state, call.close_reason), ("done", "outcome"))
        self._desk().undo_outcome(answer["attempt_id"])
        self.assertEqual(call.state, "open")
        self.assertEqual(self._get_given(client), set(EVERY[0]))

    @users("t_recep")
    def test_a_slip_of_the_hand_is_undone(self):
        self.call.sudo().birthday = "2026-03-12"
        states = self._get_states(self.anna)
        for kind in ("no_advertising", "delete_me"):
            with self.subTest(kind=kind):
                answer = self._press(kind, token=kind)
                self.assertNotEqual(self._get_states(self.anna), states)
                self._desk().undo_outcome(answer["attempt_id"])
                self.assertEqual(self._get_states(self.anna), states)
                self.assertEqual(self.call.state, "open")
                self.assertEqual(str(self.call.birthday), "2026-03-12")
                self.assertFalse(self.anna.salon_erasure_date)
                self.assertFalse(self._get_asked(self.anna))

    @users("t_recep")
    def test_the_form_of_a_call_does_it_in_one_click(self):
        call = self.call.with_user(self.env.user)
        call.action_no_advertising()
        self.assertEqual(call.state, "open")
        call.action_delete_me()
        self.assertEqual((call.state, call.outcome_kind), ("done", "delete_me"))
        self.assertTrue(self._get_asked(self.anna))

    # ------------------------------------------------------------
    # DELETE ME
    # ------------------------------------------------------------

    @users("t_recep")
    def test_managers_get_it_with_its_date(self):
        self.company.salon_erasure_days = 20
        with freeze_time("2026-03-10 23:30:00"):
            # Half past midnight at the salon.
            self.anna.with_user(self.env.user).action_salon_ask_erasure()
        self.assertEqual(self.anna.salon_erasure_date, date(2026, 3, 31))
        asked = self._get_asked(self.anna)
        self.assertIn(self.manager, asked.user_id)
        self.assertNotIn(self.receptionist, asked.user_id)
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2026, 3, 31)})
        self.assertIn("31", self.anna.message_ids[:1].body)

    @users("t_recep")
    def test_nobody_calls_or_writes_meanwhile(self):
        self.anna.with_user(self.env.user).action_salon_ask_erasure()
        self.assertFalse(self._get_given(self.anna))
        self.assertEqual(self.call.state, "cancelled")

    @users("t_recep")
    def test_asked_again_the_first_date_stays(self):
        anna = self.anna.with_user(self.env.user)
        anna.action_salon_ask_erasure()
        count = len(self._get_asked(self.anna))
        with freeze_time("2026-03-15 09:00:00"):
            anna.action_salon_ask_erasure()
        self.assertEqual(str(self.anna.salon_erasure_date), "2026-04-09")
        self.assertEqual(len(self._get_asked(self.anna)), count)

    @users("t_recep")
    def test_an_own_wish_outlives_the_undoing_of_a_click(self):
        self.anna.with_user(self.env.user).action_salon_ask_erasure()
        client = self.anna
        self._agree_to_all(client)
        call = self._create_call(client)
        answer = self._press("delete_me", call)
        self._desk().undo_outcome(answer["attempt_id"])
        self.assertEqual(str(client.salon_erasure_date), "2026-04-09")
        self.assertTrue(self._get_asked(client))

    @users("t_recep")
    def test_changed_their_mind(self):
        anna = self.anna.with_user(self.env.user)
        anna.action_salon_ask_erasure()
        anna.action_salon_keep()
        self.assertFalse(self.anna.salon_erasure_date)
        self.assertFalse(self._get_asked(self.anna))
        said = self.anna.message_ids[:1]
        self.assertIn("Need not be deleted", said.body)
        self.assertEqual(said.author_id, self.receptionist.partner_id)
        # What was refused is refused until they are asked.
        self.assertFalse(self._get_given(self.anna))

    @users("t_recep", "t_salon_boss")
    def test_the_date_is_nobodys_to_choose(self):
        with self.assertRaises(AccessError):
            self.anna.with_user(self.env.user).write(
                {"salon_erasure_date": "2030-01-01"}
            )

    def test_a_month_at_most(self):
        for days in (0, 31):
            with (
                self.subTest(days),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self.company.salon_erasure_days = days
                self.company.flush_recordset()

    @users("t_salon_boss")
    def test_erasing_finishes_it(self):
        self.anna.with_user(self.receptionist).action_salon_ask_erasure()
        anna = self.anna.with_user(self.env.user)
        dialog = self.env["salon.erasure"].browse(anna.action_salon_erase()["res_id"])
        dialog.is_sure = True
        dialog.action_erase()
        self.assertFalse(self._get_asked(self.anna))
        self.assertFalse(self.anna.salon_erasure_date)
        said = str(self.anna.message_ids.mapped("body"))
        self.assertIn("as the client had asked", said)
        self.assertNotIn("Anna", said)

    # ------------------------------------------------------------
    # THE CLIENT'S OWN LINK
    # ------------------------------------------------------------

    def _get_own(self):
        token = self.anna._get_salon_token()
        public = self.env["res.partner"].with_user(self.env.ref("base.public_user"))
        return public._find_by_salon_token(token)

    def test_by_the_own_link(self):
        own = self._get_own()
        values = own._get_salon_link_values()
        self.assertTrue(values["has_advertising"])
        self.assertFalse(values["erasure_date"])
        own._record_salon_link_wish("no_advertising")
        self.assertEqual(self._get_given(self.anna), {"reminder"})
        self.assertEqual(self._get_rows(self.anna)[:1].method, "link")
        own._record_salon_link_wish("erasure")
        self.assertFalse(self._get_given(self.anna))
        self.assertTrue(self._get_asked(self.anna))
        values = self._get_own()._get_salon_link_values()
        self.assertFalse(values["has_advertising"])
        self.assertTrue(values["erasure_date"])

    def test_another_wish_changes_nothing(self):
        before = self._get_rows(self.anna)
        self._get_own()._record_salon_link_wish("promotion_sms")
        self.assertEqual(self._get_rows(self.anna), before)
        self.assertFalse(self.anna.salon_erasure_date)

    def test_every_purpose_is_one_or_the_other(self):
        """Who adds a purpose says whether an objection ends it."""
        known = {"reminder", "health", "photo", *ADVERTISING}
        self.assertLessEqual({name for name, _label in PURPOSES}, known)
