"""Scripts, paper and history in a real browser."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("call")


class TestPaperJourney(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls = cls._create_call("Tour Anna", 1001)
        cls.calls |= cls._create_call("Tour Bea", 1002)

    def test_script_with_live_preview(self):
        script = self.env["salon.call.script"].create(
            {"cycle_id": self.cycle.id, "body": "Tour script for {client}."}
        )
        self.calls[1].action_cancel()
        self.start_tour(
            "/odoo/salon-call-scripts", "salon_call_script_tour", login="tour_manager"
        )
        script.invalidate_recordset()
        self.assertEqual(script.body, "Hello{client}")

    def test_results_from_paper(self):
        self.start_tour("/odoo", "salon_call_paper_tour", login="tour_receptionist")
        first, second = self.calls
        self.assertEqual(first.attempt_count, 1)
        self.assertEqual(second.attempt_count, 1)
        self.assertEqual(second.outcome_kind, "booked")
        self.assertEqual(second.visit_id.line_ids.product_id, self.service)

    def test_history_of_a_client(self):
        self.calls[0].action_no_answer()
        self.start_tour(
            "/odoo/salon-clients", "salon_history_tour", login="tour_receptionist"
        )

    def test_list_comes_out_of_the_printer(self):
        """As a PDF where there is wkhtmltopdf, else as the page that Odoo opens."""
        self.authenticate("tour_receptionist", "tour_receptionist")
        numbers = ",".join(map(str, self.calls.ids))
        reports = self.env["ir.actions.report"]
        kind = "html" if reports.get_wkhtmltopdf_state() == "install" else "pdf"
        answer = self.url_open(
            f"/report/{kind}/salon_reminders.call_list/{numbers}"
            '?context={"force_report_rendering": true}',
            timeout=120,
        )
        self.assertEqual(answer.status_code, 200)
        text = answer.text
        if kind == "pdf":
            pages = PdfReader(BytesIO(answer.content)).pages
            text = " ".join(page.extract_text() for page in pages)
        text = " ".join(text.split())
        for words in ("Tour Anna", "Tour Bea", "+36307771001", "No answer"):
            self.assertIn(words, text)
