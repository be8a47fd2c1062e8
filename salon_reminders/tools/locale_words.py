"""Words of dates, times and money in the languages of exports, as CLDR has them."""

import re
import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.units import format_unit

LANGUAGES = ("en", "ru", "hu", "uk", "de", "es", "pt", "pl", "fi")
# What people write and CLDR leaves out.
_MORE_UNITS = {"hour": ("hrs", "uhr", "klo", "ч"), "minute": ("mins", "мин")}
_MORE_MONEY = ("руб", "р", "грн", "kr", "fr", "rs")


def plain(text):
    """Return a text with usual signs: one kind of blanks, digits and minus.

    >>> plain("1\u00a0234 \u2212 ５")
    '1 234 - 5'
    """
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", " ", re.sub("[‐-―−]", "-", text)).strip()


def _word(text):
    return plain(text).casefold().strip(" .")


def _locales():
    return [Locale(language) for language in LANGUAGES]


@cache
def month_words():
    """Return {month as written, without its point: number}."""
    return _names("months")


@cache
def weekday_words():
    """Return the names of weekdays, and their abbreviations."""
    return set(_names("days"))


def _names(what):
    return {
        _word(name): number
        for locale in _locales()
        for context in getattr(locale, what).values()
        for width in ("wide", "abbreviated")
        for number, name in context[width].items()
    }


@cache
def half_day_words():
    """Return {word for the hours before or after noon: am or pm}."""
    return {
        _word(locale.day_periods["format"][width][half]).replace(" ", ""): half
        for locale in _locales()
        for width in ("wide", "abbreviated")
        for half in ("am", "pm")
        if half in locale.day_periods["format"].get(width, ())
    } | {"a": "am", "p": "pm", "a.m": "am", "p.m": "pm"}


@cache
def unit_words(unit):
    """Return the words and signs for hours or minutes."""
    words = {
        _word(format_unit(count, f"duration-{unit}", width, locale=locale).strip("125"))
        for locale in _locales()
        for width in ("long", "short", "narrow")
        for count in (1, 2, 5)
    }
    return words | set(_MORE_UNITS[unit])


@cache
def money_words():
    """Return signs, codes and abbreviations of currencies."""
    signs = {_word(s) for one in _locales() for s in one.currency_symbols.values()}
    codes = {code.casefold() for code in get_global("all_currencies")}
    return (signs | codes | set(_MORE_MONEY)) - {""}


@cache
def decimal_sign(country):
    """Return the decimal sign that is usual in a country; None if nobody knows."""
    if not country:
        return None
    try:
        symbols = Locale.parse(f"und_{country}").number_symbols
    except (UnknownLocaleError, ValueError):
        return None
    sign = symbols.get("latn", {}).get("decimal")
    return sign if sign in (".", ",") else None
