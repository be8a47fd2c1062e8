"""When somebody may be phoned, by the law of a country: data and arithmetic.

Known is what has a source; elsewhere a careful default of our own holds. A rule counts
by the clock of the called number, and of several zones it must be allowed in each.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
import pytz
from phonenumbers import timezone as number_zones

try:
    import holidays as holiday_library
except ImportError:
    # It is optional: the days on which the salon is closed count instead.
    holiday_library = None

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
# Nobody waits longer than over the holidays of a year's end.
DAYS_AHEAD = 14


class CallRule(NamedTuple):
    """From when until when, on which weekdays (Monday is 0), where it is written."""

    start: float
    stop: float
    weekdays: frozenset = EVERY_DAY
    on_holidays: bool = True
    source: str = ""


DEFAULT = CallRule(9, 20)
RULES = {
    "ES": CallRule(9, 21, WEEKDAYS, False, "BOE-A-2023-15071"),
    "US": CallRule(8, 21, source="47 CFR 64.1200"),
}


def get_rule(country):
    """Return the rule of a country by its code."""
    return RULES.get(country, DEFAULT)


def get_stricter(one, other):
    """Return the rule that obeys both."""
    return CallRule(
        max(one.start, other.start),
        min(one.stop, other.stop),
        one.weekdays & other.weekdays,
        one.on_holidays and other.on_holidays,
        "; ".join(dict.fromkeys(filter(None, (one.source, other.source)))),
    )


# A page of the call list is read again and again, and would wait for the parsing.
@lru_cache(maxsize=8192)
def read_number(number):
    """Return (country code, zones) of an international number; empty if unknown.

    :rtype: tuple[str, tuple]
    """
    try:
        parsed = phonenumbers.parse(number or "")
    except phonenumbers.NumberParseException:
        return "", ()
    zones = tuple(
        pytz.timezone(name)
        for name in number_zones.time_zones_for_number(parsed)
        if name in pytz.all_timezones_set and name != number_zones.UNKNOWN_TIMEZONE
    )
    return phonenumbers.region_code_for_number(parsed) or "", zones


def get_holidays(country, years):
    """Return the public holidays of a country, or None where they are not known."""
    if holiday_library is None:
        return None
    try:
        return set(holiday_library.country_holidays(country, years=years))
    except NotImplementedError:
        return None


def is_allowed(rule, zones, holidays, moment):
    """Tell whether a naive UTC moment lies within a rule, in every zone.

    :param holidays: days on which the rule may forbid calls
    """
    aware = pytz.utc.localize(moment)
    return all(_fits(rule, holidays, aware.astimezone(zone)) for zone in zones)


def _fits(rule, holidays, local):
    hour = local.hour + local.minute / 60 + local.second / 3600
    return (
        rule.start <= hour < rule.stop
        and local.weekday() in rule.weekdays
        and (rule.on_holidays or local.date() not in holidays)
    )


def get_next(rule, zones, holidays, moment):
    """Return the first naive UTC moment from this one on that is allowed, or None."""
    candidates = {moment}
    for zone in zones:
        local = pytz.utc.localize(moment).astimezone(zone)
        candidates |= {
            _opening(zone, local.date() + timedelta(days=days), rule.start)
            for days in range(DAYS_AHEAD + 1)
        }
    allowed = (
        one
        for one in sorted(candidates)
        if one >= moment and is_allowed(rule, zones, holidays, one)
    )
    return next(allowed, None)


def _opening(zone, day, hour):
    """Return the naive UTC moment at which a day's hours begin in a zone."""
    minutes = round(hour * 60)
    local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
