import json
from functools import partial
from importlib.util import find_spec
from unittest import skipUnless

from lxml import etree

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, freeze_time, users
from odoo.tools import mute_logger

from ..common import SalonCase

NUMBERS = ("+36 30 111 2201", "+36 30 111 2202", "+36 30 111 2203")
ENDS = ("1112201", "1112202", "1112203")
EMAIL = "canary@example.com"


class WaysOutCase(SalonCase):
    """Three clients of one stylist, whose numbers and addresses are looked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = cls.env["res.partner"].concat(
            *(cls._create_client(f"Canary {n[-1]}", n) for n in NUMBERS)
        )
        cls.clients.email = EMAIL
        for client in cls.clients:
            cls._create_visit(client, "2026-03-01")
        cls.env.flush_all()

    def _find(self, answer):
        """Return the numbers that an answer tells, however they are written."""
        text = "".join(c for c in json.dumps(answer, default=str) if c.isalnum())
        return {end for end in ENDS if end in text}

    def _call(self, model, name, *args, **kwargs):
        """Return what a program of the user's is told; it may be an error."""
        try:
            with self.env.cr.savepoint():
                return call_kw(self.env[model], name, list(args), kwargs)
        except Exception as error:  # noqa: BLE001 any refusal will do, and is read too
            return str(error)

    def _get_logged(self, kind):
        domain = [("user_id", "=", self.env.uid), ("kind", "=", kind)]
        return self.env["salon.card.log"].sudo().search(domain).partner_id


@freeze_time("2026-03-10 09:00:00")
class TestWaysOut(WaysOutCase):
    """Numbers leave one by one and noted, whichever way they are asked for."""

    def _ask_for_many(self):
        """Yield what anybody could ask for to have the numbers of several clients."""
        ids = self.clients.ids
        domain = [("id", "in", ids)]
        for name in ("phone", "phone_sanitized"):
            spec = {name: {}}
            yield "read", self._call("res.partner", "read", ids, [name])
            yield (
                "search_read",
                self._call("res.partner", "search_read", domain, [name]),
            )
            yield "web_read", self._call("res.partner", "web_read", ids, spec)
            yield "web", self._call("res.partner", "web_search_read", domain, spec)
            for group in (
                {"groupby": [name], "aggregates": ["__count"]},
                {"groupby": [], "aggregates": [f"{name}:array_agg"]},
                {"groupby": [], "aggregates": [f"{name}:max", f"{name}:min"]},
                {"groupby": ["country_id"], "aggregates": [f"{name}:array_agg"]},
            ):
                yield (
                    "group",
                    self._call(
                        "res.partner", "formatted_read_group", domain=domain, **group
                    ),
                )
            yield (
                "path",
                self._call(
                    "salon.visit",
                    "formatted_read_group",
                    domain=[("partner_id", "in", ids)],
                    groupby=[f"partner_id.{name}"],
                    aggregates=["__count"],
                ),
            )
            yield (
                "nested",
                self._call(
                    "salon.visit",
                    "web_search_read",
                    [("partner_id", "in", ids)],
                    {"partner_id": {"fields": spec}},
                ),
            )
            yield "export", self._call("res.partner", "export_data", ids, [name])
            visits = self.clients.salon_visit_ids.ids
            yield (
                "export",
                self._call(
                    "salon.visit", "export_data", visits, [f"partner_id/{name}"]
                ),
            )
        yield "copy", self._call("res.partner", "copy_data", ids)
        yield "names", self._call("res.partner", "name_search", "Canary")
        yield "card", self._call("res.partner", "get_formview_action", ids)

    def _assert_none(self):
        asked = 0
        for label, answer in self._ask_for_many():
            self.assertFalse(self._find(answer), label)
            asked += 1
        self.assertGreater(asked, 20)
        self.assertFalse(self._get_logged("number"))

    @users("t_recep")
    def test_receptionist_gets_no_list(self):
        self._assert_none()
        # Each number can be told from another; that is what a list is for.
        [row, *_others] = self._call("res.partner", "read", self.clients.ids, ["phone"])
        self.assertEqual(row["phone"], "••• 01")

    @users("t_vera")
    def test_stylist_gets_no_list(self):
        self._assert_none()

    @users("t_recep")
    def test_receptionist_with_more_rights_than_her_role(self):
        """Rights to contacts and exports are given for other apps, too."""
        groups = self.env.ref("base.group_allow_export") | self.env.ref(
            "base.group_partner_manager"
        )
        self.env.user.sudo().group_ids |= groups
        self._assert_none()

    @users("t_recep")
    def test_one_number_is_noted(self):
        first = self.clients[0]
        for ask in (
            lambda: self._call("res.partner", "read", first.ids, ["phone"]),
            lambda: self._call(
                "salon.visit",
                "web_read",
                first.salon_visit_ids.ids,
                {"partner_id": {"fields": {"phone": {}}}},
            ),
            lambda: self._call(
                "salon.visit",
                "onchange",
                [],
                {"partner_id": first.id},
                ["partner_id"],
                {"partner_id": {"fields": {"phone": {}}}},
            ),
        ):
            self.env["salon.card.log"].sudo().search([]).unlink()
            if self._find(ask()):
                self.assertEqual(self._get_logged("number"), first)

    @users("t_recep")
    def test_mask_is_not_written(self):
        self._call("res.partner", "write", self.clients[0].ids, {"phone": "••• 01"})
        self.assertEqual(self.clients[0].phone, NUMBERS[0])

    @users("t_recep")
    def test_calls_show_numbers_while_they_are_open(self):
        # What somebody puts on the list themself counts, see test_number_limit.
        calls = (
            self.env["salon.call"]
            .with_user(self.manager)
            .create([{"partner_id": client.id} for client in self.clients])
            .with_env(self.env)
        )
        ask = partial(self._call, "salon.call", "search_read", [], ["phone"])
        self.assertEqual(self._find(ask()), set(ENDS))
        calls[0].action_no_answer()
        calls[1:].action_cancel()
        self.assertEqual(self._find(ask()), {ENDS[0]})
        with self.assertRaises(AccessError):
            self.env["salon.call.attempt"].search_read([], ["phone"])

    @users("t_vera")
    def test_stylist_sees_no_addresses(self):
        for names in (["email"], ["email_normalized"], ["email_formatted"]):
            for partners in (self.clients[0], self.clients):
                answer = self._call("res.partner", "read", partners.ids, names)
                self.assertNotIn(EMAIL, str(answer))
        colleague = self.receptionist.partner_id
        colleague.email = "desk@example.com"
        [values] = self._call("res.partner", "read", colleague.ids, ["email"])
        self.assertEqual(values["email"], "desk@example.com")
        answer = self._call(
            "res.partner",
            "formatted_read_group",
            domain=[],
            groupby=["email"],
            aggregates=["__count"],
        )
        self.assertNotIn(EMAIL, str(answer))

    @users("t_recep", "t_vera")
    def test_no_import(self):
        for model in ("res.partner", "salon.visit"):
            with self.assertRaisesRegex(AccessError, "Only managers"):
                call_kw(self.env[model], "load", [["name"], [["New"]]], {})

    @users("t_salon_boss")
    def test_manager_exports_and_it_is_noted(self):
        answer = self._call("res.partner", "export_data", self.clients.ids, ["phone"])
        self.assertEqual(self._find(answer), set(ENDS))
        self.assertEqual(self._get_logged("export"), self.clients)

    @users("t_salon_boss")
    def test_export_through_visits_is_noted(self):
        visits = self.clients[0].salon_visit_ids
        self._call("salon.visit", "export_data", visits.ids, ["partner_id/name"])
        self.assertEqual(self._get_logged("export"), self.clients[0])

    @users("t_recep", "t_vera")
    def test_every_model_that_knows_clients(self):
        """Of all apps that are installed, and of each that comes."""
        answered = 0
        for name, link in self._get_links():
            spec = {link: {"fields": {"phone": {}, "phone_sanitized": {}}}}
            answer = self._call(name, "web_search_read", [], spec)
            answered += not isinstance(answer, str)
            self.assertLessEqual(len(self._find(answer)), 1, f"{name}.{link}")
        self.assertGreater(answered, 10)

    def _get_links(self):
        """Return (model, field) of everything stored that leads to a contact."""
        return [
            (model._name, name)
            for model in self.env.registry.values()
            for name, field in model._fields.items()
            if field.relational
            and field.comodel_name == "res.partner"
            and not model._abstract
        ]


@skipUnless(find_spec("vobject"), "vCards need vobject")
class TestVCards(WaysOutCase, HttpCase):
    """The contacts' own file is an export like another."""

    def _download(self, user, path):
        self.authenticate(user.login, user.login)
        return self.url_open(path)

    def _get_paths(self):
        ids = ",".join(map(str, self.clients.ids))
        return (
            f"/web/partner/vcard?partner_ids={ids}",
            f"/web/partner/vcard?partner_ids={self.clients[0].id}",
            f"/web_enterprise/partner/{self.clients[0].id}/vcard",
        )

    def _get_exported(self):
        domain = [("kind", "=", "export")]
        return self.env["salon.card.log"].search(domain).partner_id

    def test_below_a_manager_there_are_none(self):
        for user in (self.receptionist, self.stylist_user):
            for path in self._get_paths():
                with self.subTest(user=user.login, path=path):
                    with mute_logger("odoo.http"):
                        answer = self._download(user, path)
                    self.assertNotEqual(answer.status_code, 200)
                    self.assertNotIn("111 220", answer.text)
        self.assertFalse(self._get_exported())

    def test_manager_takes_them_and_it_is_noted(self):
        answer = self._download(self.manager, self._get_paths()[0])
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._get_exported(), self.clients)

    def test_no_empty_place_of_an_address(self):
        """On the card of a client; that of a supplier is as Odoo made it."""
        for user, expected in ((self.stylist_user, True), (self.receptionist, False)):
            view = self.env["res.partner"].with_user(user).get_view(view_type="form")
            arch = etree.fromstring(view["arch"])
            boxes = arch.xpath("//div[field[@name='email']][not(ancestor::field)]")
            self.assertTrue(boxes)
            hidden = {"is_salon_client" in (b.get("invisible") or "") for b in boxes}
            self.assertEqual(hidden, {expected})
