"""The reports on the demonstration data: figures, and every page in a browser."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo import http
from odoo.tests import HttpCase, tagged

from odoo.addons.salon_reminders.tests.common_report import ReportChecks

pytestmark = pytest.mark.room("insight")


@tagged("standard", "post_install", "-at_install")
class TestReports(ReportChecks, HttpCase):
    def test_every_report_opens(self):
        self.start_tour("/odoo", "salon_reports_tour", login="manager", timeout=300)

    def test_start_page(self):
        self.start_tour("/odoo", "salon_start_page_tour", login="manager", timeout=180)

    def test_monthly_report_comes_out_of_the_printer(self):
        """As a PDF where there is wkhtmltopdf, and always as a page."""
        self.authenticate("manager", "manager")
        manager = self.env.ref("salon_reminders.res_users_manager_demo")
        doc = self.env["salon.month.report"].with_user(manager).create({})
        self._check_month(self._get_month(doc, "html").text)
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() != "install":
            pages = PdfReader(BytesIO(self._get_month(doc, "pdf").content)).pages
            self._check_month(" ".join(page.extract_text() for page in pages))

    def _get_month(self, doc, kind):
        answer = self.url_open(
            f"/report/{kind}/salon_reminders.month_report/{doc.id}"
            '?context={"force_report_rendering": true}',
            timeout=120,
        )
        self.assertEqual(answer.status_code, 200)
        return answer

    def _check_month(self, text):
        text = " ".join(text.split())
        for words in ("Who keeps them?", "When are we empty?", "Average ticket"):
            self.assertIn(words, text)

    def _export(self, model, names):
        fields_ = [{"name": name, "label": name, "type": "char"} for name in names]
        return self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(
                    {
                        "model": model,
                        "fields": fields_,
                        "ids": False,
                        "domain": [],
                        "context": {},
                        "groupby": [],
                        "import_compat": False,
                    }
                ),
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def test_lists_are_exported_by_managers_only(self):
        models = {
            "salon.visit.report": ["date", "partner_id", "amount"],
            "salon.stylist.report": ["stylist_id", "adjusted_rate", "rating_text"],
            "salon.visit": ["start", "partner_id", "amount_total"],
            "res.partner": ["name", "phone"],
        }
        self.authenticate("manager", "manager")
        for model, names in models.items():
            answer = self._export(model, names)
            self.assertEqual(answer.status_code, 200, model)
            rows = list(load_workbook(BytesIO(answer.content)).active.values)
            self.assertGreater(len(rows), 2, model)
        self.authenticate("receptionist", "receptionist")
        for model, names in models.items():
            self.assertNotEqual(self._export(model, names).status_code, 200, model)

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
