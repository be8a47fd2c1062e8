"""What the tests of the doors into the server share: every transport, every address."""

import json
import re
import xmlrpc.client
from collections import Counter

from odoo import fields, http
from odoo.tools import config, mute_logger

from dev import long_run

from .matrix_case import CanaryCase
from .matrix_cells import Cell
from .matrix_world import PHOTO_DATA, find

JSON = {"Content-Type": "application/json"}
# What stands for something else in the address of a route.
PLACE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
MODELS = ("model", "res_model", "model_name", "thread_model")
# Fields of models that are files.
FIELDS = {"salon.client.photo": "image_1920", "ir.attachment": "datas"}
# They end the session or the server, wait for something, or serve the code itself.
LEFT_OUT = ("/web/session", "/web/database", "/websocket", "/web/static", "/web/assets")
# What the server says while it refuses.
LOUD = ("odoo.http", "odoo.sql_db", "odoo.addons.rpc")


class MatrixOfDoors(CanaryCase):
    """Through each door people are told what is theirs, not more."""

    def test_nobody_is_told_through_any_door(self):
        told, asked = Counter(), 0
        for role in self.world.get_roles():
            doors = self._open_doors(role)
            for cell in self._get_cells():
                for door, ask in doors.items():
                    with mute_logger(*LOUD):
                        answer = ask(cell)
                    asked += 1
                    kinds = find(answer) & role.forbidden
                    if kinds:
                        told[(door, role.name, cell.model, *sorted(kinds))] += 1
        long_run.tell("questions through all doors", asked)
        self.assertEqual(sorted(told.items()), [])
        self.assertGreater(asked, 1000)

    def test_each_door_is_open(self):
        """Whoever may read gets an answer, or the test above would prove nothing."""
        group = "salon_reminders.group_manager"
        role = self.world.get_role("own", group, self.world.company, frozenset())
        visits = self.world.rows["salon.visit"]
        cell = Cell("salon.visit", "read", [visits, ["note"]], {})
        for door, ask in self._open_doors(role).items():
            self.assertTrue(find(ask(cell)), door)
        for photo_id in self.world.rows["salon.client.photo"]:
            path = f"/web/content/salon.client.photo/{photo_id}/image_1920"
            self.assertTrue(self._is_photo(self.url_open(path).content))

    def _get_cells(self):
        """Yield what can be sent alike through each door."""
        for name in sorted(self.world.rows):
            rows = self.world.rows[name]
            if not rows:
                continue
            yield Cell(name, "read", [rows], {})
            if self.in_full:
                yield Cell(name, "search_read", [[]], {"limit": 40})
                yield Cell(name, "name_search", [""], {"limit": 40})
                yield Cell(name, "copy", [rows[:1]], {})

    # ------------------------------------------------------------
    # ROUTES
    # ------------------------------------------------------------

    def test_no_route_tells(self):
        """Each address of the server that is read with GET, whoever made it."""
        told, asked = Counter(), 0
        addresses = sorted(set(self._get_addresses()))
        for role in self.world.get_roles():
            login = None if role.name == "public" else role.user.login
            self.authenticate(login, login)
            for address in addresses:
                with mute_logger(*LOUD):
                    answer = self.url_open(address, allow_redirects=False, timeout=60)
                asked += 1
                kinds = find(answer.content.decode(errors="replace"))
                if kinds & role.forbidden or self._is_photo(answer.content):
                    told[(role.name, address, *sorted(kinds))] += 1
        long_run.tell("addresses of the server", asked)
        self.assertEqual(sorted(told.items()), [])
        self.assertGreater(asked, 500)

    def _is_photo(self, content):
        return PHOTO_DATA in content

    def _get_addresses(self):
        """Yield an address for each route, about rows that are nobody's here."""
        modules = sorted(
            self.env.registry._init_modules | set(config["server_wide_modules"])
        )
        for path, endpoint in http._generate_routing_rules(modules, nodb_only=False):
            routing = endpoint.routing
            is_read = "GET" in (routing["methods"] or ["GET"])
            if is_read and routing["type"] == "http" and not path.startswith(LEFT_OUT):
                for model, rows in self._get_targets(path):
                    yield self._get_address(path, model, rows[0])

    def _get_targets(self, path):
        """Return the (model, rows) to ask a route for: several where it takes any."""
        if any(f"{name}>" in path for name in MODELS):
            return [(name, rows) for name, rows in self.world.rows.items() if rows]
        return [("res.partner", self.world.rows["res.partner"])]

    def _get_address(self, path, model, row_id):
        values = {
            **dict.fromkeys(MODELS, model),
            "field": FIELDS.get(model, "display_name"),
        }
        filled = PLACE.sub(lambda place: str(values.get(place[1], row_id)), path)
        return (
            f"{filled}?model={model}&id={row_id}&res_id={row_id}&partner_ids={row_id}"
        )

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    def _open_doors(self, role):
        """Return {door: how to ask there} for somebody."""
        if role.name == "public":
            self.authenticate(None, None)
            return {"call_kw": self._ask_call_kw}
        self.authenticate(role.user.login, role.user.login)
        key = self._create_key(role.user)
        login = (self.env.cr.dbname, role.user.id, key)
        return {
            "call_kw": self._ask_call_kw,
            "jsonrpc": lambda cell: self._ask_jsonrpc(login, cell),
            "xmlrpc": lambda cell: self._ask_xmlrpc(login, cell),
            "json/2": lambda cell: self._ask_json_2(key, cell),
        }

    def _create_key(self, user):
        later = fields.Datetime.add(fields.Datetime.now(), days=1)
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate("rpc", "Matrix", later)

    def _send(self, path, data, **headers):
        answer = self.url_open(path, data=json.dumps(data), headers={**JSON, **headers})
        return answer.text

    def _ask_call_kw(self, cell):
        names = {"model": cell.model, "method": cell.method}
        params = {**names, "args": cell.args, "kwargs": cell.kwargs}
        path = f"/web/dataset/call_kw/{cell.model}/{cell.method}"
        return self._send(path, {"jsonrpc": "2.0", "method": "call", "params": params})

    def _ask_jsonrpc(self, login, cell):
        args = [*login, cell.model, cell.method, cell.args, cell.kwargs]
        params = {"service": "object", "method": "execute_kw", "args": args}
        return self._send(
            "/jsonrpc", {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        )

    def _ask_xmlrpc(self, login, cell):
        args = (*login, cell.model, cell.method, cell.args, cell.kwargs)
        body = xmlrpc.client.dumps(args, "execute_kw", allow_none=True)
        headers = {"Content-Type": "text/xml"}
        return self.url_open("/xmlrpc/2/object", data=body, headers=headers).text

    def _ask_json_2(self, key, cell):
        names = {
            "read": ("ids", "fields"),
            "search_read": ("domain",),
            "name_search": ("name",),
            "copy": ("ids",),
        }[cell.method]
        data = {**dict(zip(names, cell.args, strict=False)), **cell.kwargs}
        path = f"/json/2/{cell.model}/{cell.method}"
        return self._send(path, data, Authorization=f"bearer {key}")
