"""What the browser decides by itself, in Odoo's own runner for JavaScript tests."""

import re
from pathlib import Path

import pytest

from odoo.tests import HttpCase, tagged
from odoo.tests.common import no_retry
from odoo.tools.misc import file_path

from odoo.addons.web.tests import test_js

pytestmark = pytest.mark.room("call", "book", "visit")

SUCCESS = "[HOOT] Test suite succeeded"
ADDON = "salon_reminders"
TEST = re.compile(r"^test\(", re.MULTILINE)


@tagged("standard", "post_install", "-at_install")
class TestHoot(HttpCase):
    @no_retry
    def test_unit_tests_of_the_addon(self):
        """All of ours and none of Odoo's; none is left out."""
        suite = test_js.HOOTCommon._generate_hash(self, f"@{ADDON}")
        console = f"{self._logger.name}.browser"
        with self.assertLogs(console, "INFO") as logs:
            try:
                self._run_suite(suite)
            except AssertionError:
                self.fail("\n".join(said for said in logs.output if "[HOOT]" in said))
        passed = re.search(r"Passed (\d+) tests", "\n".join(logs.output))
        self.assertEqual(int(passed[1]), self._count_tests())

    def _run_suite(self, suite):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&id={suite}",
            code="",
            ready="",
            login="admin",
            timeout=300,
            success_signal=SUCCESS,
            error_checker=test_js.unit_test_error_checker,
        )

    def _count_tests(self):
        files = file_path(f"{ADDON}/static/tests")
        return sum(
            len(TEST.findall(path.read_text()))
            for path in Path(files).rglob("*.test.js")
        )
