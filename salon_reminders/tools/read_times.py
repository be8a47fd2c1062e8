"""From the text of a cell to a time, a range of times, or a time of another zone."""

import re
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from .locale_words import half_day_words, plain, unit_words
from .read_problem import Problem

_ZONE = re.compile(
    r"(?:(?<=\d)\s?(?:(?P<utc>Z|UTC|GMT)|(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})"
    r"(?::?(?P<minutes>\d{2}))?))$",
    re.IGNORECASE,
)
# 14:30, 14.30.00, 1430, 9h30, 9; a word for the half of the day, or for the hour,
# may stand on both sides.
_TIME = re.compile(
    r"(?:(?P<before>[^\W\d]+(?:\.\s?m)?)\.?\s*)?"
    r"(?P<hour>\d{1,2})(?:(?:[:.]|\s?(?P<unit>[^\W\d]+)\s?)?(?P<minute>\d{2}))?"
    r"(?:[:.]?(?<!^\d{3})(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<after>[^\W\d]+\.?(?:\s?m)?)?\.?"
)
_PARTS = ("hour", "minute", "second")
_FRACTION = re.compile(r"0[.,](\d{2,})")
_RANGE = re.compile(r"(.*\S)\s*(?:-|\b(?:to|bis|до)\b)\s*(\d.*)", re.IGNORECASE)


class Moment(NamedTuple):
    """When something begins and ends, on the salon's clock, as far as it is said."""

    start: time | None
    stop: time | None = None
    offset: timedelta | None = None  # from UTC, when a zone is written


@lru_cache(maxsize=10_000)
def read_time(text):
    """Return the time of a text such as 14:30, 2:30 PM, 9 AM, 0930 or 9h30."""
    cell = plain(text).casefold()
    fraction = _FRACTION.fullmatch(cell)
    if fraction:
        return _of_minutes(round(float(f"0.{fraction[1]}") * 24 * 60))
    match = _TIME.fullmatch(cell.removeprefix("t"))
    half = match and _half(match)
    if not match or half is False:
        raise Problem("time", value=text)
    try:
        return _of_clock(half, *(int(match[name] or 0) for name in _PARTS))
    except ValueError:
        raise Problem("time", value=text) from None


def _of_clock(half, hour, minute, second):
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    # 24:00 ends a day, as 0:00 begins the next.
    return time(0 if (hour, minute, second) == (24, 0, 0) else hour, minute, second)


def _of_minutes(minutes):
    return time(minutes // 60 % 24, minutes % 60)


def _half(match):
    """Return the half of the day that is named, None without; False is no time."""
    half = None
    for name in ("before", "unit", "after"):
        word = (match[name] or "").strip(". ").replace(" ", "").replace("..", ".")
        if not word or word in unit_words("hour"):
            continue
        if word in unit_words("minute") and name == "after" and match["unit"]:
            continue
        if word not in half_day_words() or half or name == "unit":
            return False
        half = half_day_words()[word]
    return half


@lru_cache(maxsize=10_000)
def read_times(text):
    """Return the ``Moment`` of a text: a time, or a range, or a time with a zone."""
    cell = plain(text)
    try:
        return _read_range(cell) or _read_zoned(cell) or Moment(read_time(cell))
    except Problem:
        raise Problem("time", value=text) from None


def _read_range(cell):
    both = _RANGE.fullmatch(cell)
    # What looks like a range may be a time west of Greenwich: 14:30:00-05:00.
    if not both or re.match(r"t|\d+:\d+:\d+", cell, re.IGNORECASE):
        return None
    start, stop = _read_start(*both.groups()), read_time(both[2])
    return Moment(start, stop) if stop > start or stop == time() else None


def _read_zoned(cell):
    zone = _ZONE.search(cell)
    if not zone or not (zone["utc"] or ":" in cell or cell[0] in "tT"):
        return None
    return Moment(read_time(cell[: zone.start()]), offset=_offset(zone))


def _read_start(first, second):
    """Return the begin of a range: in 2 - 3:15 PM the half is said once."""
    start, stop = read_time(first), read_time(second)
    half = re.search(r"\D+$", second)
    if start > stop or not half or not re.fullmatch(r"[\d:.]+", first):
        return start
    later = read_time(first + half[0])
    return later if later <= stop else start


def _offset(zone):
    if zone["utc"]:
        return timedelta()
    offset = timedelta(hours=int(zone["hours"]), minutes=int(zone["minutes"] or 0))
    return -offset if zone["sign"] == "-" else offset


def move_to_zone(day, start, offset, zone):
    """Return (day, time) on the clock of a zone of a moment written for another."""
    moment = datetime.combine(day, start, timezone(offset)).astimezone(UTC)
    local = moment.astimezone(zone)
    return local.date(), local.time()
