"""The reports on the demonstration data: figures, and every page in a browser."""

from odoo.tests import HttpCase, tagged

from odoo.addons.salon_reminders.tests.common_report import ReportChecks


@tagged("standard", "post_install", "-at_install")
class TestReports(ReportChecks, HttpCase):
    def test_every_report_opens(self):
        self.start_tour("/odoo", "salon_reports_tour", login="manager", timeout=300)

    def test_figures_of_the_demo_salon(self):
        manager = self.env.ref("salon_reminders.res_users_manager_demo")
        company = manager.company_id
        self._check_reports(company, manager)
        plain = self.plain
        # The salon must show something, or the comparison would say nothing.
        self.assertGreater(len(plain.retention()), 500)
        self.assertGreater(len(plain.source_rows()), 4)
        self.assertTrue(any(row[4] for row in plain.clients().values()))
        self.assertTrue(
            any(0 < row["rebooking_rate"] < 1 for row in plain.stylists().values())
        )

    def test_receptionist_has_no_reports(self):
        menus = self.env["ir.ui.menu"].with_user(
            self.env.ref("salon_reminders.res_users_receptionist_demo")
        )
        shown = menus._visible_menu_ids()
        reporting = self.env.ref("salon_reminders.salon_menu_reporting")
        self.assertNotIn(reporting.id, shown)
