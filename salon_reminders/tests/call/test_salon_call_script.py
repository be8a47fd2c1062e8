from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, users
from odoo.tools import mute_logger

from ..common import SalonCase

HOSTILE = "<img src=x onerror=alert(1)> {salon} {{}} %s & \"'"


@freeze_time("2026-03-10 09:00:00")
class TestSalonCallScript(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scripts = cls.env["salon.call.script"]
        # What a manager of the database changed must not decide a test.
        cls.scripts.search([]).action_archive()
        cls.env.flush_all()
        cls.general = cls._create_script("Hello {client}. Time for your {service}.")
        cls.anna = cls._create_client("Anna")
        cls._create_visit(cls.anna, "2026-02-05")
        cls.call = cls._create_call(cls.anna)

    @classmethod
    def _create_script(cls, body, kind="reminder", **vals):
        return cls.scripts.create({"kind": kind, "body": body, **vals})

    @classmethod
    def _create_call(cls, partner, **vals):
        return cls.env["salon.call"].create(
            {
                "partner_id": partner.id,
                "reminder_ids": partner.salon_reminder_ids.ids,
                "stylist_id": cls.stylist.id,
                "user_id": cls.receptionist.id,
                **vals,
            }
        )

    def _say(self, call=None, user=None):
        call = (call or self.call).with_user(user or self.receptionist)
        call.invalidate_recordset(["script"])
        return call.script

    # ------------------------------------------------------------
    # WHICH ONE
    # ------------------------------------------------------------

    def test_most_particular_one_is_read(self):
        self.assertEqual(self._say(), "Hello Anna. Time for your Roots.")
        own_salon = self._create_script("Salon's", company_id=self.company.id)
        self.assertEqual(self._say(), "Salon's")
        need = self._create_script("Need's", cycle_id=self.roots.id)
        self.assertEqual(self._say(), "Need's")
        both = self._create_script(
            "Both", cycle_id=self.roots.id, company_id=self.company.id
        )
        self.assertEqual(self._say(), "Both")
        (both | need | own_salon).action_archive()
        self.env.flush_all()
        self.assertEqual(self._say(), "Hello Anna. Time for your Roots.")

    def test_several_needs_are_read_the_general_one(self):
        cut_cycle = self._create_cycle("Cut", (21, 35, 49))
        self._create_script("Cut's", cycle_id=cut_cycle.id)
        cut = self._create_service("Cut", cut_cycle)
        self._create_visit(self.anna, "2026-02-05", cut)
        self.call.reminder_ids = self.anna.salon_reminder_ids
        self.assertRegex(self._say(), "your (Cut and Roots|Roots and Cut)")

    def test_each_kind_has_its_own(self):
        self._create_script("Where were you?", "lapsed")
        self._create_script("Happy birthday!", "birthday")
        self._create_script("As promised.", "call_back")
        self.call.kind = "lapsed"
        self.assertEqual(self._say(), "Where were you?")
        self.call.kind = "birthday"
        self.assertEqual(self._say(), "Happy birthday!")
        self.call.write({"kind": "reminder", "priority": "1"})
        self.assertEqual(self._say(), "As promised.")

    def test_kind_without_a_script(self):
        self.call.priority = "1"
        self.assertEqual(self._say(), "Hello Anna. Time for your Roots.")
        self.call.write({"priority": "0", "kind": "lapsed"})
        self.assertFalse(self._say())

    def test_course_session(self):
        self._create_script("Next session of {service}.", "course")
        course = self._create_product(
            "Laser x6",
            "service",
            type="service",
            salon_course_sessions=6,
            salon_course_interval_days=28,
            salon_course_service_ids=self.roots_service.product_tmpl_id.ids,
        )
        bea = self._create_client("Bea", "+36 30 123 4568")
        self._create_visit(bea, "2026-02-05", course | self.roots_service)
        self.assertTrue(bea.salon_reminder_ids.course_id)
        self.assertEqual(self._say(self._create_call(bea)), "Next session of Roots.")

    # ------------------------------------------------------------
    # WHAT IS FILLED IN
    # ------------------------------------------------------------

    def test_values(self):
        self.general.body = "{client}|{service}|{days}|{stylist}|{salon}|{receptionist}"
        expected = f"Anna|Roots|33|Vera|{self.company.name}|t_recep (base.group_user"
        self.assertTrue(self._say().startswith(expected), self._say())
        self.assertIn("t_salon_boss", self._say(user=self.manager))
        self.call.stylist_id = False
        self.assertIn("|Vera|", self._say())
        self.stylist.action_archive()
        self.call.invalidate_recordset()
        self.assertIn("|your stylist|", self._say())

    def test_free_times_and_promotions_come_from_hooks(self):
        self.general.body = "Hello. I offer {free_times}. Also: {promotion}."
        self.stylist.action_archive()
        self.assertEqual(self._say(), "Hello.")
        self.patch(
            type(self.call),
            "_get_script_free_times",
            lambda calls: {call: "Tuesday 10:00" for call in calls},
        )
        self.patch(
            type(self.call),
            "_get_script_promotions",
            lambda calls: {call: "10 % off" for call in calls},
        )
        self.assertEqual(self._say(), "Hello. I offer Tuesday 10:00. Also: 10 % off.")

    def test_every_placeholder_that_is_offered_can_be_said(self):
        offered = self.general.placeholders
        self.assertIn("client", offered)
        self.general.body = " ".join(f"{{{name}}}" for name in offered)
        with self.assertRaises(ValidationError):
            self.general.body = "{nobody}"

    def test_birthday_without_needs(self):
        self._create_script("Hello {client}. It is {days} days. {service}!", "birthday")
        bea = self._create_client("Bea", "+36 30 123 4568")
        call = self._create_call(bea, kind="birthday")
        self.assertEqual(self._say(call), "Hello Bea.")

    def test_hostile_values_are_text(self):
        self.anna.name = HOSTILE
        self.roots.name = HOSTILE
        self.assertEqual(self._say(), f"Hello {HOSTILE}. Time for your {HOSTILE}.")
        page = self.env["ir.qweb"]._render(
            self.env["ir.ui.view"]
            .create(
                {
                    "type": "qweb",
                    "arch": '<t t-name="x"><p t-out="call.script"/></t>',
                }
            )
            .id,
            {"call": self.call},
        )
        self.assertNotIn("<img", page)
        self.assertIn("&lt;img", page)

    def test_number_of_queries_does_not_grow(self):
        calls = self.call
        for number in range(9):
            client = self._create_client(f"Client {number}", f"+36 30 555 000{number}")
            self._create_visit(client, "2026-02-05")
            calls |= self._create_call(client)
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.with_user(self.receptionist).mapped("script")
            return self.cr.sql_log_count - before

        count(calls)
        self.assertLessEqual(count(calls), count(calls[:2]))

    # ------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------

    def test_wrong_placeholder_is_named(self):
        with self.assertRaisesRegex(ValidationError, r"\{klient\}.*mean \{client\}"):
            self.general.body = "Hello {klient}"
        with self.assertRaisesRegex(ValidationError, r"\{zzz\}\. You can use"):
            self._create_script("Hello {zzz}", "lapsed")
        with self.assertRaisesRegex(ValidationError, "single {"):
            self.general.body = "Hello { client"
        self.general.body = "Braces: {{zzz}}"
        self.assertEqual(self._say(), "Braces: {zzz}")

    def test_script_without_text(self):
        for body in ("", "  \n", False):
            with self.assertRaisesRegex(ValidationError, "no text"):
                self.general.body = body
            with (
                self.assertRaisesRegex(ValidationError, "no text"),
                self.cr.savepoint(),
            ):
                self._create_script(body, "lapsed")
        with self.assertRaisesRegex(ValidationError, "no text"):
            self.scripts.create({"kind": "lapsed"})

    def test_one_script_per_kind_need_and_salon(self):
        for vals in ({}, {"cycle_id": self.roots.id}, {"company_id": self.company.id}):
            self._create_script("One", "lapsed", **vals)
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self._create_script("Two", "lapsed", **vals)

    def test_birthday_script_has_no_need(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self._create_script("Hi", "birthday", cycle_id=self.roots.id)

    def test_translations_are_checked_too(self):
        self.env["res.lang"]._activate_lang("hu_HU")
        hungarian = self.general.with_context(lang="hu_HU")
        hungarian.body = "Szia {client}!"
        with self.assertRaisesRegex(ValidationError, r"\{klient\}"):
            hungarian.body = "Szia {klient}!"
        for wrong in ("Szia {klient}!", " "):
            with self.assertRaises(ValidationError):
                self.general.update_field_translations("body", {"hu_HU": wrong})
        self.general.update_field_translations("body", {"hu_HU": "Hahó {client}!"})
        self.receptionist.lang = "hu_HU"
        call = self.call.with_user(self.receptionist).with_context(lang="hu_HU")
        self.assertEqual(call.script, "Hahó Anna!")
        self.assertEqual(self._say(), "Hello Anna. Time for your Roots.")
        self.general.update_field_translations("body", {"hu_HU": False})
        self.assertEqual(hungarian.body, self.general.body)

    def test_scripts_that_come_with_the_addon(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "salon_reminders"), ("model", "=", "salon.call.script")]
        )
        scripts = self.scripts.browse(data.mapped("res_id"))
        kinds = set(dict(self.scripts._fields["kind"].selection))
        self.assertEqual(set(scripts.mapped("kind")), kinds)
        for code, _name in self.env["res.lang"].get_installed():
            for script in scripts.with_context(lang=code):
                self.assertFalse(script._get_problem(script.body))
        self.assertTrue(all(data.mapped("noupdate")))

    # ------------------------------------------------------------
    # WHO AND WHERE
    # ------------------------------------------------------------

    @users("t_recep")
    def test_receptionist_reads_only(self):
        script = self.general.with_user(self.env.user)
        self.assertIn("{client}", script.body)
        with self.assertRaises(AccessError):
            script.body = "Mine"
        with self.assertRaises(AccessError):
            self.scripts.with_user(self.env.user).create({"body": "Mine"})

    @users("t_salon_boss")
    def test_manager_writes(self):
        self.general.with_user(self.env.user).body = "Boss"
        self.assertEqual(self._say(), "Boss")

    def test_stylist_has_no_scripts(self):
        with self.assertRaises(AccessError):
            self.general.with_user(self.stylist_user).read(["body"])

    def test_companies_are_apart(self):
        other = self._create_company("Other salon")
        foreign = self._create_script("Foreign", company_id=other.id)
        self.assertEqual(self._say(), "Hello Anna. Time for your Roots.")
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).read(["body"])

    def test_script_belongs_to_the_salon_of_its_need(self):
        other = self._create_company("Other salon")
        self.assertFalse(self._create_script("A", cycle_id=self.roots.id).company_id)
        self.roots.company_id = self.company
        own = self._create_script("B", "lapsed", cycle_id=self.roots.id)
        self.assertEqual(own.company_id, self.company)
        with self.assertRaises(UserError):
            own.company_id = other

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    @users("t_salon_boss")
    def test_preview_follows_without_saving(self):
        form = Form(self.general.with_user(self.env.user))
        self.assertEqual(form.preview_partner_id, self.anna)
        self.assertEqual(form.preview, "Hello Anna. Time for your Roots.")
        form.body = "Dear {client}, {stylist} waits"
        self.assertEqual(form.preview, "Dear Anna, Vera waits")
        form.body = "Dear {klient}"
        self.assertIn("{klient}", form.problem)
        bea = self._create_client("Bea", "+36 30 123 4568")
        form.preview_partner_id = bea
        form.body = "Dear {client}, {days} days"
        self.assertFalse(form.problem)
        # She has no visit yet, so that there are no days to tell.
        self.assertFalse(form.preview)
        form.body = "Dear {client}"
        self.assertEqual(form.preview, "Dear Bea")
        self.assertEqual(self.general.body, "Hello {client}. Time for your {service}.")
        form.save()
        self.assertEqual(self.general.body, "Dear {client}")

    def test_preview_of_a_need(self):
        self._create_visit(
            self._create_client("Bea", "+36 30 123 4568"),
            "2026-02-05",
            self._create_service("Cut", self._create_cycle("Cut", (21, 35, 49))),
        )
        script = self._create_script("{service} of {client}", cycle_id=self.roots.id)
        self.assertEqual(script.preview, "Roots of Anna")
        birthday = self._create_script("{client}. For {service}.", "birthday")
        birthday.preview_partner_id = self.anna
        self.assertEqual(birthday.preview, "Anna.")

    def test_preview_in_an_empty_salon(self):
        company = self._create_company("New salon")
        scripts = self.scripts.with_company(company)
        self.env["salon.call"].search([("state", "=", "open")]).action_cancel()
        script = scripts.create({"kind": "lapsed", "body": "Hello {client}!"})
        script.preview_partner_id = False
        self.assertEqual(script.preview, "Hello!")

    def test_preview_makes_no_call(self):
        before = self.env["salon.call"].search_count([])
        self.assertTrue(self.general.preview)
        self.env.flush_all()
        self.assertEqual(self.env["salon.call"].search_count([]), before)
