"""What stands in histories and notices is read by those whom it is for."""

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user

from ..common import SalonCase

NUMBER = "+36 30 999 8877"
SAID = "Said on a card"
EMAIL = "canary@example.com"


@freeze_time("2026-03-10 09:00:00")
class TestHistory(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.anna = cls._create_client("Anna", consent=False).with_env(cls.env)
        cls._create_visit(cls.anna, "2026-03-10", state="booked")
        note = f"Rang from {NUMBER}, writes from {EMAIL}"
        cls.note = cls.anna.message_post(body=note)
        cls.anna.write({"email": EMAIL})
        cls.anna.write({"email": "other@example.com"})
        cls.env.cr.precommit.run()
        cls.env.flush_all()
        cls.outsider = new_test_user(
            cls.env, "t_out", groups="base.group_user,base.group_partner_manager"
        )

    def _call(self, user, model, method, *args):
        records = self.env[model].with_user(user)
        context = {"allowed_company_ids": self.company.ids}
        return call_kw(records, method, list(args), {"context": context})

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    def _find(self, user):
        """Return all that a browser is told of the messages of a card."""
        domain = [("model", "=", "res.partner"), ("res_id", "=", self.anna.id)]
        rows = self._call(user, "mail.message", "search_read", domain, ["body"])
        grouped = self._call(
            user, "mail.message", "formatted_read_group", domain, ["subject"]
        )
        return str(rows) + str(grouped) if rows or grouped else ""

    def test_the_card_without_numbers_has_no_history(self):
        self.assertTrue(self.anna.with_user(self.stylist_user).has_access("read"))
        self.assertFalse(self._find(self.stylist_user))
        fields = ["body", "tracking_value_ids", "email_from"]
        for message in self.anna.message_ids:
            with self.assertRaises(AccessError):
                self._call(
                    self.stylist_user, "mail.message", "read", message.ids, fields[:1]
                )
        for user in (self.receptionist, self.manager, self.outsider):
            self.assertIn(NUMBER, self._find(user))

    def test_who_was_told_reads_it(self):
        told = self.anna.message_post(
            body=SAID, partner_ids=self.stylist_user.partner_id.ids
        )
        self.assertIn(SAID, self._find(self.stylist_user))
        self.assertTrue(told.with_user(self.stylist_user).has_access("read"))
        self.assertFalse(self.note.with_user(self.stylist_user).has_access("read"))

    def test_no_reply_quotes_what_may_not_be_read(self):
        """Odoo fills in the subject of a reply as the system."""
        self.note.subject = SAID
        values, spec = {"parent_id": self.note.id}, {"subject": {}}
        composer = "mail.compose.message"
        asked = (
            (composer, "onchange", [], values, ["parent_id"], spec),
            (composer, "web_save", [], values, spec),
            (composer, "create", values),
        )
        for request in asked:
            with self.subTest(method=request[1]):
                with self.assertRaises(AccessError):
                    self._call(self.stylist_user, *request)
                self._call(self.receptionist, *request)
        own = self._call(self.stylist_user, composer, "create", {"subject": "Own"})
        with self.assertRaises(AccessError):
            self._call(self.stylist_user, composer, "write", [own], values)

    def test_with_the_right_to_numbers(self):
        self.stylist_user.group_ids |= self.env.ref(
            "salon_reminders.group_phone_numbers"
        )
        self.assertIn(NUMBER, self._find(self.stylist_user))

    def test_other_contacts_are_as_odoo_leaves_them(self):
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        note = supplier.message_post(body=SAID)
        readable = supplier.with_user(self.stylist_user).has_access("read")
        found = note.with_user(self.stylist_user).has_access("read")
        self.assertEqual(readable, found)
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        allowed = self.note.with_user(self.stylist_user)
        self.assertFalse(
            allowed._filter_records_for_message_operation(
                "res.partner", [gone.id, self.anna.id], "read"
            )
        )

    def test_visits_keep_their_history(self):
        visit = self._create_visit(self.anna, "2026-03-11", state="booked")
        note = visit.message_post(body=SAID)
        self.assertTrue(note.with_user(self.stylist_user).has_access("read"))

    # ------------------------------------------------------------
    # NOTIFICATIONS
    # ------------------------------------------------------------

    def _group(self, user, name):
        return self._call(
            user, "mail.notification", "formatted_read_group", [], [name], ["__count"]
        )

    def test_notifications_of_others(self):
        """Grouped by message they would name each record, of other salons as well."""
        other = self._create_company("Second salon")
        boss = new_test_user(
            self.env,
            "t_abroad",
            groups="base.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        zenobia = self.env["res.partner"].create(
            {"name": "Zenobia", "company_id": other.id, "is_salon_client": True}
        )
        zenobia.message_post(body=SAID, partner_ids=boss.partner_id.ids)
        self.assertIn("Zenobia", str(self._group(boss, "mail_message_id")))
        for user in (self.stylist_user, self.receptionist, self.manager):
            for name in ("mail_message_id", "res_partner_id", "author_id"):
                with self.subTest(user=user.login, group=name):
                    answer = str(self._group(user, name))
                    self.assertNotIn("Zenobia", answer)
                    self.assertNotIn(str(boss.partner_id.id), answer)
            with self.assertRaises(AccessError):
                self._call(
                    user,
                    "mail.notification",
                    "read",
                    self.env["mail.notification"]
                    .search([("res_partner_id", "=", boss.partner_id.id)], limit=1)
                    .ids,
                    ["mail_message_id"],
                )

    def test_own_notifications(self):
        """What one got, and what became of what one sent."""
        self.anna.message_post(body=SAID, partner_ids=self.receptionist.partner_id.ids)
        self.assertIn("Anna", str(self._group(self.receptionist, "mail_message_id")))
        sent = self.anna.with_user(self.manager).message_post(
            body=SAID, partner_ids=self.anna.ids
        )
        self.assertTrue(sent.notification_ids.with_user(self.manager).read(["id"]))
