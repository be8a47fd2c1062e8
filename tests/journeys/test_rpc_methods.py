"""Every public method, called by each role with ids and arguments that are wrong."""

import inspect
import json
import logging
from collections import Counter

from odoo import fields
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rpc_world import ORDERLY, ROLES, SECRET, Rollback, RpcCase

_logger = logging.getLogger(__name__)

OURS = "odoo.addons.salon_reminders"
# What a text field of a browser, a script or a bored child may send.
WRONG = (
    None,
    False,
    True,
    -1,
    0,
    999_999_999,
    10**20,
    1.5,
    float("nan"),
    "",
    "text",
    "2026-13-45 99:99:99",
    "'; DROP TABLE res_partner; --",
    [],
    ["text"],
    [[1]],
    {},
    {"id": 1},
    {"text": ["text"]},
)
WRONG_IDS = (None, "text", ["text"], [None], [1.5], [[1]], {"text": 1}, [10**20], True)
# Odoo's own: it reads them before any method of an addon can.
CORE = {
    *("create", "write", "read", "unlink", "copy_data", "web_search_read"),
    *("export_data", "web_save", "web_read", "search_count", "onchange"),
    *("load", "get_views", "web_save_multi"),
}


@tagged("standard", "post_install", "-at_install")
class TestRpcMethods(RpcCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        start = fields.Datetime.add(fields.Datetime.now(), days=3)
        cls.booked = cls.own["salon.visit"].copy(
            {
                "start": start,
                "stop": fields.Datetime.add(start, hours=1),
                "state": "booked",
            }
        )

    def _get_public_methods(self):
        """Return (model, method) of all that this addon lets people call."""
        found = []
        for name, model in self.env.registry.items():
            if model._abstract and model._inherit_children:
                # Its methods are called on the models that inherit them.
                continue
            for attribute in dir(model):
                method = getattr(model, attribute)
                if attribute.startswith("_") or not callable(method):
                    continue
                module = getattr(method, "__module__", "") or ""
                private = getattr(method, "_api_private", False)
                if module.startswith(OURS) and not private:
                    found.append((name, attribute))
        return sorted(found)

    def _get_own_methods(self):
        """Return those that are not Odoo's own with something added."""
        own = [
            (model, method)
            for model, method in self._get_public_methods()
            if (model.startswith("salon.") or model == "res.partner")
            and method not in CORE
        ]
        self.assertGreater(len(own), 80)
        return own

    def _call(self, role, model, method, args):
        """Call as RPC does; return (answer as text, error or None)."""
        records = self.env[model].with_user(self.users[role])
        records = records.with_context(allowed_company_ids=self.company.ids)
        answer = error = None
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                answer = call_kw(records, method, args, {})
                self.env.flush_all()
                raise Rollback
        except Rollback:
            pass
        except Exception as problem:
            error = problem
        self.env.invalidate_all()
        return str(answer if error is None else error), error

    def _get_name(self, error):
        return f"{type(error).__module__}.{type(error).__qualname__}"

    def _get_parameters(self, model, method):
        """Return (whether it takes ids, names of its other parameters)."""
        function = getattr(self.env.registry[model], method)
        names = [
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind == parameter.POSITIONAL_OR_KEYWORD
        ][1:]
        return not getattr(function, "_api_model", False), names

    def _get_right(self, name):
        """Return a value that a method can do something with."""
        day = fields.Date.today()
        return {
            "visit_id": self.booked.id,
            "call_id": self.own["salon.call"].id,
            "partner_id": self.own["res.partner"].id,
            "attempt_id": self.own["salon.call.attempt"].id,
            "zone_id": self.zone.id,
            "service_id": self.service.product_tmpl_id.id,
            "stylist_ids": self.stylist.ids,
            "stylist_id": self.stylist.id,
            "from_id": self.stylist.id,
            "to_id": self.stylist.id,
            "day": str(day),
            "start": f"{day} 08:00:00",
            "stop": f"{day} 10:00:00",
        }.get(name, 1)

    def _iter_wrong_arguments(self, model, method):
        """Yield the arguments of calls, each with something wrong in one place."""
        takes_ids, names = self._get_parameters(model, method)
        record = self.own.get(model)
        ids = [record.ids if record else []] if takes_ids else []
        right = [self._get_right(name) for name in names]
        for place in range(len(names)):
            for value in WRONG:
                yield [*ids, *right[:place], value, *right[place + 1 :]]
        if names:
            yield [*ids, *("text" for _name in names)]
            yield [*ids, *({"text": 1} for _name in names)]
            yield [*ids, *([1, "a"] for _name in names)]

    def test_wrong_arguments(self):
        """People and programs are told what is wrong; nothing breaks."""
        problems = Counter()
        calls = 0
        for model, method in self._get_own_methods():
            for role in ROLES:
                for args in self._iter_wrong_arguments(model, method):
                    text, error = self._call(role, model, method, args)
                    calls += 1
                    self.assertNotIn(SECRET, text, (model, method, role, args))
                    if error and self._get_name(error) not in ORDERLY:
                        key = (model, method, self._get_name(error), str(error)[:90])
                        problems[key] += 1
        _logger.info("%s calls with wrong arguments", calls)
        self.assertGreater(calls, 1000)
        self.assertEqual(sorted(problems), [])

    def test_wrong_ids(self):
        """Of records that are not there, of another company, or of no record at all."""
        problems = Counter()
        for model, method in self._get_own_methods():
            takes_ids, names = self._get_parameters(model, method)
            if not takes_ids:
                continue
            stranger = self.foreign.get(model)
            for role in ROLES:
                for ids in ([], [999_999_999], (stranger or self.env[model]).ids):
                    args = [ids, *(1 for _name in names)]
                    text, error = self._call(role, model, method, args)
                    self.assertNotIn(SECRET, text, (model, method, role, ids))
                    if "Expected singleton" in text and len(ids) != 1:
                        # Odoo's own answer to a wrong number of records.
                        continue
                    if error and self._get_name(error) not in ORDERLY:
                        key = (model, method, self._get_name(error), str(error)[:90])
                        problems[key] += 1
        self.assertEqual(sorted(problems), [])

    def test_ids_that_are_no_ids(self):
        """Odoo itself refuses them or finds nothing; nobody learns anything."""
        for model, method in self._get_own_methods():
            takes_ids, names = self._get_parameters(model, method)
            if not takes_ids:
                continue
            for role in ROLES:
                for ids in WRONG_IDS:
                    args = [ids, *(1 for _name in names)]
                    text, _error = self._call(role, model, method, args)
                    self.assertNotIn(SECRET, text, (model, method, role, ids))

    def test_over_the_wire(self):
        """The same over HTTP: the message tells nothing about others."""
        for model, method in self._get_own_methods():
            stranger = self.foreign.get(model)
            takes_ids, names = self._get_parameters(model, method)
            right = [self._get_right(name) for name in names]
            for role in ROLES if stranger else ROLES[1:2]:
                for ids in ([], [999_999_999], (stranger or self.env[model]).ids):
                    args = [*([ids] if takes_ids else []), *right]
                    with self.subTest(model=model, method=method, role=role, ids=ids):
                        error = self._undone(
                            self._send_json_rpc, role, model, method, args
                        )
                        told = json.loads(self.last_text)
                        told.get("error", {}).get("data", {}).pop("debug", None)
                        self.assertNotIn(SECRET, json.dumps(told))
                        if "Expected singleton" in self.last_text:
                            self.assertNotEqual(len(ids), 1)
                        elif error:
                            self.assertIn(error, ORDERLY, self.last_text)
