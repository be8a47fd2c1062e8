"""The client's own page: what it shows, what it changes, what it never tells."""

import itertools
import random
import re
import string
from datetime import timedelta

import pytest

from odoo import fields, http
from odoo.modules import get_modules
from odoo.tests import HttpCase, freeze_time, tagged

pytestmark = pytest.mark.room("consent")

FUZZED = 300


# With TRACE and those that change things where the web is used as a file system.
UNANSWERED = ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")


def get_public_routes():
    """Yield the paths of ours that are open without a login."""
    ours = [name for name in get_modules() if name.startswith("salon_")]
    for path, endpoint in http._generate_routing_rules(ours, nodb_only=False):
        if endpoint.routing["auth"] in ("public", "none"):
            yield path


@tagged("standard", "post_install", "-at_install")
class TestConsentLink(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        clients = [
            {"name": f"Linda {number}", "phone": f"+3630777200{number}"}
            for number in (1, 2)
        ]
        cls.anna, cls.bea = cls.env["res.partner"].create(clients)
        (cls.anna | cls.bea).is_salon_client = True
        cls.path = f"/salon/consent/{cls.anna._get_salon_token()}"

    def _get_token_field(self, text):
        return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]

    def _post(self, path, **answers):
        page = self.url_open(path)
        csrf_token = self._get_token_field(page.text)
        return self.url_open(path, data={"csrf_token": csrf_token, **answers})

    def _get_states(self, partner):
        partner.invalidate_recordset()
        return partner._get_salon_consent_states()

    def test_looking_changes_nothing(self):
        self.anna.action_salon_consent_give()
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.company.name, page.text)
        self.assertEqual(page.text.count('checked="True"'), 1)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        for query in ("?reminder_phone=", "?saved=1", "?promotion_sms=1"):
            self.url_open(self.path + query)
        self.url_open(self.path, method="HEAD")
        self.assertEqual(self._get_states(self.anna), {("reminder", "phone"): "given"})

    def test_other_methods_neither_write_nor_show(self):
        """A browser asks with OPTIONS before it sends another site's form."""
        self.anna.action_salon_consent_give()
        given = self._get_states(self.anna)
        queries = ("", "?promotion_sms=1", "?reminder_phone=1&promotion_sms=1")
        for method, query in itertools.product(UNANSWERED, queries):
            with self.subTest(method=method, query=query):
                answer = self.url_open(self.path + query, method=method)
                self.assertIn(answer.status_code, (400, 405))
                self.assertNotIn(self.company.name, answer.text)
                self.assertEqual(self._get_states(self.anna), given)
                self.assertEqual(len(self.anna.salon_consent_ids), 1)

    def test_every_public_route_answers_get_or_post_alone(self):
        """Routes to come are made in the same way, with or without a cookie."""
        routes = list(get_public_routes())
        self.assertTrue(routes)
        token = self.path.rpartition("/")[2]
        for path, cookie in itertools.product(routes, (True, False)):
            address = re.sub("<[^>]*>", token, path)
            if not cookie:
                self.opener.cookies.clear()
            for method in UNANSWERED:
                with self.subTest(path=path, method=method, cookie=cookie):
                    answer = self.url_open(address, method=method)
                    self.assertIn(answer.status_code, (400, 405))
        self.assertFalse(self._get_states(self.anna))

    def test_nothing_about_others(self):
        page = self.url_open(self.path).text
        for word in ("Linda", "777200", self.bea.name):
            self.assertNotIn(word, page)

    def test_answers_go_into_the_ledger(self):
        page = self._post(self.path, reminder_phone="1", promotion_sms="1")
        self.assertIn("your answers are saved", page.text)
        states = {("reminder", "phone"): "given", ("promotion", "sms"): "given"}
        self.assertEqual(self._get_states(self.anna), states)
        consent = self.anna.salon_consent_ids[0]
        self.assertEqual(consent.method, "link")
        self.assertTrue(consent.wording_id)
        self.assertEqual(consent.wording, consent.wording_id.text)
        self._post(self.path, promotion_sms="1")
        states["reminder", "phone"] = "withdrawn"
        self.assertEqual(self._get_states(self.anna), states)
        self.assertEqual(len(self.anna.salon_consent_ids), 3)
        self._post(self.path, promotion_sms="1")
        self.assertEqual(len(self.anna.salon_consent_ids), 3)
        self.assertFalse(self.bea.salon_consent_ids)

    def test_no_advertising_in_one_click(self):
        self._post(self.path, reminder_phone="1", promotion_sms="1", feedback_email="1")
        page = self._post(self.path, wish="no_advertising")
        self.assertIn("your answers are saved", page.text)
        self.assertNotIn("No advertising</button>", page.text)
        states = self._get_states(self.anna)
        given = {kind for kind, state in states.items() if state == "given"}
        self.assertEqual(given, {("reminder", "phone")})

    def test_delete_me_in_one_click(self):
        self._post(self.path, reminder_phone="1")
        # Looking at it, or a scanner's look, is no wish.
        self.url_open(self.path + "?wish=erasure")
        self.anna.invalidate_recordset()
        self.assertFalse(self.anna.salon_erasure_date)
        page = self._post(self.path, wish="erasure")
        self.assertIn("You have asked us to delete your data", page.text)
        self.assertNotIn("Delete my data", page.text)
        states = self._get_states(self.anna)
        self.assertNotIn("given", states.values())
        kind = self.env.ref("salon_reminders.mail_activity_type_erasure")
        self.assertIn(kind, self.anna.activity_ids.activity_type_id)
        self.assertFalse(self.bea.activity_ids)

    def test_a_wish_of_another_site_is_refused(self):
        answer = self.url_open(self.path, data={"wish": "erasure"})
        self.assertEqual(answer.status_code, 400)
        self.anna.invalidate_recordset()
        self.assertFalse(self.anna.salon_erasure_date)

    def test_unknown_answers_are_ignored(self):
        answers = {"reminder_fax": "1", "partner_id": str(self.bea.id), "x": "<b>"}
        self._post(self.path, **answers)
        self.assertFalse(self.anna.salon_consent_ids | self.bea.salon_consent_ids)

    def test_a_form_of_another_site_is_refused(self):
        self.url_open(self.path)
        answer = self.url_open(self.path, data={"reminder_phone": "1"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._get_states(self.anna))

    def test_withdrawal_ends_calls_at_once(self):
        self.anna.action_salon_consent_give()
        call = self.env["salon.call"].create({"partner_id": self.anna.id})
        self._post(self.path)
        call.invalidate_recordset()
        self.assertEqual(call.state, "cancelled")

    def test_wrong_tokens(self):
        token = self.path.rpartition("/")[2]
        rng = random.Random(5)
        letters = string.ascii_letters + string.digits + "-_"
        tokens = {"x", "0" * 80, token[:-1], token + "A", "%00" * 30, "é" * 60}
        for _number in range(FUZZED):
            place = rng.randrange(len(token) - 1)
            letter = rng.choice(letters.replace(token[place], ""))
            tokens.add(token[:place] + letter + token[place + 1 :])
        tokens |= {"".join(rng.choices(letters, k=90)) for _n in range(50)}
        partners = self.env["res.partner"]
        found = [wrong for wrong in tokens if partners._find_by_salon_token(wrong)]
        self.assertFalse(found)
        for wrong in rng.sample(sorted(tokens), 40):
            answer = self.url_open(f"/salon/consent/{wrong}")
            self.assertEqual(answer.status_code, 404, wrong)
            self.assertNotIn("Linda", answer.text)

    def test_a_token_ends(self):
        later = fields.Datetime.now() + timedelta(days=self.company.salon_link_days + 1)
        with freeze_time(later):
            self.assertFalse(
                self.env["res.partner"]._find_by_salon_token(self.path[15:])
            )
        self.assertTrue(self.env["res.partner"]._find_by_salon_token(self.path[15:]))

    def test_archived_or_foreign_clients_are_gone(self):
        other = self.env["res.company"].create({"name": "Second salon"})
        self.anna.company_id = other
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.anna.company_id = False
        self.assertEqual(self.url_open(self.path).status_code, 200)
        self.anna.active = False
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_tokens_of_other_scopes_are_refused(self):
        from odoo.tools.misc import hash_sign

        token = hash_sign(self.env, "other", [self.anna.id, self.company.id])
        answer = self.url_open(f"/salon/consent/{token}")
        self.assertEqual(answer.status_code, 404)
