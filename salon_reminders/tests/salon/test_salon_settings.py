from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import users

from ..common import SalonCase


class TestSalonSettings(SalonCase):
    """Managers set the salon up without being administrators of Odoo."""

    def _open(self):
        action = self.env.ref("salon_reminders.res_company_action_salon")
        opened = action.with_user(self.env.user).run()
        self.assertEqual(opened["res_id"], self.env.company.id)
        return self.env[opened["res_model"]].browse(opened["res_id"])

    @users("t_salon_boss")
    def test_manager_changes_every_setting_of_the_screen(self):
        company = self._open()
        view = self.env.ref("salon_reminders.res_company_view_form_salon")
        info = company.get_view(view.id)
        names = [name for name in info["models"]["res.company"] if name != "id"]
        # What only tells something, such as the clock, is nothing to set.
        settings = [
            name
            for name in names
            if name.startswith("salon_") and not company._fields[name].readonly
        ]
        self.assertGreater(len(settings), 15)
        for name in settings:
            self.assertFalse(company.fields_get([name])[name]["readonly"], name)
            company.write({name: company[name]})
        company.write({"salon_consent_months": 24, "salon_stylist_days": 10})
        self.assertEqual(self.company.salon_consent_months, 24)
        self.assertEqual(self.company.salon_stylist_days, 10)

    @users("t_salon_boss")
    def test_manager_changes_nothing_else_of_the_company(self):
        company = self._open()
        for vals in (
            {"name": "Mine"},
            {"phone": "+36 1 123 4567"},
            {"currency_id": company.currency_id.id},
            {"resource_calendar_id": False},
            {"salon_daily_quota": 5, "email": "boss@example.com"},
            {"user_ids": [fields.Command.link(self.env.user.id)]},
            {"salon_affinity_date": "2026-01-01"},
        ):
            with self.assertRaises(AccessError, msg=vals):
                company.write(vals)
        self.assertTrue(company.fields_get(["name"])["name"]["readonly"])
        for attempt in (
            lambda: company.create({"name": "Another"}),
            company.unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()

    @users("t_salon_boss")
    def test_only_of_her_own_company(self):
        other = self.env["res.company"].sudo().create({"name": "Second salon"})
        self.env.user.sudo().company_ids = self.company
        with self.assertRaises(AccessError):
            other.with_user(self.env.user).write({"salon_daily_quota": 1})

    @users("t_recep", "t_vera")
    def test_others_have_no_settings(self):
        company = self.env.company
        with self.assertRaises(AccessError):
            self._open()
        with self.assertRaises(AccessError):
            company.write({"salon_daily_quota": 1})
        with self.assertRaises(AccessError):
            self.env["salon.consent.wording"].create({"text": "May we?"})
        menu = self.env.ref("salon_reminders.res_company_menu_salon")
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].load_menus(False))

    def test_administrators_are_not_limited(self):
        admin = self.env.ref("base.user_admin")
        company = self.company.with_user(admin)
        company.write({"name": "Renamed", "salon_daily_quota": 7})
        self.assertEqual((company.name, company.salon_daily_quota), ("Renamed", 7))

    # ---- who sees numbers ----

    def _may_read(self):
        partner = self.env["res.partner"].with_user(self.stylist_user)
        return "phone" in partner.fields_get()

    @users("t_salon_boss")
    def test_manager_lets_a_stylist_see_numbers(self):
        stylist = self.stylist.with_user(self.env.user)
        self.assertFalse(stylist.salon_sees_numbers)
        self.assertFalse(self._may_read())
        before = self.stylist_user.group_ids
        stylist.salon_sees_numbers = True
        self.assertTrue(self._may_read())
        stylist.invalidate_recordset()
        self.assertTrue(stylist.salon_sees_numbers)
        stylist.salon_sees_numbers = False
        self.assertFalse(self._may_read())
        self.assertEqual(self.stylist_user.group_ids, before)

    @users("t_salon_boss")
    def test_not_for_users_of_another_role(self):
        outsider = self.env.ref("base.user_admin")
        for user in (self.receptionist, outsider):
            self.stylist.user_id = user
            with self.assertRaisesRegex(UserError, "role of a stylist"):
                self.stylist.with_user(self.env.user).salon_sees_numbers = False

    @users("t_recep", "t_vera")
    def test_only_managers_say_who_sees_numbers(self):
        with self.assertRaises(AccessError):
            self.stylist.with_user(self.env.user).salon_sees_numbers = True
        stylist = self.stylist.with_user(self.env.user)
        self.assertNotIn("salon_sees_numbers", stylist.fields_get())
