"""The proof folder in a real browser: from a call to the printed page."""

from io import BytesIO
from json import dumps

import pytest
from pypdf import PdfReader

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("privacy")

BUTTON = ".oe_stat_button .fa-folder-open-o"
# The browser gets the file by a request of its own.
CLICK = """
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function () {
        this.addEventListener("load", () => {
            if (this.responseURL.endsWith("/report/download")) {
                const kind = this.getResponseHeader("Content-Type");
                if (this.status === 200 && kind === "application/pdf") {
                    console.log("test successful");
                } else {
                    console.error(`Not a folder: ${this.status} ${kind}`);
                }
            }
        });
        return send.apply(this, arguments);
    };
    document.querySelector("%s").click();
"""


class TestProofFolder(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receptionist.name = "Rita"
        cls.call = cls._create_call("Tour Anna", 1001)
        cls.call.with_user(cls.receptionist).action_no_answer()
        cls.consent = cls.call.attempt_ids.proof_id.consent_id
        cls.has_printer = (
            cls.env["ir.actions.report"].get_wkhtmltopdf_state() != "install"
        )

    def _download(self, login):
        """Return the answer to who asks for the folder: a PDF, or the page of it."""
        folder = self.env["salon.proof.folder"].with_user(self.manager)
        folder = folder.create({"partner_ids": self.call.partner_id.ids})
        self.authenticate(login, login)
        context = dumps({"force_report_rendering": True})
        kind = "pdf" if self.has_printer else "html"
        return self.url_open(
            f"/report/{kind}/salon_reminders.proof_folder/{folder.id}"
            f"?context={context}",
            timeout=120,
        )

    def _read(self, answer):
        if not self.has_printer:
            return " ".join(answer.text.split())
        pages = PdfReader(BytesIO(answer.content)).pages
        text = " ".join(page.extract_text() for page in pages)
        return " ".join(text.split())

    def test_from_a_call_by_a_click(self):
        if not self.has_printer:
            self.skipTest("wkhtmltopdf is not installed")
        self.browser_js(
            f"/odoo/salon-calls/{self.call.id}",
            CLICK % BUTTON,
            ready=f'!!document.querySelector("{BUTTON}")',
            login="tour_manager",
            timeout=120,
        )
        noted = self.env["salon.card.log"].search([("kind", "=", "proof")])
        self.assertEqual(noted.partner_id, self.call.partner_id)
        self.assertEqual(noted.user_id, self.manager)

    def test_what_is_printed(self):
        answer = self._download("tour_manager")
        self.assertEqual(answer.status_code, 200)
        text = self._read(answer)
        for words in (
            "Proof folder: Tour Anna",
            "+36307771001",
            self.consent.wording,
            f"Consent no. {self.consent.id}",
            "No answer",
            "Rita",
        ):
            self.assertIn(words, text)

    def test_not_for_the_desk(self):
        answer = self._download("tour_receptionist")
        self.assertNotEqual(answer.status_code, 200)
        for words in ("+36307771001", self.consent.wording):
            self.assertNotIn(words, answer.text)
