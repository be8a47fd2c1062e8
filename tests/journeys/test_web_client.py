"""The web client starts in a real browser with the addon installed."""

import pytest

from odoo.tests import HttpCase, tagged

pytestmark = pytest.mark.room("salon", "start")


@tagged("standard", "post_install", "-at_install")
class TestWebClient(HttpCase):
    def test_web_client_starts(self):
        """A broken asset or template of ours would leave an empty page."""
        self.browser_js(
            "/odoo",
            code="console.log('test successful')",
            ready="!!document.querySelector('.o_main_navbar')",
            login="admin",
            timeout=90,
        )
