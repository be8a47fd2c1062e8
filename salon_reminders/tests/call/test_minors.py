"""For a client under age a guardian agrees, and is called."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, users
from odoo.tools import SQL

from ...tools import consent_age
from ..common_call import CallCase

GUARDIAN_NUMBER = "+36302223344"


@freeze_time("2026-03-10 09:00:00")
class TestMinors(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._create_client("Maria", GUARDIAN_NUMBER, consent=False)
        cls.anna.salon_birthdate = "2012-05-01"

    def _call(self, records, method, *args, **kwargs):
        """Return what a browser gets that calls this as the user of the test."""
        return call_kw(self.env[records._name], method, [records.ids, *args], kwargs)

    def _link(self, guardian=None):
        self.anna.salon_guardian_id = guardian or self.maria

    def _agree(self, *purposes):
        """Let the guardian agree, and put the call back on the list."""
        self._link()
        self._answer(self.anna, *(purposes or ("reminder", "feedback", "promotion")))

    def _get_hold(self, partner=None, **kwargs):
        partner = partner or self.anna
        return self.env["salon.gate"]._get_holds(partner, **kwargs)[partner]

    def _hold_of(self, partner):
        """Return what keeps a client off the list, by the rule of the daily job."""
        rows = self.env["salon.call.candidate"]._get_rows(partner)
        return [(row["phone"], row["hold"]) for row in rows]

    # ------------------------------------------------------------
    # THE AGE
    # ------------------------------------------------------------

    def test_the_age_of_a_country(self):
        ages = {"ES": 14, "HU": 16, "DE": 16, "XX": 16, False: 16}
        self.assertEqual({code: consent_age.get_age(code).age for code in ages}, ages)
        self.assertTrue(all(one.source for one in consent_age.AGES.values()))
        self.assertEqual(self.company.salon_consent_age, 16)
        self.assertIn("GDPR, article 8(1)", self.company.salon_age_law)
        self.company.country_id = self.env.ref("base.es")
        self.assertEqual(self.company.salon_consent_age, 14)
        self.assertIn("LO 3/2018", self.company.salon_age_law)
        self.company.country_id = self.env.ref("base.jp")
        self.assertIn("default of our own", self.company.salon_age_law)

    def test_the_age_of_companies_that_were_there_before(self):
        """Written at the installation, as it is worked out later."""
        companies = self.env["res.company"].create(
            [
                {"name": f"Salon {code}", "country_id": code and self.env.ref(code).id}
                for code in ("base.es", "base.cz", "base.jp", False)
            ]
        )
        known = companies.mapped("salon_consent_age")
        self.assertEqual(known, [14, 15, 16, 16])
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_company SET salon_consent_age = NULL")
        companies._salon_fill_ages()
        companies.invalidate_recordset()
        self.assertEqual(companies.mapped("salon_consent_age"), known)

    def _assert_minor(self, born, day, expected):
        self.anna.salon_birthdate = born
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM res_partner p WHERE p.id = %s",
                self.env["res.partner"]._sql_is_minor(
                    SQL("p"), SQL("%s", self.company.id), SQL("%s", day)
                ),
                self.anna.id,
            )
        )
        found = self.anna._is_minor(self.company, day)
        self.assertEqual((found, rows[0][0]), (expected, expected), (born, day))

    def test_the_day_of_coming_of_age(self):
        today = date(2026, 3, 10)
        for born, expected in (
            (date(2010, 3, 10), False),
            (date(2010, 3, 11), True),
            (date(2010, 3, 9), False),
            (date(2026, 3, 10), True),
            (date(1950, 1, 1), False),
            (False, False),
        ):
            self._assert_minor(born, today, expected)

    def test_born_on_the_29th_of_february(self):
        self.company.country_id = self.env.ref("base.es")
        born = date(2012, 2, 29)
        self._assert_minor(born, date(2026, 2, 28), True)
        self._assert_minor(born, date(2026, 3, 1), False)
        self.company.country_id = self.env.ref("base.hu")
        self._assert_minor(born, date(2028, 2, 28), True)
        self._assert_minor(born, date(2028, 2, 29), False)

    def test_both_rules_say_the_same_around_a_leap_day(self):
        for born in (date(2012, 2, 27) + timedelta(days) for days in range(5)):
            for day in (date(2028, 2, 26) + timedelta(days) for days in range(6)):
                reached = (day.year - 16, day.month, day.day)
                is_minor = (born.year, born.month, born.day) > reached
                self._assert_minor(born, day, is_minor)

    def test_the_day_is_the_salons(self):
        self.anna.salon_birthdate = "2010-03-11"
        with freeze_time("2026-03-10 22:59:00"):
            self.assertTrue(self.anna._is_minor(self.company))
        with freeze_time("2026-03-10 23:01:00"):
            self.assertFalse(self.anna._is_minor(self.company))

    def test_two_salons_in_two_countries(self):
        spain = self._create_company("Spain")
        spain.country_id = self.env.ref("base.es")
        self.anna.salon_birthdate = "2011-05-01"
        self.assertTrue(self.anna.salon_is_minor)
        there = self.anna.with_company(spain)
        self.assertFalse(there.salon_is_minor)
        consents = self.env["salon.consent"].with_company(spain)
        consents.create(consents._prepare_vals(there, "given", "desk"))
        gate = self.env["salon.gate"].with_company(spain)
        self.assertFalse(gate._get_holds(there)[there])
        self.assertEqual(self._get_hold(), "guardian")

    # ------------------------------------------------------------
    # WHO AGREES
    # ------------------------------------------------------------

    @users("t_recep")
    def test_nobody_under_age_agrees_alone(self):
        anna = self.anna.with_env(self.env)
        talk = anna.action_salon_consent_answers()
        talk = self.env["salon.consent.answers"].browse(talk["res_id"])
        talk.answers = {"reminder_sms": "given"}
        self.assertIn("link the guardian", talk.age_hint)
        vals = {"partner_id": anna.id, "guardian_id": self.maria.id}
        for record in (
            lambda: self._call(anna, "action_salon_consent_give"),
            lambda: self._call(anna, "action_salon_health_agree"),
            lambda: self._call(talk, "action_record"),
            lambda: call_kw(self.env["salon.consent"], "create", [vals], {}),
        ):
            with self.assertRaises(UserError) as refused:
                record()
            self.assertIn("Anna is under 16", str(refused.exception))
        # To refuse, nobody has to be of age.
        self._call(anna, "action_salon_consent_withdraw")
        self.assertEqual(anna.salon_call_consent, "withdrawn")

    @users("t_recep")
    def test_the_guardian_of_the_card_agrees(self):
        anna = self.anna.with_env(self.env)
        self._call(anna, "write", {"salon_guardian_id": self.maria.id})
        vals = {"partner_id": anna.id, "guardian_id": self.receptionist.partner_id.id}
        ids = call_kw(self.env["salon.consent"], "create", [vals], {})
        self.assertEqual(self.env["salon.consent"].browse(ids).guardian_id, self.maria)
        self.assertEqual(anna.salon_call_consent, "given")
        self.assertFalse(self._get_hold())

    def test_what_was_said_before_does_not_count(self):
        self.assertEqual(self.anna.salon_call_consent, "expired")
        self.assertEqual(self._get_hold(), "guardian")
        self._link()
        self.assertEqual(self._get_hold(), "consent")
        self._agree()
        self.assertFalse(self._get_hold())
        self._link(self._create_client("Father", "+36 30 555 6666", consent=False))
        self.assertEqual(self._get_hold(), "consent")

    def test_a_file_is_no_guardians_word(self):
        self._link()
        consents = self.env["salon.consent"].sudo()
        vals = consents._prepare_vals(self.anna, "given", "import", wording="List")
        self.assertFalse(consents.create(vals).guardian_id)
        self.assertEqual(self._get_hold(), "consent")

    def test_the_clients_own_link_agrees_to_nothing(self):
        self._agree("reminder")
        self.assertTrue(self.anna._get_salon_link_values()["is_minor"])
        self.anna._record_salon_link_answers(
            {"reminder_phone": "1", "promotion_sms": "1"}
        )
        states = self.anna._get_salon_consent_states()
        self.assertEqual(states["reminder", "phone"], "given")
        self.assertNotIn(("promotion", "sms"), states)
        self.anna._record_salon_link_answers({})
        states = self.anna._get_salon_consent_states()
        self.assertEqual(states["reminder", "phone"], "withdrawn")

    def test_refusals_and_blacklist_of_the_guardian(self):
        self._agree()
        self._answer(self.maria, "promotion", decision="withdrawn")
        self.env["phone.blacklist"].search([]).action_archive()
        self.assertFalse(self._get_hold())
        self.assertEqual(self._get_hold(purpose="promotion"), "consent")
        self.env["phone.blacklist"]._add([GUARDIAN_NUMBER])
        self.assertEqual(self._get_hold(), "blacklist")

    def test_texts_go_to_the_card_itself(self):
        self._link()
        consents = self.env["salon.consent"]
        vals = consents._prepare_vals(self.anna, "given", "desk", channel="sms")
        consents.create(vals)
        self.assertFalse(self._get_hold(channel="sms"))
        self.anna.salon_guardian_id = False
        gate = self.env["salon.gate"]
        self.assertEqual(gate._get_text_holds(self.anna)[self.anna], "guardian")
        self.assertFalse(gate._get_text_holds(self.anna, True)[self.anna])

    def test_it_ends_on_coming_of_age(self):
        self._agree()
        self.env["salon.consent"].create(
            self.env["salon.consent"]._prepare_vals(
                self.anna, "given", "desk", purpose="health"
            )
        )
        self.anna.salon_contraindications = "Latex"
        with freeze_time("2028-04-30 09:00:00"):
            self.env.invalidate_all()
            self.assertFalse(self._get_hold())
        with freeze_time("2028-05-01 09:00:00"):
            self.env.invalidate_all()
            # The own number is called from now on, and nobody agreed to that.
            self.assertEqual(self._get_hold(), "consent")
            self.assertEqual(self.anna.salon_call_consent, "expired")
            self.assertTrue(self.anna.salon_consent_to_ask)
            self.assertIn("Of age now", self.anna.salon_ask_reason)
            self.assertEqual(self.anna.salon_health_consent, "given")
            self.anna.action_salon_consent_give()
            self.assertFalse(self._get_hold())
            self.assertFalse(self.anna.salon_consent_ids[0].guardian_id)

    def test_python_and_sql_say_the_same(self):
        self._agree()
        states = self.env["salon.consent.state"]
        for day, born, guardian in (
            ("2026-03-11", "2012-05-01", self.maria),
            ("2026-03-11", "2012-05-01", self.env["res.partner"]),
            ("2026-03-11", "1990-05-01", self.maria),
            ("2028-05-01", "2012-05-01", self.maria),
        ):
            with freeze_time(f"{day} 09:00:00"):
                self.anna.write(
                    {"salon_birthdate": born, "salon_guardian_id": guardian}
                )
                self.env.flush_all()
                self.env.invalidate_all()
                row = self.env["salon.consent"]._get_newest(self.anna)[self.anna]
                state = states.browse(row.id).state
                self.assertEqual(row._is_valid(), state == "given", (day, born))

    # ------------------------------------------------------------
    # WHO IS CALLED
    # ------------------------------------------------------------

    def test_an_open_call_is_held_until_a_guardian_is_linked(self):
        call = self.call.with_user(self.receptionist)
        self.assertFalse(call.phone)
        self.assertIn("under age", call.hold_text)
        [row] = self.env["salon.call.queue"]._read_rows(SQL("SELECT %s", call.id))
        self.assertEqual(row["held"], "no guardian")
        with self.assertRaises(UserError) as refused:
            call._claim()
        self.assertIn("guardian", str(refused.exception))
        self.env["salon.call"]._cancel_without_consent(self.anna)
        self.env["salon.call.planner"]._prepare_day()
        self.assertEqual(self.call.state, "open")
        self.assertFalse(self.call._get_paper_numbers())
        self._link()
        self.env["salon.call.planner"]._prepare_day()
        self.assertEqual(self.call.close_reason, "consent")

    def test_the_guardian_is_called(self):
        self._agree()
        call = self.call.with_user(self.receptionist)
        self.assertEqual(call.phone, GUARDIAN_NUMBER)
        self.assertTrue(call.script.startswith("Call Maria, about Anna.\nHello Maria"))
        card = self._desk().take_call(call.id)["card"]
        self.assertEqual(card["phone"], GUARDIAN_NUMBER)
        self.assertTrue(card["script"].startswith("Call Maria, about Anna."))
        self.assertEqual(card["same_number"], [])
        [row] = self.env["salon.call.queue"]._read_rows(SQL("SELECT %s", call.id))
        self.assertEqual(
            (row["name"], row["whom"], row["held"]), ("Anna", "Maria", False)
        )
        self.assertEqual(self.call._get_paper_numbers(), {self.call: GUARDIAN_NUMBER})
        attempt = self._log("no_answer")
        self.assertEqual(attempt.sudo().phone, GUARDIAN_NUMBER)

    def test_who_is_of_age_is_called_themself(self):
        self.anna.salon_birthdate = "1990-05-01"
        self._link()
        call = self.call.with_user(self.receptionist)
        self.assertEqual(call.phone, self.anna.phone_sanitized)
        self.assertTrue(call.script.startswith("Hello Anna"))

    def test_the_wrong_number_is_the_guardians(self):
        self._agree()
        attempt = self._log("wrong_number")
        self.assertEqual(self.maria.salon_wrong_number, GUARDIAN_NUMBER)
        self.assertFalse(self.anna.salon_wrong_number)
        self.assertEqual(self._get_hold(), "wrong_number")
        self.call.with_user(self.receptionist)._undo(attempt)
        self.assertFalse(self.maria.salon_wrong_number)
        self.assertFalse(self._get_hold())

    def test_one_claim_on_the_guardians_number(self):
        self._agree()
        self._answer(self.maria, "reminder")
        self._create_visit(self.maria, "2026-02-05")
        own = self._create_call(self.maria)
        other = self._create_user("recep2", "group_receptionist")
        self.assertTrue(self.call.with_user(self.receptionist)._claim())
        self.assertFalse(own.with_user(other)._claim())

    def test_the_contact_gap_is_that_of_the_number(self):
        self._answer(self.maria, "reminder")
        self._create_visit(self.maria, "2026-02-05")
        self._agree()
        self.assertEqual(self._hold_of(self.maria), [(GUARDIAN_NUMBER, "call")])
        self._log("declined", stop=False)
        self.assertEqual(self._hold_of(self.maria), [(GUARDIAN_NUMBER, "gap")])

    def test_the_daily_job(self):
        self._link()
        self.call._close("person", state="cancelled")
        self.assertEqual(self._hold_of(self.anna), [(GUARDIAN_NUMBER, "consent")])
        self._plan_calls()
        self.assertFalse(self.anna.salon_call_ids.filtered(lambda c: c.state == "open"))
        self._agree()
        self._plan_calls()
        call = self.anna.salon_call_ids.filtered(lambda c: c.state == "open")
        self.assertEqual(call.phone, GUARDIAN_NUMBER)
        self.assertIn(self.anna, call.partner_id)
        call._close("person", state="cancelled")
        self.anna.salon_guardian_id = False
        phone = self.anna.phone_sanitized
        self.assertEqual(self._hold_of(self.anna), [(phone, "guardian")])
        self.assertIn("guardian", self.anna.salon_call_status)
        self._plan_calls()
        self.assertEqual(self.reminder.hold, "guardian")

    # ------------------------------------------------------------
    # THE LINK ON THE CARD
    # ------------------------------------------------------------

    def test_who_can_be_a_guardian(self):
        with self.assertRaises(ValidationError):
            self.anna.salon_guardian_id = self.anna
        child = self._create_client("Bea", "+36 30 777 8888", consent=False)
        child.salon_birthdate = "2015-01-01"
        with self.assertRaises(ValidationError):
            self.anna.salon_guardian_id = child
        other = self._create_company("Other")
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self.anna.with_user(self.receptionist).salon_guardian_id = stranger

    def test_the_number_of_a_guardian_is_protected(self):
        plain = self.env["res.partner"].create(
            {"name": "Father", "phone": "+36 30 555 6666"}
        )
        self.assertFalse(plain.is_salon_client)
        self._link(plain)
        self.assertTrue(plain.is_salon_client)

    @users("t_recep")
    def test_the_number_that_is_shown(self):
        self.anna.sudo().salon_guardian_id = self.maria
        self._answer(self.anna.sudo(), "reminder")
        action = self._call(self.anna, "action_salon_show_number")
        shown = self.env["salon.number"].browse(action["res_id"])
        self.assertEqual(shown.partner_id, self.maria)

    def test_merged_with_the_guardian(self):
        self._agree()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([self.anna.id, self.maria.id], self.anna, extra_checks=False)
        self.assertFalse(self.anna.salon_guardian_id)
        self.assertEqual(self._get_hold(), "guardian")

    def test_merged_guardians_are_one(self):
        self._agree()
        twin = self._create_client("Maria K.", GUARDIAN_NUMBER, consent=False)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge([self.maria.id, twin.id], twin, extra_checks=False)
        self.assertEqual(self.anna.salon_guardian_id, twin)
        self.assertFalse(self._get_hold())

    def test_an_erased_guardian_answers_for_nobody(self):
        self._agree()
        privacy = self.env["salon.privacy"].with_user(self.manager)
        text = str(privacy._render_export(self.anna.with_user(self.manager)))
        self.assertIn("Answered by", text)
        privacy._erase(self.maria.with_user(self.manager))
        self.assertFalse(self.anna.salon_guardian_id)
        self.assertEqual(self._get_hold(), "guardian")
