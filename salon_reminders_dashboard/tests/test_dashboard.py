from odoo.tests import HttpCase, new_test_user, tagged

MODULE = "salon_reminders_dashboard"


@tagged("post_install", "-at_install")
class TestDashboard(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(f"{MODULE}.spreadsheet_dashboard_salon")

    def _create_user(self, role):
        groups = f"base.group_user,salon_reminders.group_{role}"
        return new_test_user(self.env, f"t_dashboard_{role}", groups=groups)

    def test_asks_for_what_exists(self):
        self.dashboard._check_spreadsheet_data()

    def test_is_for_managers(self):
        seen = {
            role: self.dashboard
            in self.dashboard.with_user(self._create_user(role)).search([])
            for role in ("manager", "receptionist", "stylist")
        }
        self.assertEqual(
            seen, {"manager": True, "receptionist": False, "stylist": False}
        )

    def test_every_cell_has_its_figure(self):
        """On the demonstration salon, opened from the menu of the reports."""
        self.start_tour("/odoo", "salon_dashboard_tour", login="manager", timeout=180)

    def test_start_page_leads_to_it(self):
        self.start_tour(
            "/odoo", "salon_dashboard_from_start_tour", login="manager", timeout=180
        )
