"""The gate in a real browser: a birthday without its consent, a Saturday in Spain."""

from datetime import timedelta

import pytest

from odoo import fields
from odoo.tests import tagged

from ..journey_case import JourneyCase

pytestmark = pytest.mark.room("consent", "call")

NOON = timedelta(hours=12)
DESK = "/odoo/salon-desk"
# Once these words are there; whatever else is there for half a minute is the answer.
READ = """
    const deadline = Date.now() + 30000;
    const look = () => {
        const text = document.body.innerText;
        if (%(words)s.every((word) => text.includes(word))) {
            console.log("test successful");
        } else if (Date.now() > deadline) {
            console.error(`Not there: ${text}`);
        } else {
            setTimeout(look, 200);
        }
    };
    %(first)s;
    look();
"""
BEGIN = "document.querySelector('.o_salon_begin').click()"


class GateCase(JourneyCase):
    def _read(self, path, *words, first="", ready=".o_action_manager > *"):
        """Open a page as the receptionist and wait for words on it."""
        self.browser_js(
            path,
            READ % {"words": list(words), "first": first},
            ready=f"!!document.querySelector('{ready}')",
            login="tour_receptionist",
            timeout=120,
        )


@tagged("standard", "post_install", "-at_install")
class TestBirthday(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.salon_birthday_days = 7
        near = cls.company._salon_today() + timedelta(days=4)
        cls.anna = cls.env["res.partner"].create(
            {
                "name": "Tour Anna",
                "phone": "+36 30 777 2001",
                "is_salon_client": True,
                "salon_birthdate": fields.Date.subtract(near, years=36),
            }
        )
        # Here lately, so that nothing else is due.
        cls.env["salon.visit"].create(
            {
                "partner_id": cls.anna.id,
                "start": fields.Datetime.subtract(fields.Datetime.now(), days=5),
                "state": "done",
                "line_ids": [(0, 0, {"product_id": cls.service.id})],
            }
        )
        cls._agree("reminder")

    @classmethod
    def _agree(cls, purpose):
        consents = cls.env["salon.consent"]
        consents.create(
            consents._prepare_vals(cls.anna, "given", "desk", purpose=purpose)
        )

    def _plan(self):
        self.env.ref("salon_reminders.ir_cron_plan_calls").method_direct_trigger()
        return self.env["salon.call"].search(
            [("partner_id", "=", self.anna.id), ("state", "=", "open")]
        )

    def test_held_back_until_offers_are_agreed_to(self):
        card = f"/odoo/res.partner/{self.anna.id}"
        self.assertFalse(self._plan())
        self._read(
            card, "The birthday is near, but the client has not agreed to calls about"
        )
        self._agree("promotion")
        call = self._plan()
        self.assertEqual(call.kind, "birthday")
        self._read(f"/odoo/salon-calls/{call.id}", "Tour Anna", "Agreed to calls")


@tagged("standard", "post_install", "-at_install")
class TestSpanishSaturday(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Madrid"
        today = cls.company._salon_today()
        saturday = today + timedelta(days=(5 - today.weekday()) % 7)
        noon = cls.company._salon_utc(fields.Datetime.to_datetime(saturday) + NOON)
        cls.classPatch(fields.Datetime, "now", staticmethod(lambda *_args: noon))
        cls.company.write(
            {
                "country_id": cls.env.ref("base.es").id,
                "salon_call_start": 0,
                "salon_call_stop": 0,
                "salon_call_days": "law",
                "salon_call_reason": False,
            }
        )
        cls._create_call("Tour Anna", 2002)

    def test_list_is_held(self):
        self._read(DESK, "Tour Anna", ready=".o_salon_row")
        self._read(
            DESK,
            "Nobody who is left may be called at this hour. Tour Anna: ",
            "BOE-A-2023-15071",
            first=BEGIN,
            ready=".o_salon_begin",
        )
