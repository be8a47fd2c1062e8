"""Which time zones keep the same time, and which ones a country keeps."""

from datetime import timedelta

import pytz

# Clocks change on other days in other places: one look a day for a year.
DAYS = 366


def get_country_zones(code):
    """Return the names of the time zones of a country, none when it is not known.

    >>> get_country_zones("HU")
    ['Europe/Budapest']
    """
    return list(pytz.country_timezones.get(code or "", ()))


def keep_same_time(first, second, moment):
    """Tell whether clocks in two time zones agree for a year.

    Zones have many names, and many zones the same time: whoever lives by another one
    that agrees misses nothing.

    :param datetime moment: where the year begins, naive UTC
    """
    zones = pytz.timezone(first), pytz.timezone(second)
    days = (pytz.utc.localize(moment + timedelta(days=day)) for day in range(DAYS))
    return all(len({day.astimezone(z).utcoffset() for z in zones}) == 1 for day in days)


def fits_country(name, code, moment):
    """Tell whether a time zone keeps the time of some place in a country.

    Of a country whose zones are not known, nothing can be said against any.
    """
    zones = get_country_zones(code)
    return (
        not zones
        or name in zones
        or any(keep_same_time(name, zone, moment) for zone in zones)
    )
