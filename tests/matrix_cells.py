"""What can be asked of a model over RPC: every operation, every public method."""

import inspect
from typing import NamedTuple

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method

LIMIT = 40
# Parameters that take named values.
DICTIONARIES = ("vals", "values", "data", "options", "params", "kwargs")
# Of every model: asked with care among the operations.
CORE = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))


class Cell(NamedTuple):
    """One request: a method of a model and what is sent to it."""

    model: str
    method: str
    args: list
    kwargs: dict


class Cells:
    """The requests that could be answered with something of these rows."""

    def __init__(self, world, is_long=False):
        self.world, self.is_long = world, is_long

    def of_model(self, env, name):
        """Yield every request to a model, as the user of ``env`` could make it."""
        if not env[name]._abstract:
            yield from self._reading(env, name)
        yield from self._methods(env, name)

    # ------------------------------------------------------------
    # OPERATIONS
    # ------------------------------------------------------------

    def _reading(self, env, name):
        model, ids = env[name], self._get_ids(name)
        # What is closed is refused as a whole: one question will do.
        is_open = model.has_access("read")
        names = list(model._fields) if is_open else ["display_name"]
        readable = self._get_readable(model, names)
        # A rule refuses rows whatever is asked of them.
        is_refused = not self.is_long and not model.browse(ids).has_access("read")
        for one in ["display_name"] if is_refused else names:
            yield Cell(name, "read", [ids, [one]], {})
        for one in names:
            if self.is_long or one not in readable:
                yield Cell(name, "search_read", [[], [one]], {"limit": LIMIT})
            yield from self._grouping(model._fields[one])
        spec = {one: {} for one in readable}
        for one in (self._get_nested(model), spec):
            yield Cell(name, "web_read", [ids, one], {})
        yield Cell(name, "export_data", [ids, ["display_name", ".id"]], {})
        yield Cell(name, "copy_data", [ids], {})
        yield Cell(name, "get_formview_action", [ids], {})
        yield from self._reading_all(model, readable)

    def _reading_all(self, model, readable):
        """Yield lists of all that somebody may read, and new forms."""
        name, nested = model._name, self._get_nested(model)
        yield Cell(name, "search_read", [[], readable], {"limit": LIMIT})
        yield Cell(name, "web_search_read", [[], nested], {"limit": LIMIT})
        yield Cell(name, "name_search", [""], {"limit": LIMIT})
        yield Cell(
            name, "web_name_search", ["", {"display_name": {}}], {"limit": LIMIT}
        )
        yield Cell(name, "default_get", [list(model._fields)], {})
        yield from self._forms(model, {one: {} for one in readable})

    def _get_readable(self, model, names):
        return [
            one for one in names if model._has_field_access(model._fields[one], "read")
        ]

    def _grouping(self, field):
        """Yield the groups and aggregates that list the values of a field."""
        kwargs = {"domain": [], "groupby": [field.name], "aggregates": ["__count"]}
        is_text = field.type in ("char", "text", "html")
        if field.store and (is_text or field.type == "many2one"):
            yield Cell(field.model_name, "formatted_read_group", [], kwargs)
        if field.store and is_text:
            listed = [f"{field.name}:array_agg", f"{field.name}:max"]
            kwargs = {"domain": [], "groupby": [], "aggregates": listed}
            yield Cell(field.model_name, "formatted_read_group", [], kwargs)

    def _get_nested(self, model):
        """Return the request of the web client for what stands behind the links."""
        return {
            field.name: {"fields": {"display_name": {}}}
            for field in model._fields.values()
            if field.type == "many2one"
        }

    def _forms(self, model, spec):
        """Yield forms in which somebody chooses a record that is none of theirs."""
        name, links = model._name, self._get_links(model)
        for link, row_id in links.items():
            yield Cell(name, "onchange", [[], {link: row_id}, [link], spec], {})
        if links:
            yield Cell(name, "onchange", [[], links, list(links), spec], {})
            yield Cell(name, "web_save", [[], links, spec], {})
            context = {f"default_{link}": row_id for link, row_id in links.items()}
            yield Cell(name, "default_get", [list(spec)], {"context": context})
            yield Cell(name, "onchange", [[], {}, [], spec], {"context": context})

    def _get_links(self, model):
        return {
            field.name: rows[0]
            for field in model._fields.values()
            if field.type == "many2one" and (rows := self._get_ids(field.comodel_name))
        }

    # ------------------------------------------------------------
    # METHODS
    # ------------------------------------------------------------

    def _methods(self, env, name):
        for method in self._get_methods(env[name]):
            yield from self._calling(name, method, getattr(env.registry[name], method))

    def _get_methods(self, model):
        """Return the public methods of a model that not every model has."""
        return [
            name
            for name in dir(type(model))
            if not name.startswith("_")
            and name not in CORE
            and inspect.isfunction(getattr(type(model), name))
            and self._is_public(model, name)
        ]

    def _is_public(self, model, name):
        try:
            return bool(get_public_method(model, name))
        except AccessError:
            return False

    def _calling(self, name, method, function):
        """Yield calls with what a program would send: nothing much, and the rows."""
        parameters = list(inspect.signature(function).parameters.values())[1:]
        needed = [
            self._guess(parameter.name)
            for parameter in parameters
            if parameter.kind == parameter.POSITIONAL_OR_KEYWORD
            and parameter.default is parameter.empty
        ]
        optional = {
            parameter.name: self._guess(parameter.name)
            for parameter in parameters
            if parameter.default is not parameter.empty
            and parameter.name.endswith(("_id", "_ids"))
        }
        rows = self._get_ids(name)
        ids = [] if getattr(function, "_api_model", False) else [rows]
        yield Cell(name, method, [*ids, *needed], {})
        if optional:
            yield Cell(name, method, [*ids, *needed], optional)
        if ids and rows:
            active = {"active_model": name, "active_ids": rows, "active_id": rows[0]}
            yield Cell(name, method, [[], *needed], {"context": active})

    def _get_ids(self, name):
        return self.world.rows.get(name) or []

    def _guess(self, parameter):
        """Return what a program would send for a parameter of this name."""
        today, some = str(self.world.today), ["display_name"]
        known = {
            **dict.fromkeys(("domain", "search_domain"), []),
            **dict.fromkeys(("fields", "names", "field_names", "fnames"), some),
            **dict.fromkeys(("day", "date"), today),
            **dict.fromkeys(("model", "res_model", "thread_model"), "res.partner"),
            "limit": LIMIT,
            "offset": 0,
            "scope": "all",
            "specification": {"display_name": {}},
            "start": f"{today} 00:00:00",
            "stop": f"{today} 23:00:00",
        }
        if parameter in known:
            return known[parameter]
        word, _underscore, end = parameter.rpartition("_")
        if (end or word) in ("id", "ids"):
            rows = self._get_ids(f"salon.{word.replace('_', '.')}")
            rows = rows or self._get_ids("res.partner")
            return rows if parameter.endswith("ids") else rows[0]
        return {} if parameter.startswith(DICTIONARIES) else ""


class CellsBeside(Cells):
    """The requests to models that hold nothing of the salon's own.

    They could tell of a client only by a link that somebody puts into them.
    """

    def _reading(self, env, name):
        model = env[name]
        if model.has_access("read"):
            readable = self._get_readable(model, list(model._fields))
            yield from self._reading_all(model, readable)
