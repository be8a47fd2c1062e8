"""What browsers and programs send is checked before a public method uses it."""

from datetime import datetime
from functools import wraps
from inspect import signature

from odoo import fields
from odoo.exceptions import UserError

# The greatest number a column of ids, or of whole numbers, takes.
LARGEST = 2**31 - 1
SHOWN = 40  # letters of what was sent
CENTURY = 1200  # months


def checked(**kinds):
    """Decorate a public method: each named argument is of its kind, or refused.

    :param kinds: the functions below that turn what was sent into what is meant
    :raise UserError: when something was sent that no screen sends
    """

    def decorate(method):
        names = signature(method)

        @wraps(method)
        def wrapper(self, *args, **kwargs):
            try:
                given = names.bind(self, *args, **kwargs)
            except TypeError:
                # Python's own words for too few or too many.
                return method(self, *args, **kwargs)
            for name, kind in kinds.items():
                if name in given.arguments:
                    value = given.arguments[name]
                    given.arguments[name] = _convert(self.env, name, kind, value)
            return method(*given.args, **given.kwargs)

        return wrapper

    return decorate


def _convert(env, name, kind, value):
    try:
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        raise UserError(
            env._(
                "“%(value)s” can't be used as %(name)s. Reload the page and try again.",
                value=str(value)[:SHOWN],
                name=name,
            )
        ) from None


def optional(kind):
    """Return the kind that may also be left empty."""

    def convert(value):
        return False if value is None or value is False else kind(value)

    return convert


def lenient(kind, default=False):
    """Return the kind that is a default where something else was sent."""

    def convert(value):
        try:
            return kind(value)
        except (TypeError, ValueError, OverflowError):
            return default

    return convert


def whole_number(value):
    """Return a whole number, positive or 0."""
    whole = int(value)
    is_whole = not isinstance(value, float) or value == whole
    if isinstance(value, bool) or not is_whole or not 0 <= whole <= LARGEST:
        raise ValueError(value)
    return whole


def months(value):
    """Return how many months back to look, not farther than calendars reach."""
    return min(whole_number(value), CENTURY)


def record_id(value):
    """Return the id of a record, which need not be there any more."""
    if not whole_number(value):
        raise ValueError(value)
    return int(value)


def plain_id(value):
    """Return the id of a record, sent as a number and as nothing else."""
    if not isinstance(value, int):
        raise TypeError(value)
    return record_id(value)


def record_ids(value):
    """Return a list of ids."""
    return listed(record_id)(value)


def text(value):
    """Return a text, which may be empty."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def moment(value):
    """Return the naive UTC datetime of a text or a datetime."""
    if not isinstance(value, str | datetime) or not value:
        raise TypeError(value)
    return fields.Datetime.to_datetime(value)


def listed(kind):
    """Return the kind that is a list of another."""

    def convert(value):
        if not isinstance(value, list | tuple):
            raise TypeError(value)
        return [kind(one) for one in value]

    return convert


def shaped(**kinds):
    """Return the kind that is a dict with these entries."""

    def convert(value):
        if not isinstance(value, dict):
            raise TypeError(value)
        return {name: kind(value.get(name)) for name, kind in kinds.items()}

    return convert
