from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, users

from ...report.start.month_figures import MonthFigures
from ...tools.charts import get_bars, get_columns
from ..common import SalonCase

REPORT = "salon_reminders.month_report"


@freeze_time("2026-03-31 09:00:00")
class TestSalonMonthReport(SalonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_client("Anna")
        cls.bea = cls._create_client("Bea", "+36 30 123 4568")
        cls.shampoo = cls._create_product("Shampoo", "retail")
        for day in ("2025-02-10", "2026-01-05", "2026-02-02", "2026-02-20"):
            cls._create_visit(cls.anna, day)
        cls._create_visit(cls.bea, "2026-02-28", cls.roots_service | cls.shampoo)
        cls._create_visit(cls.bea, "2026-03-01")
        cls._create_visit(cls.bea, "2026-02-11", state="no_show")

    def _create_report(self, month="2026-02-01", user=None):
        reports = self.env["salon.month.report"].with_user(user or self.manager)
        return reports.create({"month": month})

    def _get_values(self, doc):
        self.env.flush_all()
        report = self.env[f"report.{REPORT}"].with_user(self.manager)
        return report._get_report_values(doc.ids)["reports"][doc]

    def test_month_before_and_year_before(self):
        values = self._get_values(self._create_report())
        rows = {row["label"]: row for row in values["figures"]}
        visits = rows["Visits"]
        self.assertEqual(
            [visits[key] for key in ("now", "before", "year")], ["3", "1", "1"]
        )
        self.assertEqual(visits["before_change"], "+200 %")
        self.assertEqual(rows["Clients"]["now"], "2")
        self.assertIn("200", rows["Money"]["now"])
        self.assertEqual(rows["Retail share"]["now"], "25.0 %")
        self.assertEqual(rows["New clients"]["now"], "1")
        self.assertEqual(rows["No-show rate"]["now"], "25.0 %")
        self.assertEqual(rows["No-show rate"]["before_change"], "+25.0 points")
        self.assertFalse(values["is_running"])

    def test_every_figure_is_defined(self):
        values = self._get_values(self._create_report())
        defined = dict(values["definitions"])
        for row in values["figures"]:
            self.assertTrue(defined[row["label"]], row["label"])

    def test_page_without_the_pdf_program(self):
        doc = self._create_report()
        self.env.flush_all()
        html = self.env["ir.actions.report"].with_user(self.manager)
        html = html._render_qweb_html(REPORT, doc.ids)[0].decode()
        for text in (
            "Monthly report: February 2026",
            "How many regular clients have we?",
            "How many do not come back?",
            "Who keeps them?",
            "What brings them?",
            "When are we empty?",
            "What does calling bring?",
            "<svg",
        ):
            self.assertIn(text, html)
        action = doc.action_show()
        self.assertEqual(action["url"], f"/report/html/{REPORT}/{doc.id}")

    def test_last_month_is_proposed(self):
        report = self.env["salon.month.report"].with_user(self.manager).create({})
        # A month before the 31st of March, which February does not have.
        self.assertEqual(report.month, "2026-02-01")
        self.assertEqual(len(report._get_months()), 24)
        self.assertEqual(report.display_name, "Monthly report February 2026")

    def test_salon_without_anything(self):
        company = self._create_company("Empty salon")
        self.manager.company_ids |= company
        reports = self.env["salon.month.report"].with_user(self.manager)
        reports = reports.with_context(allowed_company_ids=company.ids)
        doc = reports.create({"month": "2026-02-01"})
        self.assertEqual(doc.company_id, company)
        values = doc.env[f"report.{REPORT}"]._get_report_values(doc.ids)
        self.assertEqual(values["reports"][doc]["figures"][0]["now"], "0")
        html = doc.env["ir.actions.report"]._render_qweb_html(REPORT, doc.ids)[0]
        self.assertIn(b"Empty salon", html)

    @users("t_recep", "t_vera")
    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.env["salon.month.report"].create({"month": "2026-02-01"})
        doc = self._create_report()
        with self.assertRaises(AccessError):
            self.env[f"report.{REPORT}"]._get_report_values(doc.ids)

    def test_other_salon_is_refused(self):
        other = self._create_company("Foreign salon")
        doc = self._create_report()
        doc.sudo().company_id = other
        with self.assertRaises(UserError):
            doc.action_print()
        with self.assertRaises(UserError):
            self._get_values(doc)

    def test_retention_says_what_is_not_known_yet(self):
        values = self._get_values(self._create_report())
        texts = [column["text"] for column in values["retention"]["columns"]]
        self.assertEqual(texts[0], "0 %")
        self.assertEqual(texts[-1], "…")
        self.assertEqual(len(texts), 13)

    def test_series_covers_whole_months(self):
        figures = MonthFigures(self.env(user=self.manager))
        self.env.flush_all()
        series = figures.get_series(self.company, date(2026, 2, 1))
        self.assertEqual(series[date(2026, 2, 1)]["visits"], 3)
        self.assertNotIn(date(2026, 3, 1), series)

    # ---- drawings ----

    def test_columns(self):
        columns = get_columns([("a", 10, "10"), ("b", 5, "5"), ("c", None, "")], 90, 66)
        self.assertEqual([column["height"] for column in columns], [40, 20, 0])
        self.assertEqual([column["y"] for column in columns], [12, 32, 52])
        self.assertEqual([column["middle"] for column in columns], [15, 45, 75])

    def test_nothing_to_draw(self):
        self.assertEqual(get_columns([], 90, 66), [])
        self.assertEqual(get_bars([("a", 0, "0")], 50)[0]["width"], 0)
        self.assertEqual(get_bars([("a", -3, "-3")], 50)[0]["width"], 0)
