"""The web client starts in a real browser with the addon installed."""

import pytest

from odoo.tests import HttpCase, new_test_user, tagged

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


@tagged("standard", "post_install", "-at_install")
class TestSalonClock(HttpCase):
    """Whose clock the web client follows: the browser's is another than the salon's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salons = cls.env["res.company"].create(
            [{"name": "Salon Kathmandu"}, {"name": "Salon Nairobi"}]
        )
        for salon, zone in zip(
            cls.salons, ("Asia/Kathmandu", "Africa/Nairobi"), strict=True
        ):
            hours = {"name": zone, "tz": zone, "company_id": salon.id}
            calendar = cls.env["resource.calendar"].create(hours)
            salon.resource_calendar_id = calendar
        cls._create_user("clock_desk", "salon_reminders.group_receptionist")
        cls._create_user("clock_other", "base.group_partner_manager")

    @classmethod
    def _create_user(cls, login, group):
        new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{group}",
            company_id=cls.salons[0].id,
            company_ids=[(6, 0, cls.salons.ids)],
            tz="America/New_York",
        )

    def _look(self, login, condition, salons, path="/odoo", ready=".o_main_navbar"):
        """Open a page for these salons and check what is true there."""
        self.browser_js(
            path,
            code=f"{condition} ? console.log('test successful')"
            f" : console.error('not so: ' + luxon.Settings.defaultZone.name)",
            ready=f"!!document.querySelector({ready!r})",
            login=login,
            cookies={"cids": "-".join(map(str, salons.ids))},
            timeout=90,
        )

    def test_hours_are_those_of_the_salon_and_what_is_stored_stays(self):
        stylist = self.env["resource.resource"].create(
            {
                "name": "Clock stylist",
                "is_stylist": True,
                "company_id": self.salons[0].id,
                "calendar_id": self.salons[0].resource_calendar_id.id,
            }
        )
        visit = self.env["salon.visit"].create(
            {
                "company_id": self.salons[0].id,
                "stylist_id": stylist.id,
                # A quarter past ten in Kathmandu
                "start": "2026-03-11 04:30:00",
            }
        )
        start = ".o_field_widget[name='start'] button"
        self._look(
            "clock_desk",
            f"(document.querySelector({start!r}).value + "
            f"document.querySelector({start!r}).textContent).includes('10:15')",
            self.salons[0],
            f"/odoo/salon-visits/{visit.id}",
            start,
        )
        visit.invalidate_recordset()
        self.assertEqual(str(visit.start), "2026-03-11 04:30:00")
        user = self.env["res.users"].search([("login", "=", "clock_desk")])
        self.assertEqual(user.tz, "America/New_York")

    def test_several_clocks_are_named(self):
        shown = (
            "odoo.loader.modules.get('@web/core/registry').registry"
            ".category('formatters').get('datetime')(luxon.DateTime.now())"
        )
        self._look(
            "clock_desk",
            f"{shown}.endsWith(luxon.DateTime.now().toFormat('ZZZZ'))"
            " && luxon.Settings.defaultZone.type === 'system'",
            self.salons,
        )

    def test_without_a_role_nothing_changes(self):
        self._look(
            "clock_other",
            "luxon.Settings.defaultZone.type === 'system'",
            self.salons[0],
        )
